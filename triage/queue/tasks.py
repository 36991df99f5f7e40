"""The outbox from the worker's side: take some waiting tasks, and write down what came of each, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from models.database import execute, fetch, fetch_one, transaction
from triage.assessment import Route
from triage.policy import TriagePolicy, parse_policy
from triage.posts import Post
from triage.queue.audit import record
from triage.queue.cases import KEPT_TEXT, MAY_NEED_SOMEBODY, Flag, raise_case
from triage.queue.threads import settle_thread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from triage.assessment import Assessment
    from triage.scales import Severity

TAKEN_FOR = timedelta(seconds=30)
"""A worker that does not come back within this time has died, and others take its tasks."""
MOST_ATTEMPTS = 5
"""A post that as many workers failed on, or died with, is for people."""
RETRY_AFTER = (timedelta(seconds=2), timedelta(seconds=10), timedelta(seconds=60), timedelta(minutes=5))
"""By how often it was tried."""
CLOCK_WAS_AHEAD = timedelta(minutes=10)
"""Nothing is put off for so long: a task that is due later yet was written by a clock that was set back since."""
REVISION_LEFT = "(decision.revision + (decision.before ? 'body')::int)"
"""SQL: the revision of the post that a decision left behind; blacking out and putting back make a new one."""

# A post as triage reads it: the opening post with its title, an answer with what it answers. A content note in its
# author's words stands first: it is cut off last, and the places of sentences in the text stay true.
IN_CONTEXT = """
    SELECT post.id AS post_id, post.author, post.revision AS newest, post.body,
           concat_ws(chr(10), nullif(post.note_text, ''),
                     CASE WHEN opening.id = post.id THEN thread.title END) AS title,
           CASE WHEN opening.id = post.id THEN ''
                ELSE coalesce(quoted.body, thread.title || chr(10) || opening.body) END AS parent,
           board.triage_policy AS policy
    FROM post JOIN thread ON thread.id = post.thread JOIN board ON board.id = thread.board
    LEFT JOIN post AS quoted ON quoted.id = post.quoted AND quoted.state NOT IN ('deleted', 'removed')
    CROSS JOIN LATERAL (SELECT id, body FROM post AS first WHERE first.thread = thread.id
                        ORDER BY branch, id LIMIT 1) AS opening
"""
DUE = f"""(available_at <= $1
        OR available_at > $1::timestamptz + interval '{CLOCK_WAS_AHEAD // timedelta(minutes=1)} minutes')"""
# What is first in line decides: a task that was tried before is taken alone, for it may bring its worker down; else it
# is taken together with others that are new. Of a post that its author took down, what is kept of it is read.
TAKE = f"""
    WITH first AS MATERIALIZED (
      SELECT id, attempts FROM triage_task WHERE done_at IS NULL AND {DUE}
      ORDER BY available_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    ), others AS MATERIALIZED (
      SELECT triage_task.id FROM triage_task CROSS JOIN first
      WHERE done_at IS NULL AND {DUE} AND first.attempts = 0 AND triage_task.attempts = 0
      ORDER BY available_at, triage_task.id LIMIT $3 FOR UPDATE OF triage_task SKIP LOCKED
    ), taken AS (
      UPDATE triage_task SET available_at = $1::timestamptz + $2::interval, attempts = attempts + 1
      WHERE id IN (SELECT id FROM first UNION SELECT id FROM others)
      RETURNING id, post, revision, attempts, created_at
    )
    SELECT taken.id, taken.revision, taken.attempts, taken.created_at, written.post_id, written.parent, written.policy,
           coalesce(kept.revision, written.newest) AS newest, coalesce(kept.body, written.body) AS body,
           CASE WHEN kept.revision IS NULL THEN written.title
                ELSE concat_ws(chr(10), nullif(kept.note_text, ''), nullif(kept.title, '')) END AS title
    FROM taken JOIN post ON post.id = taken.post
    JOIN LATERAL ({IN_CONTEXT} WHERE post.id = taken.post) AS written ON true {KEPT_TEXT} ORDER BY taken.id
"""


class Written(NamedTuple):
    """A post with its context and the policy of its board."""

    author_id: int | None
    post: Post
    policy: TriagePolicy


class Task(NamedTuple):
    """One revision of a post that this worker has taken."""

    id: int
    post_id: int
    revision: int
    attempts: int
    post: Post
    policy: TriagePolicy
    waits_since: datetime

    @property
    def is_spent(self) -> bool:
        """It was tried often enough, and each time the worker was lost before it could say so."""
        return self.attempts > MOST_ATTEMPTS


class Effect(NamedTuple):
    """What a finished task changed for people."""

    case_id: int | None
    author_id: int | None
    severity: Severity
    changed_state: bool


async def read_in_context(post_id: int) -> Written | None:
    """Return a post as triage reads it, or ``None`` where it is gone."""
    row = await fetch_one(f"{IN_CONTEXT} WHERE post.id = $1", post_id)
    return None if row is None else Written(row["author"], post_of(row), parse_policy(row["policy"]))


def post_of(row: Mapping[str, str]) -> Post:
    """Return the post of a row of ``IN_CONTEXT``."""
    return Post(text=row["body"], title=row["title"], parent=row["parent"])


async def take_tasks(limit: int, *, at: datetime) -> list[Task]:
    """Take up to ``limit`` new tasks that nobody else has, or one that was tried before.

    They come back by themselves if this worker dies; each taking counts as an attempt, for the dead cannot count.
    """
    while rows := await fetch(TAKE, at, TAKEN_FOR, limit):
        outdated = [row["id"] for row in rows if row["revision"] != row["newest"]]
        if outdated:
            await _replace(outdated, at=at)
        if len(outdated) < len(rows):
            return [_task_of(row) for row in rows if row["revision"] == row["newest"]]
    return []


def _task_of(row: Mapping[str, Any]) -> Task:
    return Task(
        row["id"],
        row["post_id"],
        row["revision"],
        row["attempts"],
        post_of(row),
        parse_policy(row["policy"]),
        row["created_at"],
    )


async def _replace(task_ids: Sequence[int], *, at: datetime) -> None:
    """Be done with tasks whose posts were changed since, and see that what there is to read now has one.

    Every change brings its own task, but a decision that is taken back.
    """
    await execute(
        f"""WITH outdated AS (
             UPDATE triage_task SET done_at = $2, failure = 'changed' WHERE id = ANY($1) AND done_at IS NULL
             RETURNING post, created_at
           )
           INSERT INTO triage_task (post, revision, created_at, available_at, attempts, failure)
           SELECT post.id, coalesce(kept.revision, post.revision), outdated.created_at, $2, 0, ''
           FROM outdated JOIN post ON post.id = outdated.post {KEPT_TEXT}
           WHERE post.state NOT IN ('deleted', 'removed') OR kept.revision IS NOT NULL
           ON CONFLICT (post, revision) DO NOTHING""",
        task_ids,
        at,
    )


async def keep_in_hand(task_ids: Sequence[int], *, at: datetime) -> None:
    """Go on having these tasks, for as long again as when they were taken."""
    await execute(
        "UPDATE triage_task SET available_at = $2::timestamptz + $3::interval WHERE id = ANY($1) AND done_at IS NULL",
        task_ids,
        at,
        TAKEN_FOR,
    )


async def put_back(task_ids: Sequence[int], *, at: datetime, failure: str = "") -> None:
    """Give tasks back, due at ``at``, without counting the attempt.

    Each is taken alone next, so that none can hold up another.
    """
    await execute(
        """UPDATE triage_task SET attempts = greatest(attempts - 1, 1), available_at = $2, failure = $3
           WHERE id = ANY($1) AND done_at IS NULL""",
        task_ids,
        at,
        failure,
    )


async def read_again(post_id: int, *, since: datetime, at: datetime) -> None:
    """Have a post read as it stands, where what was found in it since then led to nothing.

    It waits anew, and what brings workers down has no more attempts than before.
    """
    await execute(
        """UPDATE triage_task SET done_at = NULL, created_at = $3, available_at = $3, failure = '',
                  attempts = greatest(attempts - 1, 0)
           WHERE post = $1 AND revision = (SELECT max(revision) FROM triage_task WHERE post = $1) AND done_at >= $2""",
        post_id,
        since,
        at,
    )


async def finish_task(task: Task, found: Assessment, *, at: datetime) -> Effect | None:
    """Write the assessment, the case and what the policy does with the post, in one transaction.

    Returns ``None`` where there was nothing to do any more: done by another worker, changed or removed meanwhile, or
    decided by a person on this very revision. Then the assessment is kept, and what they decided stands. Of a post that
    its author took down only what may be urgent comes to people, and nothing changes in the forum.
    """
    async with transaction():
        post = await _hold(task, at=at)
        if post is None:
            return None
        keeps_meaning = found.needs_review and post["state"] != "deleted"
        await execute(
            """INSERT INTO assessment (post, revision, model, severity, at_least_amber, at_least_red, crisis,
                   misinformation, is_misinformation, myth, route, needs_review, reasons, meaning,
                   created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
               ON CONFLICT (post, revision) DO NOTHING""",
            task.post_id, task.revision, found.model, found.severity, 1 - found.scores[0], found.urgent,
            found.scores[3], found.misinformation, found.is_misinformation, found.myth or "", str(found.route),
            found.needs_review, msgspec.json.encode(found.reasons).decode(),
            (found.meaning or None) if keeps_meaning else None, at,
        )  # fmt: skip
        return await _act_on(task, post, found, at=at)


async def give_up(task: Task, failure: str, unread: Assessment, *, at: datetime) -> Effect | None:
    """Try again later; after too many times hand the post to people as one that could not be read.

    ``unread`` is what can be said of it without the model. It is acted on, and kept nowhere.
    """
    if task.attempts < MOST_ATTEMPTS:
        again = at + RETRY_AFTER[min(task.attempts, len(RETRY_AFTER)) - 1]
        await execute(
            "UPDATE triage_task SET available_at = $2, failure = $3 WHERE id = $1 AND done_at IS NULL",
            task.id,
            again,
            failure,
        )
        return None
    async with transaction():
        post = await _hold(task, at=at, failure=failure)
        return None if post is None else await _act_on(task, post, unread, at=at)


async def _act_on(task: Task, post: Mapping[str, Any], found: Assessment, *, at: datetime) -> Effect | None:
    """Raise the case and do what the policy says, unless a person has decided about this very revision."""
    if await _is_decided(task):
        return None
    is_taken_down = post["state"] == "deleted"
    case_id = None
    if (found.severity.is_urgent or not found.is_read) if is_taken_down else found.needs_review:
        flag = Flag(
            post_id=task.post_id,
            revision=task.revision,
            severity=found.severity,
            reasons=(*found.reasons, MAY_NEED_SOMEBODY) if is_taken_down else found.reasons,
            is_misinformation=found.is_misinformation,
            myth=found.myth or "",
            as_soon_as_red=found.route is Route.HOLD or not found.is_read,
        )
        case_id = await raise_case(flag, task.policy, at=at)
    changed = await _follow_route(task, post, found.route, at=at)
    return Effect(case_id, post["author"], found.severity, changed)


async def _hold(task: Task, *, at: datetime, failure: str = "") -> dict[str, Any] | None:
    """Lock the post and mark the task done; ``None`` where another worker was faster or the post is another by now."""
    await execute("SELECT 1 FROM post WHERE id = $1 FOR NO KEY UPDATE", task.post_id)
    # Only now, so that it sees what an author kept who held the post until then.
    post = await fetch_one(
        f"""SELECT author, thread, state, coalesce(kept.revision, post.revision) AS revision
            FROM post {KEPT_TEXT} WHERE post.id = $1""",
        task.post_id,
    )
    if post is not None and post["revision"] != task.revision:
        await _replace([task.id], at=at)
        return None
    done = await fetch_one(
        "UPDATE triage_task SET done_at = $2, failure = $3 WHERE id = $1 AND done_at IS NULL RETURNING id",
        task.id,
        at,
        failure,
    )
    if post is None or done is None or post["state"] == "removed":
        return None
    return dict(post)


async def _is_decided(task: Task) -> bool:
    """Tell whether a moderator has decided about this revision, or made it by blacking out or putting back.

    Also about the one before a change of a moderator's that was taken back, which brought its text back.
    """
    row = await fetch_one(
        f"""SELECT 1 FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
            WHERE moderation_case.post = $1 AND decision.undone_at IS NULL
              AND ({REVISION_LEFT} = $2 OR EXISTS (
                SELECT 1 FROM decision AS change JOIN moderation_case AS its ON its.id = change."case"
                WHERE its.post = $1 AND change.undone_at IS NOT NULL AND change.before ? 'body'
                  AND change.revision = {REVISION_LEFT} AND change.revision + 2 = $2)) LIMIT 1""",
        task.post_id,
        task.revision,
    )
    return row is not None


async def _follow_route(task: Task, post: Mapping[str, Any], route: Route, *, at: datetime) -> bool:
    """Cover or hold the post, never the other way round; tell whether that changed anything."""
    wanted = {Route.COVER: "covered", Route.HOLD: "held"}.get(route)
    if wanted is None or post["state"] in (wanted, "held", "deleted"):
        return False
    await execute("UPDATE post SET state = $2 WHERE id = $1", task.post_id, wanted)
    await settle_thread(post["thread"])
    await record(f"triage-{route}", f"post:{task.post_id}", actor=None, at=at, detail={"revision": task.revision})
    return True


async def count_waiting() -> tuple[int, datetime | None]:
    """Return how many revisions wait to be read, and since when the oldest does."""
    row = await fetch_one("SELECT count(*) AS n, min(created_at) AS since FROM triage_task WHERE done_at IS NULL")
    return row["n"], row["since"]
