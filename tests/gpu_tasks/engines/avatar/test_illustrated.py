from itertools import combinations
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.characters import CHARACTERS
from gpu_tasks.engines.avatar.drawing import features as known
from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.illustrated import Illustration
from gpu_tasks.engines.avatar.motion import REST, Pose
from gpu_tasks.engines.avatar.visemes import CLOSED, SHAPES, Mouth

SIZE = 256
MOUTH = slice(138, 168), slice(110, 146)  # rows, columns


@pytest.fixture(scope="module")
def ada() -> Illustration:
    return Illustration(Features.of(CHARACTERS["ada"]), SIZE)


def shape(name: str) -> Mouth:
    return Mouth(*SHAPES[name][:-1])


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.int_]:
    return np.abs(one.astype(int) - other).max(-1)


def test_characters_are_different_people_and_not_recolourings() -> None:
    faces = {name: Illustration(Features.of(look), SIZE).draw(CLOSED, REST) for name, look in CHARACTERS.items()}

    assert len(faces) >= 3
    for one, other in combinations(faces.values(), 2):
        # recolouring keeps the edges where they are
        edges = [np.abs(np.diff(face.astype(int).mean(-1), axis=0)) > 20 for face in (one, other)]
        assert (edges[0] & edges[1]).sum() < 0.6 * min(edges[0].sum(), edges[1].sum())
        assert (difference(one, other) > 40).mean() > 0.3


@pytest.mark.parametrize(("one", "other"), list(combinations(["sil", "aa", "O", "U", "PP", "FF", "I"], 2)))
def test_mouth_shapes_look_different(ada: Illustration, one: str, other: str) -> None:
    pictures = [ada.draw(shape(name), REST)[MOUTH] for name in (one, other)]

    assert (difference(*pictures) > 30).sum() > 25


def test_an_open_mouth_shows_what_is_inside(ada: Illustration) -> None:
    def dark(name: str) -> int:
        return int((ada.draw(shape(name), REST)[MOUTH].max(-1) < 100).sum())

    assert dark("aa") > 120
    assert dark("O") > 40
    assert dark("sil") == dark("PP") == 0


def test_speaking_moves_the_face_and_nothing_behind_it(ada: Illustration) -> None:
    moved = difference(ada.draw(CLOSED, REST), ada.draw(shape("aa"), REST)) > 0

    assert moved[MOUTH].mean() > 0.5
    assert not moved[:100].any()
    assert not moved[:, :70].any()


def test_a_blink_shuts_the_eyes(ada: Illustration) -> None:
    eyes = slice(95, 122), slice(90, 170)
    white = [(ada.draw(CLOSED, Pose(blink=blink))[eyes].min(-1) > 235).sum() for blink in (0.0, 1.0)]

    assert white[0] > 30
    assert white[1] < 5


@pytest.mark.parametrize(
    "pose", [Pose(yaw=1), Pose(pitch=1), Pose(roll=1), Pose(breath=1), Pose(brow=1), Pose(gaze_x=1)]
)
def test_every_movement_is_seen(ada: Illustration, pose: Pose) -> None:
    assert (difference(ada.draw(CLOSED, REST), ada.draw(CLOSED, pose)) > 20).sum() > 20


def test_the_same_pose_is_the_same_picture(ada: Illustration) -> None:
    pose = Pose(yaw=0.3, roll=-0.4, blink=0.5)

    assert np.array_equal(ada.draw(shape("E"), pose), ada.draw(shape("E"), pose))


def test_a_frame_is_rgb_contiguous_and_the_receivers_to_keep(ada: Illustration) -> None:
    frame = ada.draw(CLOSED, REST)
    kept = frame.copy()
    ada.draw(shape("aa"), Pose(roll=1))

    assert (frame.shape, frame.dtype) == ((SIZE, SIZE, 3), np.uint8)
    assert frame.flags.c_contiguous
    assert np.array_equal(frame, kept)
    teal_cardigan = frame[240, 60].astype(int)
    assert teal_cardigan[1] > teal_cardigan[0] + 40


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, value)
        for name, kind in {
            "face": known.FaceShape,
            "hair": known.HairStyle,
            "eyes": known.EyeShape,
            "brows": known.Brows,
            "glasses": known.Glasses,
            "beard": known.Beard,
            "earrings": known.Earrings,
            "clothes": known.Clothes,
            "background": known.Background,
            "skin": known.Skin,
            "hair_colour": known.HairColour,
            "eye_colour": known.EyeColour,
            "lips": known.Lips,
        }.items()
        for value in get_args(kind)
    ],
)
def test_every_feature_makes_a_difference(name: str, value: str) -> None:
    plain = {"hair": "tousled"}
    default = Features.of(plain)
    drawn = Illustration(Features.of({**plain, name: value}), 128).draw(shape("E"), REST)

    changed = (difference(drawn, Illustration(default, 128).draw(shape("E"), REST)) > 8).sum()
    assert (changed > 0) == (getattr(default, name) != value)
