"""Whatever order the workers write in and wherever a connection breaks: what a client gets is in order, once."""

from collections.abc import Sequence
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.events import (
    Begun,
    Delta,
    Done,
    Event,
    Failed,
    Fragment,
    Heard,
    Mode,
    Replied,
    SegmentDone,
    StageDone,
    Status,
    Voiced,
)
from sessions_app.delivery import Delivery, MediaMode, Outgoing
from sessions_app.protocol import DoneMessage, FragmentMessage, StatusMessage, TurnBegun, VideoMessage

MODES: tuple[MediaMode, ...] = get_args(MediaMode)
DONE = Done(interrupted=False, degraded=[], timings={"total": 1}, stages={})
OTHERS: list[Event] = [
    Status(stage="thinking"),
    Heard(content="What is light?"),
    Delta(content="Light "),
    Replied(content="Light is.", citations=[]),
    Failed(code="unavailable", retryable=True),
    Voiced(segment=0, duration_ms=10),
    StageDone(item="reply", queued_at=1, began_at=2, attempt=1),
]


def fragments(segment: int, count: int, *, broken: bool = False) -> list[Event]:
    return [
        Fragment(
            segment=segment,
            index=index,
            blob=f"{segment}:{index}",
            content=None if index else f"text {segment}",
            last=index == count - 1 and not broken,
        )
        for index in range(count)
    ]


def done(segment: int, **media: str) -> SegmentDone:
    return SegmentDone(segment=segment, content=f"text {segment}", **media)


def segment_events(segment: int, kind: str, count: int) -> list[Event]:
    """What one segment's workers write, in their order."""
    match kind:
        case "seen":
            return [*fragments(segment, count), done(segment, video=f"{segment}.mp4", audio=f"{segment}.wav")]
        case "broken off":
            late = fragments(segment, count + 1)[-1]  # of a worker that had been given up
            return [*fragments(segment, count, broken=True), done(segment, audio=f"{segment}.wav"), late]
        case "heard":
            return [done(segment, audio=f"{segment}.wav")]
        case _:
            return [done(segment)]


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """A whole turn: segments whose events lie between each other in any way, other events, the end."""
    kinds = draw(st.lists(st.tuples(st.sampled_from(["seen", "broken off", "heard", "written"]), st.integers(1, 4))))
    writers = [segment_events(number, *kind) for number, kind in enumerate(kinds)]
    writers.append(draw(st.lists(st.sampled_from(OTHERS), max_size=5)))
    turns = draw(st.permutations([number for number, events in enumerate(writers) for _ in events]))
    return [*(writers[number].pop(0) for number in turns), DONE]


def deliver(events: Sequence[Event], mode: MediaMode) -> list[Outgoing]:
    delivery = Delivery("t1", mode)
    return [outgoing for event in events for outgoing in delivery.feed(event)]


def segments_in(events: Sequence[Event]) -> list[SegmentDone]:
    found = [event for event in events if isinstance(event, SegmentDone)]
    return sorted(found, key=lambda event: event.segment)


@given(logs(), st.sampled_from(["inline", "url"]))
def test_whole_segments_come_once_each_in_order_with_their_media(events: list[Event], mode: MediaMode) -> None:
    sent = [o for o in deliver(events, mode) if isinstance(o.message, VideoMessage)]

    assert [
        (o.message.segment, o.message.content, o.video, o.audio) for o in sent if isinstance(o.message, VideoMessage)
    ] == [(event.segment, event.content, event.video, event.audio) for event in segments_in(events)]
    assert not any(isinstance(o.message, FragmentMessage) for o in deliver(events, mode))


@given(logs())
def test_in_a_stream_segments_are_in_order_and_never_between_each_other(events: list[Event]) -> None:
    messages = [o.message for o in deliver(events, "stream")]
    shown = [m.segment for m in messages if isinstance(m, FragmentMessage | VideoMessage)]

    assert shown == sorted(shown)
    assert set(shown) == {event.segment for event in segments_in(events)}


@given(logs())
def test_in_a_stream_each_segment_is_fragments_that_end_or_one_message(events: list[Event]) -> None:
    outgoing = deliver(events, "stream")

    for event in segments_in(events):
        mine = [o for o in outgoing if getattr(o.message, "segment", None) == event.segment]
        pieces = [o.message for o in mine if isinstance(o.message, FragmentMessage)]
        if not pieces:
            assert [type(o.message) for o in mine] == [VideoMessage]
            assert mine[0].audio == event.audio
            continue
        assert len(pieces) == len(mine)
        assert [piece.last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
        assert [piece.content for piece in pieces] == [event.content] + [None] * (len(pieces) - 1)
        indexes = [piece.index for piece in pieces if piece.index >= 0]
        assert indexes == list(range(len(indexes)))
        assert all(o.blob is not None for o in mine)


@given(logs(), st.sampled_from(MODES))
def test_done_is_the_last_word(events: list[Event], mode: MediaMode) -> None:
    delivery = Delivery("t1", mode)
    messages = [o.message for event in [*events, *events] for o in delivery.feed(event)]

    assert isinstance(messages[-1], DoneMessage)
    assert sum(isinstance(message, DoneMessage) for message in messages) == 1
    assert delivery.finished


@given(logs(), st.sampled_from(MODES), st.data())
def test_who_connects_again_gets_what_came_so_far_and_the_rest(
    events: list[Event], mode: MediaMode, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(events)))

    before, again = deliver(events[:cut], mode), deliver(events, mode)

    # The empty fragment that ends a broken segment bears the time at which it is sent.
    assert _timeless(before) == _timeless(again)[: len(before)]


def _timeless(outgoing: Sequence[Outgoing]) -> list[tuple[object, ...]]:
    return [(o.message.model_dump(exclude={"timestamp"}), o.blob, o.video, o.audio) for o in outgoing]


@given(logs(), st.sampled_from(MODES), st.data())
def test_after_an_interruption_nothing_comes_but_the_end(
    events: list[Event], mode: MediaMode, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(events) - 1))
    delivery = Delivery("t1", mode)
    for event in events[:cut]:
        list(delivery.feed(event))

    delivery.mute()

    after = [o.message for event in events[cut:] for o in delivery.feed(event)]
    assert [type(message) for message in after] == [DoneMessage]


@given(logs(), st.sampled_from(MODES))
def test_the_cursor_counts_the_log_whatever_was_sent(events: list[Event], mode: MediaMode) -> None:
    delivery = Delivery("t1", mode)
    for event in events:
        list(delivery.feed(event))

    assert delivery.cursor == len(events)


def _types(outgoing: Sequence[Outgoing]) -> list[str]:
    return [o.message.model_dump()["type"] for o in outgoing]


@given(logs(), st.sampled_from(MODES))
def test_words_come_in_the_order_they_were_written(events: list[Event], mode: MediaMode) -> None:
    kinds = {"status": "status", "heard": "transcription", "delta": "delta", "reply": "text", "failed": "error"}
    written = [kinds[event.type] for event in events if event.type in kinds]

    assert [kind for kind in _types(deliver(events, mode)) if kind in kinds.values()] == written


def test_the_time_of_a_message_is_the_time_of_the_event() -> None:
    (outgoing,) = deliver([Delta(at=1_700_000_000_123, content="a")], "inline")

    assert outgoing.message.timestamp == "2023-11-14T22:13:20.123Z"


def test_the_messages_of_one_turn_all_name_it() -> None:
    events = [*OTHERS, *fragments(0, 2), done(0, video="0.mp4", audio="0.wav"), DONE]

    assert {o.message.turn_id for o in deliver(events, "stream") if hasattr(o.message, "turn_id")} == {"t1"}


def test_a_picture_that_breaks_off_in_the_middle_is_ended_by_an_empty_fragment() -> None:
    events = [*fragments(0, 2, broken=True), done(0, audio="0.wav")]

    last = deliver(events, "stream")[-1]

    assert isinstance(last.message, FragmentMessage)
    assert last.message.last
    assert last.blob == ""


def test_what_was_seen_but_could_not_be_kept_is_not_heard_once_more() -> None:
    events = [*fragments(0, 2), done(0, audio="0.wav"), *fragments(1, 1)]

    came = [(o.message.type, o.message.segment) for o in deliver(events, "stream")]  # type: ignore[union-attr]

    assert came == [("fragment", 0), ("fragment", 0), ("fragment", 1)]


@pytest.mark.parametrize("mode", ["stream", "inline"])
@pytest.mark.parametrize(
    ("most", "audio", "missing"), [("voice", "1.wav", ["video"]), ("text", "", ["speech", "video"])]
)
def test_a_line_that_is_full_gets_the_next_segments_with_less_and_is_told(
    mode: MediaMode, most: Mode, audio: str, missing: list[str]
) -> None:
    lines: list[Mode] = ["video", most, "video"]
    delivery = Delivery("t1", mode, lambda: lines.pop(0))
    whole = [segment_events(number, "seen", 2) for number in range(3)]

    came = [outgoing for events in whole for event in events for outgoing in delivery.feed(event)]

    (left_out,) = [o for o in came if isinstance(o.message, VideoMessage) and o.message.segment == 1]
    assert (left_out.video, left_out.audio, left_out.message.content) == ("", audio, "text 1")
    seen = {o.message.segment for o in came if isinstance(o.message, FragmentMessage) or o.video}
    assert seen == {0, 2}
    (end,) = delivery.feed(DONE)
    assert isinstance(end.message, DoneMessage)
    assert (end.message.degraded, end.message.degraded_reason) == (missing, "line")


def test_what_a_client_has_whole_already_is_not_told_again() -> None:
    told = Delivery.told("t1")

    assert told.finished
    assert [o for event in [*OTHERS, DONE] for o in told.feed(event)] == []


@pytest.mark.parametrize("mode", MODES)
def test_a_later_segment_waits_for_the_earlier_one(mode: MediaMode) -> None:
    delivery = Delivery("t1", mode)

    early = [o for event in segment_events(1, "seen", 2) for o in delivery.feed(event)]
    then = [o for event in segment_events(0, "seen", 2) for o in delivery.feed(event)]

    assert early == []
    assert all(a <= b for a, b in pairwise(getattr(o.message, "segment", 0) for o in then))
    assert {getattr(o.message, "segment", None) for o in then} == {0, 1}


TURN = {
    "turn_id": "t1",
    "status": "queued",
    "modality": "text",
    "user_text": "What is light?",
    "reply_text": "",
    "citations": [],
    "degraded": [],
    "timings": {},
    "error": None,
    "user_audio_url": None,
    "segments": [],
    "created_at": "2026-01-01T00:00:00Z",
}


@pytest.mark.parametrize("mode", MODES)
def test_the_beginning_of_a_turn_is_told_before_its_place_in_the_queue(mode: MediaMode) -> None:
    begun = Begun(turn=TURN, mode="video", asked="video", position=2, wait_ms=8_000)

    first, second = (outgoing.message for outgoing in deliver([begun], mode))

    assert isinstance(first, TurnBegun)
    assert (first.turn.turn_id, first.turn.user_text) == ("t1", "What is light?")
    assert isinstance(second, StatusMessage)
    assert (second.stage, second.position, second.wait_ms) == ("queued", 2, 8_000)
