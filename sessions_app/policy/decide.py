"""What may be said in a turn, decided before the language model is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gpu_tasks.guard import Guard, HeldTopic
from gpu_tasks.written_numbers import values
from sessions_app.models import Flag, Session, Turn, Tutor
from sessions_app.policy import exercises, ladder
from sessions_app.policy.talk import begs, is_small_talk, own_words, refers_back, wants_it_again
from sessions_app.policy.topics import topic_in
from sessions_app.policy.words import ABOUT, NOT_IN_MATERIAL, YOU_COULD_ASK, in_language
from sessions_app.retrieval import Found, Index, similar, terms
from sessions_app.safety import rules as safety
from sessions_app.safety.flags import raise_flags
from sessions_app.safety.second_opinion import second_opinion

TITLES = 3
ENDED = (Turn.Status.COMPLETED, Turn.Status.INTERRUPTED)


@dataclass
class Decision:
    """`said`: the reply, where it is said by code. `told`: the policy as the model is told it. `why`: for the turn."""

    found: Sequence[Found] = ()
    said: str | None = None
    why: str = ""
    told: str = ""
    guard: Guard | None = None
    beyond_material: bool = False
    details: dict[str, Any] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """As the turn keeps it."""
        return {"decided": self.why, "beyond_material": self.beyond_material, **self.details}


def decide(turn: Turn, text: str, index: Index, topics: Sequence[HeldTopic]) -> Decision:
    """Raises the alerts of the message, and moves the session's place on the ladder."""
    tutor = turn.session.tutor
    hits = safety.check_said(text)
    if safety.answer_to(hits, tutor.language) is None:
        hits += second_opinion(text, hits, f"turn {turn.id}")
    said = safety.answer_to(hits, tutor.language)
    raise_flags(turn.id, Flag.Direction.SAID, hits, blocked=said is not None)
    if said is not None:
        return Decision(said=said, why="safety")
    if topic := topic_in(text, topics):
        return Decision(said=topic["instead"], why="topic", details={"topic": topic["name"]})
    found, is_followed = _found(turn, text, index)
    if found and (topic := _belongs_to(found[0], found, topics)):
        return Decision(said=topic["instead"], why="topic", details={"topic": topic["name"]})
    found = [each for each in found if not topic_in(_text(each), topics)]
    step = _step(turn, text, elsewhere=bool(found))
    if step and step.said is not None:
        return Decision(said=step.said, why="hint", details=_on_ladder(step))
    is_known = bool(found) or is_followed or is_small_talk(text) or _is_on_problem(step, text)
    if not is_known and tutor.grounding == Tutor.Grounding.STRICT:
        return Decision(said=_refusal(turn, index, topics), why="not_in_material")
    guard: Guard = {
        "rules": safety.guarded(tutor.language),
        "answers": step.held if step else [],
        "topics": list(topics),
    }
    return Decision(
        found=found,
        told=step.told if step else "",
        why=("told" if step.told and step.tells else "hint" if step.told else "") if step else "",
        guard=guard,
        beyond_material=not is_known and bool(index.chunks),
        details=_on_ladder(step) if step else {},
    )


def _found(turn: Turn, text: str, index: Index) -> tuple[list[Found], bool]:
    """The passages, and whether the message only goes on with what was said last."""
    if found := index.find(text):
        return found, False
    before = _before(turn)
    if before is None:
        return [], False
    if wants_it_again(text):
        return index.find(before.user_text), before.policy.get("decided") != "not_in_material"
    if refers_back(text) and not _brings_up(text, before, index):
        return index.find(f"{before.user_text} {text}"), False
    return [], False


def _brings_up(text: str, before: Turn, index: Index) -> bool:
    """Whether a message that refers to the last one has words of its own which neither that nor the material has."""
    own = terms(" ".join(own_words(text)))
    said = set(terms(f"{before.user_text} {before.reply_text}"))
    new = [term for term in own if term not in said and not index.has(term)]
    return any(term.isascii() for term in new) or 2 * len(new) > len(own)


def _before(turn: Turn) -> Turn | None:
    ended = turn.session.turns.filter(number__lt=turn.number, status__in=ENDED)
    return ended.exclude(user_text="").exclude(reply_text="").order_by("-number").first()


def _text(found: Found) -> str:
    return f"{found.chunk.heading}\n{found.chunk.text}"


def _belongs_to(best: Found, found: Sequence[Found], topics: Sequence[HeldTopic]) -> HeldTopic | None:
    """The withheld topic that a question is about, though it does not name it."""
    if topic := topic_in(best.chunk.heading, topics):
        return topic
    return topic_in(_text(best), topics) if all(topic_in(_text(each), topics) for each in found) else None


def _step(turn: Turn, text: str, *, elsewhere: bool) -> ladder.Step | None:
    session, tutor = turn.session, turn.session.tutor
    if tutor.final_answer == Tutor.FinalAnswer.FREELY:
        return None
    tasks = [
        exercises.Task(row.id, row.task, [line.strip() for line in row.answers.splitlines() if line.strip()])
        for row in tutor.exercises.all()
    ]
    asked = exercises.recognised(text, tasks, similar)
    if asked and tutor.grounding == Tutor.Grounding.STRICT and not elsewhere and not asked.is_written_down:
        asked = None
    state = dict(session.policy)
    step = ladder.climb(
        state,
        text,
        turn.number,
        asked=asked,
        elsewhere=elsewhere or is_small_talk(text),
        heard=lambda numbers: session.turns.filter(number__in=numbers, status__in=ENDED).exclude(reply_text="").count(),
        rules=ladder.Rules(
            hints_first=tutor.hints_first if tutor.final_answer == Tutor.FinalAnswer.AFTER else None,
            language=tutor.language,
        ),
    )
    Session.objects.filter(id=session.id).update(policy=state)
    return step


def _on_ladder(step: ladder.Step) -> dict[str, Any]:
    return {"problem": step.problem.task, "level": step.level} if step.problem else {}


def _is_on_problem(step: ladder.Step | None, text: str) -> bool:
    if step is None or step.problem is None:
        return False
    return begs(text) or refers_back(text) or bool(values(text)) or not own_words(text) or step.stated


def _refusal(turn: Turn, index: Index, topics: Sequence[HeldTopic]) -> str:
    session, tutor = turn.session, turn.session.tutor
    titles = list(dict.fromkeys(chunk.document.title for chunk in index.chunks))
    titles = [title for title in titles if not topic_in(title, topics)][:TITLES]
    asked = set(session.turns.values_list("user_text", flat=True))
    suggested = [each for each in tutor.suggested_questions if each not in asked and not topic_in(each, topics)]
    parts = [in_language(NOT_IN_MATERIAL, tutor.language)]
    if titles:
        parts.append(in_language(ABOUT, tutor.language).format(titles=", ".join(titles)))
    if suggested:
        parts.append(in_language(YOU_COULD_ASK, tutor.language).format(question=suggested[0]))
    return ("" if tutor.language.startswith("zh") else " ").join(parts)
