"""Which passages of the material speak of a question."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gpu_tasks import stages
from sessions_app.models import Chunk

SCORE_GATE = 0.35
"""Below this cosine a passage is about something else."""
TOP = 3


class Found(NamedTuple):
    chunk: Chunk
    score: float


def find(text: str, chunks: Sequence[Chunk]) -> list[Found]:
    """The best passages above the gate, best first."""
    if not chunks or not text.strip():
        return []
    matrix = np.stack([np.frombuffer(chunk.embedding, np.float32) for chunk in chunks])
    scores = matrix @ stages.embedding().embed([text])[0]
    best = np.argsort(-scores)[:TOP]
    return [Found(chunks[i], float(scores[i])) for i in best if scores[i] >= SCORE_GATE]
