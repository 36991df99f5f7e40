"""Where to go after signing in: only ever a page of this Kith."""

from __future__ import annotations

from urllib.parse import urlsplit

from server.text.links import plain_path

HOME = "/"
LONGEST = 500
NOT_AGAIN = ("/sign-in", "/sign-out", "/join", "/leave")
"""Pages that make no sense to somebody who has just come in."""


def local_path(wanted: str) -> str:
    r"""Return ``wanted`` if it is a path of this site, else the front page.

    Browsers take ``//host``, ``/\host`` and, after dropping tabs and newlines, ``/<tab>/host`` for other sites.
    """
    if not wanted.startswith("/") or len(wanted) > LONGEST or not wanted.isprintable() or not wanted.isascii():
        return HOME
    if wanted.startswith("//") or "\\" in wanted or " " in wanted:
        return HOME
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or plain_path(parts.path).startswith(NOT_AGAIN):
        return HOME
    return wanted
