"""What a student may have: minutes a day, turns a minute, sessions that talk at once. And with what a reply comes
when time is short, his own or everybody's: the face goes first, then the voice, then he is asked to wait.

A reply costs as long as it is spoken; one that is only written, as long as it would be.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from gpu_tasks.events import DegradedReason, Mode
from sessions_app.errors import Refused
from sessions_app.models import Session, Turn, Usage

MODES: tuple[Mode, ...] = ("text", "voice", "video")
VOICE_SHARE, TEXT_SHARE = 0.2, 0.1
"""Of the day's time: with less than so much left there is no face, then no voice."""
TOKEN_MS = 250
"""A token of a reply is spoken within this."""


@dataclass(frozen=True, slots=True)
class Granted:
    mode: Mode
    reason: DegradedReason | None = None


def turns_a_minute(student: User) -> int:
    return _allowed(student, "turns_a_minute", settings.TURNS_PER_MINUTE)


def minutes_left(student: User) -> int | None:
    """Of today, a begun one counted whole. None: there is no limit."""
    allowance = _allowance_ms(student)
    return None if allowance is None else -(-max(0, allowance - _used_ms(student)) // 60_000)


def grant(student: User, asked: Mode, wait_ms: int, but: Session | None = None) -> Granted:
    """What a turn comes with that begins now (and ends what runs in the session `but`). Raises Refused."""
    if wait_ms > settings.QUEUE_SECONDS * 1000:
        raise Refused("too_busy", retryable=True)
    most = limit(student, wait_ms, but)
    if most is None:
        raise Refused("quota_used_up")
    return most if MODES.index(most.mode) < MODES.index(asked) else Granted(asked)


def limit(student: User, wait_ms: int, but: Session | None = None) -> Granted | None:
    """The most there is now. None: nothing is left today."""
    busy: Mode = "video"
    if wait_ms > settings.QUEUE_TEXT_SECONDS * 1000:
        busy = "text"
    elif wait_ms > settings.QUEUE_VOICE_SECONDS * 1000:
        busy = "voice"
    quota = _by_quota(student, but)
    if quota is None:
        return None
    if MODES.index(busy) < MODES.index(quota):
        return Granted(busy, "busy")
    return Granted(quota, "quota" if quota != "video" else None)


def _by_quota(student: User, but: Session | None) -> Mode | None:
    allowance = _allowance_ms(student)
    if allowance is None:
        return "video"
    # What turns that run may still use is taken as used. First who runs, then what was used: a turn that ends in
    # between is counted twice rather than not at all.
    reserved = _running(student, but) * settings.REPLY_MAX_TOKENS * TOKEN_MS
    share = (allowance - _used_ms(student) - reserved) / allowance
    if share <= 0:
        return None
    if share <= TEXT_SHARE:
        return "text"
    return "voice" if share <= VOICE_SHARE else "video"


def _allowed(student: User, limit: str, default: int) -> int:
    """The student's own limit, else the most generous of his classes', else the school's. 0: none."""
    own: int | None = getattr(student, limit)
    if own is not None:
        return own
    of_classes = [each for row in student.classes.all() if (each := getattr(row, limit)) is not None]
    if not of_classes:
        return default
    return 0 if 0 in of_classes else max(of_classes)


def _allowance_ms(student: User) -> int | None:
    return _allowed(student, "minutes_a_day", settings.MINUTES_A_DAY) * 60_000 or None


def _used_ms(student: User) -> int:
    row = Usage.objects.filter(student=student, day=timezone.localdate()).first()
    return row.spoken_ms if row else 0


def check_sessions(student: User, but: Session | None = None) -> None:
    """Raises Refused when the student's turns run in as many (other) sessions as may be."""
    most = _allowed(student, "sessions_at_once", settings.SESSIONS_AT_ONCE)
    if most and _running(student, but) >= most:
        raise Refused("too_many_sessions", retryable=True)


def _running(student: User, but: Session | None) -> int:
    turns = Turn.objects.running().filter(session__student=student)
    return turns.exclude(session=but).count() if but else turns.count()


def use(student_id: int, spoken_ms: int) -> None:
    if spoken_ms:
        row, _ = Usage.objects.get_or_create(student_id=student_id, day=timezone.localdate())
        Usage.objects.filter(id=row.id).update(spoken_ms=F("spoken_ms") + spoken_ms)
