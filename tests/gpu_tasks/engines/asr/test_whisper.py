"""Real Whisper on real recordings (tests/data/speech/NOTICE says whose)."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jiwer
import numpy as np
import pytest

from gpu_tasks.audio import decode, wav_bytes
from gpu_tasks.engines.asr.base import SAMPLE_RATE, Pcm
from gpu_tasks.engines.asr.weights import packaged_base
from gpu_tasks.engines.asr.whisper import FasterWhisper
from gpu_tasks.engines.errors import DeviceMissing, ModelMissing

pytestmark = pytest.mark.engines

SPEECH = Path(__file__).parents[3] / "data" / "speech"
SAID: dict[str, str] = json.loads((SPEECH / "transcripts.json").read_text())


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> FasterWhisper:
    return FasterWhisper("base", cache_dir=str(tmp_path_factory.mktemp("models")), threads=1)


def words(text: str) -> str:
    """As word error rates are counted: no case, no punctuation, small numbers in letters."""
    text = text.lower().replace("-", " ").replace("mr.", "mister").replace("10", "ten").replace("metres", "meters")
    return " ".join(re.sub(r"[^a-z0-9' ]", " ", text).split())


def test_people_are_understood(whisper: FasterWhisper) -> None:
    heard = {
        name: whisper.transcribe(decode((SPEECH / f"{name}.webm").read_bytes()), language="en").text for name in SAID
    }

    assert len(SAID) >= 10
    rate = jiwer.wer([words(text) for text in SAID.values()], [words(text) for text in heard.values()])
    assert rate <= 0.15, heard


def test_what_is_longer_than_a_window_is_understood_to_its_end(whisper: FasterWhisper) -> None:
    names = [name for name in SAID if name.startswith(("austen", "dickens"))]
    pcm = np.concatenate([decode((SPEECH / f"{name}.webm").read_bytes()) for name in names])

    heard = whisper.transcribe(pcm, language="en").text

    assert len(pcm) > 40 * SAMPLE_RATE
    assert jiwer.wer(words(" ".join(SAID[name] for name in names)), words(heard)) <= 0.15, heard


@pytest.mark.parametrize("name", SAID)
def test_the_engine_gets_the_same_sound_of_a_wav_as_of_a_webm(name: str) -> None:
    pcm = decode((SPEECH / f"{name}.webm").read_bytes())

    np.testing.assert_allclose(decode(wav_bytes((pcm * 32_767).astype(np.int16), 16_000)), pcm, atol=1e-4)


@pytest.mark.parametrize("name", ["austen-2", "order-1"])
def test_a_wav_file_is_understood(whisper: FasterWhisper, name: str) -> None:
    heard = whisper.transcribe(decode((SPEECH / f"{name}.wav").read_bytes()), language="en")

    assert jiwer.wer(words(SAID[name]), words(heard.text)) <= 0.15


def test_the_language_is_detected(whisper: FasterWhisper) -> None:
    heard = whisper.transcribe(decode((SPEECH / "dickens-1.webm").read_bytes()))

    assert heard.language == "en"
    assert "best of times" in heard.text


def noise(seconds: float, loudness: float) -> Pcm:
    return np.random.default_rng(0).normal(0, loudness, int(seconds * 16_000)).astype(np.float32)


@pytest.mark.parametrize(
    "pcm",
    [
        np.zeros(0, np.float32),
        np.zeros(800, np.float32),
        np.zeros(3 * 16_000, np.float32),
        noise(3, 0.001),
        noise(3, 0.2),
        (np.sin(np.arange(3 * 16_000) * 0.2) * 0.5).astype(np.float32),
    ],
    ids=["nothing", "50 ms", "silence", "hiss", "loud noise", "a tone"],
)
def test_where_nobody_speaks_nothing_is_heard(whisper: FasterWhisper, pcm: Pcm) -> None:
    assert whisper.transcribe(pcm, language="en").text == ""


def test_speech_played_backwards_gives_no_invented_story(whisper: FasterWhisper) -> None:
    backwards = decode((SPEECH / "dickens-7.webm").read_bytes())[::-1].copy()

    assert len(whisper.transcribe(backwards, language="en").text.split()) < 60


def test_threads_do_not_disturb_one_another(whisper: FasterWhisper) -> None:
    recordings = [decode((SPEECH / f"{name}.webm").read_bytes()) for name in ("order-1", "austen-2")]
    alone = [whisper.transcribe(pcm, language="en").text for pcm in recordings]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda pcm: whisper.transcribe(pcm, language="en").text, recordings * 2))

    assert together == alone * 2


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"model\.bin"):
        FasterWhisper(str(tmp_path))


def test_a_download_that_broke_off_is_said(tmp_path: Path) -> None:
    whole = packaged_base(tmp_path)
    model = whole / "model.bin"
    model.write_bytes(model.read_bytes()[:1_000_000])
    with pytest.raises(ModelMissing, match="whole Whisper model"):
        FasterWhisper(str(whole))


def test_a_gpu_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing):
        FasterWhisper(str(packaged_base(tmp_path)), device="cuda")


def test_the_terms_of_the_lesson_are_preferred(whisper: FasterWhisper) -> None:
    pcm = decode((SPEECH / "order-1.webm").read_bytes())

    assert "meters" in whisper.transcribe(pcm, language="en").text
    assert "metres" in whisper.transcribe(pcm, language="en", terms=["metres", "kilometres"]).text
