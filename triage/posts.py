"""What goes into triage."""

from __future__ import annotations

import re

import msgspec

_QUOTED_LINE = re.compile(r"^[ \t]*>.*\n?", re.MULTILINE)


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """One post as triage reads it."""

    text: str
    title: str = ""
    """What stands above it: its content note in its author's words, and where it opens a thread, that one's title."""
    parent: str = ""
    """The post that this one answers: it can carry the meaning of a short answer."""

    def quoted_lines(self) -> list[tuple[int, int]]:
        """Return where lines begin and end that quote the parent."""
        if ">" not in self.text or not self.parent:
            return []
        source = " ".join(self.parent.split())
        lines = [(line.start(), line.end()) for line in _QUOTED_LINE.finditer(self.text)]
        return [
            (start, end) for start, end in lines if (words := _quoted_words(self.text[start:end])) and words in source
        ]

    def with_quotation_apart(self) -> Post:
        """Return the same with the lines that quote the parent at the parent's head: what is answered, not said.

        Where nothing else would be left, it stays as it is.
        """
        quoted = self.quoted_lines()
        text = self.text
        for start, end in reversed(quoted):
            text = text[:start] + text[end:]
        if not quoted or not text.strip():
            return self
        words = [_quoted_words(self.text[start:end]) for start, end in quoted]
        return msgspec.structs.replace(self, text=text, parent="\n".join([*words, self.parent]))


def _quoted_words(line: str) -> str:
    return " ".join(line.lstrip(" \t>").split())


PLAIN_WORDS = Post(text="We had soup today, and it was good.")
"""A classifier that fails on these fails on everything."""
