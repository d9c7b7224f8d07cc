"""What the voice says for a piece of displayed text: without marks that are for the eye."""

import html
import re

from gpu_tasks.chinese_numbers import in_words
from gpu_tasks.formulas import FORMULA, signs_in_words, spoken

_CODE = {"en": "The code is on the screen.", "zh": "代码在屏幕上。"}
_ADDRESS = {"en": "the link on the screen", "zh": "屏幕上的链接"}

_FENCE = re.compile(r"```.*?(?:```|$)", re.DOTALL)
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*|\s*:?-{3,}:?\s*(?:\|\s*:?-{3,}:?\s*)+")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}")
_LINE_MARK = re.compile(r"\s*(?:#{1,6}\s+|[-*+•]\s+(?:\[[ xX]\]\s+)?|>\s?)+")
_NUMBERED = re.compile(r"\s*\d{1,3}[.)]\s")
_ENDS = (".", "!", "?", "…", ":", ";", ",", "。", "！", "？", "：", "；", "，", "、")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_HANZI = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\u3000-\u9fff\uff00-\uffef]*[\w/]")
_INLINE = [
    (re.compile(r"!?\[([^\]]+)\]\([^)]*\)"), r"\1"),  # a link or a picture
    (re.compile(r"\s?\[\d+(?:,\s*\d+)*\]"), ""),  # the number of a citation
    (re.compile(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1", re.DOTALL), r"\2"),
    (re.compile(r"(?<![\w*])[*_](?=[^\s*_])([^*_]+)(?<=[^\s])[*_](?![\w*])"), r"\1"),
    (re.compile(r"`+"), ""),
    (re.compile(r"\*\*|~~"), ""),
    (re.compile(r"</?[A-Za-z][^<>]*>"), ""),
]
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2190-\u21ff\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3\U000e0020-\U000e007f]"
)


def speakable(text: str, language: str = "en") -> str:
    """Plain text; empty when there is nothing to say (a row of a table, emoji alone)."""
    language = _language(text, language)
    text = _FENCE.sub(f" {_CODE[language]} ", text)
    text = FORMULA.sub(lambda found: spoken(next(filter(None, found.groups())), language), text)
    text = " ".join(_line(line) for line in text.split("\n"))
    for mark, instead in _INLINE:
        text = mark.sub(instead, text)
    text = _URL.sub(_ADDRESS[language], text)
    text = html.unescape(text)
    if language == "zh":  # units before their signs are words; then the numbers that the signs have brought
        text = in_words(signs_in_words(in_words(text), language))
    text = signs_in_words(text, language)
    text = " ".join(_EMOJI.sub(" ", text).split())
    text = re.sub(r"\s+([,.;:!?](?!\d)|[，。；：！？])", r"\1", text)
    return text if re.search(r"\w", text) else ""


def _language(text: str, language: str) -> str:
    """A tutor may answer in another language than its own; what has no words is said in the tutor's."""
    prose = FORMULA.sub("", _FENCE.sub("", text))
    hanzi, words = len(_HANZI.findall(prose)), len(_WORD.findall(prose))
    if hanzi == words:
        return "zh" if language.startswith("zh") else "en"
    return "zh" if hanzi > words else "en"


def _line(line: str) -> str:
    """Headings and items of a list end as sentences do, so that the voice pauses behind them."""
    if _TABLE_ROW.fullmatch(line) or _RULE.fullmatch(line):
        return ""
    mark = _LINE_MARK.match(line)
    text = line[mark.end() if mark else 0 :].strip()
    if not text or not (mark or _NUMBERED.match(line)) or text.rstrip("*_`\"'”’)）").endswith(_ENDS):
        return text
    return text + ("。" if _CJK.search(text[-1]) else ".")
