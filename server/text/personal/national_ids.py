"""Numbers that a state or a bank gives to one person; each must pass its own checks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from server.text.personal.detail import after, before, fold, mentions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.text.personal.detail import Span

_NHS_NUMBER = re.compile(r"\d(?<![\w.-]\d)\d\d[ -]?\d{3}[ -]?\d{4}(?![\w-])")
_NHS_CUE = re.compile(r"\b(?:nhs|patient|hospital)\b", re.IGNORECASE)
_SOCIAL_SECURITY = re.compile(r"[0-8](?<![\w.-]\d)\d\d(?<!000)(?<!666)([- ]?)(?!00)\d\d\1(?!0000)\d{4}(?![\w-])")
_SOCIAL_SECURITY_CUE = re.compile(r"\b(?:ssn|social security|social is)\b", re.IGNORECASE)
_IBAN = re.compile(r"\d\d(?<=[a-z]{2}\d\d)(?<!\w[a-z]{2}\d\d)(?: ?[a-z0-9]){11,36}")
# Lengths by country: SWIFT, IBAN Registry.
_COUNTRIES_BY_LENGTH = {
    15: "NO",
    16: "BE",
    18: "DK FI NL",
    19: "SI",
    20: "AT EE LT LU",
    21: "CH HR LI LV",
    22: "BG DE GB IE RS",
    23: "AE IL",
    24: "AD CZ ES RO SA SE SK",
    25: "PT",
    26: "IS TR",
    27: "FR GR IT",
    28: "CY HU PL",
    29: "BR UA",
    31: "MT",
}
_IBAN_LENGTHS = {country: length for length, countries in _COUNTRIES_BY_LENGTH.items() for country in countries.split()}
_NEAR = 40


def find_national_ids(text: str) -> Iterator[Span]:
    """Yield where NHS numbers, US social security numbers and IBANs stand."""
    folded = fold(text)
    for found in _NHS_NUMBER.finditer(text) if mentions(folded, ("nhs", "patient", "hospital")) else ():
        if _has_nhs_check_digit(found[0]) and _is_near(_NHS_CUE, text, found):
            yield found.span()
    for found in _SOCIAL_SECURITY.finditer(text):
        if found[1] == "-" or _is_near(_SOCIAL_SECURITY_CUE, text, found):
            yield found.span()
    for found in _IBAN.finditer(folded):
        start = found.start() - 2  # the letters of the country stand before what the search turns on
        if length := _length_of_iban(text[start : found.end()]):
            yield start, start + length


def _is_near(cue: re.Pattern[str], text: str, found: re.Match[str]) -> bool:
    return bool(cue.search(before(text, found.start(), _NEAR)) or cue.search(after(text, found.end(), _NEAR)))


def _has_nhs_check_digit(number: str) -> bool:
    """Check modulus 11 as the NHS Data Dictionary defines it."""
    digits = [int(character) for character in number if character.isdecimal()]
    weighted = sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - weighted % 11) % 11 == digits[9]


def _length_of_iban(candidate: str) -> int:
    """Return how many characters of the candidate are an IBAN with a right checksum (ISO 7064), or 0."""
    length = _IBAN_LENGTHS.get(candidate[:2].upper(), 0)
    end = length
    while 0 < end <= len(candidate) and (missing := length - len(candidate[:end].replace(" ", ""))):
        end += missing
    iban = candidate[:end].replace(" ", "").upper()
    if not length or len(iban) != length or candidate[end : end + 1].isalnum() or not iban.isascii():
        return 0
    number = int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4]))
    return end if number % 97 == 1 else 0
