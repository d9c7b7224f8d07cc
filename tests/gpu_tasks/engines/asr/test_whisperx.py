"""Real WhisperX on real recordings (tests/data/speech/NOTICE says whose), on the CPU and without a network."""

import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest

from gpu_tasks.audio import decode
from gpu_tasks.engines.asr.base import Pcm
from gpu_tasks.engines.asr.weights import packaged_base
from gpu_tasks.engines.asr.whisperx import WhisperX
from gpu_tasks.engines.errors import DeviceMissing, ModelMissing, OutOfMemory

pytestmark = [pytest.mark.whisperx, pytest.mark.filterwarnings("default")]

SPEECH = Path(__file__).parents[3] / "data" / "speech"
SAID: dict[str, str] = json.loads((SPEECH / "transcripts.json").read_text())


@pytest.fixture(scope="module", autouse=True)
def no_network() -> Iterator[None]:
    def refused(*_: object) -> None:
        raise AssertionError("something wanted to go out")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refused)
        yield


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packaged_base(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def aligner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the form that aligns, which has learnt nothing."""
    from transformers import (
        Wav2Vec2Config,
        Wav2Vec2CTCTokenizer,
        Wav2Vec2FeatureExtractor,
        Wav2Vec2ForCTC,
        Wav2Vec2Processor,
    )

    folder = tmp_path_factory.mktemp("aligner")
    letters = ["<pad>", "<s>", "</s>", "<unk>", "|", *"abcdefghijklmnopqrstuvwxyz'"]
    (folder / "vocab.json").write_text(json.dumps({letter: number for number, letter in enumerate(letters)}))
    tokenizer = Wav2Vec2CTCTokenizer(str(folder / "vocab.json"))
    Wav2Vec2Processor(Wav2Vec2FeatureExtractor(), tokenizer).save_pretrained(folder)
    tiny = Wav2Vec2Config(
        vocab_size=len(letters),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
    )
    Wav2Vec2ForCTC(tiny).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def whisper(weights: Path, aligner: Path) -> WhisperX:
    return WhisperX(str(weights), device="cpu", threads=1, align={"en": str(aligner)})


def recording(name: str) -> Pcm:
    return decode((SPEECH / f"{name}.webm").read_bytes())


def words(text: str) -> str:
    """As word error rates are counted: no case, no punctuation, small numbers in letters."""
    text = text.lower().replace("-", " ").replace("mr.", "mister").replace("10", "ten").replace("metres", "meters")
    return " ".join(re.sub(r"[^a-z0-9' ]", " ", text).split())


def test_people_are_understood(whisper: WhisperX) -> None:
    heard = {name: whisper.transcribe(recording(name), language="en").text for name in SAID}

    rate = jiwer.wer([words(text) for text in SAID.values()], [words(text) for text in heard.values()])
    assert rate <= 0.15, heard


def test_each_word_has_its_time(whisper: WhisperX) -> None:
    pcm = recording("austen-4")
    heard = whisper.transcribe(pcm, language="en")

    assert heard.words is not None
    assert [word.text for word in heard.words] == heard.text.split()
    times = [time for word in heard.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= len(pcm) / 16_000


def test_without_a_model_for_the_language_there_are_no_times(whisper: WhisperX) -> None:
    assert whisper._alignment.words([{"text": "你好"}], recording("order-1"), "zh") is None


@pytest.mark.parametrize("expected", [None, "en", "zh"])
def test_the_language_that_is_spoken_is_heard(whisper: WhisperX, expected: str | None) -> None:
    heard = whisper.transcribe(recording("dickens-1"), language=expected)

    assert heard.language == "en"
    assert "best of times" in heard.text


def test_the_terms_of_the_lesson_are_preferred(whisper: WhisperX) -> None:
    assert "meters" in whisper.transcribe(recording("order-1"), language="en").text
    assert "metres" in whisper.transcribe(recording("order-1"), language="en", terms=["metres", "kilometres"]).text


@pytest.mark.parametrize(
    "pcm",
    [
        np.zeros(0, np.float32),
        np.zeros(800, np.float32),
        np.zeros(3 * 16_000, np.float32),
        np.random.default_rng(0).normal(0, 0.2, 3 * 16_000).astype(np.float32),
        np.sin(np.arange(3 * 16_000) * 0.2) * 0.5,
    ],
    ids=["nothing", "50 ms", "silence", "loud noise", "a tone"],
)
def test_where_nobody_speaks_nothing_is_heard(whisper: WhisperX, pcm: Pcm) -> None:
    assert whisper.transcribe(pcm, language="en", terms=["Biology"]).text == ""


def test_speech_played_backwards_gives_no_invented_story(whisper: WhisperX) -> None:
    assert len(whisper.transcribe(recording("dickens-7")[::-1], language="en").text.split()) < 60


def test_threads_do_not_disturb_one_another(whisper: WhisperX) -> None:
    names = ["order-1", "austen-2"]
    alone = [whisper.transcribe(recording(name), language="en").text for name in names]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda name: whisper.transcribe(recording(name), language="en").text, names * 2))

    assert together == alone * 2


def test_warming_up_runs_the_whole_model(whisper: WhisperX) -> None:
    whisper.warm_up()


class Card:
    """A pipeline on a card that has room for so many pieces at once."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.tried: list[int] = []

    def transcribe(self, samples: Pcm, *, batch_size: int, language: str) -> dict[str, Any]:
        self.tried.append(batch_size)
        if batch_size > self.room:
            raise RuntimeError("CUDA failed with error out of memory")
        return {"segments": []}


def test_a_full_card_is_asked_for_less(whisper: WhisperX, monkeypatch: pytest.MonkeyPatch) -> None:
    card = Card(room=2)
    monkeypatch.setattr(whisper, "_pipeline", card)
    whisper._segments(np.zeros(16_000, np.float32), "en")

    assert card.tried == [8, 4, 2]


def test_a_card_without_any_room_is_said(whisper: WhisperX, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper, "_pipeline", Card(room=0))
    with pytest.raises(OutOfMemory):
        whisper._segments(np.zeros(16_000, np.float32), "en")


def test_a_folder_without_its_tokenizer_is_said(weights: Path, tmp_path: Path) -> None:
    for file in weights.iterdir():
        if file.name != "tokenizer.json":
            (tmp_path / file.name).symlink_to(file)
    with pytest.raises(ModelMissing, match=r"tokenizer\.json"):
        WhisperX(str(tmp_path), device="cpu")


def test_a_download_that_broke_off_is_said(weights: Path, tmp_path: Path) -> None:
    for file in weights.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes()[: 1_000_000 if file.suffix == ".bin" else None])
    with pytest.raises(ModelMissing, match="whole Whisper model"):
        WhisperX(str(tmp_path), device="cpu")


def test_a_folder_that_does_not_align_is_said(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"config\.json"):
        WhisperX(str(weights), device="cpu", align={"en": str(tmp_path)})
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelMissing, match="aligns"):
        WhisperX(str(weights), device="cpu", align={"en": str(tmp_path)})


def test_a_gpu_that_is_not_there_is_said(weights: Path) -> None:
    with pytest.raises(DeviceMissing):
        WhisperX(str(weights), device="cuda")
