import numpy as np
import pytest

from gpu_tasks.engines.avatar.base import Avatar, frame_count
from gpu_tasks.engines.avatar.fake import FakeAvatar
from gpu_tasks.engines.errors import BadPortrait

from .conftest import Say


def opening(frame: np.ndarray) -> int:
    return int((frame == 40).all(-1).any(1).sum())


def test_the_fake_opens_its_mouth_when_it_is_loud(ada: Avatar, say: Say) -> None:
    speech = say("aa", "sil", "sil", "aa")

    heights = [opening(frame) for frame in FakeAvatar().animate(speech, ada)]

    assert len(heights) == frame_count(speech)
    assert heights[5] > heights[12]
    assert heights[0] == heights[-1] == heights[12] == 2


def test_the_fake_idles_with_its_mouth_closed(ada: Avatar) -> None:
    assert {opening(frame) for frame in FakeAvatar().idle(ada)} == {2}


def test_the_fake_refuses_a_photo_without_a_picture(say: Say) -> None:
    with pytest.raises(BadPortrait):
        FakeAvatar().animate(say("aa"), Avatar("nobody", "photo"))
