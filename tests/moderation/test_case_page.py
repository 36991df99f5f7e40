"""The page of a case: what it keeps covered, and the words with which it closes."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import execute
from server.clock import now
from server.moderation.acts import PostAct
from server.moderation.appealing import appeal
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.reports.forms import ReportForm
from server.reports.service import report_rules
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.myths import CLAIM, CORRECTION, a_myth
from tests.support.people import Person, a_member
from tests.support.resources import a_resource
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx

    from server.forum.posts import Written


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author, body="A post that was read before.")


async def assessed(post_id: int, severity: Severity) -> None:
    await execute(
        """INSERT INTO assessment (post, revision, model, severity, at_least_amber, at_least_red, crisis,
                                   misinformation, is_misinformation, myth, route, needs_review, created_at)
           VALUES ($1, 1, 'test', $2, 0.9, 0.8, 0.7, 0, false, '', 'publish', true, $3)""",
        post_id, severity, now(),
    )  # fmt: skip


async def is_open(client: httpx.AsyncClient, case_id: int) -> bool:
    found = re.search(r'<details class="cover"([^>]*)>', (await client.get(f"/moderation/cases/{case_id}")).text)
    assert found
    return " open" in found[1]


@pytest.mark.parametrize(
    ("severity", "lies_open"), [(Severity.CRISIS, False), (Severity.RED, False), (Severity.AMBER, True)]
)
async def test_post_of_a_report_is_covered_by_how_it_was_read(
    client: httpx.AsyncClient, moderator: Person, thread: Written, severity: Severity, *, lies_open: bool
) -> None:
    await assessed(thread.post_id, severity)
    await report_rules(thread.post_id, (await a_member("brave-wren-7")).id, ReportForm("unkind"), at=now())
    [case] = await open_cases()
    assert case["severity"] == Severity.AMBER

    assert await is_open(client, case["id"]) is lies_open  # type: ignore[arg-type]


async def test_post_stays_covered_after_a_passage_was_blacked_out(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    await assessed(thread.post_id, Severity.CRISIS)
    await execute("UPDATE post SET revision = 2")

    assert not await is_open(client, await flag_post(thread.post_id))


@pytest.mark.parametrize(("state", "is_covered"), [("published", False), ("covered", True), ("held", True)])
async def test_neighbour_lies_under_a_cover_where_readers_would_not_see_it_open(
    client: httpx.AsyncClient, moderator: Person, author: Person, thread: Written, state: str, *, is_covered: bool
) -> None:
    case_id = await flag_post(await a_reply(thread, author))
    await set_state(thread.post_id, state)

    page = (await client.get(f"/moderation/cases/{case_id}")).text

    around = page.partition("In its thread")[2].partition("</section>")[0]
    assert "A post that was read before." in around
    assert ('class="cover"' in around) is is_covered
    assert (f'<span class="tag tag-warning">{state}</span>' in around) is is_covered


async def test_page_closes_with_the_thread_and_the_moderator(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id, Severity.RED)
    assert await claim(case_id, moderator.id, at=now())

    closing = (await client.get(f"/moderation/cases/{case_id}")).text.partition('id="step-care"')[2]

    assert "5. How are the others, and how are you?" in closing
    assert f'href="/threads/{thread.thread_id}"' in closing
    assert 'href="/moderation/shift"' in closing


async def test_one_can_look_back_on_any_decision(client: httpx.AsyncClient, moderator: Person, thread: Written) -> None:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())
    decision = await decide(case_id, moderator.id, DecisionForm(revision=1), at=now())
    path = f"/moderation/debrief/{decision}"

    assert f'href="{path}"' in (await client.get("/moderation")).text
    assert f'href="{path}"' not in (await client.get(path)).text


async def test_page_does_not_claim_that_every_author_was_shown_help(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())

    page = (await client.get(f"/moderation/cases/{case_id}")).text

    assert "The author already sees the lines that are open" not in page
    assert "Only authors of posts that were read as urgent are shown the open lines by themselves" in page


@pytest.mark.parametrize(
    ("body", "need"),
    [
        ("My mother passed away, and I miss her at the funeral.", "bereavement"),
        ("He hits me when he is drunk.", "domestic-abuse"),
        ("I was raped.", "sexual-violence"),
        ("The anorexia is back.", "eating-disorders"),
        ("Heroin again after a year.", "addiction"),
    ],
)
async def test_resources_for_what_the_post_is_about_are_offered(
    client: httpx.AsyncClient, moderator: Person, author: Person, body: str, need: str
) -> None:
    for one in ("bereavement", "domestic-abuse", "sexual-violence", "eating-disorders", "addiction", "veterans"):
        await a_resource(f"Line for {one}", description="It is there.", topics=(), needs=(one,))
    post = await a_thread(await a_board(), author, body=body)
    case_id = await flag_post(post.post_id)
    assert await claim(case_id, moderator.id, at=now())

    page = (await client.get(f"/moderation/cases/{case_id}")).text

    offered = page.partition('id="resources"')[2].partition("</fieldset>")[0]
    assert f"Line for {need}" in offered
    assert "Line for veterans" not in offered


async def test_steps_come_in_the_order_in_which_somebody_thinks(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())

    page = (await client.get(f"/moderation/cases/{case_id}")).text

    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    steps = [heading for heading in headings if heading[0].isdigit()]
    assert steps == [
        "1. Does anybody need help right now?",
        "2. Is the post safe for others?",
        "3. What support does the author need?",
        "4. What can you say?",
        "5. How are the others, and how are you?",
    ]
    assert headings.index("Why it is here") < headings.index(steps[0])
    form = page.partition('id="decision"')[2].partition("</form>")[0]
    assert form.index('value="escalate"') < form.index('name="post_act"') < form.index('name="words"')
    assert form.index('name="words"') < form.index('name="severity"') < form.index('value="decide"')


async def test_rule_says_why_it_found_the_post(client: httpx.AsyncClient, moderator: Person, author: Person) -> None:
    await a_thread(await a_board(), author, body="I am going to kill myself tonight.")
    [case] = await open_cases()
    reasons = msgspec.json.decode(str(case["reasons"]))

    page = (await client.get(f"/moderation/cases/{case['id']}")).text

    why = html.unescape(page.partition('id="why"')[2].partition("</section>")[0])
    assert reasons
    for reason in reasons:
        assert (reason["kind"], bool(reason["explanation"])) == ("rule", True)
        assert f"<b>rule</b>: {reason['explanation']}" in why


@pytest.mark.parametrize(("state", "link"), [("vetted", "/myths/moonlight"), ("draft", "/moderation/myths/")])
async def test_myth_comes_with_its_correction_and_evidence(
    client: httpx.AsyncClient, moderator: Person, thread: Written, state: str, link: str
) -> None:
    await a_myth(state=state)
    case_id = await flag_post(thread.post_id)
    await execute("UPDATE moderation_case SET myth = 'moonlight-cures-a-cold', is_misinformation = true")

    why = (await client.get(f"/moderation/cases/{case_id}")).text.partition('id="why"')[2].partition("</section>")[0]

    assert f"A known myth: {CLAIM}" in why
    assert f"<p>{CORRECTION}</p>" in why
    assert "<li>Colds and the moon, The Institute 2020</li>" in why
    assert f'href="{link}' in why


async def test_earlier_decision_says_how_its_author_objects(
    client: httpx.AsyncClient, moderator: Person, author: Person, second: Person, thread: Written
) -> None:
    form = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="It names a place.")
    await appeal(await decided(thread.post_id, second, form), author.id, "There is <no> place in it.", at=now())
    other = await flag_post((await a_thread(await a_board("calm-place"), author)).post_id)

    page = (await client.get(f"/moderation/cases/{other}")).text

    before = page.partition("Decided before")[2].partition("</ul>")[0]
    assert '<b>The author objects:</b> <span dir="auto">There is &lt;no&gt; place in it.</span>' in before
