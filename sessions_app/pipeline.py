"""A turn, in one expression."""

from typing import cast

from celery import chain, shared_task
from celery.canvas import Signature

from gpu_tasks.events import AvatarRef, Mode, TurnRef
from gpu_tasks.stage import begin
from gpu_tasks.tasks import reply, transcribe
from sessions_app.models import Avatar, Turn
from sessions_app.prompts import terms_of
from sessions_app.tasks import complete, retrieve


def pipeline(turn: TurnRef, user_text: str) -> Signature:
    # reply fans out by itself: chain(speak, animate) for each segment, while it goes on
    if turn["audio"]:
        return chain(transcribe.s(turn=turn), retrieve.s(turn=turn), reply.s(turn=turn))
    return chain(retrieve.s(user_text, turn=turn), reply.s(turn=turn))


def start(turn: Turn) -> None:
    ref = turn_ref(turn)
    begin(pipeline(ref, turn.user_text), priority=0)


@shared_task(queue="default")
def start_waiting(turn_id: str) -> None:
    """A turn that was let in from the line."""
    Turn.objects.filter(id=turn_id, status=Turn.Status.QUEUED, modality=Turn.Modality.AUDIO).update(
        status=Turn.Status.TRANSCRIBING
    )
    turn = Turn.objects.running().select_related("session__tutor", "avatar").filter(id=turn_id).first()
    if turn:
        start(turn)


def turn_ref(turn: Turn) -> TurnRef:
    tutor = turn.session.tutor
    return {
        "turn_id": turn.id,
        "session_id": turn.session_id,
        "folder": turn.folder,
        "session_folder": turn.session.folder,
        "language": tutor.language,
        "voice": tutor.voice,
        "avatar": avatar_ref(turn.avatar) if turn.avatar else None,
        "audio": turn.user_audio,
        "terms": terms_of(turn.session) if turn.user_audio else [],
        "mode": cast(Mode, turn.mode),
        "received_at": turn.received_at,
        "on_end": complete.name,
    }


def avatar_ref(avatar: Avatar) -> AvatarRef:
    return {
        "avatar_id": avatar.avatar_id,
        "kind": "illustrated" if avatar.kind == Avatar.Kind.ILLUSTRATED else "photo",
        "version": avatar.version,
        "features": avatar.features,
        "portrait": avatar.portrait,
        "clip": avatar.clip,
    }
