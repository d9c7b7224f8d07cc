"""What the language model is told. The beginning is the same for all turns of a session, and grows only at its
end, so that a server which keeps evaluated prefixes has all but the last question ready."""

from collections.abc import Sequence

from django.db.models import Max

from gpu_tasks.tasks import Message
from sessions_app.models import Chunk, Session, Turn

WHOLE_LESSON_CHARACTERS = 2_400
"""A lesson up to this size stands in the prefix as it is; of a larger one only passages are quoted."""
HISTORY_TURNS = 6
HISTORY_STEP = 4
"""The window of turns moves by so many at once: a prompt whose beginning changed must be read again as a whole."""

RULES = (
    "You talk aloud with a student. Answer in two or three short, complete sentences of plain words. "
    "Use no lists, no headings and no emoji."
)


def material_of(session: Session) -> list[Chunk]:
    """All that a session's tutor may rely on."""
    bases = [session.knowledge_base] if session.knowledge_base else session.tutor.knowledge_bases.all()
    return list(Chunk.objects.filter(document__knowledge_base__in=bases).select_related("document"))


def is_lesson(material: Sequence[Chunk]) -> bool:
    """Whether it is small enough to be told as a whole."""
    return sum(len(chunk.text) for chunk in material) <= WHOLE_LESSON_CHARACTERS


def prefix(session: Session, material: Sequence[Chunk]) -> list[Message]:
    told = [session.tutor.persona.strip(), RULES]
    if material and is_lesson(material):
        told.append("This is the lesson. Rely on it:\n" + "\n".join(chunk.text for chunk in material))
    return [{"role": "system", "content": "\n\n".join(told)}]


def history(session: Session, before: int) -> list[Message]:
    """What was asked and what of the answers was heard, oldest first; always whole turns."""
    ended = session.turns.filter(number__lt=before, status__in=[Turn.Status.COMPLETED, Turn.Status.INTERRUPTED])
    turns = list(ended.exclude(user_text="").exclude(reply_text="").order_by("number"))
    dropped = -(-max(0, len(turns) - HISTORY_TURNS) // HISTORY_STEP) * HISTORY_STEP
    messages: list[Message] = []
    for turn in turns[dropped:]:
        messages.append({"role": "user", "content": turn.user_text})
        messages.append({"role": "assistant", "content": turn.reply_text})
    return messages


def so_far(session: Session) -> list[Message]:
    """All that the next prompt of a session will begin with."""
    last = session.turns.aggregate(last=Max("number"))["last"] or 0
    return [*prefix(session, material_of(session)), *history(session, before=last + 1)]


def question(text: str, passages: Sequence[Chunk]) -> Message:
    if not passages:
        return {"role": "user", "content": text}
    quoted = "\n".join(f"[{number}] {chunk.text}" for number, chunk in enumerate(passages, 1))
    return {"role": "user", "content": f"Passages from the material:\n{quoted}\n\nQuestion: {text}"}
