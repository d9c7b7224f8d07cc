from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_tasks.engines.errors import EngineError, OutOfMemory

if TYPE_CHECKING:
    from gpu_tasks.engines.avatar.musetalk.net import Net

pytestmark = pytest.mark.gpu

TOKENS, LATENTS, PIXELS = 1e-5, 2e-3, 2
Arrays = dict[str, np.ndarray]


def most(one: np.ndarray, other: np.ndarray) -> float:
    assert one.shape == other.shape
    return float(np.abs(one.astype(np.float64) - other).max())


def test_tokens_latents_and_pixels_are_those_of_the_official_classes(
    net: Net, expected: Arrays, sound: np.ndarray
) -> None:
    tokens, latents = net.tokens(sound), net.encode(expected["faces_rgb"])
    numbers = expected["frame_index"]
    faces = np.array([0, 1, 2, 2, 1, 0])[numbers % 6]

    assert most(tokens, expected["audio_tokens"]) <= TOKENS
    assert most(latents, expected["latents"]) <= LATENTS
    assert most(net.paint(latents[faces], tokens[numbers]), expected["frames_rgb"]) <= PIXELS


@pytest.mark.parametrize("seconds", [31.7, 60.0])
def test_more_than_30_seconds_are_heard_in_pieces(net: Net, golden: Path, sound: np.ndarray, seconds: float) -> None:
    from . import reference

    long = np.resize(sound, int(seconds * 16_000))

    assert most(net.tokens(long), reference.tokens(golden, long)) <= TOKENS


def test_frames_after_30_seconds_are_painted_right(net: Net, golden: Path, expected: Arrays, sound: np.ndarray) -> None:
    from . import reference

    heard = reference.tokens(golden, np.resize(sound, 31 * 16_000))[[0, 749, 750, 774]]
    seen = reference.latents(golden, expected["faces_rgb"])[[0, 1, 2, 0]]
    ours = net.tokens(np.resize(sound, 31 * 16_000))[[0, 749, 750, 774]]

    painted = net.paint(net.encode(expected["faces_rgb"])[[0, 1, 2, 0]], ours)

    assert most(painted, reference.frames(golden, seen, heard)) <= PIXELS


@pytest.mark.parametrize("samples", [640, 1000, 1279, 1280])
def test_a_frame_or_two_are_heard(net: Net, golden: Path, sound: np.ndarray, samples: int) -> None:
    from . import reference

    tokens = net.tokens(sound[:samples])

    assert len(tokens) == samples // 640
    assert most(tokens, reference.tokens(golden, sound[:samples])) <= TOKENS


@pytest.mark.parametrize("samples", [0, 1, 639])
def test_less_than_a_frame_is_nothing(net: Net, sound: np.ndarray, samples: int) -> None:
    assert net.tokens(sound[:samples]).shape == (0, 50, 16)


def test_frames_are_counted_as_the_official_classes_round(net: Net, sound: np.ndarray) -> None:
    assert len(net.tokens(sound[: int(1.16 * 16_000)])) == 28


def test_the_frames_are_the_same_whatever_the_batch(net: Net, expected: Arrays, sound: np.ndarray) -> None:
    numbers = np.arange(0, 80, 10)
    latents, tokens = expected["latents"][numbers % 3], net.tokens(sound)[numbers]
    together = net.paint(latents, tokens)

    for size in (1, 2, 3, 5):
        pieces = [net.paint(latents[at : at + size], tokens[at : at + size]) for at in range(0, len(numbers), size)]
        assert most(np.concatenate(pieces), together) <= 1
    filled = net.paint(*(np.concatenate([array[:3], array[[2] * 13]]) for array in (latents, tokens)))
    assert most(filled[:3], together[:3]) <= 1


def test_networks_of_other_measures_are_read_from_their_configuration(
    tmp_path: Path, expected: Arrays, sound: np.ndarray
) -> None:
    from gpu_tasks.engines.avatar.musetalk.net import Net

    from . import reference

    reference.small_model(tmp_path)
    net = Net(tmp_path)

    tokens, latents = net.tokens(sound), net.encode(expected["faces_rgb"])

    assert tokens.shape == (82, 40, 24)  # three layers and what goes into the first
    assert most(tokens, reference.tokens(tmp_path, sound)) <= TOKENS
    assert most(latents, reference.latents(tmp_path, expected["faces_rgb"])) <= LATENTS
    painted = net.paint(latents, tokens[[5, 40, 70]])
    assert most(painted, reference.frames(tmp_path, latents, tokens[[5, 40, 70]])) <= PIXELS


def test_an_empty_configuration_means_the_published_network() -> None:
    import torch
    from diffusers import UNet2DConditionModel

    from gpu_tasks.engines.avatar.musetalk.net import _UNET

    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(_UNET)

    assert len(unet.state_dict()) == 686
    assert sum(weights.numel() for weights in unet.parameters()) == 849_947_844


def test_half_the_digits_give_nearly_the_same_latents(golden: Path, expected: Arrays) -> None:
    from gpu_tasks.engines.avatar.musetalk.net import Net

    coarse = Net(golden, dtype="bfloat16")

    assert most(coarse.encode(expected["faces_rgb"]), expected["latents"]) < 0.05
    assert coarse.paint(expected["latents"], np.zeros((3, 50, 16), np.float32)).shape == (3, 256, 256, 3)


def test_a_tiny_decoder_takes_the_place_of_the_large_one_by_its_name(
    net: Net, golden: Path, expected: Arrays, tmp_path: Path
) -> None:
    import torch
    from diffusers import AutoencoderTiny

    from gpu_tasks.engines.avatar.musetalk.net import Net

    torch.manual_seed(1)
    tiny = AutoencoderTiny(
        encoder_block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        num_encoder_blocks=(1, 1, 1, 1),
        num_decoder_blocks=(1, 1, 1, 1),
    ).eval()
    tiny.save_pretrained(tmp_path)

    quick = Net(
        golden,
        decoder="gpu_tasks.engines.avatar.musetalk.decoders.TinyDecoder",
        decoder_options={"weights": str(tmp_path)},
    )

    latents, tokens = expected["latents"], expected["audio_tokens"][:3]
    with torch.inference_mode():
        said = net._unet(torch.tensor(latents), torch.tensor([0]), encoder_hidden_states=net.positioned(tokens)).sample
        wanted = (tiny.decode(said).sample / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).numpy() * 255
    assert most(quick.paint(latents, tokens), wanted) <= 1
    assert most(quick.encode(expected["faces_rgb"]), latents) <= LATENTS  # faces are still seen by the model's own
    assert most(net.paint(latents, tokens), wanted) > 20


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"device": "cuda"}, "finds no GPU"),
        ({"device": "gpu"}, "no kind of device 'gpu'"),
        ({"dtype": "int8"}, "not in 'int8'"),
        ({"decoder": "no.such.Decoder"}, "no decoder no.such.Decoder"),
        ({"decoder": "Decoder"}, "no decoder Decoder"),
    ],
)
def test_settings_that_cannot_work_are_refused_in_words(golden: Path, options: dict[str, Any], words: str) -> None:
    import torch

    from gpu_tasks.engines.avatar.musetalk.net import Net

    if options.get("device") == "cuda" and torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(EngineError, match=words):
        Net(golden, **options)


@pytest.mark.parametrize("step", ["tokens", "encode", "paint"])
def test_a_full_card_is_out_of_memory(
    net: Net, expected: Arrays, sound: np.ndarray, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    class Full:
        config = net._vae.config

        def __call__(self, *_: object, **__: object) -> None:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nGPU 0 has ...")

        encode = __call__

    monkeypatch.setattr(net._hearing, "_encoder", Full())
    monkeypatch.setattr(net, "_vae", Full())
    monkeypatch.setattr(net, "_unet", Full())
    work = {
        "tokens": lambda: net.tokens(sound),
        "encode": lambda: net.encode(expected["faces_rgb"]),
        "paint": lambda: net.paint(expected["latents"], expected["audio_tokens"][:3]),
    }

    with pytest.raises(OutOfMemory, match=r"^CUDA out of memory. Tried to allocate 2.00 GiB\.$"):
        work[step]()


@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")
def test_where_nothing_can_compile_the_network_is_used_as_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import torch
    from torch._inductor import config

    from gpu_tasks.engines.avatar.musetalk.net import Compiled

    monkeypatch.setattr(config.cpp, "cxx", ("/no/such/compiler",))
    monkeypatch.setattr(config, "force_disable_caches", True)
    network = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.SiLU())
    compiled, seen = Compiled(network), torch.ones(4, 3)

    with torch.inference_mode():
        made = [compiled(seen), compiled(seen)]
        assert all(torch.equal(each, network(seen)) for each in made)
    assert [record.levelname for record in caplog.records if "is not compiled" in record.message] == ["WARNING"]


def test_no_room_to_compile_is_out_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from torch._dynamo.exc import TorchDynamoException

    from gpu_tasks.engines.avatar.musetalk.net import Compiled

    def compile(network: object, **_: object) -> Any:
        def run(*_: object) -> None:
            raise TorchDynamoException("CUDA out of memory")

        return run

    monkeypatch.setattr(torch, "compile", compile)

    with pytest.raises(OutOfMemory, match="no room to compile"):
        Compiled(torch.nn.Identity())(torch.ones(1))
