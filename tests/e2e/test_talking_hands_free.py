"""Talking with a microphone of the test's own: without hands, over the tutor, and when it fails."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.scripted_llm import Script
from tests.e2e.student import A_TURN, SECONDS, SOON, ask, open_session, settled, signed_in

pytestmark = pytest.mark.browser

logger = logging.getLogger(__name__)
MICROPHONE = (Path(__file__).parent / "microphone.js").read_text()
LONG = (
    "Plants are green because of chlorophyll. They need light to grow well every day. "
    "Water comes up from the roots below the ground. The leaves breathe in carbon dioxide. "
    "Together they make sugar for the whole plant."
)
SCRIPTS: dict[str, Script] = {
    "everything": LONG,
    "photosynthesis": "Light and water.",
    "short": "Plants are green because of chlorophyll.",
}

SILENT_WITHIN_MS = 200
JUST_BEFORE_MS = 100
UNTIL_MS = 2_000
"""Afterwards the next reply may speak."""
INTERRUPTIONS = ["Wait a moment.", "I have a question.", "Stop, please.", "What do plants need for photosynthesis?"]
REPLIES = 10
A_SHORT_MINUTE = """
const real = window.setTimeout;
window.setTimeout = (act, ms, ...rest) => real(act, ms === 59_000 ? 3_000 : ms, ...rest);
"""
"""What may be said in one go is a minute, less a second for what is under way."""


@pytest.fixture
def context(chromium: Browser, product: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        base_url=product, viewport={"width": 1280, "height": 800}, storage_state=signed_in(product, mode="video")
    )
    context.add_init_script(MICROPHONE)
    yield context
    context.close()


@pytest.fixture
def session(context: BrowserContext) -> Page:
    return open_session(context.new_page())


@pytest.fixture
def listening(session: Page) -> Page:
    """Without hands."""
    session.get_by_test_id("hands-free").click()
    expect(session.get_by_test_id("hands-free")).to_have_attribute("data-phase", "listening", timeout=SOON)
    return session


def speaking(page: Page, words: str) -> None:
    expect(page.get_by_test_id("caption-said")).to_contain_text(words, timeout=A_TURN)


def idle(page: Page) -> None:
    expect(page.get_by_test_id("stage")).to_have_attribute("data-stage", "idle", timeout=A_TURN)


def until_silent(page: Page) -> float | None:
    """How long the tutor was still heard when somebody spoke, in ms. None when he was between two words just then."""
    said, played = page.evaluate("[microphone.said, microphone.page]")
    heard = [at - said[0] for at in played]
    if not any(-JUST_BEFORE_MS < when < 0 for when in heard):
        return None
    return max((when for when in heard if 0 <= when < UNTIL_MS), default=0.0)


def test_who_only_speaks_is_heard_and_answered(listening: Page, voice: Callable[..., str]) -> None:
    listening.evaluate("wav => microphone.say(wav)", voice("What do plants need for photosynthesis?"))

    expect(listening.get_by_test_id("turn-user").first).to_contain_text("photosynthesis", timeout=A_TURN)
    expect(settled(listening)).to_contain_text("Light and water.")


def test_speaking_over_the_tutor_silences_it_at_once_and_is_the_next_question(
    listening: Page, voice: Callable[..., str]
) -> None:
    listening.evaluate("microphone.loop.value = 0.1")
    delays: list[float] = []
    for words in INTERRUPTIONS:
        said = listening.get_by_test_id("turn-user").count()
        listening.evaluate("microphone.said.length = microphone.page.length = 0")
        ask(listening, "Tell me everything.")
        speaking(listening, "They need light")  # by then it is known how loud the echo is
        listening.evaluate("wav => microphone.say(wav)", voice(words))
        expect(listening.get_by_test_id("turn-user")).to_have_count(said + 2, timeout=A_TURN)
        expect(listening.get_by_role("article").nth(said)).to_contain_text("Stopped")
        delay = until_silent(listening)
        if delay is not None:
            delays.append(delay)
    assert delays, "the tutor was never heard just before"
    logger.info("from the voice to silence, in ms: median %.0f, worst %.0f", median(delays), max(delays))
    assert max(delays) <= SILENT_WITHIN_MS, delays

    expect(listening.get_by_test_id("turn-user").last).to_contain_text("photosynthesis", timeout=A_TURN)
    replies = listening.get_by_test_id("turn-assistant")
    expect(replies.last).to_contain_text("Light and water.", timeout=A_TURN)
    expect(replies.filter(has_text="Together they make")).to_have_count(0)


def test_mhm_and_the_tutors_own_voice_interrupt_nobody(listening: Page, voice: Callable[..., str]) -> None:
    listening.evaluate("microphone.loop.value = 0.5")
    ask(listening, "Tell me everything.")
    speaking(listening, "They need light")
    listening.evaluate("wav => microphone.say(wav)", voice("Mhm.", seconds=0.35))
    settled(listening)
    idle(listening)
    ask(listening, "Something short.")
    settled(listening, 1)
    idle(listening)
    for _ in range(REPLIES - 2):  # the first seconds are the hardest
        listening.get_by_test_id("replay").last.click()
        expect(listening.get_by_test_id("stage")).to_have_attribute("data-stage", "speaking", timeout=SOON)
        speaking(listening, "Plants are")
        idle(listening)

    expect(listening.get_by_test_id("turn-user")).to_have_count(2)
    expect(listening.get_by_test_id("turn-assistant").first).to_contain_text("Together they make sugar")
    expect(listening.get_by_text("Stopped")).to_have_count(0)


@pytest.mark.parametrize("button", ["mic-button", "hands-free"])
def test_a_microphone_that_cannot_be_had_is_explained(session: Page, button: str) -> None:
    for error, words in (
        (["Permission denied", "NotAllowedError"], "The microphone is blocked for this page."),
        (["Permission dismissed", "NotAllowedError"], "Try again and choose “Allow”."),
        (["Requested device not found", "NotFoundError"], "No microphone was found."),
        (["Could not start audio source", "NotReadableError"], "Another program is using the microphone."),
    ):
        session.evaluate("error => (microphone.error = error)", error)
        session.get_by_test_id(button).click()
        expect(session.get_by_role("alert")).to_contain_text(words, timeout=SOON)
        expect(session.get_by_test_id(button)).to_have_attribute("data-phase", "off")


@pytest.mark.parametrize(("button", "phase"), [("mic-button", "recording"), ("hands-free", "listening")])
def test_what_was_said_until_the_microphone_was_pulled_out_is_answered(
    session: Page, voice: Callable[..., str], button: str, phase: str
) -> None:
    session.get_by_test_id(button).click()
    expect(session.get_by_test_id(button)).to_have_attribute("data-phase", phase, timeout=SOON)
    session.evaluate("wav => microphone.say(wav)", voice("What do plants need for photosynthesis?"))
    session.wait_for_timeout(2.5 * SECONDS)  # a person speaks
    session.evaluate("microphone.pullOut()")

    expect(session.get_by_text("The microphone was disconnected.")).to_be_visible(timeout=SOON)
    expect(session.get_by_test_id(button)).to_have_attribute("data-phase", "off")
    expect(session.get_by_test_id("turn-user").first).to_contain_text("photosynthesis", timeout=A_TURN)
    expect(session.get_by_text("The microphone was disconnected.")).to_be_visible()


def test_who_speaks_for_too_long_is_sent_that_far_and_told(context: BrowserContext, voice: Callable[..., str]) -> None:
    page = context.new_page()
    page.add_init_script(A_SHORT_MINUTE)
    open_session(page)
    page.get_by_test_id("mic-button").click()
    expect(page.get_by_test_id("mic-button")).to_have_attribute("data-phase", "recording", timeout=SOON)
    page.evaluate("wav => microphone.say(wav)", voice("What do plants need for photosynthesis?"))

    expect(page.get_by_text("You spoke for 60 seconds, the longest there is")).to_be_visible(timeout=SOON)
    expect(page.get_by_test_id("turn-user").first).to_contain_text("photosynthesis", timeout=A_TURN)


def test_the_space_bar_talks_and_escape_takes_it_back(session: Page, voice: Callable[..., str]) -> None:
    session.locator("h1").click()
    session.keyboard.press("Space")
    microphone = session.get_by_test_id("mic-button")
    expect(microphone).to_have_attribute("data-phase", "recording", timeout=SOON)
    session.keyboard.press("Escape")
    expect(microphone).to_have_attribute("data-phase", "off")

    session.keyboard.down("Space")
    expect(microphone).to_have_attribute("data-phase", "recording", timeout=SOON)
    session.evaluate("wav => microphone.say(wav)", voice("What do plants need for photosynthesis?"))
    session.wait_for_timeout(3 * SECONDS)  # a person speaks
    session.keyboard.up("Space")

    expect(session.get_by_test_id("turn-user").first).to_contain_text("photosynthesis", timeout=A_TURN)
