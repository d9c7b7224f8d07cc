"""A school is set up from nothing through the pages alone, and a student of it gets a cited answer."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.scripted_llm import Script
from tests.e2e.student import A_TURN, SECONDS, SOON, ask, connected, settled
from tests.environment import REPOSITORY
from tests.sessions_app import lessons

pytestmark = pytest.mark.browser

SCRIPTS: dict[str, Script] = {"barnacle": "The barnacle glues itself to the rock with its head [1]."}
PORTRAIT = REPOSITORY / "tests" / "data" / "portraits" / "astronaut.jpg"
TEACHER, PASSWORD = "ines.pires@school.example", "seaweed between the tides"
STUDENTS = [(f"student{number}@school.example", f"Student {number}") for number in range(1, 31)]
PREPARED = 120 * SECONDS


@pytest.fixture
def office(chromium: Browser, product: str) -> Iterator[Page]:
    """The browser of the staff."""
    page = chromium.new_context(base_url=product, viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(SOON)
    yield page
    page.context.close()


def enter(page: Page, email: str, password: str) -> None:
    page.goto("/admin/login/?next=/admin/")
    page.locator("#id_username").fill(email)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")


def save(page: Page, button: str = "_save") -> None:
    page.locator(f"[name={button}]").click()
    expect(page.get_by_text(re.compile("was (added|changed) successfully"))).to_be_visible()


def choose(page: Page, field: str, text: str) -> None:
    """In a field that completes what is typed."""
    page.locator(f".field-{field} .select2-search__field").fill(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def tab(page: Page, name: str) -> None:
    page.locator("form").get_by_text(name, exact=True).first.click()


def make_teacher(page: Page) -> None:
    page.goto("/admin/accounts/user/add/")
    page.locator("#id_email").fill(TEACHER)
    page.locator("#id_name").fill("Inês")
    page.locator("#id_role").select_option("teacher")
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("#id_password2").fill(PASSWORD)
    save(page)


def make_class(page: Page) -> None:
    page.goto("/admin/accounts/schoolclass/add/")
    page.locator("#id_name").fill("7b")
    choose(page, "teachers", "Inês")
    save(page)


def import_students(page: Page, folder: Path) -> str:
    """Returns the first student's password."""
    rows = folder / "7b.csv"
    rows.write_text("E-mail;Name\n" + "".join(f"{email};{name}\n" for email, name in STUDENTS), encoding="utf-16")
    page.goto("/admin/accounts/schoolclass/")
    page.get_by_role("link", name="7b", exact=True).first.click()
    page.get_by_role("link", name="Import students").click()
    page.locator("[type=file]").set_input_files(rows)
    page.get_by_role("button", name="Look at the rows").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing is imported yet.")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Imported into 7b: 30")
    first = page.get_by_role("row").filter(has_text=STUDENTS[0][0])
    return first.get_by_role("cell").last.inner_text().strip()


def add_documents(page: Page) -> None:
    page.goto("/admin/sessions_app/knowledgebase/add/")
    page.locator("#id_name").fill("The shore")
    files = {
        "Shore.pdf": lessons.pdf(
            ["The shore is where the sea meets the land.", "A barnacle glues itself to the rock with its head."]
        ),
        "Tides.docx": lessons.word([["The moon pulls at the sea. The water rises and falls twice a day."]]),
        "Birds.md": b"# Birds\n\nThe oystercatcher opens mussels with its long red beak.",
    }
    payloads: list[object] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files.items()
    ]
    page.locator("#id_uploads").set_input_files(payloads)  # type: ignore[arg-type]
    save(page, "_continue")
    for name in ("Shore", "Tides", "Birds"):
        expect(page.locator("tr.form-row").filter(has_text=name)).to_contain_text("ready", timeout=PREPARED)


def add_portrait(page: Page) -> None:
    page.goto("/admin/sessions_app/avatar/add/")
    page.locator("#id_name").fill("Eileen")
    page.locator("[name=made_of][value=person]").check()
    page.locator("#id_picture").set_input_files(PORTRAIT)
    page.locator("#id_shows").fill("Eileen Collins")
    page.locator("#id_consent_by").fill("Eileen Collins")
    page.locator("#id_consent_on").fill("2026-01-15")
    save(page, "_continue")
    expect(page.locator("[data-idle]")).to_be_visible(timeout=PREPARED)


def add_tutor(page: Page) -> None:
    page.goto("/admin/sessions_app/tutor/add/")
    page.locator("#id_name").fill("Marina")
    page.locator("#id_subject").fill("Biology")
    page.locator("#id_persona").fill("You are Marina. You know the shore and love to explain it.")
    tab(page, "Voice and face")
    page.locator("#id_voice").select_option(index=0)
    page.locator("label", has_text="Eileen").get_by_role("radio").check()
    tab(page, "Lesson")
    page.get_by_label("The shore").check()
    page.locator("#id_suggested_questions").fill("How does a barnacle hold on?\nWhat makes the tides?")
    tab(page, "Open to")
    page.get_by_label("7b").check()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Try it").click()
    tried = connected(opened.value)
    expect(tried.get_by_role("heading", name="Marina")).to_be_visible()
    tried.close()
    save(page)


def test_a_school_is_set_up_from_nothing_and_a_student_of_it_gets_a_cited_answer(
    office: Page, chromium: Browser, product: str, tmp_path: Path
) -> None:
    enter(office, "admin@example.com", "admin123")
    make_teacher(office)
    make_class(office)
    office.context.clear_cookies()
    enter(office, TEACHER, PASSWORD)
    password = import_students(office, tmp_path)
    add_documents(office)
    add_portrait(office)
    add_tutor(office)

    page = chromium.new_context(base_url=product, viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(SOON)
    page.goto("/login")
    page.get_by_test_id("login-email").fill(STUDENTS[0][0])
    page.get_by_test_id("login-password").fill(password)
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("password-current").fill(password)
    page.get_by_test_id("password-password").fill(f"{password} of my own")
    page.get_by_test_id("password-submit").click()
    page.get_by_role("article").or_(page.get_by_role("listitem")).filter(has_text="Marina").last.get_by_test_id(
        re.compile("^tutor-start-")
    ).click()
    connected(page)
    ask(page, "How does a barnacle hold on to the rock?")
    reply = settled(page)
    expect(reply).to_contain_text("The barnacle glues itself to the rock")
    reply.get_by_test_id("citation-1").click()
    passage = page.get_by_role("dialog")
    expect(passage).to_contain_text("Shore")
    expect(passage).to_contain_text("2")
    expect(passage).to_contain_text("A barnacle glues itself to the rock with its head.")
    expect(page.get_by_test_id("stage")).to_have_attribute("data-stage", "idle", timeout=A_TURN)
    page.context.close()
