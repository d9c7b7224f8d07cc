"""What Bark is given at a time, and how long it should take to say it."""

import re
from collections.abc import Iterator

LONGEST = 10.0
"""Seconds that are asked of Bark in one go: it cannot make more than 13."""
SHORTEST = 1.5
"""What is quicker said joins what follows: Bark adds words and noise to a prompt of two words."""
HANZI_A_SECOND, LETTERS_A_SECOND = 4.5, 14.0

_HANZI = re.compile(r"[\u3400-\u9fff]")
_SENTENCE = re.compile(r"\S.*?(?:[.!?…]+[\"'”’)]*(?=\s|$)|[。！？…]+[”’」』）》]*|\n|$)", re.DOTALL)
_CLAUSE = re.compile(r".+?(?:[,;:—](?=\s)|[，；：、—]|$)", re.DOTALL)
_WORD = re.compile(r"\s*(?:[\u3400-\u9fff]|[^\s\u3400-\u9fff]+)")


def seconds(text: str) -> float:
    """How long a person takes to say it, roughly."""
    hanzi = len(_HANZI.findall(text))
    return hanzi / HANZI_A_SECOND + (len(text) - hanzi) / LETTERS_A_SECOND


def is_plausible(text: str, duration: float) -> bool:
    """Not broken off, and without words, music or noise of its own."""
    expected = seconds(text)
    return 0.4 * expected - 0.3 <= duration <= 2.0 * expected + 1.5


def portions(text: str) -> list[str]:
    """Sentences, the shortest together and the longest cut at a clause; none without a letter or a digit."""
    out: list[str] = []
    for piece in _pieces(text, (_SENTENCE, _CLAUSE, _WORD)):
        if out and seconds(out[-1]) < SHORTEST and seconds(f"{out[-1]} {piece}") <= LONGEST:
            out[-1] = f"{out[-1]} {piece}"
        else:
            out.append(piece)
    return [piece for piece in out if re.search(r"\w", piece)]


def _pieces(text: str, cuts: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    """Cut by the first pattern, and what is still too long by the next ones."""
    cut, *finer = cuts
    piece = ""
    for found in cut.finditer(text):
        # sentences are apart by themselves; clauses and words only as far as they have to be
        if piece and (cut is _SENTENCE or seconds(piece + found[0]) > LONGEST):
            yield piece.strip()
            piece = ""
        piece += found[0]
        if seconds(piece) > LONGEST and finer:
            yield from _pieces(piece, tuple(finer))
            piece = ""
    if piece.strip():
        yield piece.strip()
