"""What triage may do on a board, and how soon a person is to look.

There is no field by which a crisis flag alone could hold a post: a cry for help is never hidden for being one.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

Minutes = Annotated[int, msgspec.Meta(ge=1, le=7 * 24 * 60)]


class PolicyUnusable(ValueError):
    """A policy that says nothing that triage could follow; the message says why, for the admin."""


class TriagePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The policy of one board; what a board does not set is as here. Times are minutes until a person has looked."""

    cover_crisis: bool = False
    """Cover posts flagged as crisis with a content note until a moderator has looked."""
    cover_red: bool = False
    """The same for posts flagged as red."""
    cover_misinformation: bool = False
    """The same for what is likely misinformation."""
    hold_dangerous: bool = True
    """Hold what encourages harm or tells how."""
    hold_misinformation: bool = True
    """Hold likely misinformation that repeats a life-threatening myth; else it is covered or published as any other."""
    crisis_minutes: Minutes = 5
    red_minutes: Minutes = 30
    amber_minutes: Minutes = 24 * 60
    misinformation_minutes: Minutes = 24 * 60


def parse_policy(text: str) -> TriagePolicy:
    """Read a board's policy from its JSON; what is left out is as usual.

    Raises: PolicyUnusable.
    """
    try:
        return msgspec.json.decode(text, type=TriagePolicy)
    except msgspec.ValidationError as error:
        raise PolicyUnusable(f"This triage policy cannot be followed: {error}.") from error
    except msgspec.DecodeError as error:
        raise PolicyUnusable("This triage policy cannot be read: it is not JSON.") from error


def write_policy(policy: TriagePolicy) -> str:
    """Write a policy as the board keeps it."""
    return msgspec.json.encode(policy).decode()
