"""The invariants of docs/reliability.md, each a function of a history that ended in peace: no fault any more, and
time enough for what still ran."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.chaos.history import Connection, Fault, Frame, History, Message, TurnRow

ENDED = ("completed", "interrupted", "failed")
ENDS_WITHIN = 15.0


@dataclass(frozen=True, slots=True)
class Violation:
    invariant: str
    where: str
    what: str


Invariant = Callable[[History], Iterator[tuple[str, str]]]


def check(history: History, ends_within: float = ENDS_WITHIN) -> list[Violation]:
    """`ends_within`: seconds after a fault; a busy machine is no violation of the code."""
    return [
        Violation(invariant.__name__, where, what) for invariant in INVARIANTS for where, what in invariant(history)
    ] + [
        Violation("turns_end_soon_after_a_fault", row.id, f"ended {seconds:.1f} s after {fault.name} was lifted")
        for fault, row, seconds in recoveries(history)
        if seconds > ends_within
    ]


def a_message_becomes_one_turn(history: History) -> Iterator[tuple[str, str]]:
    rows: dict[tuple[str, str], list[TurnRow]] = defaultdict(list)
    for row in history.turns:
        rows[row.session_id, row.said].append(row)
    sent: set[tuple[str, str]] = set()
    for connection in history.connections:
        unanswered = 0
        for frame in connection.frames:
            if frame.said:
                sent.add((connection.session_id, frame.said))
                turns = rows[connection.session_id, frame.said]
                if len(turns) > 1:
                    yield frame.said, f"became {len(turns)} turns: {[turn.id for turn in turns]}"
                unanswered += not turns
            elif frame.message["type"] == "error" and frame.message.get("turn_id") is None:
                unanswered = max(0, unanswered - 1)
        if unanswered and connection.stayed:
            yield connection.session_id, f"{unanswered} messages became no turn, and nobody was told"
    for (session_id, said), turns in rows.items():
        if (session_id, said) not in sent:
            yield turns[0].id, f"nobody said {said!r}"


def a_turn_that_was_told_is_kept(history: History) -> Iterator[tuple[str, str]]:
    kept = {row.id for row in history.turns}
    told = {turn_id for connection in history.connections for turn_id in _by_turn(connection)}
    for turn_id in sorted(told - kept):
        yield turn_id, "a client was told of it; it is not in the database"
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in history.turns:
        numbers[row.session_id].append(row.number)
    for session_id, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield session_id, f"turns are numbered {sorted(found)}"


def a_turn_ends_once(history: History) -> Iterator[tuple[str, str]]:
    rows = {row.id: row for row in history.turns}
    for row in history.turns:
        if row.status not in ENDED or row.ended_at is None:
            yield row.id, f"is {row.status}, ended at {row.ended_at}"
        if (row.status == "failed") != bool(row.error_code):
            yield row.id, f"is {row.status} with the error {row.error_code!r}"
    for connection in history.connections:
        for turn_id, frames in _by_turn(connection).items():
            done = _of(frames, "done")
            if len(done) > 1:
                yield turn_id, f"{len(done)} times done on one connection"
            if connection.stayed and not done:
                yield turn_id, "its client waits for the end"
            for message in done if turn_id in rows else []:
                status = rows[turn_id].status
                # Who says stop after the end shortens what was completed.
                late = status == "interrupted" and not message["interrupted"] and _said_stop(history, rows[turn_id])
                if message["interrupted"] != (status == "interrupted") and not late:
                    yield turn_id, f"done says interrupted={message['interrupted']}, the transcript {status}"


def a_failure_is_told(history: History) -> Iterator[tuple[str, str]]:
    status = {row.id: row.status for row in history.turns}
    for connection in history.connections:
        for turn_id, frames in _by_turn(connection).items():
            errors, done = _of(frames, "error"), _of(frames, "done")
            failed = status.get(turn_id) == "failed"
            if done and failed and not errors and not _was_muted(connection, turn_id):
                yield turn_id, "failed without a word"
            if len(errors) > 1 or (errors and status.get(turn_id) == "completed"):
                yield turn_id, f"{len(errors)} errors of a turn that is {status.get(turn_id)}"


def segments_come_in_order_and_once(history: History) -> Iterator[tuple[str, str]]:
    for connection in history.connections:
        for turn_id, frames in _by_turn(connection).items():
            whole: set[int] = set()
            latest, pieces = -1, 0
            streaming = False
            for frame in frames:
                message = frame.message
                if message["type"] not in ("fragment", "video"):
                    continue
                segment = int(message["segment"])
                if segment in whole:
                    yield turn_id, f"segment {segment} came again"
                if segment < latest or (segment > latest and streaming):
                    yield (
                        turn_id,
                        f"segment {segment} came {'after' if segment < latest else 'before the end of'} {latest}",
                    )
                if segment != latest:
                    latest, pieces = segment, 0
                if message["type"] == "video":
                    whole.add(segment)
                    continue
                if not message.get("bytes", 1) and message["index"] >= 0:
                    yield turn_id, f"fragment {segment}:{message['index']} is empty"
                if message["index"] not in (pieces, -1):
                    yield turn_id, f"fragment {segment}:{message['index']} came where {pieces} was due"
                pieces += 1
                streaming = not message["last"]
                if message["last"]:
                    whole.add(segment)


def a_reply_comes_whole(history: History) -> Iterator[tuple[str, str]]:
    rows = {row.id: row for row in history.turns}
    for connection in history.connections:
        for turn_id, frames in _by_turn(connection).items():
            row, done = rows.get(turn_id), _of(frames, "done")
            if row is None or row.status == "failed" or not done or done[0]["interrupted"]:
                continue
            if _was_muted(connection, turn_id):
                continue
            wanted = [segment.index for segment in row.segments]
            came = sorted({int(message["segment"]) for message in _of(frames, "fragment", "video")})
            if came != wanted or wanted != list(range(len(wanted))):
                yield turn_id, f"segments {came} came, the transcript has {wanted}"
            if not _of(frames, "text"):
                yield turn_id, "completed without its text"
        yield from _snapshot(connection, rows)


def _snapshot(connection: Connection, rows: dict[str, TurnRow]) -> Iterator[tuple[str, str]]:
    """Of what ended before the client came (again) it is told all."""
    hello = next((frame for frame in connection.frames if frame.message["type"] == "session"), None)
    if hello is None:
        return
    told = {turn["turn_id"]: turn for turn in hello.message["turns"]}
    # The client's clock is the database's: what had ended a second before the greeting came stood in it.
    before = [
        row
        for row in rows.values()
        if row.session_id == connection.session_id and row.ended_at and row.ended_at < connection.frames[0].at - 1
    ]
    for row in before:
        turn = told.get(row.id)
        if turn is None:
            yield row.id, "is not in the greeting of a later connection"
        elif [each["segment"] for each in turn["segments"]] != [segment.index for segment in row.segments]:
            yield row.id, "the greeting of a later connection has other segments"


def what_was_heard_was_sent(history: History) -> Iterator[tuple[str, str]]:
    rows = {row.id: row for row in history.turns}
    sent: dict[str, list[str]] = defaultdict(list)
    for connection in history.connections:
        for turn_id, frames in _by_turn(connection).items():
            # Who missed the beginning or the end was sent more than he received.
            if _of(frames, "turn") and _of(frames, "done"):
                sent[turn_id].append("".join(message["content"] for message in _of(frames, "delta")))
    for turn_id, texts in sent.items():
        heard = _letters(rows[turn_id].reply_text) if turn_id in rows else ""
        if not any(_letters(text).startswith(heard) for text in texts):
            yield turn_id, f"the transcript has {rows[turn_id].reply_text!r}, sent was {texts}"


def media_of_an_ended_turn_exist(history: History) -> Iterator[tuple[str, str]]:
    for row in history.turns:
        if row.status in ENDED:
            keys = [row.user_audio, *(key for each in row.segments for key in (each.audio, each.video))]
            for key in keys:
                if key and key not in history.media:
                    yield row.id, f"{key} is not in the media store"


def nothing_comes_after_done(history: History) -> Iterator[tuple[str, str]]:
    for connection in history.connections:
        for turn_id, frames in _by_turn(connection).items():
            kinds = [frame.message["type"] for frame in frames]
            if "done" in kinds and kinds.index("done") < len(kinds) - 1:
                yield turn_id, f"after its end came {kinds[kinds.index('done') + 1 :]}"


def a_quota_is_exceeded_by_one_turn_at_most(history: History) -> Iterator[tuple[str, str]]:
    spoken: dict[int, int] = defaultdict(int)
    for row in history.turns:
        if row.mode != "text":
            spoken[row.student_id] += sum(segment.duration_ms for segment in row.segments)
    for used in history.used:
        where = f"student {used.student_id}"
        if used.allowance_ms is not None and used.spoken_ms > used.allowance_ms + used.longest_turn_ms:
            yield where, f"used {used.spoken_ms} ms of {used.allowance_ms}"
        if used.spoken_ms < spoken[used.student_id]:
            yield where, f"heard {spoken[used.student_id]} ms, of which {used.spoken_ms} are counted"


INVARIANTS: tuple[Invariant, ...] = (
    a_message_becomes_one_turn,
    a_turn_that_was_told_is_kept,
    a_turn_ends_once,
    a_failure_is_told,
    segments_come_in_order_and_once,
    a_reply_comes_whole,
    what_was_heard_was_sent,
    media_of_an_ended_turn_exist,
    nothing_comes_after_done,
    a_quota_is_exceeded_by_one_turn_at_most,
)


def recoveries(history: History) -> Iterator[tuple[Fault, TurnRow, float]]:
    """The turns that ran when a fault was lifted, with how long each went on then."""
    for fault in history.faults:
        for row in history.turns:
            if row.began_at < fault.lifted_at and row.ended_at and row.ended_at > fault.lifted_at:
                yield fault, row, row.ended_at - fault.lifted_at


def _by_turn(connection: Connection) -> dict[str, list[Frame]]:
    found: dict[str, list[Frame]] = defaultdict(list)
    for frame in connection.frames:
        if not frame.sent and (turn_id := frame.message.get("turn_id")):
            found[turn_id].append(frame)
    return found


def _of(frames: list[Frame], *kinds: str) -> list[Message]:
    return [frame.message for frame in frames if frame.message["type"] in kinds]


def _said_stop(history: History, row: TurnRow) -> bool:
    frames = (frame for each in history.connections if each.session_id == row.session_id for frame in each.frames)
    return any(frame.sent and frame.message["type"] == "interrupt" and frame.at >= row.began_at for frame in frames)


def _was_muted(connection: Connection, turn_id: str) -> bool:
    """Its client said stop, or went on to the next question, before the end."""
    begun = False
    for frame in connection.frames:
        if not frame.sent and frame.message.get("turn_id") == turn_id:
            begun = True
            if frame.message["type"] == "done":
                return False
        elif begun and frame.sent and frame.message["type"] != "ping":
            return True
    return False


def _letters(text: str) -> str:
    return "".join(text.split())
