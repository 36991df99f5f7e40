"""The myth library as it is shipped: every entry complete, every correction short enough to post."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

LIBRARY: Final = Path(__file__).parents[2] / "triage" / "myths" / "myths.jsonl"
TOPICS: Final = {"addiction", "mental-health", "chronic-illness", "infection-and-vaccines", "medicines"}
HARMS: Final = {"low", "serious", "life-threatening"}
FIELDS: Final = {"slug", "topic", "claim", "phrasings", "harm", "correction", "counter", "evidence"}
SOURCE_FIELDS: Final = {"title", "publisher", "year", "url", "read", "checked"}
SAYS_WHO_HELPS: Final = re.compile(
    r"emergency|crisis line|helpline|doctor|pharmacist|prescriber|nurse|midwife|clinic|poison|team", re.IGNORECASE
)
AMOUNT: Final = re.compile(r"\d\s*(mg|mcg|µg|g|ml|units?|tablets?|pills?|drops?)\b", re.IGNORECASE)

ENTRIES: Final[list[dict[str, Any]]] = [json.loads(line) for line in LIBRARY.read_text(encoding="utf-8").splitlines()]
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=[entry["slug"] for entry in ENTRIES])


def normalised(sentence: str) -> str:
    """The sentence without case, punctuation and double blanks."""
    return re.sub(r"[\W_]+", " ", sentence).casefold().strip()


def test_the_library_is_large_enough_and_knows_every_topic() -> None:
    assert len(ENTRIES) >= 120
    assert {entry["topic"] for entry in ENTRIES} == TOPICS


def test_enough_entries_rest_on_a_source_that_somebody_read() -> None:
    assert sum(any(source["read"] for source in entry["evidence"]) for entry in ENTRIES) >= 120


def test_no_slug_and_no_sentence_occurs_twice() -> None:
    slugs = Counter(entry["slug"] for entry in ENTRIES)
    sentences = Counter(
        normalised(sentence)
        for entry in ENTRIES
        for sentence in [entry["claim"], *entry["phrasings"], *entry["counter"]]
    )
    assert [slug for slug, count in slugs.items() if count > 1] == []
    assert [sentence for sentence, count in sentences.items() if count > 1] == []


@each_entry
def test_entry_has_every_field_and_no_other(entry: dict[str, Any]) -> None:
    assert set(entry) == FIELDS
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry["slug"])
    assert entry["topic"] in TOPICS
    assert entry["harm"] in HARMS
    assert entry["claim"].endswith(".")


@each_entry
def test_entry_has_enough_phrasings_and_counters(entry: dict[str, Any]) -> None:
    assert 3 <= len(entry["phrasings"]) <= 6
    assert 3 <= len(entry["counter"]) <= 4
    assert all(sentence.strip() == sentence and sentence for sentence in entry["phrasings"] + entry["counter"])


@each_entry
def test_correction_is_short_and_names_no_dose(entry: dict[str, Any]) -> None:
    assert 20 <= len(entry["correction"].split()) <= 80
    assert AMOUNT.search(entry["correction"]) is None


@each_entry
def test_correction_of_a_deadly_claim_says_who_helps(entry: dict[str, Any]) -> None:
    if entry["harm"] == "life-threatening":
        assert SAYS_WHO_HELPS.search(entry["correction"])


@each_entry
def test_entry_rests_on_named_and_dated_evidence(entry: dict[str, Any]) -> None:
    assert entry["evidence"]
    for source in entry["evidence"]:
        assert set(source) == SOURCE_FIELDS
        assert source["title"]
        assert source["publisher"]
        assert source["year"] is None or 1950 <= source["year"] <= date.fromisoformat(source["checked"]).year
        assert re.match(r"https?://[^\s/]+\.[^\s/]+/", source["url"])
        assert isinstance(source["read"], bool)
