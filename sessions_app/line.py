"""A browser's line: how much of what was sent to it has arrived, as it tells."""

import asyncio
from contextlib import suppress

from gpu_tasks.events import Mode

UNACKNOWLEDGED = 768 * 1024
"""Bytes under way, some ten seconds of video, beyond which a segment comes without its picture."""
PATIENCE = 0.5
"""So long a segment waits for the line: a fast one that is given much at once says so within this."""


class Line:
    def __init__(self, *, acknowledges: bool) -> None:
        self._acknowledges = acknowledges
        self._sent = self._arrived = self._arrived_before = 0
        self._news = asyncio.Event()

    def send(self, size: int) -> None:
        self._sent += size

    def arrived(self, size: int) -> None:
        """Of all that was sent so far."""
        self._arrived = min(max(size, self._arrived), self._sent)
        self._news.set()

    @property
    def _is_full(self) -> bool:
        return self._acknowledges and self._sent - self._arrived > UNACKNOWLEDGED

    async def room(self) -> None:
        """Wait for it, a little."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self._is_full:
                    self._news.clear()
                    await self._news.wait()

    def most(self) -> Mode:
        """What the next segment comes with: less while the line is full, only words while nothing arrives at all."""
        if not self._is_full:
            return "video"
        moves, self._arrived_before = self._arrived > self._arrived_before, self._arrived
        return "voice" if moves else "text"
