"""A language model's server that says what a test wants it to say; all else of the product stays real."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOLD = "\f"
"""In a script: say no more until `ScriptedLLM.go_on()`."""
LONGEST_HOLD = 60.0
PIECE_SECONDS = 0.005
DELTA_SECONDS = 0.1


class ScriptedLLM(ThreadingHTTPServer):
    """Answers a question by the first script whose key stands in it; a number as script is a status of HTTP."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Request)
        self.learn({})

    def learn(self, scripts: dict[str, str | int], piece_seconds: float = PIECE_SECONDS) -> None:
        """Say these from now on, eight characters in so many seconds."""
        self.scripts = scripts
        self.piece_seconds = piece_seconds
        self._may_go_on = threading.Semaphore(0)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def go_on(self) -> None:
        self._may_go_on.release()

    def script(self, question: str) -> str | int:
        return next((script for key, script in self.scripts.items() if key in question), "I see.")

    def pieces(self, script: str) -> Iterator[str]:
        for part, text in enumerate(script.split(HOLD)):
            if part > 0:
                self._may_go_on.acquire(timeout=LONGEST_HOLD)
            yield from (text[:-1][at : at + 8] for at in range(0, len(text) - 1, 8))
            # Pieces go out ten times a second, with the next one: what comes last before a hold goes out too.
            time.sleep(DELTA_SECONDS * 2)
            yield text[-1:]

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a reply that was interrupted


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScriptedLLM

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        script = self.server.script(asked["messages"][-1]["content"])
        if asked.get("max_tokens") == 1:
            script = "Yes"  # the prompt is only read ahead
        if isinstance(script, int):
            self.send_response(script)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in self.server.pieces(script):
            event = {"choices": [{"delta": {"content": piece}, "finish_reason": None}]}
            self._send(f"data: {json.dumps(event)}\n\n".encode())
            time.sleep(self.server.piece_seconds)
        self._send(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _send(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def scripted_llm() -> Iterator[ScriptedLLM]:
    server = ScriptedLLM()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
