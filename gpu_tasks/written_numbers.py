"""The numbers in a text, however they are written: 84, 84.0, ８４, 1,000, ½, eighty-four, e-i-g-h-t-y f-o-u-r, 八十四,
LXXXIV, 0x54. Without their signs."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple


class Number(NamedTuple):
    value: Fraction
    start: int
    end: int


_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
}
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5}
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_RUN = rf"(?:{_WORD})(?:[-\s]*(?:and\s+)?(?:{_WORD}))*"
_CHINESE = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {
    sign: value for value, sign in enumerate("〇壹贰叁肆伍陆柒捌玖")
}
_CHINESE["两"] = 2
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
_GROUPS = "万亿"
_SIGN = f"[{''.join([*_CHINESE, *_PLACES, *_GROUPS])}]"
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1_000}
_SPELLED = re.compile(r"(?<![^\W\d_])(?:[A-Za-z][\s.\-–·_*,]{1,3}){2,}[A-Za-z](?![^\W\d_])")


def plain(text: str) -> str:
    """One way of writing for each sign: full-width digits, ½, letters that stand apart."""
    text = "".join(_fraction(sign) for sign in text if unicodedata.category(sign) != "Cf")
    return _SPELLED.sub(lambda found: re.sub(r"[^A-Za-z]", "", found[0]), unicodedata.normalize("NFKC", text))


def _fraction(sign: str) -> str:
    parts = unicodedata.normalize("NFKC", sign).split("⁄")
    return f" {parts[0]}/{parts[1]}" if len(parts) == 2 else sign


def numbers(text: str) -> list[Number]:
    """Of a text that is `plain`, in their order."""
    found = [each for pattern, read in _READINGS for hit in pattern.finditer(text) for each in read(hit)]
    return sorted(found, key=lambda number: number.start)


def values(text: str) -> set[Fraction]:
    return {number.value for number in numbers(plain(text))}


def _digits(found: re.Match[str]) -> Iterator[Number]:
    whole, over, under = found["number"], found["over"], found["under"]
    value = Fraction(_decimal(whole))
    if over and int(under):
        value += Fraction(int(over), int(under))
    elif found["under2"] and int(found["under2"]):
        value /= int(found["under2"])
    yield Number(value, *found.span())


def _decimal(text: str) -> str:
    if re.fullmatch(r"\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?", text):
        return re.sub(r"[,' ]", "", text)
    return text.replace(",", ".")


def _based(found: re.Match[str]) -> Iterator[Number]:
    yield Number(Fraction(int(found[0], 0)), *found.span())


def _roman(found: re.Match[str]) -> Iterator[Number]:
    signs = [_ROMAN[sign] for sign in found[0]]
    following = [*signs[1:], 0]
    value = sum(-each if each < after else each for each, after in zip(signs, following, strict=True))
    yield Number(Fraction(value), *found.span())


def _english(found: re.Match[str]) -> Iterator[Number]:
    words = re.findall(_WORD, found["run"].lower())
    span = found.span()
    if len(words) > 1 and all(_WORDS[word] < 10 for word in words):  # digit by digit
        yield Number(Fraction(int("".join(str(_WORDS[word]) for word in words))), *span)
        for word in words:
            yield Number(Fraction(_WORDS[word]), *span)
        return
    value = Fraction(_counted(words))
    if found["decimals"]:
        decimals = "".join(str(_WORDS[word]) for word in re.findall(_WORD, found["decimals"].lower()))
        value += Fraction(f"0.{decimals}")
    if found["part"]:
        value /= _PARTS[found["part"].lower()]
    yield Number(value, *span)


def _counted(words: list[str]) -> int:
    total = current = 0
    for word in words:
        value = _WORDS[word]
        if value >= 1_000:
            total, current = total + (current or 1) * value, 0
        elif value == 100:
            current = (current or 1) * 100
        else:
            current += value
    return total + current


def _half(found: re.Match[str]) -> Iterator[Number]:
    yield Number(Fraction(1, _PARTS[found[1].lower()]), *found.span())


def _chinese(found: re.Match[str]) -> Iterator[Number]:
    span = found.span()
    under, whole, decimals = found["under"], found["whole"], found["decimals"]
    if not set(whole) & {*_PLACES, *_GROUPS} and len(whole) > 1:
        for sign in whole:
            yield Number(Fraction(_CHINESE[sign]), *span)
    value = Fraction(_counted_chinese(whole))
    if decimals:
        value += Fraction("0." + "".join(str(_CHINESE.get(sign, 0)) for sign in decimals))
    if under and _counted_chinese(under):
        value /= _counted_chinese(under)
    yield Number(value, *span)


def _counted_chinese(signs: str) -> int:
    if not set(signs) & {*_PLACES, *_GROUPS}:
        return int("".join(str(_CHINESE[sign]) for sign in signs))
    most = more = group = digit = 0
    for sign in signs:
        if sign == "亿":
            most, more, group, digit = most + (more + group + digit) * 100_000_000, 0, 0, 0
        elif sign == "万":
            more, group, digit = more + (group + digit) * 10_000, 0, 0
        elif sign in _PLACES:
            group, digit = group + (digit or 1) * _PLACES[sign], 0
        else:
            digit = _CHINESE[sign]
    return most + more + group + digit


_NUMBER = r"\d{1,3}(?:[,' ]\d{3})+(?!\d)(?:\.\d+)?|\d+[.,]\d+|\d+"
_READINGS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Number]]]] = [
    (re.compile(r"(?<![\w.])0(?:x[\da-f]+|b[01]+)(?!\w)", re.IGNORECASE), _based),
    (
        re.compile(
            rf"(?<![A-Za-z\d.])(?P<number>{_NUMBER})(?!x[\da-f]|b[01])"
            r"(?:\s+(?P<over>\d+)/(?P<under>\d+)|\s*[/⁄]\s*(?P<under2>\d+))?"
        ),
        _digits,
    ),
    (
        re.compile(
            r"(?<![A-Za-z])(?=[IVXLCDM]{2})M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![A-Za-z])"
        ),
        _roman,
    ),
    (
        re.compile(
            rf"(?<![A-Za-z])(?P<run>{_RUN})(?:\s+point\s+(?P<decimals>(?:(?:{_WORD})[-\s]*)+))?"
            rf"(?:[-\s]+(?P<part>{'|'.join(sorted(_PARTS, key=len, reverse=True))}))?(?![A-Za-z])",
            re.IGNORECASE,
        ),
        _english,
    ),
    (re.compile(r"(?<![A-Za-z])(?:a|an)\s+(half|third|quarter|fifth)(?![A-Za-z])", re.IGNORECASE), _half),
    (re.compile(rf"(?:(?P<under>{_SIGN}+)分之)?(?P<whole>{_SIGN}+)(?:点(?P<decimals>{_SIGN}+))?"), _chinese),
]
