"""Reading a backup file says what is wrong, and blames the file only where the file is at fault."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from server.backup.archive import Manifest, read_archive, write_archive
from server.services.failures import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534
MANIFEST = Manifest(kith="0.1.0", postgres="18.1", made_at=datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    dump = tmp_path / "dump"
    dump.write_bytes(os.urandom(200_000))
    write_archive(tmp_path / "kith.tar.gz", manifest=MANIFEST, dump=dump, secret_key="k" * 40)
    return tmp_path / "kith.tar.gz"


@contextmanager
def without_roots_rights() -> Iterator[None]:
    """Be somebody whom the mode of a file concerns."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


def test_what_was_written_is_read(backup, tmp_path):
    assert read_archive(backup, dump=tmp_path / "unpacked") == (MANIFEST, "k" * 40)
    assert (tmp_path / "unpacked").read_bytes() == (tmp_path / "dump").read_bytes()


def test_a_disk_that_fills_up_is_not_the_fault_of_the_backup(backup):
    with pytest.raises(ServiceFailed, match="disk of /dev is full: free some space and try again"):
        read_archive(backup, dump=Path("/dev/full"))


def test_a_file_that_we_may_not_read_is_not_called_damaged(backup, tmp_path):
    backup.chmod(0)
    with without_roots_rights(), pytest.raises(ServiceFailed, match=r"kith.tar.gz cannot be read \(Permission denied"):
        read_archive(backup, dump=tmp_path / "unpacked")


def test_a_file_with_a_damaged_middle_is_called_damaged(backup, tmp_path):
    content = bytearray(backup.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 50_000] = b"\xff" * 50_000
    backup.write_bytes(content)
    with pytest.raises(ServiceFailed, match="is not a backup of Kith, or it is damaged"):
        read_archive(backup, dump=tmp_path / "unpacked")
