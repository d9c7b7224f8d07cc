import logging
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from gpu_tasks.engines.errors import ModelMissing
from gpu_tasks.engines.tts.base import Speech
from gpu_tasks.engines.tts.hibari import VOICES, HibariVoice
from gpu_tasks.engines.tts.hibari_model import HibariModel
from gpu_tasks.engines.tts.phonemes import DIPHTHONGS, SHAPE_OF

pytestmark = pytest.mark.engines

SENTENCE = "Plants take in carbon dioxide through small holes in their leaves."
VOWELS = {"aa", "ah", "E", "I", "O", "U"}


@pytest.fixture(scope="module")
def voice() -> HibariVoice:
    return HibariVoice()


def loudness(speech: Speech) -> np.ndarray:
    """Of each hundredth of a second, in dBFS."""
    frame = speech.sample_rate // 100
    whole = speech.pcm[: len(speech.pcm) // frame * frame].reshape(-1, frame) / 32767
    return 10 * np.log10(np.mean(whole**2, axis=1) + 1e-9)


def pitch(speech: Speech) -> float:
    """The median of where the autocorrelation of each voiced 80 ms peaks first, in hertz."""
    rate, found = speech.sample_rate, []
    for window in np.lib.stride_tricks.sliding_window_view(speech.pcm / 32767, 1920)[::960]:
        if np.sqrt(np.mean(window**2)) < 0.05:
            continue
        lags = range(rate // 350, rate // 70)
        likeness = np.array([np.corrcoef(window[:-lag], window[lag:])[0, 1] for lag in lags])
        peaks = [i for i in range(1, len(likeness) - 1) if likeness[i - 1] < likeness[i] >= likeness[i + 1]]
        strong = [i for i in peaks if likeness[i] > max(0.6, 0.85 * likeness.max())]
        found += [rate / lags[strong[0]]] if strong else []
    return float(np.median(found))


@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize("text", ["Yes.", SENTENCE, "Hello there. Shall we begin? It costs $3.50, at 7:30 pm."])
def test_visemes_have_no_gaps_from_the_start_to_the_end(voice: HibariVoice, name: str, text: str) -> None:
    speech = voice.speak(text, voice=name)

    assert speech.visemes
    assert speech.visemes[0].start == 0
    assert speech.visemes[-1].end == pytest.approx(speech.duration)
    for before, after in pairwise(speech.visemes):
        assert before.end == pytest.approx(after.start)
        assert after.end > after.start


@pytest.mark.parametrize("name", VOICES)
def test_vowels_are_where_the_sound_is_loud(voice: HibariVoice, name: str) -> None:
    speech = voice.speak(SENTENCE, voice=name)
    loud = loudness(speech)
    open_mouth = np.zeros(len(loud))
    for start, end, shape in speech.visemes or ():
        open_mouth[int(start * 100) : int(end * 100)] = shape in VOWELS
    lags = range(-15, 16)
    likeness = [np.corrcoef(np.roll(open_mouth, lag), loud)[0, 1] for lag in lags]

    assert abs(lags[int(np.argmax(likeness))]) <= 3  # hundredths of a second
    assert max(likeness) > 0.3


@pytest.mark.parametrize("name", VOICES)
def test_silence_is_trimmed_and_loudness_is_even(voice: HibariVoice, name: str) -> None:
    speech = voice.speak(SENTENCE, voice=name)
    loud = loudness(speech)

    assert 0.02 <= np.argmax(loud > -45) / 100 <= 0.15
    assert 0.02 <= np.argmax(loud[::-1] > -45) / 100 <= 0.2
    assert 10 * np.log10(np.mean(10 ** (loud / 10))) == pytest.approx(-20.5, abs=1.5)
    assert speech.visemes
    assert speech.visemes[-1].shape == "sil"


def test_each_word_is_said_in_its_time(voice: HibariVoice) -> None:
    speech = voice.speak("Dr. Smith paid $3.50. Don't you think — really?", voice="heart")

    assert speech.words
    assert [word.text for word in speech.words] == ["Dr", "Smith", "paid", "$3.50.", "Don't", "you", "think", "really?"]
    assert all(before.end <= after.start for before, after in pairwise(speech.words))
    assert speech.words[0].start == pytest.approx(0.05, abs=0.05)
    assert speech.words[-1].end == pytest.approx(speech.duration - 0.05, abs=0.15)
    assert max(speech.words, key=lambda word: word.end - word.start).text == "$3.50."


def test_a_speech_that_is_not_wanted_any_more_is_broken_off(voice: HibariVoice) -> None:
    answers = iter([False, True])

    assert len(voice.speak("One. Two. Three.", voice="heart", cancelled=lambda: next(answers)).words or ()) == 1


def test_the_voices_differ_in_pitch_and_keep_their_tempo(voice: HibariVoice) -> None:
    spoken = {name: voice.speak(SENTENCE, voice=name) for name in VOICES}
    base = pitch(spoken["heart"])

    assert 1.03 < pitch(spoken["heart-bright"]) / base < 1.12
    assert pitch(spoken["heart-low"]) / base < 0.75
    assert all(speech.duration == pytest.approx(spoken["heart"].duration, rel=0.1) for speech in spoken.values())


@pytest.mark.parametrize("text", ["", "  \n", "🙂", "...", "你好"])
def test_nothing_to_say_is_an_empty_speech(voice: HibariVoice, text: str) -> None:
    speech = voice.speak(text, voice="heart")

    assert len(speech.pcm) == 0
    assert speech.visemes == ()
    assert speech.words == ()


def test_an_unknown_voice_is_refused(voice: HibariVoice) -> None:
    with pytest.raises(ModelMissing, match="heart-low"):
        voice.speak("Hello", voice="../etc/passwd")


def test_threads_do_not_disturb_one_another(voice: HibariVoice) -> None:
    texts = ["The first sentence.", "A second one, which is longer.", "Third."]
    alone = [voice.speak(text, voice="heart").pcm for text in texts]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda text: voice.speak(text, voice="heart").pcm, texts * 3))

    for expected, pcm in zip(alone * 3, together, strict=True):
        np.testing.assert_array_equal(pcm, expected)


def test_a_model_that_does_not_tell_its_times_still_speaks(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpu_tasks.engines.tts.hibari_model.DURATIONS", "/no/such/tensor")
    with caplog.at_level(logging.WARNING):
        speech = HibariVoice().speak("Hello there.", voice="heart")

    assert speech.visemes is None
    assert speech.words is None
    assert speech.duration > 0.5
    assert "phoneme times" in caplog.text


def test_times_that_do_not_add_up_are_not_used(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpu_tasks.engines.tts.hibari_model.DURATION_HOP", 512)
    with caplog.at_level(logging.WARNING):
        speech = HibariVoice().speak("Hello there.", voice="heart")

    assert speech.visemes is None
    assert speech.words is None
    assert "add up" in caplog.text


def test_every_letter_of_the_models_alphabet_has_a_shape() -> None:
    letters = {symbol for symbol in HibariModel()._hibari.vocab if symbol.isalpha()} - set("ˈˌːʰʲᵝ")

    assert letters <= set(SHAPE_OF) | set(DIPHTHONGS)
