"""What a member's word weighs, by what moderators made of what they told before."""

from __future__ import annotations

from models.database import fetch_one

LATEST = 10
LEAST, MOST = 0.5, 2.0
DOUBTFUL_BELOW = 2 / 3


def weigh_record(*, upheld: int, groundless: int) -> float:
    """Return what a member's next report weighs, from how many of their latest ten moderators upheld or dismissed.

    Upheld is what led to an act or to help, dismissed what a moderator called groundless; a report that was fair but
    needed nothing counts neither way, and a worry about a person never counts against anybody. Each upheld one and each
    groundless one is a voice beside two that everybody begins with, for and against: (2 + upheld) / (2 + groundless).
    So a new reporter counts as one. The weight stays between a half and two, and it does two things, never more:

    * Above one, somebody looks sooner: the time that the board gives is divided by it, but is never shorter than the
      board's time for a crisis. What the report says stays as severe as it is, and the queue goes by severity first, so
      the most trusted report of something amber comes before other amber ones and after every crisis.
    * Below two thirds (two groundless ones, and nothing upheld), a report of harm raises no alarm: it is amber.
    """
    return min(MOST, max(LEAST, (2 + upheld) / (2 + groundless)))


async def weight_of_reporter(member_id: int) -> float:
    """Return what this member's next report weighs; see ``weigh_record``."""
    row = await fetch_one(
        f"""SELECT count(*) FILTER (WHERE outcome IN ('acted', 'helped')) AS upheld,
                   count(*) FILTER (WHERE outcome = 'groundless' AND kind = 'rules') AS groundless
            FROM (SELECT kind, outcome FROM report WHERE reporter = $1 AND decided_at IS NOT NULL
                  ORDER BY id DESC LIMIT {LATEST}) AS latest""",
        member_id,
    )
    return weigh_record(upheld=row["upheld"], groundless=row["groundless"])
