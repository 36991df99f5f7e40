"""Suggestions by meaning: made by the worker, compared by the web, and gone with the post."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import numpy as np
from structlog.testing import capture_logs

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.forum.taking_down import delete_post
from server.housekeeping import run_all
from server.members.erasure import erase_member
from server.resources.meanings import Meaning, embed_changed_resources
from server.resources.suggesting import suggest
from tests.support.cases import an_assessment, flag_post
from tests.support.classifiers import CalmClassifier, Judge, triage_with
from tests.support.conversation import a_board, a_thread
from tests.support.model import released_classifier
from tests.support.people import a_member, enter
from tests.support.resources import a_resource
from triage.meaning import pack
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx
    from litestar import Litestar

    from triage.posts import Post

MONEY, NIGHT = pack(np.eye(2, dtype=np.float32))
"""Two directions that have nothing to do with each other."""
ABOUT_MONEY = Meaning("calm", MONEY)


async def embed(posts: Sequence[Post]) -> list[bytes]:
    """Embed as a model that knows two things."""
    return [MONEY if "money" in post.text else NIGHT for post in posts]


async def read_in_full(app: Litestar, classifier: CalmClassifier) -> None:
    """Do what the worker does: read posts and resources."""
    triage = triage_with(app, classifier)
    await triage.drain()
    await triage.embed_resources()


async def meaning_of(post_id: int) -> bytes | None:
    row = await fetch_one("SELECT meaning FROM assessment WHERE post = $1", post_id)
    return cast("bytes | None", row["meaning"])


async def a_case_with_meaning() -> tuple[int, int]:
    """Return a post, and its author, whose case knows what it means."""
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    await flag_post(thread.post_id)
    await execute(
        """INSERT INTO assessment (post, revision, model, severity, at_least_amber, at_least_red, crisis,
                                   misinformation, route, reasons, meaning, created_at)
           VALUES ($1, 1, 'calm', 1, 1, 0, 0, 0, 'publish', '[]', $2, now())""",
        thread.post_id,
        MONEY,
    )
    return thread.post_id, author.id


async def test_case_that_members_raised_is_offered_what_its_post_means(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    for title, said in (
        ("Evening Circle", "Widows and widowers meet to talk about the one who died."),
        ("Second Wind", "For anybody whose betting has got out of hand."),
        ("Paper Boats", "Parents of very young children meet in the park."),
    ):
        await a_resource(title, kind="group", description=said, needs=(), topics=("together",))
    moderator = await a_member("calm-owl-1", role="moderator")
    author, body = await a_member("quiet-otter-41"), "It had my wages again, and I cannot stop."
    thread = await a_thread(await a_board(), author, title="The casino", body=body)
    await flag_post(thread.post_id)
    await read_in_full(app, cast("CalmClassifier", released_classifier()))
    [case] = await fetch("SELECT id FROM moderation_case")
    await claim(case["id"], moderator.id, at=now())
    await enter(client, app, moderator, second_factor=True)

    page = (await client.get(f"/moderation/cases/{case['id']}")).text

    offered = re.findall(r"Second Wind|Paper Boats|Evening Circle", page)
    assert offered[:1] == ["Second Wind"]


async def test_post_that_gets_a_case_keeps_its_meaning_from_the_one_reading(app: Litestar) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    flagged = await a_thread(board, author, body="Grey.")
    calm = await a_thread(board, author, body="Soup.")

    def judge(post: Post) -> object:
        return an_assessment(Severity.AMBER if post.text == "Grey." else Severity.GREEN, meaning=MONEY)

    await triage_with(app, Judge(judge)).drain()  # type: ignore[arg-type]

    assert await meaning_of(flagged.post_id) == MONEY
    assert await meaning_of(calm.post_id) is None


async def test_what_means_the_same_comes_before_what_shares_a_word(app: Litestar) -> None:
    same = await a_resource("Debt Advice", kind="service", description="Sorting out money.", needs=())
    word = await a_resource("Slots", kind="service", description="Free slots for a talk.", needs=())
    await embed_changed_resources("calm", embed)

    by_meaning = await suggest("I lost it on the slots", "GB", [], meaning=ABOUT_MONEY)
    by_words = await suggest("I lost it on the slots", "GB", [])

    assert [one.id for one in by_meaning] == [same, word]
    assert [one.id for one in by_words] == [word]


async def test_line_for_a_crisis_stays_ahead_where_one_is_needed(app: Litestar) -> None:
    close = await a_resource("Debt Advice", kind="service", description="Sorting out money.", needs=())
    line = await a_resource("Night Line", description="Talk about anything, money too.")
    await embed_changed_resources("calm", embed)

    assert [one.id for one in await suggest("", "GB", ["crisis"], meaning=ABOUT_MONEY)] == [line, close]


async def test_meaning_of_another_model_or_of_earlier_words_counts_for_nothing(app: Litestar) -> None:
    changed = await a_resource("Debt Advice", kind="service", description="Sorting out money.", needs=())
    await embed_changed_resources("calm", embed)
    assert [one.id for one in await suggest("", "GB", [], meaning=ABOUT_MONEY)] == [changed]
    assert await suggest("", "GB", [], meaning=Meaning("newer", MONEY)) == []

    await execute("UPDATE resource SET description = 'Sleeping better.'")

    assert await suggest("", "GB", [], meaning=ABOUT_MONEY) == []


async def test_what_is_not_embedded_yet_is_still_found_by_its_words(app: Litestar) -> None:
    known = await a_resource("Debt Advice", kind="service", description="Sorting out money.", needs=())
    await embed_changed_resources("calm", embed)
    new = await a_resource("Slots and Bets", kind="group", description="For whoever bets.", needs=())

    suggested = await suggest("I lost it on the slots", "GB", [], meaning=ABOUT_MONEY)

    assert [one.id for one in suggested] == [known, new]


async def test_expired_unvetted_and_faraway_ones_are_never_suggested_however_close(app: Litestar) -> None:
    said = {"kind": "service", "description": "Sorting out money.", "needs": ()}
    await a_resource("Old", review_on=now().date(), **said)  # type: ignore[arg-type]
    await a_resource("Waiting", state="review", **said)  # type: ignore[arg-type]
    await a_resource("Abroad", regions=("US",), **said)  # type: ignore[arg-type]
    here = await a_resource("Here", **said)  # type: ignore[arg-type]
    await embed_changed_resources("calm", embed)

    assert [one.id for one in await suggest("", "GB", [], meaning=ABOUT_MONEY)] == [here]


async def test_only_what_changed_is_embedded_again(app: Litestar) -> None:
    first = await a_resource("Debt Advice")
    await a_resource("Night Line", state="review")
    await a_resource("Gone", state="retired")
    assert await embed_changed_resources("calm", embed) == 2
    assert await embed_changed_resources("calm", embed) == 0

    await execute("UPDATE resource SET title = 'Advice on debt' WHERE id = $1", first)
    assert await embed_changed_resources("calm", embed) == 1

    assert await embed_changed_resources("newer", embed) == 2


async def test_model_that_cannot_embed_a_resource_is_asked_again_later(app: Litestar) -> None:
    class Wordless(CalmClassifier):
        """Cannot embed anything."""

        def embed(self, posts: Sequence[Post]) -> list[bytes]:
            raise MemoryError

    await a_resource("Debt Advice")

    with capture_logs() as lines:
        await read_in_full(app, Wordless())

    assert [line["kind"] for line in lines if line["event"] == "resources_not_embedded"] == ["MemoryError"]
    await read_in_full(app, CalmClassifier())
    assert len(await fetch("SELECT 1 FROM resource_meaning WHERE model = 'calm'")) == 1


async def test_meaning_goes_when_the_author_takes_the_post_down(app: Litestar) -> None:
    post_id, author_id = await a_case_with_meaning()

    await delete_post(post_id, author_id, at=now())

    assert await meaning_of(post_id) is None


async def test_meaning_goes_when_the_author_is_erased(app: Litestar) -> None:
    _, author_id = await a_case_with_meaning()

    await erase_member(app.state.redis, author_id, at=now())

    assert await fetch("SELECT 1 FROM assessment") == []


async def test_meaning_goes_a_day_after_the_case_and_when_the_text_is_another(app: Litestar) -> None:
    post_id, _ = await a_case_with_meaning()
    await run_all(now=now())
    assert await meaning_of(post_id) == MONEY

    await execute("UPDATE moderation_case SET closed_at = now()")
    await run_all(now=now() + timedelta(hours=23))
    assert await meaning_of(post_id) == MONEY
    await run_all(now=now() + timedelta(hours=25))
    assert await meaning_of(post_id) is None

    await execute("UPDATE assessment SET meaning = $1", MONEY)
    await execute("UPDATE moderation_case SET closed_at = NULL")
    await execute("UPDATE post SET revision = 2")
    await run_all(now=now())
    assert await meaning_of(post_id) is None
