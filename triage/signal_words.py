"""Words that people hide in odd spellings, and the little words between them when letters are spaced out."""

from __future__ import annotations

import re

_WORDS = """
a abuse abused alive alone am an and attempt attempted be bleed bleeding blood body bridge burn burning cant cut
cutting cuts day dead death depressed depression did die died dies drug drugs drunk dying end ended ending everything
feel fentanyl for forever going gone gonna goodbye gun hang hanging hate hated help heroin hit hope hopeless hurt
hurting i im in is it jump jumping kill killed killing kills kms knife kys life live living me meth method my myself
need night no noose not now od of off on one oneself over overdose overdosed overdosing overdoses pain pill pills
please pls poison purge purging rape raped relapse relapsed right rope self selfharm sewerslide sh shoot shooting shot
slit sorry stab starve starving stop strangle suicidal suicide tablet tablets take takes taking the this to today
tomorrow tonight took unalive unalived unaliving us wanna want wants will worthless wrist wrists you yourself
"""
SIGNAL_WORDS = frozenset(_WORDS.split())
LONGEST = max(map(len, SIGNAL_WORDS))
"""Letters of the longest one."""
_RUN = re.compile(r"(.)\1+")


def squeezed(letters: str) -> str:
    """Write every run of one letter once: "kiiill" and "kill" are both "kil"."""
    return _RUN.sub(r"\1", letters)


SQUEEZED = {squeezed(word): word for word in sorted(SIGNAL_WORDS, key=len, reverse=True)}
"""Signal words by their squeezed form; of two with the same form ("of", "off") the shorter one."""
