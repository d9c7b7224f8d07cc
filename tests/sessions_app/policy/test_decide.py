"""What is answered from the material, beyond it, and not at all."""

from collections.abc import Callable

import pytest

from gpu_tasks.guard import Filter
from sessions_app import prompts, retrieval
from sessions_app.models import Flag, KnowledgeBase, Session, Topic, Turn, Tutor
from sessions_app.policy.decide import Decision, decide
from sessions_app.policy.topics import open_chunks, withheld
from tests.sessions_app.lessons import ingest

LESSON = (
    "# Roots\n\nRoots take in water from the soil.\n\n# Fractions\n\nA fraction is a part of a whole, like one half."
)
LESSON_ZH = "# 根\n\n根从土壤里吸收水分。\n\n# 分数\n\n分数是整体的一部分。"

Ask = Callable[..., Decision]


@pytest.fixture
def ask(session: Session, plants: KnowledgeBase) -> Ask:
    ingest(plants, "Photosynthesis", LESSON)

    def ask(text: str, reply: str = "Roots drink water.") -> Decision:
        session.refresh_from_db()
        turn = Turn.objects.create(
            session=session, number=session.turns.count() + 1, modality="text", user_text=text, status="thinking"
        )
        tutor = Tutor.objects.get(id=session.tutor_id)
        topics = withheld(tutor.topics.all(), tutor.language)
        decision = decide(turn, text, retrieval.index_of(KnowledgeBase.objects.all()), topics)
        turn.status, turn.policy = Turn.Status.COMPLETED, decision.kept()
        turn.reply_text = decision.said or reply
        turn.save()
        return decision

    return ask


def be(tutor: Tutor, **changes: object) -> None:
    Tutor.objects.filter(id=tutor.id).update(**changes)


def test_a_strict_tutor_says_by_code_that_it_is_not_in_the_material(tutor: Tutor, ask: Ask) -> None:
    be(tutor, grounding="strict", suggested_questions=["What do roots take in?"])

    assert ask("Who won the football cup?").said == (
        "That is not in the material. It is about Photosynthesis. You could ask me: What do roots take in?"
    )


def test_a_strict_chinese_tutor_says_it_in_chinese(tutor: Tutor, ask: Ask) -> None:
    be(tutor, grounding="strict", language="zh")

    assert (ask("足球比赛谁赢了？").said or "").startswith("这个问题不在学习材料里。")


@pytest.mark.parametrize(
    "text", ["What water do roots take in from the soil?", "Hello!", "Thank you very much.", "谢谢老师"]
)
def test_a_strict_tutor_answers_what_is_in_the_material_and_small_talk(tutor: Tutor, ask: Ask, text: str) -> None:
    be(tutor, grounding="strict")

    assert ask(text).said is None


@pytest.mark.parametrize(
    "text",
    ["Explain it again.", "Simpler, please.", "Why?", "I don't understand.", "再讲一遍", "Why do they take it in?"],
)
def test_a_follow_up_is_not_refused(tutor: Tutor, ask: Ask, text: str) -> None:
    be(tutor, grounding="strict")
    ask("Do roots take in water from the soil?")

    assert ask(text).said is None


@pytest.mark.parametrize(
    "text",
    [
        "And who is the president of it?",
        "Thanks! Now, who won the football cup?",
        "Explain again who won the football cup.",
    ],
)
def test_a_new_question_does_not_pass_as_a_follow_up(tutor: Tutor, ask: Ask, text: str) -> None:
    be(tutor, grounding="strict")
    ask("Do roots take in water from the soil?")

    assert ask(text).why == "not_in_material"


def test_what_was_refused_is_not_explained_again(tutor: Tutor, ask: Ask) -> None:
    be(tutor, grounding="strict")
    ask("Who won the football cup?")

    assert ask("Explain it again.").why == "not_in_material"


def test_an_open_tutor_answers_beyond_the_material_and_marks_it(tutor: Tutor, ask: Ask) -> None:
    assert (ask("Who won the football cup?").said, ask("Who won the football cup?").beyond_material) == (None, True)
    assert not ask("Do roots take in water from the soil?").beyond_material
    assert not ask("Hello!").beyond_material


@pytest.mark.parametrize(
    "text", ["What is a fraction?", "What are fractions?", "Tell me about 分数", "a part of a whole, like one half"]
)
def test_a_topic_that_is_not_introduced_is_put_off(tutor: Tutor, ask: Ask, text: str) -> None:
    Topic.objects.create(tutor=tutor, name="Fractions", terms="fraction, 分数", introduced=False)

    decision = ask(text)

    assert (decision.said, decision.why) == (
        "We have not come to Fractions yet. That comes later in the course.",
        "topic",
    )


def test_a_topic_is_put_off_in_chinese(tutor: Tutor, ask: Ask, plants: KnowledgeBase) -> None:
    ingest(plants, "课文", LESSON_ZH)
    be(tutor, language="zh")
    Topic.objects.create(tutor=tutor, name="分数", introduced=False)

    assert ask("什么是分数？").said == "我们还没有学到分数，以后会讲到的。"
    assert ask("根从土壤里吸收水分吗？").said is None


def test_nothing_of_a_topic_to_come_reaches_the_model_or_the_student(tutor: Tutor, ask: Ask, session: Session) -> None:
    Topic.objects.create(tutor=tutor, name="Fractions", terms="fraction", introduced=False)

    decision = ask("Do roots take in water from the soil?")
    topics = withheld(tutor.topics.all(), "en")
    material = open_chunks(prompts.material_of(session), topics)
    reply = "".join(Filter(decision.guard).through("Roots drink. A fraction of it stays."))

    assert all("raction" not in found.chunk.text for found in decision.found)
    assert "raction" not in str(prompts.prompt(session, material, 2, prompts.question("Why?", [])))
    assert reply == "Roots drink. We have not come to Fractions yet. That comes later in the course."


def test_an_introduced_topic_is_taught(tutor: Tutor, ask: Ask) -> None:
    Topic.objects.create(tutor=tutor, name="Fractions", terms="fraction", introduced=True)

    assert ask("What is a fraction of a whole?").said is None


def test_a_cry_for_help_comes_before_everything(tutor: Tutor, ask: Ask) -> None:
    be(tutor, grounding="strict", final_answer="never")

    decision = ask("What is 12 * 7? I want to kill myself.")

    flag = Flag.objects.get()
    assert decision.why == "safety"
    assert "grown-up you trust" in (decision.said or "")
    assert (flag.severity, flag.direction, flag.blocked) == (Flag.Severity.HIGH, "said", True)


def test_an_alert_is_raised_once_however_often_a_turn_is_decided(tutor: Tutor, ask: Ask, session: Session) -> None:
    ask("You are stupid!")
    turn = session.turns.get()

    decide(turn, turn.user_text, retrieval.index_of([]), [])

    assert [(flag.category, flag.blocked) for flag in Flag.objects.all()] == [("Insult", False)]
