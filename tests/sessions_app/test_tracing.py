"""What answers tell of a skill: Corbett and Anderson's knowledge tracing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.tracing import LEAST, LEVELS, MOST, P_INIT, after_answer, level

chances = st.floats(LEAST, MOST)
answers = st.lists(st.booleans(), max_size=200)


def after(given_answers: list[bool], known: float = P_INIT) -> float:
    for correct in given_answers:
        known = after_answer(known, correct)
    return known


@given(chances, answers)
def test_it_is_always_a_chance_and_never_sure(known: float, given_answers: list[bool]) -> None:
    assert 0 < LEAST <= after(given_answers, known) <= MOST < 1


@given(chances)
def test_a_right_answer_never_lowers_it(known: float) -> None:
    assert after_answer(known, True) >= known


@given(chances)
def test_a_right_answer_says_more_for_it_than_a_wrong_one(known: float) -> None:
    assert after_answer(known, True) > after_answer(known, False)


@given(chances, chances, st.booleans())
def test_who_knew_more_before_knows_no_less_after(one: float, other: float, correct: bool) -> None:
    low, high = sorted((one, other))
    assert after_answer(low, correct) <= after_answer(high, correct) + 1e-12


@given(chances, chances)
def test_the_level_rises_with_it(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert LEVELS.index(level(low)) <= LEVELS.index(level(high))


def test_the_published_formulas() -> None:
    # by hand: 0.3*0.9 / (0.3*0.9 + 0.7*0.25) = 0.6067, then + 0.3933*0.15
    assert after_answer(0.3, True) == pytest.approx(0.6657, abs=1e-4)
    # 0.3*0.1 / (0.3*0.1 + 0.7*0.75) = 0.0541, then + 0.9459*0.15
    assert after_answer(0.3, False) == pytest.approx(0.1959, abs=1e-4)


@pytest.mark.parametrize(
    ("given_answers", "reached"),
    [
        ([], "beginning"),
        ([True], "growing"),
        ([True, True], "solid"),
        ([True] * 3, "mastered"),
        ([True, False], "beginning"),
    ],
)
def test_levels_are_reached_by_answers(given_answers: list[bool], reached: str) -> None:
    assert level(after(given_answers)) == reached
