"""python -m gpu_tasks.engines.avatar.portrait FILE: what can be used of it."""

import sys
from pathlib import Path

import cv2

from gpu_tasks.bounded import bind, tell
from gpu_tasks.engines.avatar.portrait.usable import looked_at

MEMORY = 3 * 1024**3
CPU_SECONDS = 75

bind(memory=MEMORY, cpu_seconds=CPU_SECONDS)
cv2.setNumThreads(1)
for record in looked_at(Path(sys.argv[1]).read_bytes()):
    tell(record)
