"""A session as a file to keep: text, Markdown, WebVTT over the replies one after another, or JSON."""

import html
import json
import re
from collections.abc import Callable, Sequence
from itertools import count

from django.utils import timezone

from sessions_app.models import Segment, Session, Turn


def text(session: Session, turns: Sequence[Turn]) -> str:
    blocks = [f"{title(session)}\n{_when(session)}"]
    for turn in turns:
        said = [f"{_student(session)}: {turn.user_text}"] if turn.user_text else []
        if turn.reply_text:
            said.append(f"{session.tutor.name}: {turn.reply_text}{_broken_off(turn)}")
        said += [source(citation) for citation in turn.citations]
        blocks.append("\n".join(said))
    return "\n\n".join(filter(None, blocks)) + "\n"


def markdown(session: Session, turns: Sequence[Turn]) -> str:
    blocks = [f"# {_plain(title(session))}", f"*{_plain(_when(session))}*"]
    for turn in turns:
        if turn.user_text:
            blocks.append(f"**{_plain(_student(session))}:** {_plain(turn.user_text)}")
        if turn.reply_text:  # Markdown already
            blocks.append(f"**{_plain(session.tutor.name)}:** {turn.reply_text}{_broken_off(turn)}")
        blocks += [f"> {_plain(source(citation))}" for citation in turn.citations]
    return "\n\n".join(blocks) + "\n"


def webvtt(session: Session, turns: Sequence[Turn]) -> str:
    """A cue for each spoken segment, word by word where the voice told; what was not spoken is a note."""
    blocks = [f"WEBVTT - {_note(title(session))}"]
    number, at = count(1), 0
    for turn in turns:
        if turn.user_text:
            blocks.append(f"NOTE {_note(f'{_student(session)}: {turn.user_text}')}")
        spoken = [segment for segment in turn.segments.all() if segment.duration_ms]
        for segment in spoken:
            begin, at = at, at + segment.duration_ms
            cue = f"<v {_escaped(session.tutor.name)}>{_words(segment, begin)}"
            blocks.append(f"{next(number)}\n{_time(begin)} --> {_time(at)}\n{cue}")
        if turn.reply_text and not spoken:
            blocks.append(f"NOTE {_note(f'{session.tutor.name}: {turn.reply_text}')}")
    return "\n\n".join(blocks) + "\n"


def as_json(session: Session, turns: Sequence[Turn]) -> str:
    return json.dumps(as_dict(session, turns), ensure_ascii=False, indent=2) + "\n"


def as_dict(session: Session, turns: Sequence[Turn]) -> dict[str, object]:
    return {
        "session_id": session.id,
        "title": session.title,
        "tutor": {"id": session.tutor_id, "name": session.tutor.name, "subject": session.tutor.subject},
        "knowledge_base": session.knowledge_base.slug if session.knowledge_base else None,
        "status": session.status,
        "created_at": session.created_at.isoformat(),
        "last_activity": session.last_activity.isoformat(),
        "turns": [_turn(turn) for turn in turns],
    }


Writer = Callable[[Session, Sequence[Turn]], str]
FORMATS: dict[str, tuple[str, Writer]] = {
    "txt": ("text/plain", text),
    "md": ("text/markdown", markdown),
    "vtt": ("text/vtt", webvtt),
    "json": ("application/json", as_json),
}


def export(session: Session, form: str) -> tuple[str, str, str]:
    """Name, content type and content of the file."""
    content_type, write = FORMATS[form]
    turns = list(session.turns.order_by("number").prefetch_related("segments"))
    return file_name(session, form), content_type, write(session, turns)


def file_name(session: Session, form: str) -> str:
    name = re.sub(r"[^\w.\- ]+", "", title(session)).strip(". ")[:60] or "session"
    return f"{name} {session.created_at:%Y-%m-%d}.{form}"


def title(session: Session) -> str:
    return session.title or f"{session.tutor.name}, {session.tutor.subject}"


def _turn(turn: Turn) -> dict[str, object]:
    return {
        "turn_id": turn.id,
        "number": turn.number,
        "status": turn.status,
        "modality": turn.modality,
        "mode": turn.mode,
        "user_text": turn.user_text,
        "reply_text": turn.reply_text,
        "citations": turn.citations,
        "degraded": turn.degraded,
        "degraded_reason": turn.degraded_reason or None,
        "error": turn.error_code or None,
        "timings": turn.timings,
        "segments": [
            {
                "segment": segment.index,
                "content": segment.text,
                "duration_ms": segment.duration_ms,
                "words": segment.words,
            }
            for segment in turn.segments.all()
        ],
        "created_at": turn.created_at.isoformat(),
        "ended_at": turn.ended_at.isoformat() if turn.ended_at else None,
    }


def _student(session: Session) -> str:
    return session.student.name or "Student"


def _when(session: Session) -> str:
    return f"{session.tutor.name}, {session.tutor.subject}, {timezone.localtime(session.created_at):%Y-%m-%d %H:%M} UTC"


def source(citation: dict[str, object]) -> str:
    page = f", p. {citation['page']}" if citation.get("page") else ""
    return f"[{citation['number']}] {citation['document']}{page}: {citation['quote']}"


def _broken_off(turn: Turn) -> str:
    return " […]" if turn.status == Turn.Status.INTERRUPTED else ""


def _plain(said: str) -> str:
    """As it stands, whatever Markdown would make of it."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(said.split()))


def _note(said: str) -> str:
    return " ".join(said.split()).replace("-->", "→")


def _escaped(said: str) -> str:
    return html.escape(" ".join(said.split()), quote=False)


def _words(segment: Segment, begin: int) -> str:
    """Each word behind the time it is spoken at, where the voice told."""
    if not segment.words:
        return _escaped(segment.text)
    timed, at = "", begin
    for word in segment.words:
        if begin + word["start_ms"] > at:  # times inside a cue have to grow
            at = begin + word["start_ms"]
            timed += f"<{_time(at)}>"
        timed += html.escape(re.sub(r"\s+", " ", word["text"]), quote=False)
    return timed.strip()


def _time(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
