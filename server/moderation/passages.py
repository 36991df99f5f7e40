"""Passages of a post that could be blacked out with one key: what endangers others, and what tells who somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.forum.composing import DETAIL_WORDS
from server.help.service import public_numbers
from server.text.personal import find_personal_details
from triage.details import find_sensitive_details

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_OF_EACH = 12
SENSITIVE_WORDS = {"dose": "an amount", "means": "how somebody could be harmed", "address": "where that is told"}


@dataclass(frozen=True)
class Passage:
    """A piece of the post or its title, and what it is."""

    text: str
    label: str


async def find_passages(*texts: str, region: str | None) -> list[Passage]:
    """Return amounts and means, then personal details; ``region`` tells how phone numbers are read.

    The numbers of helplines are for everybody.
    """
    sensitive = [
        Passage(text[detail.start : detail.end], SENSITIVE_WORDS[detail.kind])
        for text in texts
        for detail in find_sensitive_details(text)
    ]
    helplines = await public_numbers()
    personal = [
        Passage(detail.excerpt, DETAIL_WORDS[detail.kind])
        for text in texts
        for detail in find_personal_details(text, region, helplines=helplines)
    ]
    return _each_once([*_each_once(sensitive)[:MOST_OF_EACH], *_each_once(personal)[:MOST_OF_EACH]])


def _each_once(passages: Iterable[Passage]) -> list[Passage]:
    return list({passage.text: passage for passage in passages}.values())
