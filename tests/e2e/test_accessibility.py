"""Everyone: axe on every page, the keyboard alone, small windows, and a slow processor."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.scripted_llm import HOLD, Script, ScriptedLLM
from tests.e2e.student import EMAIL, PASSWORD, SECONDS, SOON, ask, open_session, settled, signed_in
from tests.environment import REPOSITORY

pytestmark = pytest.mark.browser

AXE = REPOSITORY / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [("light", "en"), ("dark", "zh")]
A_LONG_REPLY = "".join(f"Leaves take in light, and this is sentence **{number}** of them.\n\n" for number in range(100))
SCRIPTS: dict[str, Script] = {
    "long": A_LONG_REPLY,
    "wait": f"Let me think. {HOLD} That is all.",
    "leaves": "They take in light.",
}
SLOWEST_PAINT_MS = 200


@pytest.fixture(scope="module")
def student(product: str) -> Any:
    return signed_in(product, mode="text")


def opened(chromium: Browser, product: str, student: Any, **options: Any) -> Page:
    page = chromium.new_context(base_url=product, storage_state=student, **options).new_page()
    page.set_default_timeout(SOON)
    return page


@pytest.fixture
def page(chromium: Browser, product: str, student: Any) -> Iterator[Page]:
    page = opened(chromium, product, student)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def ended(chromium: Browser, product: str, student: Any) -> str:
    """The path of a session in which something was said, and which is over."""
    page = opened(chromium, product, student)
    open_session(page)
    ask(page, "What do leaves do?")
    settled(page)
    path = page.evaluate("location.pathname")
    page.get_by_test_id("end-session").click()
    page.get_by_test_id("end-session-confirm").click()
    expect(page.get_by_test_id("after")).to_be_visible(timeout=SOON)
    page.context.close()
    return str(path)


def choose(page: Page, theme: str, language: str) -> None:
    page.evaluate(
        "([theme, language]) => { localStorage['tutor.preferences'] = JSON.stringify({ theme });"
        " localStorage['tutor.language'] = language; }",
        [theme, language],
    )


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("(rules) => axe.run({ runOnly: rules })", RULES)
    return [
        f"{page.url} {rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("theme", "language"), LOOKS)
def test_axe_finds_nothing_before_one_is_signed_in(chromium: Browser, product: str, theme: str, language: str) -> None:
    page = chromium.new_context(base_url=product).new_page()
    found = []
    page.goto("/login")
    choose(page, theme, language)
    for path in ("/login", "/register", "/nowhere"):
        page.goto(path)
        page.locator("h1").wait_for()
        found += violations(page)
    page.goto("/login")
    page.get_by_test_id("settings").click()
    page.get_by_role("menu").wait_for()
    found += violations(page)
    page.context.close()

    assert found == []


@pytest.mark.parametrize(("theme", "language"), LOOKS)
def test_axe_finds_nothing_on_a_students_pages(page: Page, ended: str, theme: str, language: str) -> None:
    page.goto("/tutors")
    choose(page, theme, language)
    found = []
    for path, there in (
        ("/tutors", "tutor-start-1"),
        ("/history", "more"),
        (ended, "turn-assistant"),
        ("/sessions/none", None),
    ):
        page.goto(path)
        (page.locator("h1") if there is None else page.get_by_test_id(there).first).wait_for()
        found += violations(page)
    page.goto("/history")
    page.get_by_test_id("more").first.click()
    page.get_by_test_id("erase").click()
    page.get_by_test_id("erase-confirm").wait_for()
    found += violations(page)

    assert found == []


@pytest.mark.parametrize(("theme", "language"), LOOKS)
def test_axe_finds_nothing_in_a_session(page: Page, theme: str, language: str) -> None:
    page.goto("/tutors")
    choose(page, theme, language)
    open_session(page)
    found = violations(page)
    ask(page, "What do leaves do?")
    settled(page)
    found += violations(page)

    assert found == []


def tab_to(page: Page, test_id: str, most: int = 60) -> None:
    """As the keyboard gets there; what has the focus on the way can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.dataset?.testid") == test_id:
            return
    pytest.fail(f"the keyboard does not get to {test_id}")


def test_every_flow_passes_with_the_keyboard_alone(chromium: Browser, product: str, llm: ScriptedLLM) -> None:
    page = chromium.new_context(base_url=product).new_page()
    page.set_default_timeout(SOON)
    page.goto("/")
    page.get_by_test_id("login-email").wait_for()
    page.evaluate("localStorage['tutor.call'] = JSON.stringify({ mode: 'text' })")

    tab_to(page, "login-email")
    page.keyboard.type(EMAIL)
    tab_to(page, "login-password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    page.get_by_test_id("tutor-start-1").wait_for()
    tab_to(page, "tutor-start-1")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "open", timeout=SOON)
    tab_to(page, "composer-input")
    page.keyboard.type("Please wait a moment.")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("turn-assistant")).to_contain_text("Let me think", timeout=SOON)
    tab_to(page, "stop-button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("Stopped")
    llm.go_on()
    tab_to(page, "end-session")
    page.keyboard.press("Enter")
    tab_to(page, "end-session-confirm", most=3)
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("after")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_test_id("to-history")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/history")
    tab_to(page, "more")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.type("re")
    expect(page.get_by_test_id("rename")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("rename-title")).to_be_focused()
    title = f"By hand {uuid4().hex[:6]}"  # the account is shared, also with an earlier try
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=title)).to_be_visible()

    more = page.get_by_test_id("more").first
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_test_id("erase")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_test_id("erase")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "erase-confirm", most=3)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=title)).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_focused()

    for _ in range(10):  # back to the header
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement?.dataset?.testid") == "settings":
            break
    page.keyboard.press("Enter")
    dark = page.get_by_role("menuitemradio", name="Dark")
    dark.wait_for()
    page.keyboard.type("dark")
    expect(dark).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("settings")).to_be_focused()
    page.context.close()


def test_the_first_key_leads_past_the_navigation(page: Page) -> None:
    page.goto("/tutors")
    page.get_by_test_id("tutor-start-1").wait_for()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize(("width", "height"), [(360, 640), (640, 360), (3840, 2160)])
def test_nothing_is_cut_off_on_phones_and_large_screens(
    chromium: Browser, product: str, student: Any, ended: str, width: int, height: int
) -> None:
    """640 by 360 is also a laptop at 200 % zoom."""
    page = opened(chromium, product, student, viewport={"width": width, "height": height})
    for path in ("/tutors", "/history", "/progress", ended):
        page.goto(path)
        page.locator("main h1").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    open_session(page)
    for test_id in ("composer-input", "mic-button", "face", "end-session", "settings"):
        expect(page.get_by_test_id(test_id)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


WATCH = """
window.slowest = 0;
new PerformanceObserver((list) => {
  for (const { interactionId, duration } of list.getEntries()) {
    if (interactionId) window.slowest = Math.max(window.slowest, duration);
  }
}).observe({ type: 'event', durationThreshold: 16, buffered: true });
"""


def test_the_page_answers_keys_and_clicks_while_a_reply_streams(page: Page, llm: ScriptedLLM) -> None:
    """On a processor four times slower. What else this machine is at can only add: the best of three counts."""
    llm.learn(SCRIPTS, piece_seconds=0.02)  # 400 characters a second: a reply of a quarter minute
    open_session(page)
    page.evaluate(WATCH)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    measured = []
    for turn in range(3):
        ask(page, "A long one, please.")
        reply = page.get_by_role("article").nth(turn).get_by_test_id("turn-assistant")
        expect(reply).to_contain_text("sentence 5 ", timeout=60 * SECONDS)
        page.evaluate("window.slowest = 0")
        page.get_by_test_id("composer-input").press_sequentially("And what about roots?", delay=60)
        page.get_by_test_id("settings").click()
        page.get_by_role("menu").wait_for()
        page.keyboard.press("Escape")
        assert reply.get_attribute("data-settled") == "false"
        measured.append(page.evaluate("window.slowest"))
        page.get_by_test_id("composer-input").fill("")
        page.get_by_test_id("stop-button").click()
        if measured[-1] <= SLOWEST_PAINT_MS:
            break

    assert min(measured) <= SLOWEST_PAINT_MS, f"{measured} ms"
