"""Turns begin, are stopped, and fail."""

import base64
import logging
from collections.abc import Callable
from typing import cast

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from gpu_tasks import media, tracing, turn_log
from gpu_tasks.events import Begun, DegradedReason, Failed, Mode
from sessions_app import admission, figures, pipeline, quotas
from sessions_app.errors import Refused
from sessions_app.infos import turn_info
from sessions_app.models import Avatar, Session, Turn, Tutor
from sessions_app.outcome import Reached, heard_part, outcome, played_ms
from sessions_app.protocol import MAX_AUDIO_BYTES, MAX_TEXT, AudioMessage, TextMessage
from sessions_app.tasks import read_ahead, record, start_turns

logger = logging.getLogger(__name__)

Sent = Callable[[str], Reached | None]
"""What was sent of a turn's reply, if anybody knows."""


def nobody_knows(turn_id: str) -> None:
    return None


def begin_turn(session_id: str, message: TextMessage | AudioMessage, sent: Sent = nobody_knows) -> Turn:
    """Check a message, interrupt what runs, and put the turn in the line. Raises Refused; nothing is changed then."""
    content, audio = _utterance(message)
    rows = Session.objects.select_related("tutor", "student").prefetch_related("student__classes")
    session = rows.filter(id=session_id).first()
    if session is None or session.status != Session.Status.ACTIVE or not session.student.is_active:
        raise Refused("session_ended")
    avatar = _avatar(session, message.avatar_id)
    student = session.student
    try:
        place = admission.ask(student.id, quotas.turns_a_minute(student))
    except RedisError as error:
        logger.exception("session %s: no line to stand in", session_id)
        raise Refused("unavailable", retryable=True) from error
    if place is None:
        raise Refused("too_many_messages", retryable=True)
    turn = Turn(
        session=session,
        avatar=avatar,
        asked_mode=message.mode,
        user_text=content,
        modality=Turn.Modality.AUDIO if audio else Turn.Modality.TEXT,
        status=Turn.Status.TRANSCRIBING if audio else Turn.Status.QUEUED,
    )
    if audio:
        turn.user_audio = _kept(turn, audio)
    try:
        if running := _running(session_id):
            # Refused, if he is, before what runs is stopped.
            quotas.check_sessions(student, but=session)
            quotas.grant(student, message.mode, place.wait_ms, but=session)
            _stop(running, sent=sent)
        _insert(turn, place)
    except Refused:
        if audio:
            media.delete(turn.user_audio)
        raise
    try:
        with tracing.turn_begins(turn.id, turn.received_at):
            enter(turn, place)
    except (RedisError, OperationalError) as error:
        logger.exception("turn %s: cannot be started", turn.id)
        if Turn.objects.advance(turn.id, Turn.Status.FAILED, error_code="unavailable", ended_at=timezone.now()):
            figures.count_turn(Turn.objects.select_related("session__tutor").get(id=turn.id))
        raise Refused("unavailable", retryable=True) from error
    return turn


def enter(turn: Turn, place: admission.Place) -> None:
    """Put a turn in the line; at its front, it starts."""
    ref = pipeline.turn_ref(turn)
    begun = Begun(
        turn=turn_info(turn, segments=[]).model_dump(),
        mode=ref["mode"],
        asked=cast(Mode, turn.asked_mode),
        reason=cast(DegradedReason | None, turn.degraded_reason or None),
        position=place.ahead,
        wait_ms=place.wait_ms,
    )
    try:
        turn_log.begin(ref, begun, once="begun")
    except turn_log.TurnClosed:
        return  # another socket of the session was quicker
    student_id, arrived = turn.session.student_id, turn.received_at
    started = admission.move(
        {"turn_id": turn.id, "session_id": turn.session_id, "student_id": student_id, "received_at": arrived}
    )
    if turn.id in started:
        pipeline.start(turn)
    else:
        Turn.objects.filter(id=turn.id, status=Turn.Status.TRANSCRIBING).update(status=Turn.Status.QUEUED)
    start_turns(turn_id for turn_id in started if turn_id != turn.id)


def _kept(turn: Turn, audio: bytes) -> str:
    """Before anything is locked: a store may be slow. Raises Refused."""
    try:
        return media.save(f"{turn.folder}question{_suffix(audio)}", audio)
    except media.troubles() as error:
        logger.exception("session %s: the recording cannot be kept", turn.session_id)
        raise Refused("unavailable", retryable=True) from error


def _insert(turn: Turn, place: admission.Place) -> None:
    """Raises Refused."""
    session = turn.session
    with transaction.atomic():
        # Both rows are held. The student's, so that two turns at once do not both use what is left for one. The
        # session's for one turn after the other, also when two sockets of it speak at once; and none after its end.
        held = Session.objects.select_for_update().filter(id=session.id, student__is_active=True)
        if held.values_list("status", flat=True).first() != Session.Status.ACTIVE:
            raise Refused("session_ended")
        number, status = session.turns.order_by("-number").values_list("number", "status").first() or (0, None)
        if status in Turn.RUNNING:
            raise Refused("too_many_messages", retryable=True)
        quotas.check_sessions(session.student)
        granted = quotas.grant(session.student, cast(Mode, turn.asked_mode), place.wait_ms)
        turn.number, turn.mode, turn.degraded_reason = number + 1, granted.mode, granted.reason or ""
        turn.save(force_insert=True)
        Session.objects.filter(id=session.id).update(last_activity=timezone.now())


def interrupt(session_id: str, heard_ms: int | None = None, sent: Sent = nobody_knows) -> str | None:
    """Stop the session's running turn. Returns its id. Of the reply only what was heard is kept."""
    turn = _running(session_id)
    if turn:
        _stop(turn, heard_ms, sent)
    return turn.id if turn else None


def _running(session_id: str) -> Turn | None:
    return Turn.objects.running().filter(session_id=session_id).first()


def _stop(turn: Turn, heard_ms: int | None = None, sent: Sent = nobody_knows) -> None:
    result = outcome(turn_log.read(turn.id), turn.received_at)
    if record(turn.id, Turn.Status.INTERRUPTED, result, heard_part(result, heard_ms, sent(turn.id))):
        turn_log.close(turn.session_id, turn.id, result.done(interrupted=True))
        start_turns(admission.move())


def stop(session_id: str, heard_ms: int | None, sent: Sent = nobody_knows) -> None:
    """The student said stop: whether the reply is still being made or only still being played."""
    if interrupt(session_id, heard_ms, sent) or _cut_short(session_id, heard_ms, sent):
        read_ahead(Session.objects.select_related("tutor", "knowledge_base").get(id=session_id))


def _cut_short(session_id: str, heard_ms: int | None, sent: Sent) -> bool:
    """Of a reply that is complete, but was not played to its end, keep what was heard. Replies are made faster than
    they are played, so this is where most interruptions come."""
    turn = Turn.objects.select_related("session__tutor").filter(session_id=session_id).order_by("-number").first()
    if turn is None or turn.status != Turn.Status.COMPLETED:
        return False
    result = outcome(turn_log.read(turn.id), turn.received_at)
    heard_ms = played_ms(result, heard_ms, sent(turn.id))
    if heard_ms is None or heard_ms >= sum(result.durations.values()):
        return False
    turn.status, turn.reply_text = Turn.Status.INTERRUPTED, heard_part(result, heard_ms)
    turn.save(update_fields=["status", "reply_text"])
    figures.count_cut_short(turn)
    return True


def fail(turn: Turn, code: str) -> None:
    """End a turn that nobody works on any more."""
    ref = pipeline.turn_ref(turn)
    result = outcome(turn_log.read(turn.id), turn.received_at)
    result.failed = result.failed or Failed(code=code, retryable=True)
    if record(turn.id, Turn.Status.FAILED, result, result.reply):
        try:
            turn_log.begin(ref, result.failed, once="failed")
        except turn_log.TurnClosed:
            return
        turn_log.close(turn.session_id, turn.id, result.done(interrupted=False))
        start_turns(admission.move())


def _utterance(message: TextMessage | AudioMessage) -> tuple[str, bytes]:
    if isinstance(message, TextMessage):
        content = _storable(message.content).strip()
        if not content:
            raise Refused("empty_text")
        if len(content) > MAX_TEXT:
            raise Refused("text_too_long", limit=MAX_TEXT)
        return content, b""
    if len(message.data) > MAX_AUDIO_BYTES * 4 // 3 + 4:
        raise Refused("audio_too_large")
    try:
        # Some clients send a data URL as the FileReader gave it.
        audio = base64.b64decode(message.data.rpartition(",")[2], validate=True)
    except ValueError as error:
        raise Refused("bad_audio") from error
    if not audio:
        raise Refused("bad_audio")
    return "", audio


def _storable(text: str) -> str:
    """Without what no database keeps: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _avatar(session: Session, avatar_id: str | None) -> Avatar | None:
    faces = session.tutor.faces()
    if avatar_id is None:
        return faces.first()
    avatar = Avatar.objects.filter(avatar_id=avatar_id, tutors__in=Tutor.objects.open_to(session.student)).first()
    if avatar is None:
        raise Refused("unknown_avatar")
    return avatar


def _suffix(audio: bytes) -> str:
    """The container, by its first bytes, so that the recording is served as what it is."""
    if audio.startswith(b"\x1aE\xdf\xa3"):
        return ".webm"
    if audio.startswith(b"OggS"):
        return ".ogg"
    if audio.startswith(b"RIFF"):
        return ".wav"
    if audio[4:8] == b"ftyp":
        return ".m4a"
    return ".mp3" if audio.startswith((b"ID3", b"\xff")) else ".bin"
