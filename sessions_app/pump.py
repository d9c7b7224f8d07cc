"""From the logs of a session's turns to one socket: turn after turn, each message once, whatever news is lost."""

import asyncio
import base64
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence, Set
from typing import Protocol

from redis.exceptions import RedisError

from gpu_tasks import media, metrics, tracing, turn_log
from gpu_tasks.connections import async_redis
from gpu_tasks.events import Fragment, SegmentDone, now_ms
from gpu_tasks.log_context import about
from gpu_tasks.turn_log import News
from sessions_app import protocol
from sessions_app.delivery import NOTHING, Delivery, MediaMode, Outgoing
from sessions_app.line import Line
from sessions_app.media_urls import url
from sessions_app.models import Turn
from sessions_app.outcome import Reached

logger = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 2.0


class Send(Protocol):
    async def __call__(self, *, text_data: str | None = None, bytes_data: bytes | None = None) -> None: ...


class Pump:
    def __init__(
        self, session_id: str, media: MediaMode, line: Line, *, send: Send, ended: Callable[[], Awaitable[None]]
    ) -> None:
        """`ended`: called when the end of a turn was sent."""
        self.line = line
        self._session_id, self._media, self._send_to_client, self._ended = session_id, media, send, ended
        self._deliveries: dict[str, Delivery] = {}
        self._news: asyncio.Queue[News] = asyncio.Queue()
        self._redis = async_redis()
        self._connected_at = now_ms()
        self._earlier: Set[str] = frozenset()
        """Turns that began before this connection."""
        self._undecided: asyncio.Event | None = None
        """Set when it is known what was stopped. Until then nothing of a turn is sent."""

    async def close(self) -> None:
        await self._redis.aclose()

    def go_on_from(self, turn_ids: Iterable[str], running: str | None) -> None:
        """The client has been told of these turns; of the one that runs it gets everything."""
        self._earlier = set(turn_ids)
        self._deliveries |= {turn_id: Delivery.told(turn_id) for turn_id in self._earlier if turn_id != running}
        if running:
            self.hear(News(running))

    def hear(self, news: News) -> None:
        self._news.put_nowait(news)

    def begins(self, turn_id: str) -> None:
        if turn_id not in self._deliveries:  # that it has begun may have been lost
            self.hear(News(turn_id))

    @contextlib.asynccontextmanager
    async def holding_back(self) -> AsyncIterator[None]:
        """What is stopped is silent at once. What was complete before, or could not be stopped, goes on."""
        self._undecided = asyncio.Event()
        try:
            yield
            stopped = Turn.objects.filter(id__in=self._unfinished(), status=Turn.Status.INTERRUPTED)
            async for turn_id in stopped.values_list("id", flat=True):
                self._deliveries[turn_id].mute()
        finally:
            self._undecided.set()
            self._undecided = None

    def reached(self, turn_id: str) -> Reached | None:
        """None: of a turn that began before this connection, another one may have sent more."""
        delivery = None if turn_id in self._earlier else self._deliveries.get(turn_id)
        return delivery.reached() if delivery else None

    async def run(self) -> None:
        """Beside the receiving of messages, so that an interruption is never behind a slow picture."""
        while True:
            patience = LOOK_AGAIN_SECONDS if self._unfinished() else None
            news: list[News] = []
            with contextlib.suppress(TimeoutError):  # news may be lost; the log is not
                news.append(await asyncio.wait_for(self._news.get(), timeout=patience))
            while not self._news.empty():
                news.append(self._news.get_nowait())
            # A session has one turn at a time: what is left of an earlier one, its end included, goes first.
            turn_ids = list(dict.fromkeys([*self._unfinished(), *(each.turn_id for each in news)]))
            for turn_id in turn_ids:
                # Of one that another comes behind, its log is read: there may be more of it by now than was told.
                told = [each for each in news if each.turn_id == turn_id] if turn_id == turn_ids[-1] else []
                try:
                    with about(turn=turn_id):
                        await self._deliver(turn_id, told)
                except Exception:
                    # It is tried again with the next news, or when we look again.
                    logger.exception("session %s, turn %s: delivery", self._session_id, turn_id)

    def _unfinished(self) -> list[str]:
        return [each.turn_id for each in self._deliveries.values() if not each.finished or each.outbox]

    async def _deliver(self, turn_id: str, told: Sequence[News] = ()) -> None:
        delivery = self._deliveries.setdefault(turn_id, Delivery(turn_id, self._media, self.line.most))
        await self._send_all(delivery)
        events = delivery.follow(told)
        if events is None:
            # With the one that was read last, by which a log is known that Redis has lost and that was begun anew.
            events = await turn_log.read_from(self._redis, turn_id, max(0, delivery.cursor - 1))
            if delivery.cursor and events[:1] == [delivery.last]:
                del events[0]
            elif delivery.cursor and not delivery.finished:
                delivery = self._deliveries[turn_id] = delivery.from_the_start()
                events = await turn_log.read_from(self._redis, turn_id, 0)
        for event in events:
            if isinstance(event, Fragment | SegmentDone) and event.segment not in delivery.waited:
                delivery.waited.add(event.segment)
                await self.line.room()
            delivery.outbox.extend(delivery.feed(event))
            await self._send_all(delivery)
            if event.shown and event.at > self._connected_at:
                metrics.DELIVERY_SECONDS.observe(max(0, now_ms() - event.at) / 1000)

    async def _send_all(self, delivery: Delivery) -> None:
        while delivery.outbox:
            outgoing = delivery.outbox[0]
            try:
                with tracing.of_turn(delivery.turn_id, f"send {type(outgoing.message).__name__}"):
                    await self._send(outgoing, delivery)
            except RedisError:
                raise  # it can be had when Redis is back
            except Exception:
                # One message that cannot be sent must not end the delivery of all that follow.
                logger.exception("session %s, turn %s: not sent", self._session_id, delivery.turn_id)
            delivery.outbox.popleft()
            if isinstance(outgoing.message, protocol.DoneMessage):
                await self._ended()

    async def _send(self, outgoing: Outgoing, delivery: Delivery) -> None:
        message, binary = outgoing.message, None
        if isinstance(message, protocol.FragmentMessage):
            # Each has its frame, also when Redis has lost the bytes.
            binary = (await turn_log.read_blob(self._redis, outgoing.blob) if outgoing.blob else None) or NOTHING
        if isinstance(message, protocol.VideoMessage):
            message = await self._with_media(message, outgoing)
        if self._undecided:
            await self._undecided.wait()
        if delivery.muted and not isinstance(message, protocol.DoneMessage):
            return
        delivery.sent(message)
        if isinstance(message, protocol.VideoMessage):
            self.line.send(len(message.video or "") + len(message.audio or ""))
        await self._send_to_client(text_data=message.model_dump_json())
        if binary is not None:
            self.line.send(len(binary))
            await self._send_to_client(bytes_data=binary)
            metrics.MEDIA_BYTES.labels("socket").inc(len(binary))

    async def _with_media(self, message: protocol.VideoMessage, outgoing: Outgoing) -> protocol.VideoMessage:
        if self._media != "inline":
            return message.model_copy(update={"video_url": url(outgoing.video), "audio_url": url(outgoing.audio)})
        video, audio = await asyncio.gather(_base64(outgoing.video), _base64(outgoing.audio))
        return message.model_copy(update={"video": video, "audio": audio})


async def _base64(key: str) -> str | None:
    if not key:
        return None
    return base64.b64encode(await asyncio.to_thread(media.read, key)).decode()
