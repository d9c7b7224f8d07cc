"""A document that asks for something outside gets nothing: a server that listens sees no call."""

import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import docx
import pptx
import pytest

from sessions_app.ingestion.readers import Unreadable
from sessions_app.ingestion.reading import records


class Listener:
    def __init__(self) -> None:
        called = self.called = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                called.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    thread = threading.Thread(target=listener.server.serve_forever)
    thread.start()
    yield listener
    listener.server.shutdown()
    thread.join()
    listener.server.server_close()


def html(url: str) -> bytes:
    return f"""<html><head><base href="{url}/base/"><link rel="stylesheet" href="{url}/css"><meta http-equiv="refresh"
    content="0;url={url}/meta"><script src="{url}/js"></script></head><body>
    <p>Plants need light.</p><img src="{url}/img">
    <iframe src="{url}/frame"></iframe><object data="{url}/object"></object><svg><image href="{url}/svg"/></svg>
    <a href="{url}/link">more</a></body></html>""".encode()


def markdown(url: str) -> bytes:
    return f"# Plants\n\nneed light ![leaf]({url}/img) <img src='{url}/raw'> [more]({url}/link)\n".encode()


def entities(url: str) -> str:
    return f'<!DOCTYPE d [<!ENTITY a SYSTEM "{url}/entity"><!ENTITY % b SYSTEM "{url}/parameter"> %b;]>'


def office(base: bytes, part: str, relationships: str, url: str) -> bytes:
    """With an external template and picture, and entities that name an address and a file of ours."""
    out = io.BytesIO()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(io.BytesIO(base)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            if name == part:
                start = text.index(b"?>") + 2
                text = text[:start] + entities(url).encode() + text[start:].replace(b"Plants", b"Plants &a;")
            if name == relationships:
                more = "".join(
                    f'<Relationship Id="out{what}" Type="{kind}/{what}" Target="{url}/{what}" TargetMode="External"/>'
                    for what in ("attachedTemplate", "image", "oleObject", "hyperlink")
                )
                text = text.replace(b"</Relationships>", more.encode() + b"</Relationships>")
            after.writestr(name, text)
    return out.getvalue()


def word(url: str) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph("Plants need light.")
    document.save(out)
    return office(out.getvalue(), "word/document.xml", "word/_rels/document.xml.rels", url)


def slides(url: str) -> bytes:
    shown, out = pptx.Presentation(), io.BytesIO()
    slide = shown.slides.add_slide(shown.slide_layouts[1])
    slide.shapes.title.text = "Plants"
    shown.save(out)
    return office(out.getvalue(), "ppt/slides/slide1.xml", "ppt/slides/_rels/slide1.xml.rels", url)


def pdf(url: str) -> bytes:
    return f"""%PDF-1.7
1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.launchURL\\("{url}/js"\\))>>
/AA<</WC<</S/URI/URI({url}/close)>>>>>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/AA<</O<</S/URI/URI({url}/open)>>>>
/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/GoToR/F<</FS/URL/F({url}/remote)>>>>>>]>>endobj
4 0 obj<</Length 0/F<</FS/URL/F({url}/stream)>>>>stream
endstream endobj
trailer<</Root 1 0 R>>
""".encode()


def bomb(url: str) -> bytes:
    """A thousand million laughs."""
    lols = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE d [<!ENTITY l0 "lol">{lols}]>'.encode()
    return _with(word(url), laughs)


def _with(base: bytes, declaration: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            if name == "word/document.xml":
                start, end = text.index(b"<!DOCTYPE"), text.index(b"]>") + 2
                text = text[:start] + declaration + text[end:].replace(b"&a;", b"&l9;")
            after.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "made"),
    [("html", html), ("md", markdown), ("docx", word), ("pptx", slides), ("pdf", pdf), ("docx", bomb)],
    ids=["html", "md", "docx", "pptx", "pdf", "docx of entities within entities"],
)
def test_nothing_is_fetched(kind: str, made: Callable[[str], bytes], listener: Listener, tmp_path: Path) -> None:
    file = tmp_path / f"lesson.{kind}"
    file.write_bytes(made(listener.url))

    try:
        found = list(records(kind, file))
    except Unreadable:
        found = []  # refused in words, which is as good

    assert listener.called == []
    assert len(str(found)) < 20_000
    assert "root:" not in str(found)
