import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gpu_tasks.engines.asr import weights
from gpu_tasks.engines.asr.weights import packaged_base
from gpu_tasks.engines.errors import ModelMissing


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two small packages that carry the two halves of a model."""
    for number, name in enumerate(weights.PARTS, 1):
        data = tmp_path / "packages" / name / "data"
        data.mkdir(parents=True)
        (data / f"model.bin.part{number}").write_bytes(b"half %d" % number)
        for file in weights.BESIDE:
            (data / file).write_text("{}")
    monkeypatch.setattr(weights, "files", lambda package: tmp_path / "packages" / package)
    monkeypatch.setattr(weights, "BASE_SHA256", hashlib.sha256(b"half 1half 2").hexdigest())
    return tmp_path / "packages"


def test_the_halves_are_joined_once(packages: Path, tmp_path: Path) -> None:
    folder = packaged_base(tmp_path / "cache")
    made = (folder / "model.bin").stat().st_mtime_ns

    assert (folder / "model.bin").read_bytes() == b"half 1half 2"
    assert packaged_base(tmp_path / "cache") == folder
    assert (folder / "model.bin").stat().st_mtime_ns == made


def test_many_workers_may_start_at_once(packages: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(packaged_base, [tmp_path / "cache"] * 8))

    assert set(folders) == {tmp_path / "cache" / "whisper-base"}
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["whisper-base"]


def test_other_weights_than_the_published_ones_are_refused(packages: Path, tmp_path: Path) -> None:
    (packages / weights.PARTS[1] / "data" / "model.bin.part2").write_bytes(b"something else")
    with pytest.raises(ModelMissing, match="checksum"):
        packaged_base(tmp_path / "cache")

    assert list((tmp_path / "cache").iterdir()) == []


def test_missing_packages_are_said(packages: Path, tmp_path: Path) -> None:
    (packages / weights.PARTS[1] / "data" / "model.bin.part2").unlink()
    with pytest.raises(ModelMissing, match="requirements-models"):
        packaged_base(tmp_path / "cache")
