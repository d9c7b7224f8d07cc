import pytest

from gpu_tasks.engines.errors import ModelMissing
from gpu_tasks.engines.tts.fake import FakeVoice


def test_each_word_opens_the_mouth_once() -> None:
    speech = FakeVoice().speak("Three short words.", voice="tone")

    assert [viseme.shape != "sil" for viseme in speech.visemes or ()] == [False, True, False, True, False, True, False]
    assert speech.visemes
    assert speech.visemes[-1].end == pytest.approx(speech.duration)


def test_each_word_has_its_time() -> None:
    words = FakeVoice().speak("Three short words.", voice="tone").words

    assert [(word.text, round(word.end - word.start, 3)) for word in words or ()] == [
        ("Three", 0.2),
        ("short", 0.2),
        ("words.", 0.2),
    ]


def test_nothing_to_say_is_an_empty_speech() -> None:
    assert FakeVoice().speak("🙂 …", voice="tone").duration == 0


def test_an_unknown_voice_is_refused() -> None:
    with pytest.raises(ModelMissing):
        FakeVoice().speak("Hello", voice="nobody")
