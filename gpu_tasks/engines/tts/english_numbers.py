"""Numbers in English text as they are said, for a voice that reads digits badly. hibari has the readings."""

import re

_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MONEY = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}
_PLURAL = {"penny": "pence"}
LONGEST = 36
"""Digits; longer ones are read one by one."""


def in_words(text: str) -> str:
    """Leaves no digit."""
    from hibari.g2p.normalize import normalize

    text = normalize(text)
    text = re.sub(rf"([$£€])({_NUMBER})", _money, text)
    text = re.sub(rf"({_NUMBER})\s?%", r"\1 percent", text)
    text = re.sub(r"(\d+)(?:st|nd|rd|th)\b", lambda found: f" {_ordinal(found[1])} ", text)
    text = re.sub(r"(?<![\d.,])(1[1-9]\d\d|20\d\d)(?![\d.,]\d|\d)", lambda found: f" {_year(found[1])} ", text)
    text = re.sub(rf"(?<![\w.)])[-−](?={_NUMBER})", "minus ", text)
    text = re.sub(_NUMBER, lambda found: f" {_number(found[0])} ", text)
    return re.sub(r"\s+([,.;:!?])", r"\1", " ".join(text.split()))


def _money(found: re.Match[str]) -> str:
    whole, _, cents = found[2].partition(".")
    large, small = _MONEY[found[1]]
    said = [] if int(whole.replace(",", "")) == 0 and len(cents) == 2 else [f"{whole} {_counted(large, whole)}"]
    if len(cents) == 2 and int(cents):
        said.append(f"{int(cents)} {_counted(small, cents)}")
    elif cents and len(cents) != 2:
        return f"{found[2]} {_counted(large, '2')}"
    return " and ".join(said) or f"0 {_counted(large, '0')}"


def _counted(name: str, number: str) -> str:
    return name if int(number.replace(",", "")) == 1 else _PLURAL.get(name, f"{name}s")


def _number(text: str) -> str:
    from hibari.g2p.numbers import ONES, cardinal, decimal

    plain = text.replace(",", "")
    if len(plain) > LONGEST:
        return " ".join(ONES[int(digit)] for digit in plain if digit.isdigit())
    return str(decimal(plain) if "." in plain else cardinal(int(plain)))


def _ordinal(digits: str) -> str:
    from hibari.g2p.numbers import ordinal

    return str(ordinal(int(digits))) if len(digits) <= LONGEST else _number(digits)


def _year(digits: str) -> str:
    from hibari.g2p.numbers import year

    return str(year(int(digits)))
