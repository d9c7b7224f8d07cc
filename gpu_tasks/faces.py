"""Between the media store and the avatar engine."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from gpu_tasks import audio, fmp4, known_faces, media, stages
from gpu_tasks.engines.avatar.base import Avatar, Frame, KeepsFaces
from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.illustrated import Illustration
from gpu_tasks.engines.avatar.motion import REST
from gpu_tasks.engines.avatar.portrait.usable import usable
from gpu_tasks.engines.avatar.visemes import CLOSED
from gpu_tasks.engines.tts.base import Speech, Viseme
from gpu_tasks.events import AvatarRef

IDLE_FRAMES = 200
"""About so many are to be drawn of an idle loop: for the progress alone."""


def face(ref: AvatarRef) -> Avatar:
    return Avatar(
        avatar_id=ref["avatar_id"],
        kind=ref["kind"],
        version=ref["version"],
        features=ref["features"],
        portrait=media.read(ref["portrait"]) if ref["portrait"] else None,
        clip=media.read(ref["clip"]) if ref["clip"] else None,
    )


def speech_of(audio_key: str, visemes: Sequence[tuple[float, float, str]] | None) -> Speech:
    pcm, sample_rate = audio.read_wav(media.read(audio_key))
    return Speech(pcm, sample_rate, None if visemes is None else tuple(Viseme(*held) for held in visemes))


def prepare(ref: AvatarRef, folder: str, on_progress: Callable[[int], None] = lambda percent: None) -> None:
    """Raises BadPortrait."""
    engine = stages.avatar()
    frames = _counted(engine.idle(face(ref)), on_progress)
    first = next(frames)
    media.save(f"{folder}poster.jpg", fmp4.poster(first))
    media.save(f"{folder}idle.mp4", fmp4.idle_clip(chain([first], frames), engine.width, engine.height))


def take_in(upload: str, portrait: str, clip: str) -> bool:
    """Look at what somebody put in; what can be used of it is kept at `portrait` and, of one who was filmed, `clip`.

    Nothing of the file itself is kept: where and when a picture was taken is nobody's business. Returns whether there
    is a clip. Raises BadPortrait.
    """
    picture, *still = usable(media.read(upload))
    media.save(portrait, fmp4.poster(picture, quality=95))
    if still:
        height, width = still[0].shape[:2]
        media.save(clip, fmp4.idle_clip(still, width, height))
    return bool(still)


def forget_deleted() -> None:
    """Of a face that was deleted, this worker keeps nothing either."""
    known, engine = known_faces.known(), stages.avatar()
    if known is not None and isinstance(engine, KeepsFaces):
        engine.keep_only(known)


def still(features: Mapping[str, Any]) -> bytes:
    """A JPEG of an illustrated tutor at rest. Raises EngineError for features that there are not."""
    return fmp4.poster(Illustration(Features.of(features), 512).draw(CLOSED, REST))


def _counted(frames: Iterable[Frame], on_progress: Callable[[int], None]) -> Iterator[Frame]:
    for number, frame in enumerate(frames):
        on_progress(min(99, 100 * number // IDLE_FRAMES))
        yield frame
