"""Pointing out personal details before a post goes up, as a kind warning; nothing here is stored or logged.

The reader of the warning may be in distress, so precision comes first: what is found should be what it is said to be.
Numbers of helplines, doses, dates, day counts, readings and links to leaflets are no personal details.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from server.text.personal.addresses import find_addresses
from server.text.personal.detail import Kind, PersonalDetail, Span, fold, mentions
from server.text.personal.emails import find_emails
from server.text.personal.names import find_own_names
from server.text.personal.national_ids import find_national_ids
from server.text.personal.phones import find_phone_numbers
from server.text.personal.profiles import find_profiles
from server.text.personal.public import is_public

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["PersonalDetail", "find_personal_details"]

MAX_DETAILS_OF_A_KIND = 10
"""A warning that lists more helps nobody."""

_WEB_ADDRESS = re.compile(r"(?<![\w.-])(?:https?://|www\.|(?:[\w-]{1,63}\.){1,4}[a-z]{2,24}/)\S{1,2000}", re.IGNORECASE)


def find_personal_details(
    text: str, region: str | None = None, *, helplines: Collection[str] = ()
) -> list[PersonalDetail]:
    """Return what in the text could tell who its author is, in the order of the text, without overlaps.

    ``region`` (ISO 3166-1 alpha-2) tells how numbers without a country code are read first. ``helplines`` are phone
    numbers and e-mail addresses that everybody may write, as they are printed; free and shared-cost numbers and short
    codes never count as personal anyway.
    """
    no_links = (
        _WEB_ADDRESS.sub(lambda found: "\n" * len(found[0]), text) if mentions(fold(text), ("/", "www.")) else text
    )
    finders: list[tuple[Kind, Iterable[Span]]] = [
        ("email", find_emails(text)),
        ("profile", find_profiles(text)),
        ("national_id", find_national_ids(no_links)),
        ("phone", find_phone_numbers(no_links, region)),
        ("address", find_addresses(no_links)),
        ("name", find_own_names(no_links)),
    ]
    details: list[PersonalDetail] = []
    for kind, spans in finders:
        for start, end in islice(spans, MAX_DETAILS_OF_A_KIND):
            is_new = all(end <= detail.start or detail.end <= start for detail in details)
            if is_new and not is_public(text[start:end], helplines):
                details.append(PersonalDetail(kind, text[start:end], start, end))
    return sorted(details, key=lambda detail: detail.start)
