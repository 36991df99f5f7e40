"""The seeded helplines are complete, honest about what was read, and safe to load."""

import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any  # a JSON object's values have several types; each test narrows what it reads
from urllib.parse import urlsplit

SEED = Path(__file__).resolve().parents[2] / "server" / "help" / "helplines.json"
ENTRIES: list[dict[str, Any]] = json.loads(SEED.read_text(encoding="utf-8"))

KEYS = {
    "slug", "name", "organisation", "country", "needs", "languages", "hours", "always_open", "phone", "text",
    "chat_url", "website", "cost", "description", "state", "source_name", "source_url", "read_on", "read_note",
}  # fmt: skip
NEEDS = {
    "emergency", "crisis", "suicide", "self-harm", "mental-health", "addiction", "alcohol", "gambling",
    "domestic-abuse", "sexual-violence", "eating-disorders", "lgbtq", "young-people", "older-people", "veterans",
    "carers", "bereavement", "chronic-illness", "poison",
}  # fmt: skip
HOURS_KEYS = {"opening", "zone"}
"""Only where the words leave no doubt."""
ALWAYS_TEXT = (
    "slug", "name", "organisation", "country", "hours", "website", "description", "source_name", "source_url",
    "read_note",
)  # fmt: skip
MAYBE_TEXT = ("phone", "text", "chat_url", "cost", "read_on")
WORLD = "INT"
FIRST_COUNTRIES = ("GB", "US", "IE", "CA", "AU", "NZ", "DE", "FR", "ES", "IN")


def failing(condition: str, slugs: list[str]) -> str:
    """A message that names the entries at fault."""
    return f"{condition}: {', '.join(slugs)}"


def test_every_entry_has_exactly_the_agreed_keys() -> None:
    wrong = [str(entry.get("slug")) for entry in ENTRIES if set(entry) - HOURS_KEYS != KEYS]
    assert not wrong, failing("wrong keys", wrong)


def test_every_field_has_the_agreed_type() -> None:
    wrong = [
        entry["slug"]
        for entry in ENTRIES
        if not all(isinstance(entry[key], str) and entry[key].strip() for key in ALWAYS_TEXT)
        or not all(entry[key] is None or (isinstance(entry[key], str) and entry[key].strip()) for key in MAYBE_TEXT)
        or not isinstance(entry["always_open"], bool)
    ]
    assert not wrong, failing("wrong type or empty text", wrong)


def test_slugs_are_unique_and_begin_with_their_country() -> None:
    repeated = [slug for slug, times in Counter(entry["slug"] for entry in ENTRIES).items() if times > 1]
    assert not repeated, failing("repeated", repeated)
    wrong = [
        entry["slug"]
        for entry in ENTRIES
        if not re.fullmatch(rf"{entry['country'].lower()}(-[a-z0-9]+)+", entry["slug"])
    ]
    assert not wrong, failing("not kebab-case with its country", wrong)


def test_countries_are_two_letter_codes_or_the_whole_world() -> None:
    wrong = [
        entry["slug"]
        for entry in ENTRIES
        if entry["country"] != WORLD and not re.fullmatch(r"[A-Z]{2}", entry["country"])
    ]
    assert not wrong, failing("no country code", wrong)


def test_needs_come_from_the_agreed_list_without_repeats() -> None:
    wrong = [
        entry["slug"]
        for entry in ENTRIES
        if not entry["needs"] or not set(entry["needs"]) <= NEEDS or len(set(entry["needs"])) != len(entry["needs"])
    ]
    assert not wrong, failing("unknown, missing or repeated need", wrong)


def test_every_need_but_chronic_illness_has_a_service() -> None:
    """No general line for chronic illness was found; the page offers the others."""
    served = {need for entry in ENTRIES for need in entry["needs"]}
    assert served == NEEDS - {"chronic-illness"}


def test_languages_are_language_tags_without_repeats() -> None:
    tag = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
    wrong = [
        entry["slug"]
        for entry in ENTRIES
        if not entry["languages"]
        or not all(tag.fullmatch(language) for language in entry["languages"])
        or len(set(entry["languages"])) != len(entry["languages"])
    ]
    assert not wrong, failing("wrong language tag", wrong)


def test_every_address_is_https_with_a_host() -> None:
    addresses = [
        (entry["slug"], urlsplit(entry[key]))
        for entry in ENTRIES
        for key in ("website", "source_url", "chat_url")
        if entry[key] is not None
    ]
    wrong = [slug for slug, parts in addresses if parts.scheme != "https" or "." not in parts.netloc]
    assert not wrong, failing("not https", wrong)


def test_every_service_can_be_reached() -> None:
    unreachable = [
        entry["slug"]
        for entry in ENTRIES
        if entry["country"] != WORLD and not (entry["phone"] or entry["text"] or entry["chat_url"])
    ]
    assert not unreachable, failing("no way to reach", unreachable)


def test_phones_carry_a_number() -> None:
    wrong = [entry["slug"] for entry in ENTRIES if entry["phone"] and len(re.findall(r"\d", entry["phone"])) < 3]
    assert not wrong, failing("no number", wrong)


def test_always_open_and_its_hours_agree() -> None:
    wrong = [entry["slug"] for entry in ENTRIES if entry["always_open"] != entry["hours"].startswith("24 hours")]
    assert not wrong, failing("hours and always_open differ", wrong)


def test_confirmed_entries_say_what_was_read_where_and_when() -> None:
    confirmed = [entry for entry in ENTRIES if entry["state"] == "confirmed"]
    today = datetime.now(tz=UTC).date()
    wrong = [
        entry["slug"]
        for entry in confirmed
        if entry["read_on"] is None
        or date.fromisoformat(entry["read_on"]) > today
        or "stored copy" not in entry["read_note"]
    ]
    assert confirmed
    assert not wrong, failing("confirmed without date or a note on the copy", wrong)


def test_confirmed_entries_never_rest_on_an_encyclopaedia_a_blog_or_a_code_repository() -> None:
    unfit = ("wikipedia.org", "blogspot.", "medium.com", "github.com", "wordpress.com")
    wrong = [
        entry["slug"]
        for entry in ENTRIES
        if entry["state"] == "confirmed" and any(part in entry["source_url"] for part in unfit)
    ]
    assert not wrong, failing("unfit source", wrong)


def test_unconfirmed_entries_claim_no_reading() -> None:
    unconfirmed = [entry for entry in ENTRIES if entry["state"] == "unconfirmed"]
    wrong = [entry["slug"] for entry in unconfirmed if entry["read_on"] is not None]
    assert len(unconfirmed) + sum(entry["state"] == "confirmed" for entry in ENTRIES) == len(ENTRIES)
    assert not wrong, failing("unconfirmed with a date", wrong)


def test_there_are_at_least_sixty_services_in_twenty_countries() -> None:
    services = [entry for entry in ENTRIES if "emergency" not in entry["slug"] and entry["country"] != WORLD]
    assert len(services) >= 60
    assert len({entry["country"] for entry in services}) >= 20


def test_every_country_has_one_emergency_number() -> None:
    countries = Counter(entry["country"] for entry in ENTRIES if entry["country"] != WORLD)
    emergencies = Counter(entry["country"] for entry in ENTRIES if entry["slug"].endswith("-emergency"))
    assert emergencies == dict.fromkeys(countries, 1)
    wrong = [
        entry["slug"]
        for entry in ENTRIES
        if entry["slug"].endswith("-emergency") and (entry["needs"] != ["emergency"] or not entry["phone"])
    ]
    assert not wrong, failing("emergency entry without number", wrong)


def test_every_country_has_a_line_for_a_crisis() -> None:
    countries = {entry["country"] for entry in ENTRIES}
    with_crisis_line = {entry["country"] for entry in ENTRIES if {"crisis", "suicide"} & set(entry["needs"])}
    assert with_crisis_line == countries


def test_the_first_countries_show_a_confirmed_emergency_number_at_once() -> None:
    confirmed = {entry["slug"] for entry in ENTRIES if entry["state"] == "confirmed"}
    missing = [code for code in FIRST_COUNTRIES if f"{code.lower()}-emergency" not in confirmed]
    assert not missing, failing("no confirmed emergency number", missing)
