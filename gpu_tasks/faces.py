"""Between the media store and the avatar engine."""

from collections.abc import Sequence
from itertools import chain

from gpu_tasks import audio, fmp4, media, stages
from gpu_tasks.engines.avatar.base import Avatar
from gpu_tasks.engines.tts.base import Speech, Viseme
from gpu_tasks.events import AvatarRef


def face(ref: AvatarRef) -> Avatar:
    return Avatar(
        avatar_id=ref["avatar_id"],
        kind=ref["kind"],
        version=ref["version"],
        features=ref["features"],
        portrait=media.read(ref["portrait"]) if ref["portrait"] else None,
    )


def speech_of(audio_key: str, visemes: Sequence[tuple[float, float, str]] | None) -> Speech:
    pcm, sample_rate = audio.read_wav(media.read(audio_key))
    return Speech(pcm, sample_rate, None if visemes is None else tuple(Viseme(*held) for held in visemes))


def prepare(ref: AvatarRef, folder: str) -> None:
    """Raises BadPortrait."""
    engine = stages.avatar()
    frames = engine.idle(face(ref))
    first = next(frames)
    media.save(f"{folder}poster.jpg", fmp4.poster(first))
    media.save(f"{folder}idle.mp4", fmp4.idle_clip(chain([first], frames), engine.width, engine.height))
