import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.speakable import speakable

SAID = {
    "**Photosynthesis** is *how* plants __make__ `glucose`.": "Photosynthesis is how plants make glucose.",
    "***Both*** and ~~gone~~ and **never closed": "Both and gone and never closed",
    "## The Nile\nIt is long.": "The Nile. It is long.",
    "- Leaves\n* Roots!\n• Stems": "Leaves. Roots! Stems.",
    "- [x] Read it": "Read it.",
    "1. Water\n2. Light": "1. Water. 2. Light.",
    "> A quotation": "A quotation.",
    "[A lesson](https://x.org/a_b) at https://example.com/p?q=1. Good.": "A lesson at the link on the screen. Good.",
    "![A leaf](leaf.png) is green.": "A leaf is green.",
    "That is right [1], and so [2, 3].": "That is right, and so.",
    "Here:\n```python\nprint(1)\n```\nDone.": "Here: The code is on the screen. Done.",
    "```python\nprint(1)": "The code is on the screen.",
    "Look:\n| a | b |\n|---|---|\n| 1 | 2 |": "Look:",
    "Great job! 🎉👍🏽 ❤️ 1️⃣": "Great job! 1",
    "<b>Bold</b> &amp; more": "Bold & more",
    "snake_case and 2 * 3 * 4": "snake_case and 2 times 3 times 4",
    "It costs $5 and then $10, or 3.14 and 1,250.75.": "It costs $5 and then $10, or 3.14 and 1,250.75.",
    "H₂O, m² and 10⁻³": "H2O, m squared and 10 to the power of -3",
    "CO₂ → sugar, x ≤ 5": "CO2 gives sugar, x is at most 5",
    "Dr. Smith's 4-year plan — done…": "Dr. Smith's 4-year plan — done…",
}
FORMULAS = {
    "$E = mc^2$": "E = m c squared",
    "$\\frac{1}{2}$ of it": "1 over 2 of it",
    "$$\\frac{x^{2}+1}{\\sqrt{y}}$$": "x squared +1 over the square root of y",
    "\\(a \\times b\\)": "A times b",
    "\\[ x_1 \\leq 2^{n} \\]": "x 1 is at most 2 to the power of n",
    "$\\text{speed} = d/t$": "speed = d over t",
    "$\\left( \\alpha - 1 \\right)$": "( alpha minus 1 )",
    "$-5$": "-5",
    "$n!$": "n factorial",
    "$\\sum_{i=1}^{n} i$": "the sum from i=1 to n of i",
    "$\\int_0^1 x\\,dx$": "the integral from 0 to 1 of x d x",
    "$\\lim_{x \\to \\infty} f$": "the limit as x goes to infinity of f",
    "$\\sqrt[3]{8} = |-2|$": "the cube root of 8 = the absolute value of -2",
    "$\\log_2 8$": "log base 2 of 8",
    "$\\sin^2\\theta$": "sine squared theta",
    "$a = 9.8\\,\\text{m/s}^2$": "A = 9.8 meters per second squared",
    "$25^{\\circ}\\text{C}$, $90^\\circ$": "25 degrees C, 90 degrees",
    "$F = 3\\,\\mathrm{N}$ over $2\\text{ m}^2$": "F = 3 newtons over 2 square meters",
    "$x \\in A \\cup B$": "x is in A union B",
    "$50\\%$ of 5 μm, Δt and 20 Ω": "50% of 5 μm, delta t and 20 Ω",
}
CHINESE = {
    "光合作用**很重要**：$x^2$，25°C。": "光合作用很重要： x 的平方，二十五摄氏度。",
    "# 标题\n- 叶子\n- 根": "标题。 叶子。 根。",
    "$\\frac{a}{b}$": "b 分之 A",
    "$\\sum_{i=1}^{n} i$": "从 i 等于 一 到 n 求和 i",
    "$\\lim_{x \\to 0} \\pi$": "当 x 趋于 零 时的极限 派",
    "加速度 $a = 9.8\\,\\text{m/s}^2$": "加速度 A 等于 九点八米每二次方秒",
    "$25^{\\circ}\\text{C}$，$50\\%$": "二十五 摄氏度， 百分之五十",
    "$|x| \\in A$": "x 的绝对值 属于 A",
    "```\nx\n```": "代码在屏幕上。",
    "第3章有12个例子，占3.5%。": "第三章有十二个例子，占百分之三点五。",
    "x-3=5，10⁻³，H₂O": "x减三 等于 五，十 的 负三 次方，H二O",
    "我们用 Python 3 写。": "我们用 Python 三 写。",
    "Photosynthesis takes 3 things.": "Photosynthesis takes 3 things.",
    "请看https://example.com/a，谢谢。": "请看屏幕上的链接，谢谢。",
}


@pytest.mark.parametrize("text", SAID)
def test_what_is_said_of_a_text(text: str) -> None:
    assert speakable(text) == SAID[text]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_is_said_of_a_formula(text: str) -> None:
    assert speakable(text) == FORMULAS[text]


@pytest.mark.parametrize("text", CHINESE)
def test_what_is_said_in_chinese(text: str) -> None:
    assert speakable(text, "zh") == CHINESE[text]


def test_a_chinese_answer_of_an_english_tutor_is_said_in_chinese() -> None:
    assert speakable("三角形有3个角。", "en") == "三角形有三个角。"


@pytest.mark.parametrize("text", ["", "  \n", "🙂👍🏽", "---", "***", "| a | b |", "…", "$$", "]("])
def test_there_may_be_nothing_to_say(text: str) -> None:
    assert speakable(text) == ""


WORDS = st.lists(st.from_regex(r"[A-Za-z]{1,9}", fullmatch=True), min_size=1, max_size=12)


@given(WORDS)
def test_plain_words_are_said_as_they_are(words: list[str]) -> None:
    assert speakable(" ".join(words) + ".") == " ".join(words) + "."


@given(WORDS, st.sampled_from(["**{}**", "*{}*", "# {}", "- {}", "> {}", "`{}`", "~~{}~~", "[{}](https://x.org)"]))
def test_marks_take_no_word_away(words: list[str], mark: str) -> None:
    text = " ".join(words)

    assert speakable(mark.format(text)).rstrip(".") == text


@given(st.text(max_size=200), st.sampled_from(["en", "zh", "zh-CN", "fr", ""]))
def test_any_text_is_taken(text: str, language: str) -> None:
    said = speakable(text, language)

    assert said == said.strip()
    assert "\n" not in said
