"""Pictures of every page, to look at, with the demo running: `python -m tests.e2e.screenshots ADDRESS FOLDER`."""

import argparse
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.student import SOON, ask, open_session, settled, signed_in

SIZES = {"phone": (390, 844), "tablet": (768, 1024), "laptop": (1440, 900)}
QUESTION = "What do plants need for photosynthesis?"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("address")
    arguments.add_argument("folder", type=Path)
    chosen = arguments.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for language, theme, size in product(("en", "zh-CN"), ("light", "dark"), SIZES):
            page = _page(browser, chosen.address, language, theme, size)
            for name in _pages(page):
                page.screenshot(path=chosen.folder / f"{name}-{language}-{theme}-{size}.png")
            page.context.close()
        browser.close()


def _page(browser: Browser, address: str, language: str, theme: str, size: str) -> Page:
    width, height = SIZES[size]
    student: Any = signed_in(address, mode="text")
    context = browser.new_context(
        base_url=address,
        locale=language,
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": width, "height": height},
        storage_state=student,
    )
    page = context.new_page()
    page.set_default_timeout(SOON)
    return page


def _pages(page: Page) -> Iterator[str]:
    """Brings the page to one after another."""
    page.goto("/tutors")
    page.get_by_test_id("tutor-start-1").wait_for()
    page.wait_for_load_state("networkidle")
    yield "tutors"
    open_session(page)
    yield "session"
    ask(page, QUESTION)
    settled(page)
    yield "answered"
    ended = page.evaluate("location.pathname")
    page.get_by_test_id("end-session").click()
    yield "end"
    page.get_by_test_id("end-session-confirm").click()
    page.wait_for_load_state("networkidle")
    yield "after"
    page.goto("/progress")
    page.wait_for_load_state("networkidle")
    yield "progress"
    page.goto("/history")
    page.get_by_test_id("more").first.wait_for()
    yield "history"
    page.get_by_test_id("more").first.click()
    page.get_by_test_id("erase").wait_for()
    yield "menu"
    page.get_by_test_id("erase").click()
    yield "erase"
    page.goto(ended)
    page.get_by_test_id("turn-assistant").wait_for()
    yield "ended"
    page.evaluate("localStorage.removeItem('tutor.account')")
    page.goto("/login")
    page.get_by_test_id("settings").click()
    page.get_by_role("menu").wait_for()
    yield "login"


if __name__ == "__main__":
    main()
