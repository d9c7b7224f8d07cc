"""A turn is one trace, through the web process, the queues and the stages."""

import uuid
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gpu_tasks import tracing
from sessions_app import admission, services
from sessions_app.models import Session
from sessions_app.protocol import TextMessage
from tests.queues import Queues

pytestmark = [pytest.mark.usefixtures("redis"), pytest.mark.django_db(transaction=True)]
STAGES = ("default", "llm", "tts", "avatar")


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    stop = tracing.start("tests", SimpleSpanProcessor(exporter))
    yield exporter
    stop()


def of_turn(spans: InMemorySpanExporter, turn_id: str) -> dict[str, ReadableSpan]:
    return {
        span.name: span
        for span in spans.get_finished_spans()
        if span.context is not None and span.context.trace_id == int(turn_id, 16)
    }


def test_the_trace_of_a_turn_has_its_id_and_all_its_stages(
    spans: InMemorySpanExporter, session: Session, queues: Queues
) -> None:
    turn = services.begin_turn(session.id, TextMessage(content="What do plants need?"))
    queues.run_all(*STAGES)

    found = of_turn(spans, turn.id)

    assert {"turn", "retrieve", "reply", "speak:0", "animate:0"} <= found.keys()
    assert found["turn"].parent is None
    assert {"apply_async/sessions_app.tasks.retrieve", "run/gpu_tasks.tasks.reply"} <= found.keys()
    run, retrieve = found["run/sessions_app.tasks.retrieve"], found["retrieve"]
    assert retrieve.parent is not None
    assert run.context is not None
    assert retrieve.parent.span_id == run.context.span_id
    assert retrieve.attributes is not None
    assert int(str(retrieve.attributes["queued_ms"])) >= 0
    assert "RPUSH" in found or "EVALSHA" in found, "what Redis was asked"


def test_a_turn_that_another_one_let_in_from_the_line_is_in_its_own_trace(
    spans: InMemorySpanExporter, session: Session, queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(admission, "move", lambda entering=None: [])
        turn = services.begin_turn(session.id, TextMessage(content="What do plants need?"))
    with tracing.of_turn(uuid.uuid4().hex, "complete"):
        services.start_turns([turn.id])
    queues.run_all(*STAGES)

    assert {"turn", "retrieve", "reply"} <= of_turn(spans, turn.id).keys()


def test_without_a_collector_nothing_is_done(session: Session) -> None:
    with tracing.turn_begins("not even an id", 0), tracing.of_turn("not even an id", "reply"):
        pass
