"""Formulas in a text, and how they are said."""

import re
from collections.abc import Mapping

from gpu_tasks import chinese_numbers
from gpu_tasks.formula_words import COMMANDS, GREEK, GREEK_SAID, SIGNS, UNITS

# A single $ begins a formula before a non-space, and ends one behind a non-space and not before a digit:
# pandoc's rule, which leaves "$5 and $10" alone.
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(?=\S)([^$\n]+?)(?<=\S)\$(?!\d)|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₙ", "0123456789+-n")
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+")

# What English voices read rightly by themselves (+ = < > % ^ and units) is not here.
_SIGNS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "<=": "is at most", ">=": "is at least", "!=": "is not", "->": "gives", "=>": "gives",
        "≤": "is at most", "≥": "is at least", "≠": "is not", "≈": "is about", "→": "gives", "⇒": "gives",
        "×": "times", "÷": "divided by", "±": "plus or minus", "√": "the square root of", "∞": "infinity",
        "∑": "the sum of", "∫": "the integral of",
    },
    "zh": {
        "<=": "小于等于", ">=": "大于等于", "!=": "不等于", "->": "得到", "=>": "得到",
        "≤": "小于等于", "≥": "大于等于", "≠": "不等于", "≈": "约等于", "→": "得到", "⇒": "得到",
        "×": "乘", "÷": "除以", "±": "正负", "√": "根号", "∞": "无穷大", "∑": "求和", "∫": "积分",
        "=": "等于", "+": "加", "<": "小于", ">": "大于", "℃": "摄氏度", "°C": "摄氏度", "°": "度",
    },
}  # fmt: skip
Patterns = list[tuple[re.Pattern[str], str]]
_NAMED = re.compile(r"\\(?:text|mathrm|mathbf|operatorname)\{([^{}]*)\}")
_WORD = re.compile(
    r"(\\(?:text|mathrm|mathbf|operatorname)\{[^{}]*\}|\\[A-Za-z]+|[A-Za-z]{2,}|(?<![A-Za-z])a(?![A-Za-z]))"
)
_QUANTITY = re.compile(r"(\d)(?:\\[,;: ]|[~\s])*\\(?:text|mathrm)\{\s*([A-Za-z/%°Ω]+)\s*\}(\^(?:\{\d\}|\d))?")
# But μ and Ω of a unit: 5 μm, 20 Ω.
_GREEK = re.compile(rf"(?!μ[A-Za-z])(?!(?<=\d)Ω|(?<=\d )Ω)[{''.join(GREEK_SAID['en'])}]")
_DEGREES = re.compile(r"\^\s*(?:\{\s*\\circ\s*\}|\\circ)(?:\s*\\(?:text|mathrm)\{\s*([CF])\s*\}|([CF]))?")
_LIMIT = r"(?:\{([^{}]*)\}|(\w))"
_STRUCTURES: Mapping[str, Patterns] = {
    "en": [
        (re.compile(r"\\lim_\{([^{}]*?)\\(?:to|rightarrow)([^{}]*)\}"), r" the limit as \1 goes to \2 of "),
        (re.compile(rf"\\sum_{_LIMIT}\^{_LIMIT}"), r" the sum from \1\2 to \3\4 of "),
        (re.compile(rf"\\prod_{_LIMIT}\^{_LIMIT}"), r" the product from \1\2 to \3\4 of "),
        (re.compile(rf"\\int_{_LIMIT}\^{_LIMIT}"), r" the integral from \1\2 to \3\4 of "),
        (re.compile(rf"\\log_{_LIMIT}"), r" log base \1\2 of "),
        (re.compile(r"\\sqrt\[3\]\{([^{}]*)\}"), r" the cube root of \1 "),
        (re.compile(r"\\sqrt\[([^\[\]{}]*)\]\{([^{}]*)\}"), r" the root of order \1 of \2 "),
        (re.compile(r"\\(?:overline|bar)\{([^{}]*)\}"), r" \1 bar "),
        (re.compile(r"\|([^|]+)\|"), r" the absolute value of \1 "),
        (re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}"), r" \1 over \2 "),
        (re.compile(r"\\sqrt\{([^{}]*)\}"), r" the square root of \1 "),
        (re.compile(r"\^(?:\{2\}|2(?!\d))"), " squared "),
        (re.compile(r"\^(?:\{3\}|3(?!\d))"), " cubed "),
        (re.compile(r"\^(?:\{([^{}]*)\}|(\w))"), r" to the power of \1\2 "),
    ],
    "zh": [
        (re.compile(r"\\lim_\{([^{}]*?)\\(?:to|rightarrow)([^{}]*)\}"), r" 当 \1 趋于 \2 时的极限 "),
        (re.compile(rf"\\sum_{_LIMIT}\^{_LIMIT}"), r" 从 \1\2 到 \3\4 求和 "),
        (re.compile(rf"\\prod_{_LIMIT}\^{_LIMIT}"), r" 从 \1\2 到 \3\4 求积 "),
        (re.compile(rf"\\int_{_LIMIT}\^{_LIMIT}"), r" 从 \1\2 到 \3\4 的积分 "),
        (re.compile(rf"\\log_{_LIMIT}"), r" 以 \1\2 为底的对数 "),
        (re.compile(r"\\sqrt\[([^\[\]{}]*)\]\{([^{}]*)\}"), r" \1 次根号 \2 "),
        (re.compile(r"\\(?:overline|bar)\{([^{}]*)\}"), r" \1 拔 "),
        (re.compile(r"\|([^|]+)\|"), r" \1 的绝对值 "),
        (re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}"), r" \2 分之 \1 "),
        (re.compile(r"\\sqrt\{([^{}]*)\}"), r" 根号 \1 "),
        (re.compile(r"\^(?:\{2\}|2(?!\d))"), " 的平方 "),
        (re.compile(r"\^(?:\{3\}|3(?!\d))"), " 的立方 "),
        (re.compile(r"\^(?:\{([^{}]*)\}|(\w))"), r" 的 \1\2 次方 "),
    ],
}
_INDEX = re.compile(r"_(?:\{([^{}]*)\}|(\w))")
_OPERATORS: Mapping[str, Mapping[str, str]] = {
    "en": {"-": "minus", "−": "minus", "/": "over", "*": "times", "!": "factorial", "°": "degrees"},
    "zh": {
        "+": "加",
        "-": "减",
        "−": "减",
        "/": "除以",
        "*": "乘",
        "=": "等于",
        "<": "小于",
        ">": "大于",
        "!": "的阶乘",
    },
}
DEEPEST = 8
"""Braces inside braces are undone this many times."""


def spoken(formula: str, language: str) -> str:
    """The words for the inside of a formula, LaTeX or plain."""
    formula = _DEGREES.sub(lambda found: "°" + (found[1] or found[2] or ""), formula).replace("\\%", "%")
    formula = _QUANTITY.sub(lambda found: _quantity(found, language), formula)
    # "mc" is two quantities, and "a" is no article
    words = _WORD.split(formula)
    words[1::2] = [word if word.startswith("\\") else _letters(word) for word in words[1::2]]
    formula = _NAMED.sub(r" \1 ", "".join(words))
    for sign, word in _OPERATORS[language].items():
        formula = formula.replace(sign, f" {word} ") if sign not in "-+" else _between(formula, sign, word)
    for _ in range(DEEPEST):
        before = formula
        for structure, said in _STRUCTURES[language]:
            formula = structure.sub(said, formula)
        formula = _INDEX.sub(r" \1\2 ", formula)
        if formula == before:
            break
    formula = re.sub(r"\\([A-Za-z]+)", lambda command: f" {_command(command[1], language)} ", formula)
    formula = re.sub(r"\\.|[{}\\$]", " ", formula)
    return f" {signs_in_words(formula, language)} "


def signs_in_words(text: str, language: str) -> str:
    """Signs of mathematics that stand in plain text."""
    for sign, word in _SIGNS[language].items():
        text = text.replace(sign, f" {word} ")
    text = _GREEK.sub(lambda letter: f" {GREEK_SAID[language][letter[0]]} ", text)
    text = re.sub(r"(?<=[\w)]) \* (?=[\w(])", f" {_SIGNS[language]['×']} ", text)
    return _SUPERSCRIPT.sub(lambda power: _power(power[0].translate(_SUPERSCRIPTS), language), text).translate(
        _SUBSCRIPTS
    )


def _command(name: str, language: str) -> str:
    return SIGNS.get(name) or GREEK.get(name) or COMMANDS[language].get(name) or ("" if name in SIGNS else name)


def _quantity(found: re.Match[str], language: str) -> str:
    """A number and its unit, which is not two quantities that are multiplied."""
    number, unit, exponent = found.groups()
    unit += "^" + exponent.strip("^{}") if exponent else ""
    if language == "en":
        return f"{number} \\text{{{UNITS.get(unit, unit)}}}"
    known = chinese_numbers.UNITS
    said = known.get(unit) or known.get(unit.replace("^2", "²").replace("^3", "³"))
    return f"{number}{said if said and unit not in '%°' else unit}"


def _letters(word: str) -> str:
    return " ".join(word).replace("a", "A") if word.isascii() else word


def _between(formula: str, sign: str, word: str) -> str:
    """Between two quantities; before a number of its own it is that number's sign."""
    return re.sub(rf"(?<=[\w)}}\]])\s*{re.escape(sign)}\s*(?=[\w(\\])", f" {word} ", formula)


def _power(exponent: str, language: str) -> str:
    said = {"2": {"en": "squared", "zh": "的平方"}, "3": {"en": "cubed", "zh": "的立方"}}.get(exponent)
    if said:
        return f" {said[language]} "
    return f" to the power of {exponent} " if language == "en" else f" 的 {exponent} 次方 "
