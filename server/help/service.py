"""Which helplines somebody sees. Only confirmed ones, ever."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch
from server.help.dialling import dialled_number, texted_number
from server.help.needs import CRISIS, EMERGENCY, FOR_SOME, language_names
from server.help.opening import ALWAYS, OpenState, open_state
from server.members.regions import region_named, regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

INTERNATIONAL = "INT"


@dataclass(frozen=True)
class HelplineView:
    """A helpline as its card shows it."""

    slug: str
    name: str
    organisation: str
    country: str
    needs: list[str]
    languages: list[str]
    hours: str
    always_open: bool
    opening: str
    zone: str
    phone: str | None
    text: str | None
    chat_url: str | None
    website: str
    cost: str | None
    description: str
    state: str
    source_name: str
    source_url: str
    read_on: date | None

    @property
    def call(self) -> str:
        """What a ``tel:`` link dials: the first number in the words, empty where there is none."""
        return dialled_number(self.phone or "")

    @property
    def sms(self) -> str:
        """Whom an ``sms:`` link writes to, empty where a message alone would not do."""
        return texted_number(self.text or "")

    @property
    def language_names(self) -> str:
        """Its languages by name."""
        return language_names(self.languages)

    @property
    def is_for_anybody(self) -> bool:
        """Whether it is for any crisis, and not for some people alone."""
        return CRISIS in self.needs and FOR_SOME.isdisjoint(self.needs)

    def state_at(self, at: datetime) -> OpenState | None:
        """Tell whether somebody answers at a moment; None where only its words say when."""
        return open_state(ALWAYS if self.always_open else self.opening, self.zone, at)


@dataclass(frozen=True)
class HelpList:
    """What somebody in one country sees."""

    country: str
    country_name: str
    emergency: list[HelplineView]
    here: list[HelplineView]
    instead: list[HelplineView]
    """Lines for any crisis, where there is none for the need that was chosen."""
    has_more: bool
    """Other lines are confirmed in this country, for other needs."""
    international: list[HelplineView]

    @property
    def has_emergency_number(self) -> bool:
        """Whether the country's emergency number is confirmed; a poison line is none."""
        return any(line.needs == [EMERGENCY] for line in self.emergency)


CONFIRMED = """
    SELECT slug, name, organisation, country, needs, languages, hours, always_open, opening, zone, phone, text,
           chat_url, website, cost, description, state, source_name, source_url, read_on
    FROM helpline WHERE state = 'confirmed' ORDER BY name
"""

_last_confirmed: list[HelplineView] = []
"""As this process last read them: numbers must be there while the database is away."""


def _place(line: HelplineView, at: datetime) -> tuple[bool, ...]:
    """Order lines by this, and by name. What is closed at the moment comes last.

    The emergency number stands above other lines for emergencies. A line for anybody comes before one for some, one for
    any crisis before one for a single need, and one that is open before one of which that is not known.
    """
    state = line.state_at(at)
    return (
        line.needs != [EMERGENCY],
        state is not None and not state.is_open,
        not FOR_SOME.isdisjoint(line.needs),
        CRISIS not in line.needs,
        state is None,
    )


async def confirmed_lines() -> list[HelplineView]:
    """Return every confirmed line, by name."""
    _last_confirmed[:] = [HelplineView(**row) for row in await fetch(CONFIRMED)]
    return [*_last_confirmed]


def remembered_lines() -> list[HelplineView]:
    """Return them as they were when the database last answered; none where it has not since the start."""
    return [*_last_confirmed]


def _lines_of(country: str, lines: Iterable[HelplineView], at: datetime) -> list[HelplineView]:
    return sorted((line for line in lines if line.country == country), key=lambda line: _place(line, at))


def choose_help(lines: Sequence[HelplineView], country: str, need: str, *, at: datetime) -> HelpList:
    """Return what is there for a country, narrowed by a need where there is one; emergency numbers always."""
    local = _lines_of(country, lines, at)
    emergency = [line for line in local if EMERGENCY in line.needs]
    others = [line for line in local if line not in emergency]
    here = [line for line in local if need in line.needs] if need else others
    instead = [] if here else [line for line in others if CRISIS in line.needs]
    return HelpList(
        country=country,
        country_name=regions().get(country, country),
        emergency=[line for line in emergency if line not in here],
        here=here,
        instead=instead,
        has_more=any(line not in here and line not in instead for line in others),
        international=_lines_of(INTERNATIONAL, lines, at),
    )


async def numbers_to_name(country: str, *, at: datetime) -> tuple[str, str]:
    """Return what an answer in words names: a line for anybody in a crisis, and the emergency number; else empty."""
    lines = [line for line in _lines_of(country, await confirmed_lines(), at) if line.phone]
    crisis = next((f"{line.name} ({line.phone})" for line in lines if line.is_for_anybody), "")
    return crisis, next((line.phone or "" for line in lines if line.needs == [EMERGENCY]), "")


def countries_of(lines: Iterable[HelplineView]) -> dict[str, str]:
    """Return the countries that these lines are for, code to name, in the order of the names."""
    covered = {line.country for line in lines}
    return {code: name for code, name in regions().items() if code in covered}


async def public_numbers() -> list[str]:
    """Return every number of a helpline, as it is printed: anybody may write those in a post."""
    rows = await fetch("SELECT phone FROM helpline WHERE phone IS NOT NULL AND state <> 'retired'")
    return [number for row in rows for number in re.findall(r"\+?\d[\d ()-]{5,}\d", row["phone"])]


def chosen_country(asked: str, region: str | None, default: str) -> str:
    """Return the country to show: the one asked for, else the member's, else this Kith's."""
    return region_named(asked.upper()) or region or default
