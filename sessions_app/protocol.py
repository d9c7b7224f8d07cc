"""Every message of the session's WebSocket, in both directions. The TypeScript is generated from here."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from gpu_tasks.events import CaptionWord, DegradedReason, Mode
from sessions_app.errors import ErrorCode

MAX_TEXT = 4_000
MAX_AUDIO_BYTES = 10 * 1024 * 1024
MAX_AUDIO_SECONDS = 60

AvatarId = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_-]+$")]
TurnStatus = Literal["queued", "transcribing", "thinking", "speaking", "completed", "interrupted", "failed"]
Degraded = Literal["text", "speech", "video"]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Message(BaseModel):
    model_config = ConfigDict(extra="ignore")


# Client to server


class TextMessage(Message):
    """A typed turn."""

    type: Literal["text"] = "text"
    content: str
    avatar_id: AvatarId | None = None
    mode: Mode = "video"


class AudioMessage(Message):
    """A spoken turn: one utterance, base64, in a container a browser records (webm, ogg, mp4) or wav, mp3."""

    type: Literal["audio"] = "audio"
    data: str
    avatar_id: AvatarId | None = None
    mode: Mode = "video"


class Interrupt(Message):
    """Stop the current turn now. `heard_ms`: how much of the reply was played, if the client knows."""

    type: Literal["interrupt"] = "interrupt"
    heard_ms: Annotated[int, Field(ge=0)] | None = None


class Ping(Message):
    type: Literal["ping"] = "ping"


class Received(Message):
    """Of a client that connected with `acks=1`, now and then: how many bytes of media have come on this connection,
    in binary frames or as base64. To who is far behind segments come with their sound only, then as words."""

    type: Literal["received"] = "received"
    bytes: Annotated[int, Field(ge=0)]


ClientMessage = Annotated[TextMessage | AudioMessage | Interrupt | Ping | Received, Field(discriminator="type")]

# Server to client


class ServerMessage(Message):
    timestamp: str = Field(default_factory=now)


class Citation(BaseModel):
    number: int
    document: str
    page: int | None = None
    quote: str


class SegmentInfo(BaseModel):
    segment: int
    content: str
    duration_ms: int
    video_url: str | None
    audio_url: str | None
    words: list[CaptionWord] | None = None
    """When each word is spoken, from voices that tell."""


class TurnInfo(BaseModel):
    """A turn as the transcript has it."""

    turn_id: str
    status: TurnStatus
    modality: Literal["text", "audio"]
    user_text: str
    reply_text: str
    citations: list[Citation]
    beyond_material: bool = False
    """The reply is not from the tutor's material."""
    degraded: list[Degraded]
    degraded_reason: DegradedReason | None = None
    timings: dict[str, int]
    error: str | None
    user_audio_url: str | None
    segments: list[SegmentInfo]
    created_at: str


class AvatarInfo(BaseModel):
    avatar_id: str
    name: str
    kind: Literal["illustrated", "photo"]
    poster_url: str | None
    idle_url: str | None


class TutorInfo(BaseModel):
    id: int
    name: str
    subject: str
    language: str
    greeting: str
    suggested_questions: list[str]
    greeting_clip: SegmentInfo | None = None
    """The greeting, spoken with the tutor's face; None while it is being made."""


class SessionMessage(ServerMessage):
    """Sent on connect. The messages of `running_turn_id`, if there is one, follow again from its first."""

    type: Literal["session"] = "session"
    session_id: str
    status: Literal["active", "ended"]
    title: str = ""
    tutor: TutorInfo
    avatar: AvatarInfo | None
    turns: list[TurnInfo]
    running_turn_id: str | None
    demo_brain: bool


class TurnMessage(ServerMessage):
    turn_id: str


class StatusMessage(TurnMessage):
    type: Literal["status"] = "status"
    stage: Literal["queued", "listening", "thinking", "speaking"]
    position: int | None = None
    """`queued`: how many turns of others come first."""
    wait_ms: int | None = None
    """`queued`: an estimate."""


class TurnBegun(TurnMessage):
    """A turn has begun, on this connection or another of the same session."""

    type: Literal["turn"] = "turn"
    turn: TurnInfo


class LimitsMessage(ServerMessage):
    """What the student has left, after connecting and whenever it changes. `mode`: the most that a reply comes with
    now; `reason` and `message` say why it is less than video."""

    type: Literal["limits"] = "limits"
    minutes_left: int | None
    """Of today; None without a limit."""
    mode: Mode
    reason: Literal["busy", "quota"] | None = None
    message: str | None = None


class TranscriptionMessage(TurnMessage):
    type: Literal["transcription"] = "transcription"
    content: str
    role: Literal["user"] = "user"


class DeltaMessage(TurnMessage):
    type: Literal["delta"] = "delta"
    content: str
    role: Literal["assistant"] = "assistant"


class FragmentMessage(TurnMessage):
    """`?media=stream` only. ONE binary frame with the fragment's bytes follows at once."""

    type: Literal["fragment"] = "fragment"
    segment: int
    index: int
    content: str | None = None
    words: list[CaptionWord] | None = None
    last: bool


class VideoMessage(TurnMessage):
    """One speakable segment. `inline`: `video`, `audio` are base64; `url`: `video_url`, `audio_url`.

    Of a segment whose video could not be made only the audio is set, of one that could not be spoken
    neither. In `stream` mode only such segments come as a `video` message, by URL.
    """

    type: Literal["video"] = "video"
    segment: int
    content: str
    role: Literal["assistant"] = "assistant"
    duration_ms: int
    words: list[CaptionWord] | None = None
    video: str | None = None
    audio: str | None = None
    video_url: str | None = None
    audio_url: str | None = None


class ReplyMessage(TurnMessage):
    type: Literal["text"] = "text"
    content: str
    role: Literal["assistant"] = "assistant"
    citations: list[Citation]
    beyond_material: bool = False
    """The reply is not from the tutor's material."""


class ErrorMessage(ServerMessage):
    """The connection stays open, but for these close codes: 4001 after `session_ended`, 4008 when still more comes
    after `too_many_messages`, 4009 after `too_many_connections`; 4012 without an error: come back."""

    type: Literal["error"] = "error"
    turn_id: str | None = None
    code: ErrorCode
    message: str
    retryable: bool


class Timings(BaseModel):
    """Milliseconds since the turn was received. `started`: let in from the line. `heard`: of a spoken turn."""

    started: int | None = None
    heard: int | None = None
    first_token: int | None = None
    first_audio: int | None = None
    first_frame: int | None = None
    total: int


class StageTimes(BaseModel):
    """A piece of work, in milliseconds: it waited so long in its queue (`queued`) and took so long (`ran`). When it
    `began`, had its `first` output and `ended` counts since the turn was received. `error`: it was given up."""

    queued: int
    ran: int
    began: int
    first: int | None = None
    ended: int | None = None
    attempt: int
    error: str | None = None


class DoneMessage(TurnMessage):
    type: Literal["done"] = "done"
    interrupted: bool
    degraded: list[Degraded]
    degraded_reason: DegradedReason | None = None
    timings: Timings
    stages: dict[str, StageTimes] = Field(default_factory=dict)


class Pong(ServerMessage):
    type: Literal["pong"] = "pong"


AnyServerMessage = Annotated[
    SessionMessage
    | LimitsMessage
    | TurnBegun
    | StatusMessage
    | TranscriptionMessage
    | DeltaMessage
    | FragmentMessage
    | VideoMessage
    | ReplyMessage
    | ErrorMessage
    | DoneMessage
    | Pong,
    Field(discriminator="type"),
]

client_messages: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
server_messages: TypeAdapter[AnyServerMessage] = TypeAdapter(AnyServerMessage)
