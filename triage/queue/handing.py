"""Whom a case may be handed to, and whom it is kept from for a while: the pieces of SQL that claims are made of.

A case is kept from somebody, after too much of late or because of a topic that they cannot take, only while a colleague
is free who would be handed it. So nothing lies because two people wait for each other, and past its deadline a case is
handed to anybody.
"""

from __future__ import annotations

WRITER = """coalesce(post.author, (
    SELECT decision.moderator FROM decision WHERE decision.before ->> 'reply' = post.id::text))"""
"""SQL, of a ``post``: who wrote it, also where it is a moderator's public answer, which is signed by nobody."""
# {person} may work on the post: it is not their own, and not by somebody whom they avoid.
FOR_THEM = f"""{WRITER} IS DISTINCT FROM {{person}}
    AND NOT EXISTS (SELECT 1 FROM avoidance WHERE avoidance.member = {{person}} AND avoidance.other = post.author)"""
_NOT_PASSED = """NOT EXISTS (
    SELECT 1 FROM case_pass WHERE case_pass."case" = moderation_case.id AND case_pass.moderator = {person})"""

APPEAL, SECOND_OPINION = "appeal", "second-opinion"
ANOTHER_DECIDES = (APPEAL, SECOND_OPINION)
"""Kinds of reasons whose detail is the id of the moderator who is not to decide the case."""


def has_reason(kind: str, person: str) -> str:
    """Return SQL, of a case: it has a reason of a kind that is about a person (SQL for their id)."""
    return f"""moderation_case.reasons
        @> jsonb_build_array(jsonb_build_object('kind', '{kind}', 'detail', ({person}::bigint)::text))"""


def another_could(person: str) -> str:
    """Return SQL, of an open case and its ``post``: another one on the staff than a person (SQL for their id) could
    decide it.
    """
    return f"""EXISTS (
    SELECT 1 FROM member AS another WHERE another.role <> 'member' AND another.id IS DISTINCT FROM {person}::bigint
      AND {FOR_THEM.format(person="another.id")}
      AND ({" OR ".join(has_reason(kind, "another.id") for kind in ANOTHER_DECIDES)}) IS NOT TRUE)"""


def not_theirs(person: str) -> str:
    """Return SQL, likewise: somebody else than a person is to decide it, and is there."""
    return f"(({' OR '.join(has_reason(kind, person) for kind in ANOTHER_DECIDES)}) AND {another_could(person)})"


ONLY_OBJECTIONS = f"""NOT EXISTS (SELECT 1 FROM jsonb_array_elements(moderation_case.reasons) AS reason
    WHERE reason ->> 'kind' NOT IN {ANOTHER_DECIDES})"""
"""SQL: nothing is in the case but objections and questions to colleagues, which can wait for another moderator, also
where it was escalated."""
FOR_ANOTHER = f"""({not_theirs("$1")}
    AND ({ONLY_OBJECTIONS} OR moderation_case.severity < 2 OR moderation_case.deadline >= $2))"""
"""SQL, $1 the moderator, $2 now: somebody else is to decide it, and is there. Where the post itself is urgent, it waits
for them until its deadline."""
NOT_CALLED = f"""({ONLY_OBJECTIONS} AND ({has_reason(APPEAL, "{person}")} OR {not_theirs("{person}")}))"""
"""SQL: {person} is not called to it: its author objects to what they decided, or they asked who is there."""
MAY_TAKE = f"""
    moderation_case.closed_at IS NULL AND (moderation_case.claimed_by IS NULL OR moderation_case.claimed_until < $2)
    AND {FOR_THEM.format(person="$1")} AND NOT {FOR_ANOTHER}
"""
NOT_HANDED_BACK = f"""
    AND (moderation_case.assigned_to IS NULL OR moderation_case.assigned_to = $1 OR moderation_case.deadline < $2)
    AND {_NOT_PASSED.format(person="$1")}
"""

_FREE_COLLEAGUES = """
    SELECT shift.moderator AS id FROM shift JOIN member ON member.id = shift.moderator AND member.role <> 'member'
    WHERE shift.ended_at IS NULL AND shift.paused_at IS NULL AND shift.moderator <> $1
      AND NOT EXISTS (SELECT 1 FROM moderation_case AS held WHERE held.claimed_by = shift.moderator
                      AND held.claimed_until >= $2 AND held.closed_at IS NULL)
"""
SEEN_BY = """(
    SELECT had.severity, decision.decided_at AS at FROM decision JOIN moderation_case AS had ON had.id = decision."case"
    WHERE decision.moderator = {person}
    UNION ALL
    SELECT had.severity, case_pass.created_at FROM case_pass JOIN moderation_case AS had ON had.id = case_pass."case"
    WHERE case_pass.moderator = {person}
      AND NOT had.reasons @> jsonb_build_array(jsonb_build_object('kind', 'appeal'))
    UNION ALL
    SELECT had.severity, case_seen.seen_at FROM case_seen JOIN moderation_case AS had ON had.id = case_seen."case"
    WHERE case_seen.moderator = {person}
      AND NOT EXISTS (SELECT 1 FROM decision WHERE decision."case" = had.id AND decision.moderator = {person})
      AND NOT EXISTS (SELECT 1 FROM case_pass WHERE case_pass."case" = had.id AND case_pass.moderator = {person}))"""
"""SQL, severity and time: every case that somebody decided, had open and passed on, or had open and did neither with:
it is with them now, they gave it to a colleague, or their time on it ran out. That an appeal is kept from whom it
objects to is no pass of theirs."""
_OF_LATE = f"""FROM {SEEN_BY.format(person="person.id")} AS seen
    WHERE seen.at > $2::timestamptz - interval '{{time}}'"""
# The topics that each cannot take, and the severity from which on each is spared; 4 is above all of them.
SPARED = f"""
    SELECT person.id, ARRAY(SELECT topic FROM spared_topic WHERE spared_topic.moderator = person.id) AS topics,
           CASE WHEN (SELECT count(*) {_OF_LATE.format(time="1 hour")} AND seen.severity >= 2) >= $3::bigint THEN 2
                WHEN (SELECT count(*) FILTER (WHERE latest.severity = 3)
                      FROM (SELECT seen.severity {_OF_LATE.format(time="1 day")}
                            ORDER BY seen.at DESC LIMIT $4::bigint) AS latest)
                     >= $4::bigint THEN 3
                ELSE 4 END AS spared_from
    FROM ({{people}}) AS person
"""
# $3 after how many urgent ones within an hour, and $4 after how many crises in a row, somebody is spared. Materialised,
# or PostgreSQL would count anew for every case that waits.
WITH_PEOPLE = f"""
    WITH me AS MATERIALIZED ({SPARED.format(people="SELECT $1::bigint AS id")}),
         colleague AS MATERIALIZED ({SPARED.format(people=_FREE_COLLEAGUES)})
"""

_CANNOT_TAKE = """moderation_case.topics && me.topics
    AND moderation_case.deadline >= $2::timestamptz + interval '60 seconds'"""
_TOO_MUCH = "(moderation_case.severity >= me.spared_from AND moderation_case.deadline >= $2)"
_COLLEAGUE_CAN = f"""
    EXISTS (SELECT 1 FROM colleague
            WHERE moderation_case.severity < colleague.spared_from AND NOT moderation_case.topics && colleague.topics
              AND (moderation_case.assigned_to IS NULL OR moderation_case.assigned_to = colleague.id)
              AND {FOR_THEM.format(person="colleague.id")} AND {_NOT_PASSED.format(person="colleague.id")})
"""
NOT_KEPT_FROM_ME = f"AND NOT (({_TOO_MUCH} OR ({_CANNOT_TAKE})) AND {_COLLEAGUE_CAN})"
RATHER_A_COLLEAGUES = f"({_TOO_MUCH} AND {_COLLEAGUE_CAN})"
"""SQL: after too much of late one had better leave this case to a colleague, who is free and can take it."""
MAY_BE_GIVEN = f"""{FOR_THEM.format(person="member.id")} AND {_NOT_PASSED.format(person="member.id")}"""
"""SQL: a case can be given to this member by name."""
RATHER_NOT_MINE = f"(moderation_case.severity < 2 AND {_CANNOT_TAKE})"
"""SQL: what can wait and is about a topic that one cannot take comes after everything else, also where one is alone."""
