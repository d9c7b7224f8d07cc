"""What a student finds again: searched, renamed, kept as a file, gone on with, deleted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.scripted_llm import Script
from tests.e2e.student import A_TURN, SOON, ask, connected, open_session, settled, signed_in

pytestmark = pytest.mark.browser

SCRIPTS: dict[str, Script] = {"leaves": "They take in light.", "roots": "They drink water."}


@pytest.fixture(scope="module")
def student(product: str) -> Any:
    return signed_in(product, mode="text")


@pytest.fixture
def page(chromium: Browser, product: str, student: Any) -> Iterator[Page]:
    """With a session about leaves that is over, and one about roots that goes on."""
    forget(product, student)
    page = chromium.new_context(base_url=product, storage_state=student, accept_downloads=True).new_page()
    page.set_default_timeout(SOON)
    for question in ("What do leaves do?", "What do roots do?"):
        open_session(page)
        ask(page, question)
        settled(page)
        if "leaves" in question:
            page.get_by_test_id("end-session").click()
            page.get_by_test_id("end-session-confirm").click()
            expect(page.get_by_test_id("after")).to_be_visible(timeout=SOON)
    page.goto("/history")
    expect(page.get_by_test_id("more")).to_have_count(2)
    yield page
    page.context.close()


def forget(product: str, student: Any) -> None:
    account = json.loads(student["origins"][0]["localStorage"][0]["value"])
    with httpx.Client(base_url=product, headers={"Authorization": f"Bearer {account['access']}"}, timeout=30) as api:
        for session in api.get("/api/student/sessions").json()["results"]:
            api.delete(f"/api/student/sessions/{session['session_id']}/transcript")


def choose(page: Page, session: str, entry: str) -> None:
    page.get_by_role("listitem").filter(has_text=session).get_by_test_id("more").click()
    page.get_by_test_id(entry).click()


def test_sessions_are_found_by_what_was_said_and_by_state(page: Page) -> None:
    page.get_by_test_id("history-search").fill("drink water")
    expect(page.get_by_test_id("more")).to_have_count(1)
    expect(page.get_by_role("link", name="What do roots do?")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("history-search")).to_have_value("drink water")
    page.get_by_test_id("history-search").fill("nothing like it")
    page.get_by_role("button", name="Show all sessions").click()
    expect(page.get_by_test_id("more")).to_have_count(2)
    page.get_by_test_id("filter-status").select_option("ended")
    expect(page.get_by_test_id("more")).to_have_count(1)
    expect(page.get_by_role("link", name="What do leaves do?")).to_be_visible()


def test_a_session_is_renamed_and_deleted_for_good(page: Page) -> None:
    choose(page, "leaves", "rename")
    page.get_by_test_id("rename-title").fill("Green things")
    page.get_by_test_id("rename-confirm").click()
    renamed = page.get_by_role("link", name="Green things")
    expect(renamed).to_be_visible()
    address = str(renamed.get_attribute("href"))

    choose(page, "Green things", "erase")
    expect(page.get_by_role("dialog")).to_contain_text("your recordings")
    page.get_by_test_id("erase-confirm").click()

    expect(renamed).to_be_hidden()
    page.goto(address)
    expect(page.get_by_role("alert")).to_have_text("There is no such session.")


def test_a_session_is_kept_as_a_file(page: Page, tmp_path: Path) -> None:
    for format, begins in (("txt", "What do leaves"), ("md", "# What do leaves"), ("vtt", "WEBVTT"), ("json", "{")):
        with page.expect_download() as download:
            choose(page, "leaves", f"export-{format}")
        download.value.save_as(tmp_path / format)
        content = (tmp_path / format).read_text()
        assert download.value.suggested_filename == f"What do leaves do.{format}"
        assert content.startswith(begins)
        assert "They take in light." in content


def test_an_ended_session_goes_on_where_it_was(page: Page) -> None:
    page.get_by_role("link", name="What do leaves do?").click()
    expect(page.get_by_test_id("turn-assistant")).to_contain_text("They take in light.")
    page.get_by_test_id("resume").click()
    connected(page)
    expect(page.get_by_test_id("turn-user")).to_contain_text("What do leaves do?")
    ask(page, "And what do roots do?")
    assert "They drink water." in settled(page, turn=1).inner_text()


def test_a_spoken_reply_is_heard_again_from_the_history(chromium: Browser, product: str, student: Any) -> None:
    forget(product, student)
    spoken: Any = signed_in(product)
    page = chromium.new_context(base_url=product, storage_state=spoken).new_page()
    page.set_default_timeout(SOON)
    open_session(page)
    ask(page, "What do leaves do?")
    settled(page)
    expect(page.get_by_test_id("stage")).to_have_attribute("data-stage", "idle", timeout=A_TURN)
    page.get_by_test_id("end-session").click()
    page.get_by_test_id("end-session-confirm").click()
    expect(page.get_by_test_id("after")).to_be_visible(timeout=SOON)
    page.goto("/history")
    page.get_by_role("link", name="What do leaves do?").click()

    page.get_by_test_id("replay").click()

    expect(page.get_by_test_id("replay-player")).to_be_visible()
    expect(page.get_by_test_id("caption")).to_contain_text("They take in light", timeout=SOON)
    page.get_by_test_id("replay-stop").click()
    expect(page.get_by_test_id("replay-player")).to_be_hidden()
    page.context.close()
