"""Words and their phonemes, in the alphabet that misaki, Kokoro and hibari share."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from gpu_tasks.engines.tts.base import Word
from gpu_tasks.engines.tts.phonemes import is_pause, is_phoneme

CLAUSE_ENDS = tuple(",;:—.!?…")


class Pronounced(NamedTuple):
    text: str
    phonemes: str
    """With the pause behind the word, if there is one; empty for what cannot be said."""


Sentence = list[Pronounced]


def phonemes(sentence: Iterable[Pronounced]) -> str:
    return "".join(word.phonemes for word in sentence)


def is_spoken(sentence: Iterable[Pronounced]) -> bool:
    """Whether there is anything in it but pauses and marks."""
    return any(map(is_phoneme, phonemes(sentence)))


def parts(sentence: Sequence[Pronounced], longest: int) -> list[Sentence]:
    """Cut where a clause ends, or else between words, so that no part has more phonemes than `longest`.

    A word that is longer by itself loses its end.
    """
    out: list[Sentence] = []
    part: Sentence = []
    for word in sentence:
        word = word._replace(phonemes=word.phonemes[:longest])
        while part and len(phonemes(part)) + len(word.phonemes) > longest:
            cut = next((i for i in range(len(part), 0, -1) if _ends_clause(part[i - 1])), len(part))
            out.append(part[:cut])
            part = part[cut:]
        part.append(word)
    return [trimmed for each in [*out, part] if (trimmed := _trimmed(each))]


def word_times(sentence: Sequence[Pronounced], seconds: Sequence[float]) -> list[Word]:
    """`seconds` are those of the phonemes and of a pad at each end. What is not spoken is in no word."""
    ends = list(accumulate(seconds))
    out: list[Word] = []
    at = 0
    for text, symbols in sentence:
        spoken = [at + i for i, symbol in enumerate(symbols) if not is_pause(symbol)]
        if any(map(is_phoneme, symbols)):
            out.append(Word(ends[spoken[0]], ends[spoken[-1] + 1], text))
        at += len(symbols)
    return out


def words_within(words: Iterable[Word], start: float, end: float) -> list[Word]:
    """Counted from `start`; a word that lies outside is at the edge."""
    length = end - start
    return [
        Word(min(max(first - start, 0.0), length), min(max(last - start, 0.0), length), text)
        for first, last, text in words
    ]


def _ends_clause(word: Pronounced) -> bool:
    return word.phonemes.rstrip().endswith(CLAUSE_ENDS)


def _trimmed(sentence: Sentence) -> Sentence:
    """Without pauses at its ends, and what has no sound in front."""
    words = list(sentence)
    while words and not words[0].phonemes.strip():
        del words[0]
    while words and not words[-1].phonemes.strip():
        del words[-1]
    if words:
        words[0] = words[0]._replace(phonemes=words[0].phonemes.lstrip())
        words[-1] = words[-1]._replace(phonemes=words[-1].phonemes.rstrip())
    return words
