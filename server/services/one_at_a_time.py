"""The lock that lets one Kith at a time run services on a data directory."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from server.services.failures import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Generator

    from server.services.places import Places


class AlreadyRunning(ServiceFailed):
    """Another process runs the services of this data directory."""


class HeldLock:
    """The lock while we hold it."""

    def __init__(self, descriptor: int, *, unclean_end: bool) -> None:
        self._descriptor = descriptor
        self.unclean_end = unclean_end
        """The last holder was killed, so that its children may still be stopping."""

    def write_holder(self, text: str) -> None:
        """Replace what the file says about its holder."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)


@contextlib.contextmanager
def only_one(places: Places) -> Generator[HeldLock]:
    """Hold the lock; the kernel gives it back however we end.

    Raises: AlreadyRunning.
    """
    descriptor = os.open(places.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        holder = os.pread(descriptor, 100, 0).decode(errors="replace").strip()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(
                f"Kith already runs on {places.data_dir} (process {holder or 'unknown'})."
                " Stop it first, or choose another data directory with KITH_DATA_DIR."
            ) from error
        lock = HeldLock(descriptor, unclean_end=bool(holder))
        lock.write_holder(f"{os.getpid()}\n")
        yield lock
        lock.write_holder("")
    finally:
        os.close(descriptor)


def is_held(places: Places) -> bool:
    """Tell whether some process runs the services now."""
    if not places.lock_file.exists():
        return False
    descriptor = os.open(places.lock_file, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
