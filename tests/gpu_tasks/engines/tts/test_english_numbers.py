import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_tasks.engines.tts.english_numbers import in_words

pytestmark = pytest.mark.engines

SAID = {
    "It costs $3.50, or £0.01.": "It costs three dollars and fifty cents, or one penny.",
    "At 7:30 pm, 1,250 people came.": "At seven thirty P.M., one thousand, two hundred and fifty people came.",
    "In 1998 and 2024; 50% of 3.14": (
        "In nineteen ninety-eight and twenty twenty-four; fifty percent of three point one four"
    ),
    "the 21st of May, 2.5 kg": "the twenty-first of May, two point five kilograms",
    "It is -5°C.": "It is minus five degrees Celsius.",
    "Don't stop.": "Don't stop.",
}


@pytest.mark.parametrize("text", SAID)
def test_what_is_said_of_numbers(text: str) -> None:
    assert in_words(text) == SAID[text]


@settings(deadline=None)
@given(st.text(st.sampled_from("0123456789.,$£€%-: stndrhkgm/"), max_size=50))
def test_no_digit_is_left(text: str) -> None:
    assert not re.search(r"\d", in_words(text))
