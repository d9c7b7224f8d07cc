"""Puts a list of students into a class: first what would become of each row, then the same in earnest."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import first_passwords
from accounts.models import SchoolClass, User
from accounts.student_lists import Line

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for something to be carried out."""
MAX_PASSWORDS = 200
"""Given ones are hashed at full cost, a third of a second each."""
NUMBERS = ("minutes_a_day", "turns_a_minute", "sessions_at_once")


class Fate(StrEnum):
    NEW = "new account"
    JOINS = "has an account, joins the class"
    THERE = "is in the class already"
    REFUSED = "refused"


@dataclass(slots=True)
class Row:
    number: int
    email: str
    name: str
    fate: Fate
    reason: str = ""
    first_password: str = ""
    """Drawn for a new account; shown once."""


def preview(school_class: SchoolClass, lines: Iterable[Line], staff: User) -> list[Row]:
    return [row for row, _ in _judged(school_class, list(lines), staff)]


def carry_out(school_class: SchoolClass, lines: Iterable[Line], staff: User) -> list[Row]:
    """What became of each row. A row that is refused costs itself; when this fails, nothing is imported."""
    judged = _judged(school_class, list(lines), staff)
    for row, user in judged:  # before the transaction: hashing takes its time
        if row.fate == Fate.NEW and user is not None:
            user.has_first_password = True
            if user.password:
                user.set_password(user.password)
            else:
                row.first_password = first_passwords.draw()
                user.password = first_passwords.hashed(row.first_password)
    with transaction.atomic():
        for row, user in judged:
            if user is not None and row.fate in (Fate.NEW, Fate.JOINS):
                try:
                    with transaction.atomic():
                        user.save() if row.fate == Fate.NEW else None
                        school_class.students.add(user)
                except IntegrityError:  # somebody has registered with it meanwhile
                    row.fate, row.reason, row.first_password = Fate.REFUSED, "The address has just been taken.", ""
    return [row for row, _ in judged]


def _judged(school_class: SchoolClass, lines: list[Line], staff: User) -> list[tuple[Row, User | None]]:
    addresses = [line.cells.get("email", "").lower() for line in lines]
    known = {user.email: user for user in User.objects.filter(email__in=addresses)}
    inside = set(school_class.students.values_list("id", flat=True))
    taught = set(User.objects.taught_by(staff).values_list("id", flat=True))
    seen: dict[str, int] = {}
    passwords = 0
    judged = []
    for line, email in zip(lines, addresses, strict=True):
        row = Row(line.number, email[:254], line.cells.get("name", "")[:150], Fate.REFUSED)
        user: User | None = None
        account = known.get(email)
        passwords += bool(line.cells.get("password"))
        if email in seen:
            row.reason = f"The address stands in row {seen[email]} already."
        elif account is None:
            user, row.reason = _new(line, email)
            if not row.reason and line.cells.get("password") and passwords > MAX_PASSWORDS:
                row.reason = f"At most {MAX_PASSWORDS} passwords of your own at once. Import the rest afterwards."
            if not row.reason:
                row.fate = Fate.NEW
        elif account.role != User.Role.STUDENT:
            row.reason = "This is the account of a teacher or of the staff."
        elif account.id in inside:
            row.fate = Fate.THERE
        elif staff.role != User.Role.ADMIN and account.id not in taught:
            # Otherwise whoever teaches could look into any student's sessions.
            row.reason = "Has an account, but is in none of your classes. The school's staff can add it."
        else:
            row.fate, user = Fate.JOINS, account
        if email and row.fate != Fate.REFUSED:
            seen[email] = line.number
        judged.append((row, user))
    return judged


def _new(line: Line, email: str) -> tuple[User, str]:
    """An account as the row has it, and what is wrong with it."""
    cells = line.cells
    name, password = cells.get("name", ""), cells.get("password", "")
    user = User(email=email, name=name, password=password)
    if not email:
        return user, "There is no e-mail address."
    if email.startswith(FORMULA) or name.startswith(FORMULA):
        return user, "It begins like a formula of a spreadsheet (=, +, - or @)."
    for number in NUMBERS:
        if cells.get(number):
            if not cells[number].isascii() or not cells[number].isdigit() or len(cells[number]) > 6:
                return user, f"{cells[number][:20]} is no number of {number.replace('_', ' ')}."
            setattr(user, number, int(cells[number]))
    try:
        user.clean_fields(exclude=["password"])
        if password:
            validate_password(password, user)
    except ValidationError as error:
        return user, " ".join(error.messages)
    return user, ""
