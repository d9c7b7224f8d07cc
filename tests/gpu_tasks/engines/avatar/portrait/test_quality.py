import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.characters import CHARACTERS, PORTRAITS
from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.illustrated import Illustration
from gpu_tasks.engines.avatar.motion import REST
from gpu_tasks.engines.avatar.portrait.eyelids import eyelids
from gpu_tasks.engines.avatar.portrait.framing import Framed, framed
from gpu_tasks.engines.avatar.portrait.quality import check, eyes_open
from gpu_tasks.engines.avatar.portrait.upload import read_portrait
from gpu_tasks.engines.avatar.visemes import CLOSED, Mouth
from gpu_tasks.engines.errors import BadPortrait

SIZE = 512
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module", params=["astronaut", "elena"])
def picture(request: pytest.FixtureRequest, astronaut: bytes) -> Picture:
    return read_portrait(astronaut if request.param == "astronaut" else PORTRAITS["elena"].read_bytes())


def test_good_portraits_are_taken(mesh: FaceMesh, picture: Picture) -> None:
    check(framed(picture, mesh, SIZE))


@pytest.mark.parametrize("name", CHARACTERS)
def test_skin_of_every_shade_is_light_enough(mesh: FaceMesh, name: str) -> None:
    check(framed(Illustration(Features.of(CHARACTERS[name]), SIZE).draw(CLOSED, REST), mesh, SIZE))


@pytest.mark.parametrize(("light", "words"), [(0.2, "too dark"), (1.8, "too bright")])
def test_bad_light_is_refused(mesh: FaceMesh, picture: Picture, light: float, words: str) -> None:
    badly_lit = np.clip(picture * light, 0, 255).astype(np.uint8)

    with pytest.raises(BadPortrait, match=words):
        check(framed(badly_lit, mesh, SIZE))


def test_a_blurred_face_is_refused(mesh: FaceMesh, picture: Picture) -> None:
    sharp = framed(picture, mesh, SIZE)
    pixels = sharp.height * sharp.cut.side / SIZE
    blurred = cv2.GaussianBlur(picture, (0, 0), 0.022 * pixels).astype(np.uint8)

    with pytest.raises(BadPortrait, match="blurred"):
        check(framed(blurred, mesh, SIZE))


def test_a_mouth_that_is_wide_open_is_refused(mesh: FaceMesh) -> None:
    yawning = Illustration(Features(), SIZE).draw(Mouth(1.0, -0.3, 0.3, 0.3, 0.0, 0.0), REST)

    with pytest.raises(BadPortrait, match="wide open"):
        check(framed(yawning, mesh, SIZE))


def test_shut_eyes_are_told_from_open_ones(mesh: FaceMesh) -> None:
    face = Illustration(Features(), SIZE)
    opened, shut = (framed(face.draw(CLOSED, REST._replace(blink=blink)), mesh, SIZE) for blink in (0.0, 1.0))

    assert eyes_open(shut.points) < 0.8 * eyes_open(opened.points)


def with_lids(mesh: FaceMesh, picture: Picture, shut: float) -> Framed:
    """The same photograph with its lids so far down."""
    portrait = framed(picture, mesh, SIZE)
    image = portrait.image.copy()
    for lid in eyelids(portrait.points, portrait.height):
        lid.shut(image, shut)
    return framed(image, mesh, SIZE)


def test_closed_eyes_are_refused(mesh: FaceMesh, picture: Picture) -> None:
    with pytest.raises(BadPortrait, match="eyes in this picture are closed"):
        check(with_lids(mesh, picture, 1.0))


def test_narrow_eyes_are_taken(mesh: FaceMesh, picture: Picture) -> None:
    narrow = with_lids(mesh, picture, 0.5)

    assert eyes_open(narrow.points) < 0.16
    check(narrow)


@pytest.mark.parametrize("name", CHARACTERS)
def test_closed_eyes_of_every_shape_and_colour_are_refused(mesh: FaceMesh, name: str) -> None:
    asleep = Illustration(Features.of(CHARACTERS[name]), SIZE).draw(CLOSED, REST._replace(blink=1.0))

    with pytest.raises(BadPortrait, match="eyes in this picture are closed"):
        check(framed(asleep, mesh, SIZE))
