import zipfile
from pathlib import Path

import numpy as np
import pytest

from gpu_tasks.engines.avatar.base import Avatar, Frame
from gpu_tasks.engines.avatar.cpu import CpuAvatar
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.musetalk.prepared import Prepared, load, prepare, save

ABOUT = {"avatar": "ada", "version": 1, "net": "abc"}


def encode(faces: np.ndarray) -> np.ndarray:
    return np.tile(faces.mean((1, 2, 3), dtype=np.float32)[:, None, None, None], (1, 8, 32, 32))


@pytest.fixture(scope="module")
def frames(ada: Avatar) -> list[Frame]:
    idle = CpuAvatar(size=128).idle(ada)
    return [next(idle) for _ in range(10)]


@pytest.fixture(scope="module")
def face(frames: list[Frame], mesh: FaceMesh) -> Prepared:
    return prepare(frames, mesh, encode)


def same(one: Prepared, other: Prepared | None) -> bool:
    names = ("frames", "boxes", "masks", "latents")
    return other is not None and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def test_a_face_is_prepared_frame_by_frame(frames: list[Frame], face: Prepared) -> None:
    assert np.array_equal(face.frames, frames)
    assert len(face.boxes) == len(face.masks) == len(face.latents) == len(frames)
    assert face.latents.shape[1:] == (8, 32, 32)


def test_what_is_kept_is_what_was_prepared(face: Prepared, tmp_path: Path) -> None:
    file = tmp_path / "new" / "ada.npz"
    save(file, face, ABOUT)

    assert same(face, load(file, ABOUT))
    assert [kept.name for kept in file.parent.iterdir()] == ["ada.npz"]


def test_nothing_in_it_is_pickled(face: Prepared, tmp_path: Path) -> None:
    save(tmp_path / "ada.npz", face, ABOUT)

    with np.load(tmp_path / "ada.npz", allow_pickle=False) as kept:
        assert all(kept[name].dtype != object for name in kept)


def test_a_face_of_another_version_or_model_is_not_taken(face: Prepared, tmp_path: Path) -> None:
    file = tmp_path / "ada.npz"
    save(file, face, ABOUT)

    assert load(file, ABOUT | {"version": 2}) is None
    assert load(file, ABOUT | {"net": "other"}) is None
    assert load(tmp_path / "nobody.npz", ABOUT) is None


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_a_file_with_a_flipped_byte_is_not_taken(
    face: Prepared, tmp_path: Path, at: float, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "ada.npz"
    save(file, face, ABOUT)
    data = bytearray(file.read_bytes())
    data[int(len(data) * at)] ^= 0xFF
    file.write_bytes(data)

    assert load(file, ABOUT) is None
    assert "damaged" in caplog.text


@pytest.mark.parametrize("kept", [0, 0.5, 0.99])
def test_a_truncated_file_is_not_taken(face: Prepared, tmp_path: Path, kept: float) -> None:
    file = tmp_path / "ada.npz"
    save(file, face, ABOUT)
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * kept)])

    assert load(file, ABOUT) is None


def test_a_pickle_in_its_place_is_not_opened(face: Prepared, tmp_path: Path) -> None:
    file = tmp_path / "ada.npz"
    np.savez(file, about=np.array([{"a": 1}], dtype=object))

    assert load(file, ABOUT) is None


def test_a_file_that_could_not_be_written_leaves_the_old_one(
    face: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ada.npz"
    save(file, face, ABOUT)

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="no space"):
        save(file, face, ABOUT | {"version": 2})

    assert same(face, load(file, ABOUT))
    assert [kept.name for kept in tmp_path.iterdir()] == ["ada.npz"]
    assert zipfile.is_zipfile(file)


def test_frames_are_the_receivers_to_keep(face: Prepared) -> None:
    before = face.frames.copy()
    face.silent(0)[:] = 0
    face.speaking(0, np.zeros((256, 256, 3), np.uint8), 1.0)

    assert np.array_equal(face.frames, before)
