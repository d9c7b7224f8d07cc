"""What all voices do to the sentences that a model has made: trim them, join them, make them equally loud."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from gpu_tasks.engines.tts.base import Speech, Viseme, Word
from gpu_tasks.engines.tts.loudness import MARGIN_SECONDS, Samples, normalised, speech_bounds
from gpu_tasks.engines.tts.phonemes import SILENCE, track, window
from gpu_tasks.engines.tts.pronunciation import Sentence, phonemes, word_times, words_within

BETWEEN_SENTENCES = 0.2
"""Seconds of silence, beside the 50 ms that each sentence keeps at its ends."""
PAD = " "
"""The models put one symbol of silence before and one behind the phonemes."""


class Piece(NamedTuple):
    """A sentence without the silence around it."""

    samples: Samples
    visemes: list[Viseme]
    words: list[Word]


def untimed(samples: Samples, rate: int) -> Piece:
    start, end = speech_bounds(samples, rate)
    return Piece(samples[start:end], [], [])


def timed(samples: Samples, rate: int, sentence: Sentence, seconds: Sequence[float], *, ahead: float) -> Piece:
    """`seconds` are those of a pad, of each phoneme and of a pad; the sound comes `ahead` seconds before them."""
    start, end = speech_bounds(samples, rate)
    if start == end:
        return Piece(samples[:0], [], [])
    span = start / rate + ahead, end / rate + ahead
    visemes = window(track(PAD + phonemes(sentence) + PAD, seconds), *span)
    # the last phoneme's time reaches into the silence behind it, in which the mouth is closed
    length = (end - start) / rate
    closed = [*window(visemes, 0, length - MARGIN_SECONDS), Viseme(length - MARGIN_SECONDS, length, SILENCE)]
    return Piece(samples[start:end], closed, words_within(word_times(sentence, seconds), *span))


def joined(pieces: Iterable[Piece], rate: int, *, timed: bool) -> Speech:
    sound: list[Samples] = []
    visemes: list[Viseme] = []
    words: list[Word] = []
    length = 0
    for piece in pieces:
        if not len(piece.samples):
            continue
        if sound:
            sound.append(np.zeros(int(BETWEEN_SENTENCES * rate), np.float32))
            length += len(sound[-1])
        at = length / rate
        visemes += [Viseme(at + start, at + end, shape) for start, end, shape in piece.visemes]
        words += [Word(at + start, at + end, text) for start, end, text in piece.words]
        sound.append(piece.samples)
        length += len(piece.samples)
    pcm = normalised(np.concatenate(sound), rate) if sound else np.zeros(0, np.int16)
    if not timed:
        return Speech(pcm, rate, None)
    return Speech(pcm, rate, tuple(window(visemes, 0, length / rate)), tuple(words))
