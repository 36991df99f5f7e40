"""Protection against forged forms: Litestar's double-submit token, and a fresh one where an error page needs it."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from litestar.config.csrf import CSRFConfig
from litestar.datastructures import Cookie
from litestar.middleware.csrf import CSRF_SECRET_LENGTH, generate_csrf_hash, generate_csrf_token
from litestar.utils.scope.state import ScopeState

from server.web.cookies import cookie_name, is_secure

if TYPE_CHECKING:
    from server.settings import Settings
    from server.web.request import KithRequest


def csrf_config(settings: Settings) -> CSRFConfig:
    """Configure the token that every unsafe request must carry in its form or in ``x-csrftoken``."""
    return CSRFConfig(
        secret=settings.secret_key,
        cookie_name=cookie_name(settings, "form"),
        cookie_secure=is_secure(settings),
        cookie_httponly=True,
        cookie_samesite="lax",
        safe_methods={"GET", "HEAD"},
    )


def form_token(request: KithRequest) -> str:
    """Return the token that forms of this answer must carry, or an empty string where none was made yet."""
    token = ScopeState.from_scope(request.scope).csrf_token
    return token if isinstance(token, str) else ""


def ensure_form_token(request: KithRequest) -> list[Cookie]:
    """Make sure that an error page can hold a working form, and return the cookie that this takes, if any.

    Litestar makes tokens for pages that were routed and read; errors before that, and a refused token, have none.
    """
    if form_token(request):
        return []
    settings: Settings = request.app.state.settings
    config = csrf_config(settings)
    held = request.cookies.get(config.cookie_name, "")
    expected = generate_csrf_hash(held[:CSRF_SECRET_LENGTH], config.secret)
    genuine = hmac.compare_digest(held[CSRF_SECRET_LENGTH:].encode(), expected.encode())
    token = held if genuine else generate_csrf_token(config.secret)
    ScopeState.from_scope(request.scope).csrf_token = token
    if genuine:
        return []
    cookie = Cookie(
        key=config.cookie_name, value=token, path="/", secure=is_secure(settings), httponly=True, samesite="lax"
    )
    return [cookie]
