from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.engines.avatar.base import FPS
from gpu_tasks.engines.avatar.batching import Queue, Rota, fitting

SIZES = (1, 4, 8, 16)
LOOK_AHEAD = 32


@dataclass
class Card:
    """A pretended card: it takes so long for a batch, and somebody takes every frame as soon as it is there."""

    fixed: float = 0.010
    each: float = 0.004
    now: float = 0.0
    slots: int = 0
    waited: dict[Queue[float], list[float]] = field(default_factory=dict)
    """For each frame, how long it waited for its turn to be made."""
    made_at: dict[Hashable, list[float]] = field(default_factory=dict)
    """When each session's frames were there."""

    def __post_init__(self) -> None:
        self.rota: Rota[Queue[float]] = Rota(SIZES, clock=lambda: self.now, rate=FPS, far_ahead=2 * FPS, first=4)

    def run(self, lengths: Iterable[int]) -> None:
        """One stream for each session."""
        self.share([length] for length in lengths)

    def share(self, sessions: Iterable[Sequence[int]]) -> None:
        """The lengths of each session's streams, all of which are wanted at once."""
        numbered = enumerate(sessions)
        left = {Queue[float](session): length for session, lengths in numbered for length in lengths}
        for queue in left:
            self.rota.join(queue)
            self.waited[queue] = []
        while any(left.values()) or any(queue.pending for queue in left):
            for queue, rest in left.items():
                more = min(rest, LOOK_AHEAD - len(queue.pending))
                queue.pending.extend([self.now] * more)
                left[queue] = rest - more
            batch = self.rota.deal(SIZES[-1])
            size = fitting(len(batch), SIZES)
            self.slots += size
            self.now += self.fixed + self.each * size
            for queue, asked in batch:
                self.rota.delivered(queue)
                self.waited[queue].append(self.now - asked)
                self.made_at.setdefault(queue.session, []).append(self.now)

    @property
    def made(self) -> int:
        return sum(len(waits) for waits in self.waited.values())


@pytest.mark.parametrize("sessions", [1, 4, 16])
def test_batches_are_full_under_load(sessions: int) -> None:
    card = Card()
    card.run([150 + 7 * number for number in range(sessions)])

    assert card.made / card.slots >= 0.9


@pytest.mark.parametrize("sessions", [4, 5, 16, 24])
def test_sessions_wait_equally_long(sessions: int) -> None:
    card = Card()
    card.run([200] * sessions)

    waits = [fmean(waits) for waits in card.waited.values()]
    assert max(waits) / min(waits) <= 1.5


def test_a_short_answer_does_not_wait_for_long_ones() -> None:
    card = Card()
    card.run([500] * 15 + [25])

    *_, short = card.waited.values()
    assert max(short) == pytest.approx(25 * (card.fixed + card.each * 16))  # one frame of it in each batch


@given(st.lists(st.integers(1, 5), min_size=2, max_size=16), st.integers(60, 200))
def test_sessions_wait_equally_long_however_many_segments_they_have_at_once(segments: list[int], length: int) -> None:
    card = Card()
    card.share([length] * number for number in segments)

    # while all of them want something: from then on who wants more gets more
    served = [fmean(gaps(times[:length])) for times in card.made_at.values()]
    assert max(served) / min(served) <= 1.5


def gaps(times: Sequence[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise([0.0, *times])]


def test_of_a_session_what_is_played_first_is_made_first() -> None:
    sharing = rota([0.0])
    first, second = queued(sharing, 6, session="a", dealt=1), queued(sharing, 6, session="a")
    other = queued(sharing, 9, session="b", dealt=1)

    assert [queue for queue, _ in sharing.deal(8)] == [first, other] * 4
    assert [queue for queue, _ in sharing.deal(8)] == [first, other, first, other, second, other, second, other]


def test_the_lead_of_a_session_counts_all_that_was_made_for_it() -> None:
    sharing = rota([1.0])
    queued(sharing, 0, session="a", dealt=80, began=0.0)
    next_segment = queued(sharing, 32, session="a")
    other = queued(sharing, 2, session="b", dealt=10, began=0.0)

    assert [queue for queue, _ in sharing.deal(16)] == [other, other, next_segment, next_segment]


def test_a_session_that_left_begins_anew() -> None:
    sharing = rota([1.0])
    earlier = queued(sharing, 0, session="a", dealt=80, began=0.0)
    sharing.leave(earlier)
    again = queued(sharing, 32, session="a")
    sharing.delivered(earlier)  # a batch that was under way

    assert [queue for queue, _ in sharing.deal(16)] == [again] * 4
    assert len(sharing) == 1


@given(st.lists(st.integers(0, 90), min_size=1, max_size=20))
def test_everything_is_dealt_once(lengths: list[int]) -> None:
    card = Card()
    card.run(lengths)

    assert [len(waits) for waits in card.waited.values()] == lengths


def rota(now: list[float]) -> Rota[Queue[int]]:
    return Rota(SIZES, clock=lambda: now[0], rate=FPS, far_ahead=50, first=4)


def queued(
    rota: Rota[Queue[int]], items: int, *, session: str | None = None, dealt: int = 0, began: float | None = None
) -> Queue[int]:
    """`dealt`, `began`: of its session, when it is the first stream of it."""
    queue = Queue[int](session)
    queue.pending.extend(range(items))
    rota.join(queue)
    if dealt:
        share = rota._shares[queue.session]
        share.dealt, share.began = dealt, began
    return queue


def test_the_first_frames_of_a_stream_come_in_a_small_batch() -> None:
    sharing = rota([0.0])
    queued(sharing, 32)

    assert [item for _, item in sharing.deal(16)] == [0, 1, 2, 3]
    assert [item for _, item in sharing.deal(16)] == list(range(4, 20))


def test_who_waits_for_a_first_frame_does_not_wait_for_what_is_played_later() -> None:
    sharing = rota([1.0])
    under_way = queued(sharing, 32, dealt=30, began=0.0)
    begins, begins_too = queued(sharing, 32), queued(sharing, 2)

    assert [queue for queue, _ in sharing.deal(16)] == [begins, begins_too] * 2 + [begins] * 2
    assert {queue for queue, _ in sharing.deal(16)} == {under_way, begins}


def test_who_is_far_ahead_gives_way_but_fills_what_would_be_padding() -> None:
    sharing = rota([1.0])
    ahead = queued(sharing, 32, dealt=200, began=0.0)
    behind = queued(sharing, 3, dealt=30, began=0.0)

    assert [queue for queue, _ in sharing.deal(16)] == [behind] * 3 + [ahead]
    assert [queue for queue, _ in sharing.deal(16)] == [ahead] * 16  # nobody else wants anything


def test_what_is_due_later_is_not_taken_for_the_beginning_of_a_reply() -> None:
    """Another card has drawn the segments before it."""
    now = [0.0]
    sharing = rota(now)
    later, begins = Queue[int]("a", due=3.0), Queue[int]("b")
    for queue in (later, begins):
        queue.pending.extend(range(32))
        sharing.join(queue)

    assert [queue for queue, _ in sharing.deal(16)] == [begins] * 4
    now[0] = 1.5  # the other one has less than two seconds left

    assert {queue for queue, _ in sharing.deal(16)} == {later, begins}


def test_a_stream_catches_up_with_its_playing_and_is_no_longer_ahead() -> None:
    now = [0.0]
    sharing = rota(now)
    queue = queued(sharing, 0, dealt=100, began=0.0)
    share = sharing._shares[queue.session]

    assert share.lead(now[0], FPS) == 100
    now[0] = 3.0
    assert share.lead(now[0], FPS) == 25


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(1, 16))
def test_a_batch_is_never_larger_than_allowed_and_keeps_each_streams_order(waiting: list[int], limit: int) -> None:
    sharing = rota([0.0])
    queues = [queued(sharing, items, dealt=1, began=0.0) for items in waiting]
    seen: dict[Queue[int], list[int]] = {queue: [] for queue in queues}

    while batch := sharing.deal(limit):
        assert len(batch) <= limit
        for queue, item in batch:
            seen[queue].append(item)

    assert list(seen.values()) == [list(range(items)) for items in waiting]


@given(st.lists(st.integers(20, 40), min_size=1, max_size=20), st.integers(1, 16))
def test_nobody_gets_two_frames_more_than_another(waiting: list[int], limit: int) -> None:
    sharing = rota([0.0])
    queues = [queued(sharing, items, dealt=1, began=0.0) for items in waiting]

    for _ in range(len(waiting)):
        sharing.deal(limit)
        if not all(queue.pending for queue in queues):
            break
        dealt = [share.dealt for share in sharing._shares.values()]
        assert max(dealt) - min(dealt) <= 1
