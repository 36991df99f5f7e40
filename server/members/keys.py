"""Keys for one purpose each, derived from the installation's secret key (HKDF, RFC 5869)."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


@lru_cache(maxsize=32)
def derive_key(secret_key: str, purpose: str) -> bytes:
    """Return 32 bytes for ``purpose``; keys of different purposes tell nothing about each other."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"kith {purpose}".encode()).derive(secret_key.encode())


def seal_for(secret_key: str, purpose: str) -> Fernet:
    """Return the seal for ``purpose``: what it closes only this installation can read, and nobody can forge."""
    return Fernet(base64.urlsafe_b64encode(derive_key(secret_key, purpose)))
