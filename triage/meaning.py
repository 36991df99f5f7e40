"""What texts mean, as directions small enough for a column: float16[width] of length 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STORED = np.dtype("<f2")


def pack(embeddings: NDArray[np.float32]) -> list[bytes]:
    """Return each row of float32[n, width] as it is stored."""
    return [row.tobytes() for row in embeddings.astype(STORED)]


def similarities(one: bytes, others: Sequence[bytes]) -> list[float]:
    """Return the cosine of one direction with each of the others, -1 to 1; all are of one model."""
    if not others:
        return []
    width = len(one) // STORED.itemsize
    rows = np.frombuffer(b"".join(others), STORED).reshape(-1, width).astype(np.float32)
    return (rows @ np.frombuffer(one, STORED).astype(np.float32)).tolist()
