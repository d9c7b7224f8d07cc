import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.events import (
    Begun,
    Delta,
    Event,
    Failed,
    Fragment,
    Heard,
    Mode,
    Replied,
    SegmentDone,
    Slow,
    StageDone,
    Voiced,
    now_ms,
)
from sessions_app.outcome import Reached, heard_part, outcome

RECEIVED = 1_000_000


def seen(segment: int, text: str, at: int, duration_ms: int = 1000) -> list[Event]:
    """A segment that was spoken and drawn, as the log has it."""
    return [
        Voiced(at=at, segment=segment, duration_ms=duration_ms),
        Fragment(at=at + 10, segment=segment, index=0, blob="b", content=text, last=True),
        SegmentDone(at=at + 20, segment=segment, content=text, duration_ms=duration_ms, video="v.mp4", audio="a.wav"),
    ]


def test_the_timings_count_from_when_the_turn_was_received() -> None:
    events: list[Event] = [
        Delta(at=RECEIVED + 100, content="Light "),
        Delta(at=RECEIVED + 150, content="is."),
        *seen(0, "Light is.", RECEIVED + 300),
        *seen(1, "So.", RECEIVED + 900),
    ]

    timings = outcome(events, RECEIVED).timings

    assert {name: timings[name] for name in ("first_token", "first_audio", "first_frame")} == {
        "first_token": 100,
        "first_audio": 300,
        "first_frame": 310,
    }
    assert timings["total"] == pytest.approx(now_ms() - RECEIVED, abs=60_000)


def test_what_was_not_reached_has_no_timing() -> None:
    assert set(outcome([Delta(at=RECEIVED + 5, content="a")], RECEIVED).timings) == {"first_token", "total"}


def test_a_clock_that_runs_behind_gives_no_negative_time() -> None:
    assert outcome([Delta(at=RECEIVED - 50, content="a")], RECEIVED).timings["first_token"] == 0


def test_what_was_heard_and_said_is_kept() -> None:
    citation = {"number": 1, "document": "d", "page": None, "quote": "q"}
    events: list[Event] = [Heard(content="What is light?"), Replied(content="Light is.", citations=[citation])]

    result = outcome(events, RECEIVED)

    assert (result.heard, result.reply, result.citations, result.failed) == (
        "What is light?",
        "Light is.",
        [citation],
        None,
    )


def test_a_failure_is_kept() -> None:
    result = outcome([Failed(code="nothing_heard", retryable=False)], RECEIVED)

    assert result.failed is not None
    assert result.failed.code == "nothing_heard"


def test_segments_are_in_order_however_they_were_made() -> None:
    result = outcome([*seen(2, "c", 5), *seen(0, "a", 6), *seen(1, "b", 7)], RECEIVED)

    assert [done.segment for done in result.segments] == [0, 1, 2]


WHOLE = SegmentDone(segment=0, content="a", video="v", audio="a")
HEARD = SegmentDone(segment=1, content="b", audio="a")
WRITTEN = SegmentDone(segment=2, content="c")
SILENT = SegmentDone(segment=3, content="🙂", silent=True)
CUT = Replied(content="a", citations=[], cut=True)


@pytest.mark.parametrize(
    ("events", "degraded"),
    [
        ([], []),
        ([WHOLE], []),
        ([WHOLE, SILENT], []),
        ([WHOLE, HEARD], ["video"]),
        ([HEARD, WRITTEN], ["speech", "video"]),
        ([WRITTEN], ["speech"]),
        ([WHOLE, CUT], ["text"]),
        ([HEARD, WRITTEN, CUT], ["text", "speech", "video"]),
    ],
)
def test_what_is_missing_of_a_turn_is_said(events: list[Event], degraded: list[str]) -> None:
    assert outcome(events, RECEIVED).degraded == degraded


def begun(mode: Mode, asked: Mode = "video") -> Begun:
    return Begun(turn={}, mode=mode, asked=asked, reason="busy" if mode != asked else None, position=0)


@pytest.mark.parametrize(
    ("events", "degraded", "reason"),
    [
        ([begun("voice", "voice"), HEARD], [], None),
        ([begun("text", "text")], [], None),
        ([begun("voice", "voice"), WRITTEN], ["speech"], "engine"),
        ([WHOLE, HEARD], ["video"], "engine"),
        ([WHOLE, Slow(), HEARD], ["video"], "busy"),
        ([WHOLE, Slow(), WRITTEN], ["speech"], "engine"),
        ([begun("voice"), HEARD], ["video"], "busy"),
        ([begun("text")], ["speech"], "busy"),
        ([begun("text", "voice")], ["speech"], "busy"),
        ([begun("voice"), WRITTEN], ["speech", "video"], "busy"),
    ],
)
def test_what_a_student_chose_not_to_have_is_not_missing(
    events: list[Event], degraded: list[str], reason: str | None
) -> None:
    result = outcome(events, RECEIVED)

    assert (result.degraded, result.degraded_reason) == (degraded, reason)
    assert result.done(interrupted=False).degraded_reason == reason


def test_the_stages_say_when_work_was_queued_began_had_its_first_output_and_ended() -> None:
    events: list[Event] = [
        Voiced(at=RECEIVED + 80, segment=0, duration_ms=900),
        StageDone(at=RECEIVED + 90, item="speak:0", queued_at=RECEIVED + 20, began_at=RECEIVED + 50, attempt=2),
        Fragment(at=RECEIVED + 120, segment=0, index=0, blob="b", content="Light.", last=False),
        Fragment(at=RECEIVED + 150, segment=0, index=1, blob="b", content=None, last=True),
        StageDone(
            at=RECEIVED + 160,
            item="animate:0",
            queued_at=RECEIVED + 90,
            began_at=RECEIVED + 95,
            attempt=1,
            error="overloaded",
        ),
    ]

    result = outcome(events, RECEIVED)

    assert result.stages == {
        "speak:0": {"queued": 30, "ran": 40, "began": 50, "first": 80, "ended": 90, "attempt": 2, "error": None},
        "animate:0": {
            "queued": 5,
            "ran": 65,
            "began": 95,
            "first": 120,
            "ended": 160,
            "attempt": 1,
            "error": "overloaded",
        },
    }
    assert result.timings["started"] == 20


def test_when_a_student_was_heard_is_a_timing() -> None:
    assert outcome([Heard(at=RECEIVED + 400, content="Hi")], RECEIVED).timings["heard"] == 400


def test_done_says_it_all() -> None:
    done = outcome([WHOLE, HEARD], RECEIVED).done(interrupted=True)

    assert (done.interrupted, done.degraded) == (True, ["video"])
    assert "total" in done.timings


# What was heard of an interrupted reply

TWO = [*seen(0, "one two three four", 0), *seen(1, "five six seven eight", 0)]


@pytest.mark.parametrize(
    ("heard_ms", "kept"),
    [
        (0, ""),
        (500, "one two"),
        (1000, "one two three four"),
        (1500, "one two three four five six"),
        (2000, "one two three four five six seven eight"),
        (60_000, "one two three four five six seven eight"),
    ],
)
def test_of_an_interrupted_reply_the_words_that_were_played_are_kept(heard_ms: int, kept: str) -> None:
    assert heard_part(outcome(TWO, RECEIVED), heard_ms) == kept


def test_of_a_segment_still_being_drawn_the_words_played_are_kept() -> None:
    events = TWO[:-1]  # the second segment has its first pictures, but is not done

    assert heard_part(outcome(events, RECEIVED), 1500) == "one two three four five six"


def test_without_word_from_the_client_the_clock_tells() -> None:
    began = now_ms() - 3_600_000

    assert heard_part(outcome(seen(0, "one two", began), RECEIVED), None) == "one two"


def test_what_was_drawn_and_not_sent_was_not_heard() -> None:
    result = outcome(TWO, RECEIVED)

    assert heard_part(result, None, Reached(played_ms=0, signs=100)) == ""
    assert heard_part(result, None, Reached(played_ms=500, signs=100)) == "one two"


@pytest.mark.parametrize("heard_ms", [None, 60_000])
def test_no_more_was_heard_than_was_sent(heard_ms: int | None) -> None:
    assert heard_part(outcome(TWO, RECEIVED), heard_ms, Reached(played_ms=60_000, signs=7)) == "one two"


def test_what_was_written_and_not_sent_was_not_read() -> None:
    result = outcome([begun("text", "text"), Delta(content="one two "), Delta(content="three ")], RECEIVED)

    assert heard_part(result, None, Reached(played_ms=0, signs=6)) == "one two"


def test_before_the_first_picture_nothing_was_heard() -> None:
    events: list[Event] = [Delta(content="one two"), Voiced(segment=0, duration_ms=1000)]

    assert heard_part(outcome(events, RECEIVED), None) == ""


def test_of_a_reply_that_is_only_written_all_that_stood_there_was_read() -> None:
    events = [begun("text", "text"), Delta(content="one two "), Delta(content="three ")]

    assert heard_part(outcome(events, RECEIVED), heard_ms=0) == "one two three"


def test_a_reply_in_chinese_is_cut_between_characters() -> None:
    events = seen(0, "光合作用需要光照", 0)

    assert heard_part(outcome(events, RECEIVED), 500) == "光合作用"


@given(
    st.lists(st.tuples(st.text("ab c", min_size=1), st.integers(1, 3000)), max_size=4),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
)
def test_who_listens_longer_has_heard_no_less(segments: list[tuple[str, int]], a: int, b: int) -> None:
    events = [event for number, (text, duration) in enumerate(segments) for event in seen(number, text, 0, duration)]
    result = outcome(events, RECEIVED)

    assert heard_part(result, max(a, b)).startswith(heard_part(result, min(a, b)).rstrip())
