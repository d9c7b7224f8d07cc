"""The session's WebSocket. Decides nothing: messages go to services, a turn comes through the pump."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast, get_args
from urllib.parse import parse_qs

from autobahn.exception import Disconnected
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import InterfaceError, OperationalError
from pydantic import ValidationError

from accounts import socket_tokens
from gpu_tasks import metrics
from gpu_tasks.log_context import about, is_about
from gpu_tasks.news import group_of, group_of_student
from gpu_tasks.turn_log import News
from sessions_app import floods, protocol, services, snapshot
from sessions_app.delivery import MediaMode
from sessions_app.errors import Refused
from sessions_app.line import Line
from sessions_app.models import Session
from sessions_app.pump import Pump

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
SESSION_ENDED, TOO_MANY_MESSAGES, TOO_MANY_CONNECTIONS = 4001, 4008, 4009
"""Close codes; `tutor_site.draining` has one more."""


class SessionConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    session_id: str
    student_id: int
    told_limits: protocol.LimitsMessage | None = None

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
        media = cast(MediaMode, wanted) if wanted in get_args(MediaMode) else "inline"
        line = Line(acknowledges=query.get("acks", [""])[0] == "1")
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
        self.pump = Pump(self.session_id, media, line, send=self.send, ended=self._turn_ended)
        is_about(session=self.session_id)
        await self.accept()
        # First listen, then look: what happens in between is told twice rather than never.
        for group in self.heard_groups:
            await self.channel_layer.group_add(group, self.channel_name)
        hello = await _in_thread(snapshot.snapshot, self.session_id)
        await self._tell(hello)
        await self._tell_limits()
        self.pump.go_on_from([turn.turn_id for turn in hello.turns], hello.running_turn_id)
        self.pumping = asyncio.create_task(self.pump.run())

    async def disconnect(self, code: int) -> None:
        if not hasattr(self, "pumping"):
            return
        self.pumping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.pumping
        await self.pump.close()

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
            self.pump.hear(News(message["turn_id"], message.get("first", 0), message.get("lines", ())))
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
                await self._tell(protocol.Pong())
            case protocol.Received():
                self.pump.line.arrived(message.bytes)
            case protocol.Interrupt():
                async with self.pump.holding_back():
                    await _in_thread(services.stop, self.session_id, message.heard_ms, self.pump.reached)
            case protocol.TextMessage() | protocol.AudioMessage():
                async with self.pump.holding_back():
                    turn = await _in_thread(services.begin_turn, self.session_id, message, self.pump.reached)
                with about(turn=turn.id):
                    logger.info("session %s: turn %s begins", self.session_id, turn.id)
                self.pump.begins(turn.id)

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

    async def _turn_ended(self) -> None:
        await self._tell_limits()
        # What this turn used is gone for the student's other sessions, too.
        await self.channel_layer.group_send(self.heard_groups[1], {"type": "limits.news"})

    async def _tell_limits(self, *, if_changed: bool = False) -> None:
        limits = await _in_thread(snapshot.limits, self.student_id)
        told = limits.model_copy(update={"timestamp": ""})
        if if_changed and told == self.told_limits:
            return
        self.told_limits = told
        await self._tell(limits)

    async def _refuse(self, refused: Refused) -> None:
        message = protocol.ErrorMessage(code=refused.code, message=str(refused), retryable=refused.retryable)
        await self._tell(message)

    async def _tell(self, message: protocol.ServerMessage) -> None:
        await self.send(text_data=message.model_dump_json())


async def _in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    # Any thread: with the default, one thread would do this for all students in turn.
    result: R = await database_sync_to_async(work, thread_sensitive=False)(*args, **kwargs)
    return result
