"""Mandarin syllables in the alphabet of Kokoro, as misaki writes them."""

INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l", "g": "k", "k": "kʰ", "h": "x",
    "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s", "": "",
}  # fmt: skip
_VOWELS = {
    "a": "a", "o": "wo", "e": "ɤ", "ê": "ɛ", "i": "i", "u": "u", "v": "y", "ai": "ai", "ei": "ei", "ao": "au",
    "ou": "ou", "ia": "ja", "ie": "je", "iao": "jau", "iou": "jou", "ua": "wa", "uo": "wo", "uai": "wai", "uei": "wei",
    "ve": "ɥe", "io": "jɔ",
}  # fmt: skip
_NASALS = {
    "an": ("a", "n"), "en": ("ə", "n"), "ang": ("a", "ŋ"), "eng": ("ə", "ŋ"), "ong": ("ʊ", "ŋ"),
    "ian": ("jɛ", "n"), "in": ("i", "n"), "iang": ("ja", "ŋ"), "ing": ("i", "ŋ"), "iong": ("jʊ", "ŋ"),
    "uan": ("wa", "n"), "uen": ("wə", "n"), "uang": ("wa", "ŋ"), "ueng": ("wə", "ŋ"),
    "van": ("ɥɛ", "n"), "vn": ("y", "n"),
}  # fmt: skip
FINALS = {**{final: (vowel, "") for final, vowel in _VOWELS.items()}, **_NASALS, "er": ("ɚ", "")}
TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
"""The mark stands behind the vowel that carries the tone."""
_BUZZING = frozenset(("zh", "ch", "sh", "r", "z", "c", "s"))


def phonemes(initial: str, final: str) -> str:
    """`initial` and `final` as pypinyin's strict INITIALS and FINALS_TONE3; empty for what is no syllable."""
    vowel, tone = final[:-1], final[-1:]
    if initial not in INITIALS or vowel not in FINALS or tone not in TONES:
        return ""
    before, behind = FINALS[vowel]
    if vowel == "i" and initial in _BUZZING:
        before = "ɨ"
    if vowel == "o" and not initial:
        before = "ɔ"
    return INITIALS[initial] + before + TONES[tone] + behind
