"""What a moderator says of the myth in a post, and the correction that they put under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.myths.kinds import NO_MYTH
from server.myths.under_posts import put_correction_under, require_vetted

if TYPE_CHECKING:
    from datetime import datetime

    from server.moderation.forms import DecisionForm

NOTHING_TO_SHOW = "Please choose the myth whose correction is to be shown."


def myth_to_show(form: DecisionForm) -> str:
    """Return the slug of the myth whose correction goes under the post: the chosen one, else the one on the page."""
    if not form.shows_correction or form.myth == NO_MYTH:
        return ""
    return form.myth or form.seen_myth


def check_correction(form: DecisionForm) -> dict[str, str]:
    """Return what is wrong with showing a correction: there has to be one."""
    return {"myth": NOTHING_TO_SHOW} if form.shows_correction and not myth_to_show(form) else {}


async def show_correction(post_id: int, form: DecisionForm, *, at: datetime) -> list[int]:
    """Put the correction under the post if that was asked for; return the id of a myth that is new there.

    Raises: MythNotVetted, also for a myth that was chosen as a label alone.
    """
    if form.myth not in ("", NO_MYTH):
        await require_vetted(form.myth, today=at.date())
    slug = myth_to_show(form)
    return await put_correction_under(post_id, slug, at=at) if slug else []
