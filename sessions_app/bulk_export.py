"""Sessions as the staff take them out: one or many, as CSV, JSON or WebVTT, a piece at a time."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from sessions_app.export import as_dict, file_name, source, webvtt
from sessions_app.models import Flag, Session, Turn

MOST = 1_000
AT_ONCE = 50

COLUMNS = [
    "session",
    "title",
    "student",
    "e-mail",
    "tutor",
    "subject",
    "turn",
    "asked at (UTC)",
    "by",
    "status",
    "question",
    "reply",
    "sources",
    "came with",
    "missing",
    "error",
    "first word (ms)",
    "first picture (ms)",
    "whole (ms)",
    "alerts",
]


def as_csv(sessions: Iterator[Session]) -> Iterator[bytes]:
    """A row for each turn. Begins with a byte order mark: Excel reads Chinese by it."""
    yield "\ufeff".encode() + _line(COLUMNS)
    for session in sessions:
        for turn in session.turns.all():
            yield _line([_harmless(cell) for cell in _row(session, turn)])


def as_json(sessions: Iterator[Session]) -> Iterator[bytes]:
    before = '{"sessions": [\n'
    for session in sessions:
        student = {"name": session.student.name, "email": session.student.email}
        alerts = [_alert(flag) for turn in session.turns.all() for flag in turn.flags.all()]
        whole = {**as_dict(session, list(session.turns.all())), "student": student, "alerts": alerts}
        yield (before + json.dumps(whole, ensure_ascii=False, indent=1)).encode()
        before = ",\n"
    yield ("\n]}\n" if before == ",\n" else '{"sessions": []}\n').encode()


def as_vtt(sessions: Iterator[Session]) -> Iterator[bytes]:
    """A file for each, in a ZIP."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for session in sessions:
            name = file_name(session, "vtt")
            archive.writestr(f"{session.id[:8]} {name}", webvtt(session, list(session.turns.all())))
            yield sink.taken()
    yield sink.taken()


Writer = Callable[[Iterator[Session]], Iterator[bytes]]
FORMATS: dict[str, tuple[str, str, Writer]] = {
    "csv": ("csv", "text/csv; charset=utf-8", as_csv),
    "json": ("json", "application/json", as_json),
    "vtt": ("zip", "application/zip", as_vtt),
}


def whole(sessions: QuerySet[Session]) -> Iterator[Session]:
    """With their turns, some at a time."""
    turns = Turn.objects.order_by("number").prefetch_related("segments", Prefetch("flags", Flag.objects.order_by("id")))
    ids = list(sessions.values_list("id", flat=True)[:MOST])
    rows = Session.objects.select_related("student", "tutor", "knowledge_base")
    for begin in range(0, len(ids), AT_ONCE):
        some = ids[begin : begin + AT_ONCE]
        found = rows.prefetch_related(Prefetch("turns", turns)).in_bulk(some)
        yield from (found[key] for key in some if key in found)


def _row(session: Session, turn: Turn) -> list[object]:
    return [
        session.id,
        session.title,
        session.student.name,
        session.student.email,
        session.tutor.name,
        session.tutor.subject,
        turn.number,
        f"{timezone.localtime(turn.created_at):%Y-%m-%d %H:%M:%S}",
        turn.modality,
        turn.status,
        turn.user_text,
        turn.reply_text,
        "\n".join(source(citation) for citation in turn.citations),
        turn.mode,
        ", ".join(turn.degraded),
        turn.error_code,
        turn.timings.get("first_token", ""),
        turn.timings.get("first_frame", ""),
        turn.timings.get("total", ""),
        "; ".join(f"{flag.get_severity_display()}: {flag.category}" for flag in turn.flags.all()),
    ]


def _harmless(cell: object) -> object:
    """A text that a spreadsheet would take for a formula is marked as text."""
    if isinstance(cell, str) and cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")):
        return f"'{cell}"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("\t", "\r")) else cell


def _line(cells: Sequence[object]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def _alert(flag: Flag) -> dict[str, object]:
    return {
        "turn_id": flag.turn_id,
        "by": flag.direction,
        "category": flag.category,
        "severity": flag.get_severity_display().lower(),
        "excerpt": flag.excerpt,
        "kept_back": flag.blocked,
        "looked_at": flag.looked_at.isoformat() if flag.looked_at else None,
    }


class _Sink(io.RawIOBase):
    """What has been written and not yet taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        taken = bytes(piece)  # type: ignore[call-overload]
        self._pieces.append(taken)
        return len(taken)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
