"""Invented text for measurements: everyday words, the common ones far more often than the rare ones, as in life."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

COMMON = (
    "i the and to a it my that is was in for of but me so this have on not with you be we at are do all just they "
    "today feel day time know one night week home people want talk think back still been when from get like more "
    "sleep help friend work family thank morning better hard need tired good year bed read walk tea start kind"
)

EVERYDAY = (
    "anxiety answer appointment autumn balance bath birthday blanket body book bread breakfast breath bridge brother "
    "bus calendar candle cat change chair child choir city clinic clock cloud coat coffee colour comfort cook corner "
    "counsellor courage craving cup curtain daughter decision dinner doctor dog door dream early effort email energy "
    "evening exercise face father fatigue fear field flare flat floor flower forest forgive garden gentle glass gone "
    "grandmother grateful grief group guilt habit half hand heart heavy history hobby honest hope hospital house hug "
    "hungry idea illness important island joke journal journey joy kettle key kitchen lamp laugh leaf lesson letter "
    "library light listen little lonely lunch manager market medicine meeting memory message middle milestone mirror "
    "mother mountain music name neighbour nephew nervous new noise notebook nurse ocean office often old open orange "
    "pain paper parent park partner patience patient peace pencil phone photo piano picture pill plan plate pocket "
    "practice promise proud question quiet radio rain reason recovery relapse relief rest rhythm river road room "
    "routine sad safe school season shame shopping shower sister slow small smile snow sober soft soup spring stairs "
    "steady step stomach stone story strange street strength stress stubborn summer support surgery swim symptom table "
    "teacher team therapist therapy thought ticket together tomorrow train treatment tree trust try uncle usual valley "
    "village visit voice waiting warm washing water weather weekend welcome window winter wonder wool worry write yard"
)

SYLLABLES = (
    "ba be bo da de di do fa fe ga go ha hi ka ke ko la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se"
)
TAIL_LENGTH = 6_000

FREQUENT_WORD = "today"
RARE_WORD = "lighthouse"
MISSPELT_WORD = "anxeity"

POOL_SIZE = 12_000
"""Different paragraphs; a post is one to three of them."""


def write_paragraphs(chance: random.Random) -> list[str]:
    """Write the paragraphs that posts are put together from."""
    words = _Words(chance)
    return [_paragraph(words, chance) for _ in range(POOL_SIZE)]


def write_titles(chance: random.Random, count: int) -> list[str]:
    """Write titles of three to nine words."""
    words = _Words(chance)
    return [words.some(chance.randint(3, 9)).capitalize() for _ in range(count)]


class _Words:
    """Draws a word from the three pools: half common, nearly half everyday, the rest from a long tail."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._common, self._everyday, syllables = COMMON.split(), EVERYDAY.split(), SYLLABLES.split()
        self._tail = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(TAIL_LENGTH)]

    def some(self, count: int) -> str:
        return " ".join(self._one() for _ in range(count))

    def _one(self) -> str:
        share = self._chance.random()
        pool = self._common if share < 0.55 else self._everyday if share < 0.97 else self._tail
        return pool[int(len(pool) * self._chance.random() ** 2)]


def _paragraph(words: _Words, chance: random.Random) -> str:
    sentences = [words.some(chance.randint(4, 16)).capitalize() + "." for _ in range(chance.randint(1, 4))]
    match chance.randrange(20):
        case 0:
            return "\n".join(f"- {sentence}" for sentence in sentences)
        case 1:
            return f"> {sentences[0]}"
        case 2:
            return f"*{sentences[0]}* " + " ".join(sentences[1:])
        case _:
            return " ".join(sentences)
