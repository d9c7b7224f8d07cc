from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_tasks import fmp4
from gpu_tasks.engines.avatar.base import FPS, GROUP, Avatar, Frame, frame_count
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.motion import listening
from gpu_tasks.engines.avatar.musetalk import MuseTalk
from gpu_tasks.engines.avatar.musetalk.engine import there_and_back
from gpu_tasks.engines.avatar.photo import Photograph
from gpu_tasks.engines.avatar.portrait.clip import read_clip
from gpu_tasks.engines.avatar.visemes import CLOSED
from gpu_tasks.engines.errors import BadPortrait, EngineError, ModelMissing, OutOfMemory
from gpu_tasks.engines.tts.base import Speech

from ..conftest import Say

if TYPE_CHECKING:
    from gpu_tasks.engines.avatar.musetalk.net import Net

pytestmark = pytest.mark.gpu

Make = Callable[..., MuseTalk]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faces")


@pytest.fixture(scope="module")
def make(golden: Path, cache: Path) -> Make:
    def made(**options: Any) -> MuseTalk:
        defaults = {"model": str(golden), "cache_dir": str(cache), "device": "cpu", "size": 256}
        return MuseTalk(**defaults | {"source_seconds": 0.2, "batch_sizes": (1, 4)} | options)

    return made


@pytest.fixture(scope="module")
def engine(make: Make) -> MuseTalk:
    return make()


@pytest.fixture
def net(engine: MuseTalk) -> Net:
    return engine._loaded().net


def animated(engine: MuseTalk, speech: Speech, avatar: Avatar) -> list[Frame]:
    return list(engine.animate(speech, avatar))


def most(one: list[Frame], other: list[Frame]) -> int:
    return int(np.abs(np.array(one, int) - np.array(other, int)).max())


@pytest.mark.parametrize("who", ["ada", "eileen"])
def test_a_segment_is_as_long_as_its_speech_and_joins_the_idle_loop(
    engine: MuseTalk, who: str, say: Say, request: pytest.FixtureRequest
) -> None:
    avatar: Avatar = request.getfixturevalue(who)
    speech = say("aa", "O")

    frames, idle = animated(engine, speech, avatar), list(engine.idle(avatar))

    assert len(frames) == frame_count(speech) >= speech.duration * FPS
    assert len(frames) % GROUP == 0
    assert {frame.shape for frame in frames} == {(engine.height, engine.width, 3)}
    assert all(np.array_equal(clip[at], idle[0]) for clip in (frames, idle) for at in (0, -1))
    assert not np.array_equal(frames[len(frames) // 2], idle[0])


@pytest.fixture(scope="module")
def filmed(astronaut: bytes, mesh: FaceMesh) -> Avatar:
    """Two seconds of somebody who looks around and is silent, taken in as an upload is."""
    face = Photograph(astronaut, mesh, 320)
    film = [face.draw(CLOSED, pose) for pose in listening(2 * FPS, seed=5)]
    clip = read_clip(fmp4.idle_clip(film, 320, 320), mesh)
    height, width = clip.portrait.shape[:2]
    return Avatar(
        "filmed",
        "photo",
        portrait=fmp4.poster(clip.portrait, quality=95),
        clip=fmp4.idle_clip(clip.still, width, height),
    )


def test_a_clip_goes_on_while_its_mouth_is_painted(make: Make, filmed: Avatar, say: Say) -> None:
    engine = make(source_seconds=0.8)
    speech = say("aa", "O", "sil", "sil", "aa")

    frames, idle = animated(engine, speech, filmed), list(engine.idle(filmed))

    assert len(frames) == frame_count(speech)
    assert all(np.array_equal(frames[at], idle[0]) for at in (0, -1))
    face = engine._face(filmed)
    path = there_and_back(len(frames), len(face.frames))
    above = int(face.boxes[:, 1].min())  # of the painted mouth: the film as it is
    assert all(np.array_equal(frame[:above], idle[at][:above]) for frame, at in zip(frames, path, strict=True))
    assert not np.array_equal(idle[0][:above], idle[15][:above])  # it moves by itself
    painted = [not np.array_equal(frame, idle[at]) for frame, at in zip(frames, path, strict=True)]
    assert any(painted[2:12])
    assert not all(painted)  # silence is the film alone


def test_only_the_lower_half_of_the_face_is_painted(engine: MuseTalk, ada: Avatar, say: Say) -> None:
    frames, idle = animated(engine, say("aa"), ada), list(engine.idle(ada))

    changed = np.argwhere((frames[4] != idle[4]).any(2))  # the same frame of the same loop, at rest
    left, top, right, bottom = engine._face(ada).boxes[4]
    assert len(changed) > 500
    assert (changed >= (top + 0.4 * (bottom - top), left)).all()
    assert (changed < (bottom, right)).all()


def test_silence_costs_no_inference(engine: MuseTalk, ada: Avatar, say: Say) -> None:
    tally = engine._loaded().batcher.tally
    silent = Speech(np.zeros(16_000, np.int16), 16_000, None)
    before = tally.items

    frames = animated(engine, silent, ada)

    assert tally.items == before
    at_rest = [frame for _, frame in zip(range(5), engine.idle(ada), strict=False)]
    assert all(any(np.array_equal(frame, rest) for rest in at_rest) for frame in frames)

    paused = animated(engine, say("aa", "sil", "sil", "sil", "sil"), ada)
    assert 0 < tally.items - before < len(paused) / 2


def test_nothing_said_gives_no_frames(engine: MuseTalk, ada: Avatar) -> None:
    assert animated(engine, Speech(np.zeros(0, np.int16), 24_000, None), ada) == []


def test_less_than_a_frame_of_sound_is_a_face_at_rest(engine: MuseTalk, ada: Avatar) -> None:
    frames = animated(engine, Speech(np.full(100, 3000, np.int16), 16_000, None), ada)

    assert len(frames) == GROUP


def test_a_voice_of_another_rate_moves_the_mouth_alike(engine: MuseTalk, ada: Avatar, say: Say) -> None:
    speech = say("aa", "O")
    moments = np.arange(len(speech.pcm) * 3 // 2) / 24_000
    quicker = np.interp(moments, np.arange(len(speech.pcm)) / 16_000, speech.pcm).astype(np.int16)

    frames = animated(engine, Speech(quicker, 24_000, None), ada)

    assert len(frames) == frame_count(speech)
    assert not np.array_equal(frames[6], frames[0])


def test_sessions_that_share_the_batches_get_their_own_frames(
    engine: MuseTalk, ada: Avatar, eileen: Avatar, say: Say
) -> None:
    work = [(say("aa"), ada), (say("U", loud=0.2), ada), (say("aa"), eileen)]
    alone = [animated(engine, *each) for each in work]

    with ThreadPoolExecutor(len(work)) as threads:
        together = list(threads.map(lambda each: animated(engine, *each), work))

    assert all(most(one, other) <= 1 for one, other in zip(alone, together, strict=True))


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many faces the network saw, call by call."""
    from gpu_tasks.engines.avatar.musetalk.net import Net

    seen: list[int] = []
    encode = Net.encode

    def counted(net: Net, faces: np.ndarray) -> np.ndarray:
        seen.append(len(faces))
        return encode(net, faces)

    monkeypatch.setattr(Net, "encode", counted)
    return seen


def test_a_face_is_prepared_once_for_all_workers(make: Make, ada: Avatar, tmp_path: Path, encoded: list[int]) -> None:
    one, other = (make(cache_dir=str(tmp_path)) for _ in range(2))

    first = next(one.idle(ada))
    assert encoded == [5]
    assert np.array_equal(next(other.idle(ada)), first)
    next(one.idle(ada))
    assert encoded == [5]

    next(other.idle(replace(ada, version=2, features={"hair": "bun"})))
    assert encoded == [5, 5]
    assert len(list(tmp_path.iterdir())) == 1  # its first version is gone


def test_a_damaged_face_is_prepared_anew(make: Make, ada: Avatar, tmp_path: Path, encoded: list[int]) -> None:
    next(make(cache_dir=str(tmp_path)).idle(ada))
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:1000])

    next(make(cache_dir=str(tmp_path)).idle(ada))
    assert encoded == [5, 5]
    next(make(cache_dir=str(tmp_path)).idle(ada))
    assert encoded == [5, 5]


def test_only_so_many_faces_are_in_memory(make: Make, ada: Avatar) -> None:
    engine = make(faces_kept=2)
    for name in ("a", "b", "a", "c"):
        next(engine.idle(replace(ada, avatar_id=name)))

    assert [avatar_id for avatar_id, _ in engine._faces] == ["a", "c"]


def test_a_full_card_makes_smaller_batches(
    engine: MuseTalk, ada: Avatar, say: Say, net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    speech = say("aa", "O")
    wanted = animated(engine, speech, ada)
    paint = net.paint
    sizes = []

    def crowded(latents: np.ndarray, tokens: np.ndarray) -> np.ndarray:
        sizes.append(len(latents))
        if len(latents) > 1:
            raise OutOfMemory("CUDA out of memory")
        return paint(latents, tokens)

    monkeypatch.setattr(net, "paint", crowded)

    assert most(animated(engine, speech, ada), wanted) <= 1
    assert sizes[0] == 4
    assert set(sizes[1:]) == {1}


def test_a_card_without_room_for_one_frame_is_an_error(
    engine: MuseTalk, ada: Avatar, say: Say, net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OutOfMemory("CUDA out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(net, "paint", full)
        with pytest.raises(OutOfMemory):
            animated(engine, say("aa"), ada)

    assert animated(engine, say("aa"), ada)


def test_a_turn_that_is_stopped_makes_no_more_frames(engine: MuseTalk, ada: Avatar, say: Say) -> None:
    frames = engine.animate(say(*["aa"] * 40), ada)
    for _ in range(8):
        next(frames)
    tally = engine._loaded().batcher.tally
    frames.close()  # type: ignore[attr-defined]
    before = tally.items

    animated(engine, say("aa"), ada)

    # its own, and what was in the making
    assert tally.items - before <= 12 + 4


def test_weights_that_are_not_there_are_named_at_the_start(make: Make, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=str(tmp_path)):
        make(model=str(tmp_path)).warm_up()


def test_a_machine_without_a_gpu_is_told_so_at_the_start(make: Make) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(EngineError, match="finds no GPU"):
        make(device="cuda").warm_up()


def test_warming_up_runs_every_batch_size(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from gpu_tasks.engines.avatar.musetalk.net import Net

    sizes = []

    def paint(_: Net, latents: np.ndarray, tokens: np.ndarray) -> np.ndarray:
        sizes.append((len(latents), tokens.shape))
        return np.zeros((len(latents), 256, 256, 3), np.uint8)

    monkeypatch.setattr(Net, "paint", paint)

    make(batch_sizes=(1, 2)).warm_up()

    assert sizes == [(1, (1, 50, 16)), (2, (2, 50, 16))]


@pytest.mark.parametrize("portrait", [None, b"", b"not a picture"])
def test_a_photo_that_cannot_be_used_is_refused_every_time(engine: MuseTalk, portrait: bytes | None, say: Say) -> None:
    for _ in range(2):
        with pytest.raises(BadPortrait):
            engine.animate(say("aa"), Avatar("nobody", "photo", portrait=portrait))
