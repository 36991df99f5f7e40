"""Private folders for what is half done, gone afterwards however we end: what a kill leaves, the next one removes."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from server.services.failures import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Generator

RESTORING = "kith-restore-"
"""How the names of those begin that a restore makes in the data directory."""

IN_USE = "in_use"
"""The file in each of them that is locked for as long as somebody works there; the kernel gives the lock back."""


@contextmanager
def workplace(parent: Path, *, prefix: str) -> Generator[Path]:
    """Make an empty folder (mode 0700) in ``parent`` and remove it in the end, with those that killed ones left there.

    Raises: ServiceFailed where nothing can be written there.
    """
    remove_leftovers(parent, prefix=prefix)
    try:
        made = tempfile.TemporaryDirectory(prefix=prefix, dir=parent)
    except OSError as error:
        raise ServiceFailed(f"Nothing can be written to {parent} ({error.strerror}).") from error
    with made as name:
        folder = Path(name)
        with (folder / "fresh").open("w") as lock:
            with suppress(OSError):  # a file system without locks: then nobody can take this for a leftover either
                fcntl.flock(lock, fcntl.LOCK_EX)
            # Under its name it is never without the lock while we live.
            (folder / "fresh").rename(folder / IN_USE)
            yield folder


def remove_leftovers(parent: Path, *, prefix: str) -> None:
    """Remove the folders in ``parent`` that begin with ``prefix`` and that nobody works in any more."""
    for folder in parent.glob(f"{prefix}*"):
        # Somebody is at work, has not begun, or is another user.
        with suppress(OSError), (folder / IN_USE).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
