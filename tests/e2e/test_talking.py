"""A student, in a real browser, on the real engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.scripted_llm import Script
from tests.e2e.student import A_TURN, SECONDS, SOON, ask, open_session, settled, signed_in

pytestmark = pytest.mark.browser

WATCH = (Path(__file__).parent / "watch.js").read_text()
SCRIPTS: dict[str, Script] = {"": None}


@pytest.fixture
def session(chromium: Browser, product: str) -> Iterator[Page]:
    """Before the tutor of the first card. In the end no script has failed."""
    context = chromium.new_context(
        base_url=product,
        viewport={"width": 1280, "height": 800},
        storage_state=signed_in(product, mode="video"),
        permissions=["microphone"],
    )
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    open_session(page).evaluate(WATCH)
    yield page
    context.close()
    assert broken == []


def finished(page: Page, turn: int = 0) -> str:
    """Waits until the turn is over and played through. Returns what was answered."""
    reply = settled(page, turn)
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
    expect(microphone).to_have_attribute("data-phase", "recording", timeout=SOON)
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


def test_the_microphone_that_was_chosen_is_the_one_that_hears(session: Page) -> None:
    session.evaluate(
        """() => {
          const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          navigator.mediaDevices.getUserMedia = async (wanted) => {
            const stream = await open(wanted);
            window.heardBy = stream.getAudioTracks()[0].label;
            return stream;
          };
        }"""
    )
    session.get_by_test_id("call-menu").click()
    session.get_by_role("menuitemradio", name="Fake Audio Input 2").click()
    session.keyboard.press("Escape")
    session.get_by_test_id("mic-button").click()

    expect(session.get_by_test_id("mic-button")).to_have_attribute("data-phase", "recording", timeout=SOON)
    assert session.evaluate("window.heardBy") == "Fake Audio Input 2"
    session.keyboard.press("Escape")
