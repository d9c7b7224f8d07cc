"""When a session is over: what it was about, three quick checks, and what is known by now."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.scripted_llm import Script
from tests.e2e.student import SOON, ask, open_session, settled, signed_in
from tests.e2e.test_accessibility import choose, violations

pytestmark = pytest.mark.browser

SCRIPTS: dict[str, Script] = {"photosynthesis": "They need light, water and carbon dioxide [1]."}


@pytest.fixture(scope="module")
def student(product: str) -> Any:
    return signed_in(product, mode="text")


@pytest.fixture
def page(chromium: Browser, product: str, student: Any) -> Iterator[Page]:
    """A session in which the material was cited, and which has just been ended."""
    page = chromium.new_context(base_url=product, storage_state=student).new_page()
    page.set_default_timeout(SOON)
    open_session(page)
    ask(page, "What do plants need for photosynthesis?")
    settled(page)
    page.get_by_test_id("end-session").click()
    page.get_by_test_id("end-session-confirm").click()
    expect(page.get_by_test_id("quick-check")).to_have_attribute("data-state", "ready")
    yield page
    page.context.close()


def test_a_student_reads_the_summary_answers_and_sees_his_progress(page: Page) -> None:
    summary = page.get_by_test_id("summary")
    expect(summary).to_contain_text("What do plants need for photosynthesis?")
    expect(summary).to_contain_text("Put together without a language model.")

    result = page.get_by_test_id("checks-result")
    card = page.locator("form")
    while not result.is_visible():
        expect(card.get_by_role("radio")).to_have_count(4)
        card.get_by_test_id("choice-0").check()
        card.get_by_test_id("check-submit").click()
        expect(card.get_by_test_id("check-feedback")).to_contain_text("In the material:")
        card.get_by_test_id("check-next").click()
    expect(result).to_contain_text("right.")

    page.get_by_role("link", name="See your progress").click()
    expect(page.get_by_test_id("skill").first).to_be_visible()


def test_the_questions_are_answered_with_the_keyboard_alone(page: Page) -> None:
    page.get_by_test_id("choice-0").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("check-submit")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("check-next")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("check-1")).to_be_hidden()


def test_axe_finds_nothing_after_a_session(page: Page) -> None:
    path = page.evaluate("location.pathname")
    found = []
    for theme, language in (("light", "en"), ("dark", "zh")):
        choose(page, theme, language)
        page.goto(path)
        page.get_by_test_id("choice-0").wait_for()
        found += violations(page)
    page.get_by_test_id("choice-1").check()
    page.get_by_test_id("check-submit").click()
    page.get_by_test_id("check-next").wait_for()
    found += violations(page)
    page.goto("/progress")
    page.get_by_test_id("skill").first.wait_for()
    found += violations(page)

    assert found == []
