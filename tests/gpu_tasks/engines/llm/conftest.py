import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from gpu_tasks.engines.llm.base import Message
from gpu_tasks.engines.llm.openai import OpenAIChat
from tutor_site.supervisor import free_port

API_KEY = "key-of-the-tests"
QUESTION: list[Message] = [{"role": "user", "content": "What is a delta?"}]
Answer = Callable[["Conversation"], None]


class Conversation(BaseHTTPRequestHandler):
    """One request to the misbehaving server, with the means to answer it badly."""

    protocol_version = "HTTP/1.1"
    server: "Misbehaving"

    def do_POST(self) -> None:
        self.asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(self.asked)
        self.server.connections.add(self.client_address)
        self.server.answers.pop(0)(self)

    def refuse(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def say(self, text: str) -> None:
        event = {"choices": [{"delta": {"content": text}, "finish_reason": None}]}
        self.send(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())

    def end(self) -> None:
        self.send(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def wait_for_hang_up(self) -> None:
        if not self.rfile.read(1):
            self.server.dropped.set()
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Misbehaving(ThreadingHTTPServer):
    """A server that gives to each request the next of `answers`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.answers: list[Answer] = []
        self.asked: list[dict[str, Any]] = []
        self.connections: set[Any] = set()
        self.dropped = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """That the other side hung up is what many a test is about."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


def ask(chat: OpenAIChat) -> list[str]:
    return list(chat.reply(QUESTION, max_tokens=20))


def good(conversation: Conversation) -> None:
    conversation.begin()
    for piece in ("A river's ", "mouth", "."):
        conversation.say(piece)
    conversation.end()


def refusing(status: int, body: str = "{}") -> Answer:
    return lambda conversation: conversation.refuse(status, body)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_tasks.engines.llm.openai.BACK_OFF_SECONDS", (0.0, 0.0))


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with Misbehaving() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def chat(server: Misbehaving) -> Iterator[OpenAIChat]:
    chat = OpenAIChat(server.url, model="any")
    yield chat
    chat.close()


@contextmanager
def embedded_server() -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The embedded model's server, as `make run` starts it, and where it listens."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    options = ("--port", str(port), "--slots", "2", "--context", "4096")
    process = subprocess.Popen(
        [sys.executable, "-m", "gpu_tasks.engines.llm.embedded", *options],
        env={**os.environ, "LLM_API_KEY": API_KEY},
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr
        first_line = process.stderr.readline()
        assert url in first_line, first_line
        with httpx.Client(transport=httpx.HTTPTransport(retries=5), timeout=60) as client:
            while client.get(f"{url}/health").status_code != httpx.codes.OK:
                assert process.poll() is None
        try:
            yield process, url
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def embedded_url() -> Iterator[str]:
    with embedded_server() as (_, url):
        yield url


@pytest.fixture(scope="session")
def embedded(embedded_url: str) -> Iterator[OpenAIChat]:
    chat = OpenAIChat(embedded_url, api_key=API_KEY, temperature=None, extra={"return_progress": True})
    yield chat
    chat.close()
