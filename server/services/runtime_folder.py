"""Folders that nobody else can enter, also where others could have made them first."""

from __future__ import annotations

import os
import pwd
import stat
from typing import TYPE_CHECKING

from server.services.failures import ServiceFailed
from server.services.places import LOGS

if TYPE_CHECKING:
    from pathlib import Path

OTHERS_MAY = stat.S_IRWXG | stat.S_IROTH | stat.S_IWOTH
"""Everything but passing through, which a service account may need."""
AS_ITS_USER = "Run this as that user (docs/deploy/README.md shows how), or choose another KITH_DATA_DIR."


def require_ours(data_dir: Path) -> None:
    """Return if the Kith in the data directory is ours, or there is none yet; whose the directory is does not matter.

    Raises: ServiceFailed, so that nobody leaves files in it that its own user cannot use.
    """
    logs = data_dir / LOGS
    try:
        owner = logs.stat().st_uid
    except PermissionError as error:
        raise ServiceFailed(
            f"The data directory {data_dir} is another user's ({error.strerror}). {AS_ITS_USER}"
        ) from error
    except (FileNotFoundError, NotADirectoryError):
        return
    if owner != os.geteuid():
        raise _of_another(logs, owner)


def make_private_folder(folder: Path, *, data_dir: Path) -> None:
    """Make ``folder`` with mode 0700, or check that the one there is ours and private.

    Outside of the data directory, in a shared place such as ``/tmp``, somebody else could have made it to listen to
    our sockets.

    Raises: ServiceFailed, OSError.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    is_folder, is_ours = stat.S_ISDIR(status.st_mode), status.st_uid == os.geteuid()
    if is_folder and not is_ours and folder.is_relative_to(data_dir):
        raise _of_another(folder, status.st_uid)
    if not (is_folder and is_ours):
        raise ServiceFailed(f"{folder} is not a folder of ours. Remove it, or choose another KITH_DATA_DIR.")
    if status.st_mode & OTHERS_MAY:
        folder.chmod(0o700)


def _of_another(folder: Path, owner: int) -> ServiceFailed:
    return ServiceFailed(f"{folder} belongs to {_name_of(owner)}. {AS_ITS_USER}")


def _name_of(user: int) -> str:
    try:
        return f"the user {pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"user number {user}"
