"""A session as a page that reads like a conversation."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import QueryDict

from sessions_app import errors
from sessions_app.media_urls import url
from sessions_app.models import Avatar, Flag, Session, Summary, Turn

TURNS_A_PAGE = 100
MISSING = {
    "text": "The reply broke off.",
    "speech": "Not all of it was spoken.",
    "video": "Not all of it came with the face.",
}
WHY = {
    "busy": "Many students were talking at once.",
    "quota": "The student's time for the day was running out.",
    "engine": "A part of the system failed.",
}
ENDED = {
    Turn.Status.INTERRUPTED: "The student stopped the tutor here.",
    Turn.Status.QUEUED: "Waits in the line.",
    Turn.Status.TRANSCRIBING: "Is being heard.",
    Turn.Status.THINKING: "Is being thought about.",
    Turn.Status.SPEAKING: "Is being spoken.",
}
TIMES = {
    "started": "let in",
    "heard": "heard",
    "first_token": "first word",
    "first_audio": "first sound",
    "first_frame": "first picture",
    "total": "whole",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A turn as it is shown."""

    turn: Turn
    heard: str | None
    """The address of the student's recording."""
    played: list[str]
    """Of the reply, a piece for each segment."""
    is_video: bool
    poster: str | None
    alerts: list[Flag]
    """On the question; `kept`, on the reply."""
    kept: list[Flag]
    troubles: list[str]
    times: list[tuple[str, str]]
    stages: list[dict[str, Any]]
    policy: list[tuple[str, str]]


def page(session: Session, query: QueryDict) -> dict[str, Any]:
    """What the template shows of it. `?turn=` finds the page of a turn, `?page=` any."""
    turns = session.turns.order_by("number").select_related("avatar").prefetch_related("segments")
    pages = Paginator(turns.prefetch_related(Prefetch("flags", Flag.objects.select_related("looked_by"))), TURNS_A_PAGE)
    number: str | int | None = query.get("page")
    if wanted := session.turns.filter(id=query.get("turn", "")).first():
        number = 1 + session.turns.filter(number__lt=wanted.number).count() // TURNS_A_PAGE
    shown = pages.get_page(number)
    return {
        "turns": [_said(turn) for turn in shown],
        "page": shown,
        "summary": Summary.objects.filter(session=session).first(),
        "checks": [
            {"check": check, "answer": check.choices[check.answer], "right": check.answer == check.correct}
            for check in session.checks.exclude(answer=None)
        ],
    }


def _said(turn: Turn) -> Said:
    segments = list(turn.segments.all())
    videos = [address for segment in segments if (address := url(segment.video))]
    sounds = [address for segment in segments if (address := url(segment.audio))]
    is_video = bool(videos) and len(videos) >= len(sounds)
    flags = list(turn.flags.all())
    return Said(
        turn=turn,
        heard=url(turn.user_audio),
        played=videos if is_video else sounds,
        is_video=is_video,
        poster=_poster(turn.avatar),
        alerts=[flag for flag in flags if flag.direction == Flag.Direction.SAID],
        kept=[flag for flag in flags if flag.direction == Flag.Direction.REPLIED],
        troubles=_troubles(turn),
        times=[(words, _seconds(turn.timings[name])) for name, words in TIMES.items() if name in turn.timings],
        stages=[_stage(item, took) for item, took in sorted(turn.stages.items(), key=lambda each: each[1]["began"])],
        policy=[
            (name.replace("_", " "), _plain(value))
            for name, value in turn.policy.items()
            if value is not False and value not in ("", None)
        ],
    )


def _poster(avatar: Avatar | None) -> str | None:
    return url(f"{avatar.folder}poster.jpg") if avatar and avatar.prepared else None


def _troubles(turn: Turn) -> list[str]:
    found = [ENDED[status]] if (status := Turn.Status(turn.status)) in ENDED else []
    if turn.error_code:
        found.append(f"It failed ({turn.error_code}). The student was told: {_told(turn.error_code)}")
    found += [MISSING.get(each, each) for each in turn.degraded]
    return found + ([WHY.get(turn.degraded_reason, turn.degraded_reason)] if turn.degraded_reason else [])


def _told(code: str) -> str:
    return errors.WORDS[errors.known(code)]


def _stage(item: str, took: dict[str, Any]) -> dict[str, Any]:
    return {
        "item": item.replace(":", " "),
        "waited": _exactly(took["queued"]),
        "began": _exactly(took["began"]),
        "first": _exactly(took.get("first")),
        "ended": _exactly(took.get("ended")),
        "ran": _exactly(took["ran"]),
        "attempt": took["attempt"],
        "error": took.get("error") or "",
    }


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.1f} s"


def _exactly(ms: int | None) -> str:
    return "–" if ms is None else f"{ms / 1000:.2f} s"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
