"""What the author of a post is told of a decision: what became of it, in plain words, whoever decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.moderation.acts import NOTICE_AFTER, STATE_AFTER, Pause, PostAct, Warn
from server.notices.sentences import EDIT_ASKED
from server.notices.service import notify

if TYPE_CHECKING:
    from datetime import datetime

    from server.moderation.effects import Row
    from server.moderation.forms import DecisionForm

PAUSE_NOTICES = {Pause.LIFT: "writing-open", Pause.FOR_GOOD: "writing-closed"}


async def tell_author(
    post: Row, form: DecisionForm, *, on_appeal: bool, has_resources: bool, has_correction: bool, at: datetime
) -> None:
    """Send the author a notice of each thing that was done; what their post's thread shows anyway is not said twice."""
    if post["author"] is None:
        return
    kinds = _what_was_done(post, form, on_appeal=on_appeal)
    if not kinds and form.reason:
        kinds = ["moderator-note"]
    elif not kinds and not form.words:
        kinds = ["post-resource"] * has_resources + ["post-correction"] * has_correction
    for kind in kinds:
        await notify(post["author"], kind, post_id=post["id"], detail=form.reason, at=at)


def _what_was_done(post: Row, form: DecisionForm, *, on_appeal: bool) -> list[str]:
    changes_state = form.post_act is not PostAct.LEAVE
    is_kept = on_appeal and not (changes_state and STATE_AFTER[form.post_act] != post["state"])
    kinds = ["post-restored"] * form.restores_original + ["post-cut"] * bool(form.cuts)
    if form.pause is not Pause.NONE:
        kinds.append(PAUSE_NOTICES.get(form.pause, "writing-paused"))
    if form.warn is Warn.TAKE_BACK:
        kinds.append("warning-taken-back")
    if changes_state and not is_kept:
        kinds.insert(0, NOTICE_AFTER[form.post_act])
    asked = [EDIT_ASKED] * form.asks_to_edit + ["warned"] * (form.warn is Warn.WARN)
    return (kinds or ["appeal-kept"] * is_kept) + asked
