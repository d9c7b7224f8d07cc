"""What a student reads and does in the conversation. The language model says what the test wants; all else is real."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.e2e.scripted_llm import HOLD, Script, ScriptedLLM
from tests.e2e.student import A_TURN, SOON, ask, connected, keeps_within_the_page, open_session, settled, signed_in

pytestmark = pytest.mark.browser

SCRIPTS: dict[str, Script] = {
    "photosynthesis": "Plants need **light**, water and carbon dioxide [1].",
    "unmarked": "Plants make their own food.",
    "Einstein": "Energy is $E = mc^2$, so\n\n$$\\frac{E}{c^2} = m$$\n\nand that is all.",
    "Python": "This:\n\n```python\nprint('Hello')\n```\n\n| sign | name |\n|---|---|\n| + | plus |\n\n- one\n- two",
    "slowly": f"First **bold,{HOLD} words**.\n\nThen $x^2 +{HOLD} y$ too.",
    "long": "\n\n".join(f"Paragraph {number} of a long answer." for number in range(40)) + HOLD + " The end.",
    "broken": 400,
}
SOURCE = "What do plants need for photosynthesis?"


@pytest.fixture
def context(chromium: Browser, product: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        base_url=product,
        viewport={"width": 1280, "height": 800},
        storage_state=signed_in(product, mode="text"),
        permissions=["clipboard-read", "clipboard-write", "microphone"],
    )
    yield context
    context.close()


class Line:
    """The socket of a page, which the test may cut."""

    def __init__(self, page: Page) -> None:
        self.loses_questions = False
        self._is_cut = False
        self._page_side: WebSocketRoute | None = None
        page.route_web_socket("**/ws/ws/**", self._connect)

    def cut(self) -> None:
        self._is_cut = True
        if self._page_side is not None:
            self._page_side.close(code=1012)

    def mend(self) -> None:
        self._is_cut = False

    def _connect(self, page_side: WebSocketRoute) -> None:
        if self._is_cut:
            page_side.close(code=1012)
            return
        self._page_side, server = page_side, page_side.connect_to_server()
        page_side.on_message(lambda message: None if self._is_lost(message) else server.send(message))

    def _is_lost(self, message: str | bytes) -> bool:
        return self.loses_questions and isinstance(message, str) and '"type":"text"' in message


@pytest.fixture
def session(context: BrowserContext) -> Page:
    return open_session(context.new_page())


def test_the_tutor_greets_first_and_a_suggested_question_is_asked_with_one_click(session: Page) -> None:
    expect(session.get_by_test_id("greeting")).to_contain_text("Hello, I am Ada.")
    session.get_by_role("button", name=SOURCE).click()

    expect(settled(session)).to_contain_text("Plants need light, water")
    expect(session.get_by_test_id("turn-user")).to_contain_text(SOURCE)
    expect(session.get_by_role("list", name="You could ask")).to_be_hidden()


def test_a_mark_in_the_text_opens_its_passage_by_mouse_and_by_keyboard(session: Page) -> None:
    ask(session, SOURCE)
    mark = settled(session).get_by_test_id("citation-1")
    passage = session.get_by_role("dialog", name="Source 1")

    mark.click()
    expect(passage).to_contain_text("Photosynthesis, a short lesson")
    expect(passage).to_contain_text("light, water and carbon dioxide")
    session.keyboard.press("Escape")
    expect(passage).to_be_hidden()
    expect(mark).to_be_focused()

    mark.press("Enter")
    expect(passage).to_be_focused()
    passage.get_by_role("button", name="Close").press("Enter")
    expect(passage).to_be_hidden()


def test_a_reply_without_marks_has_its_sources_below(session: Page) -> None:
    ask(session, "unmarked: what does chlorophyll do?")
    settled(session)

    sources = session.get_by_role("list", name="Sources").get_by_role("button")
    sources.first.click()
    expect(session.get_by_role("dialog", name="Source 1")).to_contain_text("leaf")


def test_formulas_are_set_with_fonts_of_our_own_and_only_when_there_is_one(session: Page, product: str) -> None:
    asked: list[str] = []
    session.on("request", lambda request: asked.append(request.url))
    ask(session, "unmarked")
    settled(session)
    assert not [url for url in asked if "formula" in url or "KaTeX" in url]

    ask(session, "What did Einstein write?")
    reply = settled(session, turn=1)

    expect(reply.locator("math")).to_have_count(2, timeout=SOON)
    session.wait_for_function("document.fonts.check('16px KaTeX_Main')", timeout=SOON)
    assert [url for url in asked if "KaTeX" in url]
    assert [url for url in asked if not url.startswith((product, "ws://", "blob:", "data:"))] == []


def test_code_is_copied_with_one_click_and_so_is_the_reply(session: Page) -> None:
    ask(session, "How do I print in Python?")
    reply = settled(session)
    expect(reply.get_by_role("columnheader")).to_have_text(["sign", "name"])
    expect(reply.get_by_role("listitem")).to_have_text(["one", "two"])

    reply.get_by_role("button", name="Copy").click()
    expect(reply.get_by_text("Copied", exact=True)).to_be_attached()
    assert session.evaluate("navigator.clipboard.readText()") == "print('Hello')"

    session.get_by_role("button", name="Copy").last.click(timeout=A_TURN)
    session.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('| sign | name |'))")


def test_what_is_still_being_written_shows_as_what_it_becomes(session: Page, llm: ScriptedLLM) -> None:
    ask(session, "Tell me slowly")
    reply = session.get_by_test_id("turn-assistant")
    expect(reply.locator("strong")).to_have_text("bold,", timeout=A_TURN)
    assert "**" not in reply.inner_text()

    llm.go_on()
    expect(reply.get_by_text("x^2 +")).to_be_visible(timeout=SOON)
    assert "$" not in reply.inner_text()
    expect(session.get_by_test_id("announcer")).to_have_text("First bold, words.")

    llm.go_on()
    expect(settled(session).locator("math")).to_have_count(1, timeout=SOON)


def test_one_can_ask_to_explain_again_and_simpler(session: Page) -> None:
    ask(session, SOURCE)
    session.get_by_role("button", name="Explain again").click(timeout=A_TURN)
    expect(session.get_by_test_id("turn-user").nth(1)).to_contain_text("Please explain that again")
    settled(session, turn=1)

    session.get_by_role("button", name="Simpler").click(timeout=A_TURN)
    expect(session.get_by_test_id("turn-user").nth(2)).to_contain_text("in simpler words")


def test_a_turn_of_another_tab_appears_in_this_one_once(session: Page, context: BrowserContext) -> None:
    other = context.new_page()
    other.goto(session.url)
    connected(other)

    ask(other, "unmarked")
    expect(settled(session)).to_contain_text("Plants make their own food.")
    ask(session, SOURCE)
    expect(settled(other, turn=1)).to_contain_text("Plants need light")
    for tab in (session, other):
        expect(tab.get_by_test_id("turn-user")).to_have_count(2)
        expect(tab.get_by_test_id("turn-assistant")).to_have_count(2)


def test_what_failed_says_so_in_words_and_is_asked_again(session: Page, llm: ScriptedLLM) -> None:
    ask(session, "This is broken")
    expect(session.get_by_role("alert")).to_be_visible(timeout=A_TURN)

    llm.scripts["broken"] = "It works again."
    try:
        session.get_by_test_id("retry").click()
        expect(settled(session)).to_have_text("Tutor: It works again.")
        expect(session.get_by_test_id("turn-user")).to_have_count(1)
    finally:
        llm.scripts["broken"] = 400


def test_what_is_being_typed_survives_a_reload_and_a_text_too_long_cannot_be_sent(session: Page) -> None:
    field = session.get_by_test_id("composer-input")
    field.fill("Half a quest")
    session.reload()
    connected(session)
    expect(field).to_have_value("Half a quest")

    field.fill("x" * 4_003)
    expect(session.get_by_text("3 characters too many: shorten it to send it")).to_be_visible()
    expect(session.get_by_test_id("composer-send")).to_be_disabled()


def test_what_was_sent_but_never_arrived_is_there_to_be_sent_after_a_reload(context: BrowserContext) -> None:
    page = context.new_page()
    line = Line(page)
    open_session(page)
    line.loses_questions = True
    ask(page, "What do roots do?")
    expect(page.get_by_test_id("turn-user")).to_have_text("You: What do roots do?")

    line.loses_questions = False
    page.reload()
    connected(page)
    expect(page.get_by_test_id("composer-input")).to_have_value("What do roots do?")
    page.get_by_test_id("composer-send").click()
    expect(settled(page)).to_contain_text("I see.")


def test_what_was_said_without_a_connection_is_kept_to_be_heard_and_sent(context: BrowserContext) -> None:
    page = context.new_page()
    line = Line(page)
    open_session(page)
    microphone = page.get_by_test_id("mic-button")
    microphone.click()
    expect(microphone).to_have_attribute("data-phase", "recording", timeout=SOON)
    page.wait_for_timeout(3_500)  # a person speaks
    line.cut()
    microphone.click()
    expect(page.get_by_role("alert")).to_contain_text("This was not sent")
    expect(page.get_by_role("button", name="Play what you said")).to_be_enabled()

    line.mend()
    connected(page)
    page.get_by_test_id("retry").click()
    expect(page.get_by_test_id("turn-user")).to_contain_text("photosynthesis", timeout=A_TURN, ignore_case=True)
    expect(page.get_by_test_id("turn-user")).to_have_count(1)
    expect(settled(page)).to_contain_text("Plants need light")


def test_reading_back_is_not_disturbed_by_what_is_added_at_the_end(session: Page, llm: ScriptedLLM) -> None:
    ask(session, "A long answer, please")
    reply = session.get_by_test_id("turn-assistant")
    expect(reply.get_by_text("Paragraph 39")).to_be_in_viewport(timeout=A_TURN)

    session.get_by_role("log").evaluate("(box) => (box.scrollTop = 0)")
    expect(reply.get_by_text("Paragraph 39")).not_to_be_in_viewport()
    llm.go_on()
    settled(session)
    expect(reply.get_by_text("Paragraph 39")).not_to_be_in_viewport()

    session.get_by_test_id("to-end").click()
    expect(reply.get_by_text("Paragraph 39")).to_be_in_viewport()
    expect(session.get_by_test_id("to-end")).to_be_hidden()
    assert keeps_within_the_page(session)
