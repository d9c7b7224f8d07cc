"""The pages that the bench times at a million turns, at a few: none asks the more often the more there is."""

import pytest

from bench import staff_pages
from bench.school import fill
from bench.staff_pages import WANTED_QUERIES


@pytest.mark.django_db
@pytest.mark.usefixtures("redis")
def test_no_page_of_the_staff_side_asks_the_database_more_than_twenty_times() -> None:
    fill(students=90, sessions=120, turns=2_000)

    pages = staff_pages.measure(runs=1)

    assert {each.who for each in pages} == {"staff", "teacher"}
    assert len(pages) > 50
    assert [each for each in pages if each.queries > WANTED_QUERIES] == []
