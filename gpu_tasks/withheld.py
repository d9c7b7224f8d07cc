"""Whether a sentence tells what is to be held back: the final answer of an exercise, or a part of it."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from gpu_tasks.written_numbers import Number, numbers, plain, values

_ASSIGNED = re.compile(r"(?<![^\W\d_])[^\W\d_]\s*=\s*[-−+]?")
_OPERATOR = re.compile(r"[=+*/^():×÷√]|[-−]\s*[^\W\d_]")
_BEFORE = re.compile(
    r"(?:[=≈:]|\b(?:is|are|be|was|equals?|gets?|got|gives?|makes?|has|have|answer|result|solution|total|so|therefore|"
    r"thus|becomes|left|you)|[是得为有等于共]|约|就|即)\W*(?:\w{1,12}\W+){0,2}$",
    re.IGNORECASE,
)
_OPERAND = re.compile(r"\s*(?:[*+×÷·]|times\b|plus\b|minus\b|divided\b|乘|加|减|除)", re.IGNORECASE)
_ANSWER = re.compile(
    r"\b(?:answers?|results?|solutions?|final|altogether|total)\b|答案|结果|解是|解为|réponse|lösung|antwort|respuesta",
    re.IGNORECASE,
)
PARTS = re.compile(
    r"\b(?:digits?|letters?|spel(?:l|t|led|ling)|(?:start|begin|end)s? (?:with|in|on)|rhymes?|backwards?|revers\w+"
    r"|half of|twice|double|(?:more|less|bigger|smaller|greater|higher|lower) than|between|before|after|next to"
    r"|base ?64|binary|hexadecimal|hex|roman|code|square root|plus one|minus one|neighbou?r)\b"
    r"|位数|[个十百]位|开头|结尾|倒过来|反过来|拼|字母|一半|两倍|大于|小于|大一|小一|[多少]一|之间|二进制|十六进制",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{2,}={0,2}")
_LETTER = re.compile(r"\b[A-Z]\b")
_SUM = re.compile(r"(\d+(?:\.\d+)?)\s*([-+−])\s*(\d+(?:\.\d+)?)")
_PLUS, _MINUS = re.compile(r"\bplus\b|加上?", re.IGNORECASE), re.compile(r"\bminus\b|减去?", re.IGNORECASE)
NEAR = 10
"""80 + 4 tells 84. 70 + 14 is a step on the way."""


@dataclass(frozen=True)
class Secret:
    """`task` and `asked` are known to the student: their numbers tell nothing new. Without `answers` it is an exercise
    whose answer nobody knows; then any new number that stands as an answer is held back. `distant`: the student talks
    of something else now, so only what is said as an answer counts."""

    answers: Sequence[str]
    task: str
    asked: str = ""
    distant: bool = False

    @cached_property
    def values(self) -> set[Fraction]:
        return {value for answer in self.answers if _is_number(answer) for value in values(answer)}

    @cached_property
    def texts(self) -> set[str]:
        """As they stand, for answers that are more than a number."""
        return {_folded(answer) for answer in self.answers if _folded(answer) and not _is_number(answer)}

    @cached_property
    def in_task(self) -> set[Fraction]:
        return values(self.task)

    @cached_property
    def known(self) -> set[Fraction]:
        return self.in_task | values(self.asked)


def tells(sentence: str, secret: Secret, before: str = "") -> bool:
    """`before`: what of the reply was said already. An answer told in pieces is told with its last one."""
    text = plain(sentence)
    readings = [text, *_decoded(text)]
    if any(_holds_text(reading, secret) for reading in readings):
        return True
    if any(_holds_value(reading, secret) for reading in readings):
        return True
    found = numbers(text)
    if not secret.distant and (_in_pieces(numbers(plain(before)), found, secret) or _tells_part(text, found, secret)):
        return True
    if not secret.answers and not secret.distant:
        return any(number.value not in secret.known and _as_answer(text, number) for number in found)
    return False


def _is_number(answer: str) -> bool:
    """84, 3/4, 5 cm, x = 5, x = 2 or x = 3; not 2x + 3."""
    rest = _ASSIGNED.sub(" ", plain(answer))
    found = numbers(rest)
    for number in reversed(found):
        rest = rest[: number.start] + rest[number.end :]
    return bool(found) and not _OPERATOR.search(rest)


def _holds_value(text: str, secret: Secret) -> bool:
    for number in numbers(text):
        if number.value not in secret.values:
            continue
        if secret.distant:
            told = _as_far_answer(text, number)
        else:
            common = number.value in secret.in_task or number.value in (0, 1)
            told = not common or _as_answer(text, number)
        if told:
            return True
    return any(_sum(found) in secret.values for found in _SUM.finditer(_with_signs(text)) if not secret.distant)


def _as_answer(text: str, number: Number) -> bool:
    """Said as what comes out: behind "is" or "=", in a sentence about the answer, or alone."""
    if _OPERAND.match(text[number.end :]):
        return False
    alone = len(re.findall(r"\w+", text)) <= 3 and not re.search(r"[+*×÷·]", text)
    return alone or bool(_ANSWER.search(text) or _BEFORE.search(text[max(0, number.start - 40) : number.start]))


def _as_far_answer(text: str, number: Number) -> bool:
    """While something else is talked of, numbers stand behind "is" and "has" all the time."""
    alone = len(re.findall(r"\w+", text)) <= 3
    return alone or bool(_ANSWER.search(text) or re.search(r"(?:=|equals?|等于)\s*$", text[: number.start]))


def _tells_part(text: str, found: list[Number], secret: Secret) -> bool:
    if not PARTS.search(text):
        return False
    if secret.texts and _LETTER.search(text):
        return True
    return any(number.value not in secret.known for number in found)


def _in_pieces(before: list[Number], found: list[Number], secret: Secret) -> bool:
    """8, then 4; or 80, then 4."""
    if not found:
        return False
    said = [number.value for number in [*before, *found]]
    for value in secret.values - secret.in_task:
        digits = [Fraction(int(digit)) for digit in str(value) if digit.isdigit()]
        if value.denominator == 1 and len(digits) > 1:
            runs = zip(*(said[start:] for start in range(len(digits))), strict=False)
            if any(list(run) == digits for run in runs):
                return True
            if any(ten + one == value and one < 10 and ten % 10 == 0 for ten, one in pairwise(said)):
                return True
    return False


def _sum(found: re.Match[str]) -> Fraction | None:
    first, second = Fraction(found[1]), Fraction(found[3])
    if min(first, second) > NEAR:
        return None
    return first + second if found[2] == "+" else abs(first - second)


def _with_signs(text: str) -> str:
    said = text
    for number in reversed(numbers(text)):
        if number.value.denominator == 1 and not text[number.start : number.end].isdigit():
            said = f"{said[: number.start]} {number.value} {said[number.end :]}"
    return _MINUS.sub(" - ", _PLUS.sub(" + ", said))


def _holds_text(text: str, secret: Secret) -> bool:
    folded = _folded(text)
    return any(_stands_in(answer, folded) or _stands_in(answer[::-1], folded) for answer in secret.texts)


def _stands_in(words: str, text: str) -> bool:
    if not words.isascii():
        return words in text
    return re.search(rf"(?<![a-z0-9]){re.escape(words)}(?![a-z0-9])", text) is not None


def _folded(text: str) -> str:
    """Without case, marks and the space around signs: "X = 5" is "x=5"."""
    text = re.sub(r"\s*([^\w\s])\s*", r"\1", " ".join(plain(text).casefold().split()))
    return text.strip(" .!?。！？*_`$\"'")


def _decoded(text: str) -> list[str]:
    """What is written in base64, and what is written backwards."""
    found = []
    for code in _BASE64.findall(text):
        try:
            found.append(base64.b64decode(code + "=" * (-len(code) % 4), validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            continue
    if re.search(r"backward|revers|倒|反", text, re.IGNORECASE):
        found.append(text[::-1])
    return [plain(each) for each in found if each.isprintable()]
