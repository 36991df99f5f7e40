"""Decisions. One is one transaction: the post, words to its author, the audit entry, the labelled example."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from models.database import execute, fetch_one, transaction
from server.errors import KithError, NotAllowed, NotFound
from server.forum.changes import keep_revision
from server.moderation.acts import NOTICE_AFTER, STATE_AFTER, Pause, PostAct, Voice
from server.moderation.corrections import myth_to_show, show_correction
from server.moderation.opinion import had_seen_opinion
from server.moderation.passing_on import SECOND_OPINION, OnCallFor, tell_askers, tell_on_call
from server.notices.service import notify, notify_followers
from server.reports.moderation import close_reports
from server.reports.outcomes import Outcome
from triage.assessment import Reason
from triage.queue.audit import record

if TYPE_CHECKING:
    from server.moderation.forms import DecisionForm

BLACKED_OUT = "▇▇▇"
"""Stands in a post where a moderator took a passage out."""

Row = Any  # a row's columns are known to its query alone


class PostChanged(KithError):
    """The post is another one than the moderator saw."""

    status = 409
    title = "This post was changed meanwhile"
    sentence = "Its author changed it since you opened it. Please read it again before you decide; your words are kept."


class ClaimLost(KithError):
    """The lease ran out, or somebody else has the case."""

    status = 409
    title = "This case is not with you any more"
    sentence = "Your time on it ran out, and somebody else may have it. Nothing was done; your words are below."


class AlreadyDecided(KithError):
    """Somebody else was faster."""

    status = 409
    title = "This case is closed"
    sentence = "Somebody decided it meanwhile, or the post was taken down. Your words are below."


async def decide(case_id: int, moderator_id: int, form: DecisionForm, *, at: datetime) -> int:
    """Do what the form says and close the case; return the decision's id.

    Raises: NotFound, AlreadyDecided, ClaimLost, PostChanged.
    """
    async with transaction():
        post = await _hold(case_id, moderator_id, at=at)
        if post["revision"] != form.revision:
            raise PostChanged
        before = {name: post[name] for name in ("state", "note_topic", "note_text")}
        before |= await _change_post(post, form, at=at)
        before |= await _answer(post, moderator_id, form, at=at)
        before["resources"] = [one for one in form.resources if await _attach(post["id"], one, at=at)]
        before["myths"] = await show_correction(post["id"], form, at=at)
        if form.pause is not Pause.NONE and post["author"] is not None:
            before["may_write_from"] = await _pause(post["author"], form, at=at)
        done = {
            "post": str(form.post_act),
            "cuts": len(form.cuts),
            "voice": str(form.voice) if form.words else "",
            "resources": len(form.resources),
            "myth": form.myth,
            "shown_myth": myth_to_show(form),
            "pause": str(form.pause),
        }
        decision = await fetch_one(
            """INSERT INTO decision ("case", moderator, act, revision, words, detail, before, decided_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id""",
            case_id, moderator_id, _main_act(form), form.revision, form.reason or form.words,
            _json(done), _json(before), at,
        )  # fmt: skip
        await _keep_example(decision["id"], post, form, at=at)
        await close_reports(post["id"], _outcome_for_reporters(form), moderator_id=moderator_id, at=at)
        await execute(
            """UPDATE moderation_case SET closed_at = $2, closed_by = $3, outcome = $4, claimed_until = NULL,
                      claimed_by = NULL, claimed_at = NULL, assigned_to = NULL WHERE id = $1""",
            case_id,
            at,
            moderator_id,
            _main_act(form),
        )
        await tell_askers(case_id, moderator_id, at=at)
        await record(
            "decide", f"case:{case_id}", actor=moderator_id, at=at,
            detail={"decision": decision["id"], "on_post": post["id"], "revision": form.revision, **done},
        )  # fmt: skip
    return int(decision["id"])


async def escalate(
    case_id: int, moderator_id: int, *, why: str = "", wanted: OnCallFor = OnCallFor.NOW, at: datetime
) -> None:
    """Ask on-call to take over: the case is free again, and where they are wanted now it stands first.

    Raises: NotFound, AlreadyDecided, ClaimLost.
    """
    async with transaction():
        await _hold(case_id, moderator_id, at=at)
        await execute(
            """UPDATE moderation_case SET escalated_at = $2, escalation = $3, claimed_by = NULL, claimed_until = NULL,
                      claimed_at = NULL, assigned_to = NULL, severity = greatest(severity, 2), on_call_by = $4,
                      deadline = least(deadline, $4) WHERE id = $1""",
            case_id,
            at,
            why,
            at + wanted.within,
        )
        await pass_on(case_id, moderator_id, at=at)
        if wanted is OnCallFor.TODAY:
            await tell_on_call(case_id, at=at)
        await record("escalate", f"case:{case_id}", actor=moderator_id, at=at, detail={"for": str(wanted)})


async def ask_second_opinion(case_id: int, moderator_id: int, *, question: str = "", at: datetime) -> None:
    """Leave the case to a colleague, who sees the question.

    Raises: NotFound, AlreadyDecided, ClaimLost.
    """
    async with transaction():
        await _hold(case_id, moderator_id, at=at)
        await execute(
            """UPDATE moderation_case SET claimed_by = NULL, claimed_until = NULL, claimed_at = NULL,
                      assigned_to = NULL, reasons = reasons || $2::jsonb WHERE id = $1""",
            case_id,
            _json([Reason(SECOND_OPINION, str(moderator_id), question or "A colleague asks what you think.")]),
        )
        await pass_on(case_id, moderator_id, at=at)
        await record("ask-second-opinion", f"case:{case_id}", actor=moderator_id, at=at)


async def _hold(case_id: int, moderator_id: int, *, at: datetime) -> Row:
    """Lock post and case, in this order everywhere, for the moderator who has the case."""
    found = await fetch_one("SELECT post FROM moderation_case WHERE id = $1", case_id)
    if found is None:
        raise NotFound
    post = await lock_post(found["post"])
    case = await fetch_one("SELECT * FROM moderation_case WHERE id = $1 FOR UPDATE", case_id)
    if case is None or case["closed_at"] is not None or post["state"] == "deleted":
        raise AlreadyDecided
    if post["author"] == moderator_id:
        raise NotAllowed("Your own posts are for another moderator.")
    if case["claimed_by"] != moderator_id or case["claimed_until"] < at:
        raise ClaimLost
    return post


async def lock_post(post_id: int) -> Row:
    """Return a post, locked until the transaction ends: before its case, everywhere.

    Raises: NotFound.
    """
    post = await fetch_one("SELECT * FROM post WHERE id = $1 FOR NO KEY UPDATE", post_id)
    if post is None:
        raise NotFound("This post is gone.")
    return post


async def _change_post(post: Row, form: DecisionForm, *, at: datetime) -> dict[str, Any]:
    before: dict[str, Any] = {}
    if form.cuts:
        body = post["body"]
        for cut in sorted(form.cuts, key=len, reverse=True):
            body = body.replace(cut, BLACKED_OUT)
        await keep_revision(post["id"])
        await execute("UPDATE post SET body = $2, revision = revision + 1 WHERE id = $1", post["id"], body)
        before["body"] = post["body"]
    if form.post_act is not PostAct.LEAVE:
        topic = form.note_topic if form.post_act is PostAct.COVER else post["note_topic"]
        await execute(
            "UPDATE post SET state = $2, note_topic = $3 WHERE id = $1", post["id"], STATE_AFTER[form.post_act], topic
        )
    if post["author"] is not None and (form.post_act is not PostAct.LEAVE or form.reason or form.cuts):
        kind = NOTICE_AFTER.get(form.post_act, "post-cut" if form.cuts else "moderator-note")
        await notify(post["author"], kind, post_id=post["id"], detail=form.reason, at=at)
    return before


async def _answer(post: Row, moderator_id: int, form: DecisionForm, *, at: datetime) -> dict[str, Any]:
    """Write to the author, in the thread or alone."""
    if not form.words:
        return {}
    if form.voice is Voice.PRIVATE:
        if post["author"] is not None:
            await notify(post["author"], "moderator-note", post_id=post["id"], detail=form.words, at=at)
        return {}
    # As in a member's answer: a reply to the opening post starts a branch, another joins the branch of its post.
    row = await fetch_one(
        """WITH new AS (SELECT nextval('post_id_seq') AS id),
                opening AS (SELECT branch FROM post WHERE thread = $1 ORDER BY branch LIMIT 1)
           INSERT INTO post (id, branch, thread, quoted, body, revision, state, note_topic, note_text, created_at,
                             by_moderator)
           SELECT new.id, CASE WHEN $2 = opening.branch THEN new.id ELSE $2 END, $1, $3, $4, 1, 'published', '', '',
                  $5, true FROM new, opening RETURNING id""",
        post["thread"],
        post["branch"],
        post["id"],
        form.words,
        at,
    )
    await execute(
        """UPDATE thread SET reply_count = reply_count + 1, last_post_at = greatest(last_post_at, $2),
                             last_post = greatest(last_post, $3) WHERE id = $1""",
        post["thread"],
        at,
        row["id"],
    )
    await notify_followers(row["id"], post["thread"], moderator_id, answered_author=post["author"], at=at)
    return {"reply": row["id"]}


async def _attach(post_id: int, resource_id: int, *, at: datetime) -> bool:
    """Put a vetted resource under a post; one that is not vetted, or past its review, is not attached."""
    row = await fetch_one(
        """INSERT INTO post_resource (post, resource, attached_at)
           SELECT $1, id, $3::timestamptz FROM resource
           WHERE id = $2 AND state = 'vetted' AND (review_on IS NULL OR review_on > ($3::timestamptz)::date)
           ON CONFLICT (post, resource) DO NOTHING RETURNING id""",
        post_id,
        resource_id,
        at,
    )
    return row is not None


async def _pause(member_id: int, form: DecisionForm, *, at: datetime) -> str | None:
    row = await fetch_one("SELECT may_write_from FROM member WHERE id = $1 FOR NO KEY UPDATE", member_id)
    until = at + timedelta(days=int(form.pause))
    await execute("UPDATE member SET may_write_from = greatest(may_write_from, $2) WHERE id = $1", member_id, until)
    await notify(member_id, "writing-paused", detail=form.reason, at=at)
    return row["may_write_from"].isoformat() if row["may_write_from"] else None


async def _keep_example(decision_id: int, post: Row, form: DecisionForm, *, at: datetime) -> None:
    if form.severity is None and form.misinformation is None and not form.myth:
        return
    await execute(
        """INSERT INTO labelled_example (post, revision, decision, severity, misinformation, myth, saw_opinion,
                                         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        post["id"], form.revision, decision_id, form.severity, form.misinformation, form.myth,
        await had_seen_opinion(decision_id), at,
    )  # fmt: skip


async def pass_on(case_id: int, moderator_id: int, *, at: datetime) -> None:
    """Keep the case from this moderator from now on."""
    await execute(
        """INSERT INTO case_pass ("case", moderator, created_at) VALUES ($1, $2, $3)
           ON CONFLICT ("case", moderator) DO NOTHING""",
        case_id,
        moderator_id,
        at,
    )


def _main_act(form: DecisionForm) -> str:
    """Name a decision by the weightiest thing in it."""
    if form.post_act is not PostAct.LEAVE:
        return str(form.post_act)
    if form.pause is not Pause.NONE:
        return "pause"
    if form.cuts:
        return "black-out"
    if form.words:
        return "answer"
    return "attach" if form.resources or form.shows_correction else "nothing"


def _outcome_for_reporters(form: DecisionForm) -> Outcome:
    if form.post_act in (PostAct.COVER, PostAct.HOLD, PostAct.REMOVE) or form.cuts or form.pause is not Pause.NONE:
        return Outcome.ACTED
    if form.words or form.resources or form.shows_correction:
        return Outcome.HELPED
    return Outcome.GROUNDLESS if form.groundless else Outcome.NO_ACTION


def _json(content: object) -> str:
    return msgspec.json.encode(content).decode()
