"""Each session that is over or rests gets a summary: by the language model where one can write, else by code."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import redis as redis_library
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from gpu_tasks import turn_log, worker
from sessions_app import summaries
from sessions_app.lifecycle import end_session, erase_session, resume_session
from sessions_app.models import Exercise, Session, Summary, Tutor
from tests.queues import Queues

pytestmark = pytest.mark.usefixtures("redis")
WRITTEN = "ASKED:\nWhat light is.\nHARD:\n-\nNEXT:\nLook at a prism."


def ask(session: Session, *questions: str) -> None:
    number = session.turns.count()
    for place, question in enumerate(questions, number + 1):
        session.turns.create(
            number=place, modality="text", status="completed", user_text=question, reply_text="Light is a wave."
        )
    Session.objects.filter(id=session.id).update(last_activity=timezone.now())
    session.refresh_from_db()


@pytest.fixture
def real_model(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A language model that can write is at hand; it says that."""
    settings.DEMO_BRAIN = False
    monkeypatch.setattr(worker, "alive", lambda queue: 1)

    def says(text: str) -> None:
        chat: dict[str, Any] = {"ENGINE": "gpu_tasks.engines.llm.fake.FakeChat", "OPTIONS": {"script": text}}
        settings.STAGES = {**settings.STAGES, "llm": chat}
        summaries.writing.stages.engine.cache_clear()

    says(WRITTEN)
    return says


@pytest.fixture
def look(redis: "redis_library.Redis", queues: Queues) -> Callable[[], list[str]]:
    def once() -> list[str]:
        redis.delete(summaries.LOOKED)
        queues.waiting("llm")  # prompts that were to be read ahead
        summaries.write_one()
        return queues.run_all("llm", "default")

    return once


Look = Callable[[], list[str]]


# By the language model


def test_a_session_that_has_ended_is_summed_up_by_the_model(
    session: Session, real_model: Callable[[str], None], look: Look
) -> None:
    ask(session, "What is light?")
    end_session(session)

    assert look() == ["write", "summary_written"]
    summary = Summary.objects.get()
    assert (summary.asked, summary.hard, summary.next_steps) == ("What light is.", "", "Look at a prism.")
    assert summary.by_model
    assert look() == []


def test_one_that_goes_on_is_not_summed_up_before_it_rests(
    session: Session, real_model: Callable[[str], None], look: Look
) -> None:
    ask(session, "What is light?")
    assert look() == []

    Session.objects.update(last_activity=timezone.now() - summaries.QUIET - timedelta(seconds=1))

    assert look() == ["write", "summary_written"]


def test_one_in_which_nothing_was_said_has_none(
    session: Session, real_model: Callable[[str], None], look: Look
) -> None:
    end_session(session)

    assert look() == []


def test_a_session_that_went_on_gets_another(session: Session, real_model: Callable[[str], None], look: Look) -> None:
    ask(session, "What is light?")
    end_session(session)
    look()
    resume_session(session)
    ask(session, "And sound?")
    end_session(session)

    look()

    assert Summary.objects.get().turns == 2


def test_one_that_was_opened_again_and_nothing_said_keeps_its_summary(
    session: Session, real_model: Callable[[str], None], look: Look
) -> None:
    ask(session, "What is light?")
    end_session(session)
    look()
    resume_session(session)
    end_session(session)

    assert look() == []
    assert not summaries.wanting().exists()


def test_while_a_turn_runs_nothing_is_written(
    session: Session, real_model: Callable[[str], None], redis: "redis_library.Redis", look: Look
) -> None:
    ask(session, "What is light?")
    end_session(session)
    redis.sadd(turn_log.RUNNING, "t1")

    assert look() == []
    redis.srem(turn_log.RUNNING, "t1")
    assert look() == ["write", "summary_written"]


@pytest.mark.parametrize("text", ["I see.", "ASKED: light"])
def test_what_is_no_summary_is_not_kept_as_one(
    session: Session, real_model: Callable[[str], None], look: Look, text: str
) -> None:
    real_model(text)
    ask(session, "What is light?")
    end_session(session)
    look()

    summary = Summary.objects.get()
    assert (summary.asked, summary.by_model) == ("- What is light?", False)


def test_a_summary_that_would_tell_a_final_answer_is_not_kept(
    session: Session, tutor: Tutor, real_model: Callable[[str], None], look: Look
) -> None:
    tutor.final_answer = Tutor.FinalAnswer.NEVER
    tutor.save()
    Exercise.objects.create(tutor=tutor, task="What bends light?", answers="a prism\na lens")
    ask(session, "What is light?")
    end_session(session)
    look()

    assert not Summary.objects.get().by_model


def test_what_was_written_of_an_erased_session_is_dropped(
    session: Session, real_model: Callable[[str], None], queues: Queues
) -> None:
    ask(session, "What is light?")
    end_session(session)
    queues.waiting("llm")
    summaries.write_one()
    erase_session(session)

    assert "summary_written" in queues.run_all("llm", "default")
    assert not Summary.objects.exists()


# Without one


def test_the_demo_brain_is_not_asked_to_write(session: Session, look: Look) -> None:
    ask(session, "What is light?")
    end_session(session)

    assert look() == []
    summary = Summary.objects.get()
    assert (summary.asked, summary.by_model) == ("- What is light?", False)


# What the student reads


def test_its_student_reads_it_at_once_and_learns_that_a_better_one_comes(
    session: Session,
    alice: User,
    browser_of: Callable[[User], APIClient],
    real_model: Callable[[str], None],
    look: Look,
) -> None:
    ask(session, "What is light?")
    end_session(session)
    path = f"/api/student/sessions/{session.id}/summary"

    before = browser_of(alice).get(path).json()
    look()
    after = browser_of(alice).get(path).json()

    assert (before["asked"], before["by_model"], before["being_written"]) == ("- What is light?", False, True)
    assert (after["asked"], after["by_model"], after["being_written"]) == ("What light is.", True, False)


def test_of_an_empty_session_there_is_nothing_to_read(
    session: Session, alice: User, browser_of: Callable[[User], APIClient]
) -> None:
    end_session(session)

    answer = browser_of(alice).get(f"/api/student/sessions/{session.id}/summary").json()

    assert (answer["asked"], answer["being_written"]) == ("", False)


def test_nobody_else_reads_it(session: Session, bob: User, dora: User, browser_of: Callable[[User], APIClient]) -> None:
    ask(session, "What is light?")

    for other in (bob, dora):
        assert browser_of(other).get(f"/api/student/sessions/{session.id}/summary").status_code == 404
