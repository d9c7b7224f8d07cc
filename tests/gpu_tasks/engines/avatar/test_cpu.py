from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from gpu_tasks.engines.avatar import cpu
from gpu_tasks.engines.avatar.base import FPS, GROUP, Avatar, Frame, frame_count
from gpu_tasks.engines.avatar.characters import CHARACTERS
from gpu_tasks.engines.avatar.cpu import CpuAvatar
from gpu_tasks.engines.errors import BadPortrait, EngineError
from gpu_tasks.engines.tts.base import Speech

from .conftest import Say


@pytest.fixture(params=["ada", "eileen"])
def avatar(request: pytest.FixtureRequest) -> Avatar:
    found: Avatar = request.getfixturevalue(request.param)
    return found


def animated(engine: CpuAvatar, speech: Speech, avatar: Avatar) -> list[Frame]:
    return list(engine.animate(speech, avatar))


def test_there_is_a_frame_for_every_moment_of_the_speech(engine: CpuAvatar, ada: Avatar, say: Say) -> None:
    speech = say("aa", "U", "I")

    frames = animated(engine, speech, ada)

    assert len(frames) == frame_count(speech) >= speech.duration * FPS
    assert len(frames) % GROUP == 0
    assert {frame.shape for frame in frames} == {(engine.height, engine.width, 3)}


def test_segments_and_the_idle_loop_join_without_a_jump(engine: CpuAvatar, avatar: Avatar, say: Say) -> None:
    one, two = animated(engine, say("aa", "PP", "O"), avatar), animated(engine, say("E", "SS"), avatar)
    idle = list(engine.idle(avatar))

    ends = [clip[at] for clip in (one, two, idle) for at in (0, -1)]
    assert all(np.array_equal(ends[0], end) for end in ends)
    assert not np.array_equal(one[len(one) // 2], ends[0])
    assert not np.array_equal(idle[len(idle) // 2], ends[0])


def test_nothing_in_a_clip_jumps(engine: CpuAvatar, ada: Avatar) -> None:
    idle = np.stack([frame[::4, ::4].astype(int) for frame in engine.idle(ada)])

    assert np.abs(np.diff(idle, axis=0)).mean(axis=(1, 2, 3)).max() < 3


def test_the_same_speech_gives_the_same_frames(engine: CpuAvatar, ada: Avatar, say: Say) -> None:
    speech = say("aa", "O")

    assert np.array_equal(animated(engine, speech, ada), animated(engine, speech, ada))


def test_threads_do_not_draw_into_each_others_pictures(
    engine: CpuAvatar, ada: Avatar, eileen: Avatar, say: Say
) -> None:
    work = [(say(shape, "PP"), avatar) for shape in ("aa", "U") for avatar in (ada, eileen)]
    alone = [animated(engine, *each) for each in work]

    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda each: animated(engine, *each), work))

    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


def test_nothing_said_gives_no_frames(engine: CpuAvatar, ada: Avatar) -> None:
    assert animated(engine, Speech(np.zeros(0, np.int16), 24_000, ()), ada) == []


def test_a_face_is_prepared_once_and_again_in_a_new_version(monkeypatch: pytest.MonkeyPatch, say: Say) -> None:
    prepared: list[str] = []

    class Counted(cpu.Illustration):
        def __init__(self, features: cpu.Features, size: int) -> None:
            prepared.append(features.hair)
            super().__init__(features, size)

    monkeypatch.setattr(cpu, "Illustration", Counted)
    engine = CpuAvatar(size=64)
    ada = Avatar("a", "illustrated", features=CHARACTERS["ada"])
    for avatar in (ada, ada, replace(ada, version=2, features={"hair": "bun"}), ada):
        animated(engine, say("aa"), avatar)

    assert prepared == ["bob", "bun"]


def test_only_so_many_faces_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: list[str] = []

    class Counted(cpu.Illustration):
        def __init__(self, features: cpu.Features, size: int) -> None:
            prepared.append(features.hair)
            super().__init__(features, size)

    monkeypatch.setattr(cpu, "Illustration", Counted)
    engine = CpuAvatar(size=64, faces_kept=2)
    bob, bun, long = (Avatar(hair, "illustrated", features={"hair": hair}) for hair in ("bob", "bun", "long"))
    for avatar in (bob, bun, bob, long, bob, bun):
        next(engine.idle(avatar))

    assert prepared == ["bob", "bun", "long", "bun"]


@pytest.mark.parametrize("portrait", [None, b""])
def test_a_photo_avatar_without_a_picture_is_refused(engine: CpuAvatar, portrait: bytes | None, say: Say) -> None:
    with pytest.raises(BadPortrait, match="no picture"):
        engine.animate(say("aa"), Avatar("nobody", "photo", portrait=portrait))


def test_what_cannot_be_prepared_is_refused_every_time(engine: CpuAvatar, say: Say) -> None:
    broken = Avatar("broken", "illustrated", features={"hair": "mohawk"})

    for _ in range(2):
        with pytest.raises(EngineError, match="mohawk"):
            engine.animate(say("aa"), broken)


def test_warming_up_needs_no_avatar() -> None:
    CpuAvatar(size=64).warm_up()
