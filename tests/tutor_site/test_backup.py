"""A backup is whole or refused, and what is restored is what was there."""

import os
import sqlite3
import subprocess
import sys
import tarfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import User
from gpu_tasks import media
from sessions_app.models import Segment, Session, Turn
from tests.environment import REPOSITORY
from tutor_site.backup import archive, media_store
from tutor_site.backup.archive import Damaged, Manifest


@pytest.fixture
def store(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.TUTOR_HOME = tmp_path
    return tmp_path / "media"


@pytest.fixture
def turn(session: Session, store: Path) -> Turn:
    turn = Turn.objects.create(
        session=session, number=1, modality=Turn.Modality.TEXT, status=Turn.Status.COMPLETED, user_text="你好"
    )
    for index in range(2):
        key = media.save(f"{turn.folder}{index}.wav", b"sound %d" % index)
        Segment.objects.create(turn=turn, index=index, text="x", duration_ms=1, audio=key)
    return turn


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def manage(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "TUTOR_HOME": str(home), "MEDIA_ROOT": str(home / "media")}
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=REPOSITORY, env=environ, capture_output=True, text=True
    )


@pytest.mark.django_db(transaction=True)
def test_what_was_backed_up_comes_back_elsewhere(turn: Turn, tmp_path: Path) -> None:
    assert "2 media" in said("backup", str(tmp_path / "tutor.tar"))
    home = tmp_path / "elsewhere"

    restored = manage(home, "restore", str(tmp_path / "tutor.tar"))

    assert (restored.returncode, restored.stderr) == (0, "")
    with sqlite3.connect(home / "tutor.sqlite3") as database:
        assert database.execute("SELECT id, user_text FROM sessions_app_turn").fetchall() == [(turn.id, "你好")]
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert (home / "media" / turn.folder / "1.wav").read_bytes() == b"sound 1"
    again = manage(home, "restore", str(tmp_path / "tutor.tar"))
    assert again.returncode == 1
    assert "--force" in again.stderr
    (home / "media" / "later.wav").write_bytes(b"")
    assert manage(home, "restore", str(tmp_path / "tutor.tar"), "--force").returncode == 0
    assert not (home / "media" / "later.wav").exists()


@pytest.mark.django_db(transaction=True)
def test_a_folder_gets_a_file_named_by_the_time_that_is_its_owners_only(turn: Turn, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()

    said("backup", str(tmp_path / "backups"))

    (file,) = (tmp_path / "backups").iterdir()
    assert file.name.startswith("tutor-20")
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_breaks_off_leaves_no_file(turn: Turn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(key: str) -> bytes:
        raise OSError("No space left on device")

    monkeypatch.setattr(media, "read", full)
    before = {file.name for file in tmp_path.iterdir()}

    with pytest.raises(CommandError, match="No backup was made: No space left"):
        said("backup", str(tmp_path / "tutor.tar"))

    assert {file.name for file in tmp_path.iterdir()} == before


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_erased_meanwhile_is_left_out(
    turn: Turn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = list(media_store.every_key())
    monkeypatch.setattr(media_store, "every_key", lambda: iter(listed))
    media.delete(f"{turn.folder}0.wav")

    assert "1 media" in said("backup", str(tmp_path / "tutor.tar"))


@pytest.mark.django_db
def test_of_what_is_missing_the_rows_say_that_it_is(turn: Turn) -> None:
    media.delete(f"{turn.folder}0.wav")

    assert media_store.forget_missing() == 1

    assert list(turn.segments.values_list("audio", flat=True)) == ["", f"{turn.folder}1.wav"]


# What is refused


def an_archive(path: Path, **changes: str | list[str]) -> Path:
    manifest = Manifest.model_validate({"made_at": "now", "database": "sqlite", "migrations": [], **changes})
    with archive.writing(path, manifest) as writer:
        writer.add("database", b"rows " * 100)
        writer.add("media/a/0.wav", b"sound " * 100)
    return path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"database": "postgresql"}, "The backup is of postgresql"),
        ({"migrations": ["sessions_app.9999_flying"]}, "made by a newer version: sessions_app.9999_flying"),
        ({}, "There are data already"),
    ],
)
def test_what_does_not_fit_is_refused(
    changes: dict[str, str | list[str]], words: str, turn: Turn, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=words):
        said("restore", str(an_archive(tmp_path / "a.tar", **changes)))

    assert User.objects.exists()
    assert len(list(media_store.every_key())) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"no tar", None])
def test_what_is_no_backup_is_refused(content: bytes | None, tmp_path: Path) -> None:
    if content is None:
        with tarfile.open(tmp_path / "a.tar", "w") as tar:
            tar.add(__file__, "database")
    else:
        (tmp_path / "a.tar").write_bytes(content)

    with pytest.raises(CommandError, match=r"cannot be restored: .*Nothing was changed"):
        said("restore", str(tmp_path / "a.tar"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        said("restore", str(tmp_path / "nowhere.tar"))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return an_archive(tmp_path_factory.mktemp("backup") / "good.tar")


def unpacked(path: Path, folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    archive.unpack(path, folder / "database", found.__setitem__)
    return {**found, "database": (folder / "database").read_bytes()}


@given(data=st.data())
def test_one_wrong_byte_is_found_or_does_no_harm(data: st.DataObject, good: Path) -> None:
    whole = good.read_bytes()
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    bad = good.with_name("bad.tar")
    bad.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])

    try:
        archive.verified(bad)
    except Damaged:
        return
    assert unpacked(bad, good.parent) == unpacked(good, good.parent)


@given(data=st.data())
def test_a_file_that_was_cut_off_is_found_or_lacks_nothing(data: st.DataObject, good: Path) -> None:
    whole = good.read_bytes()
    short = good.with_name("short.tar")
    short.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])

    try:
        archive.verified(short)
    except Damaged:
        return
    assert unpacked(short, good.parent) == unpacked(good, good.parent)


def test_a_name_that_leads_out_of_the_store_is_refused(tmp_path: Path) -> None:
    with archive.writing(tmp_path / "a.tar", Manifest(made_at="now", database="sqlite", migrations=[])) as writer:
        writer.add("database", b"")
        writer.add("media/../../etc/passwd", b"")

    with pytest.raises(Damaged, match="has no place"):
        archive.verified(tmp_path / "a.tar")
