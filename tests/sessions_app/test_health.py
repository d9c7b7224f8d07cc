import time
from typing import NoReturn

import pytest
import redis as redis_library
from pytest_django import Settings
from rest_framework.test import APIClient

from gpu_tasks import worker
from sessions_app.views import engine

HEALTHY = {"status": "healthy", "service": "GPU Server"}


@pytest.fixture
def all_alive(redis: "redis_library.Redis") -> None:
    for name in ("asr", "llm", "tts", "avatar", "default"):
        redis.zadd(f"workers:{name}", {"here:1": time.time() + 60})


def test_the_web_process_is_up(nobody: APIClient) -> None:
    answer = nobody.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.usefixtures("all_alive")
def test_with_a_worker_for_every_stage_all_is_well(nobody: APIClient) -> None:
    assert nobody.get("/api/student/gpu/health").json() == {"gpu_server": HEALTHY, "enabled": True}
    answer = nobody.get("/engine/health")
    assert (answer.status_code, answer.json()) == (200, HEALTHY)


@pytest.mark.usefixtures("all_alive")
@pytest.mark.parametrize("stage", ["asr", "llm", "tts", "avatar", "default"])
def test_a_stage_without_a_worker_is_named(nobody: APIClient, redis: "redis_library.Redis", stage: str) -> None:
    redis.zadd(f"workers:{stage}", {"here:1": time.time() - 1})

    student, ours = nobody.get("/api/student/gpu/health"), nobody.get("/engine/health")

    error = f"no live worker for: {stage}"
    assert (student.status_code, student.json()) == (
        200,
        {"gpu_server": {"status": "unhealthy", "error": error}, "enabled": True},
    )
    assert (ours.status_code, ours.json()["status"], ours.json()["error"]) == (503, "unhealthy", error)


@pytest.mark.usefixtures("all_alive")
def test_what_kept_a_worker_from_starting_is_named_without_its_files(
    nobody: APIClient, redis: "redis_library.Redis"
) -> None:
    redis.delete("workers:avatar")
    redis.set("workers:avatar:trouble", "model_missing")
    redis.set("workers:tts:trouble", "model_missing")

    error = nobody.get("/api/student/gpu/health").json()["gpu_server"]["error"]

    assert error == "no live worker for: avatar (model_missing)"


def test_without_the_queue_it_is_unhealthy_and_not_an_error(nobody: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> NoReturn:
        raise redis_library.exceptions.ConnectionError("gone")

    monkeypatch.setattr(worker, "alive", gone)

    answer = nobody.get("/api/student/gpu/health")

    assert answer.status_code == 200
    assert answer.json()["gpu_server"] == {"status": "unhealthy", "error": "the queue cannot be reached"}
    assert engine.ailing() == "the queue cannot be reached"


@pytest.mark.usefixtures("all_alive")
def test_it_says_when_the_engine_is_switched_off(nobody: APIClient, settings: Settings) -> None:
    settings.ENGINE_ENABLED = False

    assert nobody.get("/api/student/gpu/health").json()["enabled"] is False
