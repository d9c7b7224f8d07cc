import logging
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gpu_tasks.engines.errors import DeviceMissing, ModelMissing
from gpu_tasks.engines.tts import kokoro_model
from gpu_tasks.engines.tts.kokoro import Kokoro
from gpu_tasks.engines.tts.kokoro_voices import VOICES

pytestmark = pytest.mark.engines

MIXED = "我们用 Python 来学习。"
VOWELS = {"aa", "ah", "E", "I", "O", "U"}


@pytest.fixture(scope="module")
def voice() -> Kokoro:
    return Kokoro()


@pytest.mark.parametrize(("name", "text"), [("zm_yunjian", MIXED), ("bf_emma", "Water, please. It costs $3.50.")])
def test_visemes_and_words_have_their_times(voice: Kokoro, name: str, text: str) -> None:
    speech = voice.speak(text, voice=name)

    assert speech.visemes
    assert speech.words
    assert speech.visemes[0].start == 0
    assert speech.visemes[-1].end == pytest.approx(speech.duration)
    assert all(before.end == pytest.approx(after.start) for before, after in pairwise(speech.visemes))
    assert all(before.end <= after.start for before, after in pairwise(speech.words))
    assert speech.words[0].start == pytest.approx(0.05, abs=0.08)
    assert speech.words[-1].end <= speech.duration


def test_each_word_of_a_mixed_sentence_is_said(voice: Kokoro) -> None:
    speech = voice.speak(MIXED, voice="zf_xiaobei")

    assert [word.text for word in speech.words or ()] == ["我们", "用", "Python", "来", "学习。"]


def test_silence_is_trimmed_and_loudness_is_even(voice: Kokoro) -> None:
    speech = voice.speak(VOICES["zf_xiaobei"].sample, voice="zf_xiaobei")
    whole = speech.pcm[: len(speech.pcm) // 240 * 240].reshape(-1, 240) / 32767
    loud = 10 * np.log10(np.mean(whole**2, axis=1) + 1e-9)

    assert 0.02 <= np.argmax(loud > -45) / 100 <= 0.15
    assert 0.02 <= np.argmax(loud[::-1] > -45) / 100 <= 0.2
    assert 10 * np.log10(np.mean(whole[loud > -60] ** 2)) == pytest.approx(-20.5, abs=1.5)


def test_vowels_are_where_the_sound_is_loud(voice: Kokoro) -> None:
    speech = voice.speak(VOICES["zm_yunxi"].sample, voice="zm_yunxi")
    whole = speech.pcm[: len(speech.pcm) // 240 * 240].reshape(-1, 240) / 32767
    loud = 10 * np.log10(np.mean(whole**2, axis=1) + 1e-9)
    open_mouth = np.zeros(len(loud))
    for start, end, shape in speech.visemes or ():
        open_mouth[int(start * 100) : int(end * 100)] = shape in VOWELS
    lags = range(-15, 16)
    likeness = [np.corrcoef(np.roll(open_mouth, lag), loud)[0, 1] for lag in lags]

    assert abs(lags[int(np.argmax(likeness))]) <= 4  # hundredths of a second


def test_the_same_text_gives_the_same_sound(voice: Kokoro) -> None:
    first, second = (voice.speak("对。", voice="zf_xiaoyi") for _ in range(2))

    np.testing.assert_array_equal(first.pcm, second.pcm)


def test_a_speech_that_is_not_wanted_any_more_is_broken_off(voice: Kokoro) -> None:
    answers = iter([False, True])

    assert len(voice.speak("好。对。是。", voice="zf_xiaobei", cancelled=lambda: next(answers)).words or ()) == 1


def test_nothing_to_say_is_an_empty_speech(voice: Kokoro) -> None:
    assert voice.speak("……🙂", voice="zf_xiaobei").duration == 0


def test_an_unknown_voice_is_refused(voice: Kokoro) -> None:
    with pytest.raises(ModelMissing, match="zf_xiaobei"):
        voice.speak("你好", voice="../../etc/passwd")


def test_each_voice_has_its_rows() -> None:
    for name in VOICES:
        assert kokoro_model.style(name).shape == (400, 256)


def test_weights_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=str(tmp_path)):
        Kokoro(model=str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"version https://git-lfs.github.com/spec/v1\n", bytes(1000)])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(content)

    with pytest.raises(ModelMissing, match="Kokoro weights"):
        Kokoro(model=str(tmp_path))


def test_packages_that_were_tampered_with_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro_model, "PARTS", kokoro_model.PARTS[:3])

    with pytest.raises(ModelMissing, match="checksum"):
        Kokoro()


def test_packages_that_are_not_installed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro_model, "PARTS", ("no_such_package",))

    with pytest.raises(ModelMissing, match="no_such_package"):
        Kokoro()


def test_a_card_without_a_runtime_for_it_is_refused() -> None:
    with pytest.raises(DeviceMissing, match="onnxruntime-gpu"):
        Kokoro(device="cuda")


def test_a_model_that_does_not_tell_its_times_still_speaks(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kokoro_model, "DURATIONS", "/no/such/tensor")
    with caplog.at_level(logging.WARNING):
        speech = Kokoro().speak("好。", voice="zf_xiaobei")

    assert speech.visemes is None
    assert speech.words is None
    assert speech.duration > 0.2
    assert "phoneme times" in caplog.text
