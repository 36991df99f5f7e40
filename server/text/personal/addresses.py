"""Postal-looking addresses: streets with a number, full postcodes, flats."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from server.text.personal.detail import after, before, fold, mentions, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.text.personal.detail import Span

# Patterns begin with a digit or a fixed text where they can, which keeps the search fast.
_NUMBER = r"\d(?<![\w.,/:#£$€+-]\d)\d{0,4}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?"
_NAME = r"[A-ZÀ-Þ][\w'\u2019-]{0,20}\.?"
_CLEAR = "Street|Road|Rd|Avenue|Ave|Boulevard|Blvd|Lane|Crescent|Terrace"
_UNCLEAR = (
    "St|Ln|Drive|Dr|Close|Court|Ct|Place|Pl|Way|Gardens|Grove|Square|Row|Mews|Hill|Parade|Highway|Circle|Trail|Walk"
)
_ENGLISH_STREET = re.compile(
    rf"{_NUMBER},? (?:[NSEW]\.? )?(?P<words>(?:{_NAME} ){{1,3}})"
    rf"(?:(?:{_CLEAR}|{_CLEAR.lower()})\b\.?|(?:{_UNCLEAR})\b\.?(?=[ ]?(?:[,;!?)\n]|\Z)))"
)
_FRENCH_STREET = re.compile(
    rf"{_NUMBER}(?: ?(?:bis|ter))?,? (?i:rue|avenue|av\.|boulevard|bd|place|chemin|impasse|allée|quai|route|cours)"
    rf" (?:(?:de la |de l['\u2019]|du |des |de |d['\u2019]))?{_NAME}(?: {_NAME}){{0,3}}"
)
_SPANISH_STREET = re.compile(
    r"\b(?i:calle|c/|avenida|avda\.?|plaza|paseo|carrera|travesía) ?(?:(?:de la|de los|de las|del|de) )?"
    rf"{_NAME}(?: (?:(?:de|del|la) )?{_NAME}){{0,3}},? (?i:n[º°o]\.? ?|núm\.? |número |#)?\d{{1,4}}(?!\w|[.,:/]\d)"
)
_GERMAN_STREET = re.compile(
    r"\b(?:[A-ZÄÖÜ][a-zäöüß-]{1,30}(?:stra(?:ß|ss)e|str\.|gasse|allee)"
    r"|[A-ZÄÖÜ][a-zäöüß]{2,30}(?:er|-)[ -]?(?:Straße|Strasse|Str\.|Allee|Gasse)) ?\d{1,4} ?[a-h]?(?!\w|[.,]\d)"
)
_FOREIGN_STREETS = [
    (_FRENCH_STREET, ("rue", "av", "boulevard", "bd", "place", "chemin", "impasse", "allée", "quai", "route", "cours")),
    (_SPANISH_STREET, ("calle", "c/", "avenida", "avda", "plaza", "paseo", "carrera", "travesía")),
    (_GERMAN_STREET, ("str", "gasse", "allee")),
]
_LOWER_STREET = re.compile(
    rf"{_NUMBER} (?P<words>(?:[a-z'\u2019-]{{3,20}} ){{1,2}})"
    r"(?:street|road|avenue|ave|lane|rd|blvd|boulevard|crescent|terrace)\b"
)
_AT_HOME = re.compile(
    r"\b(?:live|living|stay(?:ing)?|based|at|address|house|home|mine|move[ds]? to|come to|send|visit|adresse|in)\b"
)
_LIVE = re.compile(r"\bi(?:['\u2019]m)? (?:live|living)\b")
_GERMAN_CITY = re.compile(r"\d(?<![\w.,-]\d)\d{4} [A-ZÄÖÜ][a-zäöüß]{2,25}")
_GERMAN_CUE = re.compile(r"(?:\bwohn\w*|\badresse:?|\bplz:?)(?: \w{1,8}){0,2} \Z", re.IGNORECASE)
_GERMAN_STREET_BEFORE = re.compile(r"(?<!\w)[A-ZÄÖÜ][a-zäöüß-]{2,30}\.? \d{1,4} ?[a-h]?,? \Z")
_STATE_AND_CODE = re.compile(
    r", (?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI"
    r"|S[CD]|T[NX]|UT|V[AT]|W[AIVY]) \d{5}(?:-\d{4})?(?!\w|[.,]\d)"
)
_CITY_BEFORE = re.compile(r"(?<!\w)[A-Z][A-Za-z.'\u2019-]{2,20}(?: [A-Z][a-z]{2,20}){0,2}\Z")
_BRITISH_AREAS = (
    "A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?"
    "|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE"
)
_SECOND_HALF = re.compile(r"\d(?!st|nd|rd|th|hr|yr|lb|ft)[abd-hjlnp-uw-z]{2}(?![\w/-])")
_FIRST_HALF = re.compile(rf"(?<![\w#./-])(?:{_BRITISH_AREAS.lower()})\d[\da-hj-y]? ?\Z")
_POSTCODE_CUE = re.compile(r"\b(?:post ?code|address|live|living|zip)\b")
_FLAT = re.compile(
    r"\b(?P<kind>flat|apartment|apt|wohnung|appartement|piso)\b\.?,? ?(?:no\.? ?|number |nr\.? ?|#)?"
    r"(?:[1-9]\d{0,3}(?P<letter>[abcef])\b|[1-9]\d{0,3}[a-z]?(?=[ ]?(?:[,.;!?)\n]|\Z)))"
)
_FLATS = ("flat", "apartment", "apt", "wohnung", "appartement", "piso")
_HOME_BEFORE_FLAT = re.compile(r"(?:\b(?:in|to|at|address is|my)|[,:])(?: (?:the|an?|my))? ?\Z")
_COUNTED = re.compile(
    r"\b(?:day|week|month|year|step|chapter|page|part|stage|level|phase|episode|round|in|since|until|by|from|of) \Z"
)
_NO_STREET = words_of(
    """
    a along an and away back bad big blocks bumpy cars close dark day days dead different down downing easy empty
    first five four friends from good great happy hard her his hour hours in into just kilometer kilometers km
    last lights long many mean meter meters mg mile miles minute minutes month months more my near new nights of
    off old-school on one open other our out own past people quiet random rough same second seconds side slow star
    stars step steps the their them third this three times to too two units up very wall way ways week weeks wide
    with year years your
    """
)
_NEAR = 30
_LONGEST_STREET = 50


def find_addresses(text: str) -> Iterator[Span]:
    """Yield where streets with a number, cities with their code, full British postcodes and flats stand."""
    folded = fold(text)
    for pattern in (_ENGLISH_STREET, *(foreign for foreign, words in _FOREIGN_STREETS if mentions(folded, words))):
        for found in pattern.finditer(text):
            if not _counts_something(folded, found):
                yield found.span()
    for found in _LOWER_STREET.finditer(folded):
        is_home = _AT_HOME.search(before(folded, found.start(), _NEAR)) or _LIVE.search(
            after(folded, found.end(), _NEAR)
        )
        if is_home and not _counts_something(folded, found):
            yield found.span()
    yield from _find_cities(text)
    yield from _find_postcodes(text, folded)
    if mentions(folded, _FLATS):
        for found in _FLAT.finditer(folded):
            if found["letter"] or _HOME_BEFORE_FLAT.search(before(folded, found.start(), _NEAR)):
                yield found.span()


def _find_cities(text: str) -> Iterator[Span]:
    for found in _GERMAN_CITY.finditer(text):
        line = before(text, found.start(), _LONGEST_STREET)
        if street := _GERMAN_STREET_BEFORE.search(line):
            yield found.start() - len(street[0]), found.end()
        elif _GERMAN_CUE.search(line):
            yield found.span()
    for found in _STATE_AND_CODE.finditer(text):
        if city := _CITY_BEFORE.search(before(text, found.start(), _LONGEST_STREET)):
            yield found.start() - len(city[0]), found.end()


def _find_postcodes(text: str, folded: str) -> Iterator[Span]:
    for found in _SECOND_HALF.finditer(folded):
        if first := _FIRST_HALF.search(before(folded, found.start(), 7)):
            start = found.start() - len(first[0])
            is_capital = text[start : found.end()].isupper()
            if is_capital or _POSTCODE_CUE.search(before(folded, start, _NEAR)):
                yield start, found.end()


def _counts_something(folded: str, found: re.Match[str]) -> bool:
    """Tell whether the number counts days, steps or miles rather than houses."""
    words = (found.groupdict().get("words") or "").lower().split()
    return any(word in _NO_STREET for word in words) or bool(_COUNTED.search(before(folded, found.start(), _NEAR)))
