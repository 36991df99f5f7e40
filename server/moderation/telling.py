"""What is told of a decision: what became of the post to whoever wrote it, and what came of it to who spoke up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.moderation.acts import NOTICE_AFTER, STATE_AFTER, Pause, PostAct, Voice, Warn, main_act
from server.notices.sentences import (
    APPEAL_GOES_ON,
    APPEAL_KEPT,
    APPEAL_KEPT_ALONE,
    APPEAL_KEPT_BESIDE,
    EDIT_ASKED,
)
from server.notices.service import notify
from server.reports.outcomes import Outcome
from triage.queue.handing import APPEAL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from server.moderation.effects import Row
    from server.moderation.forms import DecisionForm
    from triage.assessment import Reason

PAUSE_NOTICES = {Pause.LIFT: "writing-open", Pause.FOR_GOOD: "writing-closed"}


async def tell_author(
    post: Row,
    form: DecisionForm,
    *,
    if_kept: str,
    objection_stands: bool,
    has_resources: bool,
    has_correction: bool,
    at: datetime,
) -> None:
    """Send whoever wrote the post a notice of each thing that was done; what its thread shows anyway is not said twice.

    ``if_kept`` is the kind of notice where nothing was, or empty; ``objection_stands`` where, whatever was done, what
    they object to holds yet, or a part of it.
    """
    if post["writer"] is None:
        return
    kinds = _what_was_done(post, form, if_kept, objection_stands=objection_stands)
    if not kinds and form.reason:
        kinds = ["moderator-note"]
    elif not kinds and not form.words:
        kinds = ["post-resource"] * has_resources + ["post-correction"] * has_correction
    for kind in kinds:
        await notify(post["writer"], kind, post_id=post["id"], detail=form.reason, at=at)


def notice_if_kept(reasons: Iterable[Reason], moderator_id: int, *, goes_on: bool) -> str:
    """Return what kind of notice says that nothing came of the author's objections, or nothing where there are none.

    ``goes_on`` where what they object to of this moderator's stays for somebody else.
    """
    objected_to = {reason.detail for reason in reasons if reason.kind == APPEAL}
    if not objected_to:
        return ""
    if goes_on:
        return APPEAL_GOES_ON
    return APPEAL_KEPT_ALONE if objected_to == {str(moderator_id)} else APPEAL_KEPT


def outcome_for_reporters(post: Row, form: DecisionForm) -> Outcome:
    """Return what those are told who spoke up about a post."""
    changes_post = form.post_act in (PostAct.COVER, PostAct.HOLD, PostAct.REMOVE) or form.cuts or form.asks_to_edit
    if changes_post or form.pause.stops or form.warn is Warn.WARN:
        return Outcome.ACTED
    is_answered = form.words or main_act(form) == "answer"
    reaches_writer = post["writer"] is not None or (form.words and form.voice is Voice.PUBLIC)
    if form.resources or form.shows_correction or (is_answered and reaches_writer):
        return Outcome.HELPED
    return Outcome.GROUNDLESS if form.groundless else Outcome.NO_ACTION


def state_kept(post: Row, form: DecisionForm) -> str:
    """Return the state that a post had and still has; empty where the decision gave it another."""
    is_changed = form.post_act is not PostAct.LEAVE and STATE_AFTER[form.post_act] != post["state"]
    return "" if is_changed else post["state"]


def _what_was_done(post: Row, form: DecisionForm, if_kept: str, *, objection_stands: bool) -> list[str]:
    is_kept = bool(if_kept and state_kept(post, form))
    kinds = ["post-restored"] * form.restores_original + ["post-cut"] * bool(form.cuts)
    if form.pause is not Pause.NONE:
        kinds.append(PAUSE_NOTICES.get(form.pause, "writing-paused"))
    if form.warn is Warn.TAKE_BACK:
        kinds.append("warning-taken-back")
    if form.post_act is not PostAct.LEAVE and not is_kept:
        kinds.insert(0, NOTICE_AFTER[form.post_act])
    if not kinds:
        kinds = [if_kept] * is_kept
    elif if_kept and objection_stands:  # first, so that it stands below the others
        kinds.insert(0, APPEAL_GOES_ON if if_kept == APPEAL_GOES_ON else APPEAL_KEPT_BESIDE)
    return kinds + [EDIT_ASKED] * form.asks_to_edit + ["warned"] * (form.warn is Warn.WARN)
