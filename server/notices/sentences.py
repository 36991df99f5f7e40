"""Every sentence of a notice, in one place."""

from __future__ import annotations

from datetime import date

from server.web.sentences import day
from triage.queue.calls import CALL_TO_CASE, CASE_GIVEN, CASE_TODAY

CASE_DECIDED = "case-decided"
"""For staff, likewise with the case's number."""
ABOUT_CASES = (CALL_TO_CASE, CASE_TODAY, CASE_GIVEN, CASE_DECIDED)
WISH_TO_TALK = "wish-to-talk"
"""For admins and clinicians: a colleague had a hard case. Its detail is the colleague's member id."""
SHIFT_ENDED = "shift-ended"
"""For staff: they had not been there for a while."""
KEPT_BACK = "kept-back"
"""For an author: their post is held or covered until a moderator has read it; its detail says why."""
NO_CRISIS_LINE, LAST_CRISIS_LINE_DUE = "no-crisis-line", "crisis-line-due"
"""For admins, of the library: its detail is the region, or the day on which the last line is due for review."""
ABOUT_CRISIS_LINES = (NO_CRISIS_LINE, LAST_CRISIS_LINE_DUE)
NOBODY_READS = "nobody-reads"
"""For admins: posts wait for the classifier."""
PHRASE_FIRST = "phrase-first"
"""For a member who is wanted on the staff: their recovery phrase is not written down yet."""
EDIT_ASKED = "post-edit-asked"
"""For an author: a moderator's words beside it say what to change."""
APPEAL_KEPT, APPEAL_KEPT_ALONE, APPEAL_GOES_ON = "appeal-kept", "appeal-kept-alone", "appeal-goes-on"
"""For an author: nothing came of what they objected to; somebody else looked, nobody else had come, or it waits yet."""
APPEAL_KEPT_BESIDE = "appeal-kept-beside"
"""For an author: what they objected to stays, or a part of it, but for what other notices of the decision say."""

SENTENCES: dict[str, str] = {
    "reply": "Somebody answered you.",
    "followed": "There is something new in a thread that you follow.",
    "post-held": "Your post is waiting for a moderator. Until then only you and the moderators see it.",
    "post-covered": "There is a content note over your post, so that readers can choose. It is still there.",
    "post-noted": "A moderator put a content note over your post, so that readers can choose. It is still there.",
    "post-kept": "A moderator read your post and keeps it from others for now. You still see it.",
    "post-released": "A moderator has read your post. It waits no more: whoever can open its thread sees it.",
    "post-removed": "A moderator took your post down.",
    "post-cut": "A moderator blacked out a passage of your post or its title. The rest stands as you wrote it.",
    EDIT_ASKED: "A moderator asks you to change something in your post. The rest can stay as it is.",
    "post-restored": "A moderator put back what had been blacked out of your post.",
    "post-resource": "A moderator put something under your post that may help you.",
    "post-correction": "A moderator put what the evidence says under your post.",
    "decision-undone": (
        "A moderator took back what they had decided about your post. Whatever it changed is as it was before."
    ),
    "appeal-granted": (
        "You asked for another look, and the decision about your post was taken back. "
        "Whatever it changed is as it was before."
    ),
    APPEAL_KEPT: "Another moderator looked at your post again. The decision stays as it was.",
    APPEAL_KEPT_ALONE: (
        "Nobody else had come to look at your post again, so the moderator who decided about it did. "
        "The decision stays as it was."
    ),
    APPEAL_GOES_ON: (
        "Your post needed somebody, so a moderator came who had decided about it before. Nobody else has looked at "
        "that decision yet: what is left of it stays for now, and your request still waits for another moderator."
    ),
    APPEAL_KEPT_BESIDE: (
        "You asked for another look, and a moderator took it. Apart from what you read beside this, the decision stays "
        "as it was."
    ),
    "moderator-note": "A moderator wrote to you.",
    "warned": "A moderator asks you to mind the rules here. You are still welcome.",
    "warning-taken-back": "A moderator looked again, and took back what you were asked about the rules.",
    "writing-paused": "A moderator paused your writing for a while. You can still read everything, and reach help.",
    "writing-closed": "A moderator closed your account for writing. You can still read everything, and reach help.",
    "writing-open": "You can write again. A moderator ended the pause.",
    CALL_TO_CASE: "A post needs a moderator, and nobody has come yet. If you can, open it and take it.",
    CASE_TODAY: "A colleague escalated a case: on-call should look at it today.",
    CASE_GIVEN: "A colleague gave you a case. It is handed to you first, unless something more urgent waits.",
    CASE_DECIDED: "A case on which you asked for a second opinion was decided.",
    PHRASE_FIRST: (
        "Somebody would like you to help look after this community. That signs you out once, and without your recovery "
        "phrase you could not come back. If you would like to, please write it down first."
    ),
    SHIFT_ENDED: (
        "You had been away for half an hour, so your shift was ended. Nothing is with you. "
        "Thank you for being here; start again whenever you like."
    ),
    "device-dropped": (
        "A device on which Kith called you can no longer be reached, and was taken off the list. "
        "If you still use it, let it be called anew under “My shift”."
    ),
    NO_CRISIS_LINE: (
        "No crisis line for the region of this community is vetted: moderators cannot put one under a post. "
        "Please have one vetted."
    ),
    NOBODY_READS: (
        "Posts have been waiting for some minutes: the classifier is not reading. Plain emergencies are still queued "
        "by the rules. The page “Admin” says what is wrong."
    ),
    "support": (
        "You wrote something heavy. A moderator is going to read it, and there is help that you can use until then."
    ),
}
"""By kind."""

APPEALABLE = frozenset(
    {"post-noted", "post-kept", "post-removed", "post-cut", "warned", "writing-paused", "writing-closed"}
)
"""What a moderator decided and its author can ask another one to look at again."""
OUTLASTS_POST = ("warned", "writing-paused", "writing-closed")
"""Those among them that go on after the author took the post down."""

DETAILED_SENTENCES: dict[str, dict[str, str]] = {
    KEPT_BACK: {
        "endangers": (
            "For now only you and the moderators see your post: a part of it could put somebody who reads it in "
            "danger. A moderator will read it and decide, and you will hear of it here."
        ),
        "claim": (
            "For now only you and the moderators see your post: it says something about health that could be "
            "dangerous to follow. A moderator will read it and decide, and you will hear of it here."
        ),
        "heavy": (
            "Your post is up, and nothing about it is wrong. It lies under a note for now, so that readers can choose: "
            "it may be hard to read for some. A moderator will read it, and you will hear of it here if that changes."
        ),
        "doubted": (
            "Your post is up. It lies under a note for now, because it says something about health that may not be "
            "right for everybody. A moderator will read it, and you will hear of it here if that changes."
        ),
    },
    "reaction": {
        "with-you": "Somebody sent “With you”.",
        "thank-you": "Somebody sent “Thank you”.",
        "helped": "Somebody sent “This helped”.",
        "proud": "Somebody sent “Proud of you”.",
    },
    "report-outcome": {
        "worried-helped": "You were worried about somebody, and a moderator reached out to them. Thank you.",
        "worried-acted": "You were worried about somebody. A moderator read the post and took action. Thank you.",
        "worried-no-action": (
            "You were worried about somebody. A moderator read the post and is leaving things as they are for now. "
            "It was right to say something."
        ),
        "worried-taken-down": (
            "You were worried about somebody. They took their post down themselves, and what it said is gone by now. "
            "It was right to say something. If you worry still, “Help now” is there for you too."
        ),
        "own-taken-down": (
            "You asked for a hand with a post that you took down since, and what it said is gone by now. "
            "You can ask again under any of your posts."
        ),
        "own-helped": "You asked for a hand with your post, and a moderator has answered you.",
        "own-acted": "You asked for a hand with your post. A moderator has read it and changed how it is shown.",
        "own-no-action": (
            "You asked for a hand with your post. A moderator has read it and left it as it is. "
            "You can ask again whenever you like."
        ),
        "rules-taken-down": (
            "You reported a post. It was taken down before a moderator had decided. Thank you for telling us."
        ),
        "rules-helped": "You reported a post, and a moderator reached out to the person who wrote it. Thank you.",
        "rules-acted": "You reported a post. A moderator agreed with you and took action. Thank you.",
        "rules-no-action": "You reported a post. A moderator read it and left it as it is. Thank you for asking.",
        "rules-groundless": (
            "You reported a post. A moderator read it and found that it keeps the rules. "
            "If posts by somebody are hard for you to read, you can mute them; they are not told."
        ),
    },
}
"""By kind and detail, where the detail is one of a few names."""

UNKNOWN = "There is news for you."


def sentence_of(kind: str, detail: str, who: str | None = None) -> str:
    """Return what a notice says; ``who`` is the handle of whom it is about, where it is about somebody."""
    if kind == WISH_TO_TALK:
        return f"{who or 'A colleague'} would like to talk after a hard case."
    if kind == LAST_CRISIS_LINE_DUE:
        return (
            "The last vetted crisis line for the region of this community is to be read again by "
            f"{day(date.fromisoformat(detail))}: from that day on nobody is shown it until somebody has vetted it anew."
        )
    if kind in DETAILED_SENTENCES:
        return DETAILED_SENTENCES[kind].get(detail, UNKNOWN)
    return SENTENCES.get(kind, UNKNOWN)


def words_of(kind: str, detail: str) -> str:
    """Return what a moderator wrote beside the sentence, if anything."""
    return "" if kind in DETAILED_SENTENCES or kind in (*ABOUT_CASES, *ABOUT_CRISIS_LINES, WISH_TO_TALK) else detail
