"""The system account that PostgreSQL runs under when Kith itself is run by root, as PostgreSQL refuses root."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

import structlog

from server.services.failures import ServiceFailed

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT_NAME = "kith"
FALLBACK_NAME = "nobody"

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Account:
    """A system account without any right of its own."""

    name: str
    uid: int
    gid: int


class Identity(TypedDict, total=False):
    """The arguments of ``create_subprocess_exec`` that choose who the child runs as."""

    user: int
    group: int
    extra_groups: list[int]


def identity_of(account: Account | None) -> Identity:
    """Return how to start a child as ``account``, or as ourselves where there is none."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def service_account() -> Account | None:
    """Return the account to run PostgreSQL under, made when missing, or ``None`` when we are not root.

    Raises: ServiceFailed.
    """
    if os.geteuid() != 0:
        return None
    return _account(ACCOUNT_NAME) or _create_account() or _fallback_account()


def give_folder(folder: Path, account: Account | None) -> None:
    """Make ``folder`` (mode 0700) and everything in it belong to ``account``, or to us where there is none.

    Raises: ServiceFailed.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        if account is None or folder.stat().st_uid == account.uid:
            return
        for directory, _, names in os.walk(folder):
            os.chown(directory, account.uid, account.gid)
            for name in names:
                os.chown(f"{directory}/{name}", account.uid, account.gid, follow_symlinks=False)
    except OSError as error:
        raise ServiceFailed(
            f"{folder} cannot be prepared ({error.strerror})."
            " Give it to the user who runs Kith, or choose another KITH_DATA_DIR."
        ) from error


def let_through(path: Path, account: Account | None) -> None:
    """Let ``account`` pass through the parent folders of ``path`` (search permission, nothing more).

    Raises: ServiceFailed.
    """
    if account is None:
        return
    for folder in reversed(path.parents):
        status = folder.stat()
        if status.st_uid == account.uid or status.st_mode & stat.S_IXOTH:
            continue
        try:
            folder.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)
        except OSError as error:
            raise ServiceFailed(
                f"PostgreSQL runs as the system user {account.name} and cannot pass through {folder}"
                f" ({error.strerror}). Allow it with: chmod o+x {folder}"
            ) from error
        log.info("search_permission_given", folder=str(folder), to=account.name, why="PostgreSQL does not run as root")


def _account(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid) if entry.pw_uid != 0 else None


def _create_account() -> Account | None:
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd is None:
        return None
    made = subprocess.run(  # noqa: S603 - fixed words
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT_NAME],
        capture_output=True,
        check=False,
    )
    if made.returncode == 0:
        log.info("system_user_made", user=ACCOUNT_NAME, why="PostgreSQL does not run as root")
    return _account(ACCOUNT_NAME)


def _fallback_account() -> Account:
    account = _account(FALLBACK_NAME)
    if account is None:
        raise ServiceFailed(
            "PostgreSQL does not run as root, and no system user could be made for it. Make one with:"
            f" useradd --system {ACCOUNT_NAME}"
        )
    log.warning("system_user_borrowed", user=FALLBACK_NAME, why=f"the user {ACCOUNT_NAME} could not be made")
    return account
