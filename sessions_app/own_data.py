"""All that is kept of a student, as a ZIP: what a school hands out when he asks for his data."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import User
from sessions_app.export import FORMATS
from sessions_app.models import Check, Flag, Mastery, Session, Summary

IN_MEMORY = 16_000_000
"""A larger file is written to disk while it grows."""
ACCOUNT = ["email", "name", "role", "date_joined", "last_login", "minutes_a_day", "turns_a_minute", "sessions_at_once"]


def write(student: User) -> IO[bytes]:
    """An open file, to be read from its beginning."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (whoever reads it closes it)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        account = {field: getattr(student, field) for field in ACCOUNT}
        account["classes"] = list(student.classes.values_list("name", flat=True))
        _json(archive, "account.json", account)
        _json(archive, "usage.json", _rows(student.usage.order_by("day"), ["day", "spoken_ms"]))
        _json(archive, "progress.json", _progress(student))
        for session in Session.objects.filter(student=student).select_related("tutor", "student").iterator(50):
            _session(archive, session)
    file.seek(0)
    return file


def _session(archive: zipfile.ZipFile, session: Session) -> None:
    folder = f"sessions/{session.created_at:%Y-%m-%d} {session.id}/"
    turns = list(session.turns.order_by("number").prefetch_related("segments"))
    for form in ("json", "md"):
        archive.writestr(f"{folder}session.{form}", FORMATS[form][1](session, turns))
    summary = Summary.objects.filter(session=session)
    _json(archive, f"{folder}summary.json", _rows(summary, ["asked", "hard", "next_steps", "made_at"]))
    checks = ["question", "choices", "correct", "answer", "answered_at", "explanation"]
    _json(archive, f"{folder}checks.json", _rows(Check.objects.filter(session=session), checks))
    flags = ["turn__number", "direction", "category", "severity", "excerpt", "created_at"]
    _json(archive, f"{folder}alerts.json", list(Flag.objects.filter(turn__session=session).values(*flags)))
    for key in _files(session.folder):
        with default_storage.open(key) as source, archive.open(folder + key.removeprefix(session.folder), "w") as copy:
            for chunk in source.chunks():
                copy.write(chunk)


def _progress(student: User) -> list[dict[str, Any]]:
    fields = ["skill__tutor__name", "skill__name", "known", "answered", "correct", "changed_at"]
    return list(Mastery.objects.filter(student=student).values(*fields))


def _files(folder: str) -> Iterator[str]:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (folder + name for name in names)
    for name in folders:
        yield from _files(f"{folder}{name}/")


def _rows(rows: Any, fields: list[str]) -> list[dict[str, Any]]:
    return list(rows.values(*fields))


def _json(archive: zipfile.ZipFile, name: str, content: Any) -> None:
    archive.writestr(name, json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2) + "\n")
