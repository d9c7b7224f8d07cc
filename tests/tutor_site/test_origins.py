"""Which pages may open a socket."""

from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from pytest_django import Settings

from tutor_site.origins import OwnPages


async def accepting(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})


async def opens(origin: str | None, host: str = "tutor.example") -> bool:
    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode("latin-1"))] if origin is not None else [])
    connected, _ = await WebsocketCommunicator(OwnPages(accepting), "/ws/ws/1", headers=headers).connect(timeout=60)
    return connected


@pytest.mark.parametrize(
    ("hosts", "origin", "host", "opened"),
    [
        (["*"], "http://tutor.example", "tutor.example", True),
        (["*"], "http://Tutor.example:8000", "tutor.example:8000", True),
        (["*"], None, "tutor.example", True),  # no browser
        (["*"], "https://evil.example", "tutor.example", False),
        (["*"], "http://tutor.example:3000", "tutor.example:8000", False),
        (["*"], "https://tutor.example.evil.example", "tutor.example", False),
        (["*"], "null", "tutor.example", False),  # a page in a sandbox, or a file
        (["*"], "", "tutor.example", False),
        (["*"], "file:///tutor.example", "tutor.example", False),
        (["*"], "http://[", "tutor.example", False),
        (["*"], "ÿ\x00", "tutor.example", False),
        (["tutor.example", "gpu.example"], "https://tutor.example", "gpu.example", True),
        (["tutor.example"], "https://evil.example", "evil.example", False),  # its own name for our address
        (["tutor.example"], "https://app.example", "tutor.example", True),
        (["tutor.example"], "http://app.example", "tutor.example", False),
    ],
)
async def test_a_socket_is_opened_by_our_pages_and_those_that_are_allowed(
    settings: Settings, hosts: list[str], origin: str | None, host: str, opened: bool
) -> None:
    settings.ALLOWED_HOSTS = hosts
    settings.ALLOWED_ORIGINS = ["https://app.example"]

    assert await opens(origin, host) is opened
