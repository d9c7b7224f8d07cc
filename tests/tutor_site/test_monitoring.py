"""What is seen from outside: metrics, readiness, status."""

import io
import json
import time
from collections.abc import Iterator

import pytest
import redis as redis_library
from celery import current_app
from django.core.management import CommandError, call_command
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisGone

from gpu_tasks import ledger, turn_log, worker
from gpu_tasks.events import Delta, now_ms
from sessions_app import admission, figures
from sessions_app.models import Session, Turn
from tutor_site import readiness

TOKEN = "token-of-the-tests"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def prometheus(settings: Settings) -> Client:
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"authorization": f"Bearer {TOKEN}"})


def scraped(client: Client) -> Samples:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def of(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, tuple(sorted(labels.items()))]


@pytest.mark.parametrize("given", [None, "", "Bearer ", "Bearer wrong", f"Basic {TOKEN}"])
def test_only_who_knows_the_token_reads_the_metrics(settings: Settings, given: str | None) -> None:
    settings.METRICS_TOKEN = TOKEN
    client = Client() if given is None else Client(headers={"authorization": given})

    assert client.get("/metrics").status_code == 403


def test_without_a_token_nobody_does(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""

    assert Client(headers={"authorization": "Bearer "}).get("/metrics").status_code == 403


def test_a_queue_counts_its_messages_of_all_priorities_and_knows_the_oldest(
    prometheus: Client, redis: "redis_library.Redis"
) -> None:
    for priority in (0, 3, 9):
        current_app.send_task("tests.nothing", queue="tts", priority=priority)
    oldest = json.loads(redis.lindex("tts:9", -1))  # type: ignore[arg-type]
    oldest["headers"][worker.SENT_AT] -= 60_000
    redis.lset("tts:9", -1, json.dumps(oldest))

    samples = scraped(prometheus)

    assert of(samples, "tutor_queue_messages", queue="tts") == 3
    assert 60 <= of(samples, "tutor_queue_oldest_seconds", queue="tts") < 120
    assert of(samples, "tutor_queue_messages", queue="asr") == 0
    assert of(samples, "tutor_queue_oldest_seconds", queue="asr") == 0


def test_workers_and_the_line_are_told(prometheus: Client, redis: "redis_library.Redis") -> None:
    about = worker.About(name="worker-llm@here", host="here", pid=1, concurrency=4, gpu="")
    redis.zadd("workers:llm", {about.model_dump_json(): time.time() + 60})
    redis.set("workers:asr:trouble", "model_missing")
    redis.zadd(admission.WAITING, {"t2": now_ms() - 5_000})
    redis.sadd(turn_log.RUNNING, "t1")

    samples = scraped(prometheus)

    assert of(samples, "tutor_workers", queue="llm") == 1
    assert of(samples, "tutor_worker_slots", queue="llm") == 4
    assert of(samples, "tutor_workers", queue="asr") == 0
    assert of(samples, "tutor_worker_trouble", queue="asr") == 1
    assert (of(samples, "tutor_turns_running"), of(samples, "tutor_turns_waiting")) == (1, 1)
    assert 5 <= of(samples, "tutor_line_oldest_seconds") < 60
    assert of(samples, "tutor_redis_up") == 1


def test_without_redis_the_rest_is_still_told(prometheus: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(queue: str) -> int:
        raise RedisGone

    monkeypatch.setattr(worker, "registry", gone)

    samples = scraped(prometheus)

    assert of(samples, "tutor_redis_up") == 0
    assert ("tutor_sockets", ()) in samples


@pytest.mark.usefixtures("redis")
@pytest.mark.django_db
def test_a_turn_is_counted_once_it_has_ended(
    prometheus: Client, session: Session, django_capture_on_commit_callbacks: object
) -> None:
    turn = Turn(
        session=session,
        status=Turn.Status.COMPLETED,
        modality="text",
        mode="video",
        number=1,
        degraded=["video"],
        degraded_reason="engine",
        timings={"first_frame": 700, "total": 2_000},
    )
    turn.save()
    labels = {"status": "completed", "mode": "video", "modality": "text"}
    before = scraped(prometheus).get(("tutor_turns_total", tuple(sorted(labels.items()))), 0)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        figures.count_turn(turn)

    samples = scraped(prometheus)
    assert of(samples, "tutor_turns_total", **labels) == before + 1
    assert of(samples, "tutor_turns_degraded_total", missing="video", reason="engine") >= 1
    assert of(samples, "tutor_turn_seconds_bucket", until="first_frame", modality="text", le="0.8") >= 1


@pytest.mark.usefixtures("redis")
@pytest.mark.django_db
def test_requests_are_counted_by_route_and_never_by_address(prometheus: Client, session: Session) -> None:
    Client().get(f"/api/student/sessions/{session.id}")
    Client().generic("BREW", "/api/config")

    samples = scraped(prometheus)

    route = "api/student/sessions/<str:session_id>"
    assert of(samples, "tutor_request_seconds_count", method="GET", route=route, status="401") >= 1
    assert of(samples, "tutor_request_seconds_count", method="other", route="api/config", status="405") >= 1
    assert not any(session.id in str(labels) for _, labels in samples)


# Readiness


@pytest.fixture
def unmigrated() -> Iterator[None]:
    readiness._migrated.cache_clear()
    yield
    readiness._migrated.cache_clear()


@pytest.mark.usefixtures("redis", "db")
def test_a_web_process_with_all_it_needs_is_ready() -> None:
    answer = Client().get("/ready")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "missing": []})


@pytest.mark.usefixtures("db")
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, unmigrated: None) -> None:
    def gone() -> None:
        raise RedisGone

    monkeypatch.setitem(readiness.CHECKS, "redis", gone)
    monkeypatch.setattr("tutor_site.readiness.MigrationExecutor.migration_plan", lambda *_: ["one"])

    answer = Client().get("/ready")

    assert (answer.status_code, answer.json()["missing"]) == (503, ["migrations", "redis"])
    monkeypatch.undo()
    assert "migrations" not in Client().get("/ready").json()["missing"]


# manage.py status


def told(*arguments: str) -> str:
    written = io.StringIO()
    call_command("status", *arguments, stdout=written)
    return written.getvalue()


def test_status_shows_queues_workers_cards_and_what_runs(redis: "redis_library.Redis") -> None:
    about = worker.About(name="worker-tts@here", host="here", pid=7, concurrency=2, gpu="0")
    redis.zadd("workers:tts", {about.model_dump_json(): time.time() + 60})
    now = worker.Now(work=[("t1", "speak:0")], cards=[("0 NVIDIA L4", 3 * 10**9, 24 * 10**9)])
    redis.set(worker._now(about), now.model_dump_json())
    redis.set("workers:avatar:trouble", "gpu_unfit")
    redis.sadd(turn_log.RUNNING, "t1")
    turn_log.begin({"turn_id": "t1", "session_id": "s1"}, Delta(content="Hi"), once="begun")
    ledger.open_item("t1", "speak:0", {})
    current_app.send_task("tests.nothing", queue="tts", priority=6)

    lines = [line.split() for line in told().splitlines()]

    assert ["worker-tts", "here", "7", "tts", "1/2", "0", "NVIDIA", "L4", "3.0", "of", "24.0", "GB"] in lines
    assert next(line for line in lines if line[:2] == ["tts", "1"])[-1] == "1"
    assert next(line for line in lines if line[:1] == ["avatar"])[-3:] == ["cannot", "start:", "gpu_unfit"]
    assert next(line for line in lines if line[:1] == ["t1"])[-4:-2] == ["speak:0", "0.0"]


def test_status_for_programs(redis: "redis_library.Redis") -> None:
    redis.zadd(admission.WAITING, {"t2": 1})

    status = json.loads(told("--json"))

    assert (status["waiting"], status["turns"], status["workers"]) == (1, [], [])
    assert [queue["queue"] for queue in status["queues"]] == ["asr", "llm", "tts", "avatar", "default"]


def test_status_without_redis_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(queue: str) -> int:
        raise RedisGone("nobody is there")

    monkeypatch.setattr(worker, "queued", gone)
    monkeypatch.setattr("tutor_site.status.redis_client", lambda: type("Redis", (), {"smembers": lambda *_: set()})())

    with pytest.raises(CommandError, match="Redis does not answer: nobody is there"):
        told()
