"""A client written against the published contract, which knows `text`, `audio`, `transcription` and `video` only."""

import base64
import json
from typing import Any

import httpx
from websockets.asyncio.client import connect

from tests.turn_path.conftest import Product
from tests.turn_path.engines import HEARD, REPLY
from tests.turn_path.school import PASSWORD


async def log_in_and_open(base: str, tutor_id: int) -> str:
    """As its snippets do: log in, create a session, put the address together."""
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
        login = await client.post("/api/auth/login", json={"email": "alice@example.org", "password": PASSWORD})
        created = await client.post(
            "/api/student/sessions",
            json={"tutor_id": tutor_id, "kb_id": "optional"},
            headers={"Authorization": f"Bearer {login.json()['access']}"},
        )
    session = created.json()
    assert session["status"] == "active"
    return f"{session['engine_url']}?token={session['engine_token']}"


async def talk(address: str, message: dict[str, Any], segments: int) -> list[dict[str, Any]]:
    known: list[dict[str, Any]] = []
    async with connect(address, max_size=None, proxy=None) as socket:
        await socket.send(json.dumps(message))
        async for line in socket:
            received = json.loads(line)
            if received["type"] in ("transcription", "text", "video"):
                known.append(received)
            if sum(each["type"] == "video" for each in known) == segments:
                return known
    raise AssertionError("the connection was closed")


async def test_it_types_and_sees_the_tutor(product: Product) -> None:
    address = await log_in_and_open(product.base, product.tutors["ada"])

    received = await talk(address, {"type": "text", "content": "你好", "avatar_id": "avatar_tutor_13"}, segments=3)

    videos = [message for message in received if message["type"] == "video"]
    assert " ".join(video["content"] for video in videos) == REPLY
    for video in videos:
        assert video["role"] == "assistant"
        assert "timestamp" in video
        assert base64.b64decode(video["video"], validate=True)[4:8] == b"ftyp"
        assert base64.b64decode(video["audio"], validate=True).startswith(b"RIFF")


async def test_it_speaks_and_reads_what_was_heard(product: Product, recording: str) -> None:
    address = await log_in_and_open(product.base, product.tutors["ada"])

    received = await talk(address, {"type": "audio", "data": recording, "avatar_id": "avatar_tutor_13"}, segments=3)

    assert (received[0]["type"], received[0]["content"], received[0]["role"]) == ("transcription", HEARD, "user")
    assert " ".join(message["content"] for message in received if message["type"] == "video") == REPLY
