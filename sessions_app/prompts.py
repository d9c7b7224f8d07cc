"""What the language model is told. The beginning is the same for all turns of a session, and grows only at its
end, so that a server which keeps evaluated prefixes has all but the last question ready."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Max

from gpu_tasks.tasks import Message
from sessions_app.models import Chunk, Document, KnowledgeBase, Session, Turn, Tutor
from sessions_app.safety.orders import without_orders
from sessions_app.tokens import estimate

WHOLE_LESSON_TOKENS = 1_000
"""A lesson up to this size stands in the prefix as it is; of a larger one only passages are quoted."""
QUESTION_TOKENS = 300
"""Kept free for the next question. A longer one takes the place of turns."""
HISTORY_TURNS = 6
HISTORY_STEP = 4
"""The window of turns moves by so many at once: a prompt whose beginning changed must be read again as a whole."""
TERMS = 12

RULES = (
    "You talk aloud with a student. Answer in two or three short, complete sentences of plain words. "
    "Use no lists, no headings and no emoji."
)
ONLY_MATERIAL = "Answer only from the material. What it does not say, you do not know."


def material_of(session: Session) -> list[Chunk]:
    """All that a session's tutor may rely on."""
    chunks = Chunk.objects.filter(document__knowledge_base__in=bases_of(session))
    return list(chunks.select_related("document").defer("embedding"))


def terms_of(session: Session) -> list[str]:
    """What a session is about, for those who hear: its terms come before words that sound alike."""
    documents = Document.objects.filter(knowledge_base__in=bases_of(session))
    return [session.tutor.subject, *documents.order_by("id").values_list("title", flat=True)[:TERMS]]


def bases_of(session: Session) -> list[KnowledgeBase]:
    return [session.knowledge_base] if session.knowledge_base else list(session.tutor.knowledge_bases.all())


def is_lesson(material: Sequence[Chunk]) -> bool:
    """Whether it is small enough to be told as a whole."""
    return sum(estimate(chunk.text) for chunk in material) <= WHOLE_LESSON_TOKENS


def prompt(session: Session, material: Sequence[Chunk], number: int, asked: Message) -> list[Message]:
    """All that the model is told for one turn."""
    return [*_before(session, material, number, asked), asked]


def so_far(session: Session, material: Sequence[Chunk]) -> list[Message]:
    """All that the next prompt of a session will begin with."""
    last = session.turns.aggregate(last=Max("number"))["last"] or 0
    return _before(session, material, last + 1, asked=None)


def _before(session: Session, material: Sequence[Chunk], number: int, asked: Message | None) -> list[Message]:
    begins = prefix(session, material)
    taken = max(QUESTION_TOKENS, _length([asked]) if asked else 0) + settings.REPLY_MAX_TOKENS
    return [*begins, *history(session, number, room=settings.LLM_CONTEXT_TOKENS - _length(begins) - taken)]


def _length(messages: Iterable[Message]) -> int:
    return sum(estimate(message["content"]) for message in messages)


def prefix(session: Session, material: Sequence[Chunk]) -> list[Message]:
    told = [session.tutor.persona.strip(), RULES]
    if session.tutor.grounding == Tutor.Grounding.STRICT:
        told.append(ONLY_MATERIAL)
    if material and is_lesson(material):
        told.append("This is the lesson. Rely on it:\n" + "\n".join(without_orders(chunk.text) for chunk in material))
    return [{"role": "system", "content": "\n\n".join(told)}]


def history(session: Session, before: int, room: int) -> list[Message]:
    """What was asked and what of the answers was heard, oldest first; always whole turns, in `room` tokens."""
    ended = session.turns.filter(number__lt=before, status__in=[Turn.Status.COMPLETED, Turn.Status.INTERRUPTED])
    turns = [_told(turn) for turn in ended.exclude(user_text="").exclude(reply_text="").order_by("number")]
    return [message for turn in turns[_forgotten([_length(turn) for turn in turns], room) :] for message in turn]


def _told(turn: Turn) -> list[Message]:
    return [{"role": "user", "content": turn.user_text}, {"role": "assistant", "content": turn.reply_text}]


def _forgotten(lengths: Sequence[int], room: int) -> int:
    """How many of the oldest turns are left out: a whole number of steps, unless the last turns are so long that a
    step would leave none."""
    fewest = max(0, len(lengths) - HISTORY_TURNS)
    fitting = [count for count in range(fewest, len(lengths)) if sum(lengths[count:]) <= room]
    in_steps = [count for count in fitting if count % HISTORY_STEP == 0]
    return next(iter(in_steps or fitting), len(lengths))


def question(text: str, passages: Sequence[Chunk], told: str = "") -> Message:
    """`told`: what the teaching policy wants of this reply."""
    if passages:
        quoted = "\n".join(f"[{number}] {without_orders(chunk.text)}" for number, chunk in enumerate(passages, 1))
        text = f"Passages from the material, quoted:\n{quoted}\n\nQuestion: {text}"
    return {"role": "user", "content": f"{text}\n\n{told}" if told else text}
