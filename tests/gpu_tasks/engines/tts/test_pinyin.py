import pytest

from gpu_tasks.engines.tts.phonemes import is_pause
from gpu_tasks.engines.tts.pinyin import FINALS, INITIALS, TONES, phonemes

# As misaki 0.9.4 writes them.
SYLLABLES = {
    ("g", "uang1"): "kwa→ŋ", ("zh", "i2"): "ꭧɨ↗", ("", "er4"): "ɚ↘", ("x", "ve2"): "ɕɥe↗", ("j", "van3"): "ʨɥɛ↓n",
    ("b", "o1"): "pwo→", ("", "o1"): "ɔ→", ("d", "e5"): "tɤ", ("x", "i1"): "ɕi→", ("l", "v4"): "ly↘",
}  # fmt: skip


@pytest.mark.parametrize("syllable", SYLLABLES)
def test_syllables_are_written_as_kokoro_learned_them(syllable: tuple[str, str]) -> None:
    assert phonemes(*syllable) == SYLLABLES[syllable]


@pytest.mark.parametrize("initial", ["", "b", "zh"])
@pytest.mark.parametrize("final", ["", "1", "q1", "a", "a6"])
def test_what_is_no_syllable_is_not_said(initial: str, final: str) -> None:
    assert phonemes(initial, final) == ""


def test_each_sound_moves_the_mouth() -> None:
    said = "".join(phonemes(initial, final + tone) for initial in INITIALS for final in FINALS for tone in TONES)

    assert not any(map(is_pause, said))
