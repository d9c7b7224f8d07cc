"""The open work of a turn, in Redis, so that no piece of it is lost or done twice.

Each piece (an item such as "speak:2") is written down with the message that starts it before that message is
sent. A worker claims it with a lease, which the worker's beat renews; a lease that runs out is how the sweeper
sees that a worker died. An item is taken off when it is done, in the same step that opens the one it leads to and
that writes its times to the turn's log, so the turn is over exactly when nothing is left.
"""

import json
import os
import socket
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from redis.commands.core import Script

from gpu_tasks.connections import redis_client
from gpu_tasks.events import StageDone, now_ms
from gpu_tasks.turn_log import TTL_SECONDS

_CLAIM = """
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
local entry = redis.call('HGET', KEYS[2], ARGV[1])
if not entry then return false end
if not redis.call('SET', KEYS[3], ARGV[2], 'NX', 'EX', ARGV[3]) then return false end
redis.call('SADD', KEYS[4], ARGV[1])
redis.call('EXPIRE', KEYS[4], ARGV[4])
return entry
"""

_PUT = """
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('SREM', KEYS[2], ARGV[1])
"""

_FINISH = """
if redis.call('GET', KEYS[2]) == ARGV[4] then redis.call('DEL', KEYS[2]) end
if redis.call('EXISTS', KEYS[3]) == 1 or redis.call('EXISTS', KEYS[4]) == 0 then return -1 end
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return -1 end
redis.call('RPUSH', KEYS[4], ARGV[5])
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], ARGV[2], ARGV[3]) end
return redis.call('HLEN', KEYS[1])
"""

_REOPEN = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('SREM', KEYS[3], ARGV[1])
return 1
"""

_OPEN = """
local found = {}
local work = redis.call('HGETALL', KEYS[1])
for i = 1, #work, 2 do
  local begun = redis.call('SISMEMBER', KEYS[2], work[i])
  found[#found + 1] = {work[i], work[i + 1], begun, redis.call('EXISTS', ARGV[1] .. work[i])}
end
return found
"""

_RENEW = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 0
"""


@dataclass(frozen=True, slots=True)
class Entry:
    item: str
    message: dict[str, Any]
    """The Celery signature that does the work."""
    opened_at: int
    attempt: int = 1

    def dump(self) -> str:
        return json.dumps([self.message, self.opened_at, self.attempt])

    @classmethod
    def load(cls, item: str, dumped: bytes) -> "Entry":
        return cls(item, *json.loads(dumped))


@dataclass(frozen=True, slots=True, eq=False)
class Lease:
    turn_id: str
    entry: Entry
    key: str
    holder: str


_held: set[Lease] = set()
_held_lock = threading.Lock()


@cache
def _script(source: str) -> Script:
    return redis_client().register_script(source)


def _work(turn_id: str) -> str:
    return f"turn:{turn_id}:work"


def _begun(turn_id: str) -> str:
    return f"turn:{turn_id}:begun"


def _lease_key(turn_id: str, item: str) -> str:
    return f"turn:{turn_id}:lease:{item}"


def open_item(turn_id: str, item: str, message: dict[str, Any]) -> None:
    keys = [_work(turn_id), _begun(turn_id)]
    _script(_PUT)(keys=keys, args=[item, Entry(item, message, now_ms()).dump(), TTL_SECONDS])


def open_again(turn_id: str, entry: Entry) -> bool:
    """False: meanwhile it was finished, or somebody else is at it."""
    again = Entry(entry.item, entry.message, now_ms(), entry.attempt + 1)
    keys = [_work(turn_id), _lease_key(turn_id, entry.item), _begun(turn_id)]
    return bool(_script(_REOPEN)(keys=keys, args=[entry.item, entry.dump(), again.dump()]))


def claim(turn_id: str, item: str) -> Lease | None:
    """None: the turn is over, the item is done, or somebody else is at it."""
    holder = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
    key = _lease_key(turn_id, item)
    dumped = _script(_CLAIM)(
        keys=[f"turn:{turn_id}:closed", _work(turn_id), key, _begun(turn_id)],
        args=[item, holder, settings.LEASE_SECONDS, TTL_SECONDS],
    )
    if dumped is None:
        return None
    lease = Lease(turn_id, Entry.load(item, dumped), key, holder)
    with _held_lock:
        _held.add(lease)
    return lease


def finish(lease: Lease, done: StageDone, opens: tuple[str, dict[str, Any]] | None = None) -> int:
    """Take the item off and open the one it leads to. Returns how many are left, -1 when it was off already or the turn
    is over."""
    release(lease)
    return _finish(lease.turn_id, lease.holder, done, opens)


def drop(turn_id: str, done: StageDone) -> int:
    """Take an item off that nobody holds. Returns as `finish`."""
    return _finish(turn_id, "", done, None)


def _finish(turn_id: str, holder: str, done: StageDone, opens: tuple[str, dict[str, Any]] | None) -> int:
    item, dumped = "", ""
    if opens:
        item, message = opens
        dumped = Entry(item, message, now_ms()).dump()
    keys = [_work(turn_id), _lease_key(turn_id, done.item), f"turn:{turn_id}:closed", f"turn:{turn_id}:log"]
    return int(_script(_FINISH)(keys=keys, args=[done.item, item, dumped, holder, done.model_dump_json()]))


def release(lease: Lease) -> None:
    with _held_lock:
        _held.discard(lease)


def held() -> list[Lease]:
    """By this process."""
    with _held_lock:
        return list(_held)


def renew_held() -> None:
    for lease in held():
        _script(_RENEW)(keys=[lease.key], args=[lease.holder, settings.LEASE_SECONDS])


@dataclass(frozen=True, slots=True)
class Open:
    entry: Entry
    begun: bool
    held: bool
    """Begun and not held: the worker that was at it died."""


def open_items(turn_id: str) -> list[Open]:
    found = _script(_OPEN)(keys=[_work(turn_id), _begun(turn_id)], args=[_lease_key(turn_id, "")])
    return [Open(Entry.load(item.decode(), dumped), bool(begun), bool(held)) for item, dumped, begun, held in found]
