"""Cuts a reply into speakable segments while it is still being thought.

A cut is decided by what stands before it and one character behind it, never by how the text arrived.
"""

import re
from collections.abc import Iterable, Iterator

from gpu_tasks.formulas import FORMULA

SHORTEST, SHORTEST_CJK = 12, 5
"""Less is not worth a segment of its own: it joins what follows."""
FIRST_CLAUSE, FIRST_CLAUSE_CJK = 25, 8
"""From here on the first segment may end with a clause, so that the tutor starts to speak."""
FIRST_LINK = 20
"""From here on it may also end before a word that begins a clause, where a speaker draws breath."""
LONG, LONGEST = 160, 220
"""From LONG on any clause ends a segment, from LONGEST on any word."""
LONGEST_BLOCK = 2_000
"""Code and formulas are kept in one piece up to here."""

_CLOSING = "\"'”’」』）》】)]}*_`"
_SENTENCE = re.compile(rf"[.!?…][{re.escape(_CLOSING)}]*$")
_CLAUSE = re.compile(rf"[,;:—–][{re.escape(_CLOSING)}]*$")
_LINK = re.compile(r"(?<=\S)\s(?=(?:and|because|but|if|or|so|that|when|where|which|while|who)$)")
_SENTENCE_CJK = re.compile(rf"[。！？；][{re.escape(_CLOSING)}]*$")
_CLAUSE_CJK = re.compile(r"[，、：；—]$")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
_LINE_MARK = re.compile(r"(?:^|\n)\s*(?:[-*+•]|#+|\d{1,3}[.)])$")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“])(?:(?:[A-Za-z]\.)+|(?:Dr|Mr|Mrs|Ms|Prof|St|Sr|Jr|vs|etc|approx|Fig|No|Vol|pp|cf|al|ca|Inc|Ltd)\.)$"
)
# A $ that is not closed yet: of a formula, unless it stands before a price.
_OPEN_FORMULA = re.compile(
    r"\$\$(?:(?!\$\$).)*$|\$(?=[^\s$])(?!\d[\d.,]*(?:[\s.,;:!?)]|$)(?!\s*[-+*/=<>^\\]))[^$\n]{0,120}$", re.DOTALL
)


def segments(deltas: Iterable[str]) -> Iterator[str]:
    """Yield each segment as soon as it is complete. Joined they are the whole text, up to white space."""
    cutter = _Cutter()
    for delta in deltas:
        for character in delta:
            if segment := cutter.take(character):
                yield segment
    if rest := cutter.rest():
        yield rest


class _Cutter:
    def __init__(self) -> None:
        self._text = ""
        self._first = True

    def take(self, character: str) -> str:
        """Add a character. Returns the segment that ended before it, or nothing."""
        segment = self._text.strip()
        if segment and self._ends(segment, character):
            return self._cut(segment, character)
        if link := self._link(character):
            return self._cut(self._text[: link.start()].strip(), self._text[link.end() :] + character)
        self._text += character
        return ""

    def _cut(self, segment: str, rest: str) -> str:
        self._text, self._first = rest, False
        return segment

    def _link(self, following: str) -> re.Match[str] | None:
        """The white space before a word with which the first segment's second clause begins."""
        if not (self._first and following.isspace()):
            return None
        link = _LINK.search(self._text)
        return None if link is None or link.start() < FIRST_LINK or _in_block(self._text) else link

    def rest(self) -> str:
        return self._text.strip()

    def _ends(self, segment: str, following: str) -> bool:
        if _in_block(self._text):
            return len(segment) >= LONGEST_BLOCK
        cjk = bool(_CJK.search(segment))
        if len(segment) < (SHORTEST_CJK if cjk else SHORTEST):
            return False
        apart = following.isspace()
        if apart and self._text.endswith("\n"):
            return True
        if _sentence_ends(segment, following):
            return True
        clause = (apart and _CLAUSE.search(segment)) or (not apart and _CLAUSE_CJK.search(segment))
        if clause and len(segment) >= LONG:
            return True
        if clause and self._first and len(segment) >= (FIRST_CLAUSE_CJK if cjk else FIRST_CLAUSE):
            return True
        return len(segment) >= LONGEST and (apart or bool(_CJK.match(following)) or len(segment) >= 2 * LONGEST)


def _sentence_ends(segment: str, following: str) -> bool:
    if _SENTENCE_CJK.search(segment):
        return following not in _CLOSING and following not in "。！？；…"
    if following == "\n":
        return not _LINE_MARK.search(segment)
    if not following.isspace() or not _SENTENCE.search(segment) or _LINE_MARK.search(segment):
        return False
    return not _ABBREVIATION.search(segment)


def _in_block(text: str) -> bool:
    """Inside a code fence, or a formula: cutting there would make two broken halves."""
    if text.count("```") % 2:
        return True
    if "```" not in text and re.search(r"`{1,2}$", text):
        return True  # perhaps the beginning of a fence
    outside = FORMULA.sub("", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return "\\(" in outside or "\\[" in outside or bool(_OPEN_FORMULA.search(outside))
