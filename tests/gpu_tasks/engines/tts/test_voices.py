import pytest

from gpu_tasks.engines.errors import ModelMissing
from gpu_tasks.engines.tts import bark_voices, hibari, kokoro_voices
from gpu_tasks.engines.tts.base import Speech
from gpu_tasks.engines.tts.fake import FakeVoice
from gpu_tasks.engines.tts.mandarin import HANZI
from gpu_tasks.engines.tts.voices import ALSO_CHINESE, AllVoices, PackagedVoices


class Model(FakeVoice):
    """Says nothing, and notes what it was asked for."""

    loaded: list[tuple[str, dict[str, object]]] = []
    asked: list[tuple[str, str]] = []

    def __init__(self, **options: object) -> None:
        self.loaded.append((type(self).__name__, options))

    def speak(self, text: str, *, voice: str, cancelled: object = None) -> Speech:
        self.asked.append((type(self).__name__, voice))
        return super().speak(text, voice="tone")


class Hibari(Model): ...


class Kokoro(Model): ...


class Bark(Model): ...


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> None:
    Model.loaded.clear()
    Model.asked.clear()
    monkeypatch.setattr(PackagedVoices, "engines", {"hibari": Hibari, "kokoro": Kokoro})
    monkeypatch.setattr(AllVoices, "engines", {"hibari": Hibari, "kokoro": Kokoro, "bark": Bark})


@pytest.fixture
def packaged() -> PackagedVoices:
    return PackagedVoices()


def test_a_voice_is_served_by_the_model_that_has_it(packaged: PackagedVoices) -> None:
    packaged.speak("Hello.", voice="heart")
    packaged.speak("你好。", voice="zf_xiaobei")
    packaged.speak("Hello.", voice="zf_xiaobei")

    assert Model.asked == [("Hibari", "heart"), ("Kokoro", "zf_xiaobei"), ("Kokoro", "zf_xiaobei")]


def test_kokoro_is_loaded_once_and_only_when_it_is_wanted(packaged: PackagedVoices) -> None:
    packaged.warm_up()
    packaged.speak("Hello.", voice="heart")
    assert Model.loaded == [("Hibari", {})]

    for _ in range(2):
        packaged.speak("你好。", voice="zm_yunjian")
    assert Model.loaded == [("Hibari", {}), ("Kokoro", {})]


def test_chinese_is_heard_from_a_voice_that_has_english_alone(packaged: PackagedVoices) -> None:
    packaged.speak("你好 means hello.", voice="heart-low")

    assert Model.asked == [("Kokoro", "am_michael")]


def test_an_unknown_voice_is_refused(packaged: PackagedVoices) -> None:
    with pytest.raises(ModelMissing, match="heart-low"):
        packaged.speak("Hello.", voice="nobody")


def test_the_first_engine_is_loaded_at_once_with_its_options() -> None:
    every = AllVoices(first="bark", bark={"model": "/models/bark"}, hibari={"threads": 2})
    assert Model.loaded == [("Bark", {"model": "/models/bark"})]
    assert next(iter(every.voices)) in bark_voices.VOICES

    every.speak("Hello.", voice="heart")
    every.speak("Hello.", voice="en_speaker_6")
    assert Model.loaded[1:] == [("Hibari", {"threads": 2})]
    assert Model.asked == [("Hibari", "heart"), ("Bark", "en_speaker_6")]


def test_an_engine_that_is_not_there_is_named() -> None:
    with pytest.raises(TypeError, match="bark"):
        PackagedVoices(bark={"model": "/models/bark"})


def test_no_name_stands_for_two_voices() -> None:
    each = [hibari.VOICES, kokoro_voices.VOICES, bark_voices.VOICES]

    assert len(AllVoices.voices) == sum(map(len, each))
    assert set(ALSO_CHINESE) == set(hibari.VOICES)
    assert set(ALSO_CHINESE.values()) <= set(kokoro_voices.VOICES)


def test_the_catalogue_tells_of_each_voice() -> None:
    for name, voice in AllVoices.voices.items():
        assert voice.name == name
        assert voice.language in ("en", "zh")
        assert voice.description
        assert (voice.language == "zh") == bool(HANZI.search(voice.sample))
