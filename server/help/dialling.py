"""What a tap dials: the number inside what an entry says in words.

A number here is shown to somebody in the worst hour of their life, so words that could be read in two ways give none.
"""

from __future__ import annotations

import re

# Digits with single spaces, dots or hyphens between them; brackets only around digits, so that "116 123 (24 hours)"
# ends where the number does. A star belongs to some short numbers.
NUMBER = r"[+*]?(?:\(\d+\)|\d)(?:[ .\u00a0\u2010\u2011-]?(?:\(\d+\)|\d))*"
SHORTEST = 3
FIRST_ELSEWHERE = re.compile(r"whatsapp|regist|\bsee\b", re.IGNORECASE)
"""Another app, or a page to read before: a message to the number alone would reach nobody."""


def dialled_number(words: str) -> str:
    """Return the number that a ``tel:`` link dials for ``112, or 15 for the ambulance``; empty where there is none."""
    found = re.findall(NUMBER, words)
    longer = [number for number in found if len(re.sub(r"\D", "", number)) >= SHORTEST]
    if longer:
        return _as_typed(longer[0])
    # Some countries have emergency numbers of two digits; the 24 of "24 hours" is none.
    return found[0] if found and found[0] != "24" and words.startswith(found[0]) else ""


def texted_number(words: str) -> str:
    """Return whom an ``sms:`` link writes to for ``Text HELLO to 50808``; empty where a message alone would not do."""
    if FIRST_ELSEWHERE.search(words):
        return ""
    addressed = re.search(rf"\bto ({NUMBER})", words)
    return _as_typed(addressed[1]) if addressed else dialled_number(words)


def _as_typed(number: str) -> str:
    """Leave what a keypad has; in an international number the ``(0)`` of callers at home goes."""
    if number.startswith("+"):
        number = number.replace("(0)", "")
    return re.sub(r"[^\d+*]", "", number)
