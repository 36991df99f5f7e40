"""The two cookies of Kith: one for the session, one against forged forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar.datastructures import Cookie

if TYPE_CHECKING:
    from datetime import timedelta

    from server.settings import Settings


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
