"""The client against llama-cpp-python's own server: another program than the embedded one, with other habits."""

import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from gpu_tasks.engines.errors import ContextFull, EngineError
from gpu_tasks.engines.llm.base import Message
from gpu_tasks.engines.llm.embedded import weights
from gpu_tasks.engines.llm.openai import OpenAIChat
from tutor_site.supervisor import free_port

from .conftest import API_KEY

pytestmark = pytest.mark.gpu

LESSON: Message = {
    "role": "system",
    "content": "You are Marco, a geography tutor. Lesson: A river begins at its source. It ends at its mouth, where it "
    "meets the sea. The Nile is about 6,650 kilometres long.",
}


def asking(question: str) -> list[Message]:
    return [LESSON, {"role": "user", "content": question}]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    options = {"model": weights(), "port": port, "n_ctx": 1024, "n_threads": 1, "api_key": API_KEY}
    command = [sys.executable, "-m", "llama_cpp.server"]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with httpx.Client(headers={"Authorization": f"Bearer {API_KEY}"}, timeout=60) as client:
                while not _answers(client, url):
                    assert process.poll() is None
            yield url
        finally:
            process.terminate()


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(f"{url}/v1/models").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@pytest.fixture
def chat(url: str) -> Iterator[OpenAIChat]:
    chat = OpenAIChat(url, api_key=API_KEY, temperature=0.0, first_token_timeout=300, between_tokens_timeout=60)
    yield chat
    chat.close()


def test_it_answers_from_the_lesson_piece_by_piece(chat: OpenAIChat) -> None:
    pieces = list(chat.reply(asking("How long is the Nile?"), max_tokens=60))

    assert len(pieces) > 5
    assert "6,650" in "".join(pieces)


def test_a_prefix_can_be_read_ahead(chat: OpenAIChat) -> None:
    chat.read([LESSON])

    assert list(chat.reply(asking("Hello!"), max_tokens=5))


def test_a_prompt_that_does_not_fit_is_refused(chat: OpenAIChat) -> None:
    with pytest.raises(ContextFull):
        list(chat.reply(asking("Why? " * 2_000), max_tokens=5))


def test_a_wrong_key_is_said(url: str) -> None:
    stranger = OpenAIChat(url, api_key="wrong")
    with pytest.raises(EngineError, match="LLM_API_KEY"):
        list(stranger.reply(asking("Hello!"), max_tokens=5))
    stranger.close()


def test_after_dropped_requests_it_serves_the_next(chat: OpenAIChat) -> None:
    for _ in range(3):
        reply = chat.reply(asking("Tell me a story."), max_tokens=100)
        next(reply)
        reply.close()

    assert list(chat.reply(asking("Hello!"), max_tokens=5))
