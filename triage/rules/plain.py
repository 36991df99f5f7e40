"""Sentences as the rules read them: lower case, no signs, contractions written out, chat spelling and algospeak replaced.

"i'm NOT gonna, tonite" becomes "i am not going to tonight", so that the rules need to know one way of saying it.
"""

from __future__ import annotations

import re

from triage.normalise import normalise
from triage.slang import expand_slang

_SPELLING = """
2nite 2night 2nyt tonite tnite tonihgt tn: tonight
tmrw tmr tmw 2moro 2morrow 2mrw tomoz tomorow tomorrw: tomorrow
2day: today
rn: right now
u ya yous yer: you
ur: your
urself yoursel yaself: yourself
mysel meself mahself maself masel myslef myselfs mysef: myself
hissel hisself: himself
gonna gunna gona gonnae gon finna gunnae gonny: going to
bouta boutta abouta: about to
abt: about
r: are
ma: my
ima imma: i am going to
let's lets: let us
wanna wana: want to
gotta: got to
ppl: people
some1 sum1 sm1 smone: someone
ne1: anyone
every1 evry1: everyone
no1 noone: nobody
b4: before
bf: boyfriend
gf: girlfriend
pls plz plse plss: please
ty thx thanx: thank you
cos cuz coz bc: because
wiv: with
n nd: and
hav hve: have
jus jst jist: just
tae: to
deid: dead
anymair: anymore
shud shld: should
tok tooken: took
swallied swollowed swalowed: swallowed
pils: pills
tabs: tablets
kil kll kiill kyll: kill
kiling killin: killing
suicde suicid sucide suiside suacide suicied: suicide
meds: medicine
mins min: minutes
hrs hr: hours
bro: brother
sis: sister
mam mom mommy mummy: mum
daddy pa: dad
nan nana grandma granny: gran
hubby: husband
missus: wife
stepdad stepfather: dad
stepmum stepmom: mum
ah: i
ah've a've: i have
ah'm a'm: i am
ah'll a'll: i will
cannae canny: can not
dinnae: do not
didnae: did not
isnae: is not
wasnae wisnae: was not
wilnae willnae: will not
havnae: have not
wouldnae: would not
couldnae: could not
goin: going
wakin: waking
wont: will not
cant: can not
cannot: can not
cnt: can not
dont dnt: do not
doesnt dosnt: does not
didnt: did not
isnt: is not
arent: are not
wasnt: was not
werent: were not
wouldnt: would not
couldnt: could not
shouldnt: should not
havent: have not
hasnt: has not
hadnt: had not
aint ain't: is not
won't: will not
can't: can not
shan't: shall not
im: i am
ive: i have
hes: he is
shes: she is
theyre: they are
theyve: they have
youre: you are
youve: you have
thats: that is
theres: there is
its: it is
"""
_ENDINGS = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}
_WILL = {"ill": "i", "hell": "he", "shell": "she", "theyll": "they", "youll": "you"}
"""Without their apostrophe, if one of these verbs follows."""
_AFTER_WILL_WORDS = """
be do kill end take hit hurt beat find come go have make never not die see
"""
_AFTER_WILL = frozenset(_AFTER_WILL_WORDS.split())
_ARE_WORDS = """
he she it that there who what where here everyone everything somebody someone
"""
_ARE = frozenset(_ARE_WORDS.split())
"""After these "'s" is a verb; after others it may be a possessive and stays as "s"."""
_WORD = re.compile(r"\d+[.,]\d+|[^\W_]+(?:'[^\W_]+)?")
_APOSTROPHES = str.maketrans("\u2019\u2018\u201b`\u00b4", "'" * 5)
_NO_ONE = re.compile(r"\bno(?:\s+|-)one(?=\s+(?:would|will|even|cares?|wants?|likes?)\b)")
"""The subject of a sentence: its "no" denies nothing that rules look for behind it."""
LONGEST_WORD = 40


def _spellings() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in _SPELLING.strip().splitlines():
        odd, plain = line.split(": ")
        table.update(dict.fromkeys(odd.split(), plain))
    return table


_PLAIN = _spellings()


def plain_words(sentence: str) -> list[str]:
    """Return the words of a sentence in plain spelling."""
    text = _NO_ONE.sub("nobody", expand_slang(normalise(sentence).translate(_APOSTROPHES).lower()))
    words: list[str] = []
    for word in _WORD.findall(text):
        if word in _PLAIN:
            words += _PLAIN[word].split()
        elif "'" in word:
            words += _uncontracted(word)
        else:
            words.append(word[:LONGEST_WORD])
    return _with_will(words) if not _WILL.keys().isdisjoint(words) else words


def _uncontracted(word: str) -> list[str]:
    stem, _, ending = word.partition("'")
    if stem.endswith("n") and ending == "t":
        return [stem[:-1], "not"]
    if ending == "s":
        return [stem, "is" if stem in _ARE else "s"]
    return [stem, _ENDINGS.get(ending, ending)]


def _with_will(words: list[str]) -> list[str]:
    following = [*words[1:], ""]
    return [
        part
        for word, after in zip(words, following, strict=True)
        for part in ((_WILL[word], "will") if word in _WILL and after in _AFTER_WILL else (word,))
    ]
