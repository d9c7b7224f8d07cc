import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
import redis as redis_library
from pytest_django import Settings
from redis.exceptions import ConnectionError

from gpu_tasks import devices, ledger, stages, worker
from gpu_tasks.engines.errors import ModelMissing
from tests.cards import pretend_cards

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
            worker._beat("worker-1@here", list(queues), concurrency=2)

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


def test_the_registry_says_which_card_each_worker_has(beat: Any, settings: Settings) -> None:
    settings.WORKER_GPU = "1"

    beat("tts")

    (about,) = worker.registry("tts")
    assert (about.name, about.gpu, about.pid) == ("worker-1@here", "1", os.getpid())


def test_a_beat_is_seen_from_outside_the_container(beat: Any, settings: Settings, tmp_path: Path) -> None:
    settings.WORKER_BEAT = str(tmp_path / "beat")

    beat("tts")

    assert (tmp_path / "beat").exists()


def no_redis() -> NoReturn:
    raise ConnectionError("nobody is there")


def test_a_worker_that_never_found_redis_is_not_ready(
    beat: Any, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    settings.WORKER_BEAT = str(tmp_path / "beat")
    monkeypatch.setattr(worker, "redis_client", no_redis)

    beat("tts")

    assert not (tmp_path / "beat").exists()


def test_a_worker_that_lost_redis_is_not_started_anew(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    pulse = tmp_path / "beat"
    settings.WORKER_BEAT = str(pulse)
    rounds = iter((lambda: monkeypatch.setattr(worker, "redis_client", no_redis), lambda: None))

    def between(seconds: float) -> None:
        pulse.unlink()
        next(rounds, no_more)()

    def no_more() -> NoReturn:
        raise OneRound

    monkeypatch.setattr("gpu_tasks.worker.time.sleep", between)

    with pytest.raises(OneRound):  # three rounds, each with its pulse
        worker._beat("worker-1@here", ["tts"], concurrency=2)


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
        def __init__(self, *, target: Any, args: tuple[str, list[str], int], name: str, daemon: bool) -> None:
            self.queues = args[1]

        def start(self) -> None:
            happened.append(f"beats for {', '.join(self.queues)}")

    monkeypatch.setattr(stages, "engine", Engine)
    monkeypatch.setattr("gpu_tasks.worker.threading.Thread", Pulse)

    worker._start("worker-faces", celery_worker("tts", "avatar"))

    assert happened == ["tts warm", "avatar warm", "beats for tts, avatar"]


def celery_worker(*queues: str) -> Any:
    consumes = SimpleNamespace(consume_from=dict.fromkeys(queues))
    return SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=consumes)), concurrency=2)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ModelMissing("/models/unet.pth is missing"), "model_missing"),
        (devices.Unfit("no GPU"), "gpu_unfit"),
        (ImportError("No module named 'torch'"), "internal"),
    ],
)
def test_a_worker_whose_engine_cannot_start_says_why_and_ends(
    beat: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception, code: str
) -> None:
    def engine(stage: str) -> NoReturn:
        raise error

    monkeypatch.setattr(stages, "engine", engine)

    with pytest.raises(SystemExit) as end:
        worker._start("worker-faces", celery_worker("avatar", "tts"))

    assert end.value.code == worker.CANNOT_START
    assert [worker.trouble(queue) for queue in ("avatar", "tts", "llm")] == [code, code, None]
    assert str(error) in caplog.text

    beat("avatar")
    assert worker.trouble("avatar") is None


def test_a_worker_without_room_on_its_card_loads_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    settings.WORKER_GPU, settings.WORKER_GPU_MEMORY = "0", 2 * 1000**3
    monkeypatch.setenv("PATH", f"{pretend_cards(tmp_path, 1000)}{os.pathsep}{os.environ['PATH']}")
    loaded: list[str] = []
    monkeypatch.setattr(stages, "engine", loaded.append)

    with pytest.raises(SystemExit):
        worker._start("worker-faces", celery_worker("avatar"))

    assert worker.trouble("avatar") == "gpu_unfit"
    assert loaded == []


@pytest.mark.parametrize(
    ("used", "level", "words"),
    [
        (5000, "INFO", "5.2 GB of GPU 0 taken, 6.0 GB budgeted"),
        (7000, "WARNING", "7.3 GB of GPU 0 taken, 6.0 GB budgeted: raise its memory in the workers' file"),
        (0, "WARNING", "nothing of GPU 0 is taken: do its engines run on the CPU"),
    ],
)
def test_what_the_engines_really_took_is_compared_with_the_budget(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    settings: Settings,
    used: int,
    level: str,
    words: str,
) -> None:
    settings.WORKER_GPU, settings.WORKER_GPU_MEMORY = "0", 6 * devices.GB
    monkeypatch.setenv("PATH", f"{pretend_cards(tmp_path, 20000)}{os.pathsep}{os.environ['PATH']}")
    engine = SimpleNamespace(warm_up=lambda: pretend_cards(tmp_path, 20000 - used))
    monkeypatch.setattr(stages, "engine", lambda stage: engine)
    caplog.set_level("INFO")

    worker._load("worker-faces", ["avatar"])

    assert [record.levelname for record in caplog.records if words in record.getMessage()] == [level]
