"""Nothing that somebody wrote is lost: a form that could not be taken comes back with its text, ready to send again.

Used where a route cannot show its own form: the session or the form token ran out, a limit was reached, the database
is away. Secrets are never given back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from litestar.exceptions import HTTPException

if TYPE_CHECKING:
    from server.web.request import KithRequest

WRITTEN = (
    *("title", "body", "details", "note_text", "reason", "purpose", "rules", "description", "words"),
    *("claim", "phrasings", "counter", "correction", "label", "text"),
    *("question", "escalate_why", "cut_other", "kept_words", "read_note"),
)
"""Names of the form fields that hold somebody's words."""

SECRET = frozenset({"phrase", "password", "new_password", "code", "secret", "_csrf_token"})
CARRIED = "kept."
"""Prefix of kept fields inside another form, such as the sign-in form."""


class KeptForm(msgspec.Struct):
    """A form that was not taken: where it goes, what was written, and the other fields it needs."""

    action: str
    written: dict[str, str]
    others: dict[str, str]

    @property
    def has_text(self) -> bool:
        """Tell whether there is anything worth giving back."""
        return bool(self.written)


def kept_form(action: str, fields: dict[str, str]) -> KeptForm:
    """Sort a form's fields into words and the rest, and leave its secrets out.

    Text that the form carried for another one is words too: a sign-in form can fail twice.
    """
    written = {name: fields[name] for word in WRITTEN for name in (word, CARRIED + word) if name in fields}
    others = {name: text for name, text in fields.items() if name not in written and name not in SECRET}
    return KeptForm(action, written, others)


async def read_form(request: KithRequest) -> dict[str, str]:
    """Return the text fields of a form, each once; anything that is no readable form counts as empty."""
    if "route_handler" not in request.scope:
        return {}  # an address that does not exist: Litestar has not decided how much it would read
    try:
        form = await request.form()
    except (HTTPException, ValueError, UnicodeError):
        return {}
    return {name: text for name, text in form.items() if isinstance(text, str)}


async def keep(request: KithRequest) -> KeptForm:
    """Keep the form of a request that failed."""
    return kept_form(request.url.path, await read_form(request))


def carried_form(fields: dict[str, str]) -> KeptForm | None:
    """Return the form that another form carried along in ``kept.`` fields, or ``None``."""
    action = fields.get(f"{CARRIED}action", "")
    if not action:
        return None
    inner = {name.removeprefix(CARRIED): text for name, text in fields.items() if name.startswith(CARRIED)}
    inner.pop("action", None)
    return kept_form(action, inner)
