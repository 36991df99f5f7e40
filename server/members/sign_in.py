"""Signing in: the answer to an unknown handle and to a wrong secret is the same, and takes the same work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import execute
from server.errors import TooMany, spoken_wait
from server.members.credentials import (
    LONGEST_HANDLE,
    Credentials,
    SecretKind,
    WrongSecret,
    check_secret,
    find_credentials,
    handle_key,
)
from server.members.hashing import LONGEST_SECRET
from server.members.phrase import PHRASE_LENGTH, nearest_word, normalise_phrase, unknown_words

if TYPE_CHECKING:
    from server.web.rate_limits import RateLimits


@dataclass(frozen=True)
class Hint:
    """A word that is not on the list of phrase words, and the one that may have been meant."""

    typed: str
    meant: str


@dataclass(frozen=True)
class PhraseHints:
    """What can be said about a typed phrase from its words alone; nothing here depends on who exists."""

    word_count: int
    words: tuple[Hint, ...]

    @property
    def has_wrong_length(self) -> bool:
        """Tell whether words are missing or too many."""
        return self.word_count != PHRASE_LENGTH


async def sign_in(handle: str, secret: str, *, limits: RateLimits) -> Credentials:
    """Return the member whose handle and secret were typed.

    Raises: WrongSecret, TooMany.
    """
    await _count_try(handle, secret, limits)
    member = await find_credentials(handle)
    kind = await check_secret(member, secret)
    if member is None:
        raise WrongSecret
    if kind is SecretKind.PHRASE:
        # Whoever can type the phrase has it: no need to remind them.
        await execute("UPDATE member SET phrase_noted = true WHERE id = $1 AND NOT phrase_noted", member.id)
    return member


def hints_for(secret: str) -> PhraseHints | None:
    """Look for slips in something that reads like a phrase; ``None`` where it does not, or has none."""
    words = normalise_phrase(secret[:LONGEST_SECRET]).split()
    if not PHRASE_LENGTH - 2 <= len(words) <= PHRASE_LENGTH + 2:
        return None
    unknown = unknown_words(secret[:LONGEST_SECRET])
    # Mostly other words: this is a password, and its words are nobody's business.
    if len(unknown) > len(words) // 2:
        return None
    near = ((word, nearest_word(word)) for word in unknown)
    hints = PhraseHints(len(words), tuple(Hint(word, meant) for word, meant in near if meant))
    return hints if hints.words or hints.has_wrong_length else None


async def _count_try(handle: str, secret: str, limits: RateLimits) -> None:
    """Count the tries at one handle. A whole phrase of known words passes uncounted.

    Nobody guesses 77 bits, so counting those would only let a stranger lock a member out.
    """
    words = normalise_phrase(secret[:LONGEST_SECRET]).split()
    if len(words) == PHRASE_LENGTH and not unknown_words(secret[:LONGEST_SECRET]):
        return
    subject = handle_key(handle) or handle[:LONGEST_HANDLE]
    try:
        await limits.check("sign_in_handle", limits.hidden(f"handle {subject}"))
    except TooMany as pause:
        raise TooMany(
            pause.retry_after,
            "There were many tries at this handle. Your recovery phrase still works right away; "
            f"with a password, please try again in {spoken_wait(pause.retry_after)}.",
        ) from None
