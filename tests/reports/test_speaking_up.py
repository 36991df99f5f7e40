"""The two ways to speak up: kept apart, kind, and never telling who did."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server.clock import now
from server.errors import NotFound, TooMany
from server.reports.forms import ReportForm
from server.reports.moderation import close_reports
from server.reports.outcomes import REASONS, Outcome
from server.reports.service import report_rules, tell_worry
from server.web.rate_limits import RULES
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import a_member, enter, hidden_fields, submit
from tests.support.saying import goes_to

if TYPE_CHECKING:
    from datetime import datetime

    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.people import Person

SPAM = ReportForm("spam", "")


async def a_post(author: Person | None = None) -> Written:
    """Open a thread by somebody."""
    rows = await fetch("SELECT id, slug FROM board")
    board = await a_board(f"board-{len(rows)}")
    return await a_thread(board, author or await a_member(f"writer-{len(rows)}"))


async def groundless_reports(reporter: Person, number: int, *, at: datetime) -> None:
    """Let a member make reports that a moderator finds groundless."""
    moderator = await a_member("calm-owl-1", role="moderator")
    for _ in range(number):
        post = await a_post()
        await report_rules(post.post_id, reporter.id, SPAM, at=at)
        await close_reports(post.post_id, Outcome.GROUNDLESS, moderator_id=moderator.id, at=at)


@pytest.mark.parametrize(("way", "fields"), [("worried", {}), ("report", {"breaks": "unkind"})])
async def test_speaking_up_is_confirmed_and_kept(
    app: Litestar, client: httpx.AsyncClient, way: str, fields: dict[str, str]
) -> None:
    post, reader = await a_post(), await a_member("brave-heron-7")
    await enter(client, app, reader)
    page = f"/posts/{post.post_id}/{way}"

    answer = await submit(client, page, {**fields, "details": "Please look."}, page=page)

    assert answer.status_code == 303
    confirmed = (await client.get(answer.headers["location"])).text
    assert "Thank you for" in confirmed
    assert "It is with the moderators" in confirmed
    report = (await fetch("SELECT kind, reason, details, reporter FROM report"))[0]
    assert report["kind"] == ("worried" if way == "worried" else "rules")
    assert report["reason"] == fields.get("breaks", "")
    assert report["details"] == "Please look."
    assert report["reporter"] == reader.id


@pytest.mark.parametrize(("way", "fields"), [("worried", {}), ("report", {"breaks": "unkind"})])
async def test_second_time_is_kindly_told_that_moderators_know(
    app: Litestar, client: httpx.AsyncClient, way: str, fields: dict[str, str]
) -> None:
    post = await a_post()
    await enter(client, app, await a_member("brave-heron-7"))
    page = f"/posts/{post.post_id}/{way}"
    await submit(client, page, fields, page=page)

    again = await submit(client, page, fields, page=page)

    assert again.status_code == 303
    assert len(await fetch("SELECT 1 FROM report")) == 1
    assert "You told us about this post" in (await client.get(page)).text


@pytest.mark.parametrize("place", ["/posts/{0.post_id}/worried", "/threads/{0.thread_id}"])
async def test_whoever_joins_to_speak_comes_back_to_where_they_were(client: httpx.AsyncClient, place: str) -> None:
    here = place.format(await a_post())
    links = re.findall(r'href="(/join\?next=[^"]+)"', (await client.get(here)).text)
    assert links == [f"/join?next={here}"]

    form = hidden_fields((await client.get(links[0])).text)
    refused = await client.post("/join", data={**form, "handle": "ab"})
    phrase = await client.post("/join", data={**hidden_fields(refused.text), "handle": "brave-heron-7"})
    noted = await client.post("/join/phrase", data={**hidden_fields(phrase.text), "noted": "1"})

    assert f'class="button quiet" href="{here}"' in phrase.text
    assert goes_to(noted) == (here, "phrase-noted")


async def test_signing_in_or_joining_instead_keeps_the_way_back(client: httpx.AsyncClient) -> None:
    assert 'href="/join?next=/threads/7"' in (await client.get("/sign-in?next=/threads/7")).text
    assert 'href="/sign-in?next=/threads/7"' in (await client.get("/join?next=/threads/7")).text


async def test_the_two_ways_are_counted_apart(app: Litestar, client: httpx.AsyncClient) -> None:
    post = await a_post()
    await enter(client, app, await a_member("brave-heron-7"))

    for way, fields in (("worried", {}), ("report", {"breaks": "unkind"})):
        page = f"/posts/{post.post_id}/{way}"
        assert (await submit(client, page, fields, page=page)).status_code == 303

    assert {row["kind"] for row in await fetch("SELECT kind FROM report")} == {"worried", "rules"}


async def test_worried_page_shows_help_to_everybody(app: Litestar, client: httpx.AsyncClient) -> None:
    post = await a_post()

    page = await client.get(f"/posts/{post.post_id}/worried")

    assert page.status_code == 200
    assert 'href="/help"' in re.sub(r"<header.*?</header>|<footer.*?</footer>", "", page.text, flags=re.DOTALL)
    assert f"/sign-in?next=/posts/{post.post_id}/worried" in page.text


async def test_words_of_a_signed_out_visitor_are_not_lost(app: Litestar, client: httpx.AsyncClient) -> None:
    post = await a_post()

    answer = await submit(client, f"/posts/{post.post_id}/worried", {"details": "They said goodbye."})

    assert answer.status_code == 401
    assert "They said goodbye." in answer.text
    assert await fetch("SELECT 1 FROM report") == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"details": "kept words"}, "Please choose what fits best."),
        ({"breaks": "made-up", "details": "kept words"}, "Please choose what fits best."),
        ({"breaks": "something-else", "details": " \u200b "}, "Please say in a few words what is wrong."),
        ({"breaks": "spam", "details": "kept words" * 1000}, "characters; 2,000 fit."),
    ],
)
async def test_incomplete_report_comes_back_with_everything(
    app: Litestar, client: httpx.AsyncClient, fields: dict[str, str], sentence: str
) -> None:
    post = await a_post()
    await enter(client, app, await a_member("brave-heron-7"))
    page = f"/posts/{post.post_id}/report"

    answer = await submit(client, page, fields, page=page)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert fields["details"].strip(" \u200b") in answer.text
    if fields.get("breaks") in REASONS:
        assert re.search(rf'value="{fields["breaks"]}"[^>]* checked', answer.text)
    assert await fetch("SELECT 1 FROM report") == []


async def test_a_worry_needs_no_words_and_a_long_one_is_given_back(app: Litestar, client: httpx.AsyncClient) -> None:
    post = await a_post()
    await enter(client, app, await a_member("brave-heron-7"))
    page = f"/posts/{post.post_id}/worried"

    too_long = await submit(client, page, {"details": "worry " * 1000}, page=page)

    assert too_long.status_code == 422
    assert "worry worry" in too_long.text
    assert (await submit(client, page, page=page)).status_code == 303


async def test_own_post_cannot_be_reported_but_help_can_be_asked_for(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    post = await a_post(author)
    await enter(client, app, author)

    report = await submit(client, f"/posts/{post.post_id}/report", {"breaks": "spam"}, page="/me")
    assert report.status_code == 403
    assert (await client.get(f"/posts/{post.post_id}/report")).status_code == 403

    page = f"/posts/{post.post_id}/worried"
    assert "look after you" in (await client.get(page)).text
    assert (await submit(client, page, page=page)).status_code == 303


async def test_author_learns_nothing_of_a_report(app: Litestar, client: httpx.AsyncClient) -> None:
    author, reporter = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    post = await a_post(author)
    await report_rules(post.post_id, reporter.id, ReportForm("unkind", "reported words"), at=now())
    await tell_worry(post.post_id, reporter.id, ReportForm("", "worried words"), at=now())
    await enter(client, app, author)

    for address in (f"/threads/{post.thread_id}", "/notices", "/me", f"/posts/{post.post_id}/worried"):
        page = (await client.get(address)).text
        assert reporter.handle not in page
        assert "reported words" not in page
        assert "worried words" not in page
        assert "It is with the moderators" not in page
    assert await fetch("SELECT 1 FROM notice") == []


@pytest.mark.parametrize("way", ["worried", "report"])
@pytest.mark.parametrize("state", ["held", "removed", "deleted"])
async def test_posts_that_a_reader_cannot_see_cannot_be_reported(
    app: Litestar, client: httpx.AsyncClient, way: str, state: str
) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_post(author)
    reply = await a_reply(thread, author)
    await set_state(reply, state)
    await enter(client, app, await a_member("brave-heron-7"))

    assert (await client.get(f"/posts/{reply}/{way}")).status_code == 404
    assert (await submit(client, f"/posts/{reply}/{way}", {"breaks": "spam"}, page="/me")).status_code == 404
    assert await fetch("SELECT 1 FROM report") == []


@pytest.mark.parametrize("post_id", ["0", "424242", "99999999999999999999999"])
async def test_forged_ids_are_not_found(app: Litestar, client: httpx.AsyncClient, post_id: str) -> None:
    await enter(client, app, await a_member("brave-heron-7"))

    for way in ("worried", "report"):
        assert (await client.get(f"/posts/{post_id}/{way}")).status_code == 404
        assert (await submit(client, f"/posts/{post_id}/{way}", {"breaks": "spam"}, page="/me")).status_code == 404


async def test_post_of_a_deleted_thread_cannot_be_reported(app: Litestar, client: httpx.AsyncClient) -> None:
    post = await a_post()
    await execute("UPDATE thread SET deleted_at = now()")
    await enter(client, app, await a_member("brave-heron-7"))

    assert (await client.get(f"/posts/{post.post_id}/report")).status_code == 404


async def test_three_groundless_reports_in_a_row_limit_to_one_a_day(app: Litestar) -> None:
    reporter = await a_member("brave-heron-7")
    began = now()
    await groundless_reports(reporter, 3, at=began - timedelta(days=2))

    await report_rules((await a_post()).post_id, reporter.id, SPAM, at=began)
    with pytest.raises(TooMany) as refused:
        await report_rules((await a_post()).post_id, reporter.id, SPAM, at=began + timedelta(hours=20))

    assert refused.value.retry_after == 4 * 3600
    assert "one post a day" in refused.value.sentence
    await report_rules((await a_post()).post_id, reporter.id, SPAM, at=began + timedelta(hours=25))
    assert len(await fetch("SELECT 1 FROM report")) == 5


async def test_limited_reporter_gets_their_words_back_with_the_reason(app: Litestar, client: httpx.AsyncClient) -> None:
    reporter = await a_member("brave-heron-7")
    await groundless_reports(reporter, 3, at=now())
    post = await a_post()
    await enter(client, app, reporter)
    page = f"/posts/{post.post_id}/report"

    answer = await submit(client, page, {"breaks": "spam", "details": "It sells things."}, page=page)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "one post a day" in answer.text
    assert "It sells things." in answer.text


async def test_worries_are_never_limited_by_the_record(app: Litestar) -> None:
    reporter = await a_member("brave-heron-7")
    await groundless_reports(reporter, 3, at=now() - timedelta(days=1, hours=1))
    await report_rules((await a_post()).post_id, reporter.id, SPAM, at=now())

    for _ in range(4):
        await tell_worry((await a_post()).post_id, reporter.id, ReportForm(), at=now())

    assert len(await fetch("SELECT 1 FROM report WHERE kind = 'worried'")) == 4


@pytest.mark.parametrize(("groundless", "days_ago"), [(2, 1), (3, 31)])
async def test_few_or_old_groundless_reports_limit_nobody(app: Litestar, groundless: int, days_ago: int) -> None:
    reporter = await a_member("brave-heron-7")
    await groundless_reports(reporter, groundless, at=now() - timedelta(days=days_ago))

    for _ in range(3):
        await report_rules((await a_post()).post_id, reporter.id, SPAM, at=now())

    assert len(await fetch("SELECT 1 FROM report")) == groundless + 3


async def test_a_fair_report_lifts_the_limit(app: Litestar) -> None:
    reporter = await a_member("brave-heron-7")
    await groundless_reports(reporter, 3, at=now() - timedelta(days=3))
    fair = await a_post()
    await report_rules(fair.post_id, reporter.id, SPAM, at=now() - timedelta(days=2))
    moderator = (await fetch("SELECT id FROM member WHERE role = 'moderator'"))[0]["id"]
    await close_reports(fair.post_id, Outcome.ACTED, moderator_id=moderator, at=now() - timedelta(days=1))

    for _ in range(2):
        await report_rules((await a_post()).post_id, reporter.id, SPAM, at=now())

    assert len(await fetch("SELECT 1 FROM report WHERE decided_at IS NULL")) == 2


async def test_too_many_reports_pause_reports_but_not_worries(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("brave-heron-7"))
    for _ in range(RULES["report"][0].amount):
        post = await a_post()
        await submit(client, f"/posts/{post.post_id}/report", {"breaks": "spam"}, page="/me")
    post = await a_post()

    paused = await submit(
        client, f"/posts/{post.post_id}/report", {"breaks": "spam", "details": "kept words"}, page="/me"
    )

    assert paused.status_code == 429
    assert "kept words" in paused.text
    assert (await submit(client, f"/posts/{post.post_id}/worried", page="/me")).status_code == 303


@pytest.mark.parametrize("state", ["deleted", "removed"])
async def test_post_that_went_meanwhile_raises_no_case(app: Litestar, state: str) -> None:
    post, reader = await a_post(), await a_member("brave-heron-7")
    await set_state(post.post_id, state)

    with pytest.raises(NotFound):
        await tell_worry(post.post_id, reader.id, ReportForm("", "They sound alone."), at=now())
    with pytest.raises(NotFound):
        await report_rules(post.post_id, reader.id, SPAM, at=now())

    assert await fetch("SELECT 1 FROM report") == []
    assert await fetch("SELECT 1 FROM moderation_case") == []


async def test_page_of_a_worry_tells_no_title_of_a_thread_that_is_held(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    thread = await a_thread(await a_board(), await a_member("writer-0"), title="Plantedtitle")
    reply = await a_reply(thread, await a_member("brave-heron-7"))
    await set_state(thread.post_id, "held")

    answer = await client.get(f"/posts/{reply}/worried")

    assert "You are worried about somebody" in answer.text
    assert "Plantedtitle" not in answer.text
