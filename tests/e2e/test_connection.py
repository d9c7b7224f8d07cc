"""A line that breaks, a page that is loaded anew, two pages of one session. The language model says what the test
wants; all else is real."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.e2e.conftest import Scripted
from tests.e2e.scripted_llm import HOLD, Script, ScriptedLLM
from tests.e2e.student import A_TURN, SOON, ask, connected, log_in, open_session, settled, signed_in
from tutor_site.supervisor import Supervisor

pytestmark = pytest.mark.browser

WATCH = (Path(__file__).parent / "playback.js").read_text()
SENTENCES = [
    "Plants are green because of chlorophyll [1].",
    "They need light to grow well every day.",
    "Water comes up from the roots below the ground.",
    "The leaves breathe in carbon dioxide.",
    "Together they make sugar for the whole plant.",
]
SCRIPTS: dict[str, Script] = {
    "photosynthesis": HOLD.join(" " + sentence for sentence in SENTENCES).strip(),
    "short": "Yes, they do.",
    "everything": " ".join(SENTENCES[1:]),
}
QUESTION = "What do plants need for photosynthesis?"
KILLS = 10


@pytest.fixture
def processes(scripted: Scripted) -> Supervisor:
    return scripted.processes


@pytest.fixture
def context(chromium: Browser, product: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        base_url=product, viewport={"width": 1280, "height": 800}, storage_state=signed_in(product, mode="video")
    )
    context.add_init_script(WATCH)
    yield context
    context.close()


class Line:
    """The sockets of a page, which the test may cut."""

    def __init__(self, page: Page) -> None:
        self._open: WebSocketRoute | None = None
        page.route_web_socket("**/ws/ws/**", self._connect)

    def cut(self) -> None:
        if self._open is not None:
            self._open.close(code=1012)

    def _connect(self, line: WebSocketRoute) -> None:
        self._open = line
        line.connect_to_server()


def captions(page: Page) -> list[str]:
    """The sentences that were spoken, in their order."""
    return list(dict.fromkeys(seen["content"].strip() for seen in page.evaluate("playback.captions")))


def idle(page: Page) -> None:
    expect(page.get_by_test_id("stage")).to_have_attribute("data-stage", "idle", timeout=A_TURN)


def test_a_turn_in_which_the_line_is_cut_ten_times_and_the_server_restarted_is_whole_in_the_end(
    context: BrowserContext, llm: ScriptedLLM, processes: Supervisor
) -> None:
    page = context.new_page()
    line = Line(page)
    open_session(page)
    ask(page, QUESTION)
    reply = page.get_by_test_id("turn-assistant")
    for kill in range(KILLS):
        expect(reply).to_contain_text(SENTENCES[kill // 2].split()[0], timeout=A_TURN)
        line.cut()
        expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "reconnecting", timeout=SOON)
        if kill == KILLS // 2:
            killed = processes.kill("web")
            processes.wait_restarted("web", after=killed, timeout=60)
        connected(page)
        if kill % 2 == 1 and kill // 2 < len(SENTENCES) - 1:
            llm.go_on()

    whole = settled(page)
    idle(page)
    for sentence in SENTENCES:
        assert whole.inner_text().count(sentence.removesuffix(" [1].")) == 1
    expect(page.get_by_test_id("turn-user")).to_have_count(1)
    expect(whole.get_by_test_id("citation-1")).to_have_count(1)
    spoken = " ".join(captions(page))
    for sentence in SENTENCES:
        assert spoken.count(sentence.removesuffix(" [1].")) == 1, spoken


def test_a_page_loaded_anew_in_the_middle_of_a_reply_plays_on_where_it_was(context: BrowserContext) -> None:
    page = open_session(context.new_page())
    ask(page, "Tell me everything.")
    expect(page.get_by_test_id("caption")).to_contain_text(SENTENCES[3], timeout=A_TURN)

    page.reload()

    # Browsers want a gesture on a new page: whoever sees the button clicks it.
    page.add_locator_handler(page.get_by_test_id("unlock-sound"), lambda resume: resume.click())
    connected(page)
    expect(page.get_by_test_id("caption")).to_contain_text(SENTENCES[4], timeout=A_TURN)
    idle(page)
    # The last moment before may be heard twice.
    assert SENTENCES[1] not in captions(page)
    for sentence in SENTENCES[1:]:
        assert settled(page).inner_text().count(sentence) == 1


def test_two_pages_of_one_session_show_the_same_and_the_one_that_asked_speaks(context: BrowserContext) -> None:
    first = open_session(context.new_page())
    idle(first)
    second = context.new_page()
    second.goto(first.url)
    connected(second)
    for asking, other, turn in ((second, first, 0), (first, second, 1)):
        for page in (first, second):
            page.evaluate("playback.begin()")
        ask(asking, "A short question?")
        for page in (asking, other):
            expect(settled(page, turn)).to_contain_text("Yes, they do.")
            expect(page.get_by_test_id("turn-user").nth(turn)).to_contain_text("A short question?")
        idle(asking)
        assert captions(asking)
        assert captions(other) == []


def test_signing_in_that_expires_in_the_middle_is_renewed_without_a_word(context: BrowserContext, product: str) -> None:
    page = context.new_page()
    line = Line(page)
    open_session(page)
    account = {**log_in(product), "access": "expired"}
    page.evaluate("account => localStorage.setItem('tutor.account', JSON.stringify(account))", account)
    line.cut()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "reconnecting", timeout=SOON)
    connected(page)
    ask(page, "A short question?")
    expect(settled(page)).to_contain_text("Yes, they do.")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_network_that_comes_back_is_used_at_once(context: BrowserContext) -> None:
    page = context.new_page()
    line = Line(page)
    open_session(page)
    context.set_offline(True)
    line.cut()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "reconnecting", timeout=SOON)
    expect(page.get_by_test_id("composer-send")).to_be_disabled()
    context.set_offline(False)
    connected(page)
