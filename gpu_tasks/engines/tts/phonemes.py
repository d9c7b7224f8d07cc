"""From timed phonemes (the alphabet that misaki, Kokoro and hibari share) to mouth shapes."""

from collections.abc import Iterable, Sequence

from gpu_tasks.engines.tts.base import Viseme

SILENCE = "sil"
SHORT_PAUSE = 0.1
"""A word boundary shorter than this does not close the mouth."""

SHORTEST = 0.001
"""What is shorter is a rounding error."""

_SHAPES = {
    "PP": "pbmɸβ",
    "FF": "fvʋ",
    "TH": "θð",
    "DD": "tdnlTɾʈɖɳɫ",
    "kk": "kɡgŋhxɣcɟqχʔɲɴɰʎ",
    "SS": "szSʦʣ",
    "CH": "ʃʒʧʤɕʥʨʂʐçʝꭧ",
    "RR": "ɹrɻɚɜɝɽʁ",
    "aa": "aɑæɒ",
    "ah": "ʌəɐɘᵊ",
    "E": "eɛɤ",
    "I": "iɪɨᵻjy",
    "O": "oɔøœ",
    "U": "uʊwɯʉɥ",
}
SHAPE_OF = {phoneme: shape for shape, phonemes in _SHAPES.items() for phoneme in phonemes}
DIPHTHONGS = {"I": ("aa", "I"), "A": ("E", "I"), "W": ("aa", "U"), "O": ("O", "U"), "Q": ("ah", "U"), "Y": ("O", "I")}
FIRST_PART = 0.55
"""Of a diphthong's time."""
BEFORE_ITS_VOWEL = frozenset("ˈˌ")
AFTER_ITS_PHONEME = frozenset("ːʰʲ\u0303ᵝ→↗↘↓")


def is_phoneme(symbol: str) -> bool:
    """Not a pause, nor a mark beside one."""
    return symbol in SHAPE_OF or symbol in DIPHTHONGS


def is_pause(symbol: str) -> bool:
    return not (is_phoneme(symbol) or symbol in BEFORE_ITS_VOWEL or symbol in AFTER_ITS_PHONEME)


def track(phonemes: str, seconds: Sequence[float]) -> list[Viseme]:
    """`seconds[i]` is how long `phonemes[i]` lasts. Without gaps from 0 to `sum(seconds)`.

    A symbol that is no phoneme (space, punctuation) is a pause.
    """
    timed: list[tuple[str, float]] = []
    owed = 0.0
    for symbol, lasts in zip(phonemes, seconds, strict=True):
        if symbol in BEFORE_ITS_VOWEL:
            owed += lasts
        elif symbol in AFTER_ITS_PHONEME and timed:
            timed[-1] = (timed[-1][0], timed[-1][1] + lasts)
        else:
            timed += _shapes(symbol, owed + lasts)
            owed = 0.0
    if owed:
        timed.append((SILENCE, owed))
    return _placed(_without_short_pauses(_merged(timed)))


def window(visemes: Iterable[Viseme], start: float, end: float) -> list[Viseme]:
    """What of a track lies between `start` and `end`, counted from `start`; silence where it does not reach."""
    out: list[Viseme] = []
    at = 0.0
    for first, last, shape in visemes:
        first, last = max(first, start) - start, min(last, end) - start
        if last - max(first, at) < SHORTEST:
            continue
        if first - at < SHORTEST:
            first = at
        else:
            out.append(Viseme(at, first, SILENCE))
        out.append(Viseme(first, last, shape))
        at = last
    if end - start - at >= SHORTEST:
        out.append(Viseme(at, end - start, SILENCE))
    elif out:
        out[-1] = out[-1]._replace(end=end - start)
    return out


def _shapes(symbol: str, lasts: float) -> list[tuple[str, float]]:
    if symbol in DIPHTHONGS:
        first, second = DIPHTHONGS[symbol]
        return [(first, lasts * FIRST_PART), (second, lasts * (1 - FIRST_PART))]
    return [(SHAPE_OF.get(symbol, SILENCE), lasts)]


def _merged(timed: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    out: list[tuple[str, float]] = []
    for shape, lasts in timed:
        if out and out[-1][0] == shape:
            out[-1] = (shape, out[-1][1] + lasts)
        elif lasts > 0:
            out.append((shape, lasts))
    return out


def _without_short_pauses(timed: list[tuple[str, float]]) -> list[tuple[str, float]]:
    out = list(timed)
    for i in range(1, len(out) - 1):
        shape, lasts = out[i]
        if shape == SILENCE and lasts < SHORT_PAUSE:
            out[i - 1] = (out[i - 1][0], out[i - 1][1] + lasts / 2)
            out[i + 1] = (out[i + 1][0], out[i + 1][1] + lasts / 2)
            out[i] = (shape, 0.0)
    return _merged([(shape, lasts) for shape, lasts in out if lasts > 0])


def _placed(timed: Iterable[tuple[str, float]]) -> list[Viseme]:
    out: list[Viseme] = []
    at = 0.0
    for shape, lasts in timed:
        out.append(Viseme(at, at + lasts, shape))
        at += lasts
    return out
