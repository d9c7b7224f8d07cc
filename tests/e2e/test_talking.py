"""A student, in a real browser, on the real engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import running_product

pytestmark = pytest.mark.browser

WATCH = (Path(__file__).parent / "watch.js").read_text()
SECONDS = 1_000
A_TURN = 90 * SECONDS


@pytest.fixture(scope="module")
def product() -> Iterator[str]:
    with running_product() as address:
        yield address


@pytest.fixture
def session(page: Page) -> Page:
    """Logged in, before the tutor of the first card."""
    page.goto("/")
    page.get_by_test_id("login-email").fill("student@example.com")
    page.get_by_test_id("login-password").fill("student123")
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("tutor-start-1").click(timeout=15 * SECONDS)
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "open", timeout=15 * SECONDS)
    page.evaluate(WATCH)
    return page


def ask(page: Page, text: str) -> None:
    page.get_by_test_id("composer-input").fill(text)
    page.get_by_test_id("composer-send").click()


def finished(page: Page, turn: int = 0) -> str:
    """Waits until the turn is over and played through. Returns what was answered."""
    reply = page.get_by_test_id("turn-assistant").nth(turn)
    expect(reply).to_have_attribute("data-settled", "true", timeout=A_TURN)
    expect(page.get_by_test_id("stage")).to_have_attribute("data-stage", "idle", timeout=A_TURN)
    return reply.inner_text()


def test_a_typed_question_is_answered_aloud_by_a_face(session: Page) -> None:
    ask(session, "What do plants need for photosynthesis?")

    expect(session.get_by_test_id("caption")).to_be_visible(timeout=A_TURN)
    assert len(finished(session)) > 20
    assert session.evaluate("window.watched.seconds") > 2


def test_a_spoken_question_is_heard_and_answered(session: Page) -> None:
    microphone = session.get_by_test_id("mic-button")
    microphone.click()
    expect(microphone).to_have_attribute("data-phase", "recording", timeout=15 * SECONDS)
    session.wait_for_timeout(4_500)  # a person speaks
    microphone.click()

    expect(session.get_by_test_id("turn-user").first).to_contain_text(
        "photosynthesis", timeout=A_TURN, ignore_case=True
    )
    assert len(finished(session)) > 20
    assert session.evaluate("window.watched.seconds") > 2


def test_stop_silences_the_tutor_at_once_and_the_next_question_is_answered(session: Page) -> None:
    ask(session, "What does chlorophyll do, and why are leaves green?")
    expect(session.get_by_test_id("turn-assistant")).to_be_visible(timeout=A_TURN)  # the greeting is over
    expect(session.get_by_test_id("caption")).to_be_visible(timeout=A_TURN)

    session.get_by_test_id("stop-button").click()

    expect(session.get_by_test_id("caption")).to_be_hidden(timeout=2 * SECONDS)
    heard = session.get_by_test_id("turn-assistant").count()  # none, when not a word was
    ask(session, "Where does the water come from?")
    assert len(finished(session, turn=heard)) > 10
