"""What somebody asks: the words, the board, and where the page begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from server.text.cleaning import clean_line
from server.text.numbers import ID_DIGITS, whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_CHARACTERS = 200
READ_CHARACTERS = 2_000
"""So much of what arrived is looked at; the rest could only be thrown away."""

NEWEST = 2**62


@dataclass(frozen=True)
class Question:
    """One search. ``words`` is cleaned and on one line; where it was too long it is the beginning."""

    words: str = ""
    is_too_long: bool = False
    board: str = ""
    after: int = NEWEST
    as_typed: bool = False
    """The person asked for exactly these words: no spelling correction."""

    @property
    def is_first_page(self) -> bool:
        """Tell whether the page begins with the newest."""
        return self.after == NEWEST

    def address(self, *, words: str = "", after: str = "", spelling: str = "") -> str:
        """Return the address of this search with other words, of its next page, or with ``spelling=as-typed``."""
        spelling = spelling or ("as-typed" if self.as_typed else "")
        fields = {"q": words or self.words, "board": self.board, "after": after, "spelling": spelling}
        return f"/search?{urlencode({name: text for name, text in fields.items() if text})}"


def read_question(parameters: Mapping[str, str]) -> Question:
    """Read the address of a search; nothing is refused, so that everything can be shown again."""
    raw = parameters.get("q", "")
    words = clean_line(raw[:READ_CHARACTERS])
    after = whole_number(parameters.get("after", ""), digits=ID_DIGITS)
    return Question(
        words=words[:MAX_CHARACTERS].strip(),
        is_too_long=len(words) > MAX_CHARACTERS or len(raw) > READ_CHARACTERS,
        board=clean_line(parameters.get("board", "")[:60]),
        after=NEWEST if after is None else after,
        as_typed=parameters.get("spelling", "") == "as-typed",
    )
