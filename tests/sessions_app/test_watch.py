"""Without a worker of `default` nobody sweeps; the web process sees to it that nobody waits for ever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gpu_tasks import turn_log, worker
from sessions_app.models import Turn
from sessions_app.watch import PATIENCE, Watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(running: Turn) -> Turn:
    Turn.objects.update(created_at=timezone.now() - timedelta(seconds=60))
    return running


def alive(monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    monkeypatch.setattr(worker, "alive", lambda queue: workers)


def test_turns_end_in_words_when_no_worker_has_come_back(old: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    alive(monkeypatch, 0)
    watch = Watch()
    watch.look(100)
    watch.look(100 + PATIENCE)
    old.refresh_from_db()
    waits = old.status

    watch.look(100.1 + PATIENCE)

    old.refresh_from_db()
    assert waits == Turn.Status.QUEUED
    assert (old.status, old.error_code) == (Turn.Status.FAILED, "unavailable")
    assert [event.type for event in turn_log.read(old.id)][-2:] == ["failed", "done"]


def test_a_worker_that_comes_back_in_time_is_waited_for(old: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch()
    for moment, workers in ((100, 0), (102, 1), (104, 0), (106, 0)):
        alive(monkeypatch, workers)
        watch.look(moment)

    old.refresh_from_db()
    assert old.status == Turn.Status.QUEUED


def test_a_turn_that_has_just_begun_has_its_time(running: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    alive(monkeypatch, 0)
    watch = Watch()
    watch.look(100)
    watch.look(200)

    running.refresh_from_db()
    assert running.status == Turn.Status.QUEUED
