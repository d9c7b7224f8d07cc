import codecs
import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.student_lists import MAX_BYTES, MAX_ROWS, BadList, decoded, read

MEI, JOSE = {"email": "mei@school.example", "name": "林美"}, {"email": "jose@school.example", "name": "José Müller"}


def cells(content: bytes) -> list[dict[str, str]]:
    return [line.cells for line in read(content).lines]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("headings", ["e-mail,name", "E-Mail Address,Full name", "邮箱,姓名", ""])
def test_a_list_is_read_with_any_delimiter_with_and_without_headings(delimiter: str, headings: str) -> None:
    lines = [headings] if headings else []
    text = "\r\n".join([*lines, "mei@school.example,林美", "jose@school.example,José Müller", ""])

    assert cells(text.replace(",", delimiter).encode()) == [MEI, JOSE]


@pytest.mark.parametrize(
    ("encoding", "student"),
    [
        ("utf-8", MEI),
        ("utf-8-sig", MEI),
        ("utf-16", MEI),
        ("utf-16-le", MEI),
        ("gbk", MEI),
        ("gb18030", MEI),
        ("latin-1", JOSE),
        ("cp1252", JOSE),
    ],
)
def test_a_list_is_read_in_the_encodings_that_schools_have(encoding: str, student: dict[str, str]) -> None:
    text = f"e-mail,name\n{student['email']},{student['name']}\n" + "an@school.example,Ann\n" * 5

    assert cells(text.encode(encoding))[0] == student


def test_the_name_may_come_first_and_a_cell_may_hold_the_delimiter() -> None:
    assert cells(b'"Doe, John",john@school.example\n') == [{"name": "Doe, John", "email": "john@school.example"}]


def test_numbers_are_those_of_the_file_and_columns_that_mean_nothing_are_named() -> None:
    found = read(b"\n\ne-mail,Shoe size,name\n\nann@school.example,38,Ann\n")

    assert [(line.number, line.cells) for line in found.lines] == [(5, {"email": "ann@school.example", "name": "Ann"})]
    assert found.not_used == ["Shoe size"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "nothing in it"),
        (b"\n \n", "nothing in it"),
        (b"e-mail,name\n", "no student"),
        (b"name,class\nAnn,4b\n", "no column of e-mail"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00", "no text"),
        (b'ann@school.example,"Ann\n', "Line 1 is no CSV"),
        (b"a@b.example,x\n" * (MAX_ROWS + 2), "Too many rows"),
        (b"x" * (MAX_BYTES + 1), "too large"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, why: str) -> None:
    with pytest.raises(BadList, match=why):
        read(content)


NAMES = st.text(st.characters(categories=["L", "P", "Zs"]))


@given(st.lists(st.tuples(st.emails(), NAMES, st.text("abc19")), min_size=1))
def test_whatever_a_spreadsheet_writes_is_read_as_it_stands(rows: list[tuple[str, str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([("email", "name", "password"), *rows])

    found = cells(out.getvalue().encode())

    assert [tuple(row[name] for name in ("email", "name", "password")) for row in found] == [
        tuple(cell.strip() for cell in row) for row in rows
    ]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    with suppress(BadList):
        assert read(content).lines


def test_a_mark_at_the_beginning_is_no_part_of_the_text() -> None:
    assert decoded(codecs.BOM_UTF8 + b"e-mail") == "e-mail"
