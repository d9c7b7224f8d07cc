"""Three quick checks at the end of a session, of its student alone; what is right is told with the answer."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import redis as redis_library
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from gpu_tasks import stages, turn_log, worker
from sessions_app import checks
from sessions_app.lifecycle import end_session, erase_session
from sessions_app.models import Check, KnowledgeBase, Mastery, Session, Skill, Topic, Tutor
from sessions_app.tracing import P_INIT, after_answer
from tests.queues import Queues
from tests.sessions_app.lessons import ingest

pytestmark = pytest.mark.usefixtures("redis")

LESSON = """# Photosynthesis

The plants make glucose from the water and the carbon dioxide. The roots take in the water from the soil.

# Leaves

The chlorophyll of the leaf catches the energy of the sunlight. The carbon dioxide gets in through the stomata.

# Flowers

The insects carry the pollen from one flower to another. The seeds lie under the snow in the winter.
"""
QUOTE = (
    "The chlorophyll of the leaf catches the energy of the sunlight. The carbon dioxide gets in through the stomata."
)


@pytest.fixture
def taught(session: Session, plants: KnowledgeBase, queues: Queues) -> Session:
    """A session that has ended, in which the material was cited."""
    ingest(plants, "Plants", LESSON)
    quotes = [chunk.text for document in plants.documents.all() for chunk in document.chunks.all()]
    session.turns.create(
        number=1,
        modality="text",
        status="completed",
        user_text="What does chlorophyll do?",
        reply_text="It catches sunlight.",
        citations=[{"number": n, "document": "Plants", "page": None, "quote": q} for n, q in enumerate(quotes, 1)],
    )
    end_session(session)
    queues.waiting("llm")
    session.refresh_from_db()
    return session


@pytest.fixture
def at_alices(browser_of: Callable[[User], APIClient], alice: User) -> APIClient:
    return browser_of(alice)


def path(session: Session, *rest: object) -> str:
    return "/".join(["/api/student/sessions", session.id, "checks", *map(str, rest)])


def made(client: APIClient, session: Session, queues: Queues) -> list[dict[str, Any]]:
    client.post(path(session))
    queues.run_all("default", "llm")
    found: list[dict[str, Any]] = client.post(path(session)).json()["checks"]
    return found


def wrong_choice(check: Check) -> int:
    return (check.correct + 1) % len(check.choices)


def test_they_are_made_when_the_student_comes_to_them(at_alices: APIClient, taught: Session, queues: Queues) -> None:
    before = at_alices.post(path(taught)).json()
    queues.run_all("default")
    after = at_alices.post(path(taught)).json()

    assert before == {"state": "being_made", "checks": []}
    assert after["state"] == "ready"
    assert [check["position"] for check in after["checks"]] == [1, 2, 3]
    assert all(len(check["choices"]) == 4 for check in after["checks"])


def test_asking_twice_makes_them_once(at_alices: APIClient, taught: Session, queues: Queues) -> None:
    at_alices.post(path(taught))
    at_alices.post(path(taught))

    assert queues.run_all("default") == ["make_checks"]
    checks.make_checks(taught.id)
    assert Check.objects.count() == 3


def test_what_is_right_is_not_told_before_the_answer(at_alices: APIClient, taught: Session, queues: Queues) -> None:
    for check in made(at_alices, taught, queues):
        assert (check["answer"], check["correct_choice"], check["explanation"]) == (None, None, None)


def test_a_right_answer_is_told_explained_and_counts(
    at_alices: APIClient, alice: User, taught: Session, queues: Queues
) -> None:
    made(at_alices, taught, queues)
    check = Check.objects.get(position=1)

    answer = at_alices.post(path(taught, 1, "answer"), {"choice": check.correct}, format="json").json()

    assert (answer["correct"], answer["correct_choice"]) == (True, check.correct)
    assert answer["explanation"].endswith("(Plants)")
    assert answer["known"] == pytest.approx(after_answer(P_INIT, True))
    assert answer["level"] == "growing"
    mastery = Mastery.objects.get(student=alice, skill=check.skill)
    assert (mastery.answered, mastery.correct) == (1, 1)


def test_a_wrong_answer_learns_what_would_be_right(at_alices: APIClient, taught: Session, queues: Queues) -> None:
    made(at_alices, taught, queues)
    check = Check.objects.get(position=1)

    answer = at_alices.post(path(taught, 1, "answer"), {"choice": wrong_choice(check)}, format="json").json()

    assert (answer["correct"], answer["correct_choice"]) == (False, check.correct)
    assert answer["known"] < P_INIT
    (shown, *_) = at_alices.post(path(taught)).json()["checks"]
    assert (shown["answer"], shown["correct_choice"]) == (wrong_choice(check), check.correct)


def test_the_first_answer_counts(at_alices: APIClient, taught: Session, queues: Queues) -> None:
    made(at_alices, taught, queues)
    check = Check.objects.get(position=1)
    at_alices.post(path(taught, 1, "answer"), {"choice": wrong_choice(check)}, format="json")

    again = at_alices.post(path(taught, 1, "answer"), {"choice": check.correct}, format="json")

    assert (again.status_code, again["X-Error-Code"]) == (409, "already_answered")
    assert Mastery.objects.get().answered == 1


@pytest.mark.parametrize("choice", [4, -1, "two", None])
def test_a_choice_that_is_none_is_refused(at_alices: APIClient, taught: Session, queues: Queues, choice: Any) -> None:
    made(at_alices, taught, queues)

    assert at_alices.post(path(taught, 1, "answer"), {"choice": choice}, format="json").status_code == 400
    assert not Mastery.objects.exists()


def test_there_is_no_fourth(at_alices: APIClient, taught: Session, queues: Queues) -> None:
    made(at_alices, taught, queues)

    assert at_alices.post(path(taught, 4, "answer"), {"choice": 0}, format="json").status_code == 404


def test_nobody_else_sees_or_answers_them(
    at_alices: APIClient,
    bob: User,
    dora: User,
    browser_of: Callable[[User], APIClient],
    taught: Session,
    queues: Queues,
) -> None:
    made(at_alices, taught, queues)

    for other in (browser_of(bob), browser_of(dora)):
        assert other.post(path(taught)).status_code == 404
        assert other.post(path(taught, 1, "answer"), {"choice": 0}, format="json").status_code == 404
    assert not Check.objects.exclude(answer=None).exists()


def test_a_session_that_goes_on_has_none_yet(at_alices: APIClient, session: Session) -> None:
    answer = at_alices.post(path(session))

    assert (answer.status_code, answer["X-Error-Code"]) == (409, "session_goes_on")


def test_where_nothing_was_cited_there_is_nothing_to_check(at_alices: APIClient, session: Session) -> None:
    end_session(session)

    assert at_alices.post(path(session)).json() == {"state": "nothing_cited", "checks": []}


def test_where_too_little_was_cited_that_is_said(at_alices: APIClient, taught: Session, queues: Queues) -> None:
    taught.turns.update(citations=[{"number": 1, "document": "Elsewhere", "page": None, "quote": "Yes."}])
    KnowledgeBase.objects.all().delete()

    assert made(at_alices, taught, queues) == []
    assert at_alices.post(path(taught)).json()["state"] == "too_little"


def test_erasing_a_session_erases_them(at_alices: APIClient, taught: Session, queues: Queues) -> None:
    made(at_alices, taught, queues)
    erase_session(taught)

    assert not Check.objects.exists()


def test_those_of_an_erased_session_are_not_made(taught: Session) -> None:
    erase_session(taught)
    checks.make_checks(taught.id)
    checks.checks_written(taught.id, "[]", "")

    assert not Check.objects.exists()


# What they are on


def test_the_skill_is_the_topic_of_the_tutor(
    at_alices: APIClient, tutor: Tutor, taught: Session, queues: Queues
) -> None:
    Topic.objects.create(tutor=tutor, name="How plants eat", terms="glucose, chlorophyll, pollen")
    made(at_alices, taught, queues)

    assert set(Skill.objects.values_list("name", flat=True)) == {"How plants eat"}


def test_without_topics_it_is_a_heading_or_the_document(at_alices: APIClient, taught: Session, queues: Queues) -> None:
    made(at_alices, taught, queues)

    assert set(Skill.objects.values_list("name", flat=True)) <= {"Photosynthesis", "Leaves", "Flowers", "Plants"}


# By the language model


@pytest.fixture
def model_says(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    settings.DEMO_BRAIN = False
    monkeypatch.setattr(worker, "alive", lambda queue: 1)

    def say(text: str) -> None:
        class Chat:
            def reply(self, messages: Any, **_: Any) -> Any:
                yield text

        monkeypatch.setattr(stages, "llm", Chat)

    return say


def test_a_sound_question_of_the_model_is_asked_and_code_makes_the_rest(
    at_alices: APIClient, taught: Session, queues: Queues, model_says: Callable[[str], None]
) -> None:
    passages = checks.passages_of(taught)
    number, passage = next((n, p) for n, p in enumerate(passages, 1) if "chlorophyll" in p.text)
    sentence = "The chlorophyll of the leaf catches the energy of the sunlight."
    question = {
        "question": "What catches the energy of the sunlight?",
        "choices": ["The chlorophyll", "Roots", "Seeds", "Snow"],
        "correct": 0,
        "passage": number,
        "quote": sentence,
    }
    assert sentence in passage.text
    model_says(json.dumps([question, question | {"question": "Who?", "correct": 1}]))

    found = made(at_alices, taught, queues)

    assert found[0]["question"] == "What catches the energy of the sunlight?"
    assert len(found) == 3


def test_while_a_turn_runs_code_makes_them(
    at_alices: APIClient,
    taught: Session,
    queues: Queues,
    redis: "redis_library.Redis",
    model_says: Callable[[str], None],
) -> None:
    model_says("[]")
    redis.sadd(turn_log.RUNNING, "t1")

    assert len(made(at_alices, taught, queues)) == 3
