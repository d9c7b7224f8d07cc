"""Documents as a school brings them, made here."""

import io
import re

import docx
import pptx
from docx.enum.text import WD_BREAK
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from sessions_app.ingestion import documents
from sessions_app.models import Document, KnowledgeBase

CHINESE = "STSong-Light"


def ingest(base: KnowledgeBase, title: str, text: str) -> Document:
    return put_in(base, f"{title}.md", text.encode(), title)


def put_in(base: KnowledgeBase, name: str, content: bytes, title: str = "") -> Document:
    document = documents.take_in(base, name, content, title)
    documents.read(document)
    document.refresh_from_db()
    return document


def pdf(
    pages: list[str], *, headings: dict[int, str] | None = None, password: str = "", font: str = "Helvetica"
) -> bytes:
    """One page each, in lines as they stand. `headings`: the outline, by page from 1."""
    if font == CHINESE:
        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=StandardEncryption(password) if password else None)
    for number, text in enumerate(pages, 1):
        if headings and number in headings:
            canvas.bookmarkPage(str(number))
            canvas.addOutlineEntry(headings[number], str(number))
        lines = canvas.beginText(72, 770)
        lines.setFont(font, 11)
        lines.textLines(text)
        canvas.drawText(lines)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def word(pages: list[list[str]]) -> bytes:
    """Paragraphs of each page; one that begins with "# " is a heading."""
    document = docx.Document()
    for number, paragraphs in enumerate(pages):
        if number:
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        for paragraph in paragraphs:
            if paragraph.startswith("# "):
                document.add_heading(paragraph[2:], level=1)
            else:
                document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def slides(pages: list[tuple[str, str]]) -> bytes:
    presentation = pptx.Presentation()
    for title, text in pages:
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = text
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def with_broken_page(content: bytes, page: int) -> bytes:
    """A PDF one of whose pages has an object that is none."""
    kids = re.search(rb"/Kids \[ ([^\]]*)\]", content)
    assert kids is not None
    numbers = re.findall(rb"(\d+) 0 R", kids.group(1))
    target = numbers[page - 1]
    begin = content.index(b"\n" + target + b" 0 obj")
    end = content.index(b"endobj", begin)
    head = b"\n" + target + b" 0 obj"
    return content[:begin] + head + b" " * (end - begin - len(head)) + content[end:]
