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


def session_cookie(settings: Settings, token: str, *, keep_for: timedelta | None) -> Cookie:
    """Build the session cookie; without ``keep_for`` it goes when the browser is closed."""
    return Cookie(
        key=cookie_name(settings, "session"),
        value=token,
        path="/",
        max_age=int(keep_for.total_seconds()) if keep_for else None,
        secure=is_secure(settings),
        httponly=True,
        samesite="lax",
    )


def ended_session_cookie(settings: Settings) -> Cookie:
    """Build the cookie that takes the session cookie away."""
    cookie = session_cookie(settings, "", keep_for=None)
    cookie.max_age = 0
    return cookie


def said_cookie(settings: Settings, code: str, path: str) -> Cookie:
    """Build the cookie by which the page at ``path``, and no page of another tab, says one of the known sentences.

    In an address anybody could link to the sentence, and the browser's history would keep it.
    """
    return Cookie(
        key=cookie_name(settings, "said"),
        value=f"{code}.{_mark(path)}",
        path="/",
        max_age=SAID_SECONDS,
        secure=is_secure(settings),
        httponly=True,
        samesite="lax",
    )


def told_cookie(settings: Settings) -> Cookie:
    """Build the cookie that takes the sentence away."""
    cookie = said_cookie(settings, "", "")
    cookie.max_age = 0
    return cookie


def said_at(value: str, path: str) -> str:
    """Return the code in a cookie of ``said_cookie`` if it is for the page at ``path``, else an empty string."""
    code, _, mark = value.partition(".")
    return code if mark == _mark(path) else ""


def _mark(path: str) -> str:
    """Stand for a page, so that its address does not lie in the cookie."""
    return sha256(unquote(urlsplit(path).path).encode()).hexdigest()[:16]
