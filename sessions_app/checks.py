"""Quick questions at the end of a session, on what was cited in it. They are made when the student comes to them: by
the language model where one is free, else from the cited sentences."""

import logging
from dataclasses import dataclass
from typing import Literal

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gpu_tasks import turn_log, worker, writing
from gpu_tasks.connections import redis_client
from sessions_app import cloze, progress, prompts, written_checks
from sessions_app.models import Check, Chunk, Mastery, Session, Skill, Topic, Turn
from sessions_app.notes import LANGUAGES
from sessions_app.summaries import can_write, gives_away

logger = logging.getLogger(__name__)

NUMBER = 3
MAX_TOKENS = 700
MAX_PASSAGES = 12
MAX_MATERIAL = 150_000
"""Characters of the material that other choices are looked for in."""
MAKING_SECONDS = 45
NONE_SECONDS = 3600
NONE = b"none"

State = Literal["ready", "being_made", "nothing_cited", "too_little"]


class SessionGoesOn(Exception):
    """There are questions at its end only."""


class AlreadyAnswered(Exception):
    pass


class NoSuchChoice(Exception):
    pass


def state_of(session: Session) -> State:
    """Have the questions made, if there are none yet. Raises SessionGoesOn."""
    if session.status != Session.Status.ENDED:
        raise SessionGoesOn
    if session.checks.exists():
        return "ready"
    if not _cited(session):
        return "nothing_cited"
    client, key = redis_client(), _key(session.id)
    if client.set(key, "being made", nx=True, ex=MAKING_SECONDS):
        make_checks.apply_async((session.id,), priority=0)
    return "too_little" if client.get(key) == NONE else "being_made"


@dataclass(frozen=True, slots=True)
class Answered:
    check: Check
    mastery: Mastery

    @property
    def correct(self) -> bool:
        return self.check.answer == self.check.correct


def answer(check: Check, choice: int) -> Answered:
    """The first answer counts. Raises NoSuchChoice, AlreadyAnswered."""
    if not 0 <= choice < len(check.choices):
        raise NoSuchChoice
    with transaction.atomic():
        unanswered = Check.objects.filter(id=check.id, answer=None)
        if not unanswered.update(answer=choice, answered_at=timezone.now()):
            raise AlreadyAnswered
        check.answer = choice
        return Answered(check, progress.note_answer(check.session.student, check.skill, choice == check.correct))


@shared_task(queue="default")
def make_checks(session_id: str) -> None:
    session = _find(session_id)
    if session is None:
        return
    if can_write() and worker.alive("llm") and not redis_client().scard(turn_log.RUNNING):
        room = settings.LLM_CONTEXT_TOKENS - MAX_TOKENS
        language = LANGUAGES.get(session.tutor.language.split("-")[0], session.tutor.language)
        asked = written_checks.request(passages_of(session), NUMBER, language, room)
        writing.order(asked, max_tokens=MAX_TOKENS, on_end=checks_written.name, subject=session.id)
    else:
        _keep(session, [])


@shared_task(queue="default")
def checks_written(session_id: str, text: str | None, why: str) -> None:
    session = _find(session_id)
    if session is None:
        return
    written = written_checks.read(text, passages_of(session), session.id) if text is not None else []
    if len(written) < NUMBER:
        logger.info(
            "session %s: %d of %d questions by the model: %s", session_id, len(written), NUMBER, why or "unsound"
        )
    _keep(session, [made for made in written if not gives_away(session.tutor, _whole(made))][:NUMBER])


def passages_of(session: Session) -> list[cloze.Passage]:
    """What was cited, the latest first, each once, with the skill that it belongs to."""
    chunks = {(chunk.document.title, chunk.text): chunk for chunk in prompts.material_of(session)}
    topics = list(Topic.objects.filter(tutor=session.tutor, introduced=True))
    found: dict[str, cloze.Passage] = {}
    for turn in reversed(_cited(session)):
        said = f"{turn.user_text} {turn.reply_text}"
        for citation in turn.citations:
            quote, document, page = citation["quote"], citation["document"], citation.get("page")
            chunk = chunks.get((document, quote))
            skill = _topic(topics, quote) or (chunk.heading if chunk else "") or document
            place = f"{document}, {page}" if page else document
            found.setdefault(quote, cloze.Passage(quote, place, skill[:200], said))
    return list(found.values())[:MAX_PASSAGES]


def _topic(topics: list[Topic], text: str) -> str:
    for topic in topics:
        names = [topic.name, *topic.terms.split(",")]
        if any(cloze.occurs(name.strip(), text) for name in names if name.strip()):
            return topic.name
    return ""


def _keep(session: Session, made: list[cloze.Question]) -> None:
    """Those that were made elsewhere, and as many from the cited sentences as are missing."""
    if len(made) < NUMBER:
        passages = passages_of(session)
        material = cloze.Material(_texts(session, passages))
        possible = cloze.questions(passages, material, 2 * NUMBER, session.id)
        made = [*made, *(each for each in possible if not gives_away(session.tutor, _whole(each)))][:NUMBER]
    with transaction.atomic():
        if Session.objects.select_for_update().filter(id=session.id).exists() and not session.checks.exists():
            for position, each in enumerate(made, 1):
                skill, _ = Skill.objects.get_or_create(tutor=session.tutor, name=each.skill)
                Check.objects.create(
                    session=session,
                    skill=skill,
                    position=position,
                    question=each.question,
                    choices=list(each.choices),
                    correct=each.correct,
                    explanation=each.explanation,
                )
    if made:
        redis_client().delete(_key(session.id))
    else:
        redis_client().set(_key(session.id), NONE, ex=NONE_SECONDS)


def _texts(session: Session, passages: list[cloze.Passage]) -> list[str]:
    """The passages, and of the material what stands in the cited documents first."""
    documents = {citation["document"] for turn in _cited(session) for citation in turn.citations}
    chunks: list[Chunk] = prompts.material_of(session)
    chunks.sort(key=lambda chunk: chunk.document.title not in documents)
    texts, left = [passage.text for passage in passages], MAX_MATERIAL
    for chunk in chunks:
        left -= len(chunk.text)
        if left < 0:
            break
        texts.append(chunk.text)
    return texts


def _whole(made: cloze.Question) -> str:
    return "\n".join((made.question, *made.choices, made.explanation))


def _cited(session: Session) -> list[Turn]:
    return list(session.turns.exclude(citations=[]).exclude(status__in=Turn.RUNNING).order_by("number"))


def _find(session_id: str) -> Session | None:
    return Session.objects.select_related("tutor", "knowledge_base").filter(id=session_id).first()


def _key(session_id: str) -> str:
    return f"checks:{session_id}"
