"""``kith admin create`` makes somebody who can sign in, by questions or by options."""

from __future__ import annotations

import json

from tests.support.installation import kith


async def test_options_alone_are_enough_for_a_script(tmp_path):
    done = await kith(tmp_path / "var", "admin", "create", "--handle", "KindHeron12", "--json")
    assert done.status == 0, done.output
    made = json.loads(done.output)
    assert made["handle"] == "KindHeron12"
    assert len(made["phrase"].split()) == 7
    assert made["totp_uri"].startswith("otpauth://totp/")
    assert len(made["recovery_codes"]) == 10
    assert (made["where"], made["begun"]) == (str(tmp_path / "var"), True)


async def test_without_options_it_asks_for_a_handle_and_shows_everything_once(tmp_path):
    done = await kith(tmp_path / "var", "admin", "create", typed="CalmOtter34\n")
    assert done.status == 0, done.output
    assert "CalmOtter34 is an admin now" in done.output
    assert "Recovery phrase" in done.output
    assert "otpauth://totp/" in done.output
    assert f"A new Kith was begun in {tmp_path}/var." in done.output


async def test_it_says_of_which_kith_the_admin_is(tmp_path):
    await kith(tmp_path / "var", "migrate")
    done = await kith(tmp_path / "var", "admin", "create", "--handle", "KindHeron12")
    assert done.output.rstrip().endswith(f"This is the Kith in {tmp_path}/var.")


async def test_a_handle_that_is_taken_is_refused_with_a_sentence(tmp_path):
    await kith(tmp_path / "var", "admin", "create", "--handle", "KindHeron12")
    again = await kith(tmp_path / "var", "admin", "create", "--handle", "kindheron12")
    assert again.status == 1
    assert "Somebody else has this name already" in again.output


async def test_a_password_from_standard_input_is_checked_like_any_other(tmp_path):
    command = ("admin", "create", "--handle", "KindHeron12", "--password-stdin")
    weak = await kith(tmp_path / "var", *command, typed="password1\n")
    assert weak.status == 1
    assert "at least 10 characters" in weak.output
    good = await kith(tmp_path / "var", *command, typed="river under seven bridges\n")
    assert good.status == 0, good.output
    assert "river" not in good.output
