"""The stages of a turn. Each fetches, calls its engine, and publishes.

The web process imports this module to send the tasks, so what loads a media or model library is imported
where it is used.
"""

import logging
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any, TypedDict

from celery import chain, shared_task
from celery.canvas import Signature
from django.conf import settings

from gpu_tasks import media, stages, turn_log
from gpu_tasks.cancellation import Watch
from gpu_tasks.engines.errors import EngineError
from gpu_tasks.engines.llm.base import Message as Message
from gpu_tasks.events import (
    AvatarRef,
    CaptionWord,
    Delta,
    Failed,
    Fragment,
    Heard,
    Replied,
    SegmentDone,
    Slow,
    Status,
    TurnRef,
    Voiced,
    now_ms,
)
from gpu_tasks.grounds import relied_on
from gpu_tasks.guard import Filter, Guard
from gpu_tasks.pace import Pace, due_at, keeps_up
from gpu_tasks.stage import Stage, begin

logger = logging.getLogger(__name__)

DELTA_SECONDS = 0.1
_pace = Pace()


class Prompt(TypedDict):
    messages: list[Message]
    citations: list[dict[str, Any]]
    """The passages that were found; the reply names those it rests on."""
    said: str | None
    """A reply that was decided by code: the model is not asked."""
    guard: Guard | None
    beyond_material: bool


class Spoken(TypedDict):
    """A segment's sound on its way to the avatar."""

    audio: str
    duration_ms: int
    visemes: list[tuple[float, float, str]] | None
    words: list[dict[str, Any]] | None
    """The segment's CaptionWords."""


class NothingHeard(EngineError):
    code = "nothing_heard"


def say_why(turn: TurnRef, code: str, retryable: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    turn_log.append(turn, Failed(code=code, retryable=retryable), once="failed")


@shared_task(bind=True, base=Stage, queue="asr", fallback=staticmethod(say_why))
def transcribe(self: Stage, *, turn: TurnRef) -> str:
    from gpu_tasks import recordings

    turn_log.append(turn, Status(stage="listening"), once="listening")
    recording = recordings.decode(media.read(turn["audio"]))
    transcript = stages.asr().transcribe(recording, language=turn["language"], terms=turn["terms"])
    if not transcript.text.strip():
        raise NothingHeard("no speech in the recording")
    turn_log.append(turn, Heard(content=transcript.text), once="heard")
    return transcript.text


def _keep_what_was_said(
    turn: TurnRef, code: str, retryable: bool, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """A reply that broke off after its first words stands as it is; one without a word is an error."""
    events = turn_log.read(turn["turn_id"])
    said = "".join(event.content for event in events if isinstance(event, Delta))
    begun = any(isinstance(event, Fragment | SegmentDone | Voiced) for event in events)
    if said.strip() and (begun or turn["mode"] == "text"):
        turn_log.append(turn, Replied(content=said.strip(), citations=[], cut=True), once="reply")
    else:
        say_why(turn, code, retryable, args, kwargs)


class _Told:
    """Writes a reply's pieces to the log: the first word at once, then ten times a second. An eye sees no difference,
    but every event costs all processes."""

    def __init__(self, turn: TurnRef) -> None:
        self._turn = turn
        self._unsent, self._sent_at = "", 0.0
        self.text = ""

    def add(self, piece: str) -> None:
        self.text += piece
        self._unsent += piece
        if time.monotonic() - self._sent_at >= DELTA_SECONDS:
            self.rest()

    def rest(self) -> None:
        if self._unsent:
            turn_log.append(self._turn, Delta(content=self._unsent))
            self._unsent, self._sent_at = "", time.monotonic()


@shared_task(bind=True, base=Stage, queue="llm", fallback=staticmethod(_keep_what_was_said))
def reply(self: Stage, prompt: Prompt, *, turn: TurnRef) -> None:
    from gpu_tasks.segmenting import segments

    if any(isinstance(event, Delta) for event in turn_log.read(turn["turn_id"])):
        # A worker died in the middle of this reply. A second one would say other words than the student read.
        _keep_what_was_said(turn, "unavailable", True, (), {})
        return
    told = _Told(turn)
    guarded = Filter(prompt["guard"])

    def deltas() -> Iterator[str]:
        watch = Watch(turn)
        with closing(_thought(prompt, watch)) as thought:
            for piece in guarded.through(thought):
                told.add(piece)
                yield piece
        watch.check()

    for index, text in enumerate(segments(deltas())):
        told.rest()  # nothing is heard that was not written
        if turn["mode"] != "text":
            # The beginning of a reply passes the rest of all others.
            begin(_aloud(turn, index, text), priority=min(3 * index, 9))
    told.rest()
    text = told.text.strip()
    if not text:
        raise EngineError("the model answered nothing")
    replied = Replied(
        content=text,
        citations=relied_on(text, prompt["citations"]),
        beyond_material=prompt["beyond_material"] and guarded.kept_back is None,
        kept_back=guarded.kept_back,
    )
    turn_log.append(turn, replied, once="reply")


def _thought(prompt: Prompt, watch: Watch) -> Generator[str, None, None]:
    if prompt["said"] is not None:
        yield prompt["said"]
    else:
        yield from stages.llm().reply(
            prompt["messages"], max_tokens=settings.REPLY_MAX_TOKENS, cancelled=watch.is_cancelled
        )


def _keep(turn: TurnRef, name: str, data: bytes) -> str:
    """Save a file of the turn. Raises TurnClosed when its session was erased meanwhile: nothing of it may stay."""
    key = media.save(f"{turn['folder']}{name}", data)
    if turn_log.is_erased(turn["session_id"]):
        media.delete_folder(turn["session_folder"])
        raise turn_log.TurnClosed
    return key


def _aloud(turn: TurnRef, segment: int, text: str) -> Signature:
    spoken = speak.s(turn=turn, segment=segment, text=text)
    if turn["mode"] == "voice":
        return spoken
    return chain(spoken, animate.s(turn=turn, segment=segment, text=text))


def _write_only(turn: TurnRef, code: str, retryable: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    done = SegmentDone(segment=kwargs["segment"], content=kwargs["text"])
    turn_log.append(turn, done, once=f"segment:{done.segment}")


@shared_task(bind=True, base=Stage, queue="tts", fallback=staticmethod(_write_only))
def speak(self: Stage, *, turn: TurnRef, segment: int, text: str) -> Spoken | None:
    from gpu_tasks import audio
    from gpu_tasks.captions import captions
    from gpu_tasks.speakable import speakable

    watch = Watch(turn)
    watch.check()
    said = speakable(text, turn["language"])
    speech = stages.tts().speak(said, voice=turn["voice"], cancelled=watch.is_cancelled)
    watch.check()
    if not len(speech.pcm):
        turn_log.append(turn, SegmentDone(segment=segment, content=text, silent=True), once=f"segment:{segment}")
        self.request.chain = None
        return None
    key = _keep(turn, f"{segment}.wav", audio.wav_bytes(speech.pcm, speech.sample_rate))
    duration_ms = round(speech.duration * 1000)
    turn_log.append(turn, Voiced(segment=segment, duration_ms=duration_ms), once=f"voiced:{segment}")
    visemes = None if speech.visemes is None else [(v.start, v.end, v.shape) for v in speech.visemes]
    words = None if speech.words is None else captions(text, speech.words, duration_ms)
    spoken: Spoken = {
        "audio": key,
        "duration_ms": duration_ms,
        "visemes": visemes,
        "words": None if words is None else [word.model_dump() for word in words],
    }
    if turn["mode"] == "voice":
        if segment == 0:
            turn_log.append(turn, Status(stage="speaking"), once="speaking")
        _tell_sound(turn, spoken, segment, text)
    return spoken


def _tell_sound(turn: TurnRef, spoken: Spoken, segment: int, text: str) -> None:
    turn_log.append(turn, _done(spoken, segment, text), once=f"segment:{segment}")


def _done(spoken: Spoken, segment: int, text: str, video: str = "") -> SegmentDone:
    return SegmentDone(
        segment=segment,
        content=text,
        words=_words(spoken),
        duration_ms=spoken["duration_ms"],
        video=video,
        audio=spoken["audio"],
    )


def _words(spoken: Spoken) -> list[CaptionWord] | None:
    return None if spoken["words"] is None else [CaptionWord.model_validate(word) for word in spoken["words"]]


def _sound_only(turn: TurnRef, code: str, retryable: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    _tell_sound(turn, args[0], kwargs["segment"], kwargs["text"])


@shared_task(bind=True, base=Stage, queue="avatar", fallback=staticmethod(_sound_only))
def animate(self: Stage, spoken: Spoken, *, turn: TurnRef, segment: int, text: str) -> None:
    from gpu_tasks import fmp4
    from gpu_tasks.faces import face, speech_of

    watch = Watch(turn)
    if turn["avatar"] is None:
        raise EngineError("the tutor has no face")
    if segment == 0:
        turn_log.append(turn, Status(stage="speaking"), once="speaking")
    events = turn_log.read(turn["turn_id"])
    if not keeps_up(events, segment, spoken["duration_ms"], now_ms(), _pace.speed()):
        turn_log.append(turn, Slow(), once="slow")
        _tell_sound(turn, spoken, segment, text)
        return
    began = time.monotonic()
    speech = speech_of(spoken["audio"], spoken["visemes"])
    engine = stages.avatar()
    due = due_at(events, segment)
    due_in = None if due is None else (due - now_ms()) / 1000
    frames = watch.each(engine.animate(speech, face(turn["avatar"]), session=turn["session_id"], due=due_in))
    whole = bytearray()
    pieces = fmp4.fragments(frames, speech.pcm, speech.sample_rate, width=engine.width, height=engine.height)
    for index, (piece, last) in enumerate(pieces):
        whole += piece
        blob = f"{turn['turn_id']}:{segment}:{index}"
        event = Fragment(segment=segment, index=index, blob=blob, content=None, last=last)
        if index == 0:
            event.content, event.words = text, _words(spoken)
        turn_log.append_blob(turn, blob, piece, event, once=f"fragment:{segment}:{index}")
    _pace.note(speech.duration, time.monotonic() - began, due_in)
    done = _done(spoken, segment, text, video=_keep(turn, f"{segment}.mp4", bytes(whole)))
    turn_log.append(turn, done, once=f"segment:{segment}")


# Work that belongs to no turn


@shared_task(queue="llm", expires=60)
def read_prefix(messages: list[Message]) -> None:
    """Have the constant part of a session's prompt evaluated before the student says anything."""
    try:
        stages.llm().read(messages)
    except EngineError as error:
        logger.warning("prefix not read, the first reply will be slower: %s", error)


@shared_task(queue="avatar")
def prepare_avatar(avatar: AvatarRef, folder: str, on_end: str) -> None:
    """Make what is shown of a face between turns: a still picture and the idle loop."""
    from gpu_tasks import faces

    faces.prepare(avatar, folder)
    prepare_avatar.app.send_task(on_end, args=[avatar["avatar_id"], avatar["version"]], queue="default")
