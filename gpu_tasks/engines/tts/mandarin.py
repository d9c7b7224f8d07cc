"""Chinese text, also with English words in it, to phonemes: sentence by sentence and word by word."""

import re

from gpu_tasks.engines.tts import pinyin
from gpu_tasks.engines.tts.english import LONGEST, English
from gpu_tasks.engines.tts.pronunciation import Pronounced, Sentence, is_spoken, parts

HANZI = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f]")
_SENTENCE = re.compile(rf".*?(?:[。！？…]+[”’」』）》】\"')]*|[.!?]\s+(?={HANZI.pattern})|\n|$)", re.DOTALL)
_RUN = re.compile(
    rf"(?P<hanzi>{HANZI.pattern}+)|(?P<latin>[A-Za-z0-9](?:[A-Za-z0-9'’.%+\- ]*[A-Za-z0-9%])?)|(?P<mark>\S)"
)
_MARKS = str.maketrans("、，。．！：；？«»《》「」『』【】（）", ",,..!:;?“”“”“”“”“”()")
_OPENING = frozenset("“(")
_SAID_AS = str.maketrans("嗯", "恩")
"""Without a vowel in the dictionary."""


# A Mandarin voice has learned p, t and k as the sounds of pinyin's b, d and g, and knows no th: without this, its
# "table" is heard as "dable" (measured by recognition).
_HARD = re.compile(r"([ptk])(?=[ˈˌ]?[iIɪɛeəɚɜʌAOWYQaɑɔæuʊlɹjw])")


class Mandarin:
    def __init__(self, english: English, *, by_mandarin_voice: bool = True) -> None:
        import pypinyin
        import rjieba

        self._cut = rjieba.cut
        self._read = pypinyin.lazy_pinyin
        self._initials, self._finals = pypinyin.Style.INITIALS, pypinyin.Style.FINALS_TONE3
        self._english = english
        self._by_mandarin_voice = by_mandarin_voice

    def sentences(self, text: str) -> list[Sentence]:
        """Those in which there is something to say; numbers should be in words."""
        out: list[Sentence] = []
        for sentence in _SENTENCE.findall(text):
            if HANZI.search(sentence):
                out += [part for part in parts(self._words(sentence), LONGEST) if is_spoken(part)]
            else:
                out += self._english_sentences(sentence)
        return out

    def _words(self, sentence: str) -> Sentence:
        words: Sentence = []
        for run in _RUN.finditer(sentence):
            match run.lastgroup:
                case "hanzi":
                    words += [Pronounced(word, self._phonemes(word) + " ") for word in self._cut(run[0])]
                case "latin":
                    words += [_apart(word) for part in self._english_sentences(run[0]) for word in part]
                case _:
                    _add_mark(words, run[0])
        return words

    def _english_sentences(self, text: str) -> list[Sentence]:
        sentences = self._english.sentences(text)
        if not self._by_mandarin_voice:
            return sentences
        return [part for sentence in sentences for part in parts([_hard(word) for word in sentence], LONGEST)]

    def _phonemes(self, word: str) -> str:
        said = word.translate(_SAID_AS)
        initials = self._read(said, style=self._initials, errors="ignore", strict=True)
        finals = self._read(said, style=self._finals, errors="ignore", strict=True, neutral_tone_with_five=True)
        return "".join(map(pinyin.phonemes, initials, finals))


def _hard(word: Pronounced) -> Pronounced:
    return word._replace(phonemes=_HARD.sub(r"\1ʰ", word.phonemes).replace("θ", "s"))


def _apart(word: Pronounced) -> Pronounced:
    return Pronounced(word.text, word.phonemes.rstrip() + " ")


def _add_mark(words: Sentence, mark: str) -> None:
    said = mark.translate(_MARKS)
    if said in _OPENING or not words:
        words.append(Pronounced(mark, said if said in _OPENING else ""))
    else:
        text, phonemes = words[-1]
        words[-1] = Pronounced(text + mark, phonemes.rstrip() + (said if said in ',.!:;?”)…—"' else "") + " ")
