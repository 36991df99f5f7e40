"""Checks of this machine: Python, packages, files, disk, clock."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import stat
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from server.diagnosis.finding import Finding, fail, ok, warn
from server.services.disk import LITTLE_DISK, NEEDED_DISK
from server.settings import CHECKOUT, Settings, unknown_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

OLDEST_PYTHON = (3, 11)
OTHERS_READ_OR_WRITE = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH
LOCK = CHECKOUT / "requirements.lock"


def check_machine(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at everything that needs no running service."""
    yield _python()
    yield from _packages()
    yield from (warn(sentence, "Correct or remove it.") for sentence in unknown_settings(environ))
    if settings.data_dir.exists():
        yield _private(settings.data_dir, "The data directory")
        yield _disk(settings.data_dir)
    if settings.places.secret_key.exists():
        yield _private(settings.places.secret_key, "The secret key's file")
    yield _address(settings)
    yield _clock()


def _python() -> Finding:
    version = sys.version_info[:2]
    words = f"Python {sys.version.split()[0]}"
    if version >= OLDEST_PYTHON:
        return ok(words)
    return fail(words, "Kith needs Python 3.11 or later: install one and run scripts/up again.")


def _packages() -> Iterator[Finding]:
    locked = dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)$", LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    wanted = {_plain(name): version for name, version in locked.items()}
    installed = {_plain(found.metadata["Name"]): found.version for found in importlib.metadata.distributions()}
    other = [
        f"{name} {installed[name]} instead of {version}"
        for name, version in sorted(wanted.items())
        if name in installed and installed[name].partition("+")[0] != version and name != "setuptools"
    ]
    if other:
        yield warn(f"Packages differ from requirements.lock: {', '.join(other)}", "Run scripts/up to install those.")
    else:
        yield ok("Packages are the ones in requirements.lock")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _private(path: Path, what: str) -> Finding:
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    if mode & OTHERS_READ_OR_WRITE:
        return fail(f"{what} {path} can be read by others (mode {mode:o})", f"Run: chmod go-rw {path}")
    if status.st_uid != os.geteuid():
        return warn(f"{what} {path} belongs to another user", "Run Kith and its commands as one and the same user.")
    return ok(f"{what} {path} is private")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    words = f"{free / 1024**3:.1f} GB free on the disk of {folder}"
    if free < NEEDED_DISK:
        return fail(words, "Free some space now: without it nobody can post.")
    if free < LITTLE_DISK:
        return warn(words, "Free some space, or move the data directory to a larger disk (KITH_DATA_DIR).")
    return ok(words)


def _address(settings: Settings) -> Finding:
    parts = urlsplit(settings.base_url)
    words = f"Members reach Kith at {settings.base_url}"
    # An onion service is encrypted by Tor itself.
    if parts.scheme == "https" or (parts.hostname or "").endswith(".onion"):
        return ok(words)
    if parts.hostname in {"localhost", "127.0.0.1", "::1"}:
        return warn(f"{words}, from this machine alone", "Set KITH_BASE_URL once a proxy serves it (docs/deploy).")
    return fail(
        f"{words}, unencrypted",
        "Put an HTTPS proxy in front (docs/deploy) and set KITH_BASE_URL to its https:// address.",
    )


def _clock() -> Finding:
    timedatectl = shutil.which("timedatectl")
    if timedatectl is not None:
        command = [timedatectl, "show", "--property=NTPSynchronized", "--value"]
        said = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
        if said.stdout.strip() == "no":
            return warn(
                "The clock is not synchronised",
                "Staff's second factor needs the right time: timedatectl set-ntp true",
            )
    return ok("The clock is not known to be wrong")
