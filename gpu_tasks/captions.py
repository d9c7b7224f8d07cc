"""When each piece of a displayed text is spoken, from the times of the spoken words.

What is displayed is not what is spoken ("½" is "one half", a link is "the link on the screen"). What both have
in common are anchors; what lies between two anchors shares the time between them.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gpu_tasks.engines.tts.base import Word
from gpu_tasks.events import CaptionWord

# Chinese and Japanese put no spaces between words: there each character is a piece, with the marks behind it.
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_MARKS = r"\u3000-\u303f\uff00-\uffef"
_PIECE = re.compile(rf"(?:[{_UNSPACED}][{_MARKS}]*|[^\s{_UNSPACED}]+)\s*")


@dataclass(slots=True)
class _Unit:
    """What is compared, with its time in ms."""

    key: str
    start: float = 0.0
    end: float = 0.0


def captions(content: str, words: Sequence[Word], duration_ms: int) -> list[CaptionWord]:
    """Pieces that together are the content, each within the segment and none before the one before it."""
    pieces = _pieces(content)
    shown, spoken = [_Unit(_key(piece)) for piece in pieces], _spoken(words)
    _take_times(shown, spoken)
    found, at = [], 0
    for piece, unit in zip(pieces, shown, strict=True):
        start = min(max(at, round(unit.start)), duration_ms)
        at = min(max(start, round(unit.end)), duration_ms)
        found.append(CaptionWord(text=piece, start_ms=start, end_ms=at))
    return found


def _pieces(content: str) -> list[str]:
    cuts = [found.start() for found in _PIECE.finditer(content)]
    # What stands before the first piece goes with it.
    return [content[begin:end] for begin, end in pairwise([0, *cuts[1:], len(content)])] if content else []


def _key(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _spoken(words: Sequence[Word]) -> list[_Unit]:
    """As finely cut as what is displayed; a word that is cut shares its time."""
    units = []
    for word in words:
        pieces = [piece for piece in _pieces(word.text) if _key(piece)]
        step = (word.end - word.start) / max(1, len(pieces))
        for number, piece in enumerate(pieces):
            start = word.start + number * step
            units.append(_Unit(_key(piece), start * 1000, (start + step) * 1000))
    return units


def _take_times(shown: list[_Unit], spoken: list[_Unit]) -> None:
    at, i, j = 0.0, 0, 0
    for anchor, same in [*_common(shown, spoken), (len(shown), len(spoken))]:
        between = spoken[j:same]
        _share(shown[i:anchor], between[0].start if between else at, between[-1].end if between else at)
        if anchor < len(shown):
            shown[anchor].start, shown[anchor].end = spoken[same].start, spoken[same].end
            at = shown[anchor].end
        i, j = anchor + 1, same + 1


def _common(a: list[_Unit], b: list[_Unit]) -> Iterator[tuple[int, int]]:
    """The longest run of units that both have in this order."""
    longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in reversed(range(len(a))):
        for j in reversed(range(len(b))):
            same = a[i].key == b[j].key
            longest[i][j] = longest[i + 1][j + 1] + 1 if same else max(longest[i + 1][j], longest[i][j + 1])
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i].key == b[j].key:
            yield i, j
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1


def _share(units: list[_Unit], start: float, end: float) -> None:
    letters = sum(len(unit.key) for unit in units)
    for unit in units:
        unit.start = start
        start += (end - start) * (len(unit.key) / letters) if letters else 0.0
        letters -= len(unit.key)
        unit.end = start
