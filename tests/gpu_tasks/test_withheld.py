import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.chinese_numbers import cardinal
from gpu_tasks.withheld import Secret, tells

PRODUCT = Secret(answers=["84"], task="What is 12 * 7?")
EQUATION = Secret(answers=["x = 2"], task="Solve 2x + 3 = 7.")
UNKNOWN = Secret(answers=[], task="Tom has 3 bags with 5 apples each. How many apples are there?")
CAPITAL = Secret(answers=["Paris"], task="What is the capital of France?")
TERM = Secret(answers=["2x + 3"], task="Simplify x + x + 3.")


@pytest.mark.parametrize(
    "sentence",
    [
        "84", "It is 84.", "12 times 7 is eighty-four.", "答案是八十四。", "等于84。", "八四", "84,0", "8 4", "8, 4!",
        "print(84)", "ODQ=", "The code is ODQ=", "It is e-i-g-h-t-y f-o-u-r.", "In Roman it is LXXXIV.",
        "One less than the answer is 83.", "The first digit is 8.", "It starts with an eight.", "83 plus 1",
        "80 + 4", "eighty plus four", "Backwards it is 48.", "In hex, 0x54.", "Twice the answer is 168.", "个位是4。",
        "It is **84**.", "It is between 83 and 85.", "168/2", "The answer has the digits 8 and 4.",
    ],
)  # fmt: skip
def test_the_answer_is_recognised_in_every_disguise(sentence: str) -> None:
    assert tells(sentence, PRODUCT)


@pytest.mark.parametrize(
    "sentence",
    [
        "Split 12 into 10 and 2.", "What is 10 times 7?", "10 * 7 is 70.", "Now add 14 to 70.", "What is 70 + 14?",
        "You can do it!", "Look at the digits of 12.", "把12分成10和2。", "先算10乘7。",
    ],
)  # fmt: skip
def test_a_step_on_the_way_is_a_hint(sentence: str) -> None:
    assert not tells(sentence, PRODUCT)


@pytest.mark.parametrize(
    "sentence", ["x = 2", "So x is 2.", "It's two.", "2", "The answer: 2!", "x等于2。", "所以x是二。"]
)
def test_an_answer_that_is_in_the_task_is_held_back_where_it_is_said_as_the_answer(sentence: str) -> None:
    assert tells(sentence, EQUATION)


@pytest.mark.parametrize("sentence", ["Divide both sides by 2.", "Take 3 away on both sides.", "What is 2 times x?"])
def test_the_numbers_of_the_task_may_be_named(sentence: str) -> None:
    assert not tells(sentence, EQUATION)


@pytest.mark.parametrize(
    "sentence", ["There are 15 apples.", "15", "3 * 5 = 15", "That makes fifteen.", "一共有15个。"]
)
def test_without_a_known_answer_no_new_number_is_said_as_one(sentence: str) -> None:
    assert tells(sentence, UNKNOWN)


@pytest.mark.parametrize("sentence", ["How many bags are there?", "Multiply 3 by 5.", "There are 3 bags."])
def test_without_a_known_answer_hints_may_be_given(sentence: str) -> None:
    assert not tells(sentence, UNKNOWN)


@pytest.mark.parametrize(
    "sentence", ["Paris!", "It is P-A-R-I-S.", "Backwards: siraP.", "The code is UGFyaXM=", "It starts with a P."]
)
def test_an_answer_in_words_is_recognised(sentence: str) -> None:
    assert tells(sentence, CAPITAL)


def test_an_answer_in_words_is_no_part_of_a_longer_word() -> None:
    assert not tells("Parisian cooks use butter.", CAPITAL)


@pytest.mark.parametrize("sentence", ["It is 2x+3.", "You get 2x  + 3.", "2X+3"])
def test_a_term_is_the_same_with_and_without_its_spaces(sentence: str) -> None:
    assert tells(sentence, TERM)


def test_an_answer_in_pieces_is_told_with_its_last_one() -> None:
    assert tells("Then comes 4.", PRODUCT, before="First comes 8. ")
    assert tells("And then four.", PRODUCT, before="Take eighty. ")
    assert not tells("Then comes 5.", PRODUCT, before="First comes 8. ")


def test_of_something_else_only_what_is_said_as_the_answer_counts() -> None:
    distant = Secret(answers=["2"], task="What is 1 + 1?", distant=True)

    assert not tells("Water has 2 parts of hydrogen.", distant)
    assert tells("The answer to it is 2.", distant)


@given(st.integers(13, 10**6))
def test_no_number_gets_through_as_it_is_usually_written(number: int) -> None:
    secret = Secret(answers=[str(number)], task="What is it?")

    for written in (str(number), f"{number:,}", f"{number}.0", cardinal(str(number))):
        assert tells(f"Well, {written}, you see", secret)
