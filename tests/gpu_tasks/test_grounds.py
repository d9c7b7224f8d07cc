from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.grounds import relied_on


def cited(*quotes: str) -> list[dict[str, Any]]:
    return [{"number": number, "document": "d", "page": 1, "quote": quote} for number, quote in enumerate(quotes, 1)]


ROOTS = "Roots take in water from the soil."
STOMATA = "Stomata let carbon dioxide into the leaf."
ROOTS_ZH = "根从土壤里吸收水分。"
STOMATA_ZH = "气孔让二氧化碳进入叶子。"


def numbers(reply: str, *quotes: str) -> list[int]:
    return [citation["number"] for citation in relied_on(reply, cited(*quotes))]


def test_a_passage_that_the_reply_names_is_cited_and_no_other() -> None:
    assert numbers("Roots do that, and water helps [2].", ROOTS, STOMATA) == [2]


def test_a_passage_whose_words_the_reply_uses_is_cited() -> None:
    assert numbers("The roots drink water from the soil.", STOMATA, ROOTS) == [2]
    assert numbers("水分从根部吸收。", STOMATA_ZH, ROOTS_ZH) == [2]


def test_a_reply_that_rests_on_two_passages_cites_both() -> None:
    assert numbers("Roots take water, and stomata let dioxide in.", ROOTS, STOMATA) == [1, 2]


def test_a_reply_that_has_nothing_of_the_passages_cites_none() -> None:
    assert numbers("Football is played by eleven people.", ROOTS, STOMATA) == []


def test_a_mark_of_a_passage_that_does_not_exist_names_none() -> None:
    assert numbers("The roots drink water [7].", ROOTS, STOMATA) == [1]


def test_a_reply_in_another_script_cites_the_best_passage() -> None:
    assert numbers("根吸收水。", ROOTS, STOMATA) == [1]


@given(st.text(), st.lists(st.text(), max_size=4))
def test_what_is_cited_was_given_and_stays_in_order(reply: str, quotes: list[str]) -> None:
    given_ones = cited(*quotes)

    assert [citation for citation in given_ones if citation in relied_on(reply, given_ones)] == relied_on(
        reply, given_ones
    )
