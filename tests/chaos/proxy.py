"""The network between a process and Redis, which can be cut, stalled and slow."""

import asyncio
import contextlib


class Proxy:
    def __init__(self, target: int) -> None:
        self.port = 0
        self.delay = 0.0
        self._target = target
        self._whole = True
        self._flows = asyncio.Event()
        self._flows.set()
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Every connection is reset, and no new one is let through."""
        self._whole = False
        for writer in self._open:
            writer.transport.abort()

    def stall(self) -> None:
        """Nothing passes, and nobody is told."""
        self._flows.clear()

    def heal(self) -> None:
        self._whole, self.delay = True, 0.0
        self._flows.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._open |= ends
        with contextlib.suppress(asyncio.CancelledError):  # the run is over
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        self._open -= ends

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        writer.close()
