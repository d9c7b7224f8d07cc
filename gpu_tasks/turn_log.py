"""The log of a running turn, in Redis: the one order of its events, and the one place where it is closed.

Writers append and in the same step tell the session's group what is new. Readers keep a cursor: what they are told that
goes on from there is taken as it is, for anything else they read the log. A lost or repeated message therefore costs
nothing, and whoever connects late reads from the start.
Closing is how a turn is cancelled: the next append or check of any stage finds the log closed.
"""

from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

import redis.asyncio
from redis.commands.core import Script

from gpu_tasks import news
from gpu_tasks.connections import redis_client
from gpu_tasks.events import BaseEvent, Done, Event, Fragment, TurnKey, event_adapter

TTL_SECONDS = 3600
BLOB_SECONDS = 600
RUNNING = "turns:running"

_APPEND = """
if redis.call('EXISTS', KEYS[2]) == 1 then return -1 end
if ARGV[3] == '' and redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
if ARGV[2] ~= '' and redis.call('SADD', KEYS[3], ARGV[2]) == 0 then return 0 end
local n = redis.call('RPUSH', KEYS[1], ARGV[1])
if n == 1 or ARGV[2] ~= '' then
  redis.call('EXPIRE', KEYS[1], ARGV[4])
  redis.call('EXPIRE', KEYS[3], ARGV[4])
end
if ARGV[3] == 'close' then
  redis.call('SET', KEYS[2], 1, 'EX', ARGV[4])
  redis.call('SREM', KEYS[4], ARGV[5])
end
if KEYS[6] then redis.call('SET', KEYS[6], ARGV[7], 'EX', ARGV[8]) end
if ARGV[6] == '' then return n end
-- With what was written since the last news: the times of the stages, which nobody waits for.
local first = math.min(tonumber(redis.call('GET', KEYS[5]) or 0), n - 1)
redis.call('SET', KEYS[5], n, 'EX', ARGV[4])
local lines = redis.call('LRANGE', KEYS[1], first, -1)
redis.call('PUBLISH', ARGV[6], cmsgpack.pack({type = 'turn.news', turn_id = ARGV[5], first = first, lines = lines}))
return n
"""


class TurnClosed(Exception):
    """The turn has ended, or was interrupted: whatever is still being made for it is of no use."""


@cache
def _append_script() -> Script:
    return redis_client().register_script(_APPEND)


def _append(
    session_id: str,
    turn_id: str,
    event: BaseEvent,
    once: str,
    how: Literal["", "open", "close"],
    blob: tuple[str, bytes] | None = None,
) -> int:
    keys = [f"turn:{turn_id}:log", f"turn:{turn_id}:closed", f"turn:{turn_id}:once", RUNNING, f"turn:{turn_id}:told"]
    group = news.channel_of(session_id) if event.shown else ""
    args: list[str | bytes | int] = [event.model_dump_json(), once, how, TTL_SECONDS, turn_id, group]
    if blob:
        keys.append(f"blob:{blob[0]}")
        args += [blob[1], BLOB_SECONDS]
    return int(_append_script()(keys=keys, args=args))


def begin(turn: TurnKey, event: BaseEvent, *, once: str) -> None:
    """`append`, also to a log that is not there (any more)."""
    if _append(turn["session_id"], turn["turn_id"], event, once, "open") == -1:
        raise TurnClosed


def append(turn: TurnKey, event: BaseEvent, *, once: str = "") -> None:
    """Write an event; one with the same `once` is written a single time however often its task runs.

    Raises TurnClosed, also when Redis has lost the log: what follows would be a reply without its beginning.
    """
    if _append(turn["session_id"], turn["turn_id"], event, once, "") == -1:
        raise TurnClosed


def append_blob(turn: TurnKey, key: str, data: bytes, event: BaseEvent, *, once: str) -> None:
    """`append` for an event that refers to bytes in flight. Raises TurnClosed."""
    if _append(turn["session_id"], turn["turn_id"], event, once, "", (key, data)) == -1:
        raise TurnClosed


def close(session_id: str, turn_id: str, done: Done) -> None:
    """End a turn. Only the first call counts."""
    _append(session_id, turn_id, done, "", "close")


def mark_erased(session_id: str) -> None:
    """From now on nothing may be kept for any turn of the session."""
    redis_client().set(_erased(session_id), 1, ex=TTL_SECONDS)


def is_erased(session_id: str) -> bool:
    return bool(redis_client().exists(_erased(session_id)))


def _erased(session_id: str) -> str:
    return f"session:{session_id}:erased"


def erase(turn_ids: Sequence[str]) -> None:
    """Forget what was said in turns that are closed."""
    for turn_id in turn_ids:
        blobs = [f"blob:{event.blob}" for event in read(turn_id) if isinstance(event, Fragment)]
        redis_client().delete(*(f"turn:{turn_id}:{part}" for part in ("log", "once", "told", "work", "begun")), *blobs)


def is_closed(turn_id: str) -> bool:
    return bool(redis_client().exists(f"turn:{turn_id}:closed"))


class News(NamedTuple):
    """Of a turn: the lines of its log from `first` on. Without lines: that there is something new."""

    turn_id: str
    first: int = 0
    lines: Sequence[str] = ()

    def follows(self, cursor: int) -> bool:
        return bool(self.lines) and self.first == cursor


def read(turn_id: str) -> list[Event]:
    return parse(redis_client().lrange(f"turn:{turn_id}:log", 0, -1))  # type: ignore[arg-type]


async def read_from(client: "redis.asyncio.Redis", turn_id: str, cursor: int) -> list[Event]:
    return parse(await client.lrange(f"turn:{turn_id}:log", cursor, -1))  # type: ignore[misc]


async def read_blob(client: "redis.asyncio.Redis", key: str) -> bytes | None:
    data: bytes | None = await client.get(f"blob:{key}")
    return data


def parse(lines: Sequence[str | bytes]) -> list[Event]:
    return [event_adapter.validate_json(line) for line in lines]
