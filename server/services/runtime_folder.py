"""Folders that nobody else can enter, also where others could have made them first."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from server.services.failures import ServiceFailed

if TYPE_CHECKING:
    from pathlib import Path

OTHERS_MAY = stat.S_IRWXG | stat.S_IROTH | stat.S_IWOTH
"""Everything but passing through, which a service account may need."""


def make_private_folder(folder: Path) -> None:
    """Make ``folder`` with mode 0700, or check that the one there is ours and private.

    In a shared place such as ``/tmp`` somebody else could have made it to listen to our sockets.

    Raises: ServiceFailed, OSError.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise ServiceFailed(f"{folder} is not a folder of ours. Remove it, or choose another KITH_DATA_DIR.")
    if status.st_mode & OTHERS_MAY:
        folder.chmod(0o700)
