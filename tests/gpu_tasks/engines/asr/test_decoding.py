from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_tasks.engines.asr import decoding
from gpu_tasks.engines.errors import ModelMissing

FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")


@pytest.mark.parametrize("missing", FILES)
def test_what_a_folder_lacks_is_named(tmp_path: Path, missing: str) -> None:
    for name in FILES:
        if name != missing:
            (tmp_path / name).write_text("{}")
    with pytest.raises(ModelMissing, match=missing):
        decoding.check_files(tmp_path)


def test_either_form_of_the_vocabulary_will_do(tmp_path: Path) -> None:
    for name in (*FILES[:3], "vocabulary.json"):
        (tmp_path / name).write_text("{}")

    decoding.check_files(tmp_path)


def test_less_than_a_word_is_not_listened_to() -> None:
    assert decoding.samples(np.zeros(0, np.float32)) is None
    assert decoding.samples(np.zeros(decoding.SHORTEST - 1, np.float32)) is None


def test_models_get_float32_without_gaps_whatever_is_given() -> None:
    given_samples = np.zeros(4 * decoding.SHORTEST, np.float64)[::2]

    samples = decoding.samples(given_samples)  # type: ignore[arg-type]

    assert samples is not None
    assert samples.dtype == np.float32
    assert samples.flags.c_contiguous


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), max_size=20))
def test_a_hint_holds_terms_each_once_and_is_never_too_long(terms: list[str]) -> None:
    hint = decoding.hotwords(terms)

    assert hint is None or 0 < len(hint) <= decoding.LONGEST_HINT
    if hint is None:
        assert all(not term.split() or len(" ".join(term.split())) > decoding.LONGEST_HINT for term in terms)


def test_a_hint_keeps_the_order_and_drops_what_is_said_twice() -> None:
    assert decoding.hotwords(["Biology", "xylem", "  Biology ", "", "krebs\ncycle"]) == "Biology, xylem, krebs cycle"
    assert decoding.hotwords([]) is None


def test_a_term_that_is_too_long_does_not_keep_the_next_from_being_told() -> None:
    assert decoding.hotwords(["x" * 500, "xylem"]) == "xylem"


@pytest.mark.parametrize(
    ("probabilities", "expected", "heard"),
    [
        ({"en": 0.9, "zh": 0.1}, None, "en"),
        ({"en": 0.9, "zh": 0.1}, "en", "en"),
        ({"en": 0.6, "zh": 0.4}, "zh", "zh"),
        ({"en": 0.05, "zh": 0.9}, "en", "zh"),
        ({"cy": 0.5, "en": 0.3}, "en", "en"),
        ({"en": 0.9}, "zh", "en"),
    ],
    ids=[
        "nothing expected",
        "as expected",
        "a narrow guess",
        "clearly another",
        "accented speech",
        "the model does not know what is expected",
    ],
)
def test_the_expected_language_is_heard_unless_another_is_clear(
    probabilities: dict[str, float], expected: str | None, heard: str
) -> None:
    assert decoding.spoken(probabilities, expected) == heard


def test_whisper_repeating_itself_is_not_believed() -> None:
    assert decoding.is_plausible("It was the best of times, it was the worst of times.", -0.3)
    assert not decoding.is_plausible("Thank you. " * 40, -0.3)
    assert not decoding.is_plausible("It was the best of times.", -1.5)


def test_pieces_are_joined_as_the_language_writes_them() -> None:
    assert decoding.joined([" one ", " two"], "en") == "one two"
    assert decoding.joined(["植物", "需要光"], "zh") == "植物需要光"
