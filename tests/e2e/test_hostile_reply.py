"""A reply that would do harm: whoever writes it, a student sees text, and nothing else happens."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.scripted_llm import Script
from tests.e2e.student import SOON, ask, connected, keeps_within_the_page, open_session, settled, signed_in

pytestmark = pytest.mark.browser

ELSEWHERE = "https://evil.example"
SCRIPTS: dict[str, Script] = {
    "markup": "\n\n".join(
        [
            "<script>window.hacked = 1</script> <img src=x onerror='window.hacked = 1'>",
            f"<img src='{ELSEWHERE}/pixel.png'> ![picture]({ELSEWHERE}/picture.png)",
            "<svg onload='window.hacked = 1'></svg> <a href='javascript:window.hacked = 1'>raw</a>",
            f"<iframe src='{ELSEWHERE}/frame'></iframe>",
            "<style>* { display: none !important }</style>",
            "&lt;script&gt;window.hacked = 1&lt;/script&gt;",
            "[run](javascript:window.hacked=1) [data](data:text/html,<script>top.hacked=1</script>)",
            "[log out](/api/auth/logout)",
            f"[fair]({ELSEWHERE}/page) <{ELSEWHERE}/other>",
            "The end of markup.",
        ]
    ),
    "formulas": " ".join(
        [
            r"$\href{javascript:window.hacked=1}{x}$",
            rf"$\includegraphics{{{ELSEWHERE}/a.png}}$ $\url{{{ELSEWHERE}}}$",
            r"$\htmlStyle{position:fixed;inset:0}{y}$ $\def\a{\a\a}\a$ $\rule{9999em}{9999em}$",
            "$" + "{" * 600 + "z$ and $x^2$.",
        ]
    ),
    "size": "\n\n".join(
        [
            "|" + " head |" * 60 + "\n|" + "---|" * 60 + ("\n|" + " cell |" * 60) * 15,
            "endless" * 400,
            "https://example.org/" + "a" * 1_500,
            "`" + "code" * 300 + "`",
            "```\n" + "wide " * 400 + "\n```",
            "$$" + "x+" * 300 + "y$$",
            "> " * 200 + "deep",
            "\n".join("  " * depth + "- item" for depth in range(60)),
            "The end of size.",
        ]
    ),
}


@pytest.fixture
def session(chromium: Browser, product: str) -> Iterator[Page]:
    """At a session on a phone, where there is least room. In the end nothing was run, and nothing loaded elsewhere."""
    context = chromium.new_context(
        base_url=product, viewport={"width": 390, "height": 844}, storage_state=signed_in(product, mode="text")
    )
    page = context.new_page()
    asked: list[str] = []
    broken: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("dialog", lambda dialog: broken.append(dialog.message))
    yield open_session(page)
    assert page.evaluate("window.hacked") is None
    assert [url for url in asked if "evil" in url] == []
    assert broken == []
    context.close()


def test_markup_is_text_and_links_lead_only_where_they_say(session: Page) -> None:
    ask(session, "markup")
    reply = settled(session)

    expect(reply).to_contain_text("The end of markup.")
    expect(reply).to_contain_text("<script>window.hacked = 1</script>")
    expect(reply.locator("script, img, svg:not(button svg), iframe, style, form, input")).to_have_count(0)
    links = reply.get_by_role("link")
    addresses = links.evaluate_all("links => links.map((link) => link.href)")
    assert addresses == [f"{ELSEWHERE}/picture.png", f"{ELSEWHERE}/page", f"{ELSEWHERE}/other"]
    assert set(links.evaluate_all("links => links.map((link) => link.rel)")) == {"noopener noreferrer nofollow"}


def test_formulas_neither_link_nor_load_nor_cover_the_page(session: Page) -> None:
    ask(session, "formulas")
    reply = settled(session)

    expect(reply.locator("math").first).to_be_attached(timeout=SOON)
    expect(reply.locator("a, img")).to_have_count(0)
    assert reply.evaluate(
        "(node) => [...node.querySelectorAll('*')].every((e) => getComputedStyle(e).position !== 'fixed')"
    )
    assert reply.evaluate("(node) => node.getBoundingClientRect().height") < 3_000
    assert keeps_within_the_page(session)


def test_what_is_huge_scrolls_within_itself_and_the_session_goes_on(session: Page) -> None:
    ask(session, "size")
    reply = settled(session)

    expect(reply).to_contain_text("The end of size.")
    assert keeps_within_the_page(session)
    table = reply.get_by_role("table").locator("..")
    assert table.evaluate("(box) => box.scrollWidth > box.clientWidth && box.clientWidth <= innerWidth")
    ask(session, "And then?")
    expect(settled(session, turn=1)).to_contain_text("I see.")


def test_a_hostile_reply_is_as_harmless_when_the_page_is_loaded_again(session: Page) -> None:
    ask(session, "markup")
    settled(session)

    session.reload()
    connected(session)
    expect(settled(session)).to_contain_text("The end of markup.")


def test_the_page_runs_no_script_of_others_even_where_one_gets_in(session: Page) -> None:
    """The last line of defence is the policy of the page."""
    session.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hacked = 1\">')")
    session.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), { text: 'window.hacked = 1' }))"
    )
    session.wait_for_load_state("networkidle")
