"""Each turn is one trace, whose id is the turn's id: so whoever works on it finds its trace, however the work came to
him. Without a collector nothing of OpenTelemetry is loaded."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.trace import SpanContext, Tracer

_tracer: "Tracer | None" = None
_beginning: ContextVar[str] = ContextVar("beginning", default="")
"""The turn whose first span is being made."""


def start(process: str, processor: "SpanProcessor | None" = None) -> Callable[[], None]:
    """Returns what ends it. Raises ImportError when the packages are not there."""
    global _tracer
    from opentelemetry.instrumentation.celery import CeleryInstrumentor
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.instrumentation.redis import RedisInstrumentor

    provider = _provider(process, processor)
    _tracer = provider.get_tracer("tutor")
    libraries: list[Any] = [CeleryInstrumentor, DjangoInstrumentor, RedisInstrumentor]
    instruments = [library() for library in libraries]
    for instrument in instruments:
        instrument.instrument(tracer_provider=provider)

    def stop() -> None:
        global _tracer
        _tracer = None
        for instrument in instruments:
            instrument.uninstrument()
        provider.shutdown()

    return stop


def _provider(process: str, processor: "SpanProcessor | None") -> "TracerProvider":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class TurnIds(RandomIdGenerator):
        def generate_trace_id(self) -> int:
            turn_id = _beginning.get()
            return int(turn_id, 16) if turn_id else super().generate_trace_id()

        def generate_span_id(self) -> int:
            turn_id = _beginning.get()
            return _first_span(turn_id) if turn_id else super().generate_span_id()

    provider = TracerProvider(
        id_generator=TurnIds(), resource=Resource.create({"service.name": f"tutor-{process}"}), shutdown_on_exit=True
    )
    provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def turn_begins(turn_id: str, received_at: int) -> AbstractContextManager[Any]:
    """Its first span. `received_at` in ms since 1970."""
    if _tracer is None:
        return nullcontext()
    from opentelemetry import context, trace

    token = _beginning.set(turn_id)
    try:
        span = _tracer.start_span("turn", context=context.Context(), start_time=received_at * 1_000_000)
    finally:
        _beginning.reset(token)
    return trace.use_span(span, end_on_exit=True)


def of_turn(turn_id: str, name: str, **attributes: int | str) -> AbstractContextManager[Any]:
    """A piece of the turn's work."""
    if _tracer is None:
        return nullcontext()
    from opentelemetry import trace

    parent = None  # whatever led here, when it is of this turn
    if trace.get_current_span().get_span_context().trace_id != int(turn_id, 16):
        parent = trace.set_span_in_context(trace.NonRecordingSpan(_origin(turn_id)))
    return _tracer.start_as_current_span(name, context=parent, attributes=attributes)


def _origin(turn_id: str) -> "SpanContext":
    from opentelemetry.trace import SpanContext, TraceFlags

    flags = TraceFlags(TraceFlags.SAMPLED)
    return SpanContext(int(turn_id, 16), _first_span(turn_id), is_remote=True, trace_flags=flags)


def _first_span(turn_id: str) -> int:
    return int(turn_id[:16], 16)
