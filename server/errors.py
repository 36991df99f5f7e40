"""What can go wrong, in the words that the person is told. Services raise these; ``server.web.errors`` shows them."""

from __future__ import annotations


class KithError(Exception):
    """Something that a person can be told about: a status, a title and one or two kind sentences."""

    status = 400
    title = "That did not work"
    sentence = "Please go back and try again."
    may_be_sent_again = True
    """Whether the same form could be taken at another try."""

    def __init__(self, sentence: str | None = None) -> None:
        """Use ``sentence`` in place of the class's own where it can be more exact."""
        super().__init__(sentence or self.sentence)
        self.sentence = sentence or self.sentence


class NotFound(KithError):
    """The thing does not exist, or is not this person's to see: the answer is the same."""

    status = 404
    title = "Nothing here"
    sentence = "This page does not exist, or it was taken away. The link may be old."
    may_be_sent_again = False


class NotAllowed(KithError):
    """The person is known, and this is not theirs to do."""

    status = 403
    title = "This is not yours to change"
    sentence = "You can only change what you wrote or set up yourself."
    may_be_sent_again = False


class SignInNeeded(KithError):
    """Nobody is signed in, or the session has ended."""

    status = 401
    title = "Please sign in"
    sentence = "You need to be signed in for this. If you were, your session has ended."


class BegunAsAnother(KithError):
    """A text that was begun while somebody else was signed in in this browser."""

    status = 409
    title = "This was begun under another name"

    def __init__(self, handle: str) -> None:
        """Keep under which handle it would be sent now."""
        super().__init__(
            f"You are here as {handle}. This text was begun under another name, so nothing was posted or saved."
        )
        self.handle = handle


class SecondFactorNeeded(KithError):
    """A staff page without a confirmed second factor in this session."""

    status = 403
    title = "One more step"
    sentence = "Pages for moderators and admins open after your six-digit code."


class FormExpired(KithError):
    """The form's CSRF token is missing or does not fit the browser's cookie."""

    status = 403
    title = "This form was open for too long"
    sentence = "Nothing was saved yet. Please send it once more; your text is below."


class TooMany(KithError):
    """A rate limit: try again after ``retry_after`` seconds."""

    status = 429
    title = "A short pause"

    def __init__(self, retry_after: int, sentence: str | None = None) -> None:
        """Keep the waiting time in seconds beside the sentence."""
        super().__init__(sentence or f"That was a lot in a short time. Please try again in {spoken_wait(retry_after)}.")
        self.retry_after = retry_after


class Unavailable(KithError):
    """The database or another part does not answer at the moment."""

    status = 503
    title = "Kith cannot save right now"
    sentence = "Something behind this page is not answering. Nothing is lost: please try again in a minute."


def spoken_wait(seconds: int) -> str:
    """Say a number of seconds as a person would."""
    if seconds < 90:
        return "a minute"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} minutes"
    return f"{round(seconds / 3600)} hours"
