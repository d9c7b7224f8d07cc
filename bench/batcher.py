"""The avatar's batcher alone: what it costs by itself, and how it shares a card that is slower than those who ask."""

import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from bench import report
from gpu_tasks.engines.avatar.batcher import Batcher

SESSIONS = (1, 4, 16)
COST_FRAMES = 12_000
LOAD_FRAMES = 1_600
BATCH_SECONDS, FRAME_SECONDS = 0.004, 0.0005
"""Of the pretended card: some 1,300 frames a second in full batches."""


@dataclass
class Measured:
    sessions: int
    frames_per_second: float
    full: float
    unfair: float
    """The longest wait of a session for its frames by the shortest."""


def _nothing(items: Sequence[int]) -> Sequence[int]:
    return items


def _card(items: Sequence[int]) -> Sequence[int]:
    time.sleep(BATCH_SECONDS + FRAME_SECONDS * len(items))
    return items


def _measured(batcher: Batcher[int, int], sessions: int, frames: int) -> Measured:
    together = threading.Barrier(sessions + 1)
    waits: list[float] = []

    def session() -> None:
        together.wait()
        waited = []
        results = batcher.map(range(frames // sessions))
        began = time.perf_counter()
        for _ in results:
            waited.append(time.perf_counter() - began)
            began = time.perf_counter()
        waits.append(fmean(waited))

    threads = [threading.Thread(target=session) for _ in range(sessions)]
    for thread in threads:
        thread.start()
    together.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    return Measured(sessions, batcher.tally.items / seconds, batcher.tally.full, max(waits) / min(waits))


def run() -> dict[str, Any]:
    cost = [_measured(Batcher(_nothing), sessions, COST_FRAMES) for sessions in SESSIONS]
    load = [_measured(Batcher(_card), sessions, LOAD_FRAMES) for sessions in SESSIONS]
    report.table(
        "The batcher with a model that costs nothing (wanted: ≥ 2,000 frames/s)",
        ("sessions", "frames/s"),
        [(str(each.sessions), f"{each.frames_per_second:,.0f}") for each in cost],
    )
    report.table(
        "… with a card that is slower than those who ask (wanted: ≥ 90 % full, waits differ ≤ 1.5×)",
        ("sessions", "frames/s", "full", "waits differ"),
        [
            (str(each.sessions), f"{each.frames_per_second:,.0f}", f"{each.full:.0%}", f"{each.unfair:.2f}×")
            for each in load
        ],
    )
    return {"cost": [asdict(each) for each in cost], "load": [asdict(each) for each in load]}
