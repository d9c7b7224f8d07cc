import threading

import pytest

from gpu_tasks.engines.errors import ContextFull, EngineError, ModelMissing, Overloaded, Unavailable
from gpu_tasks.engines.llm.base import Message
from gpu_tasks.engines.llm.openai import OpenAIChat
from tutor_site.supervisor import free_port

from .conftest import Answer, Conversation, Misbehaving

QUESTION: list[Message] = [{"role": "user", "content": "What is a delta?"}]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_tasks.engines.llm.openai.BACK_OFF_SECONDS", (0.0, 0.0))


def ask(chat: OpenAIChat) -> list[str]:
    return list(chat.reply(QUESTION, max_tokens=20))


def good(conversation: Conversation) -> None:
    conversation.begin()
    for piece in ("A river's ", "mouth", "."):
        conversation.say(piece)
    conversation.end()


def refusing(status: int, body: str = "{}"):  # type: ignore[no-untyped-def]
    return lambda conversation: conversation.refuse(status, body)


def test_a_reply_comes_piece_by_piece(server: Misbehaving, chat: OpenAIChat) -> None:
    second_may_come = threading.Event()

    def slow(conversation: Conversation) -> None:
        conversation.begin()
        conversation.say("A ")
        second_may_come.wait(10)
        conversation.say("delta")
        conversation.end()

    server.answers = [slow]
    reply = chat.reply(QUESTION, max_tokens=20)

    assert next(reply) == "A "
    second_may_come.set()
    assert list(reply) == ["delta"]


def test_what_is_asked_of_the_server(server: Misbehaving) -> None:
    server.answers = [good]
    chat = OpenAIChat(server.url + "/v1/", model="llama", temperature=0.1, extra={"top_p": 0.5})
    ask(chat)
    chat.close()

    assert server.asked == [
        {"model": "llama", "temperature": 0.1, "top_p": 0.5, "messages": QUESTION, "max_tokens": 20, "stream": True}
    ]


def test_reading_asks_for_one_token(server: Misbehaving, chat: OpenAIChat) -> None:
    server.answers = [good]
    chat.read(QUESTION)

    assert server.asked[0]["max_tokens"] == 1


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


def test_connections_are_used_again(server: Misbehaving, chat: OpenAIChat) -> None:
    server.answers = [good, good, good]
    for _ in range(3):
        ask(chat)

    assert len(server.connections) == 1


def test_separators_of_lines_inside_the_text_are_text(server: Misbehaving, chat: OpenAIChat) -> None:
    def odd(conversation: Conversation) -> None:
        conversation.begin()
        conversation.say("one\u2028two\x85三")
        conversation.end()

    server.answers = [odd]

    assert ask(chat) == ["one\u2028two\x85三"]


def test_events_may_arrive_in_any_portions(server: Misbehaving, chat: OpenAIChat) -> None:
    def crumbs(conversation: Conversation) -> None:
        conversation.begin()
        whole = ': ping\r\n\r\ndata:{"choices":[{"delta":{"content":"é"}}]}\r\n\r\ndata: [DONE]\r\n\r\n'.encode()
        for byte in whole:
            conversation.send(bytes([byte]))
        conversation.wfile.write(b"0\r\n\r\n")

    server.answers = [crumbs]

    assert ask(chat) == ["é"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusing(404, '{"error": "model \\"llama\\" not found"}'), ModelMissing),
        (refusing(400, '{"error": {"type": "exceed_context_size_error"}}'), ContextFull),
        (refusing(400, "This model's maximum context length is 4096 tokens"), ContextFull),
        (refusing(401, "wrong key"), EngineError),
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


def breaks_off(conversation: Conversation) -> None:
    conversation.begin()
    conversation.say("A river's ")
    conversation.hang_up()


def ends_early(conversation: Conversation) -> None:
    conversation.begin()
    conversation.say("A river's ")
    conversation.wfile.write(b"0\r\n\r\n")


def says_an_error(conversation: Conversation) -> None:
    conversation.begin()
    conversation.say("A river's ")
    conversation.send(b'data: {"error": {"code": 500, "message": "out of memory"}}\n\n')
    conversation.end()


def babbles(conversation: Conversation) -> None:
    conversation.begin()
    conversation.say("A river's ")
    conversation.send(b"data: <html>\n\n")
    conversation.end()


@pytest.mark.parametrize("answer", [breaks_off, ends_early, says_an_error, babbles])
def test_a_stream_that_breaks_is_not_begun_anew(server: Misbehaving, chat: OpenAIChat, answer: Answer) -> None:
    server.answers = [answer, good]
    reply = chat.reply(QUESTION, max_tokens=20)

    assert next(reply) == "A river's "
    with pytest.raises(Unavailable):
        list(reply)
    assert len(server.asked) == 1


def test_an_error_in_the_stream_keeps_its_kind(server: Misbehaving, chat: OpenAIChat) -> None:
    def full(conversation: Conversation) -> None:
        conversation.begin()
        conversation.send(b'data: {"error": {"code": 400, "message": "exceeds the available context size"}}\n\n')
        conversation.end()

    server.answers = [full]
    with pytest.raises(ContextFull):
        ask(chat)


def test_nobody_at_the_address(chat: OpenAIChat) -> None:
    nobody = OpenAIChat(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable):
        ask(nobody)
    nobody.close()


def test_a_silent_server_is_given_up_and_not_asked_again(server: Misbehaving) -> None:
    server.answers = [lambda conversation: conversation.wait_for_hang_up(), good]
    impatient = OpenAIChat(server.url, timeout=0.2)
    with pytest.raises(Unavailable):
        ask(impatient)
    impatient.close()

    assert len(server.asked) == 1


def test_cancelling_while_the_prompt_is_read_drops_the_request(server: Misbehaving, chat: OpenAIChat) -> None:
    asked = threading.Event()

    def thinks(conversation: Conversation) -> None:
        asked.set()
        conversation.wait_for_hang_up()

    server.answers = [thinks]

    assert list(chat.reply(QUESTION, max_tokens=20, cancelled=asked.is_set)) == []
    assert server.dropped.wait(10)


def test_cancelling_between_tries_ends_the_trying(
    server: Misbehaving, chat: OpenAIChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpu_tasks.engines.llm.openai.BACK_OFF_SECONDS", (3600.0,))
    server.answers = [refusing(503)]

    assert list(chat.reply(QUESTION, max_tokens=20, cancelled=lambda: bool(server.asked))) == []


def test_closing_the_reply_drops_the_request(server: Misbehaving, chat: OpenAIChat) -> None:
    def endless(conversation: Conversation) -> None:
        conversation.begin()
        conversation.say("Well, ")
        conversation.wait_for_hang_up()

    server.answers = [endless]
    reply = chat.reply(QUESTION, max_tokens=20)
    next(reply)
    reply.close()

    assert server.dropped.wait(10)


def test_one_object_serves_many_threads(server: Misbehaving, chat: OpenAIChat) -> None:
    def echo(conversation: Conversation) -> None:
        conversation.begin()
        for piece in conversation.asked["messages"][0]["content"].split():
            conversation.say(piece)
        conversation.end()

    server.answers = [echo] * 8
    heard: dict[int, list[str]] = {}

    def talk(number: int) -> None:
        question: list[Message] = [{"role": "user", "content": f"{number} " * 20}]
        heard[number] = list(chat.reply(question, max_tokens=50))

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert heard == {number: [str(number)] * 20 for number in range(8)}
