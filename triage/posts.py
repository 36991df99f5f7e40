"""What goes into triage."""

from __future__ import annotations

import msgspec


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """One post as triage reads it."""

    text: str
    title: str = ""
    """What stands above it: its content note in its author's words, and where it opens a thread, that one's title."""
    parent: str = ""
    """The post that this one answers: it can carry the meaning of a short answer."""

    def with_quotation_apart(self) -> Post:
        """Return the same with the lines that quote the parent at the parent's head: what is answered, not said.

        Where nothing else would be left, it stays as it is.
        """
        if ">" not in self.text or not self.parent:
            return self
        source = " ".join(self.parent.split())
        own: list[str] = []
        quoted: list[str] = []
        for line in self.text.splitlines(keepends=True):
            words = " ".join(line.lstrip(" \t>").split())
            is_quoted = line.lstrip().startswith(">") and words != "" and words in source
            (quoted if is_quoted else own).append(words if is_quoted else line)
        text = "".join(own)
        if not quoted or not text.strip():
            return self
        return msgspec.structs.replace(self, text=text, parent="\n".join([*quoted, self.parent]))


PLAIN_WORDS = Post(text="We had soup today, and it was good.")
"""A classifier that fails on these fails on everything."""
