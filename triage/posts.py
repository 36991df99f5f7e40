"""What goes into triage."""

from __future__ import annotations

import msgspec


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """One post as triage reads it."""

    text: str
    title: str = ""
    """Title of the thread, where this post opens it."""
    parent: str = ""
    """The post that this one answers: it can carry the meaning of a short answer."""
