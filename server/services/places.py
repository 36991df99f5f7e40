"""Where the embedded services keep data, sockets, logs and locks, derived from the data directory alone."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_PATH = 100
"""Bytes. The system's limit for a unix socket's path is 107 on Linux and 103 on macOS, without the final zero."""

POSTGRES_SOCKET_NAME = ".s.PGSQL.5432"
LOGS = "log"
"""The folder in a data directory that every start of Kith makes."""


@dataclass(frozen=True, slots=True)
class Places:
    """Paths of one installation's embedded services."""

    data_dir: Path
    runtime: Path

    @property
    def postgres_data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.data_dir / "postgres"

    @property
    def redis_data(self) -> Path:
        """Where Redis keeps its append-only file."""
        return self.data_dir / "redis"

    @property
    def logs(self) -> Path:
        """What the embedded services print."""
        return self.data_dir / LOGS

    @property
    def postgres_sockets(self) -> Path:
        """The folder of PostgreSQL's socket; whoever can enter it can use the database."""
        return self.runtime / "postgres"

    @property
    def redis_socket(self) -> Path:
        """The socket of Redis."""
        return self.runtime / "redis.sock"

    @property
    def redis_pid_file(self) -> Path:
        """Where Redis writes its process id."""
        return self.runtime / "redis.pid"

    @property
    def lock_file(self) -> Path:
        """Held by the one running ``kith up``."""
        return self.data_dir / "up.lock"

    @property
    def secret_key(self) -> Path:
        """The generated secret key."""
        return self.data_dir / "secret_key"


def places_in(data_dir: Path) -> Places:
    """Return the places under ``data_dir``; sockets whose path would be too long move to a short private folder."""
    runtime = data_dir / "run"
    if len(bytes(runtime / "postgres" / POSTGRES_SOCKET_NAME)) > LONGEST_SOCKET_PATH:
        runtime = _short_folder(data_dir)
    return Places(data_dir=data_dir, runtime=runtime)


def _short_folder(data_dir: Path) -> Path:
    name = "kith-" + hashlib.sha256(bytes(data_dir)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / name
    if len(bytes(folder / "postgres" / POSTGRES_SOCKET_NAME)) > LONGEST_SOCKET_PATH:
        return Path("/tmp") / name  # noqa: S108 - made with mode 0700, its owner checked
    return folder
