"""A language model's server that says what a test wants it to say, or passes on to the real one."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

Script = str | int | None
"""A reply; a status of HTTP; None: the real model answers."""

HOLD = "\f"
"""In a script: say no more until `ScriptedLLM.go_on()`."""
LONGEST_HOLD = 60.0
PIECE_SECONDS = 0.005
DELTA_SECONDS = 0.1


class ScriptedLLM(ThreadingHTTPServer):
    """Answers a question by the first script whose key stands in it."""

    def __init__(self, port: int = 0, real: str = "") -> None:
        """`real`: the address of the real model's server, for scripts that leave the answer to it."""
        super().__init__(("127.0.0.1", port), _Request)
        self.real = real
        self.learn({})

    def learn(self, scripts: Mapping[str, Script], piece_seconds: float = PIECE_SECONDS) -> None:
        """Say these from now on, eight characters in so many seconds."""
        self.scripts = dict(scripts)
        self.piece_seconds = piece_seconds
        self._may_go_on = threading.Semaphore(0)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def go_on(self) -> None:
        self._may_go_on.release()

    def script(self, question: str) -> Script:
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
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = json.loads(body)
        script = self.server.script(asked["messages"][-1]["content"])
        if script is None:
            self._pass_on(body)
            return
        if asked.get("max_tokens") == 1:
            script = "Yes"  # the prompt is only read ahead
        if isinstance(script, int):
            self.send_response(script)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._begin(200, "text/event-stream")
        for piece in self.server.pieces(script):
            event = {"choices": [{"delta": {"content": piece}, "finish_reason": None}]}
            self._send(f"data: {json.dumps(event)}\n\n".encode())
            time.sleep(self.server.piece_seconds)
        self._send(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _pass_on(self, body: bytes) -> None:
        headers = {name: self.headers[name] for name in ("Content-Type", "Authorization")}
        address = f"{self.server.real}{self.path}"
        with httpx.stream("POST", address, content=body, headers=headers, timeout=LONGEST_HOLD) as answer:
            self._begin(answer.status_code, answer.headers["Content-Type"])
            for data in answer.iter_bytes():
                self._send(data)
        self.wfile.write(b"0\r\n\r\n")

    def _begin(self, status: int, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _send(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def scripted_llm(real: str) -> Iterator[ScriptedLLM]:
    server = ScriptedLLM(real=real)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
