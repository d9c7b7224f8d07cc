"""A class gets its students on its page: a look at every row first, then in earnest."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import importing
from accounts.importing import Fate
from accounts.models import AuditEntry, SchoolClass, User
from accounts.student_lists import Line, read

pytestmark = pytest.mark.django_db
ASCII_ONLY = "a long enough passphrase"


@pytest.fixture
def four_b(dora: User, alice: User) -> SchoolClass:
    """Dora teaches it, Alice is in it."""
    four_b = SchoolClass.objects.create(name="4b")
    four_b.teachers.add(dora)
    four_b.students.add(alice)
    return four_b


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("root@school.example", ASCII_ONLY, name="Root")


@pytest.fixture
def page_of(four_b: SchoolClass) -> Callable[[User], "Page"]:
    return lambda user: Page(user, four_b)


class Page:
    def __init__(self, user: User, school_class: SchoolClass) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.address = f"/admin/accounts/schoolclass/{school_class.id}/import/"

    def look(self, content: bytes) -> str:
        return self.client.post(self.address, {"file": SimpleUploadedFile("4b.csv", content)}).content.decode()

    def confirm(self, shown: str) -> str:
        return self.client.post(self.address, {"rows": hidden("rows", shown)}).content.decode()


def hidden(name: str, page: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def fates(school_class: SchoolClass, staff: User, text: str) -> list[tuple[Fate, str]]:
    return [(row.fate, row.reason) for row in importing.preview(school_class, read(text.encode()).lines, staff)]


def test_nothing_is_imported_before_every_row_was_looked_at(page_of: Callable[[User], Page], dora: User) -> None:
    shown = page_of(dora).look(b"e-mail,name\nmei@school.example,Mei\n")

    assert "Nothing is imported yet" in shown
    assert "new account" in shown
    assert not User.objects.filter(email="mei@school.example").exists()


def test_a_class_of_thirty_gets_accounts_with_passwords_to_hand_out(
    page_of: Callable[[User], Page], dora: User, four_b: SchoolClass
) -> None:
    page = page_of(dora)
    rows = "".join(f"s{number}@school.example,Student {number}\n" for number in range(30))

    done = page.confirm(page.look(f"e-mail,name\n{rows}".encode()))
    download = page.client.post(page.address, {"passwords": hidden("passwords", done)})

    assert four_b.students.count() == 31
    handed_out = list(csv.reader(io.StringIO(download.content.decode("utf-8-sig"))))
    assert handed_out[0] == ["e-mail", "name", "first password"]
    for email, name, password in handed_out[1:]:
        student = User.objects.get(email=email)
        assert (student.name, student.role, student.check_password(password)) == (name, "student", True)
        assert password in done
    assert len({row[2] for row in handed_out[1:]}) == 30


def test_a_bad_row_costs_itself_alone(page_of: Callable[[User], Page], dora: User, four_b: SchoolClass) -> None:
    page = page_of(dora)

    done = page.confirm(page.look(b"e-mail,name\nno address,Nemo\nmei@school.example,Mei\nalice@example.org,Alice\n"))

    assert "refused: Enter a valid email address." in done
    assert "is in the class already" in done
    assert set(four_b.students.values_list("email", flat=True)) == {"alice@example.org", "mei@school.example"}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("nobody,Ann", "valid email"),
        (",Ann", "no e-mail"),
        ("ann@school.example,=HYPERLINK()", "formula"),
        ("ann@school.example,+1", "formula"),
        ("-ann@school.example,Ann", "formula"),
        ("@ann,Ann", "formula"),
        (f"ann@school.example,{'n' * 151}", "at most 150"),
        ("ann@school.example,Ann,short", "too short"),
        ("ann@school.example,Ann,,many", "no number"),
        ("ann@school.example,Ann,,-3", "no number"),
        ("ann@school.example,Ann,,,0", "greater than or equal to 1"),
        ("root@school.example,Root", "teacher or of the staff"),
        ("dora@example.org,Dora", "teacher or of the staff"),
    ],
)
def test_a_row_that_is_refused_says_why(four_b: SchoolClass, admin: User, row: str, why: str) -> None:
    ((fate, reason),) = fates(four_b, admin, f"email,name,password,minutes,questions a minute\n{row}\n")

    assert fate == Fate.REFUSED
    assert why in reason


def test_an_address_that_stands_twice_is_taken_once(four_b: SchoolClass, admin: User) -> None:
    (first, _), (second, reason) = fates(four_b, admin, "ann@school.example,Ann\nANN@school.example,Ann\n")

    assert (first, second) == (Fate.NEW, Fate.REFUSED)
    assert "row 1" in reason


def test_a_teacher_cannot_take_a_student_of_others_into_his_class(
    four_b: SchoolClass, dora: User, admin: User, bob: User
) -> None:
    ((by_teacher, reason),) = fates(four_b, dora, f"{bob.email},Bob\n")
    ((by_admin, _),) = fates(four_b, admin, f"{bob.email},Bob\n")

    assert (by_teacher, by_admin) == (Fate.REFUSED, Fate.JOINS)
    assert "none of your classes" in reason


def test_who_has_an_account_keeps_name_and_password(four_b: SchoolClass, admin: User, bob: User) -> None:
    importing.carry_out(four_b, [Line(1, {"email": bob.email, "name": "Eve", "password": "another passphrase"})], admin)

    bob.refresh_from_db()
    assert (bob.name, bob.check_password("another passphrase")) == ("Bob", False)
    assert bob in four_b.students.all()


def test_passwords_and_limits_of_the_list_are_taken(four_b: SchoolClass, admin: User) -> None:
    importing.carry_out(four_b, read(f"ann@school.example,Ann,{ASCII_ONLY},15,3,0\n".encode()).lines, admin)

    ann = User.objects.get(email="ann@school.example")
    assert ann.check_password(ASCII_ONLY)
    assert (ann.minutes_a_day, ann.turns_a_minute, ann.sessions_at_once) == (15, 3, 0)


def test_when_it_fails_midway_nothing_is_imported(
    four_b: SchoolClass, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = User.save

    def fail_at_the_second(user: User, *args: object, **kwargs: object) -> None:
        if user.email == "two@school.example":
            raise RuntimeError("the disk is full")
        save(user, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(User, "save", fail_at_the_second)

    with pytest.raises(RuntimeError):
        importing.carry_out(four_b, read(b"one@school.example,One\ntwo@school.example,Two\n").lines, admin)

    assert not User.objects.filter(email="one@school.example").exists()


def test_a_list_somebody_else_has_looked_at_is_not_imported(
    page_of: Callable[[User], Page], dora: User, admin: User
) -> None:
    shown = page_of(admin).look(b"mei@school.example,Mei\n")

    answer = page_of(dora).confirm(shown)

    assert "too long ago" in answer
    assert not User.objects.filter(email="mei@school.example").exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"PK\x03\x04\x00\x00", "no text"), (b"x" * 1_000_001, "too large"), (b"name\nAnn\n", "no column of e-mail")],
)
def test_a_file_that_is_refused_is_told_beside_its_field(
    page_of: Callable[[User], Page], dora: User, content: bytes, why: str
) -> None:
    assert why in page_of(dora).look(content)


def test_markup_in_a_list_is_shown_as_it_stands(page_of: Callable[[User], Page], dora: User) -> None:
    shown = page_of(dora).look(b"mei@school.example,<script>alert(1)</script>\n")

    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize(("who", "status"), [("dora", 200), ("tim", 403), ("alice", 302), ("nobody", 302)])
def test_only_who_teaches_the_class_imports_into_it(
    four_b: SchoolClass, alice: User, dora: User, who: str, status: int
) -> None:
    tim = User.objects.create_user("tim@example.org", ASCII_ONLY, role=User.Role.TEACHER)
    client = Client()
    if who != "nobody":
        client.force_login({"alice": alice, "dora": dora, "tim": tim}[who])

    answer = client.post(f"/admin/accounts/schoolclass/{four_b.id}/import/", {"text": "mei@school.example, Mei"})

    assert answer.status_code == status


def test_the_audit_log_keeps_the_import_and_the_handing_out_but_no_passwords(
    page_of: Callable[[User], Page], dora: User
) -> None:
    page = page_of(dora)
    done = page.confirm(page.look(b"mei@school.example,Mei\n"))
    page.client.post(page.address, {"passwords": hidden("passwords", done)})

    entries = AuditEntry.objects.filter(kind="class").exclude(action="opened").order_by("id")
    assert [(entry.action, entry.details) for entry in entries] == [
        ("changed", {"imported": {"new": 1, "joins": 0, "there": 0, "refused": 0}}),
        ("exported", {"what": "first passwords"}),
    ]
