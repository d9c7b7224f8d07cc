"""Workers that died, messages that were lost, stages without a worker: the sweeper sees to all of them."""

from collections.abc import Callable

import pytest

from gpu_tasks import ledger, turn_log, worker
from gpu_tasks.events import Failed, SegmentDone, StageDone, TurnRef
from gpu_tasks.stage import begin
from gpu_tasks.tasks import animate, speak
from sessions_app import sweeper
from sessions_app.models import Turn
from tests.queues import Queues

pytestmark = pytest.mark.django_db

SPOKEN = {"audio": "0.wav", "duration_ms": 900, "visemes": None, "words": None}


def items(turn: Turn) -> dict[str, int]:
    """The open work and how often it was begun."""
    return {each.entry.item: each.entry.attempt for each in ledger.open_items(turn.id)}


def kinds(turn: Turn) -> list[str]:
    return [event.type for event in turn_log.read(turn.id)]


# Work of a worker that died


def test_work_whose_worker_died_is_sent_again(running: Turn, queues: Queues, die_at: Callable[[str], None]) -> None:
    queues.take("default")
    die_at("retrieve")

    sweeper.sweep()

    assert items(running) == {"retrieve": 2}
    message = queues.take("default")
    assert message is not None
    assert (message["task"], message["args"]) == ("sessions_app.tasks.retrieve", ["What is light?"])


def test_the_second_worker_takes_up_where_the_first_died(
    running: Turn, queues: Queues, die_at: Callable[[str], None]
) -> None:
    queues.take("default")
    die_at("retrieve")
    sweeper.sweep()

    queues.run_next("default")

    assert items(running) == {"reply": 1}
    assert queues.waiting("llm") == ["reply"]


def test_work_that_kills_two_workers_is_given_up_in_words(
    running: Turn, queues: Queues, die_at: Callable[[str], None]
) -> None:
    for _ in range(2):
        queues.take("default")
        die_at("retrieve")
        sweeper.sweep()

    assert items(running) == {}
    (failed,) = [event for event in turn_log.read(running.id) if isinstance(event, Failed)]
    assert (failed.code, failed.retryable) == ("unavailable", True)
    (given_up,) = [event for event in turn_log.read(running.id) if isinstance(event, StageDone)]
    assert (given_up.item, given_up.error, given_up.attempt) == ("retrieve", "its worker died twice", 2)
    assert queues.waiting("default") == ["complete"]


def test_a_picture_that_cannot_be_made_is_given_up_into_sound(
    running: Turn, ref: TurnRef, queues: Queues, die_at: Callable[[str], None]
) -> None:
    begin(animate.s(SPOKEN, turn=ref, segment=0, text="Light is."))
    queues.waiting("avatar")
    for _ in range(2):
        die_at("animate:0")
        sweeper.sweep()

    (done,) = [event for event in turn_log.read(running.id) if isinstance(event, SegmentDone)]
    assert (done.segment, done.content, done.audio, done.video) == (0, "Light is.", "0.wav", "")


def test_a_sound_that_cannot_be_made_is_given_up_into_writing(
    running: Turn, ref: TurnRef, queues: Queues, die_at: Callable[[str], None]
) -> None:
    begin(speak.s(turn=ref, segment=0, text="Light is.") | animate.s(turn=ref, segment=0, text="Light is."))
    queues.waiting("tts")
    for _ in range(2):
        die_at("speak:0")
        sweeper.sweep()

    assert "animate:0" not in items(running)
    (done,) = [event for event in turn_log.read(running.id) if isinstance(event, SegmentDone)]
    assert (done.content, done.audio, done.video) == ("Light is.", "", "")


def test_work_that_a_living_worker_is_at_is_left_alone(
    running: Turn, queues: Queues, later: Callable[[float], None]
) -> None:
    queues.take("default")
    lease = ledger.claim(running.id, "retrieve")
    assert lease is not None
    later(30)

    sweeper.sweep()

    assert items(running) == {"retrieve": 1}
    assert queues.waiting("default") == []
    ledger.release(lease)


def test_work_that_is_finished_just_now_is_not_done_again(
    running: Turn, queues: Queues, die_at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    queues.take("default")
    die_at("retrieve")
    seen = ledger.open_items(running.id)
    ledger.drop(running.id, StageDone(item="retrieve", queued_at=0, began_at=0, attempt=1))
    monkeypatch.setattr(ledger, "open_items", lambda turn_id: seen)

    sweeper.sweep()

    monkeypatch.undo()
    assert items(running) == {}
    assert queues.waiting("default") == []


# Messages that were lost


@pytest.mark.usefixtures("all_alive")
def test_a_lost_message_is_sent_again(running: Turn, queues: Queues, later: Callable[[float], None]) -> None:
    queues.take("default")
    later(6)

    sweeper.sweep()

    assert items(running) == {"retrieve": 2}
    assert queues.waiting("default") == ["retrieve"]


@pytest.mark.usefixtures("all_alive")
def test_a_message_that_is_just_on_its_way_is_not_lost(running: Turn, queues: Queues) -> None:
    queues.take("default")

    sweeper.sweep()

    assert items(running) == {"retrieve": 1}
    assert queues.waiting("default") == []


@pytest.mark.usefixtures("all_alive")
@pytest.mark.parametrize("priority", [0, 3, 6, 9])
def test_a_message_that_waits_in_a_long_queue_is_not_lost(
    running: Turn, ref: TurnRef, queues: Queues, later: Callable[[float], None], priority: int
) -> None:
    begin(animate.s(SPOKEN, turn=ref, segment=0, text="Light is."), priority=priority)
    later(30)

    sweeper.sweep()

    assert items(running) == {"retrieve": 1, "animate:0": 1}
    assert queues.waiting("avatar") == ["animate"]


@pytest.mark.usefixtures("all_alive")
def test_a_message_that_was_lost_is_missed_also_while_others_wait(
    running: Turn, ref: TurnRef, queues: Queues, later: Callable[[float], None]
) -> None:
    begin(animate.s(SPOKEN, turn=ref, segment=0, text="Light is."))
    begin(animate.s(SPOKEN, turn=ref, segment=1, text="And water."))
    queues.take("avatar")
    later(6)

    sweeper.sweep()

    assert items(running) == {"retrieve": 1, "animate:0": 2, "animate:1": 1}


# Stages without a worker


def test_without_a_worker_the_turn_goes_on_without_that_stage(
    running: Turn, ref: TurnRef, queues: Queues, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "alive", lambda name: int(name != "avatar"))
    begin(animate.s(SPOKEN, turn=ref, segment=0, text="Light is."))
    later(9)

    sweeper.sweep()

    assert items(running) == {"retrieve": 1}
    (done,) = [event for event in turn_log.read(running.id) if isinstance(event, SegmentDone)]
    assert (done.audio, done.video) == ("0.wav", "")


def test_a_worker_has_some_seconds_to_come_back(
    running: Turn, ref: TurnRef, queues: Queues, later: Callable[[float], None]
) -> None:
    begin(animate.s(SPOKEN, turn=ref, segment=0, text="Light is."))
    later(4)

    sweeper.sweep()

    assert items(running) == {"retrieve": 1, "animate:0": 1}


def test_a_worker_that_comes_back_too_late_finds_the_work_given_up(
    running: Turn, ref: TurnRef, queues: Queues, later: Callable[[float], None]
) -> None:
    begin(animate.s(SPOKEN, turn=ref, segment=0, text="Light is."))
    later(9)
    sweeper.sweep()
    before = kinds(running)

    queues.run_all("avatar")

    assert kinds(running) == before
