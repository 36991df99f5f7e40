"""Protection against forged forms: Litestar's double-submit token, masked anew in every page.

Pages are compressed, and hold text that strangers chose beside the token. Were the token the same each time, the sizes
of many answers could spell it out (BREACH); so each page carries it under a fresh random mask (docs/decisions/0003).
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hashlib import shake_256
from typing import TYPE_CHECKING

from litestar.config.csrf import CSRFConfig
from litestar.middleware.csrf import (
    CSRF_SECRET_LENGTH,
    CSRFMiddleware,
    generate_csrf_hash,
    generate_csrf_token,
)
from litestar.utils.scope.state import ScopeState

from server.web.cookies import cookie_name, is_secure, new_cookie

if TYPE_CHECKING:
    from litestar.datastructures import Cookie

    from server.settings import Settings
    from server.web.request import KithRequest


FROM_ELSEWHERE = ("cross-site", "same-site")
"""What browsers say in ``Sec-Fetch-Site`` where another site's form, link or picture led here."""


def is_from_elsewhere(request: KithRequest) -> bool:
    """Tell whether the browser says that another site led to this request."""
    return request.headers.get("sec-fetch-site", "") in FROM_ELSEWHERE


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


class ForgedFormProtection(CSRFMiddleware):
    """Litestar's middleware, which takes masked tokens as well."""

    def _csrf_tokens_match(self, request_csrf_token: str, cookie_csrf_token: str) -> bool:
        return super()._csrf_tokens_match(unmask_token(request_csrf_token), cookie_csrf_token)


MASK_SEED_BYTES = 16
TOKEN_BYTES = 64
MASKED_LENGTH = len(urlsafe_b64encode(bytes(MASK_SEED_BYTES + TOKEN_BYTES)))


def mask_token(token: str) -> str:
    """Hide a token of 128 hex digits under a random mask, which comes along."""
    seed = secrets.token_bytes(MASK_SEED_BYTES)
    return urlsafe_b64encode(seed + _under_mask(seed, bytes.fromhex(token))).decode()


def unmask_token(text: str) -> str:
    """Return the token under a mask; what is none comes back as it is or empty, to be refused like any wrong token."""
    if len(text) != MASKED_LENGTH:
        return text if text.isascii() else ""
    try:
        masked = urlsafe_b64decode(text)
    except (NotBase64, ValueError):
        return ""
    return _under_mask(masked[:MASK_SEED_BYTES], masked[MASK_SEED_BYTES:]).hex()


def _under_mask(seed: bytes, content: bytes) -> bytes:
    mask = shake_256(seed).digest(len(content))
    return bytes(one ^ other for one, other in zip(content, mask, strict=True))


def form_token(request: KithRequest) -> str:
    """Return the token that forms of this answer must carry, masked; empty where none was made yet."""
    token = ScopeState.from_scope(request.scope).csrf_token
    return mask_token(unmask_token(token)) if isinstance(token, str) else ""


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
    return [new_cookie(settings, "form", token)]
