import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_tasks.engines.errors import ContextFull, EngineError, Unavailable
from gpu_tasks.engines.llm.answers import pieces
from gpu_tasks.engines.llm.openai import OpenAIChat

from .conftest import QUESTION, Answer, Conversation, Misbehaving, ask, good, refusing

pytestmark = pytest.mark.usefixtures("no_pauses")


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
    conversation.send(b'data: {"error": {"code": 500, "message": "decoding failed"}}\n\n')
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


def says_nothing(conversation: Conversation) -> None:
    conversation.wait_for_hang_up()


def begins_and_says_nothing(conversation: Conversation) -> None:
    conversation.begin()
    conversation.wait_for_hang_up()


def begins_and_keeps_the_line_alive(conversation: Conversation) -> None:
    conversation.begin()
    keeps_the_line_alive(conversation)


def keeps_the_line_alive(conversation: Conversation) -> None:
    """Pings, and events without a word, for ever."""
    while True:
        conversation.send(b': ping\n\ndata: {"choices": [], "prompt_progress": {"processed": 8}}\n\n')


def dwells_on_a_refusal(conversation: Conversation) -> None:
    conversation.send_response(500)
    conversation.send_header("Content-Length", "1000")
    conversation.end_headers()
    conversation.wait_for_hang_up()


SILENT = [says_nothing, begins_and_says_nothing, begins_and_keeps_the_line_alive, dwells_on_a_refusal]


@pytest.mark.parametrize("answer", SILENT)
def test_a_silent_server_is_given_up_and_not_asked_again(server: Misbehaving, answer: Answer) -> None:
    server.answers = [answer, good]
    impatient = OpenAIChat(server.url, first_token_timeout=0.5)
    with pytest.raises(Unavailable, match="sent no text"):
        ask(impatient)
    impatient.close()

    assert len(server.asked) <= 1


@pytest.mark.parametrize("rest", [says_nothing, keeps_the_line_alive])
def test_a_server_that_stalls_in_the_middle_is_given_up(server: Misbehaving, rest: Answer) -> None:
    def stalls(conversation: Conversation) -> None:
        conversation.begin()
        conversation.say("A river's ")
        rest(conversation)

    server.answers = [stalls, good]
    impatient = OpenAIChat(server.url, between_tokens_timeout=0.2)
    reply = impatient.reply(QUESTION, max_tokens=20)

    assert next(reply) == "A river's "
    with pytest.raises(Unavailable, match="sent no text"):
        list(reply)
    impatient.close()
    assert len(server.asked) == 1


NONSENSE = {
    "a page": b"<html>" + b"Welcome to nginx! " * 40,
    "JSON that is no stream": b'{"choices": [{"message": {"content": "A delta"}}]}',
    "an event that is no JSON": b"data: <html>\n\n",
    "an event that is a list": b"data: []\n\n",
    "an event that is a number": b"data: 7\n\n",
    "choices that are none": b'data: {"choices": "yes"}\n\n',
    "a choice that is none": b'data: {"choices": [3]}\n\n',
    "text that is none": b'data: {"choices": [{"delta": {"content": {"a": 1}}}]}\n\n',
    "a line without an end": b"data: " + b"x" * 1_100_000,
    "bytes": bytes(range(256)) * 10,
}


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_instead_of_a_stream_is_said_to_be_that(server: Misbehaving, chat: OpenAIChat, said: bytes) -> None:
    def babbles(conversation: Conversation) -> None:
        conversation.begin()
        conversation.send(said)
        conversation.wfile.write(b"0\r\n\r\n")

    server.answers = [babbles] * 3
    with pytest.raises(Unavailable, match="does not speak the protocol"):
        ask(chat)


def says_no_word(conversation: Conversation) -> None:
    conversation.begin()
    conversation.wfile.write(b"0\r\n\r\n")


def test_a_stream_without_a_word_is_asked_for_the_reason(server: Misbehaving, chat: OpenAIChat) -> None:
    server.answers = [says_no_word, refusing(400, "maximum context length is 1024 tokens"), good]
    with pytest.raises(ContextFull):
        ask(chat)

    assert [asked["stream"] for asked in server.asked] == [True, False]


def test_a_stream_without_a_word_or_a_reason_is_tried_again(server: Misbehaving, chat: OpenAIChat) -> None:
    fine = refusing(200, '{"choices": []}')
    server.answers = [says_no_word, fine, good]
    assert ask(chat) == ["A river's ", "mouth", "."]

    server.answers = [says_no_word, fine] * 3
    with pytest.raises(Unavailable, match="without a word"):
        ask(chat)


def test_a_body_that_is_not_packed_as_it_says(server: Misbehaving, chat: OpenAIChat) -> None:
    def lies(conversation: Conversation) -> None:
        conversation.send_response(200)
        conversation.send_header("Content-Encoding", "gzip")
        conversation.send_header("Content-Length", "5")
        conversation.end_headers()
        conversation.wfile.write(b"plain")

    server.answers = [lies] * 3
    with pytest.raises(Unavailable):
        ask(chat)


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=40), st.sampled_from([b"data: ", b"\n", b'{"choices": [{"delta": '])), max_size=12
    )
)
def test_whatever_is_sent_ends_in_text_or_in_an_error_of_ours(sent: list[bytes]) -> None:
    async def arriving() -> AsyncIterator[bytes]:
        for chunk in sent:
            yield chunk

    async def read() -> list[str]:
        return [piece async for piece in pieces(arriving())]

    with suppress(EngineError):
        assert all(asyncio.run(read()))
