"""A list of students as schools have them: a CSV file of whatever spreadsheet. Here it is only read."""

import csv
import io
import re
from dataclasses import dataclass, field

from charset_normalizer import from_bytes

MAX_BYTES = 1_000_000
MAX_ROWS = 1_000
COLUMNS = ("email", "name", "password", "minutes_a_day", "turns_a_minute", "sessions_at_once")
HEADINGS = {
    "email": {"email", "emailaddress", "mail", "address", "邮箱", "电子邮件", "电子邮箱", "邮件"},
    "name": {"name", "fullname", "student", "studentname", "姓名", "名字", "学生"},
    "password": {"password", "firstpassword", "密码"},
    "minutes_a_day": {"minutesaday", "minutes", "minutesperday", "每天分钟", "每日分钟"},
    "turns_a_minute": {"questionsaminute", "turnsaminute", "questionsperminute"},
    "sessions_at_once": {"sessionsatonce", "sessions"},
}
LEGACY = ["utf_16_le", "utf_16_be", "gb18030", "cp1252"]
"""What a file can be in that is not UTF-8 and does not say so."""


class BadList(Exception):
    """Nothing of the file can be read. Says why."""


@dataclass(slots=True)
class Line:
    number: int
    """Of the file, from 1."""
    cells: dict[str, str]


@dataclass(slots=True)
class StudentList:
    lines: list[Line]
    not_used: list[str] = field(default_factory=list)
    """Headings of columns that mean nothing to us."""


def read(content: bytes) -> StudentList:
    """Raises BadList."""
    if len(content) > MAX_BYTES:
        raise BadList(f"The file is too large: at most {MAX_BYTES // 1_000_000} MB.")
    text = decoded(content)
    rows = _rows(text)
    if not rows:
        raise BadList("There is nothing in it.")
    if len(rows) > MAX_ROWS + 1:
        raise BadList(f"Too many rows: at most {MAX_ROWS:,} at once.")
    columns, not_used = _columns(rows[0][1])
    if columns is None:
        columns = _unnamed(rows[0][1])
    else:
        del rows[0]
    lines = [
        Line(number, {name: cells[at].strip() for at, name in columns.items() if at < len(cells)})
        for number, cells in rows
    ]
    if not lines:
        raise BadList("There is a line of headings and no student below it.")
    return StudentList(lines, not_used)


def decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(content, cp_isolation=LEGACY).best()
        text = "\0" if best is None else str(best)
    if "\0" in text:
        raise BadList("This is no text. Save the list as CSV (UTF-8), not as a workbook.")
    return text.removeprefix("\ufeff")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max("\t;,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise BadList(f"Line {reader.line_num} is no CSV: {error}.") from error


def _columns(cells: list[str]) -> tuple[dict[int, str] | None, list[str]]:
    """What each column is by its heading; None when the line is a student already."""
    if any("@" in cell for cell in cells):
        return None, []
    columns: dict[int, str] = {}
    not_used = []
    for at, cell in enumerate(cells):
        heading = re.sub(r"[\W_]+", "", cell.lower())
        name = next((name for name, known in HEADINGS.items() if heading in known), None)
        if name and name not in columns.values():
            columns[at] = name
        elif cell.strip():
            not_used.append(cell.strip()[:40])
    if "email" not in columns.values():
        raise BadList("There is no column of e-mail addresses. Call one “e-mail”, or let it be the first.")
    return columns, not_used


def _unnamed(cells: list[str]) -> dict[int, str]:
    columns = dict(enumerate(COLUMNS[: len(cells)]))
    if len(cells) > 1 and "@" not in cells[0] and "@" in cells[1]:
        columns |= {0: "name", 1: "email"}
    return columns
