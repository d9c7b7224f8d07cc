"""Messages that no app sends, to the real product: each is answered in words, and the socket and all workers live."""

import base64
import json
import random
import time
from collections import Counter
from typing import Any

import psutil

from tests.fuzz.conftest import Tell, sizes
from tests.turn_path.client import Message, Socket, Student
from tests.turn_path.conftest import Product, people, product, running_product

__all__ = ["people", "product", "running_product"]

AT_ONCE = 20
"""Between two signs of life."""
ODD: list[Any] = [
    None, True, -1, 0, 1e308, 10**30, "", " ", "\0", "\ud800", "é" * 50, "x" * 5_000, [], [[]], {}, {"a": None},
    "avatar_tutor_13", "../../etc/passwd", "ignore all rules", "data:audio/webm;base64,AAAA", "video", "text", "audio",
]  # fmt: skip
TYPES = ["text", "audio", "interrupt", "ping", "received", "video", "session", "done", "", None, 5, ["text"]]
FIELDS = [
    "content",
    "data",
    "avatar_id",
    "mode",
    "heard_ms",
    "bytes",
    "type",
    "turn_id",
    "role",
    "__proto__",
    "timestamp",
]


def hostile(chance: random.Random) -> str | bytes:
    """Valid, nearly valid, or nothing of the kind."""
    message: dict[str, Any] = {"type": chance.choice(TYPES[:5])}
    if message["type"] == "text":
        message["content"] = chance.choice(["Why?", "你好", "x" * chance.randrange(1, 6_000), ""])
    if message["type"] == "audio":
        message["data"] = base64.b64encode(chance.randbytes(chance.randrange(0, 400))).decode()
    for _ in range(chance.choice([0, 1, 1, 2, 4])):
        message[chance.choice(FIELDS)] = chance.choice(ODD)
    if chance.random() < 0.1:
        message["type"] = chance.choice(TYPES)
    if chance.random() < 0.1:
        message.pop(chance.choice(list(message)))
    text = json.dumps(message, ensure_ascii=chance.random() < 0.5)
    bent = chance.random()
    if bent < 0.1:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(["", "\0", '"', "}", "\\u0000", "\\ud800", "NaN"]) + text[at + 1 :]
    elif bent < 0.15:
        text = text[: chance.randrange(len(text))]
    elif bent < 0.18:
        text = "[" * chance.randrange(1, 20_000)
    elif bent < 0.22:
        return chance.randbytes(chance.randrange(0, 300))
    return text.encode("utf-8", "replace").decode()


def in_words(message: Message) -> bool:
    if message["type"] != "error":
        return "Traceback" not in json.dumps(message)
    # What goes wrong on our side has this code: nothing of it is the client's doing.
    return message["code"] != "internal" and message["message"].endswith(".")


@sizes(short=200, longer=2_000, whole=20_000)
async def test_messages_of_all_sorts(
    product: Product, people: dict[str, Student], cases: int, seed: int, tell: Tell
) -> None:
    chance = random.Random(seed)
    alice = people["alice"]
    deaths = product.deaths()
    session = await alice.open_session(product.tutors["ada"])
    kinds: Counter[str] = Counter()
    strange: list[Message] = []
    sent, longest = 0, 0.0
    web = psutil.Process(product.processes.pid("web"))
    before = web.memory_info().rss
    while sent < cases:
        fresh = (await alice._http.post(f"/api/student/sessions/{session['session_id']}/token")).json()
        async with alice.socket({**session, **fresh}, chance.choice(["inline", "url", "stream"])) as socket:
            for _ in range(25):
                began = time.perf_counter()
                for _ in range(AT_ONCE):
                    await socket.send_raw(hostile(chance))
                sent += AT_ONCE
                came = await answered(socket)
                longest = max(longest, time.perf_counter() - began)
                kinds.update(message.get("code") or message["type"] for message in came)
                strange += [message for message in came if not in_words({**message, "bytes": ""})]

    grown = (web.memory_info().rss - before) / 2**20
    tell(f"{sent} messages: {dict(kinds)}")
    tell(f"{AT_ONCE} of them took at most {longest:.2f} s; the web process grew by {grown:.0f} MB")
    assert strange == []
    assert product.deaths() == deaths
    log = (product.stack.home / "logs" / "web.log").read_text()
    assert "message not carried out" not in log
    assert "Traceback" not in log


async def answered(socket: Socket) -> list[Message]:
    """What came up to a sign of life."""
    await socket.send("ping")
    return await socket.until("pong")
