"""What happened: what students sent and received, and what the database and the media store kept of it."""

from typing import Any, Literal

from pydantic import BaseModel

Message = dict[str, Any]


class Frame(BaseModel):
    """A message on a socket, as its client saw it. `said`, of one that asks: the words, or the recording's digest."""

    at: float
    """Seconds since 1970."""
    sent: bool
    message: Message
    said: str = ""


class Connection(BaseModel):
    """From the hand-shake to its end."""

    session_id: str
    media: Literal["inline", "url", "stream"]
    frames: list[Frame] = []
    stayed: bool = False
    """Open until the run was over."""


class SegmentRow(BaseModel):
    index: int
    text: str
    duration_ms: int = 0
    video: str = ""
    audio: str = ""


class TurnRow(BaseModel):
    id: str
    session_id: str
    student_id: int = 0
    number: int
    status: str
    said: str
    mode: str = "video"
    user_audio: str = ""
    reply_text: str = ""
    error_code: str = ""
    degraded: list[str] = []
    segments: list[SegmentRow] = []
    began_at: float = 0.0
    ended_at: float | None = None


class Used(BaseModel):
    """Of a student's day."""

    student_id: int
    spoken_ms: int
    allowance_ms: int | None
    longest_turn_ms: int


class Fault(BaseModel):
    name: str
    began_at: float
    lifted_at: float


class History(BaseModel):
    connections: list[Connection] = []
    turns: list[TurnRow] = []
    used: list[Used] = []
    media: set[str] = set()
    """The keys in the store."""
    faults: list[Fault] = []
