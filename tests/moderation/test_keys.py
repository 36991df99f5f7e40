"""Single letters as keys: whoever does not want them has them off on every device, also after signing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.people import enter, hidden_fields, submit
from tests.support.saying import goes_to

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser
    from tests.support.people import Person

OFF = '<template id="keys" data-off>'
ON = '<template id="keys">'


async def test_keys_stay_off_after_signing_out_and_on_another_device(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, moderator: Person
) -> None:
    assert ON in (await client.get("/moderation")).text

    await submit(client, "/moderation/keys", {}, page="/moderation/shift")
    await submit(client, "/sign-out", page="/moderation/shift")
    await enter(client, app, moderator, second_factor=True)
    elsewhere = new_browser()
    await enter(elsewhere, app, moderator, second_factor=True)

    assert [OFF in (await browser.get("/moderation")).text for browser in (client, elsewhere)] == [True, True]


async def test_choice_stands_on_the_page_of_the_shift_and_can_be_taken_back(
    client: httpx.AsyncClient, moderator: Person
) -> None:
    shift = "/moderation/shift"
    assert 'name="keys" value="1" checked' in (await client.get(shift)).text

    saved = await submit(client, "/moderation/keys", {}, page=shift)

    assert goes_to(saved) == (shift, "saved")
    assert 'name="keys" value="1" checked' not in (await client.get(shift)).text
    await client.post("/moderation/keys", data={**hidden_fields((await client.get(shift)).text), "keys": "1"})
    assert ON in (await client.get("/moderation")).text
