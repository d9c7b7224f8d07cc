from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.chinese_numbers import cardinal
from gpu_tasks.written_numbers import numbers, plain, values


@pytest.mark.parametrize(
    "text",
    [
        "84", "84.0", "84,0", "８４", "eighty-four", "Eighty four", "EIGHTYFOUR", "e-i-g-h-t-y-f-o-u-r",
        "e i g h t y f o u r", "eight four", "八十四", "八四", "捌拾肆", "LXXXIV", "0x54", "0b1010100", "168/2", "$84",
        "it is\u200b 8\u200b4",
    ],
)  # fmt: skip
def test_a_number_is_the_same_however_it_is_written(text: str) -> None:
    assert Fraction(84) in values(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("½", "1/2"),
        ("2½", "5/2"),
        ("0.5", "1/2"),
        ("0,5", "1/2"),
        ("a half", "1/2"),
        ("one half", "1/2"),
        ("three quarters", "3/4"),
        ("二分之一", "1/2"),
        ("三点五", "7/2"),
        ("three point five", "7/2"),
        ("1,000", "1000"),
        ("12 500", "12500"),
        ("one hundred and eight", "108"),
        ("two thousand and five", "2005"),
        ("一百零八", "108"),
        ("两万三千", "23000"),
        ("十", "10"),
    ],
)
def test_fractions_and_large_numbers_are_read(text: str, value: str) -> None:
    assert Fraction(value) in values(text)


@pytest.mark.parametrize("text", ["no number", "H2O", "stone", "often", "weight", "MILK", "a, b and c", ""])
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    assert values(text) == set()


@given(st.integers(0, 10**9))
def test_every_number_is_found_where_it_stands(number: int) -> None:
    for written in (str(number), f"{number:,}", cardinal(str(number))):
        text = f"so: {written} !"

        found = [each for each in numbers(plain(text)) if each.value == number]

        assert found
        assert (found[0].start, found[0].end) == (4, 4 + len(written))


@given(st.text())
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    assert all(0 <= each.start < each.end <= len(plain(text)) for each in numbers(plain(text)))
