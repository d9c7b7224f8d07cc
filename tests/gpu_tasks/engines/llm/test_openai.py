import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_tasks.engines.errors import ContextFull, EngineError, ModelMissing, Overloaded, Unavailable
from gpu_tasks.engines.llm.answers import pieces, refusal
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


def test_nobody_at_the_address(chat: OpenAIChat) -> None:
    nobody = OpenAIChat(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable):
        ask(nobody)
    nobody.close()


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


@pytest.mark.parametrize("url", ["", "localhost:8001", "file:///etc/passwd"])
def test_an_address_that_is_none_is_said_at_the_start(url: str) -> None:
    with pytest.raises(EngineError, match="LLM_URL"):
        OpenAIChat(url)
