"""What a student does in the browser, in a test's words."""

import json
from functools import cache
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

EMAIL, PASSWORD = "student@example.com", "student123"
STUDENT = {"email": EMAIL, "password": PASSWORD}
SECONDS = 1_000
SOON = 20 * SECONDS
A_TURN = 90 * SECONDS


def log_in(product: str, who: dict[str, str] = STUDENT) -> dict[str, Any]:
    """An account with tokens of its own."""
    answer = httpx.post(f"{product}/api/auth/login", json=who, timeout=30)
    account: dict[str, Any] = answer.raise_for_status().json()
    return account


_known = cache(log_in)


def signed_in(product: str, mode: str | None = None, account: dict[str, Any] | None = None) -> Any:
    """What a browser has stored in which a student is signed in, and likes replies in that mode."""
    stored = {"tutor.account": account or _known(product), "tutor.call": {"mode": mode}}
    local = [{"name": name, "value": json.dumps(value)} for name, value in stored.items()]
    return {"cookies": [], "origins": [{"origin": product, "localStorage": local}]}


def open_session(page: Page, tutor: int = 1) -> Page:
    page.goto("/tutors")
    page.get_by_test_id(f"tutor-start-{tutor}").click(timeout=SOON)
    return connected(page)


def connected(page: Page) -> Page:
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "open", timeout=SOON)
    return page


def ask(page: Page, text: str) -> None:
    page.get_by_test_id("composer-input").fill(text)
    page.get_by_test_id("composer-send").click()


def settled(page: Page, turn: int = 0) -> Locator:
    """The reply of a turn, whole."""
    reply = page.get_by_test_id("turn-assistant").nth(turn)
    expect(reply).to_have_attribute("data-settled", "true", timeout=A_TURN)
    return reply


def keeps_within_the_page(page: Page) -> bool:
    """Nothing makes the page itself wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
