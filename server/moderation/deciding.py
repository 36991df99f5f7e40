"""Decisions. One is one transaction: the post, words to its author, the audit entry, the labelled example."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from models.database import execute, fetch_one, transaction
from server.errors import KithError, NotAllowed, NotFound
from server.forum.visibility import OPEN_TO_WRITER
from server.moderation.acts import Pause, PostAct, main_act
from server.moderation.corrections import myth_to_show, show_correction
from server.moderation.effects import Row, answer, attach, change_post, pause
from server.moderation.forms import CHOOSE_STATE, must_choose_state
from server.moderation.objections import own_objection_since, raise_objection
from server.moderation.opinion import had_seen_opinion
from server.moderation.passing_on import OnCallFor, tell_askers, tell_on_call
from server.moderation.restrictions import OBJECTION_STANDS, OWN_STANDS
from server.moderation.seen import WHAT_IS_SAID, SomethingNew
from server.moderation.telling import notice_if_kept, outcome_for_reporters, state_kept, tell_author
from server.reports.moderation import close_reports
from triage.assessment import Reason
from triage.queue.audit import record
from triage.queue.cases import close_case, policy_of, reasons_from
from triage.queue.claims import UNCLAIMED, keep_from
from triage.queue.handing import FOR_ANOTHER, SECOND_OPINION, WRITER, another_could
from triage.queue.priority import deadline_of
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    from server.moderation.forms import DecisionForm


class ForAnother(KithError):
    """Somebody else is to decide it."""

    status = 409
    title = "Another moderator decides this case"
    sentence = (
        "Another moderator than you is to decide this case: its author appealed against a decision of yours, or you "
        "asked for a second opinion. “Not this one” hands it back, without a reason; your words are below."
    )


class OwnDecision(KithError):
    """Its author objects to what this moderator took, and nobody who had no part in it could decide."""

    status = 409
    title = "Its author objects to a decision of yours"
    sentence = (
        "Its author objects to what you decided, and there is nobody who could look at it and had no part in it. So "
        "you can close the case by giving back what you took, all of it: open the post, let its author write again, "
        "put back what was blacked out, or take back what they were asked about the rules. Your words are below."
    )


class NobodyToAsk(KithError):
    """There is nobody to pass it on to."""

    status = 409
    title = "There is nobody to ask"
    sentence = (
        "There is nobody else on the staff who could decide this case and had no part in it, so it is still with you. "
        "Everything that you typed is below."
    )


class PostChanged(KithError):
    """The post is another one than the moderator saw."""

    status = 409
    title = "This post was changed meanwhile"
    sentence = "Its author changed it since you opened it. Please read it again before you decide; your words are kept."


class PostTakenDown(PostChanged):
    """Its author took it down: there is nobody else who could read it, or an answer to it."""

    title = "Its author took this post down"
    sentence = (
        "Its author took this post down. You can still write to them alone, or close the case; your words are kept."
    )


class ThreadClosed(KithError):
    """Its author could not read what stands there."""

    status = 409
    title = "Its author cannot open this thread"
    sentence = (
        "Its author cannot open this thread now, so they would not see what you put there. You can still write to them "
        "alone; nothing was done, and your words are kept."
    )


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


class StateNotChosen(KithError):
    """Nobody said what becomes of a post that is held or covered."""

    status = 409
    title = "What happens to the post?"
    sentence = CHOOSE_STATE


async def decide(case_id: int, moderator_id: int, form: DecisionForm, *, at: datetime) -> int:
    """Do what the form says and close the case; return the decision's id.

    Raises: NotFound, NotAllowed, AlreadyDecided, ClaimLost, ForAnother, OwnDecision, PostChanged, PostTakenDown,
        SomethingNew, ThreadClosed, StateNotChosen, ResourceNotVetted, OriginalGone.
    """
    async with transaction():
        post, case = await _hold(case_id, moderator_id, at=at)
        reasons = reasons_from(case["reasons"])
        if await is_for_another(case_id, moderator_id, at=at):
            raise ForAnother
        await _require_as_seen(post, case, form)
        before: dict[str, object] = {"form": digest_of(form)}
        if post["author"] is None:
            # A moderator's answer: it is nobody's writing that could rest, and nobody's to change.
            form = msgspec.structs.replace(form, pause=Pause.NONE, asks_to_edit=False)
        elif form.pause is not Pause.NONE:
            before["may_write_from"] = await pause(post["author"], form, at=at)
        before |= await change_post(post, form, at=at)
        before |= await answer(post, form, at=at)
        before["resources"] = await attach(post["id"], form.resources, at=at)
        before["myths"] = await show_correction(post["id"], form, at=at)
        done = {
            "post": str(form.post_act),
            "note": form.note_topic if form.post_act is PostAct.COVER else "",
            "cuts": len(form.cuts),
            "restored": form.restores_original,
            "voice": str(form.voice) if form.words else "",
            "resources": len(form.resources),
            "myth": form.myth,
            "shown_myth": myth_to_show(form),
            "pause": str(form.pause),
            "asks_to_edit": form.asks_to_edit,
            "warn": str(form.warn),
        }
        decision = await fetch_one(
            """INSERT INTO decision ("case", moderator, act, revision, words, detail, before, decided_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id""",
            case_id, moderator_id, main_act(form), form.revision, form.reason or form.words,
            _json(done), _json(before), at,
        )  # fmt: skip
        if await own_stands(case_id, moderator_id, at=at):
            raise OwnDecision
        objected_at = await own_objection_since(case_id, moderator_id, at=at)
        await tell_author(
            post,
            form,
            if_kept=notice_if_kept(reasons, moderator_id, goes_on=objected_at is not None),
            objection_stands=objected_at is not None
            or await _case_if(OBJECTION_STANDS, case_id, at, state_kept(post, form)),
            has_resources=bool(before["resources"]),
            has_correction=bool(before["myths"]),
            at=at,
        )
        await _keep_example(decision["id"], post, form, at=at)
        await close_reports(post["id"], outcome_for_reporters(post, form), moderator_id=moderator_id, at=at)
        await close_case(case_id, main_act(form), by=moderator_id, at=at)
        await tell_askers(case_id, moderator_id, at=at)
        goes_on = None if objected_at is None else await raise_objection(post, moderator_id, at=objected_at)
        await record(
            "decide", f"case:{case_id}", actor=moderator_id, at=at,
            detail={"decision": decision["id"], "on_post": post["id"], "revision": form.revision, **done},
        )  # fmt: skip
        if goes_on is not None:
            await record("keep-appeal", f"case:{goes_on}", actor=moderator_id, at=at, detail={"on_post": post["id"]})
    return int(decision["id"])


async def _require_as_seen(post: Row, case: Row, form: DecisionForm) -> None:
    """See to it that what is decided is about what is there, and reaches whom it is for."""
    if post["state"] == "deleted" and (post["revision"] != form.revision or form.concerns_readers):
        raise PostTakenDown
    if post["revision"] != form.revision:
        raise PostChanged
    if form.seen not in ("", case["said"]):
        raise SomethingNew
    if form.adds_to_thread and not await _case_if(OPEN_TO_WRITER, case["id"]):
        raise ThreadClosed
    if must_choose_state(form, post["state"]):
        raise StateNotChosen


async def escalate(
    case_id: int, moderator_id: int, *, why: str = "", wanted: OnCallFor = OnCallFor.NOW, at: datetime
) -> None:
    """Ask on-call to take over: the case is free again, and where they are wanted now it stands first.

    One that could wait then waits for its first look anew, as long as a red post may; for today, it has had that.

    Raises: NotFound, AlreadyDecided, ClaimLost, NobodyToAsk.
    """
    async with transaction():
        post, _ = await _hold(case_id, moderator_id, at=at)
        is_own = await own_stands(case_id, moderator_id, at=at)
        if is_own and not await another_could_decide(case_id, moderator_id):
            raise NobodyToAsk
        await execute(
            f"""UPDATE moderation_case SET escalated_at = $2, escalation = $3, {UNCLAIMED}, assigned_to = NULL,
                      severity = greatest(severity, 2), on_call_by = $4,
                      urgent_since = CASE WHEN severity < 2 THEN $2 ELSE urgent_since END,
                      first_look_at = CASE WHEN severity < 2 AND $5 THEN NULL ELSE first_look_at END,
                      urgent_by = CASE WHEN severity < 2 AND $5 THEN $6 ELSE urgent_by END,
                      deadline = least(deadline, $4) WHERE id = $1""",
            case_id,
            at,
            why,
            at + wanted.within,
            wanted is OnCallFor.NOW,
            deadline_of(Severity.RED, await policy_of(post["id"]), at=at),
        )
        await keep_from(case_id, moderator_id, at=at)
        if wanted is OnCallFor.TODAY:
            await tell_on_call(case_id, at=at)
        await record("escalate", f"case:{case_id}", actor=moderator_id, at=at, detail={"for": str(wanted)})


async def ask_second_opinion(case_id: int, moderator_id: int, *, question: str = "", at: datetime) -> None:
    """Leave the case to a colleague, who sees the question.

    Raises: NotFound, AlreadyDecided, ClaimLost, NobodyToAsk.
    """
    async with transaction():
        await _hold(case_id, moderator_id, at=at)
        if not await another_could_decide(case_id, moderator_id):
            raise NobodyToAsk
        await execute(
            f"""UPDATE moderation_case SET {UNCLAIMED}, assigned_to = NULL, reasons = reasons || $2::jsonb
                WHERE id = $1""",
            case_id,
            _json([question_of(moderator_id, question)]),
        )
        await keep_from(case_id, moderator_id, at=at)
        await record("ask-second-opinion", f"case:{case_id}", actor=moderator_id, at=at)


async def another_could_decide(case_id: int, moderator_id: int) -> bool:
    """Tell whether there is somebody else on the staff who could decide a case."""
    return await _case_if(another_could("$1"), case_id, moderator_id)


async def is_for_another(case_id: int, moderator_id: int, *, at: datetime) -> bool:
    """Tell whether somebody else than this moderator is to decide a case."""
    return await _case_if(FOR_ANOTHER, case_id, moderator_id, at)


async def own_stands(case_id: int, moderator_id: int, *, at: datetime) -> bool:
    """Tell whether the author objects to what this moderator took and could give back, and there is nothing else."""
    return await _case_if(OWN_STANDS, case_id, moderator_id, at)


async def _case_if(condition: str, case_id: int, *arguments: object) -> bool:
    """Tell whether a condition holds of a case and its post; ``arguments`` are its $1 and $2."""
    place = len(arguments) + 1
    row = await fetch_one(
        f"""SELECT 1 FROM moderation_case JOIN post ON post.id = moderation_case.post
            WHERE moderation_case.id = ${place} AND {condition}""",
        *arguments,
        case_id,
    )
    return row is not None


async def _hold(case_id: int, moderator_id: int, *, at: datetime) -> tuple[Row, Row]:
    """Lock post and case, in this order everywhere, for the moderator who has the case; return both."""
    found = await fetch_one("SELECT post FROM moderation_case WHERE id = $1", case_id)
    if found is None:
        raise NotFound
    post = await lock_post(found["post"])
    case = await fetch_one(
        f"""SELECT moderation_case.*, {WHAT_IS_SAID} AS said
            FROM moderation_case JOIN post ON post.id = moderation_case.post
            WHERE moderation_case.id = $1 FOR UPDATE OF moderation_case""",
        case_id,
    )
    if case is None or case["closed_at"] is not None:
        raise AlreadyDecided
    if post["writer"] == moderator_id:
        raise NotAllowed("Your own posts are for another moderator.")
    if case["claimed_by"] != moderator_id or case["claimed_until"] < at:
        raise ClaimLost
    return post, case


async def lock_post(post_id: int) -> Row:
    """Return a post and its ``writer``, locked until the transaction ends: before its case, everywhere.

    Raises: NotFound.
    """
    post = await fetch_one(f"SELECT post.*, {WRITER} AS writer FROM post WHERE id = $1 FOR NO KEY UPDATE", post_id)
    if post is None:
        raise NotFound("This post is gone.")
    return post


async def _keep_example(decision_id: int, post: Row, form: DecisionForm, *, at: datetime) -> None:
    if form.severity is None and form.misinformation is None and not form.myth:
        return
    await execute(
        """INSERT INTO labelled_example (post, revision, decision, severity, misinformation, myth, saw_opinion,
                                         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        post["id"], form.revision, decision_id, form.severity, form.misinformation, form.myth,
        await had_seen_opinion(decision_id), at,
    )  # fmt: skip


def digest_of(form: DecisionForm) -> str:
    """Return what tells a decision from another on the same case: neither a note for colleagues nor what was seen."""
    return sha256(msgspec.json.encode(msgspec.structs.replace(form, own_note="", seen=""))).hexdigest()


def question_of(moderator_id: int, question: str) -> Reason:
    """Return how a case says that a moderator wants a second opinion."""
    return Reason(SECOND_OPINION, str(moderator_id), question or "A colleague asks what you think.")


def _json(content: object) -> str:
    return msgspec.json.encode(content).decode()
