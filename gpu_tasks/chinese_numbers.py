"""Numbers in Chinese text as they are said: 2024年 is 二零二四年, 3.5% is 百分之三点五, 5 km/h is 五千米每小时."""

import re
from collections.abc import Callable

DIGITS = "零一二三四五六七八九"
LONGEST = 16
"""Digits of a number that is read as one; longer ones are read digit by digit, as long codes are."""
_GROUPS = ("", "万", "亿", "万亿")
_PLACES = ("", "十", "百", "千")

UNITS = {
    "km/h": "千米每小时", "m/s²": "米每二次方秒", "m/s^2": "米每二次方秒", "m/s": "米每秒", "km/s": "千米每秒",
    "g/cm³": "克每立方厘米", "kg/m³": "千克每立方米", "mol/L": "摩尔每升", "g/mol": "克每摩尔", "N/kg": "牛每千克",
    "km²": "平方千米", "m²": "平方米", "cm²": "平方厘米", "mm²": "平方毫米", "m³": "立方米", "cm³": "立方厘米",
    "km": "千米", "m": "米", "dm": "分米", "cm": "厘米", "mm": "毫米", "μm": "微米", "µm": "微米", "nm": "纳米",
    "t": "吨", "kg": "千克", "g": "克", "mg": "毫克", "L": "升", "l": "升", "mL": "毫升", "ml": "毫升",
    "h": "小时", "min": "分钟", "s": "秒", "ms": "毫秒", "Hz": "赫兹", "kHz": "千赫兹", "MHz": "兆赫兹",
    "GHz": "吉赫兹", "V": "伏", "A": "安", "mA": "毫安", "W": "瓦", "kW": "千瓦", "kWh": "千瓦时", "Ω": "欧姆",
    "J": "焦耳", "kJ": "千焦", "N": "牛", "Pa": "帕", "kPa": "千帕", "K": "开尔文", "mol": "摩尔", "eV": "电子伏特",
    "C": "库仑", "°C": "摄氏度", "℃": "摄氏度", "°F": "华氏度", "℉": "华氏度", "°": "度", "%": "%", "‰": "‰",
}  # fmt: skip
_MEASURES = "个只条张本杯位名次种块件台辆间层倍天周岁句页头棵朵颗滴份步组类双对支根片把瓶碗"
"""Before these 2 is 两."""

_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_APART = r"(?<![A-Za-z\d.)）])"
"""A sign here belongs to the number behind it."""


def in_words(text: str) -> str:
    """Leaves no digit of the ten Arabic ones; all else stays as it is."""
    for pattern, said in _READINGS:
        text = pattern.sub(said, text)
    return text


def cardinal(digits: str) -> str:
    """Of up to LONGEST digits."""
    groups = [digits[max(0, end - 4) : end] for end in range(len(digits), 0, -4)]
    said = ""
    gap = False
    for index in range(len(groups) - 1, -1, -1):
        group = int(groups[index])
        if not group:
            gap = bool(said)
            continue
        if said and (gap or group < 1000):
            said += DIGITS[0]
        said += _below_ten_thousand(group) + _GROUPS[index]
        gap = False
    return (said[1:] if said.startswith("一十") else said) or DIGITS[0]


def digit_by_digit(digits: str) -> str:
    return "".join(DIGITS[int(digit)] for digit in digits)


def _below_ten_thousand(number: int) -> str:
    said = ""
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            said += DIGITS[digit] + _PLACES[place]
        elif said and number % 10**place and not said.endswith(DIGITS[0]):
            said += DIGITS[0]
    return said


def _number(text: str) -> str:
    whole, _, fraction = text.replace(",", "").partition(".")
    code = len(whole) > LONGEST or (len(whole) > 1 and whole.startswith("0"))
    said = digit_by_digit(whole) if code else cardinal(whole)
    return f"{said}点{digit_by_digit(fraction)}" if fraction else said


def _signed(sign: str | None, number: str) -> str:
    return ("负" if sign else "") + _number(number)


def _date(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    return f"{digit_by_digit(year)}年{cardinal(month.lstrip('0'))}月{cardinal(day.lstrip('0'))}日"


def _time(found: re.Match[str]) -> str:
    hour, minute, second = found.groups()
    said = f"{cardinal(hour)}点"
    if int(minute) or second:
        said += f"{_two_digits(minute)}分"
    return said + (f"{_two_digits(second)}秒" if second else "")


def _two_digits(digits: str) -> str:
    return digit_by_digit(digits) if digits.startswith("0") else cardinal(digits)


def _quantity(found: re.Match[str]) -> str:
    sign, number, unit = found.groups()
    said = _signed(sign, number)
    if unit in "%‰":
        return ("百分之" if unit == "%" else "千分之") + said
    return said + UNITS[unit]


def _money(found: re.Match[str]) -> str:
    sign, number = found.groups()
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return _number(number) + {"$": "美元", "€": "欧元", "£": "英镑"}.get(sign, "元")


def _between(found: re.Match[str]) -> str:
    """The unit, if there is one, is said behind the second number."""
    first, sign, second = found.groups()
    rising = float(first.replace(",", "")) < float(second.replace(",", ""))
    return _number(first) + ("到" if rising or sign not in "-−" else "减")


def _power(found: re.Match[str]) -> str:
    said = {"2": "平方", "3": "立方"}.get(found[2])
    return f"{found[1]}的{said}" if said else f"{found[1]}的{_signed(*_split_sign(found[2]))}次方"


def _split_sign(exponent: str) -> tuple[str | None, str]:
    return ("-", exponent[1:]) if exponent[0] in "-−" else (None, exponent)


def _phone(found: re.Match[str]) -> str:
    return digit_by_digit(re.sub(r"\D", "", found[0])).replace("一", "幺")


Reading = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
# In this order: what a rule has put in words no later one sees.
_READINGS: list[Reading] = [
    (re.compile(r"(?<!\d)(\d{4})[-/](0?[1-9]|1[0-2])[-/](0?[1-9]|[12]\d|3[01])(?!\d)"), _date),
    (re.compile(r"(?<!\d)(\d{4})\s?[-–~～]\s?(?=\d{4}\s?年)"), lambda found: f"{digit_by_digit(found[1])}到"),
    (re.compile(r"(?<!\d)(\d{2,4})(?=\s?年(?!级|前|后|来|间|以))"), lambda found: digit_by_digit(found[1])),
    (re.compile(r"(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?![\d:])"), _time),
    (re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-\d{7,8}|400-?\d{3}-?\d{4})(?!\d)"), _phone),
    (re.compile(rf"([￥¥$€£])\s?({_NUMBER})"), _money),
    (re.compile(rf"{_APART}({_NUMBER})\s?([-−–~～])\s?(?=({_NUMBER}))"), _between),
    (re.compile(rf"{_APART}([-−])?({_NUMBER})\s?({_UNIT})(?![A-Za-z\d])"), _quantity),
    (re.compile(r"(\w)\s?\^\s?\{?([-−]?\d+)\}?"), _power),
    (re.compile(r"(?<![\d.])(\d+)\s?/\s?(\d+)(?![\d.])"), lambda found: f"{_number(found[2])}分之{_number(found[1])}"),
    (
        re.compile(r"(?<![\d.])(\d+)\s?[:：]\s?(\d+)(?![\d.])"),
        lambda found: f"{_number(found[1])}比{_number(found[2])}",
    ),
    (re.compile(r"((?<![A-Za-z])[A-Za-z]|[)）])\s?[-−]\s?(?=\d)"), lambda found: f"{found[1]}减"),
    (re.compile(rf"(?<![\d.第])2(?=\s?[{_MEASURES}])"), lambda _: "两"),
    (re.compile(rf"{_APART}([-−])?({_NUMBER})"), lambda found: _signed(found[1], found[2])),
    (re.compile(rf"({_NUMBER})"), lambda found: _number(found[1])),
]
