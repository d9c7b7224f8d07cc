"""A student who asks, stops, loses his line and comes again, and notes everything that he sent and received."""

import asyncio
import hashlib
import json
import time
from base64 import b64encode
from random import Random
from typing import Any

import httpx
import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from gpu_tasks.audio import wav_bytes
from gpu_tasks.engines.tts.fake import FakeVoice
from tests.chaos.history import Connection, Frame, Message

ANSWER_WITHIN = 15.0
END_WITHIN = 45.0
TURNS_A_SESSION = 15
SYLLABLES = ["ka", "lo", "mi", "ren", "tas", "vo", "shu", "bel", "dor", "fin", "gra", "hum"]
MEDIA = ["stream", "stream", "url", "inline"]
TROUBLE = (OSError, WebSocketException, httpx.HTTPError, TimeoutError)


class Student:
    def __init__(self, base: str, login: Message, tutor: int, seed: str) -> None:
        self.id: int = login["user"]["id"]
        self.connections: list[Connection] = []
        self.asked = 0
        self._base, self._tutor, self._chance = base, tutor, Random(seed)
        self._headers = {"Authorization": f"Bearer {login['access']}"}
        self._sessions: dict[str, Message] = {}
        self._left = 0

    async def talk(self, over: asyncio.Event) -> None:
        while not over.is_set():
            try:
                await self._meet(over)
            except TROUBLE:
                await asyncio.sleep(0.2)

    async def look_back(self) -> None:
        """At the end: each session once more, until nothing of it runs."""
        for session in self._sessions.values():
            for _ in range(20):
                try:
                    async with Line(session, "stream", self.connections) as line:
                        await line.stay()
                        break
                except TROUBLE:
                    await asyncio.sleep(0.2)

    async def _meet(self, over: asyncio.Event) -> None:
        if self._left <= 0:
            await self._open()
        session = list(self._sessions.values())[-1]
        async with Line(session, self._chance.choice(MEDIA), self.connections) as line:
            while self._left > 0 and not over.is_set():
                self._left -= 1
                if not await self._ask(line):
                    await asyncio.sleep(1)  # refused
                if self._chance.random() < 0.1:
                    return  # the line is lost, perhaps in the middle of a turn
            await line.stay()

    async def _open(self) -> None:
        async with httpx.AsyncClient(base_url=self._base, headers=self._headers, trust_env=False, timeout=10) as http:
            answer = await http.post("/api/student/sessions", json={"tutor_id": self._tutor})
            answer.raise_for_status()
            self._sessions[answer.json()["session_id"]] = answer.json()
            self._left = TURNS_A_SESSION

    async def _ask(self, line: "Line") -> bool:
        self.asked += 1
        turn_id = await line.ask(*self._utterance())
        if turn_id is None:
            return False
        dice = self._chance.random()
        if dice < 0.25:
            await line.read_for(self._chance.uniform(0, 2))
        if dice < 0.1:
            return True  # goes on to the next question, or loses the line
        if dice < 0.2:
            await line.stop(line.played_ms(turn_id) if self._chance.random() < 0.5 else None)
        await line.until_quiet()
        await line.read_for(self._chance.uniform(0, 0.4))
        return True

    def _utterance(self) -> tuple[Message, str]:
        name = "".join(self._chance.choices(SYLLABLES, k=5))
        if self._chance.random() < 0.8:
            words = f"What do plants need, {name}?"
            return {"type": "text", "content": words}, words
        speech = FakeVoice().speak("What do plants need", voice="tone")
        quiet = np.array([self._chance.randrange(300) for _ in range(8)], np.int16)
        recording = wav_bytes(np.concatenate([speech.pcm, quiet]), speech.sample_rate)
        return {"type": "audio", "data": b64encode(recording).decode()}, hashlib.sha256(recording).hexdigest()


class Line:
    """A socket. Connected and greeted; all that passes is noted."""

    def __init__(self, session: Message, media: str, connections: list[Connection]) -> None:
        self._address = f"{session['engine_url']}?token={session['engine_token']}&media={media}"
        self.record = Connection.model_validate({"session_id": session["session_id"], "media": media})
        self._connections = connections
        self._socket: ClientConnection
        self._without_bytes: Message | None = None
        self.greeting: Message = {}

    async def __aenter__(self) -> "Line":
        self._socket = await connect(self._address, max_size=None, proxy=None, open_timeout=10, close_timeout=1)
        self._connections.append(self.record)
        try:
            self.greeting = await self._receive(ANSWER_WITHIN)
        except BaseException:
            await self._socket.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def ask(self, message: Message, said: str) -> str | None:
        """The new turn's id; None: it was refused."""
        known = {frame.message.get("turn_id") for frame in self.record.frames}
        await self._send(message, said)
        answer = await self.until(
            lambda came: (
                (came["type"] == "turn" and came["turn_id"] not in known)
                or (came["type"] == "error" and came.get("turn_id") is None)
            ),
            ANSWER_WITHIN,
        )
        return str(answer["turn_id"]) if answer["type"] == "turn" else None

    async def stop(self, heard_ms: int | None) -> None:
        await self._send({"type": "interrupt"} if heard_ms is None else {"type": "interrupt", "heard_ms": heard_ms})

    def played_ms(self, turn_id: str) -> int:
        """What can have been played: the segments that are here whole."""
        mine = [frame.message for frame in self.record.frames if frame.message.get("turn_id") == turn_id]
        words = {each["segment"]: each["words"] for each in mine if each.get("words")}
        whole = {each["segment"] for each in mine if each["type"] == "video" or each.get("last")}
        return sum(words[segment][-1]["end_ms"] for segment in whole if segment in words)

    async def stay(self) -> None:
        """To the end, which is bitter when something runs still."""
        try:
            await self.until_quiet()
        finally:
            self.record.stayed = self._socket.close_code is None

    async def until_quiet(self) -> None:
        """Until nothing runs. Raises TimeoutError after as long as anybody would wait."""
        deadline = time.monotonic() + END_WITHIN
        while (running := self._running()) and time.monotonic() < deadline:
            try:
                await self.until(lambda message: message["type"] == "done", 1)
            except TimeoutError:
                continue
        if running:
            raise TimeoutError

    def _running(self) -> set[str]:
        begun = {self.greeting["running_turn_id"]} - {None}
        ended = set()
        for frame in self.record.frames:
            if frame.message["type"] == "turn":
                begun.add(frame.message["turn_id"])
            elif frame.message["type"] == "done":
                ended.add(frame.message["turn_id"])
        return begun - ended

    async def until(self, wanted: Any, patience: float) -> Message:
        async with asyncio.timeout(patience):
            while not wanted(message := await self._receive(patience)):
                pass
        return message

    async def read_for(self, seconds: float) -> None:
        try:
            await self.until(lambda message: False, seconds)
        except TimeoutError:
            return

    async def _send(self, message: Message, said: str = "") -> None:
        noted = {key: value for key, value in message.items() if key != "data"}
        self.record.frames.append(Frame(at=time.time(), sent=True, message=noted, said=said))
        await self._socket.send(json.dumps(message))

    async def _receive(self, patience: float) -> Message:
        # Patience may end between a fragment and its binary frame: then that frame is what comes next.
        if self._without_bytes is None:
            text = await asyncio.wait_for(self._socket.recv(), patience)
            assert isinstance(text, str), "a binary frame that belongs to no fragment"
            message: Message = json.loads(text)
            for medium in ("video", "audio"):
                if message.get(medium):
                    message[medium] = len(message[medium])
            frame = Frame(at=time.time(), sent=False, message=message)
            self.record.frames.append(frame)
            if message["type"] != "fragment":
                return message
            self._without_bytes = frame.message
        fragment = self._without_bytes
        data = await asyncio.wait_for(self._socket.recv(), patience)
        assert isinstance(data, bytes), "a fragment without its binary frame"
        fragment["bytes"] = len(data)
        self._without_bytes = None
        return fragment
