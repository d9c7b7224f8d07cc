import hashlib
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.base import FPS, Avatar, Frame, frame_count
from gpu_tasks.engines.avatar.batcher import SIZES, Batcher
from gpu_tasks.engines.avatar.cpu import CpuAvatar
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.musetalk.prepared import Prepared, load, prepare, save
from gpu_tasks.engines.avatar.musetalk.sound import RATE, at_16_khz, shares
from gpu_tasks.engines.tts.base import Speech

if TYPE_CHECKING:
    from gpu_tasks.engines.avatar.musetalk.net import Net

Floats = NDArray[np.float32]
Seen = tuple[Floats, Floats]
"""What the network needs for one frame: latents of the face, tokens of the sound."""

_YOUNG_SECONDS = 600
_FORMAT = 1  # of prepared faces; a change of how they are made is a new one


@dataclass(slots=True)
class _Loaded:
    net: "Net"
    batcher: Batcher[Seen, Frame]


@dataclass(slots=True)
class _Place:
    preparing: threading.Lock = field(default_factory=threading.Lock)
    face: Prepared | None = None


class MuseTalk:
    """Paints the mouth of a face anew for what is said. The face itself is what the CPU's engine draws at rest."""

    def __init__(
        self,
        *,
        model: str,
        cache_dir: str,
        device: str = "cuda",
        dtype: str | None = None,
        batch_sizes: Sequence[int] = SIZES,
        look_ahead: int = 32,
        size: int = 512,
        source_seconds: float = 4.0,
        faces_kept: int = 8,
        **net_options: Any,
    ) -> None:
        """`model`: the folder of the weights (see net). `cache_dir`: prepared faces are kept there.
        `source_seconds`: of the idle loop, played forth and back. `faces_kept`: prepared faces (some 90 MB each)
        in memory. `net_options`: compiled, decoder, decoder_options (see net.Net)."""
        self.width = self.height = size
        self._model, self._cache = Path(model), Path(cache_dir)
        self._net_options: Mapping[str, Any] = {"device": device, "dtype": dtype, **net_options}
        self._batch_sizes, self._look_ahead = batch_sizes, look_ahead
        self._source = CpuAvatar(size=size)
        self._source_frames = max(1, round(source_seconds * FPS))
        self._mesh = FaceMesh()
        self._faces: OrderedDict[tuple[str, int], _Place] = OrderedDict()
        self._faces_kept = faces_kept
        self._lock = threading.Lock()
        self._in_memory: _Loaded | None = None

    def animate(
        self, speech: Speech, avatar: Avatar, *, session: str | None = None, due: float | None = None
    ) -> Iterator[Frame]:
        face = self._face(avatar)
        return self._speaking(face, speech, session, due)

    def idle(self, avatar: Avatar) -> Iterator[Frame]:
        self._face(avatar)  # between turns there is time for it
        return self._source.idle(avatar)

    def warm_up(self) -> None:
        """Raises ModelMissing, EngineError."""
        loaded = self._loaded()
        self._source.warm_up()
        nobody = loaded.net.encode(np.zeros((1, 256, 256, 3), np.uint8))[0]
        silence = loaded.net.tokens(np.zeros(RATE, np.float32))[0]
        loaded.batcher.warm_up((nobody, silence))

    def keep_only(self, avatar_ids: Collection[str]) -> None:
        self._source.keep_only(avatar_ids)
        with self._lock:
            for key in [key for key in self._faces if key[0] not in avatar_ids]:
                del self._faces[key]
        wanted = {self._file(avatar_id) for avatar_id in avatar_ids}
        for file in self._cache.glob("*.npz"):
            # One that is younger may be of a face that whoever asks has not heard of.
            if file not in wanted and file.stat().st_mtime < time.time() - _YOUNG_SECONDS:
                file.unlink(missing_ok=True)

    def _speaking(self, face: Prepared, speech: Speech, session: str | None, due: float | None) -> Iterator[Frame]:
        loaded = self._loaded()
        count = frame_count(speech)
        path = there_and_back(count, len(face.frames))
        tokens = loaded.net.tokens(at_16_khz(speech))
        share = shares(speech, count)
        share[len(tokens) :] = 0
        seen = ((face.latents[at], token) for at, token, loud in zip(path, tokens, share, strict=False) if loud)
        with closing(loaded.batcher.map(seen, session, due)) as painted:
            for at, loud in zip(path, share.tolist(), strict=True):
                yield face.speaking(at, next(painted), loud) if loud else face.silent(at)

    def _loaded(self) -> _Loaded:
        with self._lock:
            if self._in_memory is None:
                from gpu_tasks.engines.avatar.musetalk.net import Net

                net = Net(self._model, **self._net_options)
                self._in_memory = _Loaded(net, batcher(net, self._batch_sizes, self._look_ahead))
            return self._in_memory

    def _face(self, avatar: Avatar) -> Prepared:
        key = (avatar.avatar_id, avatar.version)
        with self._lock:
            place = self._faces.setdefault(key, _Place())
            self._faces.move_to_end(key)
            while len(self._faces) > self._faces_kept:
                self._faces.popitem(last=False)
        with place.preparing:  # of this face; those who want others do not wait
            if place.face is None:
                place.face = self._prepared(avatar)
            return place.face

    def _prepared(self, avatar: Avatar) -> Prepared:
        loaded = self._loaded()
        idle = self._source.idle(avatar)
        neutral = next(idle)
        about = {
            "avatar": avatar.avatar_id,
            "version": avatar.version,
            "neutral": zlib.crc32(neutral.tobytes()),
            "frames": self._source_frames,
            "net": loaded.net.fingerprint,
            "format": _FORMAT,
        }
        file = self._file(avatar.avatar_id)
        face = load(file, about)
        if face is None:
            face = prepare([neutral, *islice(idle, self._source_frames - 1)], self._mesh, loaded.net.encode)
            save(file, face, about)
        return face

    def _file(self, avatar_id: str) -> Path:
        """One for an avatar: its next version takes the place of this one."""
        return self._cache / f"{hashlib.sha256(avatar_id.encode()).hexdigest()[:32]}.npz"


def batcher(net: "Net", sizes: Sequence[int] = SIZES, look_ahead: int = 32) -> Batcher[Seen, Frame]:
    def paint(batch: Sequence[Seen]) -> list[Frame]:
        latents, tokens = zip(*batch, strict=True)
        return list(net.paint(np.stack(latents), np.stack(tokens)))

    return Batcher(paint, sizes=sizes, look_ahead=look_ahead)


def there_and_back(count: int, frames: int) -> list[int]:
    """`count` steps along `frames` frames, each to a neighbour, that begin and end with the first."""
    reached = [min(number, count - 1 - number) for number in range(count)]
    turn = max(2 * (frames - 1), 1)
    return [min(far % turn, turn - far % turn) if frames > 1 else 0 for far in reached]
