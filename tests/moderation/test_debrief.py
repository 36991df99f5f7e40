"""After a crisis: how somebody is, a note to themselves, a break, and somebody to talk to. All of it theirs."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.members.erasure import erase_member
from server.moderation import shifts
from server.moderation.debriefing import MAX_NOTE, NOTES_KEPT
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.notices.service import list_notices
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from tests.support.saying import goes_to
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.app import NewBrowser

WORDS = "heron lantern walnut"
"""Stands in the post, and must stand nowhere else."""
NOTE = "I went for a walk."


@pytest.fixture
async def me(app: Litestar, client: httpx.AsyncClient) -> Person:
    """A moderator on shift, signed in."""
    person = await a_member("calm-owl-1", role="moderator")
    await enter(client, app, person, second_factor=True)
    await shifts.start(person.id, at=now())
    return person


@pytest.fixture
async def thread(app: Litestar) -> Written:
    return await a_thread(await a_board(), await a_member("quiet-otter-41"), body=WORDS)


@pytest.fixture
async def decision(me: Person, thread: Written) -> int:
    """A crisis that was just decided."""
    case_id = await flag_post(thread.post_id, Severity.CRISIS)
    await claim(case_id, me.id, at=now())
    return await decide(case_id, me.id, DecisionForm(revision=1), at=now())


async def answer_with(client: httpx.AsyncClient, decision: int, **fields: str) -> httpx.Response:
    path = f"/moderation/debrief/{decision}"
    return await submit(client, path, fields, page=path)


async def decide_on_page(client: httpx.AsyncClient, person: Person, case_id: int, **fields: str) -> httpx.Response:
    await claim(case_id, person.id, at=now())
    fields = {"revision": "1", "act": "decide", **fields}
    return await submit(client, f"/moderation/cases/{case_id}/decide", fields, page="/me")


async def test_deciding_a_crisis_leads_there(client: httpx.AsyncClient, me: Person, thread: Written) -> None:
    answer = await decide_on_page(client, me, await flag_post(thread.post_id, Severity.CRISIS))

    decision = (await fetch_one("SELECT id FROM decision"))["id"]
    assert goes_to(answer) == (f"/moderation/debrief/{decision}", "case-decided")


async def test_correcting_a_case_to_crisis_leads_there_and_correcting_a_crisis_does_too(
    client: httpx.AsyncClient, me: Person, thread: Written
) -> None:
    for found, corrected in ((Severity.AMBER, Severity.CRISIS), (Severity.CRISIS, Severity.GREEN)):
        answer = await decide_on_page(client, me, await flag_post(thread.post_id, found), severity=corrected.label)

        decision = (await fetch_one("SELECT max(id) AS id FROM decision"))["id"]
        assert goes_to(answer) == (f"/moderation/debrief/{decision}", "case-decided")


@pytest.mark.parametrize(
    ("found", "corrected", "leads_to"),
    [
        (Severity.CRISIS, "", "/moderation/debrief"),
        (Severity.RED, "crisis", "/moderation/debrief"),
        (Severity.RED, "", "/moderation"),
    ],
)
async def test_escalating_a_crisis_leads_to_a_debrief_of_its_own(
    client: httpx.AsyncClient, me: Person, thread: Written, found: Severity, corrected: str, leads_to: str
) -> None:
    case_id = await flag_post(thread.post_id, found)

    answer = await decide_on_page(client, me, case_id, act="escalate", severity=corrected)

    assert goes_to(answer) == (leads_to, "escalated")


async def test_debrief_without_a_decision_keeps_a_note_and_takes_nothing_back(
    client: httpx.AsyncClient, me: Person, decision: int
) -> None:
    page = (await client.get("/moderation/debrief")).text
    answer = await submit(
        client, "/moderation/debrief", {"feeling": "shaken", "words": NOTE, "step": "break"}, page="/moderation/debrief"
    )

    assert "That was a heavy one" in page
    assert "Take the last decision back" not in page
    assert goes_to(answer) == ("/moderation/shift", "on-break")
    rows = await fetch("SELECT moderator, decision, body FROM debrief_note")
    assert [tuple(row) for row in rows] == [(me.id, None, NOTE)]
    assert not (await shifts.shift_of(me.id, at=now())).is_on


async def test_deciding_anything_else_leads_to_the_queue(
    client: httpx.AsyncClient, me: Person, thread: Written
) -> None:
    answer = await decide_on_page(client, me, await flag_post(thread.post_id, Severity.RED))

    assert goes_to(answer) == ("/moderation", "case-decided")


async def test_page_begins_with_the_way_back_and_says_nothing_of_the_post(
    client: httpx.AsyncClient, decision: int
) -> None:
    page = (await client.get(f"/moderation/debrief/{decision}")).text

    main = page.partition("<main")[2]
    assert re.search(r"<a [^>]*>([^<]*)</a>", main).group(1) == "Back to the queue"  # type: ignore[union-attr]
    assert main.index("Back to the queue") < main.index("<h1>That was a heavy one</h1>") < main.index("<form")
    assert "lantern" not in page


async def test_decision_can_be_taken_back_from_there(client: httpx.AsyncClient, decision: int) -> None:
    page = (await client.get(f"/moderation/debrief/{decision}")).text
    undone = await submit(client, f"/moderation/decisions/{decision}/undo", page=f"/moderation/debrief/{decision}")

    assert f'action="/moderation/decisions/{decision}/undo"' in page
    assert goes_to(undone)[1] == "undone"
    assert "Take the last decision back" not in (await client.get(f"/moderation/debrief/{decision}")).text


async def test_decision_of_long_ago_is_not_offered_to_be_taken_back(client: httpx.AsyncClient, decision: int) -> None:
    await execute("UPDATE decision SET decided_at = $1", now() - timedelta(minutes=11))

    assert "Take the last decision back" not in (await client.get(f"/moderation/debrief/{decision}")).text


@pytest.mark.parametrize("role", ["moderator", "admin", "clinician"])
async def test_somebody_elses_page_does_not_exist(
    app: Litestar, new_browser: NewBrowser, decision: int, role: str
) -> None:
    browser = new_browser()
    await enter(browser, app, await a_member("calm-owl-2", role=role), second_factor=True)

    seen = await browser.get(f"/moderation/debrief/{decision}")
    sent = await submit(browser, f"/moderation/debrief/{decision}", {"words": NOTE}, page="/me")

    assert (seen.status_code, sent.status_code) == (404, 404)
    assert await fetch("SELECT 1 FROM debrief_note") == []


async def test_nothing_is_required_and_then_nothing_is_kept(client: httpx.AsyncClient, decision: int) -> None:
    answer = await answer_with(client, decision)

    assert answer.headers["location"] == "/moderation"
    assert await fetch("SELECT 1 FROM debrief_note") == []


async def test_how_somebody_feels_is_kept_beside_a_note_alone(client: httpx.AsyncClient, decision: int) -> None:
    await answer_with(client, decision, feeling="shaken")
    without_note = await fetch("SELECT 1 FROM debrief_note")
    await answer_with(client, decision, feeling="shaken", words=NOTE)

    assert without_note == []
    assert [tuple(row) for row in await fetch("SELECT feeling, body FROM debrief_note")] == [("shaken", NOTE)]


async def test_note_can_be_read_and_deleted_on_the_page_of_the_shift(
    client: httpx.AsyncClient, me: Person, decision: int
) -> None:
    await answer_with(client, decision, feeling="shaken", words=f"{NOTE} <b>")
    page = (await client.get("/moderation/shift")).text
    note = (await fetch_one("SELECT id FROM debrief_note"))["id"]
    answer = await submit(client, f"/moderation/shift/notes/{note}/delete", page="/moderation/shift")

    assert f"{NOTE} &lt;b&gt;" in page
    assert "I am shaken" in page
    assert goes_to(answer) == ("/moderation/shift", "note-deleted")
    assert await fetch("SELECT 1 FROM debrief_note") == []


async def test_nobody_else_reads_or_deletes_a_note(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, decision: int
) -> None:
    await answer_with(client, decision, words=NOTE)
    note = (await fetch_one("SELECT id FROM debrief_note"))["id"]
    case_id = (await fetch_one("SELECT id FROM moderation_case"))["id"]
    browser = new_browser()
    await enter(browser, app, await a_member("steady-heron-20", role="admin"), second_factor=True)

    for path in ("/moderation/shift", f"/moderation/cases/{case_id}", "/admin/audit", "/admin/people", "/admin/care"):
        assert NOTE not in (await browser.get(path)).text
    deleted = await submit(browser, f"/moderation/shift/notes/{note}/delete", page="/me")
    assert deleted.status_code == 404
    assert len(await fetch("SELECT 1 FROM debrief_note")) == 1


async def test_newest_twenty_notes_are_kept(client: httpx.AsyncClient, me: Person, decision: int) -> None:
    await execute(
        """INSERT INTO debrief_note (moderator, feeling, body, written_at)
           SELECT $1, '', 'note ' || number, $2 FROM generate_series(1, $3::int) AS number""",
        me.id, now(), NOTES_KEPT,
    )  # fmt: skip

    await answer_with(client, decision, words=NOTE)

    kept = [row["body"] for row in await fetch("SELECT body FROM debrief_note ORDER BY id")]
    assert kept == [*(f"note {number}" for number in range(2, NOTES_KEPT + 1)), NOTE]


async def test_note_that_is_too_long_comes_back_and_the_break_is_taken_all_the_same(
    client: httpx.AsyncClient, me: Person, decision: int
) -> None:
    long = "x" * (MAX_NOTE + 1)

    answer = await answer_with(client, decision, words=long, feeling="shaken", step="break")

    assert answer.status_code == 422
    assert long in answer.text
    assert 'value="shaken" checked' in answer.text
    assert not (await shifts.shift_of(me.id, at=now())).is_on


async def test_break_pauses_the_shift(client: httpx.AsyncClient, me: Person, decision: int) -> None:
    answer = await answer_with(client, decision, step="break")

    assert goes_to(answer) == ("/moderation/shift", "on-break")
    assert (await shifts.shift_of(me.id, at=now())).paused_at is not None


async def test_wish_to_talk_tells_admins_and_clinicians_the_name_alone(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, me: Person, decision: int
) -> None:
    told = [await a_member(f"told-{role}", role=role) for role in ("admin", "clinician")]
    for role in ("moderator", "member"):
        await a_member(f"not-told-{role}", role=role)

    answer = await answer_with(client, decision, feeling="talk", words=NOTE)

    assert goes_to(answer) == ("/moderation", "talk-asked")
    rows = await fetch("SELECT member, kind, post, detail FROM notice ORDER BY member")
    assert [tuple(row) for row in rows] == [(person.id, "wish-to-talk", None, str(me.id)) for person in told]
    browser = new_browser()
    await enter(browser, app, told[1], second_factor=True)
    page = (await browser.get("/notices")).text
    assert "calm-owl-1 would like to talk after a hard case." in page
    assert NOTE not in page
    assert "lantern" not in page


async def test_wish_to_talk_twice_is_one_notice(client: httpx.AsyncClient, decision: int) -> None:
    await a_member("told-admin", role="admin")

    for _ in range(2):
        await answer_with(client, decision, feeling="talk")

    assert len(await fetch("SELECT 1 FROM notice WHERE kind = 'wish-to-talk'")) == 1


async def test_admin_is_not_told_of_themselves_and_hears_where_nobody_else_is(
    app: Litestar, client: httpx.AsyncClient, decision: int, me: Person
) -> None:
    await execute("UPDATE member SET role = 'admin' WHERE id = $1", me.id)

    answer = await answer_with(client, decision, feeling="talk")

    assert goes_to(answer) == ("/moderation", "talk-nobody")
    assert await fetch("SELECT 1 FROM notice WHERE kind = 'wish-to-talk'") == []


async def test_wish_shows_the_handle_of_today_and_goes_with_the_account(
    app: Litestar, client: httpx.AsyncClient, me: Person, decision: int
) -> None:
    admin = await a_member("told-admin", role="admin")
    await answer_with(client, decision, feeling="talk", words=NOTE)
    await execute("UPDATE member SET handle = 'Bright-Owl-9', handle_key = 'bright-owl-9' WHERE id = $1", me.id)
    [shown] = (await list_notices(admin.id)).rows

    await erase_member(app.state.redis, me.id, at=now())

    assert shown.sentence == "Bright-Owl-9 would like to talk after a hard case."
    assert (await list_notices(admin.id)).rows == []
    assert await fetch("SELECT 1 FROM debrief_note") == []


async def test_note_stays_with_its_writer_when_the_author_of_the_post_leaves(
    app: Litestar, client: httpx.AsyncClient, decision: int
) -> None:
    await answer_with(client, decision, words=NOTE)
    author = (await fetch_one("SELECT author FROM post"))["author"]

    await erase_member(app.state.redis, author, at=now())

    assert [tuple(row) for row in await fetch("SELECT decision, body FROM debrief_note")] == [(None, NOTE)]


async def test_what_is_kept_is_in_ones_own_export(client: httpx.AsyncClient, me: Person, decision: int) -> None:
    await answer_with(client, decision, feeling="all-right", words=NOTE)
    await submit(client, "/moderation/shift/topics", {"topic-grief": "1"}, page="/moderation/shift")

    answer = await submit(client, "/account/export", page="/account/export")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        exported = archive.read("data.json").decode()
    assert NOTE in exported
    assert '"topic":"grief"' in exported


async def test_nothing_of_it_is_in_the_audit_log(client: httpx.AsyncClient, decision: int) -> None:
    """A break that somebody takes after it stands there as any other."""
    await a_member("told-admin", role="admin")
    await submit(client, "/moderation/shift", {"step": "start"}, page="/moderation/shift")
    before = len(await fetch("SELECT 1 FROM audit_entry"))

    await answer_with(client, decision, feeling="talk", words=NOTE, step="break")

    entries = await fetch("SELECT act, detail FROM audit_entry ORDER BY id OFFSET $1", before)
    shift = await fetch_one("SELECT id FROM shift")
    assert [dict(entry) for entry in entries] == [{"act": "pause-shift", "detail": f'{{"shift": {shift["id"]}}}'}]
