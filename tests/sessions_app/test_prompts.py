import itertools

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from sessions_app import prompts
from sessions_app.models import KnowledgeBase, Session, Turn
from sessions_app.tokens import estimate
from tests.sessions_app.lessons import ingest

PLENTY = 100_000


def talked(session: Session, turns: int, *, reply: str = "answer {number}") -> None:
    for number in range(1, turns + 1):
        Turn.objects.create(
            session=session,
            number=number,
            status=Turn.Status.COMPLETED,
            modality=Turn.Modality.TEXT,
            user_text=f"question {number}",
            reply_text=reply.format(number=number),
        )


def test_a_prompt_only_grows_at_its_end_for_several_turns(session: Session) -> None:
    talked(session, 30)

    prompt = [prompts.history(session, number, PLENTY) for number in range(1, 31)]

    moved = [number for number in range(1, 30) if prompt[number][: len(prompt[number - 1])] != prompt[number - 1]]
    assert len(moved) <= 30 // prompts.HISTORY_STEP
    assert all(later - earlier == prompts.HISTORY_STEP for earlier, later in itertools.pairwise(moved))


def test_history_is_never_longer_than_its_window_and_never_empty_after_a_turn(session: Session) -> None:
    talked(session, 30)

    lengths = {len(prompts.history(session, number, PLENTY)) // 2 for number in range(2, 31)}

    assert lengths <= set(range(1, prompts.HISTORY_TURNS + 1))


def test_a_turn_without_an_answer_is_not_told(session: Session) -> None:
    talked(session, 2)
    session.turns.filter(number=2).update(reply_text="", status=Turn.Status.FAILED)

    assert [message["content"] for message in prompts.history(session, 3, PLENTY)] == ["question 1", "answer 1"]


@hypothesis_settings(deadline=None)
@given(st.lists(st.integers(1, 900), max_size=30), st.integers(-500, 4_000))
def test_turns_are_told_as_long_as_there_is_room(lengths: list[int], room: int) -> None:
    told = lengths[prompts._forgotten(lengths, room) :]

    assert sum(told) <= max(0, room)
    assert len(told) <= prompts.HISTORY_TURNS
    if lengths and lengths[-1] <= room:
        assert told


def test_a_turn_is_told_whole_or_not_at_all(session: Session) -> None:
    talked(session, 3, reply="answer {number} " + "and so on " * 50)
    whole = prompts.history(session, 4, PLENTY)

    for room in range(0, 800, 20):
        told = prompts.history(session, 4, room)

        assert told == whole[len(whole) - len(told) :]
        assert len(told) % 2 == 0


def test_a_long_question_takes_the_place_of_turns(session: Session, settings: Settings) -> None:
    settings.LLM_CONTEXT_TOKENS = 1_500
    talked(session, 6, reply="answer {number} " + "and so on " * 30)
    material = prompts.material_of(session)
    short = prompts.prompt(session, material, 7, prompts.question("Why?", []))
    long = prompts.prompt(session, material, 7, prompts.question("Why is that so? " * 180, []))

    assert len(short) > len(long)
    assert short[0] == long[0] == prompts.prefix(session, material)[0]
    for prompt in (short, long):
        assert sum(estimate(message["content"]) for message in prompt) + 160 <= 1_500


def test_what_is_read_ahead_is_how_the_next_prompt_begins(session: Session) -> None:
    talked(session, 3)

    ahead = prompts.so_far(session, prompts.material_of(session))

    assert ahead == [*prompts.prefix(session, prompts.material_of(session)), *prompts.history(session, 4, PLENTY)]


def test_a_short_lesson_stands_in_the_prefix_and_a_long_one_does_not(session: Session, plants: KnowledgeBase) -> None:
    ingest(plants, "Short", "Plants need light.")
    assert "Plants need light." in prompts.prefix(session, prompts.material_of(session))[0]["content"]

    ingest(plants, "Long", "A sentence that makes it long. " * 200)
    assert "Plants need light." not in prompts.prefix(session, prompts.material_of(session))[0]["content"]


def test_a_lesson_is_short_or_long_by_what_the_model_has_to_read(session: Session, plants: KnowledgeBase) -> None:
    ingest(plants, "Kurz", "植物需要光。" * 100)
    assert prompts.is_lesson(prompts.material_of(session))

    ingest(plants, "Lang", "植物需要光。" * 60)
    assert not prompts.is_lesson(prompts.material_of(session))


def test_those_who_hear_are_told_what_the_lesson_is_about(session: Session, plants: KnowledgeBase) -> None:
    for number in range(prompts.TERMS + 3):
        ingest(plants, f"Chapter {number}", "Plants need light.")

    assert prompts.terms_of(session) == ["Science", *(f"Chapter {number}" for number in range(prompts.TERMS))]


def test_the_terms_of_a_session_about_one_base_are_its_own(session: Session, plants: KnowledgeBase) -> None:
    ingest(plants, "Xylem", "Plants need light.")
    oceans = KnowledgeBase.objects.create(slug="oceans", name="Oceans")
    ingest(oceans, "Tides", "The moon pulls.")
    session.knowledge_base = oceans

    assert prompts.terms_of(session) == ["Science", "Tides"]


def test_passages_are_numbered_before_the_question(session: Session, plants: KnowledgeBase) -> None:
    document = ingest(plants, "Short", "# Light\n\nPlants need light.\n\n# Water\n\nRoots take in water.")

    content = prompts.question("What do roots do?", list(document.chunks.all()))["content"]

    assert (
        content.index("[1] Light Plants need light.")
        < content.index("[2] Water Roots")
        < content.index("What do roots do?")
    )


def test_a_session_about_one_base_relies_on_no_other(session: Session, plants: KnowledgeBase) -> None:
    ingest(plants, "Short", "Plants need light.")
    oceans = KnowledgeBase.objects.create(slug="oceans", name="Oceans")
    session.tutor.knowledge_bases.add(oceans)
    session.knowledge_base = oceans

    assert prompts.material_of(session) == []
