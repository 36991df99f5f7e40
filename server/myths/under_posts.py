"""The correction of a myth under a post: put there by a moderator, read by everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.errors import KithError
from server.myths.kinds import USABLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime


class MythNotVetted(KithError):
    """It is not vetted, or its review is due."""

    status = 409
    title = "This is not vetted"
    sentence = "Only a myth that is vetted, and not due for review, can be chosen or shown. Please choose again."


@dataclass(frozen=True)
class CorrectionView:
    """What stands under a post."""

    post_id: int
    slug: str
    claim: str
    correction: str
    checked_on: date | None


async def require_vetted(slug: str, *, today: date) -> int:
    """Return the id of a myth that may be shown.

    Raises: MythNotVetted.
    """
    row = await fetch_one(f"SELECT id FROM myth WHERE slug = $1 AND {USABLE.format(today='$2')}", slug, today)
    if row is None:
        raise MythNotVetted
    return int(row["id"])


async def put_correction_under(post_id: int, slug: str, *, at: datetime) -> list[int]:
    """Show a vetted myth's correction under a post; return the myth's id, or nothing where it stood there already.

    Raises: MythNotVetted.
    """
    myth_id = await require_vetted(slug, today=at.date())
    rows = await fetch(
        """INSERT INTO post_myth (post, myth, attached_at) VALUES ($1, $2, $3)
           ON CONFLICT (post, myth) DO NOTHING RETURNING myth""",
        post_id,
        myth_id,
        at,
    )
    return [row["myth"] for row in rows]


async def take_corrections_from(post_id: int, myth_ids: Sequence[int]) -> None:
    """Show some myths' corrections under a post no longer."""
    await execute("DELETE FROM post_myth WHERE post = $1 AND myth = ANY($2)", post_id, list(myth_ids))


async def corrections_under(post_ids: Sequence[int], *, today: date | None = None) -> dict[int, list[CorrectionView]]:
    """Return what stands under posts, by post; a myth that is not vetted or past its review is left out."""
    rows = await fetch(
        f"""SELECT post_myth.post AS post_id, myth.slug, myth.claim, myth.correction, myth.checked_on
            FROM post_myth JOIN myth ON myth.id = post_myth.myth
            WHERE post_myth.post = ANY($1::bigint[]) AND {USABLE.format(today="$2")}
            ORDER BY post_myth.post, post_myth.id""",
        list(post_ids),
        today or now().date(),
    )
    shown: dict[int, list[CorrectionView]] = {post_id: [] for post_id in post_ids}
    for row in rows:
        shown[row["post_id"]].append(CorrectionView(**row))
    return shown
