"""A school in pretended time: students who ask, listen and think, and machines whose stages take as long as on real
cards. Decided by the product's own code is who is let in from the line (admission), which segment goes first (the
priorities of `reply`), and whose frames a card makes next (Rota). The rest is queues.

A machine has two cards: one draws faces, the other hears, thinks and speaks.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from statistics import fmean
from typing import Any

import simpy

from gpu_tasks.engines.avatar.base import FPS, GROUP
from gpu_tasks.engines.avatar.batcher import SIZES
from gpu_tasks.engines.avatar.batching import Queue, Rota, fitting
from gpu_tasks.pace import TOLERATED_MS
from sessions_app import admission

BEYOND_LIVE = 2
"""Turns at once, more than there are faces that the cards draw live (docs/operations.md, "Scaling")."""
STARVED_SECONDS = 60.0
Steps = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Service:
    """Seconds, where nothing else is said. docs/performance.md says from where each is."""

    hop: float = 0.007
    begin: float = 0.06
    """Message to line, and what is looked up for the prompt."""
    hears: float = 0.15
    spoken_share: float = 0.5
    first_token: float = 0.25
    tokens_per_second: float = 40.0
    speaks: float = 0.45
    frames_per_second: float = 114.0
    batch_overhead: float = 0.004
    llm_slots: int = 4
    """Replies that the language model's server thinks of at once."""
    tts_slots: int = 2
    avatar_slots: int = 16
    segments: tuple[float, ...] = (1.6, 3.2, 3.6, 3.6)
    """How long each segment of a reply is spoken."""
    tokens_per_spoken_second: float = 4.0
    thinks: float = 20.0
    """A student, between the end of a reply and his next question; exponential."""


@dataclass
class Student:
    waits: list[float] = field(default_factory=list)
    stalls: int = 0
    waiting_since: float | None = None


@dataclass
class Result:
    machines: int
    students: int
    turns: int
    turns_per_second: float
    first_frames: list[float]
    stalled: float
    """Share of the turns whose video stood still at least once after it had begun, longer than is tolerated."""
    unfair: float
    """The longest mean wait of a student by the mean of all."""
    starved: int
    """Students who have waited for more than a minute at the end."""
    use: dict[str, float]


class Stream(Queue[int]):
    """A segment's frames; `groups` gets the time of each group of them, `whole` comes with the last."""

    def __init__(self, turn_id: str, due: float | None, frames: int, groups: simpy.Store, whole: simpy.Event) -> None:
        super().__init__(turn_id, due)
        self.pending.extend(range(1, frames + 1))
        self.frames, self.groups, self.whole = frames, groups, whole

    def deliver(self, frame: int, at: float) -> None:
        if frame % GROUP == 0:
            self.groups.put(at)
        if frame == self.frames:
            self.whole.succeed()


class Card:
    """Draws the frames of all segments that its worker has taken, in the batches that the product would make."""

    def __init__(self, env: simpy.Environment, service: Service) -> None:
        self._env, self._service = env, service
        self.rota: Rota[Stream] = Rota(SIZES, clock=lambda: env.now, rate=FPS, far_ahead=2.0 * FPS, first=SIZES[1])
        self.wanted = env.event()
        self.busy = 0.0
        env.process(self._work())

    def _work(self) -> Steps:
        per_frame = 1 / self._service.frames_per_second - self._service.batch_overhead / SIZES[-1]
        while True:
            batch = self.rota.deal(SIZES[-1])
            if not batch:
                self.wanted = self._env.event()
                yield self.wanted
                continue
            seconds = self._service.batch_overhead + per_frame * fitting(len(batch), SIZES)
            self.busy += seconds
            yield self._env.timeout(seconds)
            for stream, frame in batch:
                self.rota.delivered(stream)
                stream.deliver(frame, self._env.now)


class School:
    def __init__(self, machines: int, students: int, service: Service, *, seed: int = 1) -> None:
        self.env, self.service = simpy.Environment(), service
        self._chance = Random(seed)
        self._machines = machines
        self._at_once = round(machines * service.frames_per_second / FPS) + BEYOND_LIVE
        self._asr = simpy.PriorityResource(self.env, machines)
        self._llm = simpy.PriorityResource(self.env, machines * service.llm_slots)
        self._tts = simpy.PriorityResource(self.env, machines * service.tts_slots)
        self._cards = [Card(self.env, service) for _ in range(machines)]
        self._places = simpy.PriorityResource(self.env, machines * service.avatar_slots)
        self._free: list[Card] = [card for _ in range(service.avatar_slots) for card in self._cards]
        self._numbers = count()
        self._let_in: dict[str, simpy.Event] = {}
        self._held = {"asr": 0.0, "llm": 0.0, "tts": 0.0}
        self.students = [Student() for _ in range(students)]
        self._measuring_from = 0.0

    def run(self, warm: float, seconds: float) -> Result:
        for number, student in enumerate(self.students):
            self.env.process(self._student(number, student))
        self.env.run(until=warm)
        for student in self.students:
            student.waits.clear()
            student.stalls = 0
        for card in self._cards:
            card.busy = 0.0
        self._held = dict.fromkeys(self._held, 0.0)
        self._measuring_from = warm
        self.env.run(until=warm + seconds)
        for turn_id in self._let_in:  # the next school begins with nobody in line
            admission.forget(turn_id)
        waits = [wait for student in self.students for wait in student.waits]
        means = [fmean(student.waits) for student in self.students if student.waits]
        slots = {
            "asr": self._machines,
            "llm": self._machines * self.service.llm_slots,
            "tts": self._machines * self.service.tts_slots,
        }
        use = {stage: held / seconds / slots[stage] for stage, held in self._held.items()}
        use["avatar"] = sum(card.busy for card in self._cards) / seconds / self._machines
        return Result(
            machines=self._machines,
            students=len(self.students),
            turns=len(waits),
            turns_per_second=len(waits) / seconds,
            first_frames=waits,
            stalled=sum(student.stalls for student in self.students) / max(1, len(waits)),
            unfair=max(means) / fmean(means) if means else 0.0,
            starved=sum(
                student.waiting_since is not None and student.waiting_since < self.env.now - STARVED_SECONDS
                for student in self.students
            ),
            use=use,
        )

    def _student(self, number: int, student: Student) -> Steps:
        yield self.env.timeout(self._chance.uniform(0, 2 * self.service.thinks))
        while True:
            asked = student.waiting_since = self.env.now
            spoken = self._chance.random() < self.service.spoken_share
            first_frame = self.env.event()
            played = self.env.process(self._turn(number, student, spoken, first_frame))
            yield first_frame
            student.waiting_since = None
            if asked >= self._measuring_from:
                student.waits.append(self.env.now - asked)
            yield played
            yield self.env.timeout(self._chance.expovariate(1 / self.service.thinks))

    def _turn(self, number: int, student: Student, spoken: bool, first_frame: simpy.Event) -> Steps:
        service, turn_id = self.service, f"simulated-{next(self._numbers)}"
        yield self.env.timeout(service.begin)
        yield from self._in_line(turn_id, number)
        if spoken:
            yield from self._held_for("asr", self._asr, 0, service.hears)
        yield self.env.timeout(service.hop)
        said = [simpy.Store(self.env) for _ in service.segments]
        playing_since: list[float] = []
        first_frame.callbacks.append(lambda _: playing_since.append(self.env.now))
        playing, rendered = self.env.event(), self.env.process(self._rendered(said, first_frame))
        self.env.process(self._play(student, rendered, playing))
        with self._llm.request(priority=0) as slot:
            yield slot
            began = self.env.now
            yield self.env.timeout(service.first_token)
            for index, seconds in enumerate(service.segments):
                yield self.env.timeout(seconds * service.tokens_per_spoken_second / service.tokens_per_second)
                self.env.process(self._segment(turn_id, index, seconds, said[index], playing_since))
            self._held["llm"] += self.env.now - began
        yield rendered
        self._end(turn_id)
        yield playing

    def _rendered(self, said: list[simpy.Store], first_frame: simpy.Event) -> Generator[simpy.Event, Any, list[float]]:
        """When each group of pictures was there, in order."""
        times: list[float] = []
        for made, seconds in zip(said, self.service.segments, strict=True):
            for _ in range(_frames(seconds) // GROUP):
                at = yield made.get()
                times.append(max(at, times[-1] if times else 0.0))
                if not first_frame.triggered:
                    first_frame.succeed()
        return times

    def _play(self, student: Student, rendered: simpy.Process, playing: simpy.Event) -> Steps:
        times = yield rendered
        heard, stalls = times[0], 0
        for at in times:
            if at > heard:
                stalls += at > heard + TOLERATED_MS / 1000
                heard = at
            heard += GROUP / FPS
        student.stalls += bool(stalls)
        if heard > self.env.now:
            yield self.env.timeout(heard - self.env.now)
        playing.succeed()

    def _segment(
        self, turn_id: str, index: int, seconds: float, made: simpy.Store, playing_since: list[float]
    ) -> Steps:
        priority = min(3 * index, 9)
        yield self.env.timeout(self.service.hop)
        yield from self._held_for("tts", self._tts, priority, self.service.speaks)
        yield self.env.timeout(self.service.hop)
        with self._places.request(priority=priority) as place:
            yield place
            card = self._free.pop(0)  # whoever has waited longest for work takes it
            due = playing_since[0] + sum(self.service.segments[:index]) if playing_since else None
            stream = Stream(turn_id, due, _frames(seconds), made, self.env.event())
            card.rota.join(stream)
            if not card.wanted.triggered:
                card.wanted.succeed()
            yield stream.whole
            card.rota.leave(stream)
            self._free.append(card)

    def _held_for(self, stage: str, resource: simpy.PriorityResource, priority: int, seconds: float) -> Steps:
        with resource.request(priority=priority) as slot:
            yield slot
            yield self.env.timeout(seconds)
            self._held[stage] += seconds

    # The line, as the product keeps it

    def _in_line(self, turn_id: str, student: int) -> Steps:
        self._let_in[turn_id] = self.env.event()
        self._move({"turn_id": turn_id, "session_id": turn_id, "student_id": student, "received_at": self._now_ms})
        yield self._let_in[turn_id]

    def _end(self, turn_id: str) -> None:
        admission.forget(turn_id)
        del self._let_in[turn_id]
        self._move(None)

    def _move(self, entering: admission.Entering | None) -> None:
        begun, _ = admission.step(entering, now=self._now_ms, at_once=self._at_once)
        for turn_id in begun:
            self._let_in[turn_id].succeed()

    @property
    def _now_ms(self) -> int:
        return round(1000 * self.env.now)


def _frames(seconds: float) -> int:
    return -(-round(seconds * FPS) // GROUP) * GROUP
