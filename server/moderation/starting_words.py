"""Words to start an answer from, filled in for one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from server.answer_templates.service import OfferedTemplate, list_offered, values_for
from server.answer_templates.variables import fill
from server.moderation.acts import Voice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from server.moderation.cases import CaseView
    from server.moderation.forms import DecisionForm
    from server.resources.service import ResourceView
    from server.settings import Settings

USES = "template-"
"""Before a template's number in what the button says that puts it into the answer."""
NOT_OFFERED = "These words are not offered any more. Nothing else has changed."

Groups = list[tuple[str, list[OfferedTemplate]]]


async def starting_words(
    found: CaseView, form: DecisionForm, resources: Sequence[ResourceView], settings: Settings, *, at: datetime
) -> Groups:
    """Return what is offered, by situation, as it would read in an answer to this author."""
    ticked = next((one.title for one in resources if one.id in form.resources), "")
    country = _country_to_name(found, form, settings.default_region)
    values = await values_for(settings, handle=found.author, board=found.board, country=country, at=at, resource=ticked)
    return [
        (heading, [one._replace(text=fill(one.text, values)) for one in group])
        for heading, group in await list_offered(today=at.date())
    ]


def _country_to_name(found: CaseView, form: DecisionForm, default_region: str) -> str:
    """Return the country whose lines the words name; in the thread none that would tell where the author lives."""
    country = found.author_region or default_region
    is_private = form.voice is Voice.PRIVATE or found.is_for_author_alone
    return country if is_private or country == default_region else ""


def put_into(form: DecisionForm, groups: Groups, act: str) -> DecisionForm | None:
    """Return the form with the words that the button names below what is there; None where they are not offered."""
    text = next((one.text for _, group in groups for one in group if f"{USES}{one.id}" == act), None)
    if text is None:
        return None
    return msgspec.structs.replace(form, words="\n\n".join(filter(None, (form.words, text))))
