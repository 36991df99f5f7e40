"""Writing files that are whole or not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(file: Path, content: bytes) -> None:
    """Write beside the file and put it in its place, so that nobody ever reads half of it; folders are made.

    Raises: OSError.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(file.name + ".new")
    new.write_bytes(content)
    new.replace(file)
