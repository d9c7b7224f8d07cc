"""What a student sees of the limits: the place in the line, and what is left of today."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from websockets.sync.client import connect

from tests.e2e.scripted_llm import HOLD, Script, ScriptedLLM
from tests.e2e.student import A_TURN, SOON, ask, log_in, open_session, settled, signed_in

pytestmark = pytest.mark.browser

SCRIPTS: dict[str, Script] = {
    "wait": f"Let me think. {HOLD} That is all.",
    "everything": "Plants are green, and they need light, water and air. " * 20,
    "short": "Yes, they do.",
}
PLACES = 4
"""docker/workers/cpu.toml: so many replies are thought at once."""


@contextmanager
def busy(product: str) -> Iterator[None]:
    """As many turns as there are places, none of which ends."""
    with ExitStack() as sockets, httpx.Client(base_url=product, timeout=30) as api:
        api.headers["Authorization"] = f"Bearer {log_in(product)['access']}"
        for _ in range(PLACES):
            ticket = api.post("/api/student/sessions", json={"tutor_id": 1}).json()
            address = f"{ticket['engine_url']}?token={ticket['engine_token']}"
            socket = sockets.enter_context(connect(address, max_size=None, proxy=None))
            socket.send('{"type": "text", "content": "Please wait.", "mode": "text"}')
            while '"delta"' not in socket.recv(timeout=30):
                pass
        yield


def opened(chromium: Browser, product: str, student: Any) -> Page:
    page = chromium.new_context(base_url=product, storage_state=student).new_page()
    page.set_default_timeout(SOON)
    return page


def test_who_has_to_wait_sees_the_place_in_the_line(chromium: Browser, product: str, llm: ScriptedLLM) -> None:
    page = opened(chromium, product, signed_in(product, mode="text"))
    open_session(page)
    with busy(product):
        ask(page, "A short question?")
        expect(page.get_by_test_id("waiting")).to_contain_text("You are next")
        expect(page.get_by_test_id("stage")).to_have_attribute("data-stage", "queued")
        for _ in range(PLACES):
            llm.go_on()
        expect(settled(page)).to_contain_text("Yes, they do.")
    page.context.close()


def test_what_is_left_of_today_is_seen_and_when_nothing_is(chromium: Browser, product: str) -> None:
    emma = {"email": f"emma-{uuid4().hex}@example.org", "password": "a quiet green sea"}
    httpx.post(f"{product}/api/auth/register", json={**emma, "name": "Emma"}, timeout=30).raise_for_status()
    allow_a_minute(chromium, product, emma["email"])
    page = opened(chromium, product, signed_in(product, mode="text", account=log_in(product, emma)))
    open_session(page)
    expect(page.get_by_test_id("limits")).to_have_text("1 minute left today")

    ask(page, "Tell me everything.")
    settled(page)
    ask(page, "A short question?")

    expect(page.get_by_role("alert")).to_contain_text(
        "You have used your time with the tutor for today.", timeout=A_TURN
    )
    page.context.close()


def allow_a_minute(chromium: Browser, product: str, email: str) -> None:
    page = opened(chromium, product, None)
    page.goto(f"/admin/login/?next=/admin/accounts/user/?q={email}")
    page.locator("#id_username").fill("admin@example.com")
    page.locator("#id_password").fill("admin123")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name=email).first.click()
    page.locator("#id_minutes_a_day").fill("1")
    page.locator("[name=_save]").click()
    page.get_by_text("was changed successfully").wait_for()
    page.context.close()
