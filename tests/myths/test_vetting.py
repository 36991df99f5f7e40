"""From draft to retired: who may do which step, and what goes back to review."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.housekeeping import run_all
from tests.support.myths import FIELDS, a_myth
from tests.support.people import a_member, enter, hidden_fields, submit
from tests.support.saying import goes_to
from triage.queue.audit import read_entries, verify

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.people import Person

TODAY = now().date()
NEXT_YEAR = (TODAY + timedelta(days=365)).isoformat()
VETTING = {"checked_on": TODAY.isoformat(), "review_on": NEXT_YEAR, "read-0": "1"}
OTHERWISE = {
    "claim": "Starlight cures a cold.",
    "topic": "chronic-illness",
    "phrasings": "star light\nstar bright\nstarry night",
    "harm": "serious",
    "correction": "It does not.",
    "counter": "Does it?",
    "source-0-title": "Colds and stars",
    "source-0-publisher": "The Academy",
    "source-0-year": "2021",
    "source-0-url": "https://academy.example.org/stars",
}


async def the_myth() -> dict[str, object]:
    return dict(await fetch_one("SELECT * FROM myth ORDER BY id LIMIT 1"))


async def seen() -> str:
    return (await fetch_one("SELECT updated_at FROM myth ORDER BY id LIMIT 1"))["updated_at"].isoformat()


async def test_one_writes_another_vets_and_members_see_it(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    made = await submit(client, "/moderation/myths/new", {**FIELDS, "intent": "draft"})
    assert goes_to(made) == ("/moderation/myths/1", "saved")
    await submit(client, "/moderation/myths/1/submit")
    assert (await client.get("/myths/moonlight-cures-a-cold")).status_code == 404

    vetted = await submit(colleague, "/moderation/myths/1/vet", {**VETTING, "seen": await seen()})

    assert vetted.status_code == 303
    row = await the_myth()
    assert (row["state"], row["written_by"], row["checked_on"]) == ("vetted", writer.id, TODAY)
    assert row["vetted_by"] != writer.id
    assert (await client.get("/myths/moonlight-cures-a-cold")).status_code == 200
    acts = [(entry.act, entry.subject) for entry in await read_entries()]
    assert acts == [(act, "myth:1") for act in ("write-myth", "submit-myth", "vet-myth")]
    assert await verify() == 3


async def test_writer_cannot_vet_their_own(writer: Person, client: httpx.AsyncClient) -> None:
    await a_myth(state="review", written_by=writer)

    answer = await submit(client, "/moderation/myths/1/vet", {**VETTING, "seen": await seen()})

    assert answer.status_code == 409
    assert (await the_myth())["state"] == "review"
    assert "/moderation/myths/1/vet" not in (await client.get("/moderation/myths/1")).text


async def test_vetting_says_which_source_was_read(writer: Person, client: httpx.AsyncClient) -> None:
    await a_myth(state="review")

    await submit(client, "/moderation/myths/1/vet", {**VETTING, "seen": await seen()})

    [source] = msgspec.json.decode(str((await the_myth())["evidence"]))
    assert (source["read"], source["checked"]) == (True, TODAY.isoformat())


@pytest.mark.parametrize(
    "changed",
    [
        {"read-0": None},
        {"read-0": None, "read-x": "1"},
        {"checked_on": ""},
        {"checked_on": (TODAY + timedelta(days=1)).isoformat()},
        {"review_on": TODAY.isoformat()},
        {"review_on": "2999-01-01"},
    ],
)
async def test_vetting_needs_a_source_read_and_two_sensible_days(
    writer: Person, client: httpx.AsyncClient, changed: dict[str, str | None]
) -> None:
    await a_myth(state="review")
    fields = {name: text for name, text in ({**VETTING, **changed}).items() if text is not None}

    answer = await submit(client, "/moderation/myths/1/vet", {**fields, "seen": await seen()})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert (await the_myth())["state"] == "review"


async def test_myth_without_evidence_is_not_vetted(writer: Person, client: httpx.AsyncClient) -> None:
    await a_myth(state="review")
    await execute("UPDATE myth SET evidence = '[]'")

    answer = await submit(client, "/moderation/myths/1/vet", {**VETTING, "seen": await seen()})

    assert answer.status_code == 409
    assert "does not say yet where its facts were read" in answer.text


@pytest.mark.parametrize("state", ["draft", "vetted", "expired", "retired"])
async def test_only_what_waits_in_review_is_vetted(writer: Person, client: httpx.AsyncClient, state: str) -> None:
    await a_myth(state=state)

    answer = await submit(client, "/moderation/myths/1/vet", {**VETTING, "seen": await seen()})

    assert answer.status_code == 409
    assert (await the_myth())["state"] == state


@pytest.mark.parametrize(
    "changed",
    [
        {"claim": "Moonlight cures every cold."},
        {"phrasings": FIELDS["phrasings"] + "\nMoonbathe and be well."},
        {"harm": "life-threatening"},
        {"correction": "A cold goes by itself."},
        {"source-0-year": "2021"},
        {"source-1-title": "More", "source-1-publisher": "Us", "source-1-url": "https://more.example.org/"},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_change_of_what_was_vetted_goes_back_to_review(
    writer: Person, client: httpx.AsyncClient, changed: dict[str, str]
) -> None:
    await a_myth()

    await submit(client, "/moderation/myths/1", {**FIELDS, **changed, "intent": "review", "seen": await seen()})

    row = await the_myth()
    assert (row["state"], row["written_by"], row["review_on"]) == ("review", writer.id, None)
    assert (await client.get("/myths/moonlight-cures-a-cold")).status_code == 404


async def test_topic_and_denials_change_without_a_new_vetting(writer: Person, client: httpx.AsyncClient) -> None:
    await a_myth()
    changed = {"topic": "chronic-illness", "counter": "No moon ever cured a cold."}

    await submit(client, "/moderation/myths/1", {**FIELDS, **changed, "seen": await seen()})

    row = await the_myth()
    assert (row["state"], row["topic"], row["written_by"]) == ("vetted", "chronic-illness", None)


async def test_changed_source_is_one_that_nobody_has_read(writer: Person, client: httpx.AsyncClient) -> None:
    await a_myth()
    more = {"source-1-title": "More", "source-1-publisher": "Us", "source-1-url": "https://more.example.org/"}

    await submit(client, "/moderation/myths/1", {**FIELDS, **more, "seen": await seen()})

    sources = msgspec.json.decode(str((await the_myth())["evidence"]))
    assert [source["read"] for source in sources] == [True, False]


async def test_second_of_two_changes_is_refused_and_its_text_comes_back(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_myth(state="draft")
    before = await seen()
    await submit(client, "/moderation/myths/1", {**FIELDS, "claim": "The first.", "seen": before})

    answer = await submit(colleague, "/moderation/myths/1", {**FIELDS, "claim": "The second.", "seen": before})

    assert answer.status_code == 409
    assert 'value="The second."' in answer.text
    assert (await the_myth())["claim"] == "The first."


async def test_change_that_was_sent_with_a_mistake_first_overwrites_nothing_saved_meanwhile(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_myth(state="draft")
    before = await seen()
    await submit(colleague, "/moderation/myths/1", {**FIELDS, "claim": "The first.", "seen": before})
    mistaken = await submit(client, "/moderation/myths/1", {**FIELDS, "claim": "", "seen": before})

    answer = await submit(
        client, "/moderation/myths/1", {**FIELDS, "claim": "The second.", "seen": hidden_fields(mistaken.text)["seen"]}
    )

    assert (mistaken.status_code, answer.status_code) == (422, 409)
    assert (await the_myth())["claim"] == "The first."


async def test_words_saved_meanwhile_stand_beside_those_that_were_typed_and_can_be_overwritten_then(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_myth(state="draft")
    before = await seen()
    await submit(colleague, "/moderation/myths/1", {**FIELDS, **OTHERWISE, "seen": before})

    answer = await submit(client, "/moderation/myths/1", {**FIELDS, "seen": before})
    again = await submit(client, "/moderation/myths/1", {**FIELDS, "seen": hidden_fields(answer.text)["seen"]})

    saved = answer.text.partition('id="saved-title"')[2].partition("</section>")[0]
    for words in (
        "Starlight cures a cold.", "Long illness", "star light\nstar bright\nstarry night", "serious", "It does not.",
        "Does it?", "Colds and stars, The Academy, 2021, https://academy.example.org/stars",
    ):  # fmt: skip
        assert f">{words}</dd>" in saved, words
    assert again.status_code == 303


async def test_nobody_vouches_after_a_mistake_for_words_that_they_have_not_seen(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_myth(state="review")
    before = await seen()
    await submit(client, "/moderation/myths/1", {**FIELDS, "claim": "The first.", "seen": before, "intent": "review"})
    mistaken = await submit(colleague, "/moderation/myths/1/vet", {**VETTING, "checked_on": "", "seen": before})
    vetting_form = mistaken.text.partition('/vet"')[2].partition("</form>")[0]

    again = {**VETTING, "seen": hidden_fields(vetting_form)["seen"]}
    answer = await submit(colleague, "/moderation/myths/1/vet", again)

    assert (mistaken.status_code, answer.status_code) == (422, 409)
    assert (await the_myth())["state"] == "review"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("claim", ""),
        ("claim", "x" * 201),
        ("topic", "rumours"),
        ("harm", ""),
        ("phrasings", "Only one way"),
        ("phrasings", "\n".join(f"way {number}" for number in range(7))),
        ("phrasings", "the same\nthe same\nthe  same"),
        ("correction", ""),
        ("correction", "word " * 81),
        ("correction", "Take 400 mg instead."),
        ("counter", "\n".join(f"no {number}" for number in range(5))),
        ("source-0-url", "javascript:alert(1)"),
        ("source-0-url", "https://user@institute.example.org/"),
        ("source-0-publisher", ""),
        ("source-0-year", "20"),
        ("source-0-year", "2999"),
        ("slug", "Not A Name"),
        ("slug", "none"),
    ],
)
async def test_unusable_myth_comes_back_with_what_was_typed(
    writer: Person, client: httpx.AsyncClient, field: str, value: str
) -> None:
    answer = await submit(client, "/moderation/myths/new", {**FIELDS, "source-0-title": "Mine to keep", field: value})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "Mine to keep" in answer.text
    assert await fetch("SELECT 1 FROM myth") == []


async def test_short_name_of_another_is_refused(writer: Person, client: httpx.AsyncClient) -> None:
    await a_myth()

    answer = await submit(client, "/moderation/myths/new", {**FIELDS, "topic": "addiction"})

    assert answer.status_code == 422
    assert "Another myth has this short name" in answer.text


async def test_retired_one_is_gone_for_members_and_stays_retired(writer: Person, client: httpx.AsyncClient) -> None:
    await a_myth()

    assert (await submit(client, "/moderation/myths/1/retire")).status_code == 303

    assert (await client.get("/myths/moonlight-cures-a-cold")).status_code == 404
    assert (await submit(client, "/moderation/myths/1", {**FIELDS, "seen": await seen()})).status_code == 409
    assert (await submit(client, "/moderation/myths/1/submit")).status_code == 409


async def test_expired_one_is_written_down_submitted_and_vetted_again(
    writer: Person, client: httpx.AsyncClient
) -> None:
    await a_myth(review_on=TODAY)
    await run_all(now=now())
    assert (await the_myth())["state"] == "expired"

    await submit(client, "/moderation/myths/1/submit")
    await submit(client, "/moderation/myths/1/vet", {**VETTING, "seen": await seen()})

    assert (await client.get("/myths/moonlight-cures-a-cold")).status_code == 200


@pytest.mark.parametrize("act", ["new", "1", "1/submit", "1/vet", "1/retire"])
async def test_members_change_nothing(app: Litestar, client: httpx.AsyncClient, act: str) -> None:
    await a_myth(state="review")
    before = await the_myth()
    await enter(client, app, await a_member("quiet-otter-41"))

    answer = await submit(client, f"/moderation/myths/{act}", {**FIELDS, **VETTING}, page="/account")

    assert answer.status_code == 404
    assert await the_myth() == before


@pytest.mark.parametrize("page", ["", "/new", "/1"])
async def test_page_opens_for_staff_with_a_second_factor_alone(
    app: Litestar, client: httpx.AsyncClient, page: str
) -> None:
    await a_myth()
    await enter(client, app, await a_member("quiet-otter-41", role="moderator"))

    assert (await client.get(f"/moderation/myths{page}")).headers["location"].startswith("/sign-in/code")


async def test_list_is_narrowed_by_state_topic_and_words(writer: Person, client: httpx.AsyncClient) -> None:
    await a_myth()
    await a_myth("Due one.", slug="due", review_on=TODAY, topic="addiction", phrasings=("sunlight",))
    await a_myth("Waiting one.", slug="waiting", state="review", topic="addiction", phrasings=("starlight",))

    for query, found in (
        ("state=expired", {"Due one."}),
        ("state=review", {"Waiting one."}),
        ("topic=addiction", {"Due one.", "Waiting one."}),
        ("q=starlight", {"Waiting one."}),
        ("q=%22%29+OR+%28&state=nonsense", set()),
    ):
        page = (await client.get(f"/moderation/myths?{query}")).text
        claims = ("Moonlight cures a cold.", "Due one.", "Waiting one.")
        assert {claim for claim in claims if claim in page} == found, query
