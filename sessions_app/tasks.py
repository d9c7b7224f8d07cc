"""The work of a turn that needs the database, on `default`."""

import json
import logging
from collections.abc import Iterable
from typing import Any

from celery import current_app, shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from gpu_tasks import turn_log
from gpu_tasks.connections import redis_client
from gpu_tasks.events import Status, TurnRef
from gpu_tasks.stage import Stage
from gpu_tasks.tasks import Prompt, read_prefix, say_why
from sessions_app import admission, figures, prompts, quotas
from sessions_app.history import title_of
from sessions_app.ingestion import documents
from sessions_app.models import Avatar, Document, Flag, KnowledgeBase, Segment, Session, Turn
from sessions_app.outcome import Outcome, outcome
from sessions_app.policy.topics import open_chunks, withheld
from sessions_app.safety.flags import kept_back, raise_flags
from sessions_app.safety.rules import check_replied

logger = logging.getLogger(__name__)

PREPARING = "preparing"
"""Redis key: a face is being prepared."""


@shared_task(bind=True, base=Stage, queue="default", fallback=staticmethod(say_why))
def retrieve(self: Stage, text: str, *, turn: TurnRef) -> Prompt:
    # Only workers import this: the embedding is a model library's.
    from sessions_app import retrieval
    from sessions_app.policy.decide import decide

    turn_log.append(turn, Status(stage="thinking"), once="thinking")
    rows = Turn.objects.running().select_related("session__tutor", "session__knowledge_base")
    row = rows.filter(id=turn["turn_id"]).first()
    if row is None:
        raise turn_log.TurnClosed
    session = row.session
    if not session.title:
        Session.objects.filter(id=session.id, title="").update(title=title_of(text))
    index = retrieval.index_of(prompts.bases_of(session))
    topics = withheld(session.tutor.topics.all(), session.tutor.language)
    decision = decide(row, text, index, topics)
    if not Turn.objects.advance(row.id, Turn.Status.THINKING, user_text=text, policy=decision.kept()):
        raise turn_log.TurnClosed
    material, found = open_chunks(index.chunks, topics), decision.found
    passages = [] if prompts.is_lesson(material) else [passage.chunk for passage in found]
    asked = prompts.question(text, passages, decision.told)
    return {
        "messages": [] if decision.said is not None else prompts.prompt(session, material, row.number, asked),
        "citations": [
            {
                "number": number,
                "document": passage.chunk.document.title,
                "page": passage.chunk.page,
                "quote": passage.chunk.text,
            }
            for number, passage in enumerate(found, 1)
        ],
        "said": decision.said,
        "guard": decision.guard,
        "beyond_material": decision.beyond_material,
    }


@shared_task(queue="default")
def complete(turn: TurnRef) -> None:
    """Nothing of the turn is left to do: write down what it came to, then tell. Whoever ends the row first, this
    or an interruption, also closes the log."""
    events = turn_log.read(turn["turn_id"])
    if not events:
        return  # Redis has lost what was said: the sweeper fails the turn
    result = outcome(events, turn["received_at"])
    status = Turn.Status.FAILED if result.failed else Turn.Status.COMPLETED
    if record(turn["turn_id"], status, result, result.reply):
        turn_log.close(turn["session_id"], turn["turn_id"], result.done(interrupted=False))
        start_turns(admission.move())
        read_ahead(Session.objects.select_related("tutor", "knowledge_base").get(id=turn["session_id"]))


def start_turns(turn_ids: Iterable[str]) -> None:
    """Of those that were let in from the line."""
    for turn_id in turn_ids:
        current_app.send_task("sessions_app.pipeline.start_waiting", args=[turn_id], queue="default", priority=0)


def read_ahead(session: Session) -> None:
    """Have the next prompt evaluated as far as it is known, before the student says anything."""
    tutor = session.tutor
    material = open_chunks(prompts.material_of(session), withheld(tutor.topics.all(), tutor.language))
    try:
        read_prefix.apply_async((prompts.so_far(session, material),), priority=settings.PRIORITY_STEPS[-1])
    except OperationalError as error:
        logger.warning("session %s: nothing is read ahead: %s", session.id, error)


def record(turn_id: str, status: Turn.Status, result: Outcome, reply_text: str) -> bool:
    changes: dict[str, Any] = {"user_text": result.heard} if result.heard else {}
    if result.kept_back:
        kept = Turn.objects.values_list("policy", flat=True).filter(id=turn_id).first() or {}
        changes["policy"] = {**kept, "kept_back": result.kept_back.why}
    with transaction.atomic():
        ended = Turn.objects.advance(
            turn_id,
            status,
            reply_text=reply_text,
            citations=result.citations,
            degraded=result.degraded,
            degraded_reason=result.degraded_reason or "",
            # Who stops a turn that is just failing has stopped it.
            error_code=result.failed.code if result.failed and status == Turn.Status.FAILED else "",
            timings=result.timings,
            stages=result.stages,
            ended_at=timezone.now(),
            **changes,
        )
        if ended:
            turn = Turn.objects.select_related("session__tutor").get(id=turn_id)
            quotas.use(turn.session.student_id, result.spoken_ms)
            Segment.objects.bulk_create(
                Segment(
                    turn_id=turn_id,
                    index=done.segment,
                    text=done.content,
                    words=None if done.words is None else [word.model_dump() for word in done.words],
                    duration_ms=done.duration_ms,
                    video=done.video,
                    audio=done.audio,
                )
                for done in result.segments
            )
            figures.count_turn(turn)
            _raise_flags_of_reply(turn_id, result, reply_text)
            if settings.SAFETY_URL:
                transaction.on_commit(lambda: look_again_at.apply_async((turn_id,)))
    return ended


def _raise_flags_of_reply(turn_id: str, result: Outcome, reply_text: str) -> None:
    if result.kept_back and result.kept_back.why not in ("answer", "topic"):
        held = kept_back(result.kept_back.why, result.kept_back.text)
        raise_flags(turn_id, Flag.Direction.REPLIED, [held], blocked=True)
    raise_flags(turn_id, Flag.Direction.REPLIED, check_replied(reply_text), blocked=False)


@shared_task(queue="default")
def look_again_at(turn_id: str) -> None:
    """A model's opinion of a reply, which is not waited for: it has been heard."""
    # Only workers import this: the web process has no HTTP client.
    from sessions_app.safety.second_opinion import second_opinion

    reply = Turn.objects.values_list("reply_text", flat=True).filter(id=turn_id).first() or ""
    hits = second_opinion(reply, check_replied(reply), f"turn {turn_id}")
    raise_flags(turn_id, Flag.Direction.REPLIED, hits, blocked=False)


@shared_task(queue="default")
def avatar_prepared(avatar_id: str, version: int) -> None:
    Avatar.objects.filter(avatar_id=avatar_id, version=version).update(prepared_version=F("version"))
    redis_client().delete(PREPARING)


READING = "reading"
"""Redis key: a document is being read."""
READING_SECONDS = 60


@shared_task(queue="default")
def read_document(document_id: int) -> None:
    def go_on() -> None:
        redis_client().expire(READING, READING_SECONDS)

    document = Document.objects.filter(id=document_id).first()
    try:
        if document:
            documents.read(document, on_progress=go_on)
    finally:
        redis_client().delete(READING)


@shared_task(queue="default", expires=10)
def try_search(base_id: int, text: str, answer_to: str) -> None:
    """What would be found. The web process has no embedding, so it asks here; the answer goes to a Redis list."""
    from sessions_app import retrieval

    found = retrieval.index_of([KnowledgeBase.objects.get(id=base_id)]).find(text, gate=0)
    answer = [
        {
            "document": each.chunk.document.title,
            "page": each.chunk.page,
            "heading": each.chunk.heading,
            "text": each.chunk.text,
            "score": round(each.score, 2),
            "relied_on": each.score >= retrieval.RELEVANCE_GATE,
        }
        for each in found
    ]
    with redis_client().pipeline() as pipe:
        pipe.rpush(answer_to, json.dumps(answer))
        pipe.expire(answer_to, 60)
        pipe.execute()
