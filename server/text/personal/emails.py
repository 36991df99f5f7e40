"""E-mail addresses, also those spelt so that machines shall not see them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from server.text.personal.detail import fold, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.text.personal.detail import Span

_DOT = r"\s?(?:\.|\[dot\]|\(dot\)|\{dot\}| dot )\s?"
_PROVIDERS = (
    r"(?:g ?mail|googlemail|hot ?mail|yahoo|ymail|outlook|live|msn|icloud|me|mac|aol|proton(?:mail)?|pm|gmx|web|mail"
    r"|posteo|tuta(?:nota)?|zoho|fastmail|hey|btinternet|sky|comcast|verizon|orange|wanadoo|free|t-online|rediffmail|yandex|qq)"
)
_ENDINGS = (
    r"(?:co(?:\.| dot )uk|co(?:\.| dot )in|com(?:\.| dot )au|com|net|org|de|fr|es|it|ie|in|at|ch|me|ca|eu|us|io|nl)"
)
_OF_A_PROVIDER = rf"{_PROVIDERS}{_DOT}{_ENDINGS}(?!\w)"
# What follows the name; each begins with a fixed text or few characters, which keeps the search fast.
_HOSTS = [
    re.compile(r"@(?<!\s@)(?:[\w-]{1,63}\.){1,4}[a-z]{2,24}(?![\w@-])"),
    re.compile(rf"[\[({{](?:at|@)[\])}}] ?[\w-]{{1,63}}(?:{_DOT}[\w-]{{2,63}}){{1,3}}"),
    re.compile(rf"@ ?{_OF_A_PROVIDER}"),
    re.compile(rf" at {_OF_A_PROVIDER}"),
]
# Without an ending only a name that is no plain word counts: jane_doe99 at gmail
_PROVIDERS_ALONE = [
    re.compile(r" at (?:g ?mail|hot ?mail|yahoo|outlook|icloud)\b(?!\.\w)"),
    re.compile(r"@(?:g ?mail|hot ?mail|yahoo|outlook|icloud)\b(?!\.\w)"),
]
_LONGEST_LOCAL_PART = 65
_LOCAL_PART = re.compile(r"(?<![\w.+@-])([\w.+-]{1,64}) ?\Z")
_NO_PLAIN_WORD = re.compile(r"[a-z]\w*[\d_.]")
_OF_A_SERVICE = words_of(
    """
    admin complaints contact donate enquiries feedback hello help helpline info inquiries mail media moderators
    no-reply noreply office press privacy reception safeguarding service support team volunteer webmaster
    """
)
_NO_LOCAL_PART = words_of(
    """
    am apply available based be been call check contact find found go got here here's is it it's job join login
    look looked looking mail me my now online only out over page read see seen service sign signed site support
    them us was work worked working write you
    """
)


def find_emails(text: str) -> Iterator[Span]:
    """Yield where e-mail addresses of people stand; those of an office (info@, help@) are left out."""
    folded = fold(text)
    for pattern in (*_HOSTS, *_PROVIDERS_ALONE):
        for host in pattern.finditer(folded):
            start = max(0, host.start() - _LONGEST_LOCAL_PART)
            local = _LOCAL_PART.search(folded[start : host.start()])
            if local and _is_a_persons(local[1], host[0]) and (pattern in _HOSTS or _NO_PLAIN_WORD.match(local[1])):
                yield start + local.start(1), host.end()


def _is_a_persons(local_part: str, host: str) -> bool:
    name = local_part.strip(".+-")
    return name != "" and name not in _OF_A_SERVICE and ("@" in host or name not in _NO_LOCAL_PART)
