"""The secret key that Kith makes for itself when it is not given one."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING

from server.services.failures import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from server.services.places import Places

KEY_BYTES = 48


def ensure_secret_key(places: Places) -> None:
    """Make the key file, readable by us alone, unless it is there.

    Raises: ServiceFailed.
    """
    try:
        write_secret_key(places, secrets.token_urlsafe(KEY_BYTES))
    except FileExistsError:
        return


def write_secret_key(places: Places, key: str) -> None:
    """Write a new key file; it is complete or absent at any moment.

    Raises: FileExistsError, ServiceFailed.
    """
    with _fresh_file(places, key) as fresh:
        os.link(fresh, places.secret_key)  # unlike a rename, this never replaces a key


def replace_secret_key(places: Places, key: str) -> None:
    """Put another key in the place of the one there, which is kept beside it.

    Raises: ServiceFailed.
    """
    with _fresh_file(places, key) as fresh:
        if places.secret_key.exists():
            places.secret_key.replace(places.secret_key.with_name("secret_key.before_restore"))
        fresh.replace(places.secret_key)


@contextlib.contextmanager
def _fresh_file(places: Places, key: str) -> Generator[Path]:
    fresh = places.secret_key.with_name(f"secret_key.{os.getpid()}.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    except FileExistsError:
        raise
    except OSError as error:
        raise ServiceFailed(f"{places.secret_key} cannot be written ({error.strerror}).") from error
    finally:
        fresh.unlink(missing_ok=True)
