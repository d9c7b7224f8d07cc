"""The history checker passes what is good and finds each way in which a history can be bad."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.checker import INVARIANTS, check
from tests.chaos.history import Connection, Fault, Frame, History, SegmentRow, TurnRow, Used

SESSION = "s"


def turn(number: int, *, segments: int, pieces: int, status: str) -> tuple[TurnRow, list[Frame]]:
    """A turn and what its client saw of it."""
    name, at = f"t{number}", number * 100.0
    texts = [f"Part {index} of {name}." for index in range(segments)]
    failed = status == "failed"
    row = TurnRow(
        id=name,
        session_id=SESSION,
        number=number,
        status=status,
        said=f"question {number}",
        user_audio=f"{name}/question.wav",
        reply_text="" if failed else " ".join(texts),
        error_code="unavailable" if failed else "",
        segments=[]
        if failed
        else [
            SegmentRow(index=index, text=text, duration_ms=10, video=f"{name}/{index}.mp4", audio=f"{name}/{index}.wav")
            for index, text in enumerate(texts)
        ],
        began_at=at,
        ended_at=at + 5,
    )

    def came(kind: str, **fields: Any) -> Frame:
        return Frame(at=at + 1, sent=False, message={"type": kind, "turn_id": name, **fields})

    asked = Frame(at=at, sent=True, message={"type": "text"}, said=row.said)
    told = [came("turn"), came("status", stage="thinking")]
    if failed:
        told.append(came("error", code="unavailable"))
    else:
        for index, text in enumerate(texts):
            told.append(came("delta", content=f"{text} "))
            told += [
                came("fragment", segment=index, index=piece, last=piece == pieces - 1, bytes=9)
                for piece in range(pieces)
            ]
        told.append(came("text", content=row.reply_text))
    if status == "interrupted":
        told.append(Frame(at=at + 2, sent=True, message={"type": "interrupt"}))
    told.append(came("done", interrupted=status == "interrupted"))
    return row, [asked, *told]


@st.composite
def good(draw: st.DrawFn) -> History:
    history = History(used=[Used(student_id=0, spoken_ms=10_000, allowance_ms=60_000, longest_turn_ms=40_000)])
    connection = Connection(session_id=SESSION, media="stream", stayed=True)
    for number in range(1, draw(st.integers(1, 4)) + 1):
        row, frames = turn(
            number,
            segments=draw(st.integers(1, 4)),
            pieces=draw(st.integers(1, 3)),
            status=draw(st.sampled_from(["completed", "interrupted", "failed"])),
        )
        history.turns.append(row)
        connection.frames += frames
        history.media |= {row.user_audio, *(key for each in row.segments for key in (each.audio, each.video))}
    again = {
        "type": "session",
        "turns": [
            {"turn_id": row.id, "segments": [{"segment": each.index} for each in row.segments]} for row in history.turns
        ],
    }
    later = Connection(session_id=SESSION, media="url", frames=[Frame(at=9_999, sent=False, message=again)])
    history.connections = [connection, later]
    return history


@given(good())
def test_a_good_history_passes(history: History) -> None:
    assert check(history) == []


def a_history(status: str = "completed") -> History:
    """One turn of three segments in two pieces, and its client's reconnection."""
    row, frames = turn(1, segments=3, pieces=2, status=status)
    keys = {row.user_audio, *(key for each in row.segments for key in (each.audio, each.video))}
    return History(
        connections=[Connection(session_id=SESSION, media="stream", frames=frames, stayed=True)],
        turns=[row],
        media=keys,
        used=[Used(student_id=0, spoken_ms=30, allowance_ms=60_000, longest_turn_ms=40_000)],
    )


def frames(history: History, kind: str) -> list[Frame]:
    return [each for each in history.connections[0].frames if each.message["type"] == kind and not each.said]


def lose(history: History, frame: Frame) -> None:
    history.connections[0].frames.remove(frame)


def put_last(history: History, frame: Frame) -> None:
    history.connections[0].frames.append(frame)


def swap(history: History, first: Frame, second: Frame) -> None:
    first.message, second.message = second.message, first.message


def reconnect(history: History, *turns: dict[str, Any]) -> None:
    hello = Frame(at=9_999, sent=False, message={"type": "session", "turns": list(turns)})
    history.connections.append(Connection(session_id=SESSION, media="stream", frames=[hello]))


def set_row(**changes: Any) -> Callable[[History], None]:
    return lambda history: history.turns.__setitem__(0, history.turns[0].model_copy(update=changes))


def end_late(history: History) -> None:
    history.faults.append(Fault(name="web stopped", began_at=101, lifted_at=103))
    set_row(ended_at=119)(history)


BAD: dict[str, list[Callable[[History], object]]] = {
    "a_message_becomes_one_turn": [
        lambda history: history.turns.append(history.turns[0].model_copy(update={"id": "twin", "number": 2})),
        lambda history: put_last(history, Frame(at=1, sent=True, message={"type": "text"}, said="lost in silence")),
        set_row(said="what nobody said"),
    ],
    "a_turn_that_was_told_is_kept": [lambda history: history.turns.clear(), set_row(number=2)],
    "a_turn_ends_once": [
        set_row(status="thinking", ended_at=None),
        set_row(ended_at=None),
        set_row(error_code="timeout"),
        set_row(status="interrupted"),
        lambda history: put_last(history, frames(history, "done")[0]),
        lambda history: lose(history, frames(history, "done")[0]),
    ],
    "segments_come_in_order_and_once": [
        lambda history: put_last(history, frames(history, "fragment")[0]),
        lambda history: swap(history, frames(history, "fragment")[0], frames(history, "fragment")[1]),
        lambda history: swap(history, frames(history, "fragment")[1], frames(history, "fragment")[2]),
        lambda history: lose(history, frames(history, "fragment")[0]),
        lambda history: lose(history, frames(history, "fragment")[1]),
        lambda history: frames(history, "fragment")[0].message.update(bytes=0),
    ],
    "a_reply_comes_whole": [
        lambda history: history.connections[0].frames.__delitem__(slice(10, 12)),
        lambda history: lose(history, frames(history, "text")[0]),
        lambda history: history.turns[0].segments.pop(0),
        lambda history: reconnect(history),
        lambda history: reconnect(history, {"turn_id": "t1", "segments": [{"segment": 0}]}),
    ],
    "what_was_heard_was_sent": [
        set_row(reply_text="Part 0 of t1. And more."),
        lambda history: lose(history, frames(history, "delta")[1]),
    ],
    "media_of_an_ended_turn_exist": [
        lambda history: history.media.discard("t1/2.mp4"),
        lambda history: history.media.discard("t1/0.wav"),
        lambda history: history.media.discard("t1/question.wav"),
    ],
    "nothing_comes_after_done": [lambda history: put_last(history, frames(history, "delta")[0])],
    "a_quota_is_exceeded_by_one_turn_at_most": [
        lambda history: setattr(history.used[0], "spoken_ms", 100_001),
        lambda history: setattr(history.used[0], "spoken_ms", 29),
    ],
    "turns_end_soon_after_a_fault": [
        end_late,
    ],
}


@pytest.mark.parametrize(("invariant", "harm"), [(name, harm) for name, harms in BAD.items() for harm in harms])
def test_each_harm_is_found(invariant: str, harm: Callable[[History], object]) -> None:
    history = a_history()

    harm(history)

    assert invariant in {violation.invariant for violation in check(history)}


@pytest.mark.parametrize(
    "harm",
    [
        lambda history: lose(history, frames(history, "error")[0]),
        lambda history: put_last(history, frames(history, "error")[0]),
    ],
)
def test_a_failure_without_a_word_or_with_two_is_found(harm: Callable[[History], object]) -> None:
    history = a_history("failed")

    harm(history)

    assert "a_failure_is_told" in {violation.invariant for violation in check(history)}


def test_each_invariant_has_a_harm() -> None:
    assert {invariant.__name__ for invariant in INVARIANTS} | {"turns_end_soon_after_a_fault"} == {
        *BAD,
        "a_failure_is_told",
    }


# What is no harm


def test_a_message_that_was_refused_becomes_no_turn() -> None:
    history = a_history()
    put_last(history, Frame(at=1, sent=True, message={"type": "text"}, said="refused"))
    put_last(history, Frame(at=1, sent=False, message={"type": "error", "turn_id": None, "code": "unavailable"}))

    assert check(history) == []


def test_of_a_message_whose_line_was_cut_nothing_is_known() -> None:
    history = a_history()
    cut = Frame(at=1, sent=True, message={"type": "text"}, said="cut off")
    history.connections.append(Connection(session_id=SESSION, media="url", frames=[cut]))

    assert check(history) == []


def test_a_reply_may_be_cut_short_after_its_end() -> None:
    history = a_history()
    put_last(history, Frame(at=300, sent=True, message={"type": "interrupt"}))
    set_row(status="interrupted", reply_text="Part 0")(history)

    assert check(history) == []


def test_a_picture_that_broke_off_is_closed_by_an_empty_fragment() -> None:
    history = a_history()
    frames(history, "fragment")[1].message.update(index=-1, bytes=0)

    assert check(history) == []
