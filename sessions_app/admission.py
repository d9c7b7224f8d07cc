"""How many turns run at once, and whose is next.

Each student's first turn comes before anybody's second, then who came first. Redis holds the line, so that all
processes see one; whom it has forgotten, the sweeper puts back from the rows. What the waiting are told is written in
the same step in which the line moves, so that the last word is always the true one.
"""

import sys
from dataclasses import dataclass
from functools import cache
from typing import TypedDict

from django.conf import settings
from redis.commands.core import Script

from gpu_tasks import news, turn_log
from gpu_tasks.connections import redis_client
from gpu_tasks.events import now_ms

WAITING = "turns:waiting"
CAPACITY_SECONDS = 60
"""So long the capacity counts that was there before the workers went."""
USUAL_MS = 10_000
"""What a turn takes, as long as none has told."""
NEAR = 20
"""So many at the front of the line are told of each step; the others once a second, by the sweeper: in a long line
most of what is sent would else be of places far back."""

_KEYS = [WAITING, turn_log.RUNNING, "turns:line", "turns:told", "workers:llm", "turns:capacity", "turns:average"]

_COMMON = """
local WAITING, RUNNING, LINE, TOLD, WORKERS, CAPACITY, AVERAGE = unpack(KEYS, 1, 7)
local now, at_once = tonumber(ARGV[1]), tonumber(ARGV[2])
local average = tonumber(redis.call('GET', AVERAGE) or ARGV[3])

local slots = at_once
if slots == 0 then
  for _, about in ipairs(redis.call('ZRANGEBYSCORE', WORKERS, now / 1000, '+inf')) do
    slots = slots + cjson.decode(about).concurrency
  end
  if slots > 0 then
    redis.call('SET', CAPACITY, slots, 'EX', ARGV[4])
  else
    -- Without a worker nobody waits: each turn is told so by the sweeper.
    slots = tonumber(redis.call('GET', CAPACITY) or 1000000)
  end
end

local function place()
  local ahead = redis.call('ZCARD', WAITING)
  if ahead == 0 and redis.call('SCARD', RUNNING) < slots then return {0, 0} end
  return {ahead, math.floor(average * (ahead + 1) / slots)}
end
"""

_PLACE = _COMMON + "return place()"

_ASK = (
    _COMMON
    + """
local bucket, burst, per_minute = KEYS[8], tonumber(ARGV[5]), tonumber(ARGV[6])
local was = redis.call('HMGET', bucket, 'left', 'at')
local left = math.min(burst, tonumber(was[1] or burst) + (now - tonumber(was[2] or now)) * per_minute / 60000)
local allowed = left >= 1 and 1 or 0
redis.call('HSET', bucket, 'left', tostring(left - allowed), 'at', now)
redis.call('PEXPIRE', bucket, math.ceil(burst * 60000 / per_minute) + 1000)

return {allowed, place()}
"""
)

_MOVE = (
    _COMMON
    + """
local news = {}
local function tell(id, turn, position)
  local log = 'turn:' .. id .. ':log'
  if redis.call('EXISTS', log) == 0 or redis.call('EXISTS', 'turn:' .. id .. ':closed') == 1 then return end
  local wait = turn.since and 0 or math.floor(average * (position + 1) / slots)
  -- An event, as gpu_tasks.events.Status is written.
  local status = {type = 'status', at = now, stage = 'queued', position = position, wait_ms = wait}
  redis.call('RPUSH', log, cjson.encode(status))
  news[#news + 1] = {id, turn.session}
end

local turns, rounds = {}, {}
local known = redis.call('HGETALL', LINE)
for i = 1, #known, 2 do
  local id, turn = known[i], cjson.decode(known[i + 1])
  local running = redis.call('SISMEMBER', RUNNING, id) == 1
  if redis.call('EXISTS', 'turn:' .. id .. ':closed') == 1 or (turn.since and not running) then
    if turn.since then average = 0.8 * average + 0.2 * (now - turn.since) end
    redis.call('HDEL', LINE, id)
    redis.call('HDEL', TOLD, id)
    redis.call('ZREM', WAITING, id)
  else
    turns[id] = turn
    if turn.since then rounds[turn.student] = (rounds[turn.student] or 0) + 1 end
  end
end
redis.call('SET', AVERAGE, tostring(average))

local entering = ARGV[5]
if entering ~= '' and not turns[entering] then
  turns[entering] = {session = ARGV[6], student = ARGV[7]}
  redis.call('ZADD', WAITING, ARGV[8], entering)
  redis.call('HSET', LINE, entering, cjson.encode(turns[entering]))
end

local line = {}
for place, id in ipairs(redis.call('ZRANGE', WAITING, 0, -1)) do
  local student = turns[id].student
  line[place] = {id = id, round = rounds[student] or 0, place = place}
  rounds[student] = line[place].round + 1
end
table.sort(line, function(a, b)
  if a.round ~= b.round then return a.round < b.round end
  return a.place < b.place
end)

local free = slots - redis.call('SCARD', RUNNING)
local begin, position = {}, 0
for _, entry in ipairs(line) do
  local id, turn = entry.id, turns[entry.id]
  if free > 0 then
    free = free - 1
    turn.since = now
    redis.call('ZREM', WAITING, id)
    redis.call('SADD', RUNNING, id)
    redis.call('HDEL', TOLD, id)
    redis.call('HSET', LINE, id, cjson.encode(turn))
    begin[#begin + 1] = id
    if id ~= entering then tell(id, turn, 0) end
  else
    if (position < tonumber(ARGV[9]) or id == entering) and redis.call('HGET', TOLD, id) ~= tostring(position) then
      redis.call('HSET', TOLD, id, position)
      tell(id, turn, position)
    end
    position = position + 1
  end
end
return {begin, news}
"""
)


@dataclass(frozen=True, slots=True)
class Place:
    """In the line, for who would come now."""

    ahead: int
    wait_ms: int


class Entering(TypedDict):
    turn_id: str
    session_id: str
    student_id: int
    received_at: int


@cache
def _script(source: str) -> Script:
    return redis_client().register_script(source)


def _common(now: int | None = None, at_once: int | None = None) -> list[str | int]:
    return [
        now_ms() if now is None else now,
        settings.TURNS_AT_ONCE if at_once is None else at_once,
        USUAL_MS,
        CAPACITY_SECONDS,
    ]


def ask(student_id: int, per_minute: int) -> Place | None:
    """Count a student's message, on whichever socket. None: he has sent too many."""
    keys = [*_KEYS, f"student:{student_id}:turns"]
    allowed, found = _script(_ASK)(keys=keys, args=[*_common(), settings.TURNS_BURST, per_minute])
    return Place(*found) if allowed else None


def place() -> Place:
    return Place(*_script(_PLACE)(keys=_KEYS, args=_common()))


def move(entering: Entering | None = None, *, everybody: bool = False) -> list[str]:
    """Let in as many turns as may run, and tell the others where they stand, `everybody` or those near the front.
    Returns who is to be started."""
    begin, told = step(entering, everybody=everybody)
    news.tell(news.of_turn(session_id, turn_id) for turn_id, session_id in told)
    return begin


def step(
    entering: Entering | None, *, everybody: bool = False, now: int | None = None, at_once: int | None = None
) -> tuple[list[str], list[tuple[str, str]]]:
    """Move the line. Returns who begins; and (turn, session) of those whose logs have news."""
    new: list[str | int] = ["", "", "", 0]
    if entering:
        new = [entering["turn_id"], entering["session_id"], entering["student_id"], entering["received_at"]]
    near = sys.maxsize if everybody else NEAR
    begin, told = _script(_MOVE)(keys=_KEYS, args=[*_common(now, at_once), *new, near])
    return [turn_id.decode() for turn_id in begin], [(turn.decode(), session.decode()) for turn, session in told]


def waiting() -> list[str]:
    ids: list[bytes] = redis_client().zrange(WAITING, 0, -1)  # type: ignore[assignment]
    return [turn_id.decode() for turn_id in ids]


def forget(turn_id: str) -> None:
    """A turn of which there is no row any more."""
    with redis_client().pipeline() as pipe:
        pipe.zrem(WAITING, turn_id)
        pipe.srem(turn_log.RUNNING, turn_id)
        pipe.hdel("turns:line", turn_id)
        pipe.execute()
