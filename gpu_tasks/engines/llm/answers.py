"""What an OpenAI-compatible server sends: the pieces of a streamed reply, and its many ways to say no."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from gpu_tasks.engines.errors import ContextFull, EngineError, ModelMissing, Overloaded, Unavailable

# llama.cpp: exceed_context_size_error; OpenAI, vLLM: context_length_exceeded, "maximum context length"
CONTEXT_FULL = re.compile(r"context[ _](?:size|length|window)|prompt is too long", re.IGNORECASE)
SHOWN = 300
DRAIN_SECONDS = 0.2


async def pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """The text of each server-sent event. Raises Unavailable when the stream breaks off before its end."""
    finished = False
    async for line in _lines(chunks):
        if not line.startswith(b"data:"):
            continue
        data = line[len(b"data:") :].strip()
        if data == b"[DONE]":
            await _drain(chunks)
            return
        event = _event(data)
        if "error" in event:
            raise refusal(_status(event), data.decode(errors="replace"))
        for choice in event.get("choices") or []:
            if text := (choice.get("delta") or {}).get("content"):
                yield str(text)
            finished = finished or choice.get("finish_reason") is not None
    if not finished:
        raise Unavailable("the language model's server broke off in the middle of a reply")


def refusal(status: int, body: str) -> EngineError:
    said = f"the language model's server answered {status}: {body.strip()[:SHOWN]}"
    if status in (400, 413, 500) and CONTEXT_FULL.search(body):
        return ContextFull(said)
    if status == 404:
        return ModelMissing(said)
    if status == 429 or (status == 503 and "loading" not in body.lower()):
        return Overloaded(said)
    if status >= 500:
        return Unavailable(said)
    return EngineError(said)


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    """Read the end of the body, without which its connection cannot be used again."""
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in chunks:
                pass


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    # not str.splitlines, as httpx's aiter_lines has it: JSON may hold U+2028 and its like
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line
    yield rest


def _event(data: bytes) -> dict[str, Any]:
    try:
        event = json.loads(data)
    except ValueError as error:
        raise Unavailable(f"the language model's server does not speak its protocol: {data[:SHOWN]!r}") from error
    if not isinstance(event, dict):
        raise Unavailable(f"the language model's server does not speak its protocol: {data[:SHOWN]!r}")
    return event


def _status(event: dict[str, Any]) -> int:
    error = event["error"]
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else 500
