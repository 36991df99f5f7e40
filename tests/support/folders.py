"""Folders of another user."""

from __future__ import annotations

import os
from pathlib import Path

NOBODY = 65534


def data_directory_of_another(tmp_path: Path) -> tuple[Path, Path]:
    """Return a data directory, and what of it is not ours: only root can give one away; for others root's is there."""
    if os.geteuid() != 0:
        return Path("/var"), Path("/var/log")
    logs = tmp_path / "var" / "log"
    logs.mkdir(parents=True)
    os.chown(logs, NOBODY, -1)
    return tmp_path / "var", logs
