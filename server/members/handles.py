"""Handles: the names that members go by. One is suggested; another may be chosen, if it gives nobody away."""

from __future__ import annotations

import random
import re
import unicodedata
from importlib import resources
from typing import Final

from models.database import fetch
from server.errors import KithError

SHORTEST, LONGEST = 3, 30
DIGITS_OF_A_PHONE_NUMBER = 7
SUGGESTIONS_AT_ONCE = 8


def _list_of(name: str) -> tuple[str, ...]:
    return tuple(resources.files("server.members").joinpath(name).read_text("ascii").split())


# Calm words: nobody in their worst hour should be handed the name "jolly".
ADJECTIVES: Final = _list_of("handle_adjectives.txt")
ANIMALS: Final = _list_of("handle_animals.txt")

# Emergency numbers, and numbers that stand for hate, drugs or worse.
_LOADED_NUMBERS = {14, 18, 28, 69, 88, 112, 187, 311, 318, 420, 666, 710, 911, 988, 999}
NUMBERS: Final = tuple(number for number in range(10, 1000) if number not in _LOADED_NUMBERS)

_SHAPE = re.compile("[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
_BIRTH_YEAR = re.compile(r"(?<!\d)(?:19[3-9]\d|200\d|201[0-5])(?!\d)")
_MAIL_ADDRESS = re.compile(
    r"@|[-_]at[-_].*[-_](?:com|net|org|edu|gov|info|co|uk|de|fr)$|[-_](?:gmail|hotmail|icloud|protonmail)(?:[-_]|$)",
    re.IGNORECASE,
)
_TEAM_WORD = re.compile(
    "(?:(?:admin|administrator|mod|moderator|kith|staff|clinician|doctor|nurse|therapist|counsell?or|helpline|support"
    "|official|system)s?)+"
)
_CAPITALISED_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DIGITS_READ_AS_LETTERS = [str.maketrans("01345", f"o{one}eas") for one in "il"]


class HandleNotAllowed(KithError, ValueError):
    """A handle that cannot be taken, with a kind word about why."""

    status = 422
    title = "Please take another name"


async def suggest_handle(rng: random.Random | None = None) -> str:
    """Return a handle that nobody has yet, such as ``quiet-otter-41``."""
    rng = rng or random.SystemRandom()
    composed = [compose_handle(rng) for _ in range(SUGGESTIONS_AT_ONCE)]
    rows = await fetch("SELECT handle_key FROM member WHERE handle_key = ANY($1)", composed)
    taken = {row["handle_key"] for row in rows}
    # Should every one of them be taken, joining says so and suggests again.
    return next((handle for handle in composed if handle not in taken), composed[0])


def compose_handle(rng: random.Random) -> str:
    """Put an adjective, an animal and a number together."""
    return f"{rng.choice(ADJECTIVES)}-{rng.choice(ANIMALS)}-{rng.choice(NUMBERS)}"


def check_handle(text: str) -> str:
    """Return ``text`` as the handle that is stored: trimmed, in the plain form of its letters and digits.

    Raises: HandleNotAllowed.
    """
    handle = unicodedata.normalize("NFKC", text).strip()
    if refusal := _refusal(handle):
        raise HandleNotAllowed(refusal)
    return handle


def _refusal(handle: str) -> str | None:
    """Say why a handle cannot be taken; ``None`` where it can."""
    if _MAIL_ADDRESS.search(handle):
        return "This looks like an e-mail address. Please take a name that nobody outside can know you by."
    if not SHORTEST <= len(handle) <= LONGEST:
        return f"Please take a name of {SHORTEST} to {LONGEST} characters."
    if not _SHAPE.fullmatch(handle):
        return "Please use the letters a to z, digits, hyphens and underscores, with a letter or digit at both ends."
    if sum(sign.isdigit() for sign in handle) >= DIGITS_OF_A_PHONE_NUMBER:
        return "This looks like a phone number. Please use fewer digits, so that nobody can know you by them."
    if _BIRTH_YEAR.search(handle):
        return "This looks like a year of birth. Please take another number, so that nobody can know you by it."
    if not re.search("[A-Za-z]", handle):
        return "Please use at least one letter, so that nobody takes your name for a number to call."
    if _speaks_for_the_team(handle):
        return "This could be taken for one of the people who run this place. Please take another name."
    return None


def _speaks_for_the_team(handle: str) -> bool:
    """Tell whether a word of the handle is one that the team goes by, also with digits in place of letters."""
    readings = [handle, *(handle.translate(digits) for digits in _DIGITS_READ_AS_LETTERS)]
    return any(
        _TEAM_WORD.fullmatch(word.lower())
        for reading in readings
        for word in (*_CAPITALISED_WORD.findall(reading), *re.split("[^A-Za-z]+", reading))
    )
