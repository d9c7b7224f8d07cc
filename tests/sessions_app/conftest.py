"""A running turn, its workers, and time that passes."""

from collections.abc import Callable, Iterator

import pytest
import redis as redis_library

from gpu_tasks import ledger, worker
from gpu_tasks.events import TurnRef, now_ms
from sessions_app import pipeline, retrieval, services, sweeper
from sessions_app.models import Session, Turn
from sessions_app.protocol import TextMessage
from tests.queues import Queues


@pytest.fixture
def running(session: Session, queues: Queues) -> Turn:
    """A turn whose first message waits in its queue."""
    return services.begin_turn(session.id, TextMessage(content="What is light?"))


@pytest.fixture
def ref(running: Turn) -> TurnRef:
    return pipeline.turn_ref(running)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    def pass_by(seconds: float) -> None:
        monkeypatch.setattr(sweeper, "now_ms", lambda: now_ms() + round(seconds * 1000))

    return pass_by


@pytest.fixture
def all_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "alive", lambda name: 1)


@pytest.fixture
def die_at(
    redis: "redis_library.Redis", running: Turn, eventually: Callable[[Callable[[], bool]], None]
) -> Callable[[str], None]:
    """A worker claims a piece of work and is never heard of again."""

    def die(item: str) -> None:
        lease = ledger.claim(running.id, item)
        assert lease is not None
        ledger.release(lease)
        redis.pexpire(lease.key, 20)
        eventually(lambda: not redis.exists(lease.key))

    return die


@pytest.fixture(autouse=True)
def no_index_is_kept() -> Iterator[None]:
    """A test's rows are taken back, and the next test's have the same numbers."""
    yield
    retrieval.forget()
