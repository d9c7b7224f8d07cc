"""What a turn came to, read from its log."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from gpu_tasks.events import (
    Begun,
    DegradedReason,
    Delta,
    Done,
    Event,
    Failed,
    Fragment,
    Heard,
    Mode,
    Replied,
    SegmentDone,
    Slow,
    StageDone,
    Voiced,
    now_ms,
)
from gpu_tasks.guard import KeptBack

Degraded = Literal["text", "speech", "video"]

# Chinese and Japanese put no spaces between words: there each character counts as one.
_UNSPACED = r"\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
_UNSPACED_SIGN = re.compile(rf"[{_UNSPACED}]")
LETTER_MS, CHARACTER_MS = 60, 200
"""So long a letter, and a Chinese character, is spoken."""
_WORD = re.compile(rf"\s*(?:[{_UNSPACED}]|[^\s{_UNSPACED}]+)")


class Reached(NamedTuple):
    """How much of a reply was sent to a student: so long its picture or sound can have been played, and so many signs
    of its text, spaces not counted."""

    played_ms: int
    signs: int


@dataclass
class Outcome:
    mode: Mode = "video"
    heard: str = ""
    written: str = ""
    """What stood on the screen so far."""
    reply: str = ""
    citations: list[dict[str, Any]] = field(default_factory=list)
    kept_back: KeptBack | None = None
    segments: list[SegmentDone] = field(default_factory=list)
    failed: Failed | None = None
    degraded: list[Degraded] = field(default_factory=list)
    degraded_reason: DegradedReason | None = None
    timings: dict[str, int] = field(default_factory=dict)
    stages: dict[str, Any] = field(default_factory=dict)
    playing_since: int | None = None
    texts: dict[int, str] = field(default_factory=dict)
    durations: dict[int, int] = field(default_factory=dict)
    """By segment, also of those that are still being rendered."""

    @property
    def spoken_ms(self) -> int:
        """As long as the reply is spoken, or would be were it not only written."""
        if self.mode != "text":
            return sum(self.durations.values())
        signs = len(self.written)
        return LETTER_MS * signs + (CHARACTER_MS - LETTER_MS) * len(_UNSPACED_SIGN.findall(self.written))

    def done(self, *, interrupted: bool) -> Done:
        return Done(
            interrupted=interrupted,
            degraded=self.degraded,
            degraded_reason=self.degraded_reason,
            timings=self.timings,
            stages=self.stages,
        )


def outcome(events: Sequence[Event], received_at: int) -> Outcome:
    result = Outcome()
    firsts: dict[str, int] = {}
    produced: dict[str, int] = {}
    begun: Begun | None = None
    slow = False

    def since(at: int) -> int:
        return max(0, at - received_at)

    def first(name: str, at: int, item: str) -> None:
        firsts.setdefault(name, since(at))
        produced.setdefault(item, since(at))

    for event in events:
        match event:
            case Begun():
                begun, result.mode = event, event.mode
            case Heard():
                first("heard", event.at, "transcribe")
                result.heard = event.content
            case Delta():
                first("first_token", event.at, "reply")
                result.written += event.content
            case Voiced():
                first("first_audio", event.at, f"speak:{event.segment}")
                result.durations[event.segment] = event.duration_ms
            case Fragment():
                first("first_frame", event.at, f"animate:{event.segment}")
                result.playing_since = result.playing_since or event.at
                if event.content is not None:
                    result.texts[event.segment] = event.content
            case SegmentDone():
                result.segments.append(event)
                result.texts[event.segment] = event.content
                if event.audio:
                    result.playing_since = result.playing_since or event.at
            case Replied():
                result.reply, result.citations = event.content, event.citations
                result.kept_back = event.kept_back
                if event.cut:
                    result.degraded.append("text")
            case Failed():
                result.failed = event
            case Slow():
                slow = True
            case StageDone():
                firsts.setdefault("started", since(event.queued_at))
                result.stages[event.item] = {
                    "queued": event.began_at - event.queued_at,
                    "ran": event.at - event.began_at,
                    "began": event.began_at - received_at,
                    "first": produced.get(event.item),
                    "ended": since(event.at),
                    "attempt": event.attempt,
                    "error": event.error or None,
                }
            case _:
                pass
    result.segments.sort(key=lambda done: done.segment)
    spoken = [done for done in result.segments if not done.silent]
    if any(not done.audio for done in spoken):
        result.degraded.append("speech")
    if result.mode == "video" and any(done.audio and not done.video for done in spoken):
        result.degraded.append("video")
    if result.degraded:
        result.degraded_reason = "busy" if slow and result.degraded == ["video"] else "engine"
    if begun and begun.mode != begun.asked:
        missing: Degraded = "speech" if begun.mode == "text" else "video"
        result.degraded = [*result.degraded, *({missing} - set(result.degraded))]
        result.degraded_reason = begun.reason
    result.timings = {**firsts, "total": now_ms() - received_at}
    return result


def played_ms(result: Outcome, heard_ms: int | None, reached: Reached | None) -> int | None:
    """None: there is nothing to be played."""
    if heard_ms is not None:
        return heard_ms
    if reached is not None:
        return reached.played_ms
    return None if result.playing_since is None else now_ms() - result.playing_since


def heard_part(result: Outcome, heard_ms: int | None, reached: Reached | None = None) -> str:
    """Of an interrupted reply, the text that was played: whole segments, and of the last one as many words as its
    share of time. Without word from the client, as if it had played since its first picture was sent or, where that is
    not known either, was there. What is only written was read. In no case more than was sent."""
    if result.mode == "text":
        return _sent(result.written, reached)
    heard_ms = played_ms(result, heard_ms, reached) or 0
    parts: list[str] = []
    for segment, text in sorted(result.texts.items()):
        if heard_ms <= 0:
            break
        words = _WORD.findall(text)
        duration = result.durations.get(segment, 0)
        share = min(1.0, heard_ms / duration) if duration else 1.0
        parts.append("".join(words[: round(len(words) * share)]))
        heard_ms -= duration
    return _sent(" ".join(part.strip() for part in parts if part.strip()), reached)


def _sent(text: str, reached: Reached | None) -> str:
    """Of a text that begins as the reply does, the words that were sent."""
    if reached is None:
        return text.strip()
    left, sent = reached.signs, ""
    for word in _WORD.findall(text):
        left -= len(word.lstrip())
        if left < 0:
            break
        sent += word
    return sent.strip()
