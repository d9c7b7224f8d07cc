import pytest

from bench.fleet import rate
from bench.product import Heard


def turn(asked: float, lasted: float) -> Heard:
    return Heard(asked_at=round(1000 * asked), messages=[(lasted, {"type": "done"})])


def test_turns_a_second_are_those_while_everybody_asks() -> None:
    turns = [turn(0, 5), turn(5, 5), turn(10, 5)]

    assert rate(turns, since=5, until=10) == pytest.approx(1 / 5)


def test_of_a_turn_that_was_not_over_at_the_end_counts_what_was_done_of_it() -> None:
    turns = [turn(0, 5), turn(5, 10)]

    assert rate(turns, since=0, until=10) == pytest.approx(1.5 / 10)


def test_a_turn_before_or_after_counts_for_nothing() -> None:
    assert rate([turn(0, 4), turn(10, 4)], since=5, until=10) == 0
