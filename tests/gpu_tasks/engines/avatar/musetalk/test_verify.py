from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.gpu


@pytest.fixture
def folder(golden: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(golden, tmp_path / "golden"))


def verified(folder: Path) -> str:
    out = io.StringIO()
    call_command("verify_musetalk", str(folder), stdout=out)
    return out.getvalue()


def rewrite(folder: Path, **changed: np.ndarray) -> None:
    with np.load(folder / "expected.npz") as file:
        arrays = dict(file)
    np.savez(folder / "expected.npz", **arrays | changed)


def test_what_the_official_classes_gave_is_within_the_bounds(golden: Path) -> None:
    lines = verified(golden).splitlines()

    assert [line.split()[-1] for line in lines] == ["ok"] * 3
    assert [line[:6] for line in lines] == ["audio ", "latent", "pixels"]


def test_the_command_needs_no_database_and_no_redis(golden: Path, tmp_path: Path) -> None:
    bare = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    bare |= {"TUTOR_HOME": str(tmp_path), "TUTOR_MODE": "demo", "OMP_NUM_THREADS": "1"}

    run = subprocess.run(
        [sys.executable, "manage.py", "verify_musetalk", str(golden)],
        env=bare,
        cwd=Path(__file__).parents[5],
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stderr
    assert run.stdout.count(" ok") == 3


def speech(samples: int, channels: int = 1) -> np.ndarray:
    dice = np.random.default_rng(samples)
    pitch = np.cumsum(dice.uniform(0.01, 0.2, (samples, channels)), axis=0)
    return np.round(3000 * np.sin(pitch) / 2).astype(np.int16) * 2  # so that the mean of two channels is whole


def faces(number: int, side: int = 256) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 255, (number, side, side, 3), np.uint8)


@pytest.mark.parametrize(
    ("model", "said", "shown", "numbers"),
    [
        ({"channels": (8, 8, 8, 16), "width": 32, "layers": 2}, speech(9000), faces(2), [0, 3, 13]),
        ({"seed": 11, "width": 16, "layers": 1}, speech(640), faces(1), [0]),
        ({"seed": 12, "channels": (4, 8, 8, 8)}, speech(5000, channels=2), faces(5), [0, 1, 2, 3, 4, 5, 6]),
        ({"seed": 13}, speech(0), faces(3), []),
        ({"seed": 14, "width": 8, "layers": 2}, speech(30 * 16_000 + 9000), faces(3), [0, 748, 749, 750, 763]),
        ({"seed": 15, "width": 8, "layers": 1}, speech(2000), faces(2, side=128), [0, 2]),
    ],
    ids=["other measures", "one frame", "stereo", "nothing said", "more than 30 s", "small pictures"],
)
def test_networks_speech_and_faces_of_other_measures_are_verified_too(
    tmp_path: Path, model: dict[str, Any], said: np.ndarray, shown: np.ndarray, numbers: list[int]
) -> None:
    from . import reference

    reference.small_model(tmp_path, **model)
    reference.expect(tmp_path, said, shown, numbers)

    assert verified(tmp_path).count(" ok") == 3


@pytest.mark.parametrize(("name", "by", "row"), [("audio_tokens", 2e-5, 0), ("latents", 3e-3, 1), ("frames_rgb", 4, 2)])
def test_a_difference_beyond_the_bound_is_shown_and_fails(
    folder: Path, expected: dict[str, np.ndarray], name: str, by: float, row: int
) -> None:
    changed = expected[name].copy()
    flat = changed.reshape(-1)
    at = int(np.abs(flat.astype(float) - 100).argmin())
    flat[at] = flat[at] + by
    rewrite(folder, **{name: changed})
    out = io.StringIO()

    with pytest.raises(CommandError, match="not what the official classes give"):
        call_command("verify_musetalk", str(folder), stdout=out)

    assert ["TOO GREAT" in line for line in out.getvalue().splitlines()] == [number == row for number in range(3)]


def test_another_number_of_frames_fails(folder: Path, expected: dict[str, np.ndarray]) -> None:
    rewrite(folder, audio_tokens=expected["audio_tokens"][:-1])

    with pytest.raises(CommandError):
        verified(folder)


def test_a_clip_of_nothing_is_verified(folder: Path, expected: dict[str, np.ndarray]) -> None:
    with wave.open(str(folder / "speech.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
    empty = {name: expected[name][:0] for name in ("audio_tokens", "frame_index", "frames_rgb")}
    rewrite(folder, **empty)

    assert verified(folder).count(" ok") == 3


@pytest.mark.parametrize("name", ["expected.npz", "speech.wav", "sd-vae/config.json"])
def test_a_file_that_is_missing_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(CommandError, match=Path(name).name):
        verified(folder)


def test_a_pickle_among_what_is_expected_is_not_opened(folder: Path) -> None:
    np.savez(folder / "expected.npz", faces_rgb=np.array([{"a": 1}], dtype=object))

    with pytest.raises(CommandError, match="allow_pickle=False"):
        verified(folder)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"frame_index": np.array([0.5])}, "frame_index is an array of float64"),
        ({"faces_rgb": np.zeros((0, 256, 256, 3), np.uint8)}, "faces_rgb holds no RGB pictures"),
        ({"faces_rgb": np.zeros((2, 256, 256), np.uint8)}, "faces_rgb is an array of uint8 with 3 dimensions"),
        ({"audio_tokens": np.zeros(3, np.float32)}, "audio_tokens is an array"),
        ({"faces_rgb": np.zeros((2, 2, 2, 3), np.uint8)}, "cannot be computed"),
    ],
)
def test_what_cannot_be_expected_is_said_in_words(folder: Path, changed: dict[str, np.ndarray], words: str) -> None:
    rewrite(folder, **changed)

    with pytest.raises(CommandError, match=words):
        verified(folder)


@pytest.mark.parametrize("number", [-1, 10_000])
def test_a_frame_that_the_speech_does_not_have_fails(
    folder: Path, expected: dict[str, np.ndarray], number: int
) -> None:
    rewrite(folder, frame_index=np.full_like(expected["frame_index"], number))

    with pytest.raises(CommandError, match="not what the official classes give"):
        verified(folder)


@pytest.mark.parametrize("name", ["expected.npz", "speech.wav"])
@pytest.mark.parametrize("left", [0, 3, 40, 0.5])
def test_a_file_that_was_cut_short_fails_in_words(folder: Path, name: str, left: float) -> None:
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: left if isinstance(left, int) else int(left * len(whole))])

    with pytest.raises(CommandError):
        verified(folder)


def test_an_array_without_its_key_is_named(folder: Path, expected: dict[str, np.ndarray]) -> None:
    np.savez(folder / "expected.npz", **{name: array for name, array in expected.items() if name != "latents"})

    with pytest.raises(CommandError, match="latents"):
        verified(folder)
