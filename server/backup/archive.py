"""The backup file: a tar.gz with a manifest, the dump and the secret key, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import tarfile
import zlib
from datetime import datetime
from typing import IO, TYPE_CHECKING, Literal

import msgspec

from server.services.failures import ServiceFailed

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "manifest.json"
DUMP = "database.dump"
SECRET_KEY = "secret_key"  # noqa: S105 - a file's name
LARGEST_SMALL_FILE = 10_000


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says about itself."""

    format: Literal[1] = 1
    kith: str
    postgres: str
    made_at: datetime


def write_archive(target: Path, *, manifest: Manifest, dump: Path, secret_key: str) -> None:
    """Write the backup to ``target`` (mode 0600), which is complete or absent at any moment.

    It is written beside the dump first, on the file system of ``target``.

    Raises: ServiceFailed.
    """
    fresh = dump.with_name("archive.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            # The dump is compressed already; the outer layer is for the file name's sake.
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
                _add_text(archive, MANIFEST, msgspec.json.encode(manifest), manifest.made_at)
                _add_text(archive, SECRET_KEY, secret_key.encode(), manifest.made_at)
                _add_dump(archive, dump, manifest.made_at)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, target)  # noqa: PTH105 - as plain as it gets
    except OSError as error:
        raise ServiceFailed(f"The backup cannot be written to {target} ({error.strerror}).") from error
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)


def read_archive(source: Path, *, dump: Path) -> tuple[Manifest, str]:
    """Unpack the dump to ``dump``; return the manifest and the secret key.

    Raises: ServiceFailed where the file is none of our backups or is damaged, cannot be read, or does not fit.
    """
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            manifest = msgspec.json.decode(_small_file(archive, MANIFEST), type=Manifest)
            secret_key = _small_file(archive, SECRET_KEY).decode("ascii")
            with _open_member(archive, DUMP) as packed, dump.open("wb") as unpacked:
                while piece := packed.read(1024 * 1024):
                    unpacked.write(piece)
    except (
        tarfile.TarError,
        zlib.error,
        msgspec.MsgspecError,
        KeyError,
        EOFError,
        UnicodeDecodeError,
        OSError,
    ) as error:
        raise ServiceFailed(_explain(error, source, dump)) from error
    return manifest, secret_key


def _explain(error: Exception, source: Path, dump: Path) -> str:
    match error:
        case FileNotFoundError():
            return f"There is no file {source}."
        case PermissionError():
            return f"{source} cannot be read ({error.strerror})."
        case OSError(errno=errno.ENOSPC):
            return f"The disk of {dump.parent} is full: free some space and try again."
        case _:
            return f"{source} is not a backup of Kith, or it is damaged ({error})."


def _add_text(archive: tarfile.TarFile, name: str, content: bytes, made_at: datetime) -> None:
    entry = _entry(name, len(content), made_at)
    archive.addfile(entry, io.BytesIO(content))


def _add_dump(archive: tarfile.TarFile, dump: Path, made_at: datetime) -> None:
    with dump.open("rb") as file:
        archive.addfile(_entry(DUMP, dump.stat().st_size, made_at), file)


def _entry(name: str, size: int, made_at: datetime) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(made_at.timestamp())
    return entry


def _open_member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    member = archive.extractfile(name)
    if member is None:
        raise KeyError(name)
    return member


def _small_file(archive: tarfile.TarFile, name: str) -> bytes:
    with _open_member(archive, name) as file:
        return file.read(LARGEST_SMALL_FILE)
