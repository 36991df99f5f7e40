"""The templates that come with Kith: they listen, and nothing of anybody's is overwritten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.answer_templates.forms import TemplateForm, check_template
from server.answer_templates.kinds import SITUATIONS
from server.answer_templates.seeds import read_template_seeds, seed_templates
from server.answer_templates.service import list_offered
from server.answer_templates.variables import fill
from server.clock import now
from tests.support.people import a_member, enter, submit
from tests.support.templates import FIELDS

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.answer_templates.seeds import TemplateSeed

SEEDS = read_template_seeds()
ADVICE = re.compile(
    r"\b(you (should|must|need to|have got to|ought)|try to|why don.t you|at least|everything happens|be strong"
    r"|cheer up|i promise|everything will|it will pass|diagnos\w*|disorder|depress\w+|addict|selfish|attention"
    r"|commit\w*|successful|attempt)\b",
    re.IGNORECASE,
)
"""What a peer does not say: advice, promises, diagnoses, blame, and words that shame."""


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.slug)
def test_words_that_come_with_kith_listen_and_would_pass_the_form(seed: TemplateSeed) -> None:
    assert check_template(TemplateForm(seed.label, seed.situation, seed.text)) == {}
    assert ADVICE.findall(seed.text) == []
    assert len(seed.text.split()) <= 80
    assert "{handle}" in seed.text
    assert "{" not in fill(seed.text, {})


def test_there_are_words_for_every_situation_and_help_where_a_life_may_be_at_risk() -> None:
    assert len(SEEDS) >= 14
    assert {seed.situation for seed in SEEDS} == set(SITUATIONS)
    assert len({seed.slug for seed in SEEDS}) == len(SEEDS)
    for seed in SEEDS:
        if seed.situation in ("crisis", "self-harm", "abuse"):
            assert re.search(r"\{(crisis_line|emergency|help)\}", seed.text), seed.slug


async def test_new_kith_offers_all_of_them(app: Litestar) -> None:
    assert await seed_templates(now()) == len(SEEDS)

    groups = await list_offered(today=now().date())
    assert [heading for heading, _ in groups] == list(SITUATIONS.values())
    assert sum(len(group) for _, group in groups) == len(SEEDS)


async def test_seeding_again_changes_nothing(app: Litestar) -> None:
    await seed_templates(now())
    before = [tuple(row.values()) for row in await fetch("SELECT * FROM template ORDER BY id")]

    assert await seed_templates(now()) == 0

    assert [tuple(row.values()) for row in await fetch("SELECT * FROM template ORDER BY id")] == before


async def test_better_words_arrive_where_nobody_touched_the_entry(app: Litestar) -> None:
    await seed_templates(now())
    await execute("UPDATE template SET text = 'An older file' WHERE id = 1")

    assert await seed_templates(now()) == 1

    assert (await fetch_one("SELECT text FROM template WHERE id = 1"))["text"] == SEEDS[0].text


async def test_what_somebody_changed_or_retired_stays(app: Litestar, client: httpx.AsyncClient) -> None:
    await seed_templates(now())
    await enter(client, app, await a_member("steady-heron-20", role="moderator"), second_factor=True)
    seen = (await fetch_one("SELECT updated_at FROM template WHERE id = 1"))["updated_at"].isoformat()
    await submit(client, "/moderation/templates/1", {**FIELDS, "seen": seen, "intent": "review"})
    await submit(client, "/moderation/templates/2/retire")
    await execute("UPDATE template SET written_by = NULL, label = label || ' '")  # its writer has left

    await seed_templates(now())

    rows = await fetch("SELECT text, state FROM template WHERE id IN (1, 2) ORDER BY id")
    assert [(row["text"] == FIELDS["text"], row["state"]) for row in rows] == [(True, "review"), (False, "retired")]
