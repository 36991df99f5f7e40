"""An urgent post from its author's panel to a moderator's answer and back, and what eases a moderator's work."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from models.database import execute, fetch, fetch_one, transaction
from server.clock import now
from server.forum.posts import write_thread
from server.live import QUEUE_CHANNEL, member_channel, tell
from server.moderation.acts import PostAct
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.support.offering import offer_support
from tests.browser.conftest import DESK, DEVICES, PHONE, PLAIN_PHONE, Device
from tests.support.axe import OF_A_CASE, TO_ITS_AUTHOR, problems_at_phone_and_desk, problems_on
from tests.support.cases import an_assessment, flag_post
from tests.support.conversation import a_board, a_reply, a_thread, a_writing
from tests.support.helplines import a_helpline
from tests.support.people import Person, a_member
from tests.support.resources import a_resource
from tests.support.saying import have_said
from tests.support.sessions import let_in
from tests.support.templates import a_template
from triage.queue.claims import claim
from triage.queue.limits import CareLimits
from triage.queue.tasks import finish_task, take_tasks
from triage.scales import Severity

if TYPE_CHECKING:
    from litestar import Litestar
    from playwright.async_api import Page, Route

    from server.forum.posts import Written
    from tests.browser.conftest import Visitors

URGENT = "I am going to kill myself tonight."
"""The rules know it by themselves."""
HEAVY = "Everything is grey, and has been for weeks."
"""The rules do not know it; the classifier might."""
ANSWER = "I read this, all of it. We are here."
PANEL = "We are glad that you wrote this"
CASE_ADDRESS = re.compile(r"/moderation/cases/\d+")


async def a_moderator(page: Page, handle: str = "calm-owl-1") -> Person:
    """Sign a new moderator in."""
    person = await a_member(handle, role="moderator")
    await let_in(page, person, second_factor=True)
    return person


async def a_case(severity: Severity = Severity.RED, body: str = HEAVY) -> tuple[Written, int]:
    """Return a flagged thread of somebody."""
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"), body=body)
    return thread, await flag_post(thread.post_id, severity)


async def open_case(page: Page) -> int:
    """Have a moderator on the page of a case that is theirs."""
    moderator = await a_moderator(page)
    _, case_id = await a_case()
    await claim(case_id, moderator.id, at=now())
    await page.goto(f"/moderation/cases/{case_id}")
    return case_id


async def classifier_finds(app: Litestar, severity: Severity) -> None:
    """Do what the worker does when the classifier says so of everything that waits."""
    for task in await take_tasks(16, at=now()):
        async with transaction():
            effect = await finish_task(task, an_assessment(severity), at=now())
            assert effect is not None
            assert effect.author_id is not None
            await offer_support(effect.author_id, task.post_id, at=now())
        await tell(app.state.redis, QUEUE_CHANNEL, member_channel(effect.author_id))


@pytest.mark.parametrize("device", DEVICES)
async def test_urgent_post_goes_the_whole_way(visitors: Visitors, device: str) -> None:
    how = DEVICES[device]
    board, author = await a_board(), await a_member("quiet-otter-41")
    await a_resource("Night Walks")
    async with visitors.visit(how) as theirs, visitors.visit(how) as one, visitors.visit(how) as other:
        moderators = {page: await a_moderator(page, f"calm-owl-{place}") for place, page in enumerate((one, other))}
        await one.goto("/moderation")
        await expect(one.get_by_text("Nothing here")).to_be_visible()

        await let_in(theirs, author)
        await _post_urgently(theirs, board.slug)
        await expect(theirs.get_by_role("heading", name=PANEL)).to_be_in_viewport()
        thread = theirs.url.partition("?")[0]

        if not how.has_script:
            await one.goto("/moderation")
        await expect(one.get_by_role("link", name="About suicide. Crisis.")).to_be_visible()
        own = await _race_for_it(one, other)
        await _decide(own)
        await _find_answer(theirs, thread, moderators[own])
        assert await _is_kept() == ("covered", "suicidal-thoughts", Severity.CRISIS)

        await own.get_by_role("button", name="Take the last decision back").click()
        await expect(own.get_by_text("Taken back. The case is with you again.")).to_be_visible()
        await expect(own.get_by_text("With you for another 10 min.")).to_be_visible()
        await theirs.goto(thread)
        await expect(theirs.get_by_role("heading", name="Tonight")).to_be_visible()
        await expect(theirs.get_by_text(ANSWER)).to_have_count(0)
        await expect(theirs.get_by_role("link", name="Night Walks")).to_have_count(0)


async def _race_for_it(one: Page, other: Page) -> Page:
    """Have two moderators press the button at once, and return the page of the one who got the case."""
    await other.goto("/moderation")
    await asyncio.gather(*(page.get_by_role("button", name="Help next").click() for page in (one, other)))
    [winner] = [page for page in (one, other) if CASE_ADDRESS.search(page.url)]
    loser = other if winner is one else one
    await expect(loser.get_by_text("Nothing waits for you right now.")).to_be_visible()
    return winner


async def _post_urgently(page: Page, board: str) -> None:
    await page.goto(f"/boards/{board}/new")
    await page.get_by_label("Title").fill("Tonight")
    await page.get_by_label("Your text").fill(URGENT)
    await page.get_by_role("button", name="Post", exact=True).click()


async def _decide(page: Page) -> None:
    await page.locator("summary", has_text="Open it when you are ready").click()
    await expect(page.get_by_text(URGENT)).to_be_visible()
    await page.get_by_label("Night Walks").check()
    await page.get_by_label("Put a content note over it").check()
    await page.get_by_label("Topic of the content note").select_option("suicidal-thoughts")
    await page.get_by_label("Your answer").fill(ANSWER)
    await page.get_by_label("Urgency").select_option("crisis")
    await page.get_by_role("button", name="Decide and close").click()
    await expect(page.get_by_text("Done. The author")).to_be_visible()


async def _find_answer(page: Page, thread: str, moderator: Person) -> None:
    await page.goto(thread)
    answer = page.get_by_role("article", name="a moderator")
    await expect(answer).to_contain_text(ANSWER)
    await expect(page.get_by_role("link", name="Night Walks")).to_be_visible()
    await expect(page.get_by_text(moderator.handle)).to_have_count(0)


async def _is_kept() -> tuple[str, str, Severity]:
    post = await fetch_one("SELECT state, note_topic FROM post ORDER BY id LIMIT 1")
    label = await fetch_one("SELECT severity FROM labelled_example")
    return post["state"], post["note_topic"], Severity(label["severity"])


async def test_panel_comes_by_itself_when_the_classifier_is_done(visitors: Visitors, app: Litestar) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"), body="How are your evenings? " * 40)
    await classifier_finds(app, Severity.GREEN)
    await a_helpline("Night Line", country="GB")
    async with visitors.visit(PHONE) as page:
        await let_in(page, author)
        await page.goto(f"/threads/{thread.thread_id}")
        await page.evaluate("window.isStillTheSamePage = true")
        await page.get_by_label("Your answer").fill(HEAVY)
        await page.get_by_role("button", name="Post", exact=True).click()
        await expect(page.locator("#posts").get_by_text(HEAVY)).to_be_visible()

        await execute("DELETE FROM notice")
        await classifier_finds(app, Severity.RED)

        await expect(page.get_by_role("heading", name=PANEL)).to_be_in_viewport()
        await page.get_by_role("button", name="Close this").click()
        await expect(page.get_by_role("heading", name=PANEL)).to_have_count(0)
        await expect(page.locator("#main")).to_be_focused()
        assert await page.evaluate("window.isStillTheSamePage")


@pytest.mark.parametrize("device", [PHONE, PLAIN_PHONE], ids=["script", "plain"])
async def test_page_after_an_urgent_answer_opens_at_the_panel(visitors: Visitors, device: Device) -> None:
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"), body="How are your evenings? " * 40)
    async with visitors.visit(device) as page:
        await let_in(page, await a_member("quiet-otter-41"))
        await page.goto(f"/threads/{thread.thread_id}/reply")
        await page.get_by_role("textbox").first.fill(URGENT)
        await page.get_by_role("button", name="Post", exact=True).click()

        await expect(page.get_by_role("heading", name=PANEL)).to_be_in_viewport()
        await page.goto("/me")
        await page.get_by_role("button", name="Close this").click()
        await expect(page.get_by_role("heading", name=PANEL)).to_have_count(0)


async def test_queue_changes_by_itself_and_only_when_there_is_news(visitors: Visitors, app: Litestar) -> None:
    _, case_id = await a_case()
    author, board = await a_member("brave-wren-7"), await a_board("calm-place")
    async with visitors.visit() as page:
        await a_moderator(page)
        asked: list[str] = []
        async with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
            await page.goto("/moderation")
        page.on("request", lambda one: asked.append(one.url) if one.headers.get("hx-request") else None)
        await page.locator(f"#take-{case_id}").focus()

        await tell(app.state.redis, QUEUE_CHANNEL, QUEUE_CHANNEL)
        await write_thread(board_id=board.id, author_id=author.id, title="Now", writing=a_writing(URGENT), at=now())
        await tell(app.state.redis, QUEUE_CHANNEL)

        await expect(page.get_by_role("link", name="About suicide. Crisis.")).to_be_visible()
        await expect(page.locator(f"#take-{case_id}")).to_be_focused()
        assert len(asked) == 1


async def test_keys_take_extend_and_hand_back(visitors: Visitors) -> None:
    await a_case()
    async with visitors.visit(DESK) as page:
        await a_moderator(page)
        await page.goto("/moderation")
        await page.keyboard.press("n")
        await page.wait_for_url(CASE_ADDRESS)

        await execute("UPDATE moderation_case SET claimed_until = now() + interval '4 minutes'")
        await page.reload()
        await expect(page.get_by_text("With you for another 4 min.")).to_be_visible()
        await page.get_by_label("Your answer").press_sequentially("bxnd?")
        await expect(page.get_by_label("Your answer")).to_have_value("bxnd?")
        await page.get_by_label("Your answer").blur()
        await page.keyboard.press("x")
        await expect(page.get_by_text("With you for another 10 min.")).to_be_visible()
        await expect(page.get_by_label("Your answer")).to_have_value("bxnd?")

        await page.keyboard.press("d")
        await expect(page.get_by_role("button", name="Decide and close")).to_be_focused()
        await page.keyboard.press("b")
        not_this_one = page.get_by_role("button", name="Not this one")
        await expect(not_this_one).to_be_focused()
        await execute("UPDATE moderation_case SET claimed_until = now() + interval '4 minutes'")
        async with page.expect_response(re.compile("/extend$")):
            await page.keyboard.press("x")
        await expect(page.locator(".htmx-request, .htmx-swapping")).to_have_count(0)
        await expect(not_this_one).to_be_focused()
        assert await fetch("SELECT 1 FROM decision") == []
        await page.get_by_label("Your answer").fill("")
        await page.get_by_label("Your answer").blur()
        await page.keyboard.press("b")
        await expect(page.get_by_text("Handed back.")).to_be_visible()


async def test_a_button_that_just_came_asks_in_the_background_at_once(visitors: Visitors) -> None:
    async with visitors.visit(DESK) as page:
        await open_case(page)
        await page.evaluate("window.isSamePage = true; window.setTimeout = () => 0")
        for _ in range(2):
            async with page.expect_response(re.compile("/extend$")) as answer:
                await page.keyboard.press("x")
            assert "hx-request" in await (await answer.value).request.all_headers()
            await expect(page.locator(".htmx-request, .htmx-swapping")).to_have_count(0)
        assert await page.evaluate("window.isSamePage")


async def test_question_mark_lists_the_keys_and_they_can_be_switched_off(visitors: Visitors) -> None:
    async with visitors.visit(DESK) as page:
        await open_case(page)
        await page.keyboard.press("?")
        keys = page.get_by_role("dialog", name="Keys of this page")
        await expect(keys).to_contain_text("Ten more minutes")
        await expect(keys).to_contain_text("Not this one")
        await expect(keys).to_contain_text("Decide and close (then Enter)")
        assert await problems_on(page) == []
        async with page.expect_response("**/moderation/keys"):
            await keys.get_by_label("Use keys").uncheck()
        await page.keyboard.press("Escape")
        await expect(keys).to_have_count(0)

        await page.keyboard.press("d")
        await expect(page.get_by_role("button", name="Decide and close")).not_to_be_focused()
        await page.evaluate("localStorage.clear()")
        await page.reload()
        await page.keyboard.press("d")
        await expect(page.get_by_role("button", name="Decide and close")).not_to_be_focused()
        await page.get_by_role("button", name="Keys: ?").click()
        await expect(keys.get_by_label("Use keys")).not_to_be_checked()
        async with page.expect_response("**/moderation/keys"):
            await keys.get_by_label("Use keys").check()
        await keys.get_by_role("button", name="Close").click()
        await page.keyboard.press("d")
        await expect(page.get_by_role("button", name="Decide and close")).to_be_focused()


@pytest.mark.parametrize("device", [DESK, PLAIN_PHONE], ids=["script", "plain"])
async def test_enter_in_a_field_neither_escalates_nor_decides(visitors: Visitors, device: Device) -> None:
    await a_resource("Night Walks")
    async with visitors.visit(device) as page:
        await open_case(page)
        await page.get_by_label("Your answer").fill("Half an answ")
        await page.get_by_label("Look for others").fill("Night")
        await page.keyboard.press("Enter")

        await page.get_by_label("Night Walks").check()
        await expect(page.get_by_label("Your answer")).to_have_value("Half an answ")
        await expect(page.get_by_text("With you for another 10 min.")).to_be_visible()
        assert await fetch("SELECT 1 FROM decision") == []


async def test_what_is_ticked_while_a_search_is_on_its_way_stays_ticked(visitors: Visitors) -> None:
    body = "Grey evenings again."
    for title in ("Grey Walks", "Grey Talks", "Grey Days"):
        await a_resource(title)
    await a_resource("Pottery Club", needs=("lonely",))
    async with visitors.visit(PHONE) as page:
        moderator = await a_moderator(page)
        _, case_id = await a_case(Severity.AMBER, body)
        await claim(case_id, moderator.id, at=now())
        await page.goto(f"/moderation/cases/{case_id}")
        await page.get_by_label("Grey Talks").check()
        await page.get_by_label("Look for others").fill("Pottery")
        asked, let_go = asyncio.Event(), asyncio.Event()

        async def hold(route: Route) -> None:
            asked.set()
            await let_go.wait()
            await execute("UPDATE resource SET state = 'retired' WHERE title = 'Grey Walks'")
            await route.continue_()

        await page.route("**/decide", hold)
        await page.get_by_role("button", name="Search").click()
        await asked.wait()
        await page.get_by_label("Grey Walks").check()
        await page.get_by_label("Grey Days").check()
        await page.get_by_label("Grey Talks").uncheck()
        await page.get_by_label("Look for others").fill("Something else")
        let_go.set()

        await expect(page.get_by_label("Pottery Club")).not_to_be_checked()
        await expect(page.locator("#resources input").first).to_have_accessible_name(re.compile("Grey Walks"))
        await expect(page.get_by_label("Grey Walks")).to_be_checked()
        await expect(page.get_by_label("Grey Days")).to_be_checked()
        await expect(page.get_by_label("Grey Talks")).not_to_be_checked()
        await expect(page.get_by_label("Look for others")).to_have_value("Something else")


@pytest.mark.parametrize("device", [PHONE, PLAIN_PHONE], ids=["htmx", "plain"])
async def test_words_to_start_from_go_below_what_was_written(visitors: Visitors, device: Device) -> None:
    await a_template("I read it, {handle}. Under it is “{resource}”. How is it?", label="I read this")
    await a_resource("Night Walks")
    async with visitors.visit(device) as page:
        await open_case(page)
        await page.locator("summary", has_text="Words to start from").click()
        await page.locator("summary", has_text="I read this").click()
        answer = page.get_by_label("Your answer")
        await answer.fill("Good evening.\n")
        await page.get_by_label("Night Walks").check()
        await page.get_by_role("button", name="Use this").click()
        await expect(answer).to_have_value(
            "Good evening.\n\nI read it, quiet-otter-41. Under it is “Night Walks”. How is it?"
        )
        await expect(answer).to_be_focused()
        await expect(page.get_by_label("Night Walks")).to_be_checked()


async def test_template_shows_how_it_reads_while_it_is_written(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        await a_moderator(page)
        await page.goto("/moderation/templates/new")
        words = page.get_by_label("The words")
        await words.fill("Hello, {handle}.")
        await expect(page.locator("#example")).to_contain_text("Hello, calm-fern-12.")
        await words.fill("Hello, {nickname}.")
        await expect(page.locator("#example")).to_contain_text("nothing to put in place of {nickname}")
        await expect(words).to_have_value("Hello, {nickname}.")


async def test_time_runs_down_and_is_said_before_it_is_up(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        await page.clock.install()
        await open_case(page)
        told = page.locator("#lease").get_by_role("status")
        await expect(page.get_by_text("With you for another 10 min.")).to_be_visible()
        await page.clock.fast_forward("04:00")
        await expect(page.get_by_text("With you for another 6 min.")).to_be_visible()
        await expect(told).to_be_empty()
        await page.clock.fast_forward("04:00")
        await expect(told).to_contain_text("nearly up")
        await page.clock.fast_forward("03:00")
        await expect(told).to_contain_text("Your time is up")


async def test_writing_keeps_the_case_and_a_page_that_lies_open_does_not(visitors: Visitors) -> None:
    async with visitors.visit(DESK) as page:
        await page.clock.install()
        await open_case(page)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/extend") else None)
        await page.clock.fast_forward("03:00")
        await expect(page.get_by_text("With you for another 7 min.")).to_be_visible()
        assert asked == []

        await page.get_by_label("Your answer").press_sequentially("We are here.")

        await expect(page.get_by_text("With you for another 10 min.")).to_be_visible()
        assert len(asked) == 1
        await expect(page.get_by_label("Your answer")).to_be_focused()
        await expect(page.get_by_label("Your answer")).to_have_value("We are here.")


async def test_more_time_without_script_keeps_the_words(visitors: Visitors) -> None:
    async with visitors.visit(PLAIN_PHONE) as page:
        await open_case(page)
        await execute("UPDATE moderation_case SET claimed_until = now() + interval '4 minutes'")
        await page.get_by_label("Your answer").fill("Half an answ")
        await page.get_by_label("Put a content note over it").check()
        await page.get_by_role("button", name="Ten more minutes").click()

        await expect(page.get_by_text("With you for another 10 min.")).to_be_visible()
        await expect(page.get_by_label("Your answer")).to_have_value("Half an answ")
        await expect(page.get_by_label("Put a content note over it")).to_be_checked()
        await page.get_by_role("button", name="Decide and close").click()
        await expect(page.get_by_text("Done. The author")).to_be_visible()


async def test_time_that_ran_out_is_said_in_place_and_keeps_the_words(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        await open_case(page)
        async with page.expect_response(re.compile("/extend$")):
            await page.get_by_label("Your answer").fill("Half an answ")
        await execute("UPDATE moderation_case SET claimed_until = now() - interval '1 minute'")
        await page.get_by_role("button", name="Ten more minutes").click()

        await expect(page.get_by_role("alert")).to_contain_text("Your time on it ran out")
        await expect(page.get_by_label("Your answer")).to_have_value("Half an answ")


@pytest.mark.parametrize("device", [PHONE, PLAIN_PHONE], ids=["script", "plain"])
async def test_note_for_colleagues_leaves_the_answer_alone(visitors: Visitors, device: Device) -> None:
    async with visitors.visit(device) as page:
        await open_case(page)
        await page.get_by_label("Your answer").fill("Half an answ")
        await page.locator("summary", has_text="Add a note").click()
        await page.get_by_label("For colleagues alone").fill("They answer at night.")
        await page.get_by_role("button", name="Add", exact=True).click()

        await expect(page.locator("#among-moderators p").get_by_text("They answer at night.")).to_be_visible()
        await expect(page.get_by_label("Your answer")).to_have_value("Half an answ")


@pytest.mark.parametrize("device", [PHONE, PLAIN_PHONE], ids=["script", "plain"])
async def test_colleague_who_has_had_enough_is_given_a_case_only_after_a_question(
    visitors: Visitors, device: Device
) -> None:
    colleague = await a_member("calm-owl-2", role="moderator")
    board, author = await a_board("other-days"), await a_member("brave-heron-7")
    for _ in range(CareLimits().crises_in_a_row):
        await claim(await flag_post((await a_thread(board, author)).post_id, Severity.CRISIS), colleague.id, at=now())
    async with visitors.visit(device) as page:
        case_id = await open_case(page)
        await page.get_by_label("Your answer").fill("Half an answ")
        await page.locator("summary", has_text="Give it to a colleague").click()
        await page.get_by_role("button", name="Give", exact=True).click()

        await expect(page.get_by_role("alert")).to_contain_text("calm-owl-2 has had enough for now")
        await expect(page.get_by_label("Your answer")).to_have_value("Half an answ")
        if device.has_script:
            assert await problems_on(page) == []
        await page.get_by_role("button", name="Give it to them all the same").click()

        await expect(page.locator("#said")).to_contain_text("A colleague will look at it.")
    assert (await fetch_one("SELECT assigned_to FROM moderation_case WHERE id = $1", case_id))["assigned_to"]


async def test_colleague_who_comes_is_named_by_itself(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page, visitors.visit(PLAIN_PHONE) as theirs:
        await page.clock.install()
        case_id = await open_case(page)
        await page.get_by_label("Your answer").fill("Half an answ")
        await a_moderator(theirs, "calm-owl-2")
        await theirs.goto(f"/moderation/cases/{case_id}")
        await expect(theirs.get_by_text("calm-owl-1 is looking at this too.")).to_be_visible()

        await page.clock.fast_forward("00:20")

        await expect(page.get_by_text("calm-owl-2 is looking at this too.")).to_be_visible()
        await expect(page.get_by_label("Your answer")).to_have_value("Half an answ")


async def test_decide_stays_in_sight_on_a_phone(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        await open_case(page)
        await page.get_by_role("link", name="To the decision").click()
        decide_button = page.get_by_role("button", name="Decide and close")
        await expect(decide_button).to_be_in_viewport(ratio=1)
        await page.get_by_label("Your answer").focus()
        await expect(decide_button).to_be_in_viewport(ratio=1)
        field, button = await page.get_by_label("Your answer").bounding_box(), await decide_button.bounding_box()
        assert field
        assert button
        assert field["y"] + field["height"] <= button["y"]
        assert button["height"] >= 44


async def test_pages_of_moderation_are_accessible(visitors: Visitors) -> None:
    author, other = await a_member("quiet-otter-41"), await a_member("calm-owl-2", role="moderator")
    board = await a_board()
    await a_helpline("Night Line", country="GB")
    removed = await a_thread(board, author, title="Removed", body="Ten mg of nothing.")
    closed = await flag_post(removed.post_id)
    await claim(closed, other.id, at=now())
    form = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="Too much detail.", words=ANSWER)
    await decide(closed, other.id, form, at=now())
    urgent = await a_thread(board, author, body=f"{URGENT} I have 20 mg of it here.")
    await a_reply(urgent, other, "I hear you.", topic="relapse")
    for severity in Severity:
        await flag_post((await a_thread(board, other, title="Another", body=HEAVY)).post_id, severity)
    case_id = (await fetch_one("SELECT id FROM moderation_case WHERE post = $1", urgent.post_id))["id"]

    places = {
        "urgent": urgent.thread_id, "removed": removed.thread_id, "removed_post": removed.post_id, "case": case_id,
    }  # fmt: skip

    found: list[str] = []
    async with visitors.visit(PHONE) as page:
        await let_in(page, author)
        for path in TO_ITS_AUTHOR:
            await have_said(page, path.format(**places), "posted")
            await page.goto(path.format(**places))
            found += await problems_at_phone_and_desk(page)
        await page.context.clear_cookies()
        moderator = await a_moderator(page)
        for path in OF_A_CASE:
            await page.goto(path.format(**places))
            found += await problems_at_phone_and_desk(page)
        await claim(case_id, moderator.id, at=now())
        await page.goto(f"/moderation/cases/{case_id}")
        await page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        found += await problems_at_phone_and_desk(page)

    assert not found, "\n".join(found)
