"""English text to phonemes, by hibari's lexicon and rules: sentence by sentence and word by word."""

import json
from pathlib import Path

from gpu_tasks.engines.tts.pronunciation import Pronounced, Sentence, is_spoken, parts

LONGEST = 400
"""Phonemes that the models speak in one go."""


class English:
    def __init__(self, *, british: bool = False) -> None:
        from hibari.g2p import G2P
        from hibari.g2p.normalize import normalize
        from hibari.tts import ASSETS, Hibari

        self._normalize = normalize
        self._split = Hibari.split_sentences
        self._g2p = G2P(british=british)
        self._alphabet = frozenset(json.loads((Path(ASSETS) / "vocab.json").read_text(encoding="utf-8")))

    def sentences(self, text: str) -> list[Sentence]:
        """Those in which there is something to say."""
        spoken = (self._words(sentence) for sentence in self._split(text))
        return [part for words in spoken for part in parts(words, LONGEST) if is_spoken(part)]

    def _words(self, sentence: str) -> Sentence:
        words = [Pronounced("", "")]
        for token in self._g2p.phonemize_tokens(self._g2p.tokenize(self._normalize(sentence))):
            text, phonemes = words[-1]
            known = "".join(symbol for symbol in token.phonemes or "" if symbol in self._alphabet)
            words[-1] = Pronounced(text + token.text, phonemes + known)
            if token.whitespace:
                words[-1] = Pronounced(words[-1].text, words[-1].phonemes + " ")
                words.append(Pronounced("", ""))
        return words
