from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.policy.arithmetic import calculation, equation, evaluate


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("What is 12*7?", 84),
        ("12 times seven", 84),
        ("what is 12 x 7", 84),
        ("12乘以7等于多少", 84),
        ("十二加三", 15),
        ("(3 + 4) * 2 = ?", 14),
        ("10 divided by 4", Fraction(5, 2)),
        ("2^5", 32),
        ("3 squared + 1", 10),
        ("1,000 + 1", 1001),
    ],
)
def test_a_calculation_is_found_and_done(text: str, value: Fraction) -> None:
    found = calculation(text)

    assert found is not None
    assert found[1] == value


@pytest.mark.parametrize(
    ("text", "root"), [("Solve 2x + 3 = 7", 2), ("3(y - 1) = 2y", 3), ("解方程 5x=20", 4), ("x^2 = 9", None)]
)
def test_an_equation_is_found_and_solved_if_it_is_linear(text: str, root: int | None) -> None:
    found = equation(text)

    assert found is not None
    assert found[1] == root


@pytest.mark.parametrize(
    "text", ["", "no number", "__import__('os')", "9**9**9", "1/0", "9" * 60, "(" * 50, "x", "2 if 1 else 3"]
)
def test_nothing_but_small_calculations_is_evaluated(text: str) -> None:
    assert evaluate(text) is None


@pytest.mark.parametrize("text", ["2xy = 6", "9)yy3)=34", "abc2de = 1"])
def test_letters_between_numbers_are_no_equation_with_one_unknown(text: str) -> None:
    assert equation(text) is None


@given(st.text(alphabet="0123456789+-*/^(). xy=", max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    calculation(text)
    equation(text)


@given(st.integers(0, 999), st.integers(0, 999))
def test_sums_are_right(first: int, second: int) -> None:
    assert evaluate(f"{first} + {second}") == first + second
