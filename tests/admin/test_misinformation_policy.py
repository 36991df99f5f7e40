"""What a board does with likely misinformation: an admin chooses, a member posts, and triage does it."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import pytest

from models.database import execute, fetch_one
from server.triaging import Triage
from tests.admin.test_admin_pages import BOARD
from tests.support.model import released_classifier
from tests.support.people import a_member, enter, submit
from triage.policy import TriagePolicy, parse_policy
from triage.queue.audit import read_entries

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.settings import Settings
    from tests.support.app import NewBrowser
    from tests.support.people import Person

DOUBTFUL = "Vaccines cause autism, everybody knows that. Do not let them near your children."
DEADLY = "You can stop your insulin if you take enough cinnamon, it cures diabetes for good. Throw the needles away."
CRISIS = "I have everything ready and I am going to kill myself tonight. Goodbye to all of you."
PUBLISH: dict[str, str] = {}
COVER, NO_HOLD = {"cover_misinformation": "1"}, {"hold_misinformation": ""}


class Outcome(NamedTuple):
    """What became of a post."""

    state: str
    minutes: int
    """Until somebody should have looked."""


@pytest.fixture
async def writer(app: Litestar, new_browser: NewBrowser) -> httpx.AsyncClient:
    """A member's browser."""
    browser = new_browser()
    await enter(browser, app, await a_member("quiet-otter-41"))
    return browser


async def set_up_board(client: httpx.AsyncClient, **chosen: str) -> None:
    """Have the admin set a board up; what is chosen empty is a box that is not ticked."""
    fields = {name: value for name, value in {**BOARD, **chosen}.items() if value}
    answer = await submit(client, "/admin/boards/new", fields)
    assert answer.status_code == 303, answer.text


async def post(app: Litestar, writer: httpx.AsyncClient, body: str) -> Outcome:
    """Have a member post, and the classifier that ships with Kith read it."""
    path = f"/boards/{BOARD['slug']}/new"
    answer = await submit(writer, path, {"title": "Something", "body": body, "intent": "post"}, page=path)
    assert answer.status_code == 303, answer.text
    settings: Settings = app.state.settings
    await Triage(settings, app.state.redis, load=released_classifier).drain()
    row = await fetch_one(
        """SELECT post.state, moderation_case.deadline - post.created_at AS within
           FROM post JOIN moderation_case ON moderation_case.post = post.id"""
    )
    return Outcome(row["state"], round(row["within"] / timedelta(minutes=1)))


@pytest.mark.parametrize(
    ("chosen", "body", "state"),
    [
        (PUBLISH, DOUBTFUL, "published"),
        (COVER, DOUBTFUL, "covered"),
        (PUBLISH, DEADLY, "held"),
        (COVER, DEADLY, "held"),
        (NO_HOLD, DEADLY, "published"),
        (COVER | NO_HOLD, DEADLY, "covered"),
        (COVER, CRISIS, "published"),
    ],
)
async def test_board_publishes_covers_or_holds_as_its_admin_chose(
    app: Litestar, admin: Person, client: httpx.AsyncClient, writer: httpx.AsyncClient, chosen: dict[str, str],
    body: str, state: str,
) -> None:  # fmt: skip
    await set_up_board(client, **chosen)

    assert (await post(app, writer, body)).state == state


@pytest.mark.parametrize(
    ("chosen", "body", "minutes"),
    [
        ({"misinformation_minutes": "90"}, DOUBTFUL, 90),
        ({"misinformation_minutes": "1440"}, DOUBTFUL, 600),
        ({"misinformation_minutes": "90"}, DEADLY, 20),
        ({"misinformation_minutes": "10"}, DEADLY, 10),
        ({"misinformation_minutes": "90"}, CRISIS, 3),
    ],
)
async def test_somebody_looks_by_the_boards_time_for_it_or_sooner_where_it_is_urgent(
    app: Litestar, admin: Person, client: httpx.AsyncClient, writer: httpx.AsyncClient, chosen: dict[str, str],
    body: str, minutes: int,
) -> None:  # fmt: skip
    await set_up_board(client, **chosen)

    assert (await post(app, writer, body)).minutes == minutes


@pytest.mark.parametrize("chosen", [COVER, COVER | {"cover_crisis": "1", "cover_red": "1"}])
async def test_crisis_is_never_held_whatever_a_board_chooses(
    app: Litestar, admin: Person, client: httpx.AsyncClient, writer: httpx.AsyncClient, chosen: dict[str, str]
) -> None:
    await set_up_board(client, **chosen)

    assert (await post(app, writer, CRISIS)).state == ("covered" if "cover_crisis" in chosen else "published")


async def test_author_of_a_covered_claim_hears_why_and_readers_see_a_note(
    app: Litestar, admin: Person, client: httpx.AsyncClient, writer: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    await set_up_board(client, **COVER)
    await post(app, writer, DOUBTFUL)

    assert "something about health that may not be right for everybody" in (await writer.get("/notices")).text
    own = (await writer.get("/threads/1")).text
    assert "Your post is up. It lies under a note" in own
    reader = new_browser()
    await enter(reader, app, await a_member("brave-heron-7"))
    assert "Please take care with this post" in (await reader.get("/threads/1")).text


async def test_choice_is_shown_again_and_is_in_the_audit_log(admin: Person, client: httpx.AsyncClient) -> None:
    await set_up_board(client, cover_misinformation="1", hold_misinformation="", misinformation_minutes="90")
    row = await fetch_one("SELECT id, triage_policy FROM board")

    page = (await client.get(f"/admin/boards/{row['id']}")).text

    assert 'name="cover_misinformation" value="1" checked' in page
    assert 'name="hold_misinformation" value="1" checked' not in page
    assert 'name="misinformation_minutes" value="90"' in page
    policy = parse_policy(row["triage_policy"])
    assert (policy.cover_misinformation, policy.hold_misinformation) == (True, False)
    [entry] = await read_entries()
    assert entry.detail["cover_misinformation"] is True
    assert entry.detail["hold_misinformation"] is False
    assert entry.detail["misinformation_minutes"] == 90


@pytest.mark.parametrize(
    ("kept", "after"),
    [
        ('{"hold_dangerous": false}', TriagePolicy(hold_dangerous=False, hold_misinformation=False)),
        ('{"hold_dangerous": true}', TriagePolicy()),
        ("{}", TriagePolicy()),
    ],
)
async def test_board_that_held_nothing_dangerous_holds_no_misinformation_after_the_update(
    app: Litestar, admin: Person, client: httpx.AsyncClient, kept: str, after: TriagePolicy
) -> None:
    await set_up_board(client)
    await execute("UPDATE board SET triage_policy = $1", kept)

    await execute(import_module("models.piccolo_migrations.kith_2026_11_29t12_00_00_000000").STATEMENT)

    row = await fetch_one("SELECT triage_policy FROM board")
    assert parse_policy(row["triage_policy"]) == after
