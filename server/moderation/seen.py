"""What the page of a case showed, so that nothing is answered that came since and that nobody has read."""

from __future__ import annotations

from typing import NamedTuple

from server.errors import KithError
from server.moderation.restrictions import OBJECTIONS

IN_WORDS = "(report.kind = 'worried' OR report.details <> '')"
"""SQL, of a ``report``: there is something in it to be read, or somebody to look after."""
WHAT_IS_SAID = f"""encode(sha256(convert_to(concat_ws(chr(10),
    extract(epoch FROM moderation_case.escalated_at), moderation_case.escalation,
    (SELECT string_agg(reason ->> 'kind' || ' ' || (reason ->> 'detail'), chr(10)
                       ORDER BY reason ->> 'kind', reason ->> 'detail')
     FROM jsonb_array_elements(moderation_case.reasons) AS reason),
    (SELECT string_agg(report.id || ' ' || report.details, chr(10) ORDER BY report.id) FROM report
     WHERE report.post = moderation_case.post AND report.decided_at IS NULL
       AND {IN_WORDS}),
    (SELECT string_agg('appeal ' || appeal.id, chr(10) ORDER BY appeal.id) FROM {OBJECTIONS})
), 'UTF8')), 'hex')"""
"""SQL, of a case and its ``post``: a digest of why it is here. The same reading once more leaves it as it is,
how sure it may be."""


class Seen(NamedTuple):
    """What a moderator saw of a case: the revision of its post, and ``WHAT_IS_SAID`` of it."""

    revision: int
    said: str = ""
    """Empty where a page does not tell."""


class SomethingNew(KithError):
    """A worry, a report, an objection or another reading came in that the page did not show."""

    status = 409
    title = "Something new came in"
    sentence = (
        "Something new came in since you opened this case: a worry, a report, an objection or another reading. Please "
        "read “Why it is here” again before you decide; nothing was done yet, and your words are kept."
    )
