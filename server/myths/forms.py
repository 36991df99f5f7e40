"""A myth as its form holds it."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from server.myths.kinds import HARMS, NO_MYTH, TOPICS
from server.text.cleaning import clean_line, clean_text
from triage.myths import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

MOST_SOURCES = 8
FEWEST_SOURCE_ROWS = 3
PHRASINGS = (3, 6)
"""How many there are at least and at most."""
MOST_COUNTERS = 4
LONGEST_SENTENCE = 200
LONGEST_CORRECTION = 80
"""In words: somebody in distress should be able to read it to its end."""
LONGEST_SLUG = 80
LONGEST_ADDRESS = 500
OLDEST_SOURCE = 1950
VETTED_FOR = timedelta(days=2 * 365)

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ADDRESS = re.compile(r"https?://[^\s/@\\]+\.[^\s/@\\]+(?:/\S*)?")
_YEAR = re.compile(r"[12]\d{3}")
_AMOUNT = re.compile(r"\d\s*(mg|mcg|µg|g|ml|units?|tablets?|pills?|drops?)\b", re.IGNORECASE)


class SourceForm(msgspec.Struct, frozen=True):
    """One piece of evidence as it is typed."""

    title: str = ""
    publisher: str = ""
    year: str = ""
    url: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was typed."""
        return not (self.title or self.publisher or self.year or self.url)


class MythForm(msgspec.Struct, frozen=True):
    """A myth as it is typed; sentences are written one a line."""

    slug: str = ""
    topic: str = ""
    claim: str = ""
    phrasings: str = ""
    harm: str = ""
    correction: str = ""
    counter: str = ""
    sources: tuple[SourceForm, ...] = ()

    @property
    def short_name(self) -> str:
        """The slug, or one made from the claim."""
        if self.slug:
            return self.slug
        plain = unicodedata.normalize("NFKD", self.claim).encode("ascii", "ignore").decode().lower()
        name = "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))
        return name if len(name) <= LONGEST_SLUG else name[: LONGEST_SLUG + 1].rpartition("-")[0]

    @property
    def said(self) -> list[str]:
        """The phrasings, each once."""
        return _lines(self.phrasings)

    @property
    def denied(self) -> list[str]:
        """The sentences that ask about the claim or deny it."""
        return _lines(self.counter)

    @property
    def source_rows(self) -> tuple[SourceForm, ...]:
        """What was typed, and empty rows for more."""
        rows = min(MOST_SOURCES, max(FEWEST_SOURCE_ROWS, len(self.sources) + 1))
        return (*self.sources, *[SourceForm()] * (rows - len(self.sources)))

    @property
    def source_lines(self) -> str:
        """The sources, one a line."""
        return "\n".join(
            ", ".join(part for part in (one.title, one.publisher, one.year, one.url) if part) for one in self.sources
        )

    def evidence(self, before: Sequence[Source] = ()) -> list[Source]:
        """Return the sources; one that stands unchanged in ``before`` stays as read as it was, any other is unread."""
        known = {(one.title, one.publisher, one.year, one.url): one for one in before}
        sources = [(one.title, one.publisher, int(one.year) if one.year else None, one.url) for one in self.sources]
        return [known.get(key) or Source(*key, read=False, checked="") for key in sources]


def read_myth_form(fields: Mapping[str, str]) -> MythForm:
    """Read a form's fields; nothing is refused here, so that everything can be shown again."""
    lines = {name: clean_line(fields.get(name, "")) for name in ("slug", "topic", "claim", "harm")}
    texts = {name: clean_text(fields.get(name, "")) for name in ("phrasings", "correction", "counter")}
    typed = [
        SourceForm(**{part: clean_line(fields.get(f"source-{number}-{part}", "")) for part in _SOURCE_PARTS})
        for number in range(MOST_SOURCES)
    ]
    return MythForm(**lines, **texts, sources=tuple(one for one in typed if not one.is_empty))


def form_of(
    *, slug: str, topic: str, claim: str, phrasings: list[str], harm: str, correction: str, counter: list[str],
    evidence: Sequence[Source],
) -> MythForm:  # fmt: skip
    """Return a myth as its form shows it."""
    return MythForm(
        slug=slug,
        topic=topic,
        claim=claim,
        phrasings="\n".join(phrasings),
        harm=harm,
        correction=correction,
        counter="\n".join(counter),
        sources=tuple(
            SourceForm(one.title, one.publisher, str(one.year) if one.year else "", one.url) for one in evidence
        ),
    )


def check_myth(form: MythForm, *, today: date) -> dict[str, str]:
    """Return what is wrong with a myth, by field."""
    errors: dict[str, str] = {}
    if not _SLUG.fullmatch(form.short_name) or len(form.short_name) > LONGEST_SLUG or form.short_name == NO_MYTH:
        errors["slug"] = "The short name needs small letters, digits and single hyphens, such as detox-by-juice."
    if form.topic not in TOPICS:
        errors["topic"] = "Please choose what it is about."
    if not form.claim:
        errors["claim"] = "Please write the claim in one plain sentence."
    if form.harm not in HARMS:
        errors["harm"] = "Please choose what acting on it may do."
    errors |= _check_correction(form.correction)
    errors |= _check_sentences(form)
    for number, source in enumerate(form.sources):
        if wrong := _what_is_wrong_with(source, today=today):
            errors[f"source-{number}-title"] = wrong
    return errors


def _check_correction(correction: str) -> dict[str, str]:
    words = len(correction.split())
    if not words:
        return {"correction": "Please say what is true, as you would to somebody who believes the claim."}
    if words > LONGEST_CORRECTION:
        return {"correction": f"It has {words} words; {LONGEST_CORRECTION} fit."}
    if _AMOUNT.search(correction):
        return {"correction": "No doses or amounts, please: not even right ones."}
    return {}


def _check_sentences(form: MythForm) -> dict[str, str]:
    errors: dict[str, str] = {}
    fewest, most = PHRASINGS
    if not fewest <= len(form.said) <= most:
        errors["phrasings"] = (
            f"{fewest} to {most} different ones, each on a line of its own; there are {len(form.said)}."
        )
    if len(form.denied) > MOST_COUNTERS:
        errors["counter"] = f"At most {MOST_COUNTERS}, each on a line of its own."
    for name, sentences in (("claim", [form.claim]), ("phrasings", form.said), ("counter", form.denied)):
        if any(len(sentence) > LONGEST_SENTENCE for sentence in sentences):
            errors[name] = f"At most {LONGEST_SENTENCE} characters in a sentence."
    return errors


def _what_is_wrong_with(source: SourceForm, *, today: date) -> str:
    if not source.title or not source.publisher:
        return "A source needs its title, and who published it."
    if not _ADDRESS.fullmatch(source.url) or len(source.url) > LONGEST_ADDRESS:
        return "A source needs an address that begins with https://."
    if source.year and not (_YEAR.fullmatch(source.year) and OLDEST_SOURCE <= int(source.year) <= today.year):
        return "The year has four digits, or stays empty."
    longest = max(len(source.title), len(source.publisher))
    return "" if longest <= LONGEST_SENTENCE * 2 else "Its title is too long."


_SOURCE_PARTS = ("title", "publisher", "year", "url")


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line for line in map(clean_line, text.splitlines()) if line))
