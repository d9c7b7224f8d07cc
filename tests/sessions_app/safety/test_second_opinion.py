"""A model looks at messages after the rules, over HTTP; whatever it does, the conversation goes on."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from sessions_app import retrieval
from sessions_app.models import Flag, KnowledgeBase, Turn
from sessions_app.outcome import Outcome
from sessions_app.policy.decide import Decision, decide
from sessions_app.tasks import record
from tests.queues import Queues

SAD = "nobody would notice if I were not there tomorrow"


class Model(ThreadingHTTPServer):
    """Answers all with `says`, and remembers what it was asked."""

    daemon_threads = True
    says: bytes | Callable[[BaseHTTPRequestHandler], None] = b"{}"
    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.asked: list[tuple[str, Any]] = []
        self.is_done = threading.Event()


class Request(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body))
        if callable(self.server.says):
            self.server.says(self)
            return
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.says)))
        self.end_headers()
        self.wfile.write(self.server.says)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def model(settings: Settings) -> Iterator[Model]:
    with Model() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.SAFETY_URL = f"http://127.0.0.1:{server.server_port}/v1"
        settings.SAFETY_SECONDS = 1
        yield server
        server.is_done.set()
        server.shutdown()


def moderation(**categories: bool) -> bytes:
    names = {name.replace("__", "/").replace("_", "-"): is_so for name, is_so in categories.items()}
    return json.dumps({"results": [{"flagged": any(names.values()), "categories": names}]}).encode()


def chat(content: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def say(turn: Turn, text: str) -> Decision:
    return decide(turn, text, retrieval.index_of(KnowledgeBase.objects.none()), [])


def alerts() -> list[tuple[str, str, bool]]:
    return list(Flag.objects.order_by("category").values_list("category", "direction", "blocked"))


def test_what_only_the_model_sees_is_answered_and_raises_an_alert(running: Turn, model: Model) -> None:
    model.says = moderation(self_harm=False, self_harm__intent=True, violence=False)

    decision = say(running, SAD)

    assert decision.said is not None
    assert decision.why == "safety"
    assert alerts() == [("Self-harm", "said", True)]
    assert Flag.objects.get().excerpt == SAD
    assert model.asked == [("/v1/moderations", {"input": SAD})]


def test_what_the_model_finds_harmless_is_answered_as_usual(running: Turn, model: Model) -> None:
    model.says = moderation(self_harm=False, harassment=False)

    assert say(running, "What is light?").why != "safety"
    assert alerts() == []


def test_the_model_is_not_asked_where_a_rule_answers_already(running: Turn, model: Model) -> None:
    assert say(running, "I want to kill myself").why == "safety"

    assert model.asked == []


def test_a_chat_model_can_be_asked_instead(running: Turn, model: Model, settings: Settings) -> None:
    settings.SAFETY_ASKS, settings.SAFETY_MODEL = "chat", "guard"
    model.says = chat('Here: {"categories": ["harassment", "something else"]}')

    say(running, "Everybody laughs when she comes in, we made a list")

    assert alerts() == [("Bullying", "said", True)]
    ((path, asked),) = model.asked
    assert (path, asked["model"]) == ("/v1/chat/completions", "guard")
    assert asked["messages"][1]["content"].startswith("Everybody laughs")


def test_of_two_categories_the_narrower_is_not_also_the_wider(running: Turn, model: Model) -> None:
    model.says = moderation(sexual__minors=True, sexual=False)

    say(running, SAD)

    assert alerts() == [("Abuse", "said", True)]


def test_a_reply_is_looked_at_after_it_was_heard(
    running: Turn, model: Model, queues: Queues, django_capture_on_commit_callbacks: Any
) -> None:
    model.says = moderation(harassment=True)

    with django_capture_on_commit_callbacks(execute=True):
        record(running.id, Turn.Status.COMPLETED, Outcome(reply="You will never get it."), "You will never get it.")
    assert alerts() == []
    queues.run_all("default")

    assert alerts() == [("Bullying", "replied", False)]


def dribble(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    while not request.server.is_done.wait(0.05):  # type: ignore[attr-defined]
        request.wfile.write(b" ")
        request.wfile.flush()


def hang(request: BaseHTTPRequestHandler) -> None:
    request.server.is_done.wait(30)  # type: ignore[attr-defined]


def gush(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    for _ in range(64):
        request.wfile.write(b" " * 4096)


@pytest.mark.parametrize("answer", [hang, dribble, gush, b"", b"<html>", b"[]", b'{"results": 1}', moderation() + b"}"])
@pytest.mark.parametrize("asks", ["moderations", "chat"])
def test_whatever_it_answers_the_rules_stand_alone_and_the_log_says_so(
    running: Turn,
    model: Model,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    answer: bytes | Callable[[BaseHTTPRequestHandler], None],
    asks: str,
) -> None:
    settings.SAFETY_ASKS, model.says = asks, answer

    assert say(running, "You are stupid").why != "safety"

    assert alerts() == [("Insult", "said", False)]
    assert f"turn {running.id}: no second opinion, the rules stand alone" in caplog.text


def test_a_model_that_is_not_there_stops_nobody(
    running: Turn, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SAFETY_URL = "http://127.0.0.1:9/v1"

    assert say(running, "What is light?").why != "safety"
    assert "no second opinion" in caplog.text


def test_an_error_of_the_model_stops_nobody(running: Turn, model: Model, caplog: pytest.LogCaptureFixture) -> None:
    model.status = 500

    assert say(running, "What is light?").why != "safety"
    assert "no second opinion" in caplog.text


def test_without_one_nothing_is_asked(running: Turn, model: Model, settings: Settings) -> None:
    settings.SAFETY_URL = ""

    say(running, SAD)

    assert model.asked == []
