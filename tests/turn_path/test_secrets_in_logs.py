"""No log of any process has what opens a session, an account or a file."""

from tests.turn_path.client import Message, Student
from tests.turn_path.conftest import Product
from tests.turn_path.school import PASSWORD


async def test_no_token_is_in_any_log(product: Product, alice: Student, session: Message) -> None:
    async with alice.socket(session, "url") as socket:
        await socket.turn("What do plants need?")
    turns = await alice.transcript(session["session_id"])
    media = turns[-1]["segments"][0]["video_url"]
    assert (await alice.get(media)).status_code == 200
    assert (
        await alice.get(media.replace(session["session_id"], "another"))
    ).status_code == 403  # what is refused is logged
    secrets = [session["engine_token"], media.partition("token=")[2], PASSWORD]
    secrets += [product.tokens["alice"][name] for name in ("access", "refresh")]

    logs = {file.name: file.read_text(errors="replace") for file in (product.stack.home / "logs").iterdir()}

    assert {"web.log", "worker-llm.log", "worker-default.log"} <= set(logs)
    assert [(name, secret[:12]) for name, text in logs.items() for secret in secrets if secret in text] == []
    assert [name for name, text in logs.items() if "token=" in text] == []
