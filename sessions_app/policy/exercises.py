"""Which exercise a message asks for: one that the staff wrote down, or one that is recognised as such."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

from gpu_tasks.guard import fold
from gpu_tasks.written_numbers import values
from sessions_app.policy.arithmetic import calculation, equation
from sessions_app.policy.talk import own_words

SHARED_WORDS, SHARED_WITH_NUMBERS, SIMILAR = 0.6, 0.3, 0.75
"""Of a task's words, how many a message has that asks for it; with all its numbers fewer do. The cosine of both."""
Similar = Callable[[str, Sequence[str]], Sequence[float]]
"""How near a text is to others, by meaning."""

_ASKS = re.compile(
    r"\b(?:calculate|compute|solve|evaluate|simplify|factori[sz]e|expand|work out|how (?:much|many|far|long|old"
    r"|fast|big)|what(?:'s| is|s)"
    r"|find|equals?|answer|result)\b|=|计算|求解?|解方程|等于|是?多少|[几算]"
)
_NAMED = re.compile(
    r"\b(?:simplify|factori[sz]e|expand|solve|calculate|compute|evaluate|work out)\b|计算|求|解方程|化简|因式分解"
)
_WORD_PROBLEM = re.compile(
    r"\bhow (?:much|many|far|long|old|fast)\b|\bfind (?:x|y|the (?:value|area|perimeter|volume|sum|product"
    r"|average|mean))\b"
    r"|\bwhat(?:'s| is) the (?:area|perimeter|sum|product|volume|average|mean|value|difference|total)\b"
    r"|多少|[还共]有几|几[个只条本元块米天人]|求.{0,10}(?:值|面积|周长|体积)"
)
_YEARS = re.compile(r"\s*1\d{3}\s*-\s*(?:1|2)\d{3}\s*|\s*\d{4}\s*-\s*\d{1,2}\s*-\s*\d{1,2}\s*")


@dataclass(frozen=True)
class Task:
    """As the staff wrote it."""

    id: int
    task: str
    answers: list[str]


@dataclass
class Problem:
    """An exercise that a student is at, as the session keeps it. `hints`: the turns in which he got one."""

    key: str
    task: str
    answers: list[str]
    hints: list[int] = field(default_factory=list)
    solved: bool = False

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_written_down(self) -> bool:
        """By the staff: part of the material."""
        return self.key.startswith("exercise:")


def recognised(text: str, tasks: Sequence[Task], similar: Similar) -> Problem | None:
    written = _written_down(text, tasks, similar)
    known = _known_as_exercise(text)
    if written and known:
        # The student's own numbers may be others than the staff's.
        written.answers += [answer for answer in known.answers if answer not in written.answers]
    return written or known


def _written_down(text: str, tasks: Sequence[Task], similar: Similar) -> Problem | None:
    if not tasks:
        return None
    asked, said = values(text), set(_words(text))
    nearness = similar(text, [task.task for task in tasks])
    best: tuple[float, Task] | None = None
    for task, near in zip(tasks, nearness, strict=True):
        given, words = values(task.task), set(_words(task.task))
        share = len(said & words) / len(words) if words else 0.0
        with_numbers = bool(given) and given <= asked
        if given and asked and not with_numbers:
            continue
        fits = share >= SHARED_WORDS or near >= SIMILAR or (with_numbers and share >= SHARED_WITH_NUMBERS)
        if (fits or (with_numbers and not words)) and (best is None or share + near > best[0]):
            best = share + near, task
    return Problem(f"exercise:{best[1].id}", best[1].task, list(best[1].answers)) if best else None


def _words(text: str) -> list[str]:
    return [part for word in own_words(text) for part in _parts(word) if not part.isdigit()]


def _parts(word: str) -> list[str]:
    if word[0].isascii():
        return [word.removesuffix("s")]
    return [word[i : i + 2] for i in range(max(1, len(word) - 1))]


def _known_as_exercise(text: str) -> Problem | None:
    folded = fold(text)
    if solved := equation(text):
        written, root = solved
        return Problem(f"equation:{_key(written)}", text, [] if root is None else [_number(root)])
    if (found := calculation(text)) and not _YEARS.fullmatch(found[0]):
        written, value = found
        if _ASKS.search(folded) or 2 * len(re.sub(r"\s", "", written)) >= len(re.sub(r"\s", "", text)):
            return Problem(f"value:{_number(value)}", text, [_number(value)])
    given = sorted(values(text))
    if given and (_NAMED.search(folded) or (len(given) > 1 and _WORD_PROBLEM.search(folded))):
        return Problem("numbers:" + ",".join(map(str, given)), text, [])
    return None


def _key(written: str) -> str:
    return re.sub(r"\s", "", written)


def _number(value: Fraction) -> str:
    return str(value)
