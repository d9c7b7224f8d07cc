import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("transformers")

import torch

from gpu_tasks.engines.errors import DeviceMissing, ModelMissing, OutOfMemory
from gpu_tasks.engines.tts import bark
from gpu_tasks.engines.tts.bark import Bark
from gpu_tasks.engines.tts.bark_model import PRESETS, BarkModel
from gpu_tasks.engines.tts.bark_voices import VOICES
from tests.gpu_tasks.engines.tts.tiny_bark import SEMANTIC_TOKENS, make_tiny_bark

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]

TOKENS_A_SECOND = 50


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_bark(tmp_path_factory.mktemp("bark"))


@pytest.fixture(scope="module")
def voice(folder: Path) -> Bark:
    return Bark(str(folder))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], int]]:
    """What the model was asked for: texts and seed."""
    asked: list[tuple[list[str], int]] = []
    really = BarkModel.sounds

    def sounds(self: BarkModel, texts: list[str], *, preset: str, seed: int, cancelled: Callable[[], bool]) -> object:
        asked.append((list(texts), seed))
        return really(self, texts, preset=preset, seed=seed, cancelled=cancelled)

    monkeypatch.setattr(BarkModel, "sounds", sounds)
    return asked


def test_it_speaks_as_long_as_the_model_made_tokens_for(voice: Bark) -> None:
    speech = voice.speak("Hello.", voice="en_speaker_6")

    assert speech.sample_rate == 24_000
    assert 0 < speech.duration <= SEMANTIC_TOKENS / TOKENS_A_SECOND
    assert speech.visemes is None
    assert speech.words is None
    assert 0.05 < np.sqrt(np.mean((speech.pcm / 32767) ** 2)) < 0.3


def test_text_and_voice_decide_the_sound(voice: Bark) -> None:
    hello = voice.speak("Hello.", voice="en_speaker_6").pcm

    np.testing.assert_array_equal(voice.speak("Hello.", voice="en_speaker_6").pcm, hello)
    for text, name in (("Hello.", "en_speaker_9"), ("Good day.", "en_speaker_6")):
        assert not np.array_equal(voice.speak(text, voice=name).pcm, hello)


def test_it_leaves_the_chance_of_others_alone(voice: Bark) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    voice.speak("Hello.", voice="en_speaker_6")

    assert torch.equal(torch.rand(3), expected)


def test_an_implausible_duration_is_tried_once_more_with_another_seed(
    voice: Bark, made: list[tuple[list[str], int]]
) -> None:
    text = "This sentence takes much longer than the tiny model can speak."
    voice.speak(text, voice="en_speaker_6")

    assert [texts for texts, _ in made] == [[text], [text]]
    assert made[0][1] != made[1][1]


def test_numbers_are_given_to_the_model_in_words(voice: Bark, made: list[tuple[list[str], int]]) -> None:
    voice.speak("It is 5.", voice="en_speaker_6")

    assert made[0][0] == ["It is five."]


def test_a_plausible_duration_is_not_tried_again(voice: Bark, made: list[tuple[list[str], int]]) -> None:
    voice.speak("Hello.", voice="en_speaker_6")

    assert len(made) == 1


def test_sentences_are_made_together_where_that_is_quicker(
    voice: Bark, made: list[tuple[list[str], int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice._model, "batches", True)
    sentences = ["Plants need water and light.", "Animals need plants to eat."]
    monkeypatch.setattr(bark, "is_plausible", lambda text, duration: True)
    speech = voice.speak(" ".join(sentences), voice="en_speaker_6")

    assert [texts for texts, _ in made] == [sentences]
    assert speech.duration > SEMANTIC_TOKENS / TOKENS_A_SECOND


@pytest.mark.parametrize("looks", [0, 3])
def test_speaking_stops_within_a_token(voice: Bark, looks: int) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > looks

    assert voice.speak("Hello.", voice="en_speaker_6", cancelled=cancelled).duration == 0
    assert asked == looks + 1


@pytest.mark.parametrize("text", ["", "  ", "…", "🙂"])
def test_nothing_to_say_is_an_empty_speech(voice: Bark, text: str) -> None:
    assert voice.speak(text, voice="zh_speaker_4").duration == 0


@pytest.mark.parametrize("name", ["nobody", "../../../etc/passwd", "/tmp/evil.npz"])
def test_an_unknown_voice_is_refused(voice: Bark, name: str) -> None:
    with pytest.raises(ModelMissing, match="en_speaker_6"):
        voice.speak("Hello.", voice=name)


def test_each_voice_has_a_preset_of_the_right_form() -> None:
    for name in VOICES:
        preset = np.load(PRESETS / f"{name}.npz")
        semantic, coarse, fine = (preset[f"{part}_prompt"] for part in ("semantic", "coarse", "fine"))
        assert semantic.ndim == 1
        assert coarse.shape[0] == 2
        assert fine.shape == (8, coarse.shape[1])


def test_weights_of_the_older_form_speak_the_same(voice: Bark, folder: Path, tmp_path: Path) -> None:
    older = Path(shutil.copytree(folder, tmp_path / "bark"))
    (older / "model.safetensors").unlink()
    torch.save(voice._model._model.state_dict(), older / "pytorch_model.bin")

    np.testing.assert_array_equal(
        Bark(str(older)).speak("Hello.", voice="en_speaker_6").pcm, voice.speak("Hello.", voice="en_speaker_6").pcm
    )


class Bomb:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> object:
        return Path.touch, (self.trace,)


def no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def no_tokenizer(folder: Path) -> None:
    for name in ("vocab.txt", "tokenizer.json", "tokenizer_config.json", "processor_config.json"):
        (folder / name).unlink()


def truncated(folder: Path) -> None:
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[: len(weights) // 2])


def half_of_the_tensors(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    kept = {name: tensor for name, tensor in weights.items() if not name.startswith("codec_model")}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


def of_another_model(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "bert", "architectures": ["BertModel"]}))


def of_another_size(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["semantic_config"]["hidden_size"] = 32
    (folder / "config.json").write_text(json.dumps(config))


def a_pickle_bomb(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"semantic.weight": Bomb(folder / "exploded")}))


@pytest.mark.parametrize(
    "damage",
    [
        no_config, no_weights, no_tokenizer, truncated, half_of_the_tensors, of_another_model, of_another_size,
        a_pickle_bomb,
    ],
)  # fmt: skip
def test_bad_weights_are_refused_with_the_folders_name(
    folder: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    bad = Path(shutil.copytree(folder, tmp_path / "bark"))
    damage(bad)

    with pytest.raises(ModelMissing, match=str(bad)):
        Bark(str(bad))
    assert not (bad / "exploded").exists()


def test_a_gpu_that_is_not_there_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    with pytest.raises(DeviceMissing, match="GPU"):
        Bark(str(folder), device="cuda")


def test_a_full_card_is_said_to_be_full(voice: Bark, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")

    monkeypatch.setattr(voice._model._model, "generate", full)
    with pytest.raises(OutOfMemory, match="no room"):
        voice.speak("Hello.", voice="en_speaker_6")
