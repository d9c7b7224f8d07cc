import threading

import pytest

from gpu_tasks.engines.errors import ContextFull, EngineError, ModelMissing, Overloaded, Unavailable
from gpu_tasks.engines.llm.answers import refusal
from gpu_tasks.engines.llm.openai import OpenAIChat
from tutor_site.supervisor import free_port

from .conftest import QUESTION, Answer, Conversation, Misbehaving, ask, good, refusing

pytestmark = pytest.mark.usefixtures("no_pauses")


def test_warming_up_waits_for_a_server_that_still_loads(server: Misbehaving, chat: OpenAIChat) -> None:
    server.answers = [refusing(503, "Loading model")] * 10 + [good]
    chat.warm_up()

    assert len(server.asked) == 11


def test_warming_up_does_not_wait_for_ever(
    server: Misbehaving, chat: OpenAIChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpu_tasks.engines.llm.openai.WARM_UP_SECONDS", -1.0)
    server.answers = [refusing(503, "Loading model")] * 3
    with pytest.raises(Unavailable):
        chat.warm_up()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusing(404, '{"error": "model \\"llama\\" not found"}'), ModelMissing),
        (refusing(400, '{"error": {"type": "exceed_context_size_error"}}'), ContextFull),
        (refusing(400, "This model's maximum context length is 4096 tokens"), ContextFull),
        (
            refusing(400, '{"error": {"code": "model_not_found", "message": "The model `x` does not exist"}}'),
            ModelMissing,
        ),
        (refusing(401, "wrong key"), EngineError),
        (refusing(307), EngineError),
    ],
)
def test_a_refusal_that_will_not_change_is_not_tried_again(
    server: Misbehaving, chat: OpenAIChat, answer: Answer, error: type[EngineError]
) -> None:
    server.answers = [answer, good]
    with pytest.raises(error):
        ask(chat)

    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusing(429), Overloaded),
        (refusing(503, "no slot available"), Overloaded),
        (refusing(500, "CUDA error: out of memory"), Overloaded),
        (refusing(500, '{"error": "model requires more system memory (5.6 GiB) than is available"}'), Overloaded),
        (refusing(503, "Loading model"), Unavailable),
        (refusing(500), Unavailable),
        (lambda conversation: conversation.hang_up(), Unavailable),
    ],
)
def test_trouble_before_the_first_piece_is_tried_again(
    server: Misbehaving, chat: OpenAIChat, answer: Answer, error: type[EngineError]
) -> None:
    server.answers = [answer, good]
    assert ask(chat) == ["A river's ", "mouth", "."]

    server.answers = [answer] * 3
    with pytest.raises(error):
        ask(chat)


def test_nobody_at_the_address(chat: OpenAIChat) -> None:
    nobody = OpenAIChat(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable):
        ask(nobody)
    nobody.close()


def test_more_requests_than_connections_are_told_that_it_is_busy(server: Misbehaving) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def dawdles(conversation: Conversation) -> None:
        begun.set()
        go_on.wait(10)
        good(conversation)

    server.answers = [dawdles]
    narrow = OpenAIChat(server.url, connections=1, connect_timeout=0.2)
    first = threading.Thread(target=lambda: ask(narrow))
    first.start()
    begun.wait(10)
    with pytest.raises(Overloaded, match="all 1 connections"):
        ask(narrow)
    go_on.set()
    first.join()
    narrow.close()


def test_cancelling_between_tries_ends_the_trying(
    server: Misbehaving, chat: OpenAIChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpu_tasks.engines.llm.openai.BACK_OFF_SECONDS", (3600.0,))
    server.answers = [refusing(503)]

    assert list(chat.reply(QUESTION, max_tokens=20, cancelled=lambda: bool(server.asked))) == []


@pytest.mark.parametrize(
    ("status", "said", "words"),
    [
        (404, "model not found, try pulling it first", "LLM_MODEL"),
        (401, "", "LLM_API_KEY"),
        (500, "cudaMalloc failed: out of memory", "out of memory"),
        (429, "", "overloaded"),
        (400, "maximum context length is 4096", "too long"),
    ],
)
def test_ops_are_told_what_to_look_at(status: int, said: str, words: str) -> None:
    assert words in str(refusal(status, said))


def test_an_endless_refusal_is_not_read_to_its_end(server: Misbehaving, chat: OpenAIChat) -> None:
    def rants(conversation: Conversation) -> None:
        conversation.send_response(400)
        conversation.send_header("Transfer-Encoding", "chunked")
        conversation.end_headers()
        while True:
            conversation.send(b"no " * 10_000)

    server.answers = [rants]
    with pytest.raises(EngineError, match="no no"):
        ask(chat)
