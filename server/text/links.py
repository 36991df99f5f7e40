"""Web addresses in what members write: which of them become links, and the host a reader is shown."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

MAX_ADDRESS_CHARACTERS = 2_000
BARE_ADDRESS = re.compile(rf"https?://[^\s<>\"“”«»、。]{{1,{MAX_ADDRESS_CHARACTERS}}}", re.IGNORECASE)

_PARTS = re.compile(r"(https?)://([^/?#]+)(.*)", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"([^:@\\%\[\]]+?)\.?(:\d{1,5})?")
_SAFE_IN_PATH = "%/?#:@!$&'()*+,;=-._~"
_PUNYCODE = "xn--"
_ENDS_A_SENTENCE = ".,;:!?'\u2019*_~…|"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
# Scripts that one language writes side by side; any other two in one host are a sign of imitation.
_WRITTEN_TOGETHER = (frozenset({"CJK", "HIRAGANA", "KATAKANA"}), frozenset({"CJK", "HANGUL"}))


class WebAddress(NamedTuple):
    """An http or https address that is safe to link: ``href`` is ASCII, ``host`` is what a reader is shown."""

    href: str
    host: str


def read_address(raw: str) -> WebAddress | None:
    """Return the address when it is http or https with a plain host, else None.

    Names and passwords before the host, percent signs and backslashes in it, and hosts without a dot are refused:
    browsers and readers disagree about what they mean.
    """
    parts = _PARTS.fullmatch(raw)
    authority = _AUTHORITY.fullmatch(parts[2]) if parts else None
    if parts is None or authority is None or len(raw) > MAX_ADDRESS_CHARACTERS:
        return None
    host = unicodedata.normalize("NFKC", authority[1]).lower()
    labels = host.split(".")
    if len(labels) < 2 or not all(_is_label(label) for label in labels):
        return None
    ascii_host = ".".join(_to_ascii(label) for label in labels)
    href = f"{parts[1].lower()}://{ascii_host}{authority[2] or ''}{quote(parts[3], safe=_SAFE_IN_PATH)}"
    return WebAddress(href, _shown_host(ascii_host))


def plain_path(path: str) -> str:
    """Return a path as servers read it: without escapes, dots and double slashes, in lower case."""
    return "/" + posixpath.normpath(unquote(path)).strip("/").lower()


def signs_out(address: WebAddress, own_host: str) -> bool:
    """Tell whether an address, however it is written, is the one by which people leave the Kith at ``own_host``."""
    return address.host == own_host and plain_path(urlsplit(address.href).path) == "/leave"


def trim_address(found: str) -> str:
    """Take off what ends the sentence rather than the address: a full stop, a bracket opened before it."""
    surplus = {closing: found.count(closing) - found.count(opening) for closing, opening in _BRACKETS.items()}
    end = len(found)
    while end and (found[end - 1] in _ENDS_A_SENTENCE or surplus.get(found[end - 1], 0) > 0):
        end -= 1
        if found[end] in surplus:
            surplus[found[end]] -= 1
    return found[:end]


def _is_label(label: str) -> bool:
    return 0 < len(label) <= 63 and all(unicodedata.category(c)[0] in "LMN" or c in "-_" for c in label)


def _to_ascii(label: str) -> str:
    return label if label.isascii() else _PUNYCODE + label.encode("punycode").decode("ascii")


def _shown_host(ascii_host: str) -> str:
    """Return the host in its own letters if they are of one script, else in punycode."""
    try:
        host = ".".join(
            label.removeprefix(_PUNYCODE).encode("ascii").decode("punycode") if label.startswith(_PUNYCODE) else label
            for label in ascii_host.split(".")
        )
    except UnicodeError:
        return ascii_host
    scripts = {unicodedata.name(c, "?").split()[0] for c in host if c.isalpha()}
    one_script = len(scripts) <= 1 or any(scripts <= together for together in _WRITTEN_TOGETHER)
    is_plain = host == unicodedata.normalize("NFKC", host).lower() and all(
        _is_label(label) for label in host.split(".")
    )
    return host if one_script and is_plain else ascii_host
