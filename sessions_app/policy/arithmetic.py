"""What a calculation in a message comes to. Nothing but numbers and + - * / ^ is evaluated."""

import ast
import operator
import re
from collections.abc import Callable
from fractions import Fraction

from gpu_tasks.written_numbers import numbers, plain

LONGEST, LARGEST_POWER, MOST_DIGITS = 80, 12, 12
_SIGNS = (
    (r"\b(?:multiplied by|times)\b|乘以?|[×·∙]|(?<=\d)\s*x\s*(?=\d)", "*"),
    (r"\b(?:divided by|over)\b|除以|[÷]", "/"),
    (r"\bplus\b|加上?", "+"),
    (r"\bminus\b|减去?|[−–]", "-"),
    (r"\bsquared\b|的?平方", "^2"),
    (r"\bcubed\b|的?立方", "^3"),
)
_EXPRESSION = re.compile(r"[-+]?[\d.(](?:[\d.\s()+\-*/^])*[\d)]")
_SIDE = r"[\d.a-z\s()+\-*/^]*[\d.a-z)]"
_EQUATION = re.compile(rf"(?<![a-z])({_SIDE})\s*=\s*({_SIDE})(?![a-z])")
_WORD = r"[a-z]{2,}"
_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def calculation(text: str) -> tuple[str, Fraction] | None:
    """The longest calculation in a text, and its value."""
    found = sorted(_EXPRESSION.findall(_in_signs(text)), key=len, reverse=True)
    for each in found:
        expression = each.strip()
        if re.search(r"[\d)]\s*[-+*/^]", expression) and (value := evaluate(expression)) is not None:
            return expression, value
    return None


def equation(text: str) -> tuple[str, Fraction | None] | None:
    """An equation with one unknown in a text, and what solves it if it is linear."""
    for left, right in _EQUATION.findall(_in_signs(text)):
        left, right = re.split(_WORD, left)[-1], re.split(_WORD, right)[0]
        unknown = set(re.findall(r"[a-z]", left + right))
        if len(unknown) == 1 and re.search(r"\d", left + right) and left.strip() and right.strip():
            return f"{left.strip()} = {right.strip()}", _solved(f"({left})-({right})", unknown.pop())
    return None


def evaluate(expression: str, **known: Fraction) -> Fraction | None:
    """None when it is no calculation, or one that is too large."""
    source = re.sub(r"(?<=[\d)])\s*(?=[a-z(])|(?<=[a-z])\s*(?=\()", "*", expression.strip()).replace("^", "**")
    if len(source) > LONGEST or re.search(rf"\d{{{MOST_DIGITS + 1},}}", source):
        return None
    try:
        return _value(ast.parse(source, mode="eval").body, known)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr, known: dict[str, Fraction]) -> Fraction:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return Fraction(str(number))
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, known)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, known)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            power = _value(right, known)
            if power.denominator != 1 or abs(power) > LARGEST_POWER:
                raise ValueError(power)
            return _value(left, known) ** int(power)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
            return _OPERATORS[type(sign)](_value(left, known), _value(right, known))
    raise ValueError(ast.dump(node))


def _solved(difference: str, unknown: str) -> Fraction | None:
    at = [evaluate(difference, **{unknown: Fraction(value)}) for value in (0, 1, 2)]
    if at[0] is None or at[1] is None or at[2] is None:
        return None
    slope = at[1] - at[0]
    return -at[0] / slope if slope and at[2] - at[1] == slope else None


def _in_signs(text: str) -> str:
    text = plain(text).lower()
    for number in reversed(numbers(text)):
        written = text[number.start : number.end]
        if written.isalpha() or (not written[0].isdigit() and not written.isascii()):
            text = f"{text[: number.start]} {_written(number.value)} {text[number.end :]}"
    for pattern, sign in _SIGNS:
        text = re.sub(pattern, f" {sign} ", text)
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)


def _written(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"({value})"
