"""The face: how a reply is played. The language model says what the test wants; all else is real."""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, TypedDict

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.e2e.scripted_llm import Script
from tests.e2e.student import A_TURN, SECONDS, SOON, ask, open_session, settled, signed_in

pytestmark = pytest.mark.browser

logger = logging.getLogger(__name__)
WATCH = (Path(__file__).parent / "playback.js").read_text()
FIVE = (
    "Plants are green because of chlorophyll. They need light to grow well every day. "
    "Water comes up from the roots below the ground. The leaves breathe in carbon dioxide. "
    "Together they make sugar for the whole plant."
)
SCRIPTS: dict[str, Script] = {"five": FIVE, "short": "Yes, they do."}

LONGEST_STALL_MS = 40
LONGEST_BURST = 3
LATEST_CAPTION_MS = 150
TRIES = 4
"""What else the machine is at can only add stalls: one replay without any shows that ours adds none."""

WITHOUT_MEDIA_SOURCE = "delete window.MediaSource; delete window.ManagedMediaSource"
AS_ON_A_PHONE = """
window.ManagedMediaSource = class extends MediaSource { get streaming() { return true } };
delete window.MediaSource;
"""


class Measured(TypedDict):
    stall: float
    burst: int
    caption: float
    ranges: int


@pytest.fixture
def enter(chromium: Browser, product: str) -> Iterator[Callable[..., Page]]:
    """Open the app in a browser of its own, signed in; `mode`: as the student has chosen before."""
    opened: list[BrowserContext] = []

    def open_app(mode: str | None = "video", prepare: str = "") -> Page:
        state = signed_in(product, mode)
        context = chromium.new_context(
            base_url=product, viewport={"width": 1280, "height": 800}, storage_state=state, permissions=["microphone"]
        )
        context.add_init_script(prepare + WATCH)
        opened.append(context)
        return context.new_page()

    yield open_app
    for context in opened:
        context.close()


def quiet(page: Page) -> Page:
    """Until nothing is played any more."""
    expect(page.get_by_test_id("stage")).to_have_attribute("data-stage", "idle", timeout=A_TURN)
    return page


def choose(page: Page, mode: str) -> None:
    page.get_by_test_id("call-menu").click()
    page.get_by_role("menuitemradio", name=mode).click()
    page.keyboard.press("Escape")


def segments_of_last_turn(page: Page, product: str) -> list[dict[str, Any]]:
    session = page.url.rsplit("/", 1)[1]
    access = page.evaluate("JSON.parse(localStorage.getItem('tutor.account')).access")
    address = f"{product}/api/student/sessions/{session}/turns"
    answer = httpx.get(address, headers={"Authorization": f"Bearer {access}"}, timeout=30).json()
    segments: list[dict[str, Any]] = answer["results"][-1]["segments"]
    return segments


def lateness(captions: list[dict[str, Any]], segments: list[dict[str, Any]], begins: list[float]) -> float:
    """How far the captions were from the voice, at worst, in ms."""
    spoken_at: dict[tuple[str, int], float] = {}
    for segment, begin in zip(segments, begins, strict=True):
        said = 0
        for word in segment["words"]:
            said += len(word["text"])
            spoken_at[segment["content"].strip(), said] = begin + word["start_ms"]
    known = [(spoken_at.get((each["content"].strip(), each["said"])), each["at"]) for each in captions]
    return max(abs(shown - spoken) for spoken, shown in known if spoken is not None)


def stall(frames: list[dict[str, float]], begin: float) -> float:
    """How long the reply stood still about there, in ms: a picture that is only late is soon made up for."""
    delays = [(frame["media"] - begin, frame["now"] - frame["media"]) for frame in frames]
    before = [delay for away, delay in delays if -1_000 < away < 0]
    after = [delay for away, delay in delays if 0 <= away < 1_000]
    return min(after) - min(before)


def measured(page: Page, segments: list[dict[str, Any]]) -> Measured:
    seen = page.evaluate("({...playback, begin: null})")
    assert len(seen["captions"]) >= 15, "the captions do not come word by word"
    return Measured(
        stall=max(stall(seen["frames"], begin) for begin in seen["begins"][1:]),
        burst=max((b - a for a, b in pairwise(seen["dropped"])), default=0),
        caption=lateness(seen["captions"], segments, seen["begins"]),
        ranges=seen["ranges"],
    )


def test_five_segments_are_played_as_one_and_the_captions_follow_the_voice(
    enter: Callable[..., Page], product: str
) -> None:
    page = open_session(enter())
    ask(page, "Tell me five things.")
    settled(page)
    quiet(page)
    segments = segments_of_last_turn(page, product)
    assert len(segments) >= 5
    assert all(segment["words"] for segment in segments)

    tries: list[Measured] = []
    for _ in range(TRIES):
        page.evaluate("playback.begin()")
        page.get_by_test_id("replay").click()
        expect(page.get_by_test_id("stage")).to_have_attribute("data-stage", "speaking", timeout=SOON)
        quiet(page)
        tries.append(measured(page, segments))
        if tries[-1]["stall"] <= LONGEST_STALL_MS and tries[-1]["caption"] <= LATEST_CAPTION_MS:
            break

    logger.info("a kept reply of %d segments: %s", len(segments), tries)
    best = min(tries, key=lambda one: one["stall"])
    assert best["stall"] <= LONGEST_STALL_MS, tries
    assert min(one["burst"] for one in tries) <= LONGEST_BURST, tries
    assert min(one["caption"] for one in tries) <= LATEST_CAPTION_MS, tries
    assert all(one["ranges"] == 1 for one in tries), "there is a gap between two segments"


def test_the_tutor_greets_with_its_face_and_a_question_comes_first(enter: Callable[..., Page]) -> None:
    page = open_session(enter())
    expect(page.get_by_test_id("speech-video")).to_have_attribute("data-state", "speaking", timeout=SOON)
    expect(page.get_by_test_id("caption")).to_contain_text("Hello")

    ask(page, "A short question?")

    expect(page.get_by_test_id("caption")).not_to_contain_text("Hello", timeout=2 * SECONDS)
    expect(settled(page)).to_contain_text("Yes, they do.")


def test_the_voice_alone_is_heard_without_a_face_that_moves(enter: Callable[..., Page]) -> None:
    page = open_session(enter(mode="text"))
    choose(page, "Voice only")
    page.evaluate("playback.begin()")
    ask(page, "A short question?")

    expect(page.get_by_test_id("caption")).to_contain_text("Yes, they do.", timeout=A_TURN)
    expect(page.get_by_test_id("voice-level")).to_be_visible()
    quiet(page)
    assert page.evaluate("playback.frames.length") == 0


def test_text_alone_is_silent_and_stays_so_after_a_reload(enter: Callable[..., Page]) -> None:
    page = open_session(enter(mode="voice"))  # with the face, a last picture of the greeting could still come
    choose(page, "Text only")
    page.evaluate("playback.begin()")
    ask(page, "A short question?")
    expect(settled(page)).to_contain_text("Yes, they do.")
    assert page.evaluate("playback.frames.length") == 0
    expect(page.get_by_test_id("idle-video")).to_be_hidden()

    page.reload()

    expect(page.get_by_test_id("face")).to_have_attribute("data-mode", "text")


def test_a_slow_connection_leaves_the_picture_away_until_the_student_wants_it_back(enter: Callable[..., Page]) -> None:
    page = enter(mode=None)

    def slowly(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        waiting: deque[str | bytes] = deque()

        def pass_on(message: str | bytes) -> None:
            waiting.append(message)
            if len(waiting) > 1:
                return  # while one is waited for, the next ones come in here
            while waiting:
                if isinstance(waiting[0], bytes):
                    page.wait_for_timeout(1_500)
                line.send(waiting[0])
                waiting.popleft()

        server.on_message(pass_on)

    page.route_web_socket("**/ws/ws/**", slowly)
    open_session(page)
    ask(page, "Tell me five things.")

    expect(page.get_by_test_id("slow-notice")).to_be_visible(timeout=A_TURN)
    expect(page.get_by_test_id("face")).to_have_attribute("data-mode", "voice")
    page.get_by_role("button", name="Show the face again").click()
    expect(page.get_by_test_id("face")).to_have_attribute("data-mode", "video")


def test_a_phone_with_a_managed_source_plays_too(enter: Callable[..., Page]) -> None:
    page = open_session(enter(prepare=AS_ON_A_PHONE))
    ask(page, "A short question?")
    expect(page.get_by_test_id("speech-video")).to_have_attribute("data-state", "speaking", timeout=A_TURN)
    expect(page.get_by_test_id("caption")).to_contain_text("Yes, they do.", timeout=A_TURN)
    quiet(page)


def test_a_browser_without_media_sources_plays_by_two_elements_in_turn(enter: Callable[..., Page]) -> None:
    page = open_session(enter(prepare=WITHOUT_MEDIA_SOURCE))
    page.evaluate(
        """() => {
          window.shown = new Set();
          for (const video of document.querySelectorAll('[data-testid^="speech-video"]')) {
            video.addEventListener("timeupdate", () => {
              if (video.dataset.state === "speaking") shown.add(video.dataset.testid + video.src);
            });
          }
        }"""
    )
    ask(page, "Tell me five things.")
    settled(page)
    quiet(page)
    shown = page.evaluate("[...shown]")
    assert {address.partition("http")[0] for address in shown} == {"speech-video", "speech-video-2"}
    assert len(shown) >= 5


def test_who_wants_less_motion_sees_a_tutor_that_stands_still_until_it_speaks(enter: Callable[..., Page]) -> None:
    page = enter()
    page.emulate_media(reduced_motion="reduce")
    open_session(page)
    quiet(page)

    idle = page.get_by_test_id("idle-video")
    expect(idle).to_be_visible()
    assert idle.evaluate("(film) => film.paused")
    moving = "document.getAnimations().filter(({ effect }) => effect.getComputedTiming().activeDuration > 1).length"
    assert page.evaluate(moving) == 0


def test_the_face_is_never_black(enter: Callable[..., Page]) -> None:
    """Before, while and after the tutor speaks, the picture is never dark from edge to edge."""
    page = open_session(enter())
    tile = page.get_by_test_id("speech-video").locator("..")
    shots = [tile.screenshot() for _ in range(3)]
    ask(page, "A short question?")
    expect(page.get_by_test_id("caption")).to_contain_text("Yes", timeout=A_TURN)
    shots += [tile.screenshot() for _ in range(4)]
    quiet(page)
    shots += [tile.screenshot() for _ in range(3)]

    assert min(map(_brightness, shots)) > 60


def _brightness(png: bytes) -> float:
    import cv2
    import numpy as np

    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    return float(picture.mean())
