"""Algospeak as a small table: words that people use to get past filters, and the plain words for them.

The rules read posts through it; the model does not, since it learns such words from examples. What mostly
means something harmless ("catch the bus", "log off", "barcode") is missing on purpose.
"""

from __future__ import annotations

import re

_TABLE = """
unalive: kill
unalives: kills
unaliving: killing
unalived: killed
un-alive: kill
kill my self: kill myself
kil my self: kill myself
killing my self: killing myself
hang my self: hang myself
hanging my self: hanging myself
hurt my self: hurt myself
hurting my self: hurting myself
cut my self: cut myself
cutting my self: cutting myself
kill your self: kill yourself
kill him self: kill himself
kill her self: kill herself
2 die: to die
2 be dead: to be dead
2 kill: to kill
2 end my: to end my
2 end it: to end it
2 hang: to hang
2 hurt: to hurt
2 commit: to commit
kms: kill myself
kys: kill yourself
ctb: kill myself
sewerslide: suicide
sewer slide: suicide
sewerslidal: suicidal
sooicide: suicide
suey: suicide
sui: suicide
self-delete: kill myself
self delete: kill myself
off myself: kill myself
offing myself: killing myself
off yourself: kill yourself
off himself: kill himself
off herself: kill herself
end myself: kill myself
ending myself: killing myself
end yourself: kill yourself
top myself: kill myself
topping myself: killing myself
neck myself: kill myself
neck yourself: kill yourself
do myself in: kill myself
doing myself in: killing myself
delete myself: kill myself
delete yourself: kill yourself
unsubscribe from life: end my life
unsubscribing from life: ending my life
unsub from life: end my life
uninstall life: end my life
log out of life: end my life
log off from life: end my life
logging off from life: ending my life
quit life: end my life
check out of life: end my life
game over irl: end of my life
alt f4 life: end my life
alt+f4 life: end my life
delete myself from life: end my life
delete myself from existence: kill myself
delete myself from this world: kill myself
delete myself from the world: kill myself
delete myself from this earth: kill myself
sh: self-harm
selfharm: self-harm
selfharmed: self-harmed
selfharming: self-harming
shing: self-harming
self h: self-harm
od: overdose
ods: overdoses
oded: overdosed
od'd: overdosed
od'ed: overdosed
odd'd: overdosed
oding: overdosing
od'ing: overdosing
grippy sock vacation: psychiatric ward
grippy sock jail: psychiatric ward
grippy socks: psychiatric ward
fent: fentanyl
xans: xanax
xannies: xanax
vallies: valium
"""
_LITERAL = """
couple kms, couple of kms, few kms, some kms, many kms, more kms, extra kms, last kms, two kms, three kms, four kms
five kms, six kms, seven kms, eight kms, nine kms, ten kms, twenty kms, hundred kms, hundreds of kms
chop suey, top myself up, topping myself up, delete myself from, delete yourself from, delete myself off
"""
"""Phrases with such words that say what they mean."""
MEANINGS = {slang: plain for slang, _, plain in (line.partition(": ") for line in _TABLE.strip().splitlines())}
_NO_MEASURE = r"(?<!\d)(?<!\d )(?<!per )"
"""No "5 kms" and no "3 od": after a number it is a measure."""
_PHRASES = sorted({*MEANINGS, *_LITERAL.strip().replace("\n", ", ").split(", ")}, key=len, reverse=True)
_SLANG = re.compile(
    _NO_MEASURE + rf"(?<![\w'-])(?:{'|'.join(map(re.escape, _PHRASES))})(?![\w'-]|\.\w|[*!@#$]+\w)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w'+-]+")
_FIRST_WORDS = frozenset(match[0] for match in map(_WORD.match, MEANINGS) if match)
_OFF_ONESELF = re.compile(r"off \w")
_BEFORE_A_VERB = re.compile(
    r"(?:(?:^|[^\w'\s]|'ll|\b(?:to|2|gonna|wanna|gotta|tryna|imma|ima|finna|bouta|will|would|could|should|can|may|might"
    r"|must|ill|just|and|or|then|not|never|nearly|almost|even|well|rather|i|you|u|go|please|pls|let|lets))\s*)\Z",
    re.IGNORECASE,
)
"""After other words it is a place: "take the pressure off myself"."""
_LOOKS_BACK = 12
"""Characters before a phrase that are read to tell so."""


def expand_slang(text: str) -> str:
    """Return the text with algospeak in plain words, in lower case where it was replaced."""
    if _FIRST_WORDS.isdisjoint(_WORD.findall(text.lower())):
        return text
    return _SLANG.sub(_meaning, text)


def _meaning(slang: re.Match[str]) -> str:
    written = slang[0].lower()
    if _OFF_ONESELF.match(written):
        before = slang.string[max(0, slang.start() - _LOOKS_BACK) : slang.start()]
        return MEANINGS[written] if _BEFORE_A_VERB.search(before) else slang[0]
    return MEANINGS.get(written, slang[0])
