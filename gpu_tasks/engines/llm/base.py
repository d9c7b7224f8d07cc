from collections.abc import Callable, Generator, Sequence
from typing import Literal, Protocol, TypedDict


class Message(TypedDict):
    role: Literal["system", "user", "assistant"]
    content: str


class LLMEngine(Protocol):
    """Thinks. One object serves all threads of a worker."""

    def reply(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Generator[str, None, None]:
        """Yield the reply piece by piece as it is thought.

        Stops, and gives its request up, within 100 ms of `cancelled()` turning true or of the generator
        being closed, also while the prompt is still being read. Retries only before the first piece.
        Raises Unavailable, Overloaded, ContextFull or ModelMissing, and EngineError for another refusal.
        """
        ...

    def read(self, messages: Sequence[Message]) -> None:
        """Evaluate a prompt prefix, so that a later `reply` that begins with it starts at once."""
        ...

    def warm_up(self) -> None: ...
