"""Correcting a search: a word that nobody here uses becomes the most similar one that several people do."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from models.database import fetch
from server.search.limits import PATIENCE_MS, patience

WORD = re.compile(r"[^\W\d_]{4,40}")
WORDS_LOOKED_AT = 8
CANDIDATES = 20
CLOSE_ENOUGH = 0.75
"""Share of letters in common, in their order, from which a word counts as meant."""

# Trigrams find the candidates through their index; which of them is nearest is decided by the order of letters.
SIMILAR_WORDS = f"""
    SELECT asked.word AS asked, near.word, near.posts FROM unnest($1::text[]) AS asked (word), LATERAL (
      SELECT word, posts FROM search_word WHERE search_word.word % asked.word
      ORDER BY similarity(search_word.word, asked.word) DESC, posts DESC LIMIT {CANDIDATES}) AS near
    WHERE NOT EXISTS (SELECT 1 FROM search_word AS known WHERE known.word = asked.word)
"""


async def correct(words: str) -> str:
    """Return a search with its unknown words corrected; empty where there is nothing to correct."""
    asked = list(dict.fromkeys(word.lower() for word in WORD.findall(words)))[:WORDS_LOOKED_AT]
    async with patience(PATIENCE_MS):
        rows = await fetch(SIMILAR_WORDS, asked)
    nearest: dict[str, tuple[float, int, str]] = {}
    for row in rows:
        closeness = SequenceMatcher(None, row["asked"], row["word"], autojunk=False).ratio()
        if closeness >= CLOSE_ENOUGH:
            candidate = (closeness, row["posts"], row["word"])
            nearest[row["asked"]] = max(candidate, nearest.get(row["asked"], candidate))
    if not nearest:
        return ""
    return WORD.sub(lambda found: nearest[found[0].lower()][2] if found[0].lower() in nearest else found[0], words)
