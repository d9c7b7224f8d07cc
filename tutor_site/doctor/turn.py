"""One whole spoken turn, with the database and the Redis of this process's environment."""

import base64
import time
from collections.abc import Callable

from pydantic import BaseModel

from accounts.models import User
from gpu_tasks import turn_log
from sessions_app.lifecycle import end_session, open_session
from sessions_app.models import Tutor
from sessions_app.protocol import AudioMessage
from sessions_app.services import begin_turn
from tutor_site.doctor import QUESTION

# A turn in which nothing happens is ended long before.
PATIENCE = 600.0


class WholeTurn(BaseModel):
    status: str
    heard: str
    reply: str
    degraded: list[str]
    timings: dict[str, int]
    error: str

    @property
    def is_fit(self) -> bool:
        return self.status == "completed" and not self.degraded


def take_turn(student: User, voice: str) -> WholeTurn:
    """`voice`: one that the machine's engine has; the sample tutors' are those of the cpu profile."""
    tutor = Tutor.objects.open_to(student).filter(language="en").first()
    if tutor is None:
        raise RuntimeError("the sample tutors are not there")
    Tutor.objects.filter(id=tutor.id).update(voice=voice)
    _wait(lambda: all(face.prepared for face in tutor.faces()[:1]))  # no part of a turn
    session = open_session(student, tutor.id, None)
    turn = begin_turn(session.id, AudioMessage(data=base64.b64encode(QUESTION.read_bytes()).decode()))
    _wait(lambda: turn_log.is_closed(turn.id))
    turn.refresh_from_db()
    end_session(session)
    return WholeTurn(
        status=turn.status,
        heard=turn.user_text,
        reply=turn.reply_text,
        degraded=list(turn.degraded),
        timings={name: value for name, value in turn.timings.items() if isinstance(value, int)},
        error=turn.error_code or "",
    )


def _wait(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.05)
