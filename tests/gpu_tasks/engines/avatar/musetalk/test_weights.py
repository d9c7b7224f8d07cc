from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gpu_tasks.engines.errors import ModelMissing

pytestmark = pytest.mark.gpu

UNET = "musetalkV15/unet.pth"
VAE = "sd-vae/diffusion_pytorch_model"
WHISPER = "whisper/model.safetensors"


@pytest.fixture
def folder(golden: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(golden, tmp_path / "weights", ignore=shutil.ignore_patterns("expected.npz", "*.wav")))


def latents(folder: Path, faces: np.ndarray) -> np.ndarray:
    import torch

    from gpu_tasks.engines.avatar.musetalk.net import Net, _vae

    vae, _ = _vae(folder / "sd-vae", torch.float32)
    net = object.__new__(Net)
    net._vae, net._device, net._dtype = vae, torch.device("cpu"), torch.float32
    return net.encode(faces)


def hearing(folder: Path, sound: np.ndarray) -> np.ndarray:
    import torch

    from gpu_tasks.engines.avatar.musetalk.hearing import Hearing

    return Hearing(folder / "whisper", device=torch.device("cpu"), dtype=torch.float32).tokens(sound)


def unet(folder: Path) -> None:
    import torch

    from gpu_tasks.engines.avatar.musetalk.net import _unet

    _unet(folder / "musetalkV15", torch.float32)


def rewrite(file: Path, to: Path, change: Callable[[dict], dict] = dict, **how: object) -> None:
    import torch
    from safetensors.torch import load_file

    state = load_file(file) if file.suffix == ".safetensors" else torch.load(file, weights_only=True)
    file.unlink()
    torch.save(change(state), to, **how)


OLD = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


def old_names(state: dict) -> dict:
    def old(key: str) -> str:
        for new, name in OLD.items():
            key = key.replace(f"attentions.0.{new}.", f"attentions.0.{name}.")
        return key

    return {old(key): value for key, value in state.items()}


def old_convolutions(state: dict) -> dict:
    renamed = old_names(state)
    return {
        key: value[:, :, None, None] if value.dim() == 2 and any(name in key for name in OLD.values()) else value
        for key, value in renamed.items()
    }


@pytest.mark.parametrize("change", [dict, old_names, old_convolutions])
@pytest.mark.parametrize("zipped", [True, False])
def test_a_vae_loads_from_a_bin_file_with_new_and_old_names(
    folder: Path, expected: dict[str, np.ndarray], change: Callable[[dict], dict], zipped: bool
) -> None:
    file = folder / f"{VAE}.safetensors"
    rewrite(file, file.with_suffix(".bin"), change, _use_new_zipfile_serialization=zipped)

    assert np.abs(latents(folder, expected["faces_rgb"][:1]) - expected["latents"][:1]).max() <= 2e-3


@pytest.mark.parametrize("prefix", ["model.", ""])
def test_whisper_loads_from_a_bin_file_with_and_without_the_prefix(
    folder: Path, expected: dict[str, np.ndarray], sound: np.ndarray, prefix: str
) -> None:
    def renamed(state: dict) -> dict:
        plain = {prefix + key.removeprefix("model."): value for key, value in state.items()}
        return plain | {"proj_out.weight": next(iter(state.values()))}

    rewrite(folder / WHISPER, folder / "whisper/pytorch_model.bin", renamed)

    assert np.abs(hearing(folder, sound) - expected["audio_tokens"]).max() <= 1e-5


def test_a_mel_filter_in_the_old_configuration_does_no_harm(
    folder: Path, expected: dict[str, np.ndarray], sound: np.ndarray
) -> None:
    file = folder / "whisper/preprocessor_config.json"
    config = json.loads(file.read_text()) | {"mel_filters": [[0.0] * 201] * 80, "processor_class": "WhisperProcessor"}
    file.write_text(json.dumps(config))

    assert np.abs(hearing(folder, sound) - expected["audio_tokens"]).max() <= 1e-5


def test_a_configuration_that_leaves_out_what_is_official_is_completed(folder: Path) -> None:
    file = folder / "musetalkV15/musetalk.json"
    config = json.loads(file.read_text())
    for key in ("in_channels", "out_channels", "act_fn", "down_block_types", "norm_eps", "sample_size"):
        del config[key]
    file.write_text(json.dumps(config))

    unet(folder)


@pytest.mark.parametrize(
    "name",
    [
        UNET,
        "musetalkV15/musetalk.json",
        "sd-vae/config.json",
        f"{VAE}.safetensors",
        "whisper/config.json",
        "whisper/preprocessor_config.json",
        WHISPER,
    ],
)
def test_a_file_that_is_missing_or_damaged_is_named(folder: Path, name: str) -> None:
    from gpu_tasks.engines.avatar.musetalk.net import Net

    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelMissing, match=f"{Path(name).name} is damaged"):
        Net(folder)

    (folder / name).unlink()
    with pytest.raises(ModelMissing, match=f"{Path(name).name}.* is not there"):
        Net(folder)


@pytest.mark.parametrize("left", [0, 10, 0.9, 0.9999])
def test_weights_that_were_not_fetched_to_their_end_are_refused(folder: Path, left: float) -> None:
    whole = (folder / UNET).read_bytes()
    (folder / UNET).write_bytes(whole[: int(left if left > 1 else left * len(whole))])

    with pytest.raises(ModelMissing, match=r"unet.pth is damaged or incomplete"):
        unet(folder)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    from gpu_tasks.engines.avatar.musetalk.net import Net

    with pytest.raises(ModelMissing, match="is not there"):
        Net(tmp_path)


def wrong_shape(state: dict) -> dict:
    return {key: value[:4] if key == "conv_in.weight" else value for key, value in state.items()}


def one_more(state: dict) -> dict:
    return state | {"conv_in.extra": next(iter(state.values()))}


def one_less(state: dict) -> dict:
    return {key: value for key, value in state.items() if key != "conv_out.bias"}


@pytest.mark.parametrize(
    ("change", "key"), [(wrong_shape, "conv_in.weight"), (one_more, "conv_in.extra"), (one_less, "conv_out.bias")]
)
def test_weights_of_another_unet_are_refused(folder: Path, change: Callable[[dict], dict], key: str) -> None:
    rewrite(folder / UNET, folder / UNET, change)

    with pytest.raises(ModelMissing, match=f"unet.pth is not the model that its configuration describes.*{key}"):
        unet(folder)


@pytest.mark.parametrize("content", [[1, 2], {"state_dict": {"a": 1}}, {"step": 3}])
def test_a_file_of_something_else_is_refused(folder: Path, content: object) -> None:
    import torch

    torch.save(content, folder / UNET)

    with pytest.raises(ModelMissing, match=r"unet.pth holds no plain table of weights"):
        unet(folder)


def test_a_configuration_of_something_else_is_refused(folder: Path) -> None:
    (folder / "musetalkV15/musetalk.json").write_text("[1, 2]")
    with pytest.raises(ModelMissing, match=r"musetalk.json does not describe a model"):
        unet(folder)

    (folder / "musetalkV15/musetalk.json").write_text('{"block_out_channels": [7], "down_block_types": ["Nonsense"]}')
    with pytest.raises(ModelMissing, match=r"musetalk.json describes no model"):
        unet(folder)


class Bomb:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("name", [UNET, f"{VAE}.bin", "whisper/pytorch_model.bin"])
def test_code_among_the_weights_is_refused_and_not_run(folder: Path, tmp_path: Path, name: str, zipped: bool) -> None:
    import torch

    from gpu_tasks.engines.avatar.musetalk.net import Net

    for file in (folder / name).parent.glob("*.safetensors"):
        file.unlink()
    torch.save({"weight": Bomb(tmp_path / "mark")}, folder / name, _use_new_zipfile_serialization=zipped)

    with pytest.raises(ModelMissing, match=f"{Path(name).name} is refused: it holds code"):
        Net(folder)
    assert not (tmp_path / "mark").exists()


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_a_plain_pickle_is_refused_and_not_run(folder: Path, tmp_path: Path) -> None:
    (folder / UNET).write_bytes(pickle.dumps({"weight": Bomb(tmp_path / "mark")}))

    with pytest.raises(ModelMissing, match=r"unet.pth is (refused|damaged)"):
        unet(folder)
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("whisper/config.json", {"d_model": "wide"}),
        ("whisper/config.json", {"encoder_attention_heads": 0}),
        ("whisper/preprocessor_config.json", {"feature_size": "many"}),
        ("whisper/preprocessor_config.json", {"feature_size": 128}),
        ("whisper/preprocessor_config.json", {"n_samples": 160_000, "chunk_length": 10}),
        ("musetalkV15/musetalk.json", {"norm_num_groups": 0}),
        ("musetalkV15/musetalk.json", {"block_out_channels": []}),
        ("sd-vae/config.json", {"down_block_types": ["NoSuchBlock"] * 4}),
    ],
)
def test_a_configuration_that_makes_no_sense_is_named(folder: Path, name: str, changed: dict) -> None:
    from gpu_tasks.engines.avatar.musetalk.net import Net

    file = folder / name
    file.write_text(json.dumps(json.loads(file.read_text()) | changed))

    with pytest.raises(ModelMissing, match=file.parent.name):
        Net(folder)


@pytest.mark.parametrize("part", ["whisper", "sd-vae", "musetalkV15"])
def test_parts_of_another_model_are_refused_though_each_is_whole(folder: Path, tmp_path: Path, part: str) -> None:
    from gpu_tasks.engines.avatar.musetalk.net import Net

    from . import reference

    (tmp_path / "other").mkdir()
    reference.small_model(tmp_path / "other", width=24, latents=8)
    shutil.rmtree(folder / part)
    shutil.copytree(tmp_path / "other" / part, folder / part)

    with pytest.raises(ModelMissing, match="not of one model"):
        Net(folder)
