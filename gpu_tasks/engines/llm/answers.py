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
# Ollama: "model requires more system memory"; llama.cpp: "failed to allocate"; CUDA: "out of memory"
OUT_OF_MEMORY = re.compile(r"out of memory|more system memory|failed to allocate|insufficient memory", re.IGNORECASE)
# OpenAI: model_not_found; Ollama: model "x" not found; vLLM: The model `x` does not exist
NO_MODEL = re.compile(r"model_not_found|model\b.{0,200}\b(?:not found|does not exist)", re.IGNORECASE | re.DOTALL)
OVERLOADED = (429, 503, 529)
SHOWN = 300
DRAIN_SECONDS = 0.2
LONGEST_BODY = 65_536
LONGEST_LINE = 1_048_576
"""Bytes; an event is some hundred."""


class SaidNothing(Unavailable):
    """A stream that ended without an event."""


async def pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """The text of each server-sent event. Raises Unavailable when the stream breaks off before its end."""
    begun = finished = False
    first_line = b""
    async for line in _lines(chunks):
        first_line = first_line or line.strip()
        if not line.startswith(b"data:"):
            continue
        begun = True
        data = line[len(b"data:") :].strip()
        if data == b"[DONE]":
            await _drain(chunks)
            return
        text, ends = _said(data)
        if text:
            yield text
        finished = finished or ends
    if not first_line:
        raise SaidNothing("the language model's server began a reply and ended it without a word")
    if not begun:
        raise _gibberish(first_line)
    if not finished:
        raise Unavailable("the language model's server broke off in the middle of a reply")


async def body(chunks: AsyncIterator[bytes]) -> str:
    """Of a refusal, as much as tells anything."""
    whole = b""
    async for chunk in chunks:
        whole += chunk
        if len(whole) > LONGEST_BODY:
            break
    return whole[:LONGEST_BODY].decode(errors="replace")


def refusal(status: int, said: str) -> EngineError:
    told = f"answered {status}: {' '.join(said.split())[:SHOWN]}"
    if CONTEXT_FULL.search(said) and status in (400, 413, 422, 500):
        return ContextFull(f"the prompt is too long for the language model; its server {told}")
    if OUT_OF_MEMORY.search(said):
        return Overloaded(f"the language model's server is out of memory; it {told}")
    if status == 404 or (status == 400 and NO_MODEL.search(said)):
        return ModelMissing(f"the language model's server does not have the model (LLM_URL? LLM_MODEL?); it {told}")
    if status in (401, 403):
        return EngineError(f"the language model's server does not let us in (LLM_API_KEY?); it {told}")
    if status in OVERLOADED and "loading" not in said.lower():
        return Overloaded(f"the language model's server is overloaded; it {told}")
    if status >= 500 or status == 408:
        return Unavailable(f"the language model's server {told}")
    return EngineError(f"the language model's server {told}")


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
        if len(rest) > LONGEST_LINE:
            raise _gibberish(rest)
    yield rest


def _said(data: bytes) -> tuple[str, bool]:
    """The text of an event, and whether it is the last one with any."""
    try:
        event = json.loads(data)
    except ValueError as error:
        raise _gibberish(data) from error
    match event:
        case {"error": error}:
            raise refusal(_status(error), data.decode(errors="replace"))
        case {"choices": [{"delta": {"content": str(text)}} as choice, *_]}:
            return text, choice.get("finish_reason") is not None
        case {"choices": [{"delta": {"content": None}} as choice, *_]}:
            return "", choice.get("finish_reason") is not None
        case {"choices": [{"delta": {"content": _}}, *_]}:
            raise _gibberish(data)
        case {"choices": [dict() as choice, *_]}:
            return "", choice.get("finish_reason") is not None
        case {"choices": [] | None}:
            return "", False
        case dict() if "choices" not in event:  # usage, progress
            return "", False
    raise _gibberish(data)


def _gibberish(said: bytes) -> Unavailable:
    shown = said[:SHOWN].decode(errors="replace")
    return Unavailable(f"the language model's server does not speak the protocol of streamed replies: {shown!r}")


def _status(error: Any) -> int:
    match error:
        case {"code": int(code)}:
            return code
        case _:
            return 500
