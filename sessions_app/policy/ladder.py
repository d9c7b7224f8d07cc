"""The hint ladder: how far a student has come with an exercise, and what that allows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gpu_tasks.guard import HeldAnswer, fold
from gpu_tasks.withheld import PARTS
from gpu_tasks.written_numbers import values
from sessions_app.policy.exercises import Problem
from sessions_app.policy.talk import begs, is_short, refers_back
from sessions_app.policy.words import HINTS, KINDS, TOLD_SOLVED, TOLD_TO_HINT, TOLD_TO_TELL, in_language

MOST_PROBLEMS = 30


@dataclass(frozen=True)
class Step:
    """One turn's place on the ladder. `told`: the policy as the model is told it. `said`: a hint by code."""

    problem: Problem | None
    level: int
    tells: bool
    told: str
    said: str | None
    held: list[HeldAnswer]
    stated: bool = False
    """The message itself states the exercise."""


@dataclass(frozen=True)
class Rules:
    """`hints_first` None: the answer is never told."""

    hints_first: int | None
    language: str


def climb(
    state: dict[str, Any],
    text: str,
    turn: int,
    *,
    asked: Problem | None,
    elsewhere: bool,
    heard: Callable[[Sequence[int]], int],
    rules: Rules,
) -> Step:
    """Take one turn's step; `state` is the session's, and is changed. `asked`: the exercise that the message itself
    states. `elsewhere`: the material speaks of what it asks. `heard`: how many of some turns had a reply that was
    heard, so that stopping the tutor is no way up."""
    problems = {key: Problem(**kept) for key, kept in state.get("problems", {}).items()}
    current = _current(state, problems, text, asked, elsewhere)
    if current and not current.solved and _is_solution(text, current, stated=asked is not None):
        current.solved = True
    level = heard([number for number in current.hints if number != turn]) if current else 0
    tells = bool(current) and rules.hints_first is not None and level >= rules.hints_first
    free = bool(current) and (tells or (current is not None and current.solved))
    if current and not free and turn not in current.hints:
        current.hints.append(turn)
    state["problems"] = {key: problem.kept() for key, problem in list(problems.items())[-MOST_PROBLEMS:]}
    state["current"] = current.key if current else state.get("current", "")
    instead = _hint(level, rules.language)
    spared = {value for answer in (current.answers if current and free else []) for value in values(answer)}
    held: list[HeldAnswer] = []
    for problem in problems.values():
        is_free = problem.solved or (rules.hints_first is not None and heard(problem.hints) >= rules.hints_first)
        if (problem is current and free) or (problem is not current and is_free):
            continue
        if spared & {value for answer in problem.answers for value in values(answer)}:
            continue
        held.append(
            {
                "answers": problem.answers,
                "task": problem.task,
                "asked": text,
                "distant": problem is not current,
                "instead": instead,
            }
        )
    if current is None:
        return Step(None, 0, False, "", None, held)
    if free:
        return Step(
            current, level, tells, TOLD_SOLVED if current.solved else TOLD_TO_TELL, None, held, asked is not None
        )
    told = TOLD_TO_HINT.format(number=level + 1, kind=KINDS[min(level, len(KINDS) - 1)])
    # "Is the first digit an 8?": a yes would tell, and no guard sees that.
    probes = asked is None and bool(PARTS.search(fold(text)))
    return Step(current, level, False, told, instead if probes else None, held, asked is not None)


def _current(
    state: dict[str, Any], problems: dict[str, Problem], text: str, asked: Problem | None, elsewhere: bool
) -> Problem | None:
    """The exercise that a message is about; one that it states is put among the problems."""
    if asked:
        kept = problems.pop(asked.key, asked)
        kept.answers += [answer for answer in asked.answers if answer not in kept.answers]
        problems[asked.key] = kept
        return kept
    last = problems.get(state.get("current", ""))
    if last is None:
        return None
    about = begs(text) or refers_back(text) or bool(values(text)) or (is_short(fold(text)) and not elsewhere)
    return last if about or not elsewhere else None


def _is_solution(text: str, problem: Problem, *, stated: bool) -> bool:
    """The student says the answer, it alone: not among others, and not while he asks for a part of it."""
    if PARTS.search(fold(text)):
        return False
    right = {value for answer in problem.answers for value in values(answer)}
    tried = values(text) - values(problem.task)
    if right & values(problem.task):
        # It stands in the task: only a message without anything else tries it.
        tried = values(text) if not stated else set()
    if tried:
        return len(tried) == 1 and tried <= right
    said = fold(text).strip(" .!?。！？")
    return not right and any(said == fold(answer).strip() for answer in problem.answers)


def _hint(level: int, language: str) -> str:
    hints = in_language(HINTS, language)
    return hints[min(level, len(hints) - 1)]
