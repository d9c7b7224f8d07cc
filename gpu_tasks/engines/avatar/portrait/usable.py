"""What can be used of a file that somebody put in. It is decoded in a process of its own; the worker gets pixels."""

import base64
import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from gpu_tasks import bounded
from gpu_tasks.engines.avatar.base import Frame
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.portrait import quality
from gpu_tasks.engines.avatar.portrait.clip import read_clip
from gpu_tasks.engines.avatar.portrait.formats import kind_of
from gpu_tasks.engines.avatar.portrait.framing import framed
from gpu_tasks.engines.avatar.portrait.upload import read_portrait
from gpu_tasks.engines.errors import BadPortrait

PATIENCE = 80.0
"""Of a clip as large as may be, all frames are looked at before the first is told."""
_PORTRAIT = 512


def usable(data: bytes) -> Iterator[Frame]:
    """The portrait, then of somebody who was filmed the frames in which he is silent. Raises BadPortrait."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            for record in bounded.records(__package__, file.name, patience=PATIENCE):
                yield _pixels(record)
        except bounded.Died as died:
            raise BadPortrait("This file is damaged, or takes too much memory or time to be read.") from died


def looked_at(data: bytes) -> Iterator[dict[str, Any]]:
    """The same, in that process, as it is told."""
    try:
        for frame in _frames(data, FaceMesh()):
            yield {"shape": frame.shape, "pixels": base64.b64encode(frame.tobytes()).decode()}
    except BadPortrait as error:
        yield {"refused": str(error)}


def _frames(data: bytes, mesh: FaceMesh) -> Iterator[Frame]:
    if kind_of(data) == "clip":
        filmed = read_clip(data, mesh)
        yield filmed.portrait
        yield from filmed.still
    else:
        picture = read_portrait(data)
        quality.check(framed(picture, mesh, _PORTRAIT))
        yield picture


def _pixels(record: dict[str, Any]) -> Frame:
    if "refused" in record:
        raise BadPortrait(record["refused"])
    return np.frombuffer(base64.b64decode(record["pixels"]), np.uint8).reshape(record["shape"])
