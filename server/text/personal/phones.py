"""Phone numbers of people: numbers that everybody may ring are told apart by their type and shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from phonenumbers import NumberParseException, PhoneNumberType, is_valid_number, number_type, parse

from server.text.personal.detail import after, before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phonenumbers import PhoneNumber

    from server.text.personal.detail import Span

MAX_ATTEMPTS = 60
"""Numbers looked at in one text: a diary full of readings shall not make anybody wait."""

_RUN = re.compile(r"\d(?<![\w.,/#£$€¥@=-]\d)(?:[ \u00a0.()/\u2011\u2013-]{0,3}\d)*(?![\w@=%])")
_PREFIX = re.compile(r"(?<![\w.,/#£$€¥@=-])(?:\(?\+ ?|\()\Z")
_GROUP = re.compile(r"\d+")
_DATE = re.compile(
    r"(?<!\d)(?:[0-3]?\d([./-])[0-3]?\d\1(?:19|20)?\d\d|(?:19|20)\d\d([./-])[01]?\d\2[0-3]?\d"
    r"|[0-3]?\d [01]?\d (?:19|20)\d\d)(?![./-]?\d)"
)
_POSTAL_CODE = re.compile(r"\d{5}-\d{4}")
_DECIMALS = re.compile(r"\.\d* |\d [\d ]*\.")  # numbers with dots are phone numbers only where all parts are dotted
_UNIT = re.compile(
    r"\s?(?:mg|mcg|µg|g|kg|ml|mmol|mol|iu|ie|units?|u|kcal|cal|calories|carbs|steps|schritte|km|miles|m|cm|lbs?|kg|bpm|bucks"
    r"|dollars|pounds|euros?|days?|hours?|hrs?|weeks?|months?|years?|times|views|people|points|%|€|£|\$)(?!\w)",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\b(?:call|ring|rings?|phone|text|txt|sms|whats ?app|signal|telegram|cell|mobile|handy\w*|numbers?|nummer|num"
    r"|my no|tel|telefon|telephone|téléphone|teléfono|móvil|número|reach|contact|landline|hit me up|msg|message|dm"
    r"|ruf\w*|anruf\w*|appel\w*|ll[aá]ma\w*)\b",
    re.IGNORECASE,
)
_INTERNATIONAL = re.compile(r"\(?\+|00[1-9]")
_TRUNK = re.compile(r"\(?0\)?[1-9]|\(0[1-9]")
_FREE = re.compile(r"0(?:800|808|500)")
# By shape: British and French numbers kept for fiction are valid nowhere, and warn as well.
_MOBILE_SHAPE = re.compile(r"(?:0|0?0?44|44)7\d{9}|(?:0|0?0?33)[67]\d{8}")
_ONLY_SPACES = re.compile(r"[\d ]+")
_COUNT_BEHIND = re.compile(r" \d{1,2}\Z")
_LATER_START = re.compile(r"(?<=[ \u00a0])(?:\(|0[1-9])")
_NORTH_AMERICAN = re.compile(r"(?:1[ .-]?)?\(?[2-9]\d\d\)?[ .-]{0,2}[2-9]\d\d[ .-]?\d{4}")
_BARE_TEN = re.compile(r"[6-9]\d{4} ?\d{5}")  # Indian mobiles
_OF_SERVICES = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)
_TRUNK_REGIONS = ("GB", "DE", "FR", "AU", "IE", "IN", "NZ", "ZA", "NL")
_SHORTEST, _LONGEST, _LONGEST_RUN = 8, 15, 60
_TRUNK_DIGITS = range(9, 13)
_PAIRS = 5  # 06 12 34 56 78
_NEAR = 40


class _Candidate(NamedTuple):
    written: str
    digits: str
    groups: list[str]
    has_cue: bool
    region: str | None


def find_phone_numbers(text: str, region: str | None = None) -> Iterator[Span]:
    """Yield where phone numbers of people stand. Without a country code they are read as of ``region`` first."""
    attempts = 0
    for run in _RUN.finditer(text):
        for start, end in _spans_in(run):
            attempts += 1
            if attempts > MAX_ATTEMPTS:
                return
            if _is_personal(_read_candidate(text, start, end, region)):
                yield start, end
                break


def _spans_in(run: re.Match[str]) -> Iterator[Span]:
    """Yield where in a run of digits a number may stand: all of it, behind a count, before a count."""
    digits = sum(map(len, _GROUP.findall(run[0])))
    if digits < _SHORTEST or len(run[0]) > _LONGEST_RUN or _UNIT.match(run.string, run.end()):
        return
    prefix = _PREFIX.search(before(run.string, run.start(), 4))
    start = run.start() - (len(prefix[0]) if prefix else 0)
    yield start, run.end()
    for group in _LATER_START.finditer(run[0]):
        yield run.start() + group.start(), run.end()
    if last := _COUNT_BEHIND.search(run[0]):
        yield start, run.start() + last.start()


def _read_candidate(text: str, start: int, end: int, region: str | None) -> _Candidate:
    groups = _GROUP.findall(text[start:end])
    has_cue = bool(_CUE.search(before(text, start, _NEAR)) or _CUE.search(after(text, end, _NEAR)))
    return _Candidate(text[start:end], "".join(groups), groups, has_cue, region)


def _is_personal(candidate: _Candidate) -> bool:
    if not _SHORTEST <= len(candidate.digits) <= _LONGEST or _DATE.search(candidate.written):
        return False
    if _INTERNATIONAL.match(candidate.written):
        return _is_of_a_person(candidate, [candidate.region or "GB", "GB"])
    if (
        _POSTAL_CODE.fullmatch(candidate.written)
        or _DECIMALS.search(candidate.written)
        or _are_only_pairs(candidate.groups)
    ):
        return False
    if _TRUNK.match(candidate.written):
        regions = [candidate.region, *_TRUNK_REGIONS] if candidate.region else [*_TRUNK_REGIONS]
        return len(candidate.digits) in _TRUNK_DIGITS and _is_of_a_person(candidate, regions)
    if _NORTH_AMERICAN.fullmatch(candidate.written):
        is_marked = candidate.has_cue or not _ONLY_SPACES.fullmatch(candidate.written)
        if is_marked and _is_of_a_person(candidate, ["US"]):
            return True
    regions = [candidate.region] if candidate.region else []
    if _BARE_TEN.fullmatch(candidate.written):
        regions.append("IN")
    return candidate.has_cue and _is_of_a_person(candidate, regions)


def _are_only_pairs(groups: list[str]) -> bool:
    return len(groups) > 1 and len(groups) != _PAIRS and all(len(group) < 3 for group in groups)


def _is_of_a_person(candidate: _Candidate, regions: list[str]) -> bool:
    """Ask each region in turn; the first that knows the number decides whether a person or a service has it."""
    if _FREE.match(candidate.digits):
        return False
    if _MOBILE_SHAPE.fullmatch(candidate.digits):
        return True
    for region in regions:
        number = _parse(candidate.written, region)
        if number and is_valid_number(number):
            kind = number_type(number)
            is_mobile = kind == PhoneNumberType.MOBILE
            is_written_as_number = candidate.has_cue or len(candidate.groups) > 1 or is_mobile
            return kind not in _OF_SERVICES and is_written_as_number
    return False


def _parse(written: str, region: str) -> PhoneNumber | None:
    try:
        return parse(written, region)
    except NumberParseException:  # it is simply no phone number
        return None
