"""What stands before a sign and changes what it says: a negation, another time, another place, a thing that it is said of."""

from __future__ import annotations

from triage.rules.phrases import any_of
from triage.rules.vocabulary import VOCABULARY

_NEGATIONS = frozenset(("not", "never", "without", "nobody", "if", "instead"))
_SINCERE_WORDS = """
joking kidding lying exaggerating scared afraid sorry sure ok okay fine alone coping
"""
_SINCERE = frozenset(_SINCERE_WORDS.split())
"""Right after a negation these take nothing back: "not joking, I am going to"."""
_LOOKS_BACK = 4
_SUBJECT = any_of("^ i|we, ^ <somebody>", VOCABULARY)
"""Of a sign that is a sentence of its own, whatever was said before without a full stop."""
_DONE = """
    cut, cutting, cut myself, cutting myself, hurt myself, hurting myself, harm, harming, harm myself, harming myself, burn myself, scratch myself, starve myself
    do it|this|that, did it|this|that, doing it|this|that, here, write, writing, post, posting, ask, asking, drink, drinking, smoke, smoking, use, using
"""
"""What people do "not because" they want to die; who "can not sleep because" they do says that they do."""
_GOVERNED = any_of(
    """
    not|never|nobody ~1 think|thinks|thinking|thought|say|says|saying|said|believe|believes|mean|means ?that $
    not|never ~1 feel|felt that|like $, not ?just|really|so ?much that|because|like|as $, if|whether|unless $
    not|never ~1 think|believe ~1 means ?that $, not going|trying to say ?that $
    am|is|was|do|does|did not ~1 <done> ~1 because $, never ~1 <done> ~1 because $
    """,
    {**VOCABULARY, "done": _DONE},
)
"""What a negation has to end in, to take back a sign with its own subject."""
_ANIMAL = any_of(
    "^ ?help|please|so|and|but|ok|today my|our|the|her|his ~1 dog|dogs|cat|cats|puppy|kitten|hamster|rabbit|guinea|horse|pony|bird|parrot",
    VOCABULARY,
)
"""What a sentence is about, where it begins so."""
_PRONOUN = any_of("^ he|she|it|they", VOCABULARY)
_PERSON_THERE = any_of("i, me, we, us, someone, somebody, <kin>, bark*, howl*", VOCABULARY)
"""Somebody else whom a "he" or "she" may stand for, or an animal that calls for somebody."""
_UNTRUE = any_of("not true that ?i|he|she|they ?am|is|are|will ?going|planning|about ?to $", VOCABULARY)
"""Before a sign, whether or not it has its own subject."""
_LINK = any_of("and|but|now|so|then|when $", VOCABULARY)
"""Between two clauses."""
_PRESENT = any_of(
    "^ i|we ~1 am|are|will|want|plan|intend|need|do|wish|have|can|keep, ^ <somebody> ~1 is|s|are|will|has|says|does|not|can|keeps",
    VOCABULARY,
)
_LONG_AGO, _WATCHING = any_of("<long-ago>", VOCABULARY), any_of("<watching>", VOCABULARY)


def has_subject(sign: str) -> bool:
    """Tell whether a sign says who: "i am going to", "my dad is not"."""
    return _SUBJECT.match(sign) is not None


def is_negated(before: str, sign: str) -> bool:
    """Tell whether the last words before a sign take it back."""
    if _UNTRUE.search(before):
        return True
    if has_subject(sign):
        return _GOVERNED.search(before) is not None
    words = before.split()[-_LOOKS_BACK:]
    return words[-1:] == ["no"] or any(
        word in _NEGATIONS and not _SINCERE.intersection(words[index + 1 :]) for index, word in enumerate(words)
    )


def is_of_animal(before: str, sign: str) -> bool:
    """Tell whether the "she" of a sign is the animal that its sentence is about: "my dog collapsed and she is not"."""
    return (
        _PRONOUN.match(sign) is not None and _ANIMAL.search(before) is not None and _PERSON_THERE.search(before) is None
    )


def is_elsewhere(plain: str, start: int = 0) -> bool:
    """Tell whether a sentence with a sign at ``start`` is of long ago, or of something that was watched or played.

    What stands in the clause before ("we watched a film and he stopped breathing") says nothing of the sign's own.
    """
    own = _LINK.search(plain[:start]) is not None and has_subject(plain[start:])
    own_time = own and _PRESENT.match(plain[start:]) is not None
    return (
        _LONG_AGO.search(plain, start if own_time else 0) is not None
        or _WATCHING.search(plain, start if own else 0) is not None
    )
