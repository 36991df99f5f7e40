"""Writing files that are whole or not there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def is_one_of(file: Path, others: Iterable[Path]) -> bool:
    """Tell whether writing a file would take away one that is read from."""
    return file.resolve() in {other.resolve() for other in others}


def write_whole(file: Path, content: bytes) -> None:
    """Write beside the file and put it in its place, so that nobody ever reads half of it; folders are made.

    Raises: OSError, and nothing is left beside it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(file.name + ".new")
    try:
        with new.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())  # else a power cut can leave an empty file under the name
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise
