"""Texts that belong to no turn: written by the language model when no student waits for it."""

import logging

from celery import shared_task
from django.conf import settings

from gpu_tasks import stages
from gpu_tasks.cancellation import Needed
from gpu_tasks.engines.errors import EngineError
from gpu_tasks.tasks import Message

logger = logging.getLogger(__name__)

BUSY = "busy"


def order(messages: list[Message], *, max_tokens: int, on_end: str, subject: str) -> None:
    """`on_end(subject, text, why)` is called on `default`; `text` is None when `why` says what was in the way: BUSY (a
    turn needed the model) or an engine's code."""
    write.apply_async((messages, max_tokens, on_end, subject), priority=settings.PRIORITY_STEPS[-1])


@shared_task(queue="llm")
def write(messages: list[Message], max_tokens: int, on_end: str, subject: str) -> None:
    needed = Needed()
    text, why = None, BUSY
    if not needed.now():
        try:
            text = "".join(stages.llm().reply(messages, max_tokens=max_tokens, cancelled=needed.now))
        except EngineError as error:
            logger.warning("nothing written for %s: %s: %s", subject, error.code, error)
            why = error.code
        if needed.now():
            text = None  # it was cut short
    write.app.send_task(on_end, args=[subject, text, "" if text is not None else why], queue="default")
