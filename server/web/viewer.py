"""Who is looking: the signed-in member of a request, or nobody."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from litestar.connection import ASGIConnection

from models.members import Role

STAFF = frozenset({Role.MODERATOR, Role.ADMIN, Role.CLINICIAN})


class Viewer(msgspec.Struct):
    """The signed-in member, as sessions remember them."""

    id: int
    handle: str
    role: Role
    session_id: str
    second_factor: bool
    phrase_noted: bool
    region: str | None
    keys_off: bool = False
    """Moderators' pages answer to no single letters."""
    unread_notices: int = 0
    """Filled in when a page is rendered."""
    stays_longer: bool = False
    """The member asked to stay, and the end of the session was just moved: the cookie's has to follow."""

    @property
    def is_staff(self) -> bool:
        """Tell whether the role needs a second factor."""
        return self.role in STAFF

    @property
    def may_moderate(self) -> bool:
        """Tell whether staff pages are open now: the role, and a second factor in this session."""
        return self.is_staff and self.second_factor

    @property
    def may_administer(self) -> bool:
        """Tell whether admin pages are open now."""
        return self.role is Role.ADMIN and self.second_factor


# Any: Litestar's connections are generic over user, auth and state, which Kith types here once.
Connection = ASGIConnection[Any, Any, Any, Any]


def viewer_of(connection: Connection) -> Viewer | None:
    """Return the signed-in member of a request, or ``None``."""
    return cast("Viewer | None", connection.scope.get("user"))
