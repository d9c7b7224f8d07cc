"""The base of every task of a turn, with tasks of the test's own on real queues."""

from typing import Any

import pytest
from celery import chain, shared_task
from redis.exceptions import ConnectionError as RedisGone

from gpu_tasks import ledger, turn_log
from gpu_tasks.engines.errors import EngineError, Overloaded
from gpu_tasks.events import Delta, Done, Failed, Heard, StageDone, TurnRef
from gpu_tasks.stage import Stage, begin, item_of
from tests.queues import Queues

pytestmark = pytest.mark.usefixtures("begun")


def _say_why(turn: TurnRef, code: str, retryable: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    turn_log.append(turn, Failed(code=code, retryable=retryable), once="failed")


def _redis_is_gone(*_: Any) -> None:
    raise RedisGone


@shared_task(bind=True, base=Stage, name="tests.hear", queue="tests", fallback=staticmethod(_say_why))
def hear(self: Stage, *, turn: TurnRef) -> str:
    turn_log.append(turn, Heard(content="你好"), once="heard")
    return "你好"


@shared_task(bind=True, base=Stage, name="tests.answer", queue="tests", fallback=staticmethod(_say_why))
def answer(self: Stage, heard: str, *, turn: TurnRef) -> None:
    turn_log.append(turn, Delta(content=f"You said {heard}."))


@shared_task(bind=True, base=Stage, name="tests.answer_twice", queue="tests", fallback=staticmethod(_say_why))
def answer_twice(self: Stage, *, turn: TurnRef) -> None:
    for segment in (0, 1):
        begin(draw.s(turn=turn, segment=segment))


@shared_task(bind=True, base=Stage, name="tests.draw", queue="tests", fallback=staticmethod(_say_why))
def draw(self: Stage, *, turn: TurnRef, segment: int) -> None:
    pass


@shared_task(bind=True, base=Stage, name="tests.fail", queue="tests", fallback=staticmethod(_say_why))
def fail(self: Stage, *, turn: TurnRef) -> None:
    raise Overloaded("out of memory")


@shared_task(bind=True, base=Stage, name="tests.stumble", queue="tests", fallback=staticmethod(_say_why))
def stumble(self: Stage, *, turn: TurnRef) -> None:
    raise KeyError("a bug")


@shared_task(bind=True, base=Stage, name="tests.sink", queue="tests", fallback=staticmethod(_redis_is_gone))
def sink(self: Stage, *, turn: TurnRef) -> None:
    raise EngineError("and then Redis goes too")


@shared_task(bind=True, base=Stage, name="tests.be_interrupted", queue="tests", fallback=staticmethod(_say_why))
def be_interrupted(self: Stage, *, turn: TurnRef) -> None:
    turn_log.close(turn["session_id"], turn["turn_id"], done())
    turn_log.append(turn, Delta(content="too late"))


@shared_task(bind=True, base=Stage, name="tests.be_silent", queue="tests", fallback=staticmethod(_say_why))
def be_silent(self: Stage, *, turn: TurnRef) -> None:
    self.request.chain = None


@shared_task(name="tests.on_end", queue="default")
def on_end(turn: TurnRef) -> None:
    pass


def done() -> Done:
    return Done(interrupted=True, degraded=[], timings={"total": 1}, stages={})


def types() -> list[str]:
    """Of what was written since the turn began."""
    return [event.type for event in turn_log.read("t1")[1:]]


@pytest.mark.parametrize(
    ("task", "kwargs", "item"),
    [
        ("gpu_tasks.tasks.reply", {"turn": {}}, "reply"),
        ("gpu_tasks.tasks.speak", {"turn": {}, "segment": 2, "text": "x"}, "speak:2"),
    ],
)
def test_work_is_named_by_its_task_and_segment(task: str, kwargs: dict[str, Any], item: str) -> None:
    assert item_of(task, kwargs) == item


def test_work_is_written_down_before_it_is_sent(turn: TurnRef, queues: Queues) -> None:
    begin(chain(hear.s(turn=turn), answer.s(turn=turn)))

    (found,) = ledger.open_items("t1")
    assert (found.entry.item, found.begun) == ("hear", False)
    assert queues.waiting("tests") == ["hear"]


def test_one_stage_leads_to_the_next_and_the_last_ends_the_turn(turn: TurnRef, queues: Queues) -> None:
    begin(chain(hear.s(turn=turn), answer.s(turn=turn)))

    assert queues.run_next("tests") == "hear"
    assert [each.entry.item for each in ledger.open_items("t1")] == ["answer"]
    assert queues.waiting("default") == []
    assert queues.run_next("tests") == "answer"

    assert ledger.open_items("t1") == []
    assert queues.waiting("default") == ["on_end"]
    assert [event.content for event in turn_log.read("t1") if isinstance(event, Heard | Delta)] == [
        "你好",
        "You said 你好.",
    ]


def test_the_message_in_the_ledger_does_the_same_work_as_the_one_that_was_sent(turn: TurnRef, queues: Queues) -> None:
    from celery import signature

    begin(chain(hear.s(turn=turn), answer.s(turn=turn)))
    queues.take("tests")  # lost with the worker that took it
    (lost,) = ledger.open_items("t1")

    signature(lost.entry.message).apply_async()
    queues.run_next("tests")
    queues.take("tests")
    (lost,) = ledger.open_items("t1")
    signature(lost.entry.message).apply_async()
    queues.run_next("tests")

    assert [event.content for event in turn_log.read("t1") if isinstance(event, Heard | Delta)] == [
        "你好",
        "You said 你好.",
    ]
    assert queues.waiting("default") == ["on_end"]


def test_a_turn_ends_once_when_all_its_branches_are_through(turn: TurnRef, queues: Queues) -> None:
    begin(answer_twice.s(turn=turn))

    assert queues.run_all("tests") == ["answer_twice", "draw", "draw"]
    assert queues.waiting("default") == ["on_end"]


def test_a_message_that_comes_twice_is_done_once(turn: TurnRef, queues: Queues) -> None:
    begin(answer.s("你好", turn=turn))
    message = queues.take("tests")
    assert message is not None

    queues.run(message)
    queues.run(message)

    assert types().count("delta") == 1
    assert queues.waiting("default") == ["on_end"]


def test_a_message_whose_work_another_worker_is_at_is_left_alone(turn: TurnRef, queues: Queues) -> None:
    begin(answer.s("你好", turn=turn))
    lease = ledger.claim("t1", "answer")
    assert lease is not None

    queues.run_next("tests")

    assert types() == []
    ledger.release(lease)


def test_how_long_work_waited_and_took_is_written_down(turn: TurnRef, queues: Queues) -> None:
    begin(answer.s("你好", turn=turn))
    queues.run_next("tests")

    (stage,) = [event for event in turn_log.read("t1") if isinstance(event, StageDone)]
    assert (stage.item, stage.attempt) == ("answer", 1)
    assert stage.queued_at <= stage.began_at <= stage.at


def test_an_engine_that_cannot_says_why_and_ends_the_turn(turn: TurnRef, queues: Queues) -> None:
    begin(chain(fail.s(turn=turn), answer.s(turn=turn)))

    assert queues.run_all("tests") == ["fail"]

    (failed,) = [event for event in turn_log.read("t1") if isinstance(event, Failed)]
    assert (failed.code, failed.retryable) == ("overloaded", True)
    (stage,) = [event for event in turn_log.read("t1") if isinstance(event, StageDone)]
    assert (stage.item, stage.error) == ("fail", "overloaded")
    assert queues.waiting("default") == ["on_end"]


def test_a_bug_is_told_to_the_student_as_something_that_went_wrong_and_to_the_log_as_it_is(
    turn: TurnRef, queues: Queues, caplog: pytest.LogCaptureFixture
) -> None:
    begin(stumble.s(turn=turn))

    queues.run_next("tests")

    (failed,) = [event for event in turn_log.read("t1") if isinstance(event, Failed)]
    assert failed.code == "internal"
    assert "a bug" in caplog.text
    assert queues.waiting("default") == ["on_end"]


def test_work_of_an_interrupted_turn_ends_without_a_word(turn: TurnRef, queues: Queues) -> None:
    begin(chain(be_interrupted.s(turn=turn), answer.s(turn=turn)))

    assert queues.run_all("tests") == ["be_interrupted"]
    assert types() == ["done"]
    assert queues.waiting("default") == []


def test_a_stage_may_end_the_chain(turn: TurnRef, queues: Queues) -> None:
    begin(chain(be_silent.s(turn=turn), answer.s(turn=turn)))

    assert queues.run_all("tests") == ["be_silent"]
    assert queues.waiting("default") == ["on_end"]


@pytest.mark.parametrize("task", [answer_twice, fail, stumble, be_interrupted, sink])
def test_whatever_becomes_of_the_work_its_lease_is_no_longer_renewed(
    turn: TurnRef, queues: Queues, task: Stage
) -> None:
    renewed_before = set(ledger._held)
    begin(task.s(turn=turn))
    message = queues.take("tests")
    assert message is not None
    if task is sink:
        with pytest.raises(RedisGone):
            queues.run(message)
    else:
        queues.run(message)

    assert ledger._held == renewed_before
