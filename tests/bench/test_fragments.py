import numpy as np
import pytest

from bench.fragments import seconds
from gpu_tasks import fmp4


@pytest.mark.parametrize("frames", [4, 12, 40])
def test_the_fragments_of_a_segment_hold_its_video_between_them(frames: int) -> None:
    pictures = (np.full((64, 64, 3), number % 256, np.uint8) for number in range(frames))
    silence = np.zeros(frames * 24_000 // 25, np.int16)

    pieces = list(fmp4.fragments(pictures, silence, 24_000, width=64, height=64))

    assert sum(seconds(piece.data) for piece in pieces) == pytest.approx(frames / 25)
    assert seconds(pieces[0].data) == pytest.approx(0.16)
