"""What can go wrong for a student, in words he understands. Codes are stable; clients may act on them."""

from typing import Literal

ErrorCode = Literal[
    "invalid_message",
    "empty_text",
    "text_too_long",
    "bad_audio",
    "audio_too_long",
    "audio_too_large",
    "nothing_heard",
    "unknown_avatar",
    "session_ended",
    "too_many_messages",
    "unavailable",
    "overloaded",
    "context_full",
    "model_missing",
    "timeout",
    "too_busy",
    "quota_used_up",
    "too_many_sessions",
    "too_many_connections",
    "engine_failed",
    "internal",
]

_OTHERWISE = "Something went wrong on our side. Please try again."
WORDS: dict[ErrorCode, str] = {
    "invalid_message": "The app sent something the tutor does not understand.",
    "empty_text": "There is no question in your message.",
    "text_too_long": "Your message is too long. The limit is {limit} characters.",
    "bad_audio": "The recording could not be read. Please record it again.",
    "audio_too_long": "The recording is too long. Please keep it under 60 seconds.",
    "audio_too_large": "The recording is too large. The limit is 10 MB.",
    "nothing_heard": "I could not hear anything. Please check your microphone and try again.",
    "unknown_avatar": "This face is not available.",
    "session_ended": "This session has ended. Please start a new one.",
    "too_many_messages": "That was a lot at once. Please wait a moment and send it again.",
    "unavailable": "The tutor cannot be reached right now. Please try again.",
    "overloaded": "The tutor is very busy right now. Please try again in a moment.",
    "context_full": "This session has become too long for the tutor. Please start a new one.",
    "model_missing": "The tutor is not set up completely. Please tell your school.",
    "timeout": "The tutor did not answer in time. Please try again.",
    "too_busy": "Very many students are talking with their tutors right now. Please try again in a few minutes.",
    "quota_used_up": "You have used your time with the tutor for today. It starts anew tomorrow.",
    "too_many_sessions": "You are talking in several sessions at once. Please wait until the tutor has answered there.",
    "too_many_connections": "Your tutors are open in too many windows. Please close some, then load this page again.",
    "engine_failed": _OTHERWISE,
    "internal": _OTHERWISE,
}


def known(code: str) -> ErrorCode:
    """Workers may be of another version, with codes of their own."""
    return code if code in WORDS else "internal"


def words(code: ErrorCode, **values: object) -> str:
    return WORDS[code].format(**values)


class Refused(Exception):
    """A message or call that is not carried out. Nothing was changed by it."""

    def __init__(self, code: ErrorCode, *, retryable: bool = False, **values: object) -> None:
        super().__init__(words(code, **values))
        self.code = code
        self.retryable = retryable
