"""What the voice says for a piece of displayed text: without marks that are for the eye."""

import re

_ON_SCREEN = {"en": "The code is on the screen.", "zh": "代码在屏幕上。"}
_LINK_WORD = {"en": "the link on the screen", "zh": "屏幕上的链接"}

_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2190-\u21ff\ufe0f\u200d\u20e3\U000e0020-\U000e007f]")
_MARKS: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[\d+\]"), ""),  # the number of a citation
    (re.compile(r"^\s*\|.*\|\s*$", re.MULTILINE), ""),
    (re.compile(r"^\s*([-*_]\s*){3,}$", re.MULTILINE), ""),
    (re.compile(r"^\s*#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(r"^\s*[-*+•]\s+", re.MULTILINE), ""),
    (re.compile(r"^\s*>\s?", re.MULTILINE), ""),
    (re.compile(r"(\*\*|__|~~)(.+?)\1", re.DOTALL), r"\2"),
    (re.compile(r"(?<![\w*])[*_](?=\S)(.+?)(?<=\S)[*_](?![\w*])", re.DOTALL), r"\1"),
    (re.compile(r"`([^`]*)`"), r"\1"),
    (re.compile(r"</?[A-Za-z][^>]*>"), ""),
]
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(?=[^\s\d])(.+?)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_TEX: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}"), r" \1 over \2 "),
    (re.compile(r"\\sqrt\{([^{}]*)\}"), r" the square root of \1 "),
    (re.compile(r"\\(?:text|mathrm|mathbf)\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\^\{?2\}?"), " squared "),
    (re.compile(r"\^\{?3\}?"), " cubed "),
    (re.compile(r"\^\{([^{}]*)\}|\^(\w)"), r" to the power of \1\2 "),
    (re.compile(r"_\{([^{}]*)\}|_(\w)"), r" \1\2 "),
    (re.compile(r"\\(?:times|cdot)\b"), " times "),
    (re.compile(r"\\(?:leq?)\b"), " ≤ "),
    (re.compile(r"\\(?:geq?)\b"), " ≥ "),
    (re.compile(r"\\neq?\b"), " ≠ "),
    (re.compile(r"\\(?:approx)\b"), " ≈ "),
    (re.compile(r"\\(?:to|rightarrow)\b"), " → "),
    (re.compile(r"\\(?:left|right|quad|,|;|!)"), " "),
    (re.compile(r"\\([A-Za-z]+)"), r" \1 "),
    (re.compile(r"[{}\\]"), " "),
]
_SIGNS = {
    "en": {
        "×": "times", "÷": "divided by", "≤": "is at most", "≥": "is at least", "≠": "is not", "≈": "is about",
        "→": "gives", "²": "squared", "³": "cubed", "√": "the square root of",
        "°C": "degrees Celsius", "±": "plus or minus",
    },
    "zh": {
        "×": "乘", "÷": "除以", "≤": "小于等于", "≥": "大于等于", "≠": "不等于", "≈": "约等于",
        "→": "得到", "²": "的平方", "³": "的立方", "√": "根号", "°C": "摄氏度", "±": "正负",
    },
}  # fmt: skip


def speakable(text: str, language: str = "en") -> str:
    """Plain text; empty when there is nothing to say (a row of a table, emoji alone)."""
    language = language if language in _SIGNS else "en"
    text = re.sub(r"```.*?(```|$)", f" {_ON_SCREEN[language]} ", text, flags=re.DOTALL)
    text = _FORMULA.sub(lambda formula: _spoken(next(filter(None, formula.groups()), "")), text)
    for mark, instead in _MARKS:
        text = mark.sub(instead, text)
    text = re.sub(r"(?:https?://|www\.)\S*[\w/]", _LINK_WORD[language], text)
    for sign, word in _SIGNS[language].items():
        text = text.replace(sign, f" {word} " if language == "en" else word)
    if language == "en":
        text = re.sub(r"(?<=[\w)])\s*=\s*(?=[\w(])", " equals ", text)
    text = _EMOJI.sub(" ", text)
    text = " ".join(text.split())
    text = re.sub(r"\s+([,.;:!?])", r"\1", text)
    return text if re.search(r"\w", text) else ""


def _spoken(formula: str) -> str:
    for mark, instead in _TEX:
        formula = mark.sub(instead, formula)
    return f" {formula} "
