"""A face that was deleted is kept by no worker."""

import os
import time
from pathlib import Path

import pytest

from gpu_tasks import faces, known_faces, stages
from gpu_tasks.engines.avatar.base import Avatar
from gpu_tasks.engines.avatar.cpu import CpuAvatar
from gpu_tasks.engines.avatar.musetalk.engine import MuseTalk

pytestmark = pytest.mark.usefixtures("redis")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MuseTalk:
    """With two prepared faces on its disk, an hour old."""
    engine = MuseTalk(model="", cache_dir=str(tmp_path))
    for avatar_id in ("ada", "zora"):
        file = engine._file(avatar_id)
        file.write_bytes(b"prepared")
        os.utime(file, (time.time() - 3600,) * 2)
    monkeypatch.setattr(stages, "avatar", lambda: engine)
    return engine


def kept(engine: MuseTalk) -> list[str]:
    return [avatar_id for avatar_id in ("ada", "zora") if engine._file(avatar_id).exists()]


def test_what_was_prepared_of_a_deleted_face_is_deleted_from_the_disk(engine: MuseTalk) -> None:
    known_faces.tell(lambda: ["ada"])

    faces.forget_deleted()

    assert kept(engine) == ["ada"]


def test_a_face_of_which_was_not_told_yet_is_kept(engine: MuseTalk) -> None:
    os.utime(engine._file("zora"))
    known_faces.tell(lambda: ["ada"])

    faces.forget_deleted()

    assert kept(engine) == ["ada", "zora"]


def test_where_nobody_tells_nothing_is_deleted(engine: MuseTalk) -> None:
    faces.forget_deleted()

    assert kept(engine) == ["ada", "zora"]


def test_the_database_is_asked_once_in_a_while() -> None:
    known_faces.tell(lambda: ["ada"])
    known_faces.tell(lambda: pytest.fail("it was asked again"))

    assert known_faces.known() == {"ada"}


def test_a_deleted_face_is_not_kept_in_memory_either(ada: Avatar) -> None:
    engine = CpuAvatar(size=128)
    next(engine.idle(ada))

    engine.keep_only(["zora"])

    assert not engine._faces


@pytest.fixture
def ada() -> Avatar:
    return Avatar("ada", "illustrated")
