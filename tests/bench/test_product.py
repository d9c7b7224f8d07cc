import pytest

from bench.product import Heard


@pytest.mark.parametrize(
    ("came", "lasts", "stalls", "until"),
    [
        ([], [], [], 0.0),
        ([1.0], [0.16], [], 1.16),
        ([1.0, 1.1, 1.2], [0.4, 0.32, 0.32], [], 2.04),
        ([1.0, 1.3, 1.4], [0.16, 0.24, 0.32], [], 2.02),  # it begins when two fragments are there
        ([1.0, 1.7, 1.8], [0.4, 0.2, 0.2], [0.3], 2.1),  # the third waits for the second, not for the clock
        ([1.0, 2.0, 4.0], [0.5, 0.5, 0.5], [0.5, 1.5], 4.5),
    ],
)
def test_when_a_picture_stood_still(came: list[float], lasts: list[float], stalls: list[float], until: float) -> None:
    heard = Heard(asked_at=0, binaries=came, seconds=lasts)

    assert heard.stalls() == pytest.approx(stalls)
    assert heard.played_until == pytest.approx(until)
