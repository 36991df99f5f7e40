"""How often a fitting resource is among the five suggested for a post: by words, by meaning, and by both.

    .venv/bin/python scripts/bench/suggesting.py [--model VERSION]

``situations.jsonl`` holds short posts, each with the slugs of resources that a sensible peer would offer there. The
library is the one that Kith comes with, taken as if all of it were vetted. Each situation is asked as a case's page
asks: with its region, and with the need of a crisis where it is urgent.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from installation import installed

from models.database import close_database, execute, fetch, open_database
from server.clock import now
from server.help.needs import CRISIS
from server.resources.meanings import Meaning, embed_changed_resources
from server.resources.suggesting import Candidate, find_candidates
from server.seeding import seed_all
from server.settings import data_dir_from
from triage.loading import load_bare, load_classifier
from triage.model.shelf import ModelShelf
from triage.posts import Post

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.classifier import Classifier

SITUATIONS = Path(__file__).with_name("situations.jsonl")
SUGGESTED = 5


class Situation(msgspec.Struct, frozen=True):
    """A short post, and what fits."""

    text: str
    region: str
    slugs: list[str]
    urgent: bool = False


Worth = Callable[[Candidate], float | None]
"""None for what is not suggested at all."""
WAYS: dict[str, Worth] = {
    "words, region and need": lambda one: one.rank_by_words if one.words or one.needs else None,
    "meaning alone": lambda one: one.cosine,
    "both, as in use": lambda one: one.rank if one.fits else None,
}


def place_of(slugs: Sequence[str], found: Sequence[Candidate], worth: Worth, names: dict[int, str]) -> int:
    """Return at which place the first of some resources comes; 0 for none."""
    worths = [(value, names[one.id]) for one in found if (value := worth(one)) is not None]
    ranked = [name for _, name in sorted(worths, key=lambda pair: pair[0], reverse=True)]
    return next((place for place, name in enumerate(ranked, 1) if name in slugs), 0)


async def best_places(classifier: Classifier, situations: Sequence[Situation]) -> dict[str, list[int]]:
    """Return for each way, and each situation, at which place the first fitting resource comes; 0 for none."""
    await seed_all(now())
    await execute("UPDATE resource SET state = 'vetted', review_on = NULL")

    async def embed(posts: Sequence[Post]) -> list[bytes]:
        return classifier.embed(posts)

    await embed_changed_resources(classifier.version, embed)
    names = {row["id"]: row["slug"] for row in await fetch("SELECT id, slug FROM resource")}
    places: dict[str, list[int]] = {way: [] for way in WAYS}
    for one in situations:
        meaning = Meaning(classifier.version, classifier.embed([Post(text=one.text)])[0])
        needs = [CRISIS] if one.urgent else []
        found = await find_candidates(one.text, one.region, needs, meaning, today=now().date())
        for way, worth in WAYS.items():
            places[way].append(place_of(one.slugs, found, worth, names))
    return places


async def measure(version: str) -> None:
    """Print the table."""
    shelf = ModelShelf(data_dir_from(os.environ))
    release = shelf.open(version) if version else shelf.open_in_use()
    classifier = load_classifier(load_bare(release), release)
    decoder = msgspec.json.Decoder(Situation)
    situations = [decoder.decode(line) for line in SITUATIONS.read_bytes().splitlines()]
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        async with installed(Path(folder)) as installation:
            await open_database(installation.settings.database_address, max_connections=2)
            try:
                places = await best_places(classifier, situations)
            finally:
                await close_database()
    click.echo(f"{classifier.version}, {len(situations)} situations\n")
    click.echo("| ranked by | a fitting one among five | a fitting one first | mean of 1 / place |\n|---|---|---|---|")
    for way, found in places.items():
        among, first = sum(0 < place <= SUGGESTED for place in found), found.count(1)
        nearness = sum(1 / place for place in found if place) / len(found)
        click.echo(
            f"| {way} | {among} ({among / len(found):.0%}) | {first} ({first / len(found):.0%}) | {nearness:.2f} |"
        )


@click.command(help=__doc__)
@click.option("--model", default="", help="A version; else the one in use.")
def main(*, model: str) -> None:
    """Measure."""
    asyncio.run(measure(model))


if __name__ == "__main__":
    main()
