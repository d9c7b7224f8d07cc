import time
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
import redis as redis_library

from gpu_tasks import ledger, stages, worker

pytestmark = pytest.mark.usefixtures("redis")


class OneRound(Exception):
    """The pulse never stops by itself."""


@pytest.fixture
def beat(monkeypatch: pytest.MonkeyPatch) -> Any:
    def stop(seconds: float) -> NoReturn:
        raise OneRound

    monkeypatch.setattr("gpu_tasks.worker.time.sleep", stop)

    def once(*queues: str) -> None:
        with pytest.raises(OneRound):
            worker._beat(list(queues))

    return once


def test_a_queue_without_a_worker_has_none_alive() -> None:
    assert worker.alive("tts") == 0


def test_a_beat_says_for_each_queue_that_its_worker_lives(beat: Any) -> None:
    beat("tts", "avatar")
    beat("tts", "avatar")

    assert [worker.alive(name) for name in ("tts", "avatar", "llm")] == [1, 1, 0]


def test_a_worker_that_was_not_heard_of_for_long_is_dead(redis: "redis_library.Redis") -> None:
    redis.zadd("workers:tts", {"elsewhere:1": time.time() - 0.1, "elsewhere:2": time.time() + 60})

    assert worker.alive("tts") == 1


def test_dead_workers_are_forgotten(beat: Any, redis: "redis_library.Redis") -> None:
    redis.zadd("workers:tts", {"elsewhere:1": time.time() - 0.1})

    beat("tts")

    assert redis.zcard("workers:tts") == 1


def test_a_worker_that_is_ending_is_promised_to_nobody(beat: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    beat("tts")
    monkeypatch.setattr(worker._draining, "is_set", lambda: True)

    beat("tts")

    assert worker.alive("tts") == 0


def test_a_beat_renews_the_leases_of_what_the_worker_is_at(beat: Any, redis: "redis_library.Redis") -> None:
    ledger.open_item("t1", "speak:0", {})
    lease = ledger.claim("t1", "speak:0")
    assert lease is not None
    redis.pexpire(lease.key, 200)

    beat("tts")

    assert redis.pttl(lease.key) > 200  # type: ignore[operator]
    ledger.release(lease)


def test_a_beat_outlives_a_redis_that_is_gone(
    beat: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone() -> NoReturn:
        raise redis_library.exceptions.ConnectionError("gone")

    monkeypatch.setattr(worker, "redis_client", gone)

    beat("tts")

    assert "no beat" in caplog.text


def test_engines_of_the_queues_a_worker_reads_are_warm_before_it_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []

    class Engine:
        def __init__(self, stage: str) -> None:
            self.stage = stage

        def warm_up(self) -> None:
            happened.append(f"{self.stage} warm")

    class Pulse:
        def __init__(self, *, target: Any, args: tuple[list[str]], name: str, daemon: bool) -> None:
            self.queues = args[0]

        def start(self) -> None:
            happened.append(f"beats for {', '.join(self.queues)}")

    monkeypatch.setattr(stages, "engine", Engine)
    monkeypatch.setattr("gpu_tasks.worker.threading.Thread", Pulse)
    consumes = SimpleNamespace(consume_from={"tts": None, "avatar": None})

    worker._start("worker-faces", SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=consumes))))

    assert happened == ["tts warm", "avatar warm", "beats for tts, avatar"]
