"""Everything an engine may raise on purpose. Anything else is a bug and is logged as one."""


class EngineError(Exception):
    """A stage could not do its work. `code` is stable and names the words a student is shown."""

    code = "engine_failed"
    retryable = True


class ModelMissing(EngineError):
    """Weights or a voice that the configuration names are not there."""

    code = "model_missing"
    retryable = False


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
