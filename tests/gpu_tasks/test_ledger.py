"""No piece of work is lost, and none is done by two at once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
import redis as redis_library
from pytest_django import Settings

from gpu_tasks import ledger, turn_log
from gpu_tasks.events import Done, StageDone, TurnRef

pytestmark = pytest.mark.usefixtures("begun")

MESSAGE = {"task": "gpu_tasks.tasks.speak", "args": [], "kwargs": {"segment": 0}}
NEXT = {"task": "gpu_tasks.tasks.animate", "args": [], "kwargs": {"segment": 0}}


def claimed(item: str) -> ledger.Lease:
    lease = ledger.claim("t1", item)
    assert lease is not None
    return lease


def times(item: str) -> StageDone:
    return StageDone(item=item, queued_at=1, began_at=2, attempt=1)


def finish(lease: ledger.Lease, opens: tuple[str, dict[str, Any]] | None = None) -> int:
    return ledger.finish(lease, times(lease.entry.item), opens)


def state(item: str) -> tuple[bool, bool] | None:
    """(begun, held) of an open item."""
    found = [(each.begun, each.held) for each in ledger.open_items("t1") if each.entry.item == item]
    return found[0] if found else None


@pytest.fixture(autouse=True)
def short_leases(settings: Settings) -> None:
    settings.LEASE_SECONDS = 1


@pytest.fixture
def lease_runs_out(
    redis: "redis_library.Redis", eventually: Callable[[Callable[[], bool]], None]
) -> Callable[[str], None]:
    def wait(item: str) -> None:
        eventually(lambda: not redis.exists(f"turn:t1:lease:{item}"))

    return wait


def test_opened_work_waits_with_the_message_that_starts_it() -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)

    (found,) = ledger.open_items("t1")
    assert (found.entry.item, found.entry.message, found.entry.attempt) == ("speak:0", MESSAGE, 1)
    assert (found.begun, found.held) == (False, False)


def test_one_worker_gets_it_and_no_second() -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)

    lease = claimed("speak:0")

    assert lease.entry.message == MESSAGE
    assert ledger.claim("t1", "speak:0") is None
    assert state("speak:0") == (True, True)


def test_of_many_that_try_at_once_one_gets_it() -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    together, leases = threading.Barrier(8), []

    def try_it() -> None:
        together.wait()
        leases.append(ledger.claim("t1", "speak:0"))

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(lease is not None for lease in leases) == 1


def test_work_that_was_never_opened_or_is_done_cannot_be_claimed() -> None:
    assert ledger.claim("t1", "speak:0") is None
    ledger.open_item("t1", "speak:0", MESSAGE)
    finish(claimed("speak:0"))

    assert ledger.claim("t1", "speak:0") is None


def test_work_of_a_turn_that_is_over_cannot_be_claimed() -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    turn_log.close("s1", "t1", Done(interrupted=True, degraded=[], timings={"total": 1}, stages={}))

    assert ledger.claim("t1", "speak:0") is None


def test_finished_work_opens_the_next_in_the_same_step() -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)

    left = finish(claimed("speak:0"), ("animate:0", NEXT))

    assert left == 1
    (found,) = ledger.open_items("t1")
    assert (found.entry.item, found.entry.message) == ("animate:0", NEXT)
    assert (found.begun, found.held) == (False, False)


def test_finished_work_leaves_its_times_in_the_log() -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)

    finish(claimed("speak:0"))

    assert [event.item for event in turn_log.read("t1") if isinstance(event, StageDone)] == ["speak:0"]


def test_work_that_ends_after_its_turn_leads_to_nothing() -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    lease = claimed("speak:0")
    turn_log.close("s1", "t1", Done(interrupted=True, degraded=[], timings={"total": 1}, stages={}))

    assert finish(lease, ("animate:0", NEXT)) == -1
    assert [event.type for event in turn_log.read("t1")] == ["status", "done"]


def test_work_whose_log_redis_has_lost_leads_to_nothing(redis: "redis_library.Redis") -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    lease = claimed("speak:0")
    redis.delete("turn:t1:log")

    assert finish(lease, ("animate:0", NEXT)) == -1


def test_nothing_is_left_exactly_when_the_last_piece_is_done() -> None:
    for item in ("reply", "speak:0", "speak:1"):
        ledger.open_item("t1", item, MESSAGE)
    leases = [claimed(item) for item in ("speak:1", "reply", "speak:0")]

    assert [finish(lease) for lease in leases] == [2, 1, 0]


def test_work_of_other_turns_does_not_count() -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    ledger.open_item("t2", "speak:0", MESSAGE)

    assert finish(claimed("speak:0")) == 0
    assert [each.entry.item for each in ledger.open_items("t2")] == ["speak:0"]


def test_who_finishes_second_neither_ends_the_turn_nor_opens_anything(lease_runs_out: Callable[[str], None]) -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    slow = claimed("speak:0")
    ledger.release(slow)
    lease_runs_out("speak:0")
    quick = claimed("speak:0")

    assert finish(quick) == 0
    assert finish(slow, ("animate:0", NEXT)) == -1
    assert ledger.open_items("t1") == []


def test_a_lease_that_runs_out_shows_that_its_worker_died(lease_runs_out: Callable[[str], None]) -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    ledger.release(claimed("speak:0"))

    lease_runs_out("speak:0")

    assert state("speak:0") == (True, False)


def test_a_worker_that_lives_keeps_its_lease(redis: "redis_library.Redis") -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    lease = claimed("speak:0")
    redis.pexpire(lease.key, 200)

    ledger.renew_held()

    assert redis.pttl(lease.key) > 200  # type: ignore[operator]
    ledger.release(lease)


def test_nobody_renews_a_lease_that_is_another_workers_by_now(redis: "redis_library.Redis") -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    lease = claimed("speak:0")
    redis.set(lease.key, "another worker", px=500)

    ledger.renew_held()

    assert redis.pttl(lease.key) <= 500  # type: ignore[operator]
    ledger.release(lease)


def test_work_that_is_opened_again_has_not_begun(lease_runs_out: Callable[[str], None]) -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    ledger.release(claimed("speak:0"))
    lease_runs_out("speak:0")
    (found,) = ledger.open_items("t1")

    assert ledger.open_again("t1", found.entry)

    assert state("speak:0") == (False, False)
    assert claimed("speak:0").entry.attempt == 2


def test_work_is_opened_again_once() -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    (found,) = ledger.open_items("t1")

    assert [ledger.open_again("t1", found.entry), ledger.open_again("t1", found.entry)] == [True, False]


def test_work_that_was_finished_meanwhile_is_not_opened_again() -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    (found,) = ledger.open_items("t1")
    finish(claimed("speak:0"))

    assert not ledger.open_again("t1", found.entry)
    assert ledger.open_items("t1") == []


def test_work_that_somebody_is_at_is_not_opened_again() -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    (found,) = ledger.open_items("t1")
    lease = claimed("speak:0")

    assert not ledger.open_again("t1", found.entry)
    assert state("speak:0") == (True, True)
    ledger.release(lease)


def test_work_that_nobody_can_do_is_dropped() -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    ledger.open_item("t1", "speak:1", MESSAGE)

    assert [ledger.drop("t1", times(item)) for item in ("speak:0", "speak:0", "speak:1")] == [1, -1, 0]
    assert ledger.open_items("t1") == []


def test_nothing_of_the_ledger_stays_in_redis_for_ever(turn: TurnRef, redis: "redis_library.Redis") -> None:
    ledger.open_item("t1", "speak:0", MESSAGE)
    ledger.release(claimed("speak:0"))

    assert [key for key in redis.scan_iter() if redis.ttl(key) == -1] == []
