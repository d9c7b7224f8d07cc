from typing import NoReturn

import pytest
from kombu.exceptions import OperationalError

from accounts.models import User
from gpu_tasks.tasks import read_prefix
from sessions_app.lifecycle import NotYours, open_session
from sessions_app.models import KnowledgeBase, Session, Tutor
from tests.queues import Queues

pytestmark = pytest.mark.usefixtures("redis")


@pytest.mark.parametrize("kb_id", [None, "", "optional"])
def test_without_a_knowledge_base_the_tutor_uses_all_of_his(alice: User, tutor: Tutor, kb_id: str | None) -> None:
    session = open_session(alice, tutor.id, kb_id)

    assert (session.student, session.tutor, session.knowledge_base) == (alice, tutor, None)
    assert session.status == Session.Status.ACTIVE


def test_a_knowledge_base_of_the_tutor_may_be_chosen(alice: User, tutor: Tutor, plants: KnowledgeBase) -> None:
    assert open_session(alice, tutor.id, "plants").knowledge_base == plants


@pytest.mark.parametrize("kb_id", ["oceans", "PLANTS", "no slug at all", "1"])
def test_no_other_knowledge_base_may(alice: User, tutor: Tutor, kb_id: str) -> None:
    KnowledgeBase.objects.create(slug="oceans", name="Of another tutor")

    with pytest.raises(NotYours):
        open_session(alice, tutor.id, kb_id)

    assert not Session.objects.exists()


@pytest.mark.parametrize("tutor_id", [0, -1, 999, 10**30])
def test_there_is_no_session_with_a_tutor_who_does_not_exist(alice: User, tutor: Tutor, tutor_id: int) -> None:
    with pytest.raises(NotYours):
        open_session(alice, tutor_id, None)

    assert not Session.objects.exists()


def test_a_tutor_who_is_not_open_yet_is_for_staff_only(alice: User, root: User, closed_tutor: Tutor) -> None:
    with pytest.raises(NotYours):
        open_session(alice, closed_tutor.id, None)

    assert open_session(root, closed_tutor.id, None).tutor == closed_tutor
    assert Session.objects.count() == 1


def test_the_beginning_of_the_prompt_is_read_while_the_student_still_types(
    alice: User, tutor: Tutor, queues: Queues
) -> None:
    open_session(alice, tutor.id, None)

    message = queues.take("llm")
    assert message is not None
    assert message["task"] == "gpu_tasks.tasks.read_prefix"
    assert "You are Ada." in message["args"][0][0]["content"]


def test_a_session_opens_also_while_the_queue_is_away(
    alice: User, tutor: Tutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(messages: object) -> NoReturn:
        raise OperationalError

    monkeypatch.setattr(read_prefix, "delay", gone)

    assert open_session(alice, tutor.id, None).status == Session.Status.ACTIVE
