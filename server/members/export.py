"""The export: a ZIP of ``data.json`` and a readable page, written to a nameless temporary file and streamed from it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import zipfile
from functools import cache
from typing import IO, TYPE_CHECKING

import msgspec

from server.members.export_sections import SECTIONS, account_fields, batches_of
from server.web.pages import template_environment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from jinja2 import Environment

    from server.members.export_sections import Row, Section

CHUNK_BYTES = 64 * 1024


async def write_export(member_id: int, *, at: datetime) -> IO[bytes]:
    """Write everything that Kith holds about a member; return the ZIP, open at its beginning.

    Raises: NotFound.
    """
    # The file outlives this function and is closed by whoever reads it; it has no name, so nothing is left behind.
    target = tempfile.TemporaryFile(prefix="kith-export-")  # noqa: SIM115
    try:
        with (
            tempfile.TemporaryFile(prefix="kith-export-") as page,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            await _write_json_and_page(member_id, archive, page, at=at)
            await asyncio.to_thread(_add_page, archive, page)
        target.seek(0)
    except BaseException:
        target.close()
        raise
    return target


async def read_in_chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    """Yield a file's bytes and close it."""
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk


async def _write_json_and_page(member_id: int, archive: zipfile.ZipFile, page: IO[bytes], *, at: datetime) -> None:
    """Write both at once, so that they say the same."""
    account = await account_fields(member_id)
    page.write(_render("begin", account=account, at=at, sections=SECTIONS))
    with archive.open("data.json", "w", force_zip64=True) as data:
        data.write(b'{"exported_at": ' + msgspec.json.encode(at) + b',\n"account": ' + msgspec.json.encode(account))
        for section in SECTIONS:
            data.write(f',\n"{section.name}": ['.encode())
            page.write(_render("section", section=section))
            separator = b"\n"
            async for rows in batches_of(section, member_id):
                await asyncio.to_thread(_write_rows, data, page, section, rows, separator)
                separator = b",\n"
            if separator == b"\n":
                page.write(_render("nothing"))
            data.write(b"]")
        data.write(b"}\n")
    page.write(_render("end"))


def _write_rows(data: IO[bytes], page: IO[bytes], section: Section, rows: list[Row], separator: bytes) -> None:
    data.write(separator + b",\n".join(msgspec.json.encode(row) for row in rows))
    page.write(_render("rows", section=section, rows=rows))


def _add_page(archive: zipfile.ZipFile, page: IO[bytes]) -> None:
    page.seek(0)
    with archive.open("read-me.html", "w", force_zip64=True) as entry:
        shutil.copyfileobj(page, entry)


@cache
def _environment() -> Environment:
    return template_environment()


def _render(part: str, **context: object) -> bytes:
    return _environment().get_template(f"members/export/{part}.html").render(**context).encode("utf-8", "replace")
