"""Which passages of the material speak of a question: by meaning and by words, and whether any does."""

import math
import re
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gpu_tasks import stages
from sessions_app.models import Chunk, KnowledgeBase

WORDS_WEIGHT = 0.3
RELEVANCE_GATE = 0.33
"""Below this a passage is about something else. Both were chosen on bench/data/material_*.toml, where the best
passages of unanswerable questions stay below it and those that answer lie above, 19 of 20 times each."""
TOP = 3
KEPT = 32

_WORDS = re.compile(r"[^\W_]+")
_CJK = re.compile(r"[\u3400-\u9fff]+")


class Found(NamedTuple):
    chunk: Chunk
    score: float


class Index:
    """Of some knowledge bases' passages. Made once for each version of them, and never changed."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self.chunks = chunks
        dimensions = stages.embedding().dimensions
        rows = [np.frombuffer(chunk.embedding, np.float32) for chunk in chunks]
        self._rows = np.stack(rows) if rows else np.zeros((0, dimensions), np.float32)
        self._having: defaultdict[str, list[int]] = defaultdict(list)
        for position, chunk in enumerate(chunks):
            for term in dict.fromkeys(terms(f"{chunk.heading} {chunk.text}")):
                self._having[term].append(position)

    def find(self, text: str, *, gate: float = RELEVANCE_GATE) -> list[Found]:
        """The best passages above the gate, best first."""
        if not self.chunks or not terms(text):
            return []
        scores = self._rows @ stages.embedding().embed([text])[0] + WORDS_WEIGHT * self._shared(text)
        best = np.argsort(-scores, kind="stable")[:TOP]
        return [Found(self.chunks[i], float(scores[i])) for i in best if scores[i] >= gate]

    def has(self, term: str) -> bool:
        return term in self._having

    def _shared(self, text: str) -> NDArray[np.float64]:
        """[chunks], 0..1: the share of the question's words that a passage has, the rare ones weighing more (idf as in
        BM25). A word that no passage has weighs most."""
        shared = np.zeros(len(self.chunks))
        total = 0.0
        for term in set(terms(text)):
            having = self._having.get(term, [])
            weight = math.log(1 + (len(self.chunks) - len(having) + 0.5) / (len(having) + 0.5))
            total += weight
            shared[having] += weight
        return shared / total


def similar(text: str, others: Sequence[str]) -> list[float]:
    """The cosine of a text with each of the others."""
    rows = stages.embedding().embed([text, *others])
    return [float(row @ rows[0]) for row in rows[1:]]


def terms(text: str) -> list[str]:
    """Words as the keyword search counts them; Chinese, which has no spaces, as pairs of characters."""
    found: list[str] = []
    for word in _WORDS.findall(text.lower()):
        chinese = _CJK.findall(word)
        found += [run[i : i + 2] for run in chinese for i in range(max(1, len(run) - 1))]
        found += [_stem(rest) for rest in _CJK.split(word) if rest]
    return found


def _stem(word: str) -> str:
    """So that a plural finds its singular."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_kept: "OrderedDict[tuple[tuple[int, int], ...], Index]" = OrderedDict()
_lock = threading.Lock()


def index_of(bases: Iterable[KnowledgeBase]) -> Index:
    key = tuple(sorted((base.id, base.version) for base in bases))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    ids = [base_id for base_id, _ in key]
    index = Index(list(Chunk.objects.filter(document__knowledge_base__in=ids).select_related("document")))
    with _lock:
        _kept[key] = index
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    return index


def forget() -> None:
    with _lock:
        _kept.clear()
