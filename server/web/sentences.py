"""Words that many pages share: what was just done, and how long ago something was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from server.clock import now

if TYPE_CHECKING:
    from datetime import date, datetime

    from server.help.opening import OpenState

SAID: dict[str, dict[str, str]] = {
    name: {"kind": "success", "text": text}
    for name, text in {
        "posted": "Your post has arrived.",
        "edited": "Your change is saved.",
        "deleted": "Your post was taken down.",
        "followed": "You follow this thread now.",
        "unfollowed": "You no longer follow this thread.",
        "reported": "Thank you for speaking up. A moderator will look, and you will hear what came of it.",
        "worried": "Thank you for looking out for somebody. A moderator will look as soon as possible.",
        "asked-for-a-hand": "We have it. A moderator will look as soon as possible. “Help now” is open until then.",
        "case-decided": "Done. The author, and everybody who spoke up, are told what concerns them.",
        "decided-some": "Done, apart from some that were left alone: a colleague has them, they changed meanwhile, "
        "or each needs a choice of its own.",
        "case-not-free": "This case is not free: it is with somebody else, closed, or for another moderator than you.",
        "nothing-waits": "Nothing waits for you right now. Thank you for being here.",
        "handed-back": "Handed back. You will not be handed it again.",
        "passed-on": "A colleague will look at it.",
        "escalated": "Escalated: on-call is told.",
        "on-it": "Thank you. Nobody else is called to this case for fifteen minutes.",
        "undone": "Taken back. The case is with you again.",
        "undone-flagged-again": "Taken back. Another case of this post is open by now: this one, and it goes on.",
        "debriefed": "Thank you for telling. Take care of yourself.",
        "talk-asked": "Admins and clinicians are told that you would like to talk, and nothing else.",
        "talk-nobody": "There is no other admin or clinician here yet. “Help now” is for helpers too.",
        "on-break": "You are on a break. Nothing is with you now; come back when you like.",
        "note-deleted": "The note is gone.",
        "device-registered": "Kith can call you on this device now. Send yourself a test to be sure.",
        "device-removed": "That device is not called any more.",
        "test-call-sent": "A test is on its way. It should be there within half a minute.",
        "appealed": "Thank you. Another moderator will look at it again.",
        "appealed-alone": (
            "Thank you. There is no other moderator here right now. Your request waits until there is one. Until then "
            "the one who decided can only give back what they took."
        ),
        "draft-dropped": "The draft is gone.",
        "saved": "Saved.",
        "signed-in": "Welcome back.",
        "signed-out": "You are signed out.",
        "blocked": "Done. They are not told.",
        "unblocked": "Done. You will see their posts again.",
        "session-ended": "That session has ended.",
        "erased": "Your account is erased, and your words are gone from these pages. Take care of yourself.",
        "phrase-noted": "Good. Keep your phrase safe; it is the one way back in.",
        "phrase-replaced": (
            "The words on that page had been replaced meanwhile, perhaps in another tab, and do not sign you in. Only "
            "the newest do."
        ),
        "handle-changed": "That is your name from now on.",
        "password-set": "Your password is in place. Other devices were signed out.",
        "password-removed": "The password is gone. Your recovery phrase signs you in.",
        "sessions-ended": "All other sessions have ended.",
    }.items()
}
"""Sentences shown once after a redirect, by their code."""


def translate(text: str) -> str:
    """Mark a string of a template for translation. Kith speaks English so far."""
    return text


def ago(moment: datetime) -> str:
    """Say how long ago a moment was, roughly, as a person would."""
    seconds = (now() - moment).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 90 * 60:
        minutes = max(1, round(seconds / 60))
        return f"{minutes} min ago"
    if seconds < 36 * 3600:
        return f"{round(seconds / 3600)} h ago"
    if seconds < 14 * 86400:
        return f"{round(seconds / 86400)} days ago"
    return day(moment)


def day(moment: date) -> str:
    """Write a day such as 3 May 2026."""
    return f"{moment.day} {moment:%B %Y}"


class HasHours(Protocol):
    """A helpline or a resource."""

    def state_at(self, at: datetime) -> OpenState | None:
        """Tell whether somebody answers."""
        ...


def open_now(entry: HasHours) -> OpenState | None:
    """Tell whether somebody answers now; None where that is not known."""
    return entry.state_at(now())
