"""From a turn's log to one socket's messages: the segments in order, each once, in the client's media mode."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from gpu_tasks.events import (
    Begun,
    Delta,
    Done,
    Event,
    Failed,
    Fragment,
    Heard,
    Mode,
    Replied,
    SegmentDone,
    Status,
    now_ms,
)
from gpu_tasks.turn_log import News, parse
from sessions_app import protocol
from sessions_app.errors import known, words
from sessions_app.outcome import Reached

MediaMode = Literal["inline", "url", "stream"]
NOTHING = b"\x00\x00\x00\x08free"
"""The bytes of a fragment that has none: an empty box (ISO 14496-12, 8.1.2), which players pass over. A frame of no
bytes at all is not sent by daphne, and each fragment has its frame."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message, and what is to be fetched for it: a blob that follows as a binary frame (empty: NOTHING), or media
    that are put into it."""

    message: protocol.ServerMessage
    blob: str | None = None
    video: str = ""
    audio: str = ""


class Delivery:
    """State of one turn on one connection. `feed` takes the log's events in their order."""

    def __init__(self, turn_id: str, media: MediaMode, most: Callable[[], Mode] = lambda: "video") -> None:
        """`most`: asked when a segment begins, what it comes with."""
        self.turn_id = turn_id
        self.cursor = 0
        self.last: Event | None = None
        self.finished = False
        self.muted = False
        self.outbox: deque[Outgoing] = deque()
        """Fed, and not sent yet: what belongs to it could not be fetched."""
        self.waited: set[int] = set()
        """Segments that the line was asked for."""
        self._playing_since: int | None = None
        self._signs = 0
        self._media = media
        self._most = most
        self._comes_with: Mode | None = None
        self._left_out: set[protocol.Degraded] = set()
        self._segment = 0
        self._waiting: dict[int, list[Fragment | SegmentDone]] = {}
        self._streamed: Literal["", "in part", "whole"] = ""
        """Of the segment that is due."""

    @classmethod
    def told(cls, turn_id: str) -> "Delivery":
        """Of a turn that the client has whole already."""
        delivery = cls(turn_id, "url")
        delivery.finished = True
        return delivery

    def from_the_start(self) -> "Delivery":
        again = Delivery(self.turn_id, self._media, self._most)
        again.muted = self.muted
        return again

    def follow(self, told: Sequence[News]) -> list[Event] | None:
        """The events that were told, if nothing is missing between them and what was fed. None: look into the log."""
        lines: list[str] = []
        for news in told:
            if not news.follows(self.cursor + len(lines)):
                return None
            lines += news.lines
        return parse(lines) if lines else None

    def feed(self, event: Event) -> Iterator[Outgoing]:
        """What is to be sent now. After `mute` only the end of the turn is."""
        self.cursor += 1
        self.last = event
        if self.finished or (self.muted and not isinstance(event, Done)):
            return
        match event:
            case Fragment() | SegmentDone():
                self._waiting.setdefault(event.segment, []).append(event)
                yield from self._in_order()
            case Done():
                self.finished = True
                yield self._message(event)
            case Begun():
                turn = protocol.TurnInfo.model_validate(event.turn)
                yield Outgoing(protocol.TurnBegun(turn_id=self.turn_id, timestamp=_iso(event.at), turn=turn))
                yield self._message(Status(at=event.at, stage="queued", position=event.position, wait_ms=event.wait_ms))
            case Status() | Heard() | Delta() | Replied() | Failed():
                yield self._message(event)
            case _:
                pass

    def sent(self, message: protocol.ServerMessage) -> None:
        match message:
            case protocol.DeltaMessage():
                self._signs += len("".join(message.content.split()))
            case protocol.FragmentMessage() | protocol.VideoMessage():
                self._playing_since = self._playing_since or now_ms()

    def reached(self) -> Reached:
        return Reached(0 if self._playing_since is None else now_ms() - self._playing_since, self._signs)

    def mute(self) -> None:
        """The student has interrupted: nothing more of this turn is sent but its end."""
        self.muted = True

    def _in_order(self) -> Iterator[Outgoing]:
        while waiting := self._waiting.get(self._segment):
            self._comes_with = self._comes_with or self._most()
            event = waiting.pop(0)
            if isinstance(event, Fragment):
                if self._media == "stream" and self._comes_with == "video":
                    self._streamed = "whole" if event.last else "in part"
                    yield self._fragment(event)
                continue
            yield from self._segment_done(event)
            del self._waiting[self._segment]
            self._segment += 1
            self._streamed, self._comes_with = "", None

    def _fragment(self, event: Fragment) -> Outgoing:
        message = protocol.FragmentMessage(
            turn_id=self.turn_id,
            timestamp=_iso(event.at),
            segment=event.segment,
            index=event.index,
            content=event.content,
            words=event.words,
            last=event.last,
        )
        return Outgoing(message, blob=event.blob)

    def _segment_done(self, event: SegmentDone) -> Iterator[Outgoing]:
        message = protocol.VideoMessage(
            turn_id=self.turn_id,
            timestamp=_iso(event.at),
            segment=event.segment,
            content=event.content,
            words=event.words,
            duration_ms=event.duration_ms,
        )
        if self._comes_with != "video":
            audio = event.audio if self._comes_with == "voice" else ""
            self._left_out |= {"video"} if event.video else set()
            self._left_out |= {"speech"} if event.audio and not audio else set()
            yield Outgoing(message, audio=audio)
        elif self._media != "stream":
            yield Outgoing(message, video=event.video, audio=event.audio)
        elif self._streamed == "in part":
            # The picture broke off in the middle: a last fragment with nothing in it lets the client go on.
            end = protocol.FragmentMessage(turn_id=self.turn_id, segment=event.segment, index=-1, last=True)
            yield Outgoing(end, blob="")
        elif not self._streamed:
            yield Outgoing(message, audio=event.audio)

    def _message(self, event: Status | Heard | Delta | Replied | Failed | Done) -> Outgoing:
        turn = {"turn_id": self.turn_id, "timestamp": _iso(event.at)}
        match event:
            case Status():
                return Outgoing(
                    protocol.StatusMessage(**turn, stage=event.stage, position=event.position, wait_ms=event.wait_ms)
                )
            case Heard():
                return Outgoing(protocol.TranscriptionMessage(**turn, content=event.content))
            case Delta():
                return Outgoing(protocol.DeltaMessage(**turn, content=event.content))
            case Replied():
                citations = [protocol.Citation.model_validate(citation) for citation in event.citations]
                reply = protocol.ReplyMessage(
                    **turn, content=event.content, citations=citations, beyond_material=event.beyond_material
                )
                return Outgoing(reply)
            case Failed():
                code = known(event.code)
                return Outgoing(
                    protocol.ErrorMessage(**turn, code=code, message=words(code), retryable=event.retryable)
                )
            case Done():
                return Outgoing(
                    protocol.DoneMessage(
                        **turn,
                        interrupted=event.interrupted,
                        degraded=[*event.degraded, *sorted(self._left_out - set(event.degraded))],
                        degraded_reason=event.degraded_reason or ("line" if self._left_out else None),
                        timings=protocol.Timings.model_validate(event.timings),
                        stages={item: protocol.StageTimes(**times) for item, times in event.stages.items()},
                    )
                )


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
