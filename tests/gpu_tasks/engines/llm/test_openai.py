import threading

import pytest

from gpu_tasks.engines.errors import EngineError
from gpu_tasks.engines.llm.base import Message
from gpu_tasks.engines.llm.openai import OpenAIChat

from .conftest import QUESTION, Conversation, Misbehaving, ask, good


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


def test_the_first_word_may_take_longer_than_the_others(server: Misbehaving) -> None:
    asked = threading.Event()

    def slow(conversation: Conversation) -> None:
        asked.wait(10)
        good(conversation)

    server.answers = [slow]
    chat = OpenAIChat(server.url, first_token_timeout=30, between_tokens_timeout=30)
    threading.Timer(0.3, asked.set).start()

    assert ask(chat) == ["A river's ", "mouth", "."]
    chat.close()


def test_cancelling_while_the_prompt_is_read_drops_the_request(server: Misbehaving, chat: OpenAIChat) -> None:
    asked = threading.Event()

    def thinks(conversation: Conversation) -> None:
        asked.set()
        conversation.wait_for_hang_up()

    server.answers = [thinks]

    assert list(chat.reply(QUESTION, max_tokens=20, cancelled=asked.is_set)) == []
    assert server.dropped.wait(10)


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


@pytest.mark.parametrize("url", ["", "localhost:8001", "file:///etc/passwd"])
def test_an_address_that_is_none_is_said_at_the_start(url: str) -> None:
    with pytest.raises(EngineError, match="LLM_URL"):
        OpenAIChat(url)
