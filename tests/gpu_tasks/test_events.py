import json
import time

import pytest
from pydantic import ValidationError

from gpu_tasks import events
from gpu_tasks.events import BaseEvent, event_adapter

EVERY: list[BaseEvent] = [
    events.Begun(turn={"turn_id": "t1"}, mode="voice", asked="video", reason="busy", position=3, wait_ms=900),
    events.Status(stage="queued", position=3),
    events.Heard(content="你好"),
    events.Delta(content="Hel"),
    events.Voiced(segment=0, duration_ms=900),
    events.Fragment(segment=0, index=1, blob="t1:0:1", content=None, last=True),
    events.SegmentDone(segment=0, content="Hello.", duration_ms=900, video="0.mp4", audio="0.wav"),
    events.Slow(),
    events.Replied(content="Hello.", citations=[{"number": 1}], cut=True),
    events.Failed(code="unavailable", retryable=True),
    events.StageDone(item="speak:0", queued_at=1, began_at=2, attempt=1),
    events.Done(interrupted=False, degraded=["video"], timings={"total": 5}, stages={"reply": {"ran": 1}}),
]


@pytest.mark.parametrize("event", EVERY, ids=lambda event: event.type)
def test_an_event_reads_back_the_same(event: BaseEvent) -> None:
    assert event_adapter.validate_json(event.model_dump_json()) == event


def test_an_event_says_when_it_happened() -> None:
    before = time.time_ns() // 1_000_000
    event = events.Delta(content="a")
    after = time.time_ns() // 1_000_000

    assert before <= event.at <= after


def test_what_is_no_event_is_refused() -> None:
    with pytest.raises(ValidationError):
        event_adapter.validate_python({"type": "dance"})


def test_bytes_have_no_place_in_an_event() -> None:
    for event in EVERY:
        assert not any(isinstance(value, bytes) for value in event.model_dump().values())
        json.dumps(event.model_dump())
