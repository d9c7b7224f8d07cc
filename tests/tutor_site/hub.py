"""A hub on a loopback port that behaves as badly as a test wants."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Hub:
    files: dict[str, bytes] = field(default_factory=dict)
    version: str = '"1"'
    """Its ETag; empty: none."""
    ranges: bool = True
    breaks_after: list[int] = field(default_factory=list)
    """Of each of the next answers, so many bytes are sent."""
    statuses: list[int] = field(default_factory=list)
    """Of the next answers, before it answers as it should."""
    asked: list[str | None] = field(default_factory=list)
    """The Range of each request."""
    address: str = ""


def _handler(hub: Hub) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            wanted = self.headers["Range"]
            hub.asked.append(wanted)
            status = hub.statuses.pop(0) if hub.statuses else 0
            content = hub.files.get(self.path)
            if status or content is None:
                self.send_response(status or 404)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            same = self.headers["If-Range"] == hub.version
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and hub.ranges and same else 0
            if start >= len(content) > 0:
                self.send_response(416)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            if hub.version:
                self.send_header("ETag", hub.version)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            rest = content[start:]
            if hub.breaks_after:
                self.wfile.write(rest[: hub.breaks_after.pop(0)])
                self.close_connection = True
            else:
                self.wfile.write(rest)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@contextmanager
def serving() -> Iterator[Hub]:
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
