"""Texts that belong to no turn give way to any turn."""

from collections.abc import Generator
from typing import Any

import pytest
import redis as redis_library

from gpu_tasks import cancellation, stages, turn_log, writing
from gpu_tasks.engines.errors import Unavailable
from tests.queues import Queues


class Chat:
    """Says three words; before the second, something may happen."""

    def __init__(self, happens: Any = lambda: None) -> None:
        self.happens = happens
        self.asked = 0

    def reply(self, messages: Any, *, max_tokens: int, cancelled: Any) -> Generator[str, None, None]:
        self.asked += 1
        for number, word in enumerate(["Plants ", "need ", "light."]):
            if number == 1:
                self.happens()
            if cancelled():
                return
            yield word


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch, redis: "redis_library.Redis") -> list[Any]:
    """What `on_end` was called with."""
    found: list[Any] = []
    monkeypatch.setattr(cancellation, "NEEDED_INTERVAL", 0)
    send = writing.write.app.send_task

    def told(name: str, args: Any = None, *rest: Any, **options: Any) -> Any:
        if name == "kept":
            return found.append((name, args, options["queue"]))
        return send(name, args, *rest, **options)

    monkeypatch.setattr(writing.write.app, "send_task", told)
    return found


def write(monkeypatch: pytest.MonkeyPatch, queues: Queues, chat: Chat) -> None:
    monkeypatch.setattr(stages, "llm", lambda: chat)
    writing.order([{"role": "user", "content": "Sum up."}], max_tokens=9, on_end="kept", subject="s1")
    queues.run_all("llm")


def test_what_the_model_writes_is_handed_on(monkeypatch: pytest.MonkeyPatch, queues: Queues, ended: list[Any]) -> None:
    write(monkeypatch, queues, Chat())

    assert ended == [("kept", ["s1", "Plants need light.", ""], "default")]


def test_while_a_turn_runs_the_model_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, queues: Queues, redis: "redis_library.Redis", ended: list[Any]
) -> None:
    redis.sadd(turn_log.RUNNING, "t1")
    chat = Chat()
    write(monkeypatch, queues, chat)

    assert chat.asked == 0
    assert ended == [("kept", ["s1", None, writing.BUSY], "default")]


def test_a_turn_that_comes_in_the_middle_ends_it(
    monkeypatch: pytest.MonkeyPatch, queues: Queues, redis: "redis_library.Redis", ended: list[Any]
) -> None:
    write(monkeypatch, queues, Chat(lambda: redis.sadd(turn_log.RUNNING, "t1")))

    assert ended == [("kept", ["s1", None, writing.BUSY], "default")]


def test_a_model_that_cannot_says_why(monkeypatch: pytest.MonkeyPatch, queues: Queues, ended: list[Any]) -> None:
    def fail() -> None:
        raise Unavailable("gone")

    write(monkeypatch, queues, Chat(fail))

    assert ended == [("kept", ["s1", None, "unavailable"], "default")]
