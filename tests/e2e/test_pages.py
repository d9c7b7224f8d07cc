"""The pages around the conversation: entrance, languages, themes, no network, and nobody else's servers."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e.scripted_llm import Script
from tests.e2e.student import EMAIL, PASSWORD, SOON, ask, open_session, settled, signed_in

pytestmark = pytest.mark.browser

SCRIPTS: dict[str, Script] = {"formula": "It is $E = h f$."}


@pytest.fixture(scope="module")
def student(product: str) -> Any:
    return signed_in(product, mode="text")


def fresh(chromium: Browser, product: str, **options: Any) -> Page:
    page = chromium.new_context(base_url=product, **options).new_page()
    page.set_default_timeout(SOON)
    return page


def test_the_page_speaks_the_language_of_the_browser(chromium: Browser, product: str) -> None:
    page = fresh(chromium, product, locale="zh-CN")
    page.goto("/login")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page).to_have_title("登录 · Tutor")
    page.context.close()


def test_language_and_theme_are_chosen_and_remembered(chromium: Browser, product: str) -> None:
    page = fresh(chromium, product, color_scheme="light")
    page.goto("/login")
    page.get_by_test_id("settings").click()
    page.get_by_role("menuitemradio", name="简体中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    page.get_by_role("menuitemradio", name="深色").click()
    page.keyboard.press("Escape")

    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 20, 18)"
    assert page.evaluate("document.querySelector('meta[name=theme-color]').content") == "#171412"
    page.context.close()


def test_a_wrong_password_is_told_in_the_readers_language(chromium: Browser, product: str) -> None:
    page = fresh(chromium, product, locale="zh-CN")
    page.goto("/login")
    page.get_by_test_id("login-email").fill(EMAIL)
    page.get_by_test_id("login-password").fill("wrong")
    page.get_by_role("button", name="显示密码").click()
    expect(page.get_by_test_id("login-password")).to_have_attribute("type", "text")
    page.get_by_test_id("login-submit").click()
    expect(page.get_by_role("alert")).to_have_text("邮箱或密码不正确。")
    page.context.close()


def test_a_weak_password_is_refused_at_its_field(chromium: Browser, product: str) -> None:
    page = fresh(chromium, product)
    page.goto("/register")
    page.get_by_test_id("register-name").fill("Eve")
    page.get_by_test_id("register-email").fill("eve@example.org")
    page.get_by_test_id("register-password").fill("password")
    page.get_by_test_id("register-submit").click()
    expect(page.get_by_text("This password is too common")).to_be_visible()
    expect(page.get_by_test_id("register-password")).to_have_attribute("aria-invalid", "true")
    page.context.close()


def test_who_was_on_the_way_to_a_page_comes_there_after_signing_in(chromium: Browser, product: str) -> None:
    page = fresh(chromium, product)
    page.goto("/history")
    page.get_by_test_id("login-email").fill(EMAIL)
    page.get_by_test_id("login-password").fill(PASSWORD)
    page.get_by_test_id("login-submit").click()
    page.wait_for_url("**/history")
    page.get_by_test_id("settings").click()
    page.get_by_test_id("sign-out").click()
    page.wait_for_url("**/login")
    page.context.close()


def test_a_student_is_told_that_an_ai_speaks(chromium: Browser, product: str, student: Any) -> None:
    page = fresh(chromium, product)
    page.goto("/login")
    expect(page.get_by_text("The tutors here are AI")).to_be_visible()
    page.context.close()
    page = fresh(chromium, product, storage_state=student)
    open_session(page)
    expect(page.get_by_text("You are talking to an AI.")).to_be_in_viewport()
    page.context.close()


def test_the_app_can_be_installed(chromium: Browser, product: str) -> None:
    page = fresh(chromium, product)
    page.goto("/login")
    page.evaluate("navigator.serviceWorker.ready")
    found = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A private window, as a test has, installs nothing.
    assert [error["errorId"] for error in found if error["errorId"] != "in-incognito"] == []
    page.context.close()


def test_without_a_network_the_app_is_there_and_says_so(chromium: Browser, product: str, student: Any) -> None:
    page = fresh(chromium, product, storage_state=student)
    page.goto("/tutors")
    page.get_by_test_id("tutor-start-1").wait_for()
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)

    page.goto("/history")

    expect(page.get_by_test_id("tidings")).to_contain_text("There is no network")
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    kept = page.evaluate(
        "(async () => { const paths = []; for (const name of await caches.keys())"
        " for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname);"
        " return paths; })()"
    )
    assert "/index.html" in kept
    assert [path for path in kept if path.startswith(("/api", "/media"))] == []
    page.context.close()


def test_no_request_leaves_our_origin(chromium: Browser, product: str, student: Any) -> None:
    page = fresh(chromium, product, storage_state=student)
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            asked.append(request.url)

    page.context.on("request", note)
    page.on("websocket", lambda socket: asked.append(socket.url))
    for path in ("/tutors", "/history", "/nowhere"):
        page.goto(path)
        page.locator("h1").wait_for()
    open_session(page)
    ask(page, "Which formula is it?")
    settled(page)
    page.locator(".katex").first.wait_for()
    session = page.evaluate("location.pathname")
    page.get_by_test_id("end-session").click()
    page.get_by_test_id("end-session-confirm").click()
    expect(page.get_by_test_id("after")).to_be_visible(timeout=SOON)
    page.goto(str(session))
    page.get_by_test_id("turn-assistant").wait_for()
    page.evaluate("localStorage.clear()")
    for path in ("/login", "/register"):
        page.goto(path)
        page.locator("h1").wait_for()
    page.context.close()

    here = urlsplit(product).netloc
    assert len(asked) > 30
    assert any(url.startswith("ws") for url in asked)
    assert [url for url in asked if urlsplit(url).netloc != here] == []


def test_nothing_moves_while_the_tutors_are_loaded(chromium: Browser, product: str, student: Any) -> None:
    page = fresh(chromium, product, storage_state=student)
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries())"
        " if (!entry.hadRecentInput) window.shift += entry.value; }).observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto("/tutors")
    page.get_by_test_id("tutor-start-1").wait_for()
    page.wait_for_load_state("networkidle")
    expect(page).to_have_title(re.compile("Tutors"))
    assert page.evaluate("window.shift") < 0.1
    page.context.close()
