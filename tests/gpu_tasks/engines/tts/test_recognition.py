"""What the voices of the CPU profile say is what its recogniser hears. Displayed text in, heard text out."""

import re
from collections.abc import Sequence

import jiwer
import pytest
from pypinyin import lazy_pinyin

from bench.questions import QUESTIONS
from gpu_tasks.audio import decode, wav_bytes
from gpu_tasks.engines.asr.whisper import FasterWhisper
from gpu_tasks.engines.tts.voices import PackagedVoices
from gpu_tasks.speakable import speakable

pytestmark = pytest.mark.engines

CHINESE = "**光合作用**是植物利用阳光，把二氧化碳和水变成糖和氧气的过程。今天我们学习三角形，它有三条边。"
ENGLISH = "Please *think* about it first, and then tell me your answer. The Great Wall was built to keep enemies out."


@pytest.fixture(scope="module")
def voices() -> PackagedVoices:
    return PackagedVoices()


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> FasterWhisper:
    return FasterWhisper("base", cache_dir=str(tmp_path_factory.mktemp("models")), threads=1)


def heard(
    voices: PackagedVoices, whisper: FasterWhisper, text: str, voice: str, language: str, terms: Sequence[str] = ()
) -> str:
    speech = voices.speak(speakable(text, language), voice=voice)
    return whisper.transcribe(decode(wav_bytes(speech.pcm, speech.sample_rate)), language=language, terms=terms).text


def words(text: str) -> str:
    return " ".join(re.sub(r"[^a-z ]", "", text.lower()).split())


def syllables(text: str) -> str:
    """Without tones: which of the characters that sound alike was meant is the recogniser's guess."""
    text = text.replace("3", "三")
    return " ".join(lazy_pinyin(re.findall(r"[\u4e00-\u9fff]", text)))


@pytest.mark.parametrize("voice", ["zf_xiaobei", "zm_yunjian", "heart"])
def test_chinese_is_understood(voices: PackagedVoices, whisper: FasterWhisper, voice: str) -> None:
    said = heard(voices, whisper, CHINESE, voice, "zh")

    assert jiwer.wer(syllables(CHINESE), syllables(said)) <= 0.1, said


@pytest.mark.parametrize("voice", ["heart-bright", "af_heart", "bm_george"])
def test_english_is_understood(voices: PackagedVoices, whisper: FasterWhisper, voice: str) -> None:
    said = heard(voices, whisper, ENGLISH, voice, "en")

    assert jiwer.wer(words(ENGLISH), words(said)) <= 0.1, said


@pytest.mark.parametrize(
    ("voice", "questions"),
    [("heart", QUESTIONS), ("heart-bright", QUESTIONS), ("bf_emma", ("Oxygen leaves the plant how?", *QUESTIONS[:4]))],
    ids=["heart", "heart-bright", "bf_emma"],
)
def test_a_short_question_is_heard_once(
    voices: PackagedVoices, whisper: FasterWhisper, voice: str, questions: Sequence[str]
) -> None:
    terms = ["Science", "Photosynthesis, a short lesson"]
    said = {text: heard(voices, whisper, text, voice, "en", terms) for text in questions}

    twice = {text: it for text, it in said.items() if len(it.split()) >= 1.6 * len(text.split())}
    assert not twice
    assert all(said.values()), said
    assert jiwer.wer([words(text) for text in said], [words(it) for it in said.values()]) <= 0.08, said


@pytest.mark.parametrize("voice", ["zf_xiaobei", "zm_yunjian"])
def test_a_short_chinese_question_is_heard_once(voices: PackagedVoices, whisper: FasterWhisper, voice: str) -> None:
    questions = ("植物需要什么？", "叶子为什么是绿色的？", "请告诉我三角形有几条边。")
    said = {text: heard(voices, whisper, text, voice, "zh", ["科学", "光合作用"]) for text in questions}

    rate = jiwer.wer([syllables(text) for text in said], [syllables(it) for it in said.values()])
    assert rate <= 0.15, said
