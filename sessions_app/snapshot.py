from django.conf import settings

from accounts.models import User
from gpu_tasks import turn_log
from gpu_tasks.events import Voiced
from sessions_app import admission, quotas
from sessions_app.errors import words
from sessions_app.infos import avatar_info, turn_info, tutor_info
from sessions_app.models import Session, Turn
from sessions_app.protocol import LimitsMessage, SessionMessage

TURNS = 100
LIMITED = {
    ("quota", "voice"): "Your time for today is running out: replies come without the face now.",
    ("quota", "text"): "Your time for today is almost used up: replies are only written now.",
    ("busy", "voice"): "Many students are talking with their tutors: replies come without the face now.",
    ("busy", "text"): "Very many students are talking with their tutors: replies are only written now.",
}


def snapshot(session_id: str) -> SessionMessage:
    """All a client needs that has just (again) connected. The running turn is told from its log, from the start."""
    session = Session.objects.select_related("tutor").get(id=session_id)
    turns = session.turns.order_by("-number").prefetch_related("segments")[:TURNS]
    running = next((turn.id for turn in turns if turn.status in Turn.RUNNING), None)
    infos = [turn_info(turn) for turn in reversed(turns)]
    for info in infos:
        if info.turn_id == running and any(isinstance(event, Voiced) for event in turn_log.read(running)):
            info.status = "speaking"  # the workers that speak have no database to write it to
    face = session.tutor.faces().first()
    return SessionMessage(
        session_id=session.id,
        status="active" if session.status == Session.Status.ACTIVE else "ended",
        title=session.title,
        tutor=tutor_info(session.tutor),
        avatar=avatar_info(face) if face else None,
        turns=infos,
        running_turn_id=running,
        demo_brain=settings.DEMO_BRAIN,
    )


def limits(student_id: int) -> LimitsMessage:
    """What a student has left."""
    student = User.objects.get(id=student_id)
    most = quotas.limit(student, admission.place().wait_ms)
    left = quotas.minutes_left(student)
    if most is None:
        return LimitsMessage(minutes_left=left, mode="text", reason="quota", message=words("quota_used_up"))
    reason = None if most.reason == "engine" else most.reason
    return LimitsMessage(
        minutes_left=left, mode=most.mode, reason=reason, message=LIMITED[reason, most.mode] if reason else None
    )
