"""What happens in a turn, in the order it was written to the turn's log. References to media, never bytes."""

import time
from typing import Annotated, Any, ClassVar, Literal, TypedDict

from pydantic import BaseModel, Field, TypeAdapter

from gpu_tasks.guard import KeptBack

Mode = Literal["video", "voice", "text"]
"""How a reply comes: with the face, spoken only, written only."""
DegradedReason = Literal["engine", "busy", "quota", "line"]
"""`line`: of one connection, which was too slow."""


class AvatarRef(TypedDict):
    avatar_id: str
    kind: Literal["illustrated", "photo"]
    version: int
    features: dict[str, Any]
    portrait: str
    """Media key, or empty."""
    clip: str
    """Of somebody who was filmed: media key of the seconds in which he is silent. Or empty."""


class TurnKey(TypedDict):
    turn_id: str
    session_id: str


class TurnRef(TurnKey):
    """All that a stage has to know of a turn; travels with every task."""

    folder: str
    """Where the turn's media go in the media store."""
    session_folder: str
    language: str
    voice: str
    avatar: AvatarRef | None
    audio: str
    """Media key of what the student said, or empty."""
    terms: list[str]
    """Of a spoken turn: what the lesson is about."""
    mode: Mode
    received_at: int
    on_end: str
    """The task that is sent when no work of the turn is left."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class CaptionWord(BaseModel):
    """A piece of a segment's `content`, with the space that follows it; together the pieces are the content."""

    text: str
    start_ms: int
    end_ms: int


class BaseEvent(BaseModel):
    shown: ClassVar[bool] = True
    """Whether clients are told of it. Sockets are not woken for what is not shown."""
    at: int = Field(default_factory=now_ms)


class Begun(BaseEvent):
    """The first of every turn: the turn as the transcript shows it, and its place in the queue. `mode` is less than
    `asked` for a `reason`."""

    type: Literal["begun"] = "begun"
    turn: dict[str, Any]
    mode: Mode
    asked: Mode
    reason: DegradedReason | None = None
    position: int
    wait_ms: int | None = None


class Status(BaseEvent):
    type: Literal["status"] = "status"
    stage: Literal["queued", "listening", "thinking", "speaking"]
    position: int | None = None
    wait_ms: int | None = None


class Heard(BaseEvent):
    type: Literal["heard"] = "heard"
    content: str


class Delta(BaseEvent):
    type: Literal["delta"] = "delta"
    content: str


class Voiced(BaseEvent):
    """A segment's sound is ready."""

    shown = False
    type: Literal["voiced"] = "voiced"
    segment: int
    duration_ms: int


class Fragment(BaseEvent):
    type: Literal["fragment"] = "fragment"
    segment: int
    index: int
    blob: str
    content: str | None
    words: list[CaptionWord] | None = None
    last: bool


class SegmentDone(BaseEvent):
    """A segment with the media that could be made of it. `silent`: there was nothing to say in it."""

    type: Literal["segment"] = "segment"
    segment: int
    content: str
    words: list[CaptionWord] | None = None
    duration_ms: int = 0
    video: str = ""
    audio: str = ""
    silent: bool = False


class Slow(BaseEvent):
    """The face is not drawn as fast as it is looked at: the rest of the reply goes without."""

    shown = False
    type: Literal["slow"] = "slow"


class Replied(BaseEvent):
    """The whole text. `cut`: the model broke off. `kept_back`: what it would have said."""

    type: Literal["reply"] = "reply"
    content: str
    citations: list[dict[str, Any]]
    cut: bool = False
    beyond_material: bool = False
    kept_back: KeptBack | None = None


class Failed(BaseEvent):
    type: Literal["failed"] = "failed"
    code: str
    retryable: bool


class StageDone(BaseEvent):
    """How long a piece of work waited and took; for the timings, not for students. `error`: it was given up."""

    shown = False
    type: Literal["stage"] = "stage"
    item: str
    queued_at: int
    began_at: int
    attempt: int
    error: str = ""


class Done(BaseEvent):
    type: Literal["done"] = "done"
    interrupted: bool
    degraded: list[Literal["text", "speech", "video"]]
    degraded_reason: DegradedReason | None = None
    timings: dict[str, int]
    stages: dict[str, Any]


Event = Annotated[
    Begun | Status | Heard | Delta | Voiced | Fragment | SegmentDone | Slow | Replied | Failed | StageDone | Done,
    Field(discriminator="type"),
]
event_adapter: TypeAdapter[Event] = TypeAdapter(Event)
