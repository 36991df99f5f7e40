"""Who may open what: every route of Kith, by whom it is for. ``tests/test_access.py`` tries each as everybody."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Somebody who tries every route."""

    VISITOR = "visitor"
    MEMBER = "member"
    AUTHOR = "author"
    """The member whose post, draft, notice and session it is all about."""
    MODERATOR_BEFORE_CODE = "moderator before the code"
    ADMIN_BEFORE_CODE = "admin before the code"
    MODERATOR = "moderator"
    DECIDER = "decider"
    """A clinician who decided about the author's post, and wrote a note to themselves after it."""
    ADMIN = "admin"


class Audience(StrEnum):
    """Whom a route is for."""

    EVERYBODY = "everybody"
    MEMBERS = "members"
    OTHERS = "members other than the author"
    AUTHOR = "the author"
    STAFF = "staff, before the code too"
    MODERATORS = "moderators"
    DECIDER = "the decider"
    ADMINS = "admins"

    @property
    def roles(self) -> frozenset[Role]:
        """Who is let in."""
        return ROLES[self]


BEFORE_CODE = frozenset({Role.MODERATOR_BEFORE_CODE, Role.ADMIN_BEFORE_CODE})
AFTER_CODE = frozenset({Role.MODERATOR, Role.DECIDER, Role.ADMIN})
ROLES: dict[Audience, frozenset[Role]] = {
    Audience.EVERYBODY: frozenset(Role),
    Audience.MEMBERS: frozenset(Role) - {Role.VISITOR},
    Audience.OTHERS: frozenset(Role) - {Role.VISITOR, Role.AUTHOR},
    Audience.AUTHOR: frozenset({Role.AUTHOR}),
    Audience.STAFF: BEFORE_CODE | AFTER_CODE,
    Audience.MODERATORS: AFTER_CODE,
    Audience.DECIDER: frozenset({Role.DECIDER}),
    Audience.ADMINS: frozenset({Role.ADMIN}),
}

TABLE: dict[Audience, str] = {
    Audience.EVERYBODY: """
        GET      /
        GET      /about
        GET      /boards/{slug}
        GET      /boards/by-id/{board_id}/new
        GET      /health
        GET      /help
        GET POST /join
        GET      /myths
        GET      /myths/{slug}
        GET      /notices/count
        GET      /posts/{post_id}
        GET      /posts/{post_id}/worried
        GET      /resources
        GET      /resources/{slug}
        GET      /search
        GET POST /sign-in
        GET      /static/{name}
        GET      /sw.js
        GET      /threads/{thread_id}
        GET      /transparency
    """,
    # What they find there is their own alone.
    Audience.MEMBERS: """
        GET      /account
        GET POST /account/avoided
        GET POST /account/erase
        GET POST /account/export
        GET POST /account/handle
        GET POST /account/password
        GET POST /account/phrase
        GET POST /account/reading
        GET POST /account/region
        GET      /account/sessions
        GET POST /boards/{slug}/new
        POST     /drafts
        POST     /drafts/drop
        GET POST /join/phrase
        POST     /join/phrase/new
        GET      /me
        GET      /me/resources
        GET      /me/support
        POST     /me/support/close
        GET      /me/support/live
        GET      /notices
        POST     /notices/read
        POST     /posts/{post_id}/worried
        POST     /resources/{slug}/helped
        POST     /resources/{slug}/save
        POST     /resources/{slug}/unsave
        GET POST /sign-in/code
        POST     /threads/{thread_id}/follow
        POST     /threads/{thread_id}/replies
        GET      /threads/{thread_id}/reply
        POST     /threads/{thread_id}/unfollow
    """,
    Audience.OTHERS: """
        GET POST /posts/{post_id}/author/avoid
        POST     /posts/{post_id}/reactions
        GET POST /posts/{post_id}/report
    """,
    Audience.STAFF: """
        GET POST /account/second-factor
        POST     /account/second-factor/app
        POST     /account/second-factor/codes
    """,
    # A case that is with somebody else can be read; what is sent about it is refused with the page, see test_deciding.
    Audience.MODERATORS: """
        GET      /moderation
        GET      /moderation/cases/{case_id}
        GET POST /moderation/cases/{case_id}/alike
        POST     /moderation/cases/{case_id}/assign
        POST     /moderation/cases/{case_id}/claim
        POST     /moderation/cases/{case_id}/decide
        POST     /moderation/cases/{case_id}/extend
        POST     /moderation/cases/{case_id}/hand-back
        POST     /moderation/cases/{case_id}/note
        POST     /moderation/cases/{case_id}/on-it
        GET      /moderation/cases/{case_id}/onlookers
        GET POST /moderation/debrief
        POST     /moderation/judging
        POST     /moderation/keys
        GET      /moderation/live
        GET      /moderation/myths
        GET POST /moderation/myths/new
        GET POST /moderation/myths/{myth_id}
        POST     /moderation/myths/{myth_id}/retire
        POST     /moderation/myths/{myth_id}/submit
        POST     /moderation/myths/{myth_id}/vet
        GET      /moderation/templates
        GET POST /moderation/templates/new
        GET POST /moderation/templates/{template_id}
        POST     /moderation/templates/{template_id}/restore
        POST     /moderation/templates/{template_id}/retire
        POST     /moderation/templates/{template_id}/submit
        POST     /moderation/templates/{template_id}/vet
        POST     /moderation/next
        GET      /moderation/resources
        GET      /moderation/resources/export
        GET POST /moderation/resources/import
        GET POST /moderation/resources/new
        GET POST /moderation/resources/{resource_id}
        POST     /moderation/resources/{resource_id}/replace
        POST     /moderation/resources/{resource_id}/retire
        POST     /moderation/resources/{resource_id}/submit
        POST     /moderation/resources/{resource_id}/vet
        GET POST /moderation/shift
        POST     /moderation/shift/devices
        POST     /moderation/shift/devices/test
        POST     /moderation/shift/topics
        GET      /posts/{post_id}/history
    """,
    Audience.ADMINS: """
        GET      /admin
        GET      /admin/audit
        GET      /admin/audit/export
        GET      /admin/boards
        GET POST /admin/boards/new
        GET POST /admin/boards/{board_id}
        GET POST /admin/care
        GET      /admin/helplines
        GET POST /admin/helplines/new
        GET POST /admin/helplines/{helpline_id}
        GET      /admin/people
        POST     /admin/people/{member_id}
        POST     /admin/people/{member_id}/second-factor
    """,
    Audience.AUTHOR: """
        POST     /account/sessions
        GET      /notices/{notice_id}
        GET POST /posts/{post_id}/appeal
        GET POST /posts/{post_id}/edit
        GET POST /posts/{post_id}/delete
    """,
    Audience.DECIDER: """
        GET POST /moderation/debrief/{decision_id}
        POST     /moderation/shift/devices/{device_id}/remove
        POST     /moderation/shift/notes/{note_id}/delete
        POST     /moderation/decisions/{decision_id}/undo
    """,
}
"""Methods and path, as the routes write it, without the types. The walk goes from top to bottom, so what takes a thing
away comes last."""

SIGNS_OUT = ("POST /sign-out", "GET /leave")
"""For everybody, and after everything else."""


def listed_routes() -> list[tuple[str, str, Audience]]:
    """Return method, path and audience of every line, in order."""
    found: list[tuple[str, str, Audience]] = []
    for audience, lines in TABLE.items():
        for line in lines.split("\n"):
            *methods, path = line.split() or [""]
            found += [(method, path, audience) for method in methods]
    return found + [(*one.split(), Audience.EVERYBODY) for one in SIGNS_OUT]  # type: ignore[misc]
