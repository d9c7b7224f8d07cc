"""The summary of each session that is over or rests, written by the language model when no turn needs it."""

import logging
import re
from collections.abc import Sequence
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from gpu_tasks import turn_log, worker, writing
from gpu_tasks.connections import redis_client
from sessions_app import notes, prompts
from sessions_app.models import Check, Chunk, Exercise, Session, Summary, Turn, Tutor

logger = logging.getLogger(__name__)

QUIET = timedelta(minutes=30)
"""So long nothing was said: the session rests, and is summed up."""
LOOK_BACK = timedelta(days=7)
MAX_TOKENS = 400
WRITING, WRITING_SECONDS = "summaries:writing", 180
LOOKED, LOOK_SECONDS = "summaries:looked", 3


def can_write() -> bool:
    """The demo brain knows three sentences and no headings."""
    return not settings.DEMO_BRAIN


def write_one() -> None:
    """Have one summary written that is missing. One at a time, and never while a turn runs."""
    client = redis_client()
    if client.exists(WRITING, LOOKED) or (can_write() and (client.scard(turn_log.RUNNING) or not worker.alive("llm"))):
        return
    session = wanting().first()
    if session is None:
        client.set(LOOKED, 1, ex=LOOK_SECONDS)
        return
    turns = told(session)
    if current(session, turns):
        session.summary.save(update_fields=["made_at"])
    elif not can_write():
        keep_by_code(session, turns)
    elif client.set(WRITING, session.id, nx=True, ex=WRITING_SECONDS):
        room = settings.LLM_CONTEXT_TOKENS - MAX_TOKENS
        subject = f"{session.id}:{len(turns)}"
        asked = notes.request(session, turns, room)
        writing.order(asked, max_tokens=MAX_TOKENS, on_end=summary_written.name, subject=subject)


def wanting() -> QuerySet[Session]:
    """Sessions in which something was said since their summary was made, who waits longest first."""
    now = timezone.now()
    over = Q(status=Session.Status.ENDED) | Q(last_activity__lt=now - QUIET)
    changed = Q(summary=None) | Q(summary__made_at__lt=F("last_activity"))
    said = Exists(Turn.objects.filter(session=OuterRef("id")).exclude(user_text=""))
    found = Session.objects.filter(over, changed, said, last_activity__gte=now - LOOK_BACK)
    return found.select_related("tutor", "knowledge_base", "summary").order_by("last_activity")


def told(session: Session) -> list[Turn]:
    """The turns in which something was asked, and which are over."""
    return list(session.turns.exclude(user_text="").exclude(status__in=Turn.RUNNING).order_by("number"))


def current(session: Session, turns: Sequence[Turn]) -> bool:
    kept = getattr(session, "summary", None)
    return kept is not None and kept.turns == len(turns)


def shown(session: Session) -> tuple[Summary, bool]:
    """What there is to read now, and whether the language model will write a better one. The row may be unsaved."""
    turns = told(session)
    if current(session, turns):
        return session.summary, False
    made = _row(session, turns, by_code(session, turns), by_model=False)
    return made, can_write() and bool(turns) and wanting().filter(id=session.id).exists()


def by_code(session: Session, turns: Sequence[Turn]) -> notes.Notes:
    missed = Check.objects.filter(session=session, answer__isnull=False).exclude(answer=F("correct"))
    has_material = Chunk.objects.filter(document__knowledge_base__in=prompts.bases_of(session)).exists()
    names = list(missed.values_list("skill__name", flat=True))
    return notes.by_code(session, turns, has_material=has_material, missed=names)


def keep_by_code(session: Session, turns: Sequence[Turn]) -> None:
    _keep(session, turns, by_code(session, turns), by_model=False)


@shared_task(queue="default")
def summary_written(subject: str, text: str | None, why: str) -> None:
    session_id, _, number = subject.rpartition(":")
    redis_client().delete(WRITING)
    session = Session.objects.select_related("tutor", "knowledge_base").filter(id=session_id).first()
    if session is None or why == writing.BUSY:
        return  # erased; or the sweeper orders it again
    turns = told(session)
    if len(turns) != int(number):
        return  # it went on meanwhile
    written = notes.read(text) if text is not None else None
    if written is None or gives_away(session.tutor, "\n".join((written.asked, written.hard, written.next_steps))):
        logger.warning("session %s: summary put together by code: %s", session_id, why or "not as it was asked for")
        keep_by_code(session, turns)
    else:
        _keep(session, turns, written, by_model=True)


def gives_away(tutor: Tutor, text: str) -> bool:
    """Whether a text holds the final answer of an exercise that the tutor is to keep back."""
    if tutor.final_answer == Tutor.FinalAnswer.FREELY:
        return False
    kept_back = Exercise.objects.filter(tutor=tutor).values_list("answers", flat=True)
    answers = {line.strip() for lines in kept_back for line in lines.splitlines() if line.strip()}
    return any(
        re.search(rf"(?<![A-Za-z0-9]){re.escape(answer)}(?![A-Za-z0-9])", text, re.IGNORECASE) for answer in answers
    )


def _row(session: Session, turns: Sequence[Turn], parts: notes.Notes, *, by_model: bool) -> Summary:
    return Summary(
        session=session,
        asked=parts.asked,
        hard=parts.hard,
        next_steps=parts.next_steps,
        turns=len(turns),
        by_model=by_model,
    )


def _keep(session: Session, turns: Sequence[Turn], parts: notes.Notes, *, by_model: bool) -> None:
    row = _row(session, turns, parts, by_model=by_model)
    names = ("asked", "hard", "next_steps", "turns", "by_model")
    Summary.objects.update_or_create(session_id=session.id, defaults={name: getattr(row, name) for name in names})
