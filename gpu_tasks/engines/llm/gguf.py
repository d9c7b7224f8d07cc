"""A GGUF file loaded with llama.cpp: it can be stopped at any moment, and says why something went wrong."""

import ctypes
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from gpu_tasks.engines.errors import ContextFull, DeviceMissing, EngineError, ModelMissing, OutOfMemory

logger = logging.getLogger(__name__)

MAGIC = b"GGUF"
LOOK_SECONDS = 0.02
LOGGED = (3, 4)
"""Of ggml's levels: warnings and errors."""
NO_ROOM = ("out of memory", "failed to allocate", "unable to allocate", "failed to create memory")
# What llama_decode returns
NO_SLOT, ABORTED = 1, 2

_complaints: deque[str] = deque(maxlen=10)
"""What llama.cpp logged last: it returns no reasons."""


class Stopped(Exception):
    """`cancelled()` turned true."""


def load(path: Path, *, gpu: bool, n_ctx: int, step: int, threads: int | None) -> Any:
    """A llama_cpp.Llama with an attribute `cancelled`, which is looked at while it works. `step`: tokens of a prompt
    evaluated at once. Raises ModelMissing, DeviceMissing or OutOfMemory."""
    _check(path)
    import llama_cpp

    llama_cpp.llama_log_set(_logging(), ctypes.c_void_p(0))
    if gpu and not llama_cpp.llama_supports_gpu_offload():
        raise DeviceMissing("the language model was to run on a GPU: llama-cpp-python finds none, or was built without")
    _complaints.clear()
    try:
        return _stoppable()(
            model_path=str(path),
            n_gpu_layers=-1 if gpu else 0,
            n_ctx=n_ctx,
            n_batch=step,
            n_ubatch=step,
            n_threads=threads,
            n_threads_batch=threads,
            verbose=False,
        )
    except (ValueError, MemoryError) as error:
        told = "; ".join(_complaints) or str(error)
        if isinstance(error, MemoryError) or "llama_context" in str(error) or _is_no_room(told):
            raise OutOfMemory(f"no room for {path.name} with a context of {n_ctx} tokens: {told}") from error
        raise ModelMissing(f"{path} cannot be loaded: {told}") from error


def _check(path: Path) -> None:
    if not path.is_file():
        raise ModelMissing(f"there is no language model at {path}")
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise ModelMissing(f"{path} is not a GGUF file")


def _is_no_room(told: str) -> bool:
    return any(words in told.lower() for words in NO_ROOM)


@cache
def _stoppable() -> Any:
    """The class, made where the library is."""
    import llama_cpp

    class Stoppable(llama_cpp.Llama):  # type: ignore[misc]
        def __init__(self, **options: Any) -> None:
            self.cancelled: Callable[[], bool] = lambda: False
            self._looked_at = 0.0
            super().__init__(**options)
            # Works in the middle of an evaluation, but not on a GPU, whose steps are short instead.
            self._abort = llama_cpp.ggml_abort_callback(self._is_to_abort)
            llama_cpp.llama_set_abort_callback(self.ctx, self._abort, None)

        def eval(self, tokens: Sequence[int]) -> None:
            for start in range(0, max(1, len(tokens)), self.n_batch):
                if self.cancelled():
                    raise Stopped
                try:
                    super().eval(tokens[start : start + self.n_batch])
                except RuntimeError as error:
                    raise _meaning(error) from error

        def _is_to_abort(self, _: Any) -> bool:
            """Asked at each of a thousand operations."""
            now = time.monotonic()
            if now - self._looked_at < LOOK_SECONDS:
                return False
            self._looked_at = now
            return self.cancelled()

    return Stoppable


def _meaning(error: RuntimeError) -> Exception:
    said = str(error)
    if said.endswith(f"returned {ABORTED}"):
        return Stopped()
    if said.endswith(f"returned {NO_SLOT}"):
        return ContextFull("the prompt and what was said of the reply fill the language model's context")
    told = "; ".join([said, *_complaints])
    _complaints.clear()
    return OutOfMemory(told) if _is_no_room(told) else EngineError(told)


@cache
def _logging() -> Any:
    """Kept, for the library calls it for ever."""
    import llama_cpp

    @llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
    def note(level: int, text: bytes, _: Any) -> None:
        line = text.decode(errors="replace").strip()
        if line and level in LOGGED:
            _complaints.append(line)
            logger.warning("llama.cpp: %s", line)

    return note
