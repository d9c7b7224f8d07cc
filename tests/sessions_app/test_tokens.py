import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.tokens import PER_MESSAGE, estimate

# As the tokenizer of Whisper base counts: byte-level BPE, 50,000 entries learnt from all languages.
COUNTED = {
    "Plants need light, water and carbon dioxide. In the thylakoid membrane the light reactions take place, and the "
    "Calvin cycle makes sugar out of carbon dioxide.": 39,
    "植物需要光、水和二氧化碳。光合作用在叶绿体中进行，类囊体膜上发生光反应，卡尔文循环把二氧化碳变成糖。": 67,
    r"The roots are $x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}$ and "
    r"$\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}$.": 70,
    "3.14159265358979 1234567890 2026-11-22 17:45:03 +41 44 123 45 67": 32,
    "for (int i = 0; i < n; ++i) {\n    if (a[i] != b[i]) return false;\n}\n": 39,
    "Die Photosynthese wandelt Lichtenergie in chemische Energie um; währenddessen entsteht Sauerstoff als "
    "Nebenprodukt.": 29,
    "Растения нуждаются в свете, воде и углекислом газе для фотосинтеза.": 28,
    "पौधों को प्रकाश, पानी और कार्बन डाइऑक्साइड की आवश्यकता होती है।": 70,
    "🙂🙃🎉👍🏽👩‍🔬": 20,
}


@pytest.mark.parametrize(("text", "counted"), COUNTED.items(), ids=lambda value: str(value)[:12])
def test_the_estimate_is_too_high_rather_than_too_low(text: str, counted: int) -> None:
    assert 0.8 * counted <= estimate(text) - PER_MESSAGE <= 2.2 * counted


@settings(deadline=None)
@given(st.text(alphabet=st.characters()), st.text())
def test_more_text_is_never_shorter(text: str, more: str) -> None:
    assert PER_MESSAGE <= estimate(text) <= estimate(text + more) <= estimate(text) + estimate(more)
