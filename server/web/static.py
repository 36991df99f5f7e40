"""Style sheet, scripts and pictures: few and small, so they live in memory, compressed once, cached for a year."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath

from server.errors import NotFound
from server.web.request import KithRequest

FOLDER = Path(__file__).parent.parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
TEXT_TYPES = ("text/", "application/javascript", "image/svg+xml", "application/manifest+json")
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class StaticFile:
    """One file as it is sent: ``version`` is part of its address, so a changed file has a new one."""

    content: bytes
    compressed: bytes
    media_type: str
    version: str


def _load(path: Path) -> StaticFile:
    content = path.read_bytes()
    media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    compressed = gzip.compress(content, 9, mtime=0) if media_type.startswith(TEXT_TYPES) else b""
    return StaticFile(content, compressed, media_type, hashlib.sha256(content).hexdigest()[:12])


FILES = {str(path.relative_to(FOLDER)): _load(path) for path in sorted(FOLDER.rglob("*")) if path.is_file()}


def asset(name: str) -> str:
    """Return the address of a static file for templates, with its version.

    Raises: KeyError for a name that does not exist, so that a template's slip shows in its first test.
    """
    return f"/static/{name}?v={FILES[name].version}"


def send_file(request: KithRequest, name: str, *, cache_control: str) -> Response[bytes]:
    """Answer with a static file, compressed where the browser takes that."""
    file = FILES.get(name)
    if file is None:
        raise NotFound
    headers = {"cache-control": cache_control, "vary": "accept-encoding"}
    if file.compressed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.compressed, media_type=file.media_type, headers={**headers, "content-encoding": "gzip"})
    return Response(file.content, media_type=file.media_type, headers=headers)


@get("/static/{name:path}", exclude_from_session=True, exclude_from_csrf=True)
async def static_file(request: KithRequest, name: FromPath[str]) -> Response[bytes]:
    """Serve one file of ``server/static``."""
    return send_file(request, name.lstrip("/"), cache_control=FOR_EVER)


@get("/sw.js", exclude_from_session=True, exclude_from_csrf=True)
async def service_worker(request: KithRequest) -> Response[bytes]:
    """Serve the service worker from the root, so that it may answer for every page when the network is gone."""
    return send_file(request, "sw.js", cache_control="no-cache")
