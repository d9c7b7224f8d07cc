"""Talking with a microphone of the test's own: without hands, over the tutor, and when it fails."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.student import A_TURN, SECONDS, SOON, ask, open_session, settled, signed_in

pytestmark = pytest.mark.browser

logger = logging.getLogger(__name__)
MICROPHONE = (Path(__file__).parent / "microphone.js").read_text()
LONG = (
    "Plants are green because of chlorophyll. They need light to grow well every day. "
    "Water comes up from the roots below the ground. The leaves breathe in carbon dioxide. "
    "Together they make sugar for the whole plant."
)
SCRIPTS: dict[str, str | int] = {"everything": LONG, "photosynthesis": "Light and water.", "short": "Yes, they do."}

SILENT_DB = -50
SILENT_WITHIN_MS = 200
JUST_BEFORE_MS = 100
UNTIL_MS = 2_000
"""Afterwards the next reply may speak."""
TRIES = 3
"""What else the machine is at can only add delays."""
REPLIES = 10


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


def test_who_only_speaks_is_heard_and_answered(listening: Page, voice: Callable[..., str]) -> None:
    listening.evaluate("wav => microphone.say(wav)", voice("What do plants need for photosynthesis?"))

    expect(listening.get_by_test_id("turn-user").first).to_contain_text("photosynthesis", timeout=A_TURN)
    expect(settled(listening)).to_contain_text("Light and water.")


def test_speaking_over_the_tutor_silences_it_at_once_and_is_the_next_question(
    listening: Page, voice: Callable[..., str]
) -> None:
    question = voice("What do plants need for photosynthesis?")
    listening.evaluate("microphone.loop.value = 0.1")
    delays: list[float] = []
    for turn in range(TRIES):
        ask(listening, "Tell me everything.")
        expect(listening.get_by_test_id("turn-assistant")).to_have_count(2 * turn + 1, timeout=A_TURN)
        speaking(listening, "They need light")  # by then it is known how loud the echo is
        began = listening.evaluate("wav => microphone.say(wav)", question)
        expect(listening.get_by_test_id("turn-user").nth(2 * turn + 1)).to_contain_text(
            "photosynthesis", timeout=A_TURN
        )
        sound = listening.evaluate("microphone.sound")
        loud = [each["at"] - began for each in sound if each["db"] > SILENT_DB]
        if any(-JUST_BEFORE_MS < when < 0 for when in loud):  # else it was between two words
            delays.append(max((when for when in loud if 0 <= when < UNTIL_MS), default=0.0))
        assert "Together they make" not in listening.get_by_test_id("turn-assistant").nth(2 * turn).inner_text()
        settled(listening, 2 * turn + 1)
        idle(listening)
        if delays and delays[-1] <= SILENT_WITHIN_MS:
            break

    logger.info("from the voice to silence, in ms: %s", delays)
    assert delays, "the tutor was never heard just before"
    assert min(delays) <= SILENT_WITHIN_MS, delays


def test_mhm_and_the_tutors_own_voice_interrupt_nobody(listening: Page, voice: Callable[..., str]) -> None:
    listening.evaluate("microphone.loop.value = 0.5")
    ask(listening, "Tell me everything.")
    speaking(listening, "They need light")
    listening.evaluate("wav => microphone.say(wav)", voice("Mhm.", seconds=0.35))
    settled(listening)
    idle(listening)
    for reply in range(REPLIES - 1):
        listening.get_by_test_id("replay").click()
        expect(listening.get_by_test_id("stage")).to_have_attribute("data-stage", "speaking", timeout=SOON)
        speaking(listening, "Plants are")
        if reply % 3 == 0:  # the first seconds are the hardest: some are heard to their end, some begin anew
            idle(listening)

    idle(listening)
    expect(listening.get_by_test_id("turn-user")).to_have_count(1)
    expect(listening.get_by_test_id("turn-assistant")).to_contain_text("Together they make sugar")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (["Permission denied", "NotAllowedError"], "The microphone is blocked for this page."),
        (["Permission dismissed", "NotAllowedError"], "Try again and choose “Allow”."),
        (["Requested device not found", "NotFoundError"], "No microphone was found."),
        (["Could not start audio source", "NotReadableError"], "Another program is using the microphone."),
    ],
)
@pytest.mark.parametrize("button", ["mic-button", "hands-free"])
def test_a_microphone_that_cannot_be_had_is_explained(session: Page, button: str, error: list[str], words: str) -> None:
    session.evaluate("error => (microphone.error = error)", error)
    session.get_by_test_id(button).click()
    expect(session.get_by_role("alert")).to_contain_text(words, timeout=SOON)
    expect(session.get_by_test_id("mic-button")).to_have_attribute("data-phase", "off")


def test_what_was_said_until_the_microphone_was_pulled_out_is_answered(
    session: Page, voice: Callable[..., str]
) -> None:
    session.get_by_test_id("mic-button").click()
    expect(session.get_by_test_id("mic-button")).to_have_attribute("data-phase", "recording", timeout=SOON)
    session.evaluate("wav => microphone.say(wav)", voice("What do plants need for photosynthesis?"))
    session.wait_for_timeout(3 * SECONDS)  # a person speaks
    session.evaluate("microphone.pullOut()")

    expect(session.get_by_text("The microphone was disconnected.")).to_be_visible(timeout=SOON)
    expect(session.get_by_test_id("turn-user").first).to_contain_text("photosynthesis", timeout=A_TURN)


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
