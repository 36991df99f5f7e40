"""What staff are told of a case that waits for them; it is withdrawn unread as soon as it is true no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import execute

if TYPE_CHECKING:
    from collections.abc import Sequence

CALL_TO_CASE = "case-overdue"
"""Kind of notice: nobody has come to a case yet. Its detail is the case's number."""
CASE_TODAY, CASE_GIVEN = "case-today", "case-given"
"""Likewise with the case's number: on-call should come today, and a colleague gave it to them."""

# Whoever is just reading one has it marked read; waiting for them could make two wait for each other.
_WITHDRAW = """
    DELETE FROM notice WHERE id IN (
      SELECT id FROM notice WHERE detail = ANY($1::text[]) AND read_at IS NULL AND kind {kinds} FOR UPDATE SKIP LOCKED)
"""


async def withdraw_calls(case_id: int) -> None:
    """Withdraw what says that nobody has come: somebody has. The caller's transaction holds the case."""
    await execute(_WITHDRAW.format(kinds=f"= '{CALL_TO_CASE}'"), [str(case_id)])


async def withdraw_all(case_ids: Sequence[int]) -> None:
    """Withdraw everything that asks people to come to cases that are closed; their transaction holds them."""
    kinds = f"IN {(CALL_TO_CASE, CASE_TODAY, CASE_GIVEN)}"
    await execute(_WITHDRAW.format(kinds=kinds), [str(case_id) for case_id in case_ids])
