"""The session's WebSocket. Decides nothing: messages go to services, news of a turn comes out of its log."""

import asyncio
import base64
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence, Set
from typing import Any, ParamSpec, TypeVar, cast, get_args
from urllib.parse import parse_qs

import redis.asyncio
from autobahn.exception import Disconnected
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import InterfaceError, OperationalError
from pydantic import ValidationError
from redis.exceptions import RedisError

from accounts import socket_tokens
from gpu_tasks import media, metrics, tracing, turn_log
from gpu_tasks.connections import async_redis
from gpu_tasks.events import Fragment, SegmentDone, now_ms
from gpu_tasks.log_context import about, is_about
from gpu_tasks.news import group_of, group_of_student
from gpu_tasks.turn_log import News
from sessions_app import floods, protocol, services, snapshot
from sessions_app.delivery import NOTHING, Delivery, MediaMode, Outgoing
from sessions_app.errors import Refused
from sessions_app.line import Line
from sessions_app.media_urls import url
from sessions_app.models import Session, Turn
from sessions_app.outcome import Reached

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
LOOK_AGAIN_SECONDS = 2.0
SESSION_ENDED, TOO_MANY_MESSAGES, TOO_MANY_CONNECTIONS = 4001, 4008, 4009
"""Close codes; `tutor_site.draining` has one more."""


class SessionConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    session_id: str
    student_id: int
    media: MediaMode = "inline"
    told_limits: protocol.LimitsMessage | None = None
    connected_at = 0
    earlier: Set[str] = frozenset()
    """Turns that began before this connection."""
    undecided: asyncio.Event | None = None
    """Set when it is known what was stopped. Until then nothing of a turn is sent."""

    async def __call__(self, *args: Any) -> None:
        try:
            await super().__call__(*args)
        finally:  # also of one that failed
            if hasattr(self, "student_id"):
                metrics.SOCKETS.dec()
                floods.leave(self.student_id)
                await self._hear_no_more()

    async def connect(self) -> None:
        self.session_id = self.scope["url_route"]["kwargs"]["session_id"]
        query = parse_qs(self.scope["query_string"].decode(errors="replace"))
        wanted = query.get("media", ["inline"])[0]
        self.media = cast(MediaMode, wanted) if wanted in get_args(MediaMode) else "inline"
        self.line = Line(acknowledges=query.get("acks", [""])[0] == "1")
        admitted = await self._admitted(query.get("token", [""])[0])
        if admitted is None:
            await self.close()
            return
        if not floods.enter(admitted):
            await self.accept()
            await self._refuse(Refused("too_many_connections"))
            await self.close(code=TOO_MANY_CONNECTIONS)
            raise StopConsumer  # whatever he has sent already
        self.student_id = admitted
        metrics.SOCKETS.inc()
        self.messages = floods.Messages()
        self.heard_groups = [group_of(self.session_id), group_of_student(admitted)]
        self.deliveries: dict[str, Delivery] = {}
        self.news: asyncio.Queue[News] = asyncio.Queue()
        self.redis: redis.asyncio.Redis = async_redis()
        self.connected_at = now_ms()
        is_about(session=self.session_id)
        await self.accept()
        # First listen, then look: what happens in between is told twice rather than never.
        for group in self.heard_groups:
            await self.channel_layer.group_add(group, self.channel_name)
        hello = await _in_thread(snapshot.snapshot, self.session_id)
        self.earlier = {turn.turn_id for turn in hello.turns}
        for turn in hello.turns:
            if turn.turn_id != hello.running_turn_id:
                self.deliveries[turn.turn_id] = Delivery.told(turn.turn_id)
        await self._send(Outgoing(hello))
        await self._tell_limits()
        if hello.running_turn_id:
            self.news.put_nowait(News(hello.running_turn_id))
        self.pump = asyncio.create_task(self._pump())

    async def disconnect(self, code: int) -> None:
        if not hasattr(self, "pump"):
            return
        self.pump.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.pump
        await self.redis.aclose()

    async def _hear_no_more(self) -> None:
        for group in self.heard_groups:
            await self.channel_layer.group_discard(group, self.channel_name)
        # The layer forgets a channel whose reader stops waiting. One that got a message at the very end did not wait.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0):
                while self.channel_name in self.channel_layer.channels:
                    await self.channel_layer.receive(self.channel_name)

    async def send(self, *args: Any, **kwargs: Any) -> None:
        with contextlib.suppress(Disconnected):  # that he is gone is said by `disconnect`, a little later
            await super().send(*args, **kwargs)

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels looks at the database's connections first, in the one thread for that. News need no database.
        if message["type"] == "turn.news":
            self.news.put_nowait(News(message["turn_id"], message.get("first", 0), message.get("lines", ())))
        else:
            await super().dispatch(message)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        match self.messages.count():
            case "warn":
                await self._refuse(Refused("too_many_messages", retryable=True))
            case "close":
                await self.close(code=TOO_MANY_MESSAGES)
                return
        try:
            message = protocol.client_messages.validate_json(text_data or "")
            await self._obey(message)
        except ValidationError:
            await self._refuse(Refused("invalid_message"))
        except Refused as refused:
            await self._refuse(refused)
        except (OperationalError, InterfaceError):
            logger.exception("session %s: no database", self.session_id)
            await self._refuse(Refused("unavailable", retryable=True))
        except Exception:
            # The student can go on; the cause is for the log.
            logger.exception("session %s: message not carried out", self.session_id)
            await self._refuse(Refused("internal", retryable=True))

    async def _obey(self, message: protocol.ClientMessage) -> None:
        match message:
            case protocol.Ping():
                await self._send(Outgoing(protocol.Pong()))
            case protocol.Received():
                self.line.arrived(message.bytes)
            case protocol.Interrupt():
                async with self._holding_back():
                    await _in_thread(services.stop, self.session_id, message.heard_ms, self._reached)
            case protocol.TextMessage() | protocol.AudioMessage():
                async with self._holding_back():
                    turn = await _in_thread(services.begin_turn, self.session_id, message, self._reached)
                with about(turn=turn.id):
                    logger.info("session %s: turn %s begins", self.session_id, turn.id)
                if turn.id not in self.deliveries:  # that it has begun may have been lost
                    self.news.put_nowait(News(turn.id))

    @contextlib.asynccontextmanager
    async def _holding_back(self) -> AsyncIterator[None]:
        """What is stopped is silent at once. What was complete before, or could not be stopped, goes on."""
        self.undecided = asyncio.Event()
        try:
            yield
            stopped = Turn.objects.filter(id__in=self._unfinished(), status=Turn.Status.INTERRUPTED)
            async for turn_id in stopped.values_list("id", flat=True):
                self.deliveries[turn_id].mute()
        finally:
            self.undecided.set()
            self.undecided = None

    def _reached(self, turn_id: str) -> Reached | None:
        """None: of a turn that began before this connection, another one may have sent more."""
        delivery = None if turn_id in self.earlier else self.deliveries.get(turn_id)
        return delivery.reached() if delivery else None

    async def _admitted(self, token: str) -> int | None:
        """The student who may enter."""
        try:
            user_id = socket_tokens.check(token, self.session_id)
        except socket_tokens.BadToken:
            return None
        active = Session.objects.filter(
            id=self.session_id, student_id=user_id, student__is_active=True, status=Session.Status.ACTIVE
        )
        return user_id if await active.aexists() else None

    # News from the workers

    async def limits_news(self, event: dict[str, Any]) -> None:
        await self._tell_limits(if_changed=True)

    async def session_ended(self, event: dict[str, Any]) -> None:
        await self._refuse(Refused("session_ended"))
        await self.close(code=SESSION_ENDED)

    async def _pump(self) -> None:
        """Beside the receiving of messages, so that an interruption is never behind a slow picture."""
        while True:
            patience = LOOK_AGAIN_SECONDS if self._unfinished() else None
            news: list[News] = []
            with contextlib.suppress(TimeoutError):  # news may be lost; the log is not
                news.append(await asyncio.wait_for(self.news.get(), timeout=patience))
            while not self.news.empty():
                news.append(self.news.get_nowait())
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
                    logger.exception("session %s, turn %s: delivery", self.session_id, turn_id)

    def _unfinished(self) -> list[str]:
        return [each.turn_id for each in self.deliveries.values() if not each.finished or each.outbox]

    async def _deliver(self, turn_id: str, told: Sequence[News] = ()) -> None:
        delivery = self.deliveries.setdefault(turn_id, Delivery(turn_id, self.media, self.line.most))
        await self._send_all(delivery)
        events = delivery.follow(told)
        if events is None:
            # With the one that was read last, by which a log is known that Redis has lost and that was begun anew.
            events = await turn_log.read_from(self.redis, turn_id, max(0, delivery.cursor - 1))
            if delivery.cursor and events[:1] == [delivery.last]:
                del events[0]
            elif delivery.cursor and not delivery.finished:
                delivery = self.deliveries[turn_id] = delivery.from_the_start()
                events = await turn_log.read_from(self.redis, turn_id, 0)
        for event in events:
            if isinstance(event, Fragment | SegmentDone) and event.segment not in delivery.waited:
                delivery.waited.add(event.segment)
                await self.line.room()
            delivery.outbox.extend(delivery.feed(event))
            await self._send_all(delivery)
            if event.shown and event.at > self.connected_at:
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
                logger.exception("session %s, turn %s: not sent", self.session_id, delivery.turn_id)
            delivery.outbox.popleft()
            if isinstance(outgoing.message, protocol.DoneMessage):
                await self._tell_limits()
                # What this turn used is gone for the student's other sessions, too.
                await self.channel_layer.group_send(self.heard_groups[1], {"type": "limits.news"})

    async def _tell_limits(self, *, if_changed: bool = False) -> None:
        limits = await _in_thread(snapshot.limits, self.student_id)
        told = limits.model_copy(update={"timestamp": ""})
        if if_changed and told == self.told_limits:
            return
        self.told_limits = told
        await self._send(Outgoing(limits))

    async def _send(self, outgoing: Outgoing, delivery: Delivery | None = None) -> None:
        message, binary = outgoing.message, None
        if isinstance(message, protocol.FragmentMessage):
            # Each has its frame, also when Redis has lost the bytes.
            binary = (await turn_log.read_blob(self.redis, outgoing.blob) if outgoing.blob else None) or NOTHING
        if isinstance(message, protocol.VideoMessage):
            message = await self._with_media(message, outgoing)
        if delivery and self.undecided:
            await self.undecided.wait()
        if delivery and delivery.muted and not isinstance(message, protocol.DoneMessage):
            return
        if delivery:
            delivery.sent(message)
        if isinstance(message, protocol.VideoMessage):
            self.line.send(len(message.video or "") + len(message.audio or ""))
        await self.send(text_data=message.model_dump_json())
        if binary is not None:
            self.line.send(len(binary))
            await self.send(bytes_data=binary)
            metrics.MEDIA_BYTES.labels("socket").inc(len(binary))

    async def _with_media(self, message: protocol.VideoMessage, outgoing: Outgoing) -> protocol.VideoMessage:
        if self.media != "inline":
            return message.model_copy(update={"video_url": url(outgoing.video), "audio_url": url(outgoing.audio)})
        video, audio = await asyncio.gather(_base64(outgoing.video), _base64(outgoing.audio))
        return message.model_copy(update={"video": video, "audio": audio})

    async def _refuse(self, refused: Refused) -> None:
        message = protocol.ErrorMessage(code=refused.code, message=str(refused), retryable=refused.retryable)
        await self._send(Outgoing(message))


async def _in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    # Any thread: with the default, one thread would do this for all students in turn.
    result: R = await database_sync_to_async(work, thread_sensitive=False)(*args, **kwargs)
    return result


async def _base64(key: str) -> str | None:
    if not key:
        return None
    return base64.b64encode(await asyncio.to_thread(media.read, key)).decode()
