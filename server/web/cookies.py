"""The three cookies of Kith: for the session, against forged forms, and for what the next page is to say."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from litestar.datastructures import Cookie

if TYPE_CHECKING:
    from datetime import timedelta

    from server.settings import Settings


SAID_SECONDS = 60
"""How long a sentence waits for its page."""


def is_secure(settings: Settings) -> bool:
    """Tell whether browsers reach this Kith over HTTPS."""
    return settings.base_url.startswith("https://")


def cookie_name(settings: Settings, purpose: str) -> str:
    """Return ``kith-<purpose>``, under HTTPS with the ``__Host-`` prefix by which browsers hold it to this host."""
    return f"__Host-kith-{purpose}" if is_secure(settings) else f"kith-{purpose}"


def new_cookie(settings: Settings, purpose: str, value: str, *, max_age: int | None = None) -> Cookie:
    """Build a cookie that scripts cannot read; without ``max_age`` in seconds it goes when the browser is closed."""
    return Cookie(
        key=cookie_name(settings, purpose),
        value=value,
        path="/",
        max_age=max_age,
        secure=is_secure(settings),
        httponly=True,
        samesite="lax",
    )


def ended_cookie(settings: Settings, purpose: str) -> Cookie:
    """Build the cookie that takes another one away."""
    return new_cookie(settings, purpose, "", max_age=0)


def session_cookie(settings: Settings, token: str, *, keep_for: timedelta | None) -> Cookie:
    """Build the session cookie; without ``keep_for`` it goes when the browser is closed."""
    return new_cookie(settings, "session", token, max_age=int(keep_for.total_seconds()) if keep_for else None)


def said_cookie(settings: Settings, code: str, path: str) -> Cookie:
    """Build the cookie by which the page at ``path``, and no page of another tab, says one of the known sentences.

    In an address anybody could link to the sentence, and the browser's history would keep it.
    """
    return new_cookie(settings, "said", f"{code}.{_mark(path)}", max_age=SAID_SECONDS)


def said_at(value: str, path: str) -> str:
    """Return the code in a cookie of ``said_cookie`` if it is for the page at ``path``, else an empty string."""
    code, _, mark = value.partition(".")
    return code if mark == _mark(path) else ""


def _mark(path: str) -> str:
    """Stand for a page, so that its address does not lie in the cookie."""
    return sha256(unquote(urlsplit(path).path).encode()).hexdigest()[:16]
