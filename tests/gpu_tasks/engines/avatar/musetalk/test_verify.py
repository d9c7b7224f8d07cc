from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import wave
from pathlib import Path

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


def test_networks_speech_and_faces_of_other_measures_are_verified_too(tmp_path: Path) -> None:
    from . import reference

    reference.small_model(tmp_path, channels=(8, 8, 8, 16), width=32, layers=2)
    dice = np.random.default_rng(3)
    speech = (3000 * np.sin(np.arange(9000) / dice.uniform(5, 50, 9000))).astype(np.int16)
    with wave.open(str(tmp_path / "speech.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(speech.tobytes())
    faces = dice.integers(0, 255, (2, 256, 256, 3), np.uint8)
    heard, seen = reference.tokens(tmp_path, speech / np.float32(32768)), reference.latents(tmp_path, faces)
    numbers = np.array([0, 3, len(heard) - 1])
    cycle = np.array([0, 1, 1, 0])
    np.savez(
        tmp_path / "expected.npz",
        faces_rgb=faces,
        audio_tokens=heard,
        latents=seen,
        frame_index=numbers,
        frames_rgb=reference.frames(tmp_path, seen[cycle[numbers % 4]], heard[numbers]),
    )

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
