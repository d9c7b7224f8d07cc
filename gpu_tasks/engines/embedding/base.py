from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class EmbeddingEngine(Protocol):
    dimensions: int

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """[len(texts), dimensions], each row of length 1, so that a dot product is the cosine."""
        ...
