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

AT_ONCE = 6_000
"""Characters of a post in which the words are looked for at first: marking takes long, and few posts are longer."""

# ShortWord=0: by default small words at either end fall away, and "I cannot sleep" begins with "cannot".
OPTIONS = (
    f'StartSel={BEGIN}, StopSel={END}, MaxFragments=2, MaxWords=24, MinWords=10, ShortWord=0, FragmentDelimiter=" … "'
)

_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\([^()\s]{1,500}\)")
_MARKS = re.compile(r"^[ \t]*(?:>[ \t]?|[-*+][ \t])+|[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}", re.MULTILINE)
_FOUND = re.compile(f"{BEGIN}([^{BEGIN}{END}]*){END}")
_SENTINELS = str.maketrans("", "", BEGIN + END)


async def make_snippets(bodies: Sequence[str], words: str) -> list[Markup]:
    """Return a snippet of each post, with the words that were found in ``<mark>``."""
    texts = [plain_line(body) for body in bodies]
    snippets = await _mark_words([text[:AT_ONCE] for text in texts], words)
    unfound = [place for place, text in enumerate(texts) if len(text) > AT_ONCE and BEGIN not in snippets[place]]
    rests = await _mark_words([texts[place][AT_ONCE:] for place in unfound], words)
    for place, snippet in zip(unfound, rests, strict=True):
        snippets[place] = snippet if BEGIN in snippet else snippets[place]
    return [mark_found(_with_ellipses(snippet, text)) for snippet, text in zip(snippets, texts, strict=True)]


async def _mark_words(texts: list[str], words: str) -> list[str]:
    rows = await fetch(
        """SELECT ts_headline('english', text, websearch_to_tsquery('english', $2), $3) AS snippet
           FROM unnest($1::text[]) WITH ORDINALITY AS asked (text, place) ORDER BY place""",
        texts,
        words,
        OPTIONS,
    )
    return [row["snippet"] for row in rows]


def plain_line(body: str) -> str:
    """Return the text of a post on one line, without the marks of the small Markdown."""
    text = _MARKS.sub("", _LINK.sub(r"\1", body.translate(_SENTINELS)))
    return " ".join(text.split())


def mark_found(snippet: str) -> Markup:
    """Escape a snippet, and only then turn the pairs of private characters into ``<mark>``."""
    marked = _FOUND.sub(r"<mark>\1</mark>", str(escape(snippet))).translate(_SENTINELS)
    return Markup(marked)  # noqa: S704 - everything but our own mark elements has just been escaped


def _with_ellipses(snippet: str, text: str) -> str:
    plain = snippet.translate(_SENTINELS)
    before = "" if text.startswith(plain[:30]) else "… "
    after = "" if text.rstrip(".!?… ").endswith(plain[-30:].rstrip(".!?… ")) else " …"
    return f"{before}{snippet}{after}"
