"""The wall clock of one process, as Python's `time` tells it; `datetime` has its own way to the kernel."""

import time
from pathlib import Path


class Clock:
    """Goes wrong by as many seconds as a file says, while it is there."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._time, self._time_ns = time.time, time.time_ns

    def time(self) -> float:
        return self._time() + self._wrong_by()

    def time_ns(self) -> int:
        return self._time_ns() + round(self._wrong_by() * 1e9)

    def _wrong_by(self) -> float:
        try:
            return float(self._file.read_text())
        except (FileNotFoundError, ValueError):
            return 0.0
