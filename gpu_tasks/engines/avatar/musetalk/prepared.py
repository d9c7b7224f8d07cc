"""All of a face that does not depend on what it says: made once, kept on disk without pickle."""

import json
import logging
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.base import Frame
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.musetalk.crop import Boxes, Masks, blend, boxes, cut, masks, outlines

logger = logging.getLogger(__name__)

Encode = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

_FACE = 256
_BATCH = 8
_ABOUT = "about"
_DAMAGED = (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A face at rest, frame by frame. The first frame is the neutral one."""

    frames: NDArray[np.uint8]
    """RGB, [frames, height, width, 3]."""
    boxes: Boxes
    masks: Masks
    latents: NDArray[np.float32]
    """[frames, 8, 32, 32]: what the network sees of it."""

    def silent(self, number: int) -> Frame:
        frame: Frame = self.frames[number].copy()
        return frame

    def speaking(self, number: int, face: Frame, share: float) -> Frame:
        frame = self.silent(number)
        blend(frame, self.boxes[number], self.masks[number], face, share)
        return frame


def prepare(frames: Sequence[Frame], faces: FaceMesh, encode: Encode) -> Prepared:
    """`encode`: from faces [number, 256, 256, 3] to latents. Raises BadPortrait, EngineError."""
    height, width = frames[0].shape[:2]
    points = outlines(frames, faces)
    where = boxes(points, width, height)
    seen = np.stack([cut(frame, box, _FACE) for frame, box in zip(frames, where, strict=True)])
    latents = np.concatenate([encode(seen[start : start + _BATCH]) for start in range(0, len(seen), _BATCH)])
    return Prepared(np.stack(frames), where, masks(points, where), latents)


def save(file: Path, face: Prepared, about: Mapping[str, Any]) -> None:
    """Whole or not at all. `about`: what load() has to ask for."""
    file.parent.mkdir(parents=True, exist_ok=True)
    arrays = dict(zip((field.name for field in fields(face)), astuple(face), strict=True))
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".tmp", delete=False) as made:
        try:
            np.savez(made, allow_pickle=False, **{_ABOUT: np.array(_text(about))}, **arrays)
            made.close()
            os.replace(made.name, file)  # noqa: PTH105 (a file that is open has a name only)
        except BaseException:
            Path(made.name).unlink(missing_ok=True)
            raise


def load(file: Path, about: Mapping[str, Any]) -> Prepared | None:
    """None when there is nothing, or something else, or when it is damaged."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            if str(archive[_ABOUT]) != _text(about):
                return None
            return Prepared(*(archive[field.name] for field in fields(Prepared)))
    except FileNotFoundError:
        return None
    except _DAMAGED as error:
        logger.warning("%s is damaged and made anew: %s", file, error)
        return None


def _text(about: Mapping[str, Any]) -> str:
    return json.dumps(about, sort_keys=True)
