import codecs
import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from gpu_tasks.engines.errors import ContextFull
from gpu_tasks.engines.llm import gguf
from gpu_tasks.engines.llm.base import Message
from gpu_tasks.engines.llm.chat_template import ChatTemplate

WAIT_SECONDS = 0.02


class LlamaCpp:
    """A GGUF file in the worker's own process, through llama.cpp: one conversation at a time. For many students at once
    a server that thinks of several replies together is better (OpenAIChat).

    `n_ctx`: tokens of a prompt and its reply (LLM_CONTEXT_TOKENS). `step`: how many tokens of a prompt are evaluated at
    once: 256 on a GPU, where a reply is stopped only between steps, and 32 on a CPU, where it is stopped within one.
    `temperature`: 0 for always the same reply.
    """

    def __init__(
        self,
        model: str,
        device: str = "cuda",
        n_ctx: int = 4096,
        step: int | None = None,
        threads: int | None = None,
        temperature: float = 0.2,
    ) -> None:
        gpu = device != "cpu"
        step = step or (256 if gpu else 32)
        self._llama = gguf.load(Path(model), gpu=gpu, n_ctx=n_ctx, step=step, threads=threads)
        self._template = ChatTemplate(self._llama)
        self._n_ctx = n_ctx
        self._temperature = temperature
        # Two threads in one llama.cpp context crash the process.
        self._one_at_a_time = threading.Lock()

    def reply(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Generator[str, None, None]:
        prompt = self._template.tokens(messages, replying=True)
        self._check_room(len(prompt) + max_tokens)
        while not self._one_at_a_time.acquire(timeout=WAIT_SECONDS):
            if cancelled():
                return
        try:
            self._llama.cancelled = cancelled
            yield from self._think(prompt, max_tokens)
        except gguf.Stopped:
            return
        finally:
            self._llama.cancelled = lambda: False
            self._one_at_a_time.release()

    def read(self, messages: Sequence[Message]) -> None:
        """Not while somebody is talking: it would take the place of what was read for that conversation."""
        prompt = self._template.tokens(messages, replying=False)
        self._check_room(len(prompt))
        if self._one_at_a_time.acquire(blocking=False):
            try:
                next(self._llama.generate(prompt, temp=0.0))
            finally:
                self._one_at_a_time.release()

    def warm_up(self) -> None:
        self.read([{"role": "user", "content": "Hello"}])

    def _check_room(self, tokens: int) -> None:
        if tokens > self._n_ctx:
            raise ContextFull(f"{tokens} tokens are wanted, the language model's context holds {self._n_ctx}")

    def _think(self, prompt: Sequence[int], max_tokens: int) -> Generator[str, None, None]:
        import llama_cpp

        vocabulary = self._llama._model.vocab
        # A token may end in the middle of a character.
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        tokens = self._llama.generate(prompt, temp=self._temperature)
        for _, token in zip(range(max_tokens), tokens, strict=False):
            if llama_cpp.llama_vocab_is_eog(vocabulary, token):
                return
            if text := decoder.decode(self._llama.detokenize([token])):
                yield text
