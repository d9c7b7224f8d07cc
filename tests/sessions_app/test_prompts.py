import itertools

from sessions_app import prompts
from sessions_app.ingestion import ingest
from sessions_app.models import KnowledgeBase, Session, Turn


def talked(session: Session, turns: int) -> None:
    for number in range(1, turns + 1):
        Turn.objects.create(
            session=session,
            number=number,
            status=Turn.Status.COMPLETED,
            modality=Turn.Modality.TEXT,
            user_text=f"question {number}",
            reply_text=f"answer {number}",
        )


def test_a_prompt_only_grows_at_its_end_for_several_turns(session: Session) -> None:
    talked(session, 30)

    prompt = [prompts.history(session, before=number) for number in range(1, 31)]

    moved = [number for number in range(1, 30) if prompt[number][: len(prompt[number - 1])] != prompt[number - 1]]
    assert len(moved) <= 30 // prompts.HISTORY_STEP
    assert all(later - earlier == prompts.HISTORY_STEP for earlier, later in itertools.pairwise(moved))


def test_history_is_never_longer_than_its_window_and_never_empty_after_a_turn(session: Session) -> None:
    talked(session, 30)

    lengths = {len(prompts.history(session, before=number)) // 2 for number in range(2, 31)}

    assert lengths <= set(range(1, prompts.HISTORY_TURNS + 1))


def test_a_turn_without_an_answer_is_not_told(session: Session) -> None:
    talked(session, 2)
    session.turns.filter(number=2).update(reply_text="", status=Turn.Status.FAILED)

    assert [message["content"] for message in prompts.history(session, before=3)] == ["question 1", "answer 1"]


def test_what_is_read_ahead_is_how_the_next_prompt_begins(session: Session) -> None:
    talked(session, 3)

    ahead = prompts.so_far(session)

    assert ahead == [*prompts.prefix(session, prompts.material_of(session)), *prompts.history(session, before=4)]


def test_a_short_lesson_stands_in_the_prefix_and_a_long_one_does_not(session: Session, plants: KnowledgeBase) -> None:
    ingest(plants, "Short", "Plants need light.")
    assert "Plants need light." in prompts.prefix(session, prompts.material_of(session))[0]["content"]

    ingest(plants, "Long", "A sentence that makes it long. " * 200)
    assert "Plants need light." not in prompts.prefix(session, prompts.material_of(session))[0]["content"]


def test_passages_are_numbered_before_the_question(session: Session, plants: KnowledgeBase) -> None:
    document = ingest(plants, "Short", "Plants need light.\n\nRoots take in water.")

    content = prompts.question("What do roots do?", list(document.chunks.all()))["content"]

    assert content.index("[1] Plants need light.") < content.index("[2] Roots") < content.index("What do roots do?")


def test_a_session_about_one_base_relies_on_no_other(session: Session, plants: KnowledgeBase) -> None:
    ingest(plants, "Short", "Plants need light.")
    oceans = KnowledgeBase.objects.create(slug="oceans", name="Oceans")
    session.tutor.knowledge_bases.add(oceans)
    session.knowledge_base = oceans

    assert prompts.material_of(session) == []
