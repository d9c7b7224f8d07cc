import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.engines.avatar.base import FPS
from gpu_tasks.engines.avatar.motion import REST, Pose, listening, speaking

LOUD = np.abs(np.sin(np.arange(1200) / 20)).astype(np.float32) * 0.2


@given(frames=st.integers(1, 400), seed=st.integers(0, 2**32 - 1))
def test_every_clip_begins_and_ends_at_rest_and_moves_little_by_little(frames: int, seed: int) -> None:
    for poses in (speaking(frames, LOUD, seed), listening(frames, seed)):
        assert len(poses) == frames
        assert poses[0] == poses[-1] == REST
        tracks = np.array(poses)
        assert np.isfinite(tracks).all()
        assert np.abs(tracks).max() <= 2
        slow = [Pose._fields.index(name) for name in ("yaw", "pitch", "roll", "breath")]
        assert np.abs(np.diff(tracks[:, slow], axis=0)).max(initial=0) < 0.35


def test_the_same_seed_moves_the_same_way_and_another_one_differently() -> None:
    assert speaking(100, LOUD, 1) == speaking(100, LOUD, 1)
    assert speaking(100, LOUD, 1) != speaking(100, LOUD, 2)


def test_a_listener_blinks_breathes_and_opens_the_eyes_again() -> None:
    poses = listening(8 * FPS, 7)

    blinks = np.array([pose.blink for pose in poses]) > 0.9
    times = int((np.diff(blinks.astype(int)) == 1).sum())
    assert 1 <= times <= 5
    assert max(pose.breath for pose in poses) > 0.9
    assert np.mean([pose.blink for pose in poses]) < 0.2


def test_the_head_follows_the_stress_of_the_voice() -> None:
    shout = np.zeros(400, np.float32)
    shout[180:220] = 0.3

    quiet = np.array([pose.pitch for pose in speaking(100, np.zeros(400, np.float32), 3)])
    nod = np.array([pose.pitch for pose in speaking(100, shout, 3)]) - quiet

    assert nod.argmax() == pytest.approx(50, abs=4)
    assert nod.max() > 0.5


def test_no_frames_need_no_poses() -> None:
    assert speaking(0, LOUD, 1) == []
