import signal
from collections.abc import Iterator

import pytest

from gpu_tasks import memory
from gpu_tasks.engines.errors import EngineError, OutOfMemory, Overloaded


class OutOfMemoryError(RuntimeError):
    """PyTorch's has this name."""


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    sent: list[int] = []
    monkeypatch.setattr("gpu_tasks.memory.os.kill", lambda pid, number: sent.append(number))
    memory.note(None)
    yield sent
    memory.note(None)


def test_a_worker_that_is_out_of_memory_again_and_again_ends_once_and_politely(signals: list[int]) -> None:
    for _ in range(memory.LIMIT - 1):
        memory.note(OutOfMemory("the card is full"))
    assert signals == []

    memory.note(OutOfMemoryError("CUDA out of memory"))
    memory.note(OutOfMemory("the card is full"))
    assert signals == [signal.SIGTERM]


@pytest.mark.parametrize("between", [None, EngineError("another"), Overloaded("a server's")])
def test_work_that_ended_otherwise_in_between_counts_from_the_start(
    signals: list[int], between: Exception | None
) -> None:
    for _ in range(memory.LIMIT - 1):
        memory.note(OutOfMemory("the card is full"))
    memory.note(between)
    for _ in range(memory.LIMIT - 1):
        memory.note(OutOfMemory("the card is full"))
    assert signals == []
