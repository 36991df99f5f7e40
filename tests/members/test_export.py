"""The export: everything that Kith holds about a member, none of their secrets, none of other people's words."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from limits import parse_many

from models.database import execute, fetch, fetch_one
from models.members import AvoidanceKind
from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.drafts import DraftText, save_draft
from server.forum.notes import ContentNote
from server.forum.taking_down import delete_post
from server.forum.visits import remember_reading
from server.members.avoidance import avoid
from server.members.export_sections import ACCOUNT, SECTIONS
from server.moderation.acts import PostAct, Warn
from server.moderation.appealing import appeal
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.reports.forms import ReportForm
from server.reports.service import report_rules
from server.support.service import follow
from server.web.rate_limits import RULES
from tests.support.cases import decided
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import Person, a_member, enter, submit
from tests.support.templates import a_template
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx
    import pytest
    from litestar import Litestar


async def a_full_account() -> tuple[Person, Person]:
    """Make a member who has used every part of Kith, and somebody they talk with."""
    member, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    board = await a_board()
    own = await a_thread(board, member, title="My long night", body="First words of mine", topic="medical")
    theirs = await a_thread(board, other, title="Their thread", body="Words of somebody else")
    await a_reply(own, other, "An answer by somebody else")
    mine = await a_reply(theirs, member, "My *answer* <script>alert(1)</script>")
    change = Change(title="", body="My changed answer", note=ContentNote(), revision=1)
    await change_post(mine, member.id, change, at=now())
    await save_draft(member.id, f"thread:{theirs.thread_id}", DraftText("", "Half a thought", ContentNote()), at=now())
    await execute(
        "INSERT INTO reaction (post, member, kind, created_at) VALUES ($1, $2, 'with-you', $3)",
        theirs.post_id, member.id, now(),
    )  # fmt: skip
    await execute(
        """INSERT INTO report (post, reporter, kind, reason, details, created_at)
           VALUES ($1, $2, 'worried', '', 'I worry about them', $3)""",
        theirs.post_id, member.id, now(),
    )  # fmt: skip
    await execute("INSERT INTO visit (member, thread, last_post) VALUES ($1, $2, 7)", member.id, theirs.thread_id)
    await avoid(member.id, other.id, AvoidanceKind.MUTE, at=now())
    await execute("UPDATE member SET region = 'DE', note_choices = '{\"medical\": \"open\"}' WHERE id = $1", member.id)
    return member, other


async def exported(client: httpx.AsyncClient) -> tuple[dict[str, Any], str, httpx.Response]:
    """Download the export; return its data, its page and the answer."""
    answer = await submit(client, "/account/export", page="/account/export")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return json.loads(archive.read("data.json")), archive.read("read-me.html").decode(), answer


async def test_everything_of_the_member_is_there(app: Litestar, client: httpx.AsyncClient) -> None:
    member, _ = await a_full_account()
    await enter(client, app, member)

    data, page, _ = await exported(client)

    assert data["account"]["handle"] == "calm-otter-12"
    assert data["account"]["region"] == "DE"
    assert data["account"]["content_note_choices"] == {"medical": "open"}
    assert [post["body"] for post in data["posts"]] == ["First words of mine", "My changed answer"]
    assert [post["thread"] for post in data["posts"]] == ["My long night", "Their thread"]
    assert data["earlier_versions"][0]["body"].startswith("My *answer*")
    assert data["drafts"][0]["body"] == "Half a thought"
    assert data["reactions"][0]["kind"] == "with-you"
    assert data["reports"][0]["details"] == "I worry about them"
    assert data["visits"][0]["read_up_to_post"] == 7
    assert data["avoided"][0]["handle"] == "brave-wren-7"
    assert len(data["sessions"]) == 1
    assert {section.name for section in SECTIONS} <= set(data)
    assert "First words of mine" in page
    assert "Half a thought" in page


NOT_EXPORTED = {"id", "handle_key", "phrase_hash", "password_hash", "totp_secret", "totp_last_step"}
"""Secrets, and what only repeats something else. Everything else that is known about a member is exported."""

KNOWN_TABLES = {
    "recovery_code", "session", "avoidance", "draft", "notice", "thread", "post", "reaction", "follow", "visit",
    "report", "helpline", "moderation_case", "case_pass", "case_seen", "case_note", "decision", "shift", "alert",
    "resource", "resource_voice", "opinion_shown", "spared_topic", "debrief_note", "push_subscription",
    "myth", "template",
}  # fmt: skip


async def test_no_column_about_a_member_is_forgotten(app: Litestar) -> None:
    columns = await fetch("SELECT column_name FROM information_schema.columns WHERE table_name = 'member'")
    pointing_here = await fetch(
        "SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint WHERE confrelid = 'member'::regclass"
    )

    forgotten = {row["column_name"] for row in columns} - NOT_EXPORTED
    assert {column for column in forgotten if column not in ACCOUNT} == set()
    assert {row["name"] for row in pointing_here} == KNOWN_TABLES


async def test_words_to_start_from_that_somebody_wrote_are_there(app: Litestar, client: httpx.AsyncClient) -> None:
    moderator = await a_member("calm-owl-9", role="moderator")
    template = await a_template("How is it, {handle}?")
    await a_template("Somebody else's.")
    await execute("UPDATE template SET written_by = $1 WHERE id = $2", moderator.id, template)
    await enter(client, app, moderator, second_factor=True)

    data, _, _ = await exported(client)

    assert [(one["text"], one["you_wrote_it"]) for one in data["templates"]] == [("How is it, {handle}?", True)]


async def test_words_of_others_are_not_there(app: Litestar, client: httpx.AsyncClient) -> None:
    member, _ = await a_full_account()
    await enter(client, app, member)

    data, page, _ = await exported(client)

    for words in ("Words of somebody else", "An answer by somebody else"):
        assert words not in json.dumps(data)
        assert words not in page


async def test_author_learns_what_was_decided_and_when_but_not_that_or_when_they_were_reported(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    member, reader = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    moderator, board = await a_member("calm-owl-1", role="moderator"), await a_board()
    posts = [(await a_thread(board, member)).post_id for _ in range(3)]
    reported_at, decided_at = now() - timedelta(hours=5), now()
    for post_id in posts:
        await report_rules(post_id, reader.id, ReportForm("unkind", ""), at=reported_at)
    held = DecisionForm(revision=1, post_act=PostAct.HOLD, reason="It names somebody.")
    for post_id, form in zip(posts[:2], (held, DecisionForm(revision=1)), strict=True):
        case = await fetch_one("SELECT id FROM moderation_case WHERE post = $1", post_id)
        assert await claim(case["id"], moderator.id, at=decided_at)
        await decide(case["id"], moderator.id, form, at=decided_at)
    await enter(client, app, member)

    files, page, _ = await exported(client)

    [told] = files["cases"]
    assert (told["post_id"], told["what_you_were_told"]) == (posts[0], "It names somebody.")
    assert datetime.fromisoformat(told["decided_at"]) == decided_at
    for moment in (f"{reported_at:%Y-%m-%dT%H:%M:%S}", f"{reported_at:%Y-%m-%d %H:%M:%S}"):
        assert moment not in json.dumps(files) + page


async def test_author_whose_objection_changed_nothing_was_told_so(app: Litestar, client: httpx.AsyncClient) -> None:
    member, board = await a_member("calm-otter-12"), await a_board()
    first, second = [await a_member(f"calm-owl-{number}", role="moderator") for number in (1, 2)]
    post = (await a_thread(board, member)).post_id
    warned = await decided(post, first, DecisionForm(revision=1, warn=Warn.WARN, reason="It names somebody."))
    await appeal(warned, member.id, "It does not.", at=now())
    [case] = await fetch("SELECT id FROM moderation_case WHERE closed_at IS NULL")
    assert await claim(case["id"], second.id, at=now())
    await decide(case["id"], second.id, DecisionForm(revision=1), at=now())
    await enter(client, app, member)

    files, _, _ = await exported(client)

    assert [(told["outcome"], told["your_appeal"]) for told in files["cases"]] == [
        ("warn", "It does not."), ("nothing", None),
    ]  # fmt: skip


async def test_titles_that_others_withdrew_or_moderators_hold_are_not_there(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    member, author = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    board = await a_board()
    withdrawn = await a_thread(board, author, title="Plantedone")
    held = await a_thread(board, author, title="Plantedtwo")
    shown = await a_thread(board, author, title="Still there")
    for thread in (withdrawn, held, shown):
        await follow(member.id, thread.thread_id, now())
        await remember_reading(member.id, thread.thread_id, [thread.post_id])
    await delete_post(withdrawn.post_id, author.id, at=now())
    await set_state(held.post_id, "held")
    await enter(client, app, member)

    data, page, _ = await exported(client)

    for told in (json.dumps(data), page):
        assert "Still there" in told
        assert "Planted" not in told


async def test_secrets_are_not_there(app: Litestar, client: httpx.AsyncClient) -> None:
    member, _ = await a_full_account()
    await enter(client, app, member)
    token = client.cookies["kith-session"]
    session = await fetch_one("SELECT id FROM session")

    data, page, _ = await exported(client)

    for secret in ("argon2", member.phrase, token, session["id"]):
        assert secret not in json.dumps(data)
        assert secret not in page


async def test_the_page_runs_and_loads_nothing(app: Litestar, client: httpx.AsyncClient) -> None:
    member, _ = await a_full_account()
    await enter(client, app, member)

    _, page, _ = await exported(client)

    assert "<script" not in page
    assert "src=" not in page
    assert "http" not in page.replace("https://", "http").split("<body>")[0]
    assert page.rstrip().endswith("</html>")


async def test_the_file_name_does_not_tell_whose_it_is(app: Litestar, client: httpx.AsyncClient) -> None:
    member, _ = await a_full_account()
    await enter(client, app, member)

    _, _, answer = await exported(client)

    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    assert "otter" not in answer.headers["content-disposition"]
    assert "kith" not in answer.headers["content-disposition"].lower()


async def test_long_lists_are_complete(app: Litestar, client: httpx.AsyncClient) -> None:
    member = await a_member("calm-otter-12")
    thread = await a_thread(await a_board(), member)
    await execute(
        """INSERT INTO post (thread, author, branch, body, revision, state, note_topic, note_text, created_at)
           SELECT $1, $2, $3, 'words ' || number, 1, 'published', '', '', $4 FROM generate_series(1, 1200) AS number""",
        thread.thread_id, member.id, thread.post_id, now(),
    )  # fmt: skip
    await enter(client, app, member)

    data, page, _ = await exported(client)

    assert [post["body"] for post in data["posts"][1:]] == [f"words {number}" for number in range(1, 1201)]
    assert "words 1200<" in page


async def test_a_new_account_has_an_export_too(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    data, page, _ = await exported(client)

    assert data["posts"] == []
    assert "Nothing." in page


async def test_exports_are_limited(app: Litestar, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, "export", parse_many("1/hour"))
    await enter(client, app, await a_member("calm-otter-12"))
    await exported(client)

    answer = await submit(client, "/account/export", page="/account/export")

    assert answer.status_code == 429
    assert answer.headers["retry-after"]
