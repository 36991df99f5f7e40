"""The limits that look after moderators, as the admin sets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from models.database import execute, transaction
from server.text.numbers import COUNT_DIGITS, whole_number
from triage.queue.audit import record
from triage.queue.limits import CareLimits, care_limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

HIGHEST = {"suggest_after": 30, "enforce_after": 30, "crises_in_a_row": 10}
"""Beyond these a limit would protect nobody any more."""


class CareForm(msgspec.Struct, frozen=True):
    """The limits as the form holds them; they are text until they are checked."""

    suggest_after: str
    enforce_after: str
    crises_in_a_row: str

    @property
    def limits(self) -> CareLimits:
        """The limits that were chosen; they have to be checked before."""
        return CareLimits(int(self.suggest_after), int(self.enforce_after), int(self.crises_in_a_row))


def form_of(limits: CareLimits) -> CareForm:
    """Return limits as the form shows them."""
    return CareForm(str(limits.suggest_after), str(limits.enforce_after), str(limits.crises_in_a_row))


def read_care_form(fields: Mapping[str, str]) -> CareForm:
    """Read a form's fields; nothing is refused here, so that everything can be shown again."""
    return CareForm(*(fields.get(name, "").strip() for name in HIGHEST))


def check_care(form: CareForm) -> dict[str, str]:
    """Return what is wrong, by field."""
    typed = {name: getattr(form, name) for name in HIGHEST}
    errors = {
        name: f"Please give a whole number from 1 to {HIGHEST[name]}."
        for name, number in typed.items()
        if not 1 <= (whole_number(number, digits=COUNT_DIGITS) or 0) <= HIGHEST[name]
    }
    if not errors and int(form.suggest_after) > int(form.enforce_after):
        errors["suggest_after"] = "A break is suggested first and enforced later: this one cannot be the larger number."
    return errors


async def set_care_limits(limits: CareLimits, admin_id: int, *, at: datetime) -> None:
    """Let these limits hold from now on; where they do already, nothing happens."""
    async with transaction():
        await execute("LOCK TABLE care_limits IN SHARE ROW EXCLUSIVE MODE")
        if limits == await care_limits():
            return
        await execute(
            """INSERT INTO care_limits (id, suggest_after, enforce_after, crises_in_a_row) VALUES (1, $1, $2, $3)
               ON CONFLICT (id) DO UPDATE SET suggest_after = $1, enforce_after = $2, crises_in_a_row = $3""",
            limits.suggest_after,
            limits.enforce_after,
            limits.crises_in_a_row,
        )
        await record("set-care-limits", "care", actor=admin_id, at=at, detail=msgspec.structs.asdict(limits))
