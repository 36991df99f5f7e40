"""A resource as its form, and as a row of a file, holds it."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from server.help.needs import wrong_languages
from server.help.opening import check_opening
from server.members.regions import regions
from server.resources.kinds import ANYWHERE, EVERY_NEED, KINDS
from server.text.cleaning import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping

LINES = (
    "slug", "kind", "title", "organisation", "url", "phone", "cost", "hours", "opening", "zone", "source_name",
    "source_url",
)  # fmt: skip
LISTS = ("regions", "languages", "topics", "needs")
FIELDS = (*LINES[:4], "description", *LINES[4:], *LISTS)

LONGEST = {
    "slug": 80, "kind": 16, "title": 160, "organisation": 160, "description": 800, "url": 500, "phone": 80, "cost": 80,
    "hours": 120, "opening": 200, "zone": 40, "source_name": 160, "source_url": 500,
}  # fmt: skip
MOST_IN_A_LIST = 12
VETTED_FOR = timedelta(days=365)

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ADDRESS = re.compile(r"https://[^\s/@\\]+\.[^\s/@\\]+(?:/\S*)?")


class ResourceForm(msgspec.Struct, frozen=True):
    """A resource as it is typed; lists are written with commas."""

    slug: str = ""
    kind: str = ""
    title: str = ""
    organisation: str = ""
    description: str = ""
    url: str = ""
    phone: str = ""
    cost: str = ""
    hours: str = ""
    opening: str = ""
    zone: str = ""
    source_name: str = ""
    source_url: str = ""
    regions: str = ""
    languages: str = "en"
    topics: str = ""
    needs: str = ""

    def listed(self, name: str) -> list[str]:
        """Return one of the lists, entry by entry, each once."""
        entries = list(dict.fromkeys(entry for entry in re.split(r"[,;\s]+", getattr(self, name)) if entry))
        return [entry.upper() for entry in entries] if name == "regions" else [entry.lower() for entry in entries]

    @property
    def short_name(self) -> str:
        """The slug, or one made from the first region and the title."""
        if self.slug:
            return self.slug
        plain = unicodedata.normalize("NFKD", self.title).encode("ascii", "ignore").decode().lower()
        words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
        return "-".join([*(region.lower() for region in self.listed("regions")[:1]), *words])[:80].strip("-")


def read_resource_form(fields: Mapping[str, str]) -> ResourceForm:
    """Read a form's fields; nothing is refused here, so that everything can be shown again."""
    lines = {name: clean_line(fields.get(name, "")) for name in (*LINES, *LISTS)}
    return ResourceForm(**lines, description=clean_text(fields.get("description", "")))


def form_of(row: Mapping[str, Any]) -> ResourceForm:
    """Return a resource as its form shows it; Any: columns of many types."""
    return ResourceForm(**{name: ", ".join(row[name]) if name in LISTS else row[name] for name in FIELDS})


def says_something_else(row: Mapping[str, Any], form: ResourceForm) -> bool:
    """Tell whether a form says something else than the resource that is stored; the short name is not compared."""
    before = form_of(row)
    return any(before.listed(name) != form.listed(name) for name in LISTS) or any(
        getattr(before, name) != getattr(form, name) for name in FIELDS if name not in {"slug", *LISTS}
    )


def check_resource(form: ResourceForm) -> dict[str, str]:
    """Return what is wrong with a resource, by field."""
    errors = {
        name: f"At most {most} characters fit." for name, most in LONGEST.items() if len(getattr(form, name)) > most
    }
    if not _NAME.fullmatch(form.short_name):
        errors["slug"] = "The short name needs small letters, digits and single hyphens, such as gb-samaritans."
    if form.kind not in KINDS:
        errors["kind"] = f"One of: {', '.join(KINDS)}."
    if not form.title:
        errors["title"] = "Please say what it is called."
    if not form.description:
        errors["description"] = "Please say in your own words whom it is for."
    for name in ("url", "source_url"):
        if getattr(form, name) and not _ADDRESS.fullmatch(getattr(form, name)):
            errors[name] = "An address that begins with https://."
    if not form.url and not form.phone:
        errors["url"] = "There has to be a way to reach it: an address or a number."
    return check_opening(form.opening, form.zone) | errors | _check_lists(form)


def _check_lists(form: ResourceForm) -> dict[str, str]:
    errors: dict[str, str] = {}
    known_regions = {*regions(), ANYWHERE}
    if not form.listed("regions") or not set(form.listed("regions")) <= known_regions:
        errors["regions"] = "Two letters of each country, such as GB, IE, or INT for anywhere."
    if wrong := wrong_languages(form.listed("languages")):
        errors["languages"] = wrong
    if not set(form.listed("needs")) <= set(EVERY_NEED):
        errors["needs"] = f"Any of: {', '.join(EVERY_NEED)}."
    topics = form.listed("topics")
    if not topics or not all(_NAME.fullmatch(topic) and len(topic) <= 40 for topic in topics):
        errors["topics"] = "At least one, in small letters and hyphens, such as addiction, chronic-illness."
    for name in LISTS:
        if len(form.listed(name)) > MOST_IN_A_LIST:
            errors[name] = f"At most {MOST_IN_A_LIST}."
    return errors
