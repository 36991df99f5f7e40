"""The moderators' pages, as a browser without scripts uses them."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.moderation.acts import PostAct
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.queue import PAGE_SIZE, queue_fingerprint
from server.reports.forms import ReportForm
from server.reports.service import report_rules, tell_worry
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import Person, a_member, enter, form_token, hidden_fields, submit
from tests.support.saying import goes_to
from triage.queue.claims import claim, claim_next, hand_back
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.app import NewBrowser


@pytest.fixture
async def author(app: Litestar) -> Person:
    return await a_member("quiet-otter-41")


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author, body="I cannot sleep <b>again</b>. Ten mg of nothing.")


async def send(client: httpx.AsyncClient, path: str, fields: dict[str, str] | None = None) -> httpx.Response:
    return await submit(client, path, fields, page="/me")


async def test_help_next_hands_over_and_an_empty_queue_says_so(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    nothing = await send(client, "/moderation/next")
    assert "Nothing waits for you right now" in (await client.get(nothing.headers["location"])).text
    case_id = await flag_post(thread.post_id, Severity.RED)

    handed = await send(client, "/moderation/next")

    assert handed.headers["location"] == f"/moderation/cases/{case_id}"
    page = (await client.get(handed.headers["location"])).text
    assert "With you for another 10 min." in page
    assert "I cannot sleep &lt;b&gt;again&lt;/b&gt;." in page
    assert "The classifier flags it." in page
    assert "Decide and close" in page


async def test_urgent_post_lies_covered_behind_a_neutral_line(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id, Severity.RED)

    page = (await client.get(f"/moderation/cases/{case_id}")).text

    covered = re.search(r'<details class="cover"[^>]*>', page)
    assert covered
    assert "open" not in covered[0]
    heading = re.search(r"<h1>(.*?)</h1>", page)
    assert heading
    assert heading[1] == "About sleep. Red. About 8 words."


async def test_queue_is_ordered_and_filtered(client: httpx.AsyncClient, moderator: Person, author: Person) -> None:
    board, other = await a_board(), await a_board("calm-place")
    amber = await flag_post((await a_thread(board, author)).post_id, Severity.AMBER)
    crisis = await flag_post((await a_thread(other, author)).post_id, Severity.CRISIS)
    red = await flag_post((await a_thread(board, author)).post_id, Severity.RED)

    async def shown(query: str = "") -> list[int]:
        page = (await client.get(f"/moderation{query}")).text
        return [int(number) for number in re.findall(r'id="case-(\d+)" aria', page)]

    assert await shown() == [crisis, red, amber]
    assert await shown("?severity=amber") == [amber]
    assert await shown("?board=calm-place") == [crisis]
    assert await shown("?kind=report") == []
    assert await shown("?kind=model") == [crisis, red, amber]
    await claim(red, moderator.id, at=now())
    assert await shown("?whose=mine") == [red]
    assert await shown("?whose=free") == [crisis, amber]
    assert await shown("?severity=purple&whose=%00&board=" + "x" * 500) == [crisis, red, amber]


async def test_queue_can_be_narrowed_to_what_waits_long(
    client: httpx.AsyncClient, moderator: Person, author: Person
) -> None:
    board, at = await a_board(), now()
    new, an_hour, a_day = [
        await flag_post((await a_thread(board, author)).post_id, Severity.AMBER, at=at - timedelta(minutes=minutes))
        for minutes in (55, 65, 24 * 60 + 5)
    ]

    async def shown(query: str) -> list[int]:
        page = (await client.get(f"/moderation{query}")).text
        return [int(number) for number in re.findall(r'id="case-(\d+)" aria', page)]

    assert sorted(await shown("?age=hour")) == [an_hour, a_day]
    assert await shown("?age=day") == [a_day]
    assert await shown("?age=overdue") == [a_day]
    assert sorted(await shown("?age=week")) == [new, an_hour, a_day]
    await claim(a_day, moderator.id, at=at)
    assert await shown("?age=day&whose=mine") == [a_day]
    assert await shown("?age=overdue") == []


async def test_long_queue_is_turned_page_by_page_and_keeps_what_was_chosen(
    client: httpx.AsyncClient, moderator: Person, author: Person
) -> None:
    board = await a_board()
    for _ in range(PAGE_SIZE + 1):
        await flag_post((await a_thread(board, author)).post_id)
    await flag_post((await a_thread(await a_board("calm-place"), author)).post_id)

    first = (await client.get(f"/moderation?board={board.slug}")).text
    following = re.search(r'href="(/moderation\?[^"]*page=2)"', first)
    assert following
    assert 'page=0"' not in first
    second = (await client.get(html.unescape(following[1]))).text

    assert first.count(' aria-labelledby="case-') == PAGE_SIZE
    assert second.count(' aria-labelledby="case-') == 1
    assert f'href="/moderation?board={board.slug}"' in second
    assert "page=3" not in second
    for odd in ("0", "-1", "two", "9" * 30):
        assert (await client.get(f"/moderation?page={odd}")).text.count(' aria-labelledby="case-') == PAGE_SIZE


async def test_own_posts_are_not_to_be_seen(client: httpx.AsyncClient, moderator: Person) -> None:
    case_id = await flag_post((await a_thread(await a_board(), moderator)).post_id)

    assert f"/moderation/cases/{case_id}" not in (await client.get("/moderation")).text
    assert (await client.get(f"/moderation/cases/{case_id}")).status_code == 404


async def test_whole_decision_through_the_form(
    client: httpx.AsyncClient, moderator: Person, author: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id, Severity.RED)
    await send(client, f"/moderation/cases/{case_id}/claim")

    answer = await send(
        client,
        f"/moderation/cases/{case_id}/decide",
        {
            "revision": "1", "post_act": "cover", "note_topic": "medical", "cut-1": "Ten mg", "words": "I read this.",
            "voice": "public", "severity": "amber", "misinformation": "0", "act": "decide",
        },
    )  # fmt: skip

    assert answer.status_code == 303, answer.text
    page = (await client.get(answer.headers["location"])).text
    assert "Take the last decision back" in page
    post = await fetch_one("SELECT * FROM post WHERE id = $1", thread.post_id)
    assert (post["state"], post["note_topic"]) == ("covered", "medical")
    assert "Ten mg" not in post["body"]
    public = (await client.get(f"/threads/{thread.thread_id}")).text
    assert "a moderator" in public
    assert "I read this." in public
    assert moderator.handle not in public
    undone = await send(client, f"/moderation/decisions/{(await fetch_one('SELECT id FROM decision'))['id']}/undo")
    assert goes_to(undone) == (f"/moderation/cases/{case_id}", "undone")


async def test_failed_decision_gives_everything_back(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id, Severity.RED)
    await claim(case_id, moderator.id, at=now())

    answer = await send(
        client,
        f"/moderation/cases/{case_id}/decide",
        {"revision": "1", "post_act": "remove", "words": "What I <wrote>", "cut_other": "not in it", "act": "decide"},
    )

    assert answer.status_code == 422
    assert "Please tell the author why" in answer.text
    assert "not in the post word for word" in answer.text
    assert "What I &lt;wrote&gt;" in answer.text
    assert 'value="remove" checked' in answer.text
    assert await fetch("SELECT 1 FROM decision") == []


async def test_edit_meanwhile_is_a_conflict_that_keeps_the_words(
    client: httpx.AsyncClient, moderator: Person, author: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id, Severity.RED)
    await claim(case_id, moderator.id, at=now())
    change = Change(title="A long night", body="I feel better.", note=ContentNote(), revision=1)
    await change_post(thread.post_id, author.id, change, at=now())

    answer = await send(
        client, f"/moderation/cases/{case_id}/decide", {"revision": "1", "words": "My answer", "act": "decide"}
    )

    assert answer.status_code == 409
    assert "Its author changed it" in answer.text
    assert "My answer" in answer.text
    assert "I feel better." in answer.text
    read_again = {**hidden_fields(answer.text), "words": "My answer", "act": "decide"}
    assert (await send(client, f"/moderation/cases/{case_id}/decide", read_again)).status_code == 303


async def test_late_holder_is_told_and_keeps_the_words(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id, Severity.RED)
    await claim(case_id, moderator.id, at=now() - timedelta(hours=1))

    answer = await send(
        client, f"/moderation/cases/{case_id}/decide", {"revision": "1", "words": "My answer", "act": "decide"}
    )

    assert answer.status_code == 409
    assert "Your time on it ran out" in answer.text
    assert "My answer" in answer.text
    again = {"revision": "1", "words": "My answer", "act": "decide", "again": "1"}
    confirmed = await send(client, f"/moderation/cases/{case_id}/decide", again)
    assert confirmed.status_code == 303
    assert await open_cases() == []


async def test_late_holder_does_not_take_it_from_a_colleague(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id, Severity.RED)
    colleague = await a_member("calm-owl-2", role="moderator")
    assert await claim(case_id, colleague.id, at=now())

    again = {"revision": "1", "words": "My answer", "act": "decide", "again": "1"}
    answer = await send(client, f"/moderation/cases/{case_id}/decide", again)

    assert answer.status_code == 409
    assert "calm-owl-2 has this case" in answer.text
    assert "My answer" in answer.text


async def test_more_time_brings_back_what_was_written(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id, Severity.RED)
    await claim(case_id, moderator.id, at=now() - timedelta(minutes=8))

    kept = await send(client, f"/moderation/cases/{case_id}/extend", {"revision": "1", "words": "My <answer>"})

    assert "With you for another 10 min." in kept.text
    assert "My &lt;answer&gt;" in kept.text
    await hand_back(case_id, moderator.id, at=now())
    late = await send(client, f"/moderation/cases/{case_id}/extend", {"revision": "1", "words": "My <answer>"})
    assert late.status_code == 409
    assert "Your time on it ran out" in late.text
    assert "My &lt;answer&gt;" in late.text


async def test_fingerprint_changes_with_the_list_alone(moderator: Person, thread: Written) -> None:
    empty = await queue_fingerprint(at=now())
    case_id = await flag_post(thread.post_id)
    free = await queue_fingerprint(at=now())
    assert await queue_fingerprint(at=now()) == free
    await claim(case_id, moderator.id, at=now())
    taken = await queue_fingerprint(at=now())
    ran_out = await queue_fingerprint(at=now() + timedelta(hours=1))

    assert len({empty, free, taken}) == 3
    assert ran_out == free


async def test_notes_stay_among_moderators(client: httpx.AsyncClient, moderator: Person, thread: Written) -> None:
    case_id = await flag_post(thread.post_id)

    await send(client, f"/moderation/cases/{case_id}/note", {"details": "Ring <me> first."})
    empty = await send(client, f"/moderation/cases/{case_id}/note", {"details": "  "})

    assert empty.status_code == 422
    assert "Ring &lt;me&gt; first." in (await client.get(f"/moderation/cases/{case_id}")).text
    assert "Ring" not in (await client.get(f"/threads/{thread.thread_id}")).text


async def test_reports_raise_one_case_and_are_shown_without_who(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    reporters = [await a_member(f"reporter-{number}") for number in range(3)]
    for reporter in reporters:
        await report_rules(thread.post_id, reporter.id, ReportForm("unkind", "It mocks <b>me</b>."), at=now())
    [before] = await open_cases()
    await tell_worry(thread.post_id, reporters[0].id, ReportForm("", "They sound alone."), at=now())

    [case] = await open_cases()
    assert (before["severity"], case["severity"]) == (Severity.AMBER, Severity.RED)
    page = (await client.get(f"/moderation/cases/{case['id']}")).text
    assert "They sound alone." in page
    assert "It mocks &lt;b&gt;me&lt;/b&gt;." in page
    assert not [reporter for reporter in reporters if reporter.handle in page]


async def test_groundless_reporter_raises_no_alarm(app: Litestar, author: Person) -> None:
    board, reporter = await a_board(), await a_member("reporter-1")
    moderator = await a_member("calm-owl-9", role="moderator")
    for number in range(2):
        post = (await a_thread(board, author, title=f"Thread {number}")).post_id
        await report_rules(post, reporter.id, ReportForm("encourages-harm", ""), at=now())
        [case] = await open_cases()
        assert case["severity"] == Severity.RED
        assert await claim(case["id"], moderator.id, at=now())  # type: ignore[arg-type]
        await decide(case["id"], moderator.id, DecisionForm(revision=1, groundless=True), at=now())  # type: ignore[arg-type]

    post = (await a_thread(board, author, title="One more")).post_id
    await report_rules(post, reporter.id, ReportForm("encourages-harm", ""), at=now())

    [case] = await open_cases()
    assert case["severity"] == Severity.AMBER


async def test_author_of_an_urgent_post_meets_help_until_they_close_it(
    app: Litestar, new_browser: NewBrowser, author: Person
) -> None:
    board = await a_board()
    browser = new_browser()
    await enter(browser, app, author)
    fields = {"title": "Tonight", "body": "I am going to kill myself tonight.", "intent": "post"}
    answer = await submit(browser, f"/boards/{board.slug}/new", fields, page=f"/boards/{board.slug}/new")
    assert answer.status_code == 303, answer.text

    page = (await browser.get(answer.headers["location"])).text
    assert "We are glad that you wrote this" in page
    assert "I am going to kill myself tonight." in page
    shown = re.search(r'name="up_to" value="(\d+)"', page)
    assert shown
    fields = {"_csrf_token": await form_token(browser, "/me"), "up_to": shown[1]}
    closed = await browser.post("/me/support/close", data=fields)
    assert closed.status_code == 303
    assert "We are glad that you wrote this" not in (await browser.get(f"/boards/{board.slug}")).text


async def test_others_never_see_the_panel(app: Litestar, new_browser: NewBrowser, author: Person) -> None:
    thread = await a_thread(await a_board(), author, body="I am going to kill myself tonight.")
    reader = new_browser()
    await enter(reader, app, await a_member("brave-wren-7"))

    assert "We are glad that you wrote this" not in (await reader.get(f"/threads/{thread.thread_id}")).text


async def test_appeal_through_the_page(
    app: Litestar, new_browser: NewBrowser, moderator: Person, author: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id)
    await claim(case_id, moderator.id, at=now())
    form = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="Too much detail.")
    await decide(case_id, moderator.id, form, at=now())
    browser = new_browser()
    await enter(browser, app, author)

    assert f'href="/posts/{thread.post_id}/appeal"' in (await browser.get(f"/threads/{thread.thread_id}")).text
    page = (await browser.get(f"/posts/{thread.post_id}/appeal")).text
    assert "Too much detail." in page
    assert moderator.handle not in page
    empty = await submit(browser, f"/posts/{thread.post_id}/appeal", {"details": ""}, page="/me")
    assert empty.status_code == 422
    sent = await submit(browser, f"/posts/{thread.post_id}/appeal", {"details": "There was none."}, page="/me")
    assert sent.status_code == 303
    stranger = new_browser()
    await enter(stranger, app, await a_member("brave-wren-7"))
    assert (await stranger.get(f"/posts/{thread.post_id}/appeal")).status_code == 404


async def test_shift_page_counts_for_oneself(client: httpx.AsyncClient, moderator: Person, thread: Written) -> None:
    await send(client, "/moderation/shift", {"step": "start"})
    case_id = await flag_post(thread.post_id, Severity.RED)
    await claim(case_id, moderator.id, at=now())

    assert "on shift since" in (await client.get("/moderation/shift")).text
    await send(client, "/moderation/shift", {"step": "pause"})
    assert "on a break since" in (await client.get("/moderation/shift")).text
    assert (await fetch_one("SELECT claimed_by FROM moderation_case"))["claimed_by"] is None


async def test_queue_says_when_nobody_reads(client: httpx.AsyncClient, moderator: Person, thread: Written) -> None:
    page = (await client.get("/moderation")).text
    assert "The classifier is not reading posts right now" in page


async def test_case_shows_the_thread_around_it(client: httpx.AsyncClient, moderator: Person, thread: Written) -> None:
    answer = await a_reply(thread, await a_member("brave-wren-7"), "me too, tonight")
    case_id = await flag_post(answer, Severity.CRISIS)

    page = (await client.get(f"/moderation/cases/{case_id}")).text

    assert "I cannot sleep" in page
    assert "me too, tonight" in page


async def test_raid_is_decided_at_once_and_what_a_colleague_has_is_left(
    client: httpx.AsyncClient, moderator: Person, author: Person
) -> None:
    board, colleague = await a_board(), await a_member("calm-owl-2", role="moderator")
    spam = "Buy the wonder cure for every pain at my shop today"
    posts = [(await a_thread(board, author, title=f"Cure {n}", body=f"{spam}, offer {n}!")).post_id for n in range(5)]
    other = await flag_post((await a_thread(board, author, body="I miss my dog.")).post_id)
    raid = [await flag_post(post) for post in posts]
    await claim(raid[4], colleague.id, at=now())

    page = (await client.get(f"/moderation/cases/{raid[0]}/alike")).text
    shown = [int(number) for number in re.findall(r'name="case-(\d+)"', page)]
    assert sorted(shown) == raid[:4]
    unexplained = await send(client, f"/moderation/cases/{raid[0]}/alike", {"post_act": "remove"})
    assert unexplained.status_code == 422
    fields = {f"case-{case_id}": "1" for case_id in raid} | {"post_act": "remove", "reason": "Selling."}
    await send(client, f"/moderation/cases/{raid[0]}/alike", fields)

    assert [case["id"] for case in await open_cases()] == [other, raid[4]]
    states = await fetch("SELECT state FROM post WHERE id = ANY($1) ORDER BY id", posts)
    assert [row["state"] for row in states] == ["removed"] * 4 + ["published"]
    assert len(await fetch("SELECT 1 FROM decision")) == 4


async def test_case_given_to_a_colleague_comes_to_them_first(
    client: httpx.AsyncClient, moderator: Person, author: Person
) -> None:
    board, colleague = await a_board(), await a_member("calm-owl-2", role="moderator")
    amber = await flag_post((await a_thread(board, author)).post_id)
    await flag_post((await a_thread(board, author)).post_id, Severity.RED)
    await claim(amber, moderator.id, at=now())

    await send(client, f"/moderation/cases/{amber}/assign", {"colleague": colleague.handle})

    found = await claim_next(colleague.id, at=now())
    assert found is not None
    assert found.case_id == amber


@pytest.mark.parametrize("handle", ["quiet-otter-41", "nobody-at-all", "", "calm-owl-1"])
async def test_case_is_given_to_staff_alone(
    client: httpx.AsyncClient, moderator: Person, thread: Written, handle: str
) -> None:
    case_id = await flag_post(thread.post_id)
    await claim(case_id, moderator.id, at=now())

    answer = await send(client, f"/moderation/cases/{case_id}/assign", {"colleague": handle})

    assert answer.status_code == 409
    assert "This colleague cannot be given this case. Please choose somebody else." in answer.text
    assert (await open_cases())[0]["claimed_by"] == moderator.id
