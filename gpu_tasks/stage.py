"""What is the same for every task of a turn: claim, time, give up, lead on, end."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from celery import Task, chain, current_app, signature
from celery.canvas import Signature
from celery.exceptions import Ignore
from celery.signals import task_postrun, task_prerun

from gpu_tasks import ledger, memory, metrics, tracing, turn_log
from gpu_tasks.engines.errors import EngineError
from gpu_tasks.events import StageDone, TurnRef, now_ms
from gpu_tasks.log_context import is_about, is_about_nothing

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    _Task = Task[Any, Any]
else:
    _Task = Task

Fallback = Callable[[TurnRef, str, bool, tuple[Any, ...], dict[str, Any]], None]
"""(turn, code, retryable, args, kwargs of the task): what is published when the work cannot be done."""


def item_of(task: str | None, kwargs: dict[str, Any]) -> str:
    """The ledger's name of a piece of work: "reply", "speak:2"."""
    name = str(task).rsplit(".", 1)[-1]
    return f"{name}:{kwargs['segment']}" if "segment" in kwargs else name


def begin(canvas: Signature, **options: Any) -> None:
    """Write down the first piece of work of a canvas, and send it."""
    first: Signature = canvas.tasks[0] if hasattr(canvas, "tasks") else canvas
    ledger.open_item(first.kwargs["turn"]["turn_id"], item_of(first.task, first.kwargs), dict(canvas))
    canvas.apply_async(**options)


def end(turn: TurnRef) -> None:
    current_app.send_task(turn["on_end"], kwargs={"turn": turn}, queue="default")


class Stage(_Task):
    """A task `f(self, *, turn, ...)` of a turn. Runs at most once at a time; running it again is harmless."""

    abstract = True
    fallback: Fallback
    queue: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        turn: TurnRef = kwargs["turn"]
        item = item_of(self.name, kwargs)
        lease = ledger.claim(turn["turn_id"], item)
        if lease is None:
            raise Ignore
        stage = item.partition(":")[0]
        queued_ms = now_ms() - lease.entry.opened_at
        metrics.QUEUED_SECONDS.labels(stage).observe(queued_ms / 1000)
        try:
            with (
                tracing.of_turn(turn["turn_id"], item, queued_ms=queued_ms, attempt=lease.entry.attempt),
                metrics.WORKING.labels(stage).track_inprogress(),
                metrics.WORKING_SECONDS.labels(stage).time(),
            ):
                return self._work(lease, turn, item, args, kwargs)
        finally:
            # Also when Redis is gone by now: a lease that is renewed for ever hides the work from the sweeper.
            ledger.release(lease)

    def apply_async(self, *args: Any, **options: Any) -> Any:
        # Celery would write what a student said, shortened, into each message's headers; nobody reads it there.
        return super().apply_async(*args, **{"argsrepr": "", "kwargsrepr": "", **options})

    def _work(
        self, lease: ledger.Lease, turn: TurnRef, item: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        began_at = now_ms()
        try:
            result = self.run(*args, **kwargs)
            memory.note(None)
            opens = self._next(result)
        except turn_log.TurnClosed:
            raise Ignore from None
        except EngineError as error:
            logger.warning("turn %s: %s: %s: %s", turn["turn_id"], item, error.code, error)
            memory.note(error)
            give_up(self, turn, lease.entry, began_at, error.code, error.retryable, args, kwargs)
            raise Ignore from error
        except Exception as error:
            # Whatever it was, the student is told and the turn goes on; the cause is for the log.
            logger.exception("turn %s: %s", turn["turn_id"], item)
            memory.note(error)
            give_up(self, turn, lease.entry, began_at, "internal", True, args, kwargs)
            raise Ignore from error
        left = ledger.finish(lease, _times(lease.entry, began_at), opens)
        if left < 0:
            raise Ignore
        logger.info("turn %s: %s: done in %d ms", turn["turn_id"], item, now_ms() - began_at)
        if left == 0:
            end(turn)
        return result

    def _next(self, result: Any) -> tuple[str, dict[str, Any]] | None:
        """The rest of the chain, which Celery sends when this task returns, as the ledger keeps it."""
        rest = [signature(link) for link in reversed(self.request.chain or [])]
        if not rest:
            return None
        following = rest[0].clone(args=(result,))
        message = dict(chain(following, *rest[1:]) if rest[1:] else following)
        return item_of(following.task, following.kwargs), message


def give_up(
    task: Stage,
    turn: TurnRef,
    entry: ledger.Entry,
    began_at: int,
    code: str,
    retryable: bool,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    why: str = "",
) -> None:
    """Publish what can be had without this piece of work, and take it off. `why`: in more words than the code, for
    staff."""
    metrics.ENGINE_ERRORS.labels(entry.item.partition(":")[0], code).inc()
    try:
        task.fallback(turn, code, retryable, args, kwargs)
    except turn_log.TurnClosed:
        return
    if ledger.drop(turn["turn_id"], _times(entry, began_at, why or code)) == 0:
        end(turn)


def _times(entry: ledger.Entry, began_at: int, error: str = "") -> StageDone:
    return StageDone(item=entry.item, queued_at=entry.opened_at, began_at=began_at, attempt=entry.attempt, error=error)


@task_prerun.connect
def _log_what_it_is_about(task: "_Task", kwargs: dict[str, Any], **_: Any) -> None:
    is_about(stage=item_of(task.name, kwargs))
    if turn := kwargs.get("turn"):
        is_about(turn=turn["turn_id"], session=turn["session_id"])


@task_postrun.connect
def _log_no_more(**_: Any) -> None:
    is_about_nothing()
