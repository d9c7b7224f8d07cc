"""MuseTalk written down once more, step by step and without care for speed, from the published description.

Uses the libraries' own ways to load a model, and nothing of the engine.
"""

import json
import math
import wave
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperModel


@torch.no_grad()
def tokens(folder: Path, sound: np.ndarray) -> np.ndarray:
    extractor = WhisperFeatureExtractor.from_pretrained(folder / "whisper")
    whisper = WhisperModel.from_pretrained(folder / "whisper").eval()
    rows: list[torch.Tensor] = []
    for start in range(0, len(sound), 30 * 16_000):
        mel = extractor(sound[start : start + 30 * 16_000], sampling_rate=16_000, return_tensors="pt").input_features
        states = whisper.encoder(mel, output_hidden_states=True).hidden_states
        rows += [torch.stack([state[0, row] for state in states]) for row in range(1500)]
    rows = rows[: math.floor(len(sound) / 16_000 * 50)]
    config = whisper.config
    nothing = torch.zeros(config.encoder_layers + 1, config.d_model)
    rows = [nothing] * 4 + rows + [nothing] * 12
    frames = [
        torch.cat([rows[2 * frame + offset] for offset in range(10)])
        for frame in range(math.floor(len(sound) / 16_000 * 25))
    ]
    if not frames:
        return np.zeros((0, 10 * len(nothing), config.d_model), np.float32)
    return torch.stack(frames).numpy()


@torch.no_grad()
def latents(folder: Path, faces: np.ndarray) -> np.ndarray:
    vae = AutoencoderKL.from_pretrained(folder / "sd-vae").eval()
    joined = []
    for face in faces:
        whole = torch.tensor(face.transpose(2, 0, 1) / 255, dtype=torch.float32)[None]
        hidden = whole.clone()
        hidden[:, :, face.shape[0] // 2 :] = 0
        seen = [vae.encode(image * 2 - 1).latent_dist.mode() * 0.18215 for image in (hidden, whole)]
        joined.append(torch.cat(seen, dim=1)[0])
    return torch.stack(joined).numpy()


@torch.no_grad()
def frames(folder: Path, latents: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """One by one."""
    vae = AutoencoderKL.from_pretrained(folder / "sd-vae").eval()
    config = json.loads((folder / "musetalkV15/musetalk.json").read_text())
    unet = UNet2DConditionModel(**{key: value for key, value in config.items() if key[0] != "_"}).eval()
    unet.load_state_dict(torch.load(folder / "musetalkV15/unet.pth", weights_only=True))
    count, width = tokens.shape[1:]
    positions = torch.zeros(count, width)
    for place in range(count):
        for pair in range(0, width, 2):
            angle = place / 10_000 ** (pair / width)
            positions[place, pair], positions[place, pair + 1] = math.sin(angle), math.cos(angle)
    painted = []
    for seen, heard in zip(latents, tokens, strict=True):
        states = torch.tensor(heard)[None] + positions
        said = unet(torch.tensor(seen)[None], torch.tensor([0]), encoder_hidden_states=states).sample
        image = (vae.decode(said / 0.18215).sample[0] / 2 + 0.5).clamp(0, 1)
        painted.append((image.permute(1, 2, 0).numpy() * 255).round().astype(np.uint8))
    return np.array(painted)


def expect(folder: Path, speech: np.ndarray, faces: np.ndarray, numbers: list[int]) -> None:
    """speech.wav and expected.npz beside the weights. `speech`: int16 at 16 kHz, [samples, channels]."""
    with wave.open(str(folder / "speech.wav"), "wb") as file:
        file.setparams((speech.shape[1], 2, 16_000, 0, "NONE", ""))
        file.writeframes(speech.tobytes())
    heard, seen = tokens(folder, speech.mean(1).astype(np.float32) / 32768), latents(folder, faces)
    cycle = [*range(len(faces)), *reversed(range(len(faces)))]
    shown = seen[[cycle[number % len(cycle)] for number in numbers]]
    painted = frames(folder, shown, heard[numbers]) if numbers else np.zeros((0, *faces.shape[1:]), np.uint8)
    np.savez(
        folder / "expected.npz",
        faces_rgb=faces,
        audio_tokens=heard,
        latents=seen,
        frame_index=np.array(numbers, np.int64),
        frames_rgb=painted,
    )


def small_model(
    folder: Path,
    *,
    width: int = 24,
    layers: int = 3,
    channels: tuple[int, ...] = (8, 8, 16, 16),
    latents: int = 4,
    seed: int = 7,
) -> None:
    """Random networks in the official layout, of other measures than the kept ones."""
    torch.manual_seed(seed)
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=channels,
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=latents,
        sample_size=256,
        scaling_factor=0.18215,
    )
    vae.save_pretrained(folder / "sd-vae", safe_serialization=False)
    config = {
        "in_channels": 2 * latents,
        "out_channels": latents,
        "cross_attention_dim": width,
        "block_out_channels": [*channels],
        "layers_per_block": 1,
        "attention_head_dim": 4,
        "norm_num_groups": 4,
        "sample_size": 64,
    }
    (folder / "musetalkV15").mkdir()
    (folder / "musetalkV15/musetalk.json").write_text(json.dumps({"_class_name": "UNet2DConditionModel", **config}))
    torch.save(UNet2DConditionModel(**config).state_dict(), folder / "musetalkV15/unet.pth")
    whisper = WhisperModel(
        WhisperConfig(
            d_model=width,
            encoder_layers=layers,
            encoder_attention_heads=2,
            encoder_ffn_dim=32,
            decoder_layers=1,
            decoder_attention_heads=2,
            decoder_ffn_dim=32,
            vocab_size=32,
            max_target_positions=8,
            pad_token_id=0,
            bos_token_id=1,
            eos_token_id=2,
            decoder_start_token_id=1,
        )
    )
    whisper.save_pretrained(folder / "whisper")
    WhisperFeatureExtractor().save_pretrained(folder / "whisper")
