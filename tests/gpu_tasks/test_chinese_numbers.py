import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.chinese_numbers import DIGITS, cardinal, in_words

SAID = {
    "2024年5月5日14:30": "二零二四年五月五日十四点三十分",
    "2024-01-02，8:05，14:00": "二零二四年一月二日，八点零五分，十四点",
    "1999-2003年，30年前": "一九九九到二零零三年，三十年前",
    "温度-3℃，3.5%，10-15%": "温度负三摄氏度，百分之三点五，十到百分之十五",
    "￥12.50，$5，1,250.75元": "十二点五元，五美元，一千二百五十点七五元",
    "1/2杯，3:2": "二分之一杯，三比二",
    "60km/h，9.8m/s²，5 m/s^2": "六十千米每小时，九点八米每二次方秒，五米每二次方秒",
    "2.5kg，500mL，5m²，3~5 cm": "二点五千克，五百毫升，五平方米，三到五厘米",
    "220V，50Hz，V5": "二百二十伏，五十赫兹，V五",
    "5-3，x-3，(2)-3，-5": "五减三，x减三，(二)减三，负五",
    "10^3，x^2，2^{10}，10^-8": "十的立方，x的平方，二的十次方，十的负八次方",
    "2个苹果，第2名，12个，2月": "两个苹果，第二名，十二个，二月",
    "电话13812345678，007": "电话幺三八幺二三四五六七八，零零七",
    "1，25，300": "一，二十五，三百",
    "Python 3.11, H2O": "Python 三点一一, H二O",
}
VALUES = {character: value for value, character in enumerate(DIGITS)}
PLACES = {"十": 10, "百": 100, "千": 1000}


def value(said: str) -> int:
    """What a Chinese number means, read from its largest group on."""
    for group, size in (("万亿", 10**12), ("亿", 10**8), ("万", 10**4)):
        if group in said:
            large, small = said.split(group, 1)
            return value(large) * size + value(small)
    total = digit = 0
    for character in said:
        if character in PLACES:
            total += (digit or 1) * PLACES[character]
            digit = 0
        else:
            digit = VALUES[character]
    return total + digit


@pytest.mark.parametrize("text", SAID)
def test_what_is_said_of_numbers(text: str) -> None:
    assert in_words(text) == SAID[text]


@pytest.mark.parametrize(
    ("digits", "said"),
    [("0", "零"), ("10", "十"), ("110", "一百一十"), ("1002", "一千零二"), ("10010", "一万零一十"),
     ("1050000", "一百零五万"), ("100000000", "一亿"), ("100000002", "一亿零二")],
)  # fmt: skip
def test_zeros_inside_are_said_once(digits: str, said: str) -> None:
    assert cardinal(digits) == said


@given(st.integers(0, 10**16 - 1))
def test_a_number_means_what_its_digits_mean(number: int) -> None:
    assert value(cardinal(str(number))) == number
    assert "零零" not in cardinal(str(number))


@given(st.text(st.sampled_from("0123456789.,:/-%^年月日个 kmg²℃￥第x()～多年"), max_size=40))
def test_no_digit_is_left(text: str) -> None:
    said = in_words(text)

    assert not re.search(r"\d", said)
    assert in_words(said) == said


@given(st.text(max_size=100))
def test_text_without_numbers_stays_as_it_is(text: str) -> None:
    text = re.sub(r"[\d^]", "", text)

    assert in_words(text) == text
