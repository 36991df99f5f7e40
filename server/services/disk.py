"""Whether there is room left on the disk of the data directory."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import structlog

from server.services.failures import ServiceFailed

if TYPE_CHECKING:
    from pathlib import Path

NEEDED_DISK = 100 * 1024**2
LITTLE_DISK = 1024**3

log = structlog.stdlib.get_logger(__name__)


def require_disk(data_dir: Path) -> None:
    """Make sure that Kith has room to start.

    Raises: ServiceFailed.
    """
    free = shutil.disk_usage(data_dir).free
    if free < NEEDED_DISK:
        raise ServiceFailed(
            f"The disk of {data_dir} has {free // 1024**2} MB left and Kith needs {NEEDED_DISK // 1024**2} MB to start."
            " Free some space, or choose another place with KITH_DATA_DIR."
        )
    warn_of_little_disk(data_dir)


def warn_of_little_disk(data_dir: Path) -> None:
    """Say in the log where the disk is nearly full; without a data directory there is nothing to fill it."""
    if data_dir.is_dir() and (free := shutil.disk_usage(data_dir).free) < LITTLE_DISK:
        log.warning("little_disk_space", folder=str(data_dir), megabytes=free // 1024**2)
