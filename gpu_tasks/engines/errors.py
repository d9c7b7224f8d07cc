"""Everything an engine may raise on purpose. Anything else is a bug and is logged as one."""


class EngineError(Exception):
    """A stage could not do its work. `code` is stable and names the words a student is shown."""

    code = "engine_failed"
    retryable = True


class ModelMissing(EngineError):
    """Weights or a voice that the configuration names are not there."""

    code = "model_missing"
    retryable = False


class DeviceMissing(ModelMissing):
    """The GPU that the configuration names is not there, or the library was built without one."""


class Unavailable(EngineError):
    """The server behind an engine cannot be reached, or broke off."""

    code = "unavailable"


class Overloaded(EngineError):
    """The server behind an engine refuses more work for now."""

    code = "overloaded"


class OutOfMemory(Overloaded):
    """The card or the machine has no room for this piece of work. A worker to which it happens again and again is
    started anew (gpu_tasks.memory)."""


class ContextFull(EngineError):
    """The prompt does not fit in the model's context."""

    code = "context_full"
    retryable = False


class BadPortrait(EngineError):
    """A portrait in which no usable face is found. The message says why, in a person's words."""

    code = "bad_portrait"
    retryable = False


def is_out_of_memory(error: BaseException) -> bool:
    """Libraries say it each with an exception of its own, but all in these words."""
    return isinstance(error, OutOfMemory | MemoryError) or "out of memory" in str(error).lower()
