"""What moderators decided, as examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.forum.taking_down import delete_post
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.opinion import set_judges_first
from server.moderation.undoing import undo
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import a_member
from triage.posts import Post
from triage.queue.claims import claim
from triage.scales import Severity
from triage.training.decisions import SWAYED_WEIGHT, read_decisions

if TYPE_CHECKING:
    from litestar import Litestar

    from tests.support.people import Person


async def judge(post_id: int, moderator: Person, form: DecisionForm) -> int:
    case_id = await flag_post(post_id)
    assert await claim(case_id, moderator.id, at=now())
    return await decide(case_id, moderator.id, form, at=now())


async def test_text_is_the_one_that_was_judged_with_its_context(app: Litestar) -> None:
    author, moderator = await a_member("quiet-otter-41"), await a_member("calm-owl-1", role="moderator")
    thread = await a_thread(await a_board(), author, title="Tonight", body="Soup.")
    answer = await a_reply(thread, author, "me too")
    await judge(thread.post_id, moderator, DecisionForm(revision=1, severity=Severity.GREEN))
    await judge(answer, moderator, DecisionForm(revision=1, severity=Severity.RED, misinformation=False))
    change = Change(title="Tonight", body="Rice.", note=ContentNote(), revision=1)
    await change_post(thread.post_id, author.id, change, at=now())

    first, second = await read_decisions()

    assert (first.post, first.severity) == (Post(text="Soup.", title="Tonight"), Severity.GREEN)
    assert second.post.parent == "Tonight\nSoup."
    assert (second.severity, second.misinformation) == (Severity.RED, False)


async def test_what_an_earlier_parent_said_is_gone_with_it(app: Litestar) -> None:
    author, moderator = await a_member("quiet-otter-41"), await a_member("calm-owl-1", role="moderator")
    thread = await a_thread(await a_board(), author, title="Tonight", body="Soup.")
    quoted = await a_reply(thread, author, "Rice.")
    answers = [await a_reply(thread, author, "me too"), await a_reply(thread, author, "so do I", to=quoted)]
    for answer in answers:
        await judge(answer, moderator, DecisionForm(revision=1, severity=Severity.GREEN))
    for post_id in (thread.post_id, quoted):
        await delete_post(post_id, author.id, at=now())

    parents = {example.post.parent for example in await read_decisions()}

    assert not [parent for parent in parents if "Soup" in parent or "Rice" in parent]
    assert len(parents) == 1


async def test_later_judgement_leaves_what_it_says_nothing_about(app: Litestar) -> None:
    author, moderator = await a_member("quiet-otter-41"), await a_member("calm-owl-1", role="moderator")
    post_id = (await a_thread(await a_board(), author)).post_id
    for form in (
        DecisionForm(revision=1, severity=Severity.AMBER),
        DecisionForm(revision=1, severity=Severity.RED),
        DecisionForm(revision=1, misinformation=True),
    ):
        await judge(post_id, moderator, form)

    [example] = await read_decisions()

    assert (example.severity, example.misinformation) == (Severity.RED, True)


async def test_judgement_made_without_the_classifiers_opinion_teaches_more(app: Litestar) -> None:
    author, board = await a_member("quiet-otter-41"), await a_board()
    for handle, judges_first in (("calm-owl-1", True), ("kind-owl-2", False)):
        moderator = await a_member(handle, role="moderator")
        await set_judges_first(moderator.id, wanted=judges_first, at=now())
        thread = await a_thread(board, author, title=handle)
        await judge(thread.post_id, moderator, DecisionForm(revision=1, severity=Severity.GREEN))

    weights = {example.post.title: example.weight for example in await read_decisions()}

    assert weights == {"calm-owl-1": 1.0, "kind-owl-2": SWAYED_WEIGHT}


async def test_what_was_taken_back_or_taken_down_teaches_nothing(app: Litestar) -> None:
    author, moderator = await a_member("quiet-otter-41"), await a_member("calm-owl-1", role="moderator")
    board = await a_board()
    kept, undone, gone = [(await a_thread(board, author, title=f"Thread {n}")).post_id for n in range(3)]
    await judge(kept, moderator, DecisionForm(revision=1, severity=Severity.GREEN))
    await undo(await judge(undone, moderator, DecisionForm(revision=1, severity=Severity.RED)), moderator.id, at=now())
    await judge(gone, moderator, DecisionForm(revision=1, severity=Severity.RED))
    await delete_post(gone, author.id, at=now())

    assert [example.severity for example in await read_decisions()] == [Severity.GREEN]


async def test_copies_of_one_text_stay_together_with_every_revision_of_theirs(app: Litestar) -> None:
    author, moderator, board = (
        await a_member("quiet-otter-41"),
        await a_member("calm-owl-1", role="moderator"),
        await a_board(),
    )
    copied, copy, other = [
        await a_thread(board, author, title=f"Thread {number}", body=body)
        for number, body in enumerate(("Buy  these drops.", "Buy these\ndrops.", "Soup."))
    ]
    for thread in (copied, copy, other):
        await judge(thread.post_id, moderator, DecisionForm(revision=1, severity=Severity.GREEN))
    change = Change(title="Thread 0", body="Never mind.", note=ContentNote(), revision=1)
    await change_post(copied.post_id, author.id, change, at=now())
    await judge(copied.post_id, moderator, DecisionForm(revision=2, severity=Severity.GREEN))

    groups = {example.post.text: example.group for example in await read_decisions()}

    assert groups["Buy  these drops."] == groups["Buy these\ndrops."] == groups["Never mind."] != groups["Soup."]
    assert groups["Buy  these drops."] == f"decided:{copied.post_id}", "by the oldest post, so that it keeps its name"
