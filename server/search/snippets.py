"""The piece of a post around the words that were found, safe to show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from models.database import fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

BEGIN, END = "\ue000", "\ue001"
"""Around a found word, between PostgreSQL and here: characters of nobody's language, taken out of the text before."""

LONGEST_TEXT = 6_000
"""Characters of a post in which the words are marked: marking takes long."""

OPTIONS = f'StartSel={BEGIN}, StopSel={END}, MaxFragments=2, MaxWords=24, MinWords=10, FragmentDelimiter=" … "'

_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\([^()\s]{1,500}\)")
_MARKS = re.compile(r"^[ \t]*(?:>[ \t]?|[-*+][ \t])+|[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}", re.MULTILINE)
_FOUND = re.compile(f"{BEGIN}([^{BEGIN}{END}]*){END}")
_SENTINELS = str.maketrans("", "", BEGIN + END)


async def make_snippets(texts: Sequence[str], words: str) -> list[Markup]:
    """Return a snippet of each text, with the words that were found in ``<mark>``."""
    rows = await fetch(
        """SELECT ts_headline('english', text, websearch_to_tsquery('english', $2), $3) AS snippet
           FROM unnest($1::text[]) WITH ORDINALITY AS asked (text, place) ORDER BY place""",
        [plain_line(text) for text in texts],
        words,
        OPTIONS,
    )
    return [mark_found(row["snippet"]) for row in rows]


def plain_line(body: str) -> str:
    """Return the text of a post on one line, without the marks of the small Markdown."""
    text = _MARKS.sub("", _LINK.sub(r"\1", body[:LONGEST_TEXT].translate(_SENTINELS)))
    return " ".join(text.split())


def mark_found(snippet: str) -> Markup:
    """Escape a snippet, and only then turn the pairs of private characters into ``<mark>``."""
    marked = _FOUND.sub(r"<mark>\1</mark>", str(escape(snippet))).translate(_SENTINELS)
    return Markup(marked)  # noqa: S704 - everything but our own mark elements has just been escaped
