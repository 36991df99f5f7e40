"""How long a member's words may be, counted in characters (Unicode code points) after cleaning."""

from __future__ import annotations

from typing import Final

MAX_POST_CHARACTERS: Final = 20_000
"""One post or reply: about 3,500 English words."""

MAX_TITLE_CHARACTERS: Final = 160
"""The title of a thread, on one line."""

MAX_NOTE_CHARACTERS: Final = 80
"""A content note in the author's own words."""

MAX_REASON_CHARACTERS: Final = 2_000
"""Why a post was reported, or why somebody is worried about its author."""
