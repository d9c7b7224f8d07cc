import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import aclosing
from queue import Empty, SimpleQueue
from typing import Any

import httpx

from gpu_tasks.engines.errors import EngineError, Overloaded, Unavailable
from gpu_tasks.engines.llm.answers import SaidNothing, body, pieces, refusal
from gpu_tasks.engines.llm.base import Message
from gpu_tasks.engines.llm.loop_thread import LoopThread

POLL_SECONDS = 0.02
BACK_OFF_SECONDS = (0.1, 0.4, 1.2)
WARM_UP_SECONDS = 60.0


class FellSilent(Unavailable):
    """Asking again would take as long again."""


class OpenAIChat:
    """Any server that speaks OpenAI's /v1/chat/completions: llama.cpp, Ollama, vLLM, and the embedded one.

    `url`: where the server is, with or without the trailing /v1. `connect_timeout`, `first_token_timeout` (the
    reading of the prompt included), `between_tokens_timeout`: in seconds; a server that sends everything but text is
    as silent as one that sends nothing. `temperature`: None leaves it to the server. `extra`: more fields of the
    request's body. A llama.cpp server wants {"return_progress": true}: without it, it notices only after having read
    the whole prompt that the request was dropped.

    The requests run on one asyncio loop in a thread of its own: there, unlike in a blocking read, a
    request can be dropped at any moment, and a server stops working when its client is gone.
    """

    def __init__(
        self,
        url: str,
        model: str = "",
        api_key: str = "",
        connect_timeout: float = 3.0,
        first_token_timeout: float = 45.0,
        between_tokens_timeout: float = 20.0,
        temperature: float | None = 0.2,
        extra: Mapping[str, Any] | None = None,
        connections: int = 32,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise EngineError(f"the language model's server has no address that begins with http:// (LLM_URL): {url!r}")
        self._endpoint = url.rstrip("/").removesuffix("/v1") + "/v1/chat/completions"
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        # How long a reply may take is counted in its pieces, below.
        self._timeout = httpx.Timeout(None, connect=connect_timeout, pool=connect_timeout, write=first_token_timeout)
        self._first_token_timeout, self._between_tokens_timeout = first_token_timeout, between_tokens_timeout
        self._connections = connections
        self._limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._fixed = {
            **({"model": model} if model else {}),
            **({"temperature": temperature} if temperature is not None else {}),
            **(extra or {}),
        }
        self._loop = LoopThread("language-model")
        self._client: httpx.AsyncClient | None = None

    def reply(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Generator[str, None, None]:
        arrived: SimpleQueue[str | None] = SimpleQueue()
        request = self._loop.submit(self._ask({"messages": list(messages), "max_tokens": max_tokens}, arrived))
        try:
            while not cancelled():
                try:
                    piece = arrived.get(timeout=POLL_SECONDS)
                except Empty:
                    continue
                if piece is None:
                    request.result()
                    return
                yield piece
        finally:
            request.cancel()

    def read(self, messages: Sequence[Message]) -> None:
        # What a question begins with is the same for all, and is read, too.
        opening: list[Message] = [] if messages[-1]["role"] == "user" else [{"role": "user", "content": ""}]
        for _ in self.reply([*messages, *opening], max_tokens=1):
            pass

    def warm_up(self) -> None:
        """Waits for a server that is still starting."""
        patient_until = time.monotonic() + WARM_UP_SECONDS
        while True:
            try:
                return self.read([{"role": "user", "content": "Hello"}])
            except (Unavailable, Overloaded):
                if time.monotonic() > patient_until:
                    raise

    def close(self) -> None:
        if self._client is not None:
            self._loop.submit(self._client.aclose()).result()
        self._loop.close()

    async def _ask(self, request: dict[str, Any], arrived: "SimpleQueue[str | None]") -> None:
        try:
            async with aclosing(self._pieces(request)) as stream:
                async for piece in stream:
                    arrived.put(piece)
        finally:
            arrived.put(None)

    async def _pieces(self, request: dict[str, Any]) -> AsyncGenerator[str, None]:
        """Tries again as long as nothing of a reply has come and another try may help."""
        for pause in (*BACK_OFF_SECONDS, None):
            begun = False
            try:
                async with aclosing(self._in_time(request)) as stream:
                    async for piece in stream:
                        begun = True
                        yield piece
                return
            except FellSilent:
                raise
            except (Unavailable, Overloaded):
                if begun or pause is None:
                    raise
            except httpx.PoolTimeout as error:
                if pause is None:
                    busy = f"all {self._connections} connections to the language model's server are in use"
                    raise Overloaded(busy) from error
            except httpx.HTTPError as error:
                if begun:
                    broke_off = f"the language model's server broke off in the middle of a reply: {error!r}"
                    raise Unavailable(broke_off) from error
                if pause is None:
                    raise Unavailable(f"no language model's server at {self._endpoint}: {error!r}") from error
            await asyncio.sleep(pause)

    async def _in_time(self, request: dict[str, Any]) -> AsyncGenerator[str, None]:
        patience = self._first_token_timeout
        async with aclosing(self._once(request)) as stream:
            while True:
                try:
                    async with asyncio.timeout(patience):
                        piece = await anext(stream, None)
                except TimeoutError as error:
                    silent = f"the language model's server at {self._endpoint} sent no text for {patience:g} s"
                    raise FellSilent(silent) from error
                if piece is None:
                    return
                yield piece
                patience = self._between_tokens_timeout

    async def _once(self, request: dict[str, Any]) -> AsyncGenerator[str, None]:
        if self._client is None:  # made on the loop that it lives on
            self._client = httpx.AsyncClient(headers=self._headers, timeout=self._timeout, limits=self._limits)
        whole = {**self._fixed, **request, "stream": True}
        async with self._client.stream("POST", self._endpoint, json=whole) as response:
            if response.status_code != httpx.codes.OK:
                raise refusal(response.status_code, await body(response.aiter_bytes()))
            try:
                async for piece in pieces(response.aiter_bytes()):
                    yield piece
            except SaidNothing as nothing:
                raise await self._reason(whole) or nothing from None

    async def _reason(self, request: dict[str, Any]) -> EngineError | None:
        """llama-cpp-python's server looks at a prompt when it has begun to stream, and then has no way to refuse it but
        to end the connection, too."""
        whole = {**request, "stream": False, "max_tokens": 1}
        async with (
            httpx.AsyncClient(headers=self._headers, timeout=self._timeout) as fresh,
            fresh.stream("POST", self._endpoint, json=whole) as response,
        ):
            said = await body(response.aiter_bytes())
        return refusal(response.status_code, said) if response.is_error else None
