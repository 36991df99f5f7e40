"""What may be written by anybody because it is printed on posters: the ways to reach a service."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_NOT_A_DIGIT = re.compile(r"\D")
_SHORTEST_NUMBER = 7


def is_public(found: str, helplines: Collection[str]) -> bool:
    """Tell whether what was found is one of the helplines, however it is spaced and with or without country code."""
    digits = _digits(found)
    for helpline in helplines:
        known = _digits(helpline)
        is_same_number = min(len(known), len(digits)) >= _SHORTEST_NUMBER and (
            digits.endswith(known) or known.endswith(digits)
        )
        if is_same_number or helpline.lower() == found.lower():
            return True
    return False


def _digits(number: str) -> str:
    return _NOT_A_DIGIT.sub("", number).lstrip("0")
