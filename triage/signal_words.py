"""Words that people hide in odd spellings, and the little words between them when letters are spaced out."""

from __future__ import annotations

_WORDS = """
a abuse abused am an and attempt bleed bleeding blood burn burning cut cutting cuts dead death depressed
depression die died dies drug drugs drunk dying end ended ending everything feel fentanyl gonna goodbye gun
hang hanging hate heroin help hit hopeless hurt hurting i in is it jump jumping kill killed killing kills kms
kys knife life live living me meth my myself no noose not of od off oneself overdose overdosed overdosing
overdoses pain pills please pls poison rape raped relapse relapsed rope selfharm self harm harmed harming sh
sewerslide shoot shot sorry starve starving stab stop strangle suicidal suicide take takes taking tablets the
this to today tonight tomorrow took unalive unalived unaliving unliving us want wanna wants wrist wrists
yourself
"""
SIGNAL_WORDS = frozenset(_WORDS.split())
LONGEST = max(map(len, SIGNAL_WORDS))
"""Letters of the longest one."""
