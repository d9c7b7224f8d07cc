"""Rows as the protocol shows them; the same in a socket's snapshot and in the HTTP answers."""

from collections.abc import Iterable

from sessions_app.media_urls import url
from sessions_app.models import Avatar, GreetingClip, Segment, Turn, Tutor
from sessions_app.protocol import AvatarInfo, Citation, SegmentInfo, TurnInfo, TutorInfo


def avatar_info(avatar: Avatar) -> AvatarInfo:
    return AvatarInfo(
        avatar_id=avatar.avatar_id,
        name=avatar.name,
        kind="illustrated" if avatar.kind == Avatar.Kind.ILLUSTRATED else "photo",
        poster_url=url(f"{avatar.folder}poster.jpg") if avatar.prepared else None,
        idle_url=url(f"{avatar.folder}idle.mp4") if avatar.prepared else None,
    )


def _greeting(tutor: Tutor) -> SegmentInfo | None:
    face = tutor.faces().first()
    clip = GreetingClip.objects.filter(tutor=tutor).first()
    if clip is None or face is None or clip.made_for != GreetingClip.wanted_for(tutor, face):
        return None
    return SegmentInfo(
        segment=0,
        content=tutor.greeting,
        duration_ms=clip.duration_ms,
        video_url=url(clip.video),
        audio_url=url(clip.audio),
        words=clip.words,
    )


def tutor_info(tutor: Tutor) -> TutorInfo:
    return TutorInfo(
        id=tutor.id,
        name=tutor.name,
        subject=tutor.subject,
        language=tutor.language,
        greeting=tutor.greeting,
        suggested_questions=tutor.suggested_questions,
        greeting_clip=_greeting(tutor),
    )


def turn_info(turn: Turn, segments: Iterable[Segment] | None = None) -> TurnInfo:
    """`segments`: the turn's, where they are known."""
    return TurnInfo.model_validate(
        {
            "turn_id": turn.id,
            "status": turn.status,
            "modality": turn.modality,
            "user_text": turn.user_text,
            "reply_text": turn.reply_text,
            "citations": [Citation.model_validate(citation) for citation in turn.citations],
            "beyond_material": turn.reply_text != "" and turn.policy.get("beyond_material", False),
            "degraded": turn.degraded,
            "degraded_reason": turn.degraded_reason or None,
            "timings": turn.timings,
            "error": turn.error_code or None,
            "user_audio_url": url(turn.user_audio),
            "segments": [
                SegmentInfo(
                    segment=segment.index,
                    content=segment.text,
                    words=segment.words,
                    duration_ms=segment.duration_ms,
                    video_url=url(segment.video),
                    audio_url=url(segment.audio),
                )
                for segment in (turn.segments.all() if segments is None else segments)
            ],
            "created_at": turn.created_at.isoformat().replace("+00:00", "Z"),
        }
    )
