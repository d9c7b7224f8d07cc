"""A session is erased in mid-turn, with workers at it: nothing of it stays, nothing of it comes back."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gpu_tasks.connections import redis_client
from tests.turn_path.client import Message, Student
from tests.turn_path.conftest import Product
from tests.turn_path.engines import SAY


def files(product: Product, session: Message) -> list[Path]:
    return list((product.stack.home / "media" / "sessions" / session["session_id"]).rglob("*"))


@pytest.mark.parametrize("gate", ["tts", "avatar", "avatar-end"])
async def test_what_workers_still_make_of_it_is_thrown_away(
    product: Product,
    alice: Student,
    session: Message,
    gate: str,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    product.close(gate)
    async with alice.socket(session, "stream") as socket:
        turn_id = await socket.begin(f"{SAY}One two three four five six. Seven eight nine ten eleven.")
        await socket.until("fragment" if gate == "avatar-end" else "text")

        await alice.erase_session(session["session_id"])
        product.open(gate)

        assert (await socket.until("error"))[-1]["code"] == "session_ended"
    # Who is still at a piece of work renews its lease.
    eventually(lambda: not list(redis_client().scan_iter(f"turn:{turn_id}:lease:*")))
    again = await alice.open_session(product.tutors["ada"])
    async with alice.socket(again) as socket:
        assert (await socket.turn(f"{SAY}All is well."))[-1]["degraded"] == []
    assert files(product, session) == []
    assert (await alice.get(f"/api/student/sessions/{session['session_id']}")).status_code == 404


async def test_an_erased_session_is_nowhere_any_more(product: Product, alice: Student, session: Message) -> None:
    async with alice.socket(session, "url") as socket:
        messages = await socket.turn("What do plants need?")
    (video, *_) = (message for message in messages if message["type"] == "video")
    assert files(product, session)

    await alice.erase_session(session["session_id"])

    assert (await alice.get(video["video_url"])).status_code == 404
    assert files(product, session) == []
    listed = (await alice.get("/api/student/sessions", params={"page_size": 200})).json()["results"]
    assert session["session_id"] not in {row["session_id"] for row in listed}
