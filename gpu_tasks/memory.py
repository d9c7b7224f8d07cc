"""A worker that runs out of memory again and again ends, and its supervisor starts one whose card is empty."""

import logging
import os
import signal
import threading

from gpu_tasks.engines.errors import is_out_of_memory

logger = logging.getLogger(__name__)

LIMIT = 3
"""So many pieces of work in a row."""

_lock = threading.Lock()
_in_a_row = 0


def note(error: Exception | None) -> None:
    """To be told how each piece of work ended."""
    global _in_a_row
    with _lock:
        _in_a_row = _in_a_row + 1 if error is not None and is_out_of_memory(error) else 0
        if _in_a_row != LIMIT:
            return
    logger.critical("out of memory %d times in a row: this worker ends what it is at, and ends", LIMIT)
    os.kill(os.getpid(), signal.SIGTERM)
