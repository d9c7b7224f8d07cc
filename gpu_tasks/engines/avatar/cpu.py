import threading
import zlib
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Protocol

import cv2
import numpy as np

from gpu_tasks.engines.avatar.base import FPS, Avatar, Frame, frame_count
from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.illustrated import Illustration
from gpu_tasks.engines.avatar.loudness import loudness
from gpu_tasks.engines.avatar.motion import REST, Pose, listening, speaking
from gpu_tasks.engines.avatar.photo import Photograph
from gpu_tasks.engines.avatar.portrait.living import living
from gpu_tasks.engines.avatar.visemes import CLOSED, Mouth, mouth_curves
from gpu_tasks.engines.errors import BadPortrait
from gpu_tasks.engines.tts.base import Speech

_IDLE_SECONDS = 8


class Face(Protocol):
    """Can be drawn, by several threads at once."""

    def draw(self, mouth: Mouth, pose: Pose) -> Frame: ...


class CpuAvatar:
    """Draws illustrated tutors and moves photographs, on one core and without weights to download."""

    def __init__(self, *, size: int = 512, faces_kept: int = 16) -> None:
        """`size`: of the square picture, even. `faces_kept`: prepared faces (some 15 MB each) in memory."""
        # a worker draws for several sessions at once, one thread each; more of them only get in the way
        cv2.setNumThreads(1)
        self.width = self.height = size
        self._faces: OrderedDict[tuple[str, int], Face] = OrderedDict()
        self._faces_kept = faces_kept
        self._preparing = threading.Lock()

    def animate(
        self, speech: Speech, avatar: Avatar, *, session: str | None = None, due: float | None = None
    ) -> Iterator[Frame]:
        face = self._face(avatar)
        frames = frame_count(speech)
        loud = loudness(speech.pcm, speech.sample_rate)
        mouths = (Mouth(*row) for row in mouth_curves(speech, loud, frames).tolist())
        return _drawn(face, mouths, speaking(frames, loud, seed=zlib.crc32(speech.pcm.tobytes())))

    def idle(self, avatar: Avatar) -> Iterator[Frame]:
        face = self._face(avatar)
        if avatar.clip and isinstance(face, Photograph):
            return living(face, avatar.clip)
        poses = listening(_IDLE_SECONDS * FPS, seed=zlib.crc32(avatar.avatar_id.encode()))
        return _drawn(face, (CLOSED for _ in poses), poses)

    def warm_up(self) -> None:
        Illustration(Features(), self.width).draw(CLOSED, REST)
        self._mesh.detect(np.zeros((64, 64, 3), np.uint8))

    def keep_only(self, avatar_ids: Collection[str]) -> None:
        with self._preparing:
            for key in [key for key in self._faces if key[0] not in avatar_ids]:
                del self._faces[key]

    def _face(self, avatar: Avatar) -> Face:
        key = (avatar.avatar_id, avatar.version)
        with self._preparing:
            if key not in self._faces:
                self._faces[key] = self._prepared(avatar)
            self._faces.move_to_end(key)
            while len(self._faces) > self._faces_kept:
                self._faces.popitem(last=False)
            return self._faces[key]

    def _prepared(self, avatar: Avatar) -> Face:
        if avatar.kind == "illustrated":
            return Illustration(Features.of(avatar.features), self.width)
        if not avatar.portrait:
            raise BadPortrait("This avatar has no picture yet.")
        return Photograph(avatar.portrait, self._mesh, self.width)

    @cached_property
    def _mesh(self) -> FaceMesh:
        return FaceMesh()


def _drawn(face: Face, mouths: Iterable[Mouth], poses: list[Pose]) -> Iterator[Frame]:
    for mouth, pose in zip(mouths, poses, strict=True):
        yield face.draw(mouth, pose)
