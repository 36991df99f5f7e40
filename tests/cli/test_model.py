"""``kith model``: an admin sees the models, chooses one, and sets from which probability on a post is flagged."""

from __future__ import annotations

import shutil

import pytest

from tests.support.folders import data_directory_of_another
from tests.support.installation import kith, names_in
from tests.support.live import services_of
from tests.support.model import copy_of_release, rename, with_encoder, write_weights
from triage.model.base import find_encoder
from triage.queue.audit import read_entries

NO_DATABASE = {"KITH_DATABASE_URL": "postgresql://kith@127.0.0.1:9/kith", "KITH_SECRET_KEY": "k" * 40}
"""What leads to a database that is away: a model can be chosen all the same."""


async def test_released_model_is_listed_as_in_use(tmp_path):
    done = await kith(tmp_path, "model", "list", **NO_DATABASE)
    assert done.status == 0, done.output
    assert done.output.startswith("* released: amber ")


async def test_threshold_can_be_set_and_taken_back(tmp_path):
    before = (await kith(tmp_path, "model", "list", **NO_DATABASE)).output
    done = await kith(tmp_path, "model", "thresholds", "released", "--red", "0.321", **NO_DATABASE)
    assert done.status == 0, done.output
    assert "red 0.321" in (await kith(tmp_path, "model", "list", **NO_DATABASE)).output
    await kith(tmp_path, "model", "thresholds", "released", "--reset", **NO_DATABASE)
    assert (await kith(tmp_path, "model", "list", **NO_DATABASE)).output == before


async def test_thresholds_fit_no_other_model_of_the_same_name(tmp_path):
    (tmp_path / "models").mkdir()
    folder = copy_of_release(tmp_path / "models" / "new")
    rename(folder, "kith-98")
    await kith(tmp_path, "model", "thresholds", "new", "--red", "0.321", **NO_DATABASE)
    before = (await kith(tmp_path, "model", "list", **NO_DATABASE)).output
    rename(folder, "kith-99")
    after = (await kith(tmp_path, "model", "list", **NO_DATABASE)).output
    assert "red 0.321" in before
    assert "red 0.321" not in after


async def test_threshold_that_is_no_probability_is_refused(tmp_path):
    done = await kith(tmp_path, "model", "thresholds", "released", "--red", "1.5", **NO_DATABASE)
    assert done.status == 2
    assert "1.5 is not in the range" in done.output


async def test_thresholds_without_a_wish_say_what_to_name(tmp_path):
    done = await kith(tmp_path, "model", "thresholds", "released", **NO_DATABASE)
    assert done.status == 1
    assert "--red 0.2" in done.output


async def test_model_can_be_chosen_and_gone_back_from(tmp_path):
    (tmp_path / "models").mkdir()
    copy_of_release(tmp_path / "models" / "new")
    assert (await kith(tmp_path, "model", "use", "new", **NO_DATABASE)).status == 0
    assert "* new:" in (await kith(tmp_path, "model", "list", **NO_DATABASE)).output
    assert (await kith(tmp_path, "model", "use", "released", **NO_DATABASE)).status == 0
    assert "* released:" in (await kith(tmp_path, "model", "list", **NO_DATABASE)).output


@pytest.mark.parametrize("harm", ["no number", "no tokenizer"])
async def test_model_that_reads_nothing_cannot_be_put_in_use(tmp_path, harm):
    folder = copy_of_release(tmp_path / "models" / "new")
    if harm == "no number":
        write_weights(folder, float("nan"))
    else:
        encoder = shutil.copytree(find_encoder(), tmp_path / "encoder")
        (encoder / "tokenizer.json").write_bytes(b"{")
        with_encoder(folder, encoder, pins=False)
    done = await kith(tmp_path, "model", "use", "new", **NO_DATABASE)
    assert done.status == 1
    assert ("is no number" if harm == "no number" else "tokenizer.json cannot be read") in done.output
    assert "Traceback" not in done.output
    assert "* released:" in (await kith(tmp_path, "model", "list", **NO_DATABASE)).output


async def test_choice_that_the_environment_overrules_is_said(tmp_path):
    (tmp_path / "models").mkdir()
    copy_of_release(tmp_path / "models" / "new")
    chosen = await kith(tmp_path, "model", "use", "released", KITH_MODEL="new", **NO_DATABASE)
    assert "KITH_MODEL names new" in chosen.output
    assert "in use from now on" not in chosen.output
    assert "* new:" in (await kith(tmp_path, "model", "list", KITH_MODEL="new", **NO_DATABASE)).output


@pytest.mark.parametrize("act", [("use", "released"), ("thresholds", "released", "--red", "0.2"), ("list",)])
async def test_models_of_another_user_are_left_to_that_user(tmp_path, act):
    data_dir, folder = data_directory_of_another(tmp_path)
    before = names_in(data_dir)
    done = await kith(data_dir, "model", *act, **NO_DATABASE)
    assert done.status == 1
    assert f"{folder} belongs to the user {folder.owner()}. Run this as that user" in done.output
    assert names_in(data_dir) == before


async def test_unknown_model_is_named_with_those_that_there_are(tmp_path):
    done = await kith(tmp_path, "model", "use", "kith-99", **NO_DATABASE)
    assert done.status == 1
    assert "There are: released" in done.output


async def test_model_and_thresholds_are_noted_where_there_is_a_database(app, services, tmp_path):
    elsewhere = services_of(services)
    (tmp_path / "models").mkdir()
    copy_of_release(tmp_path / "models" / "new")
    used = await kith(tmp_path, "model", "use", "new", **elsewhere)
    await kith(tmp_path, "model", "thresholds", "new", "--red", "0.321", **elsewhere)

    assert "audit log" not in used.output
    use, limits = await read_entries()
    assert (use.act, use.actor, use.subject, use.detail) == ("use-model", None, "model:new", {"before": "released"})
    assert (limits.act, limits.subject, limits.detail["red"]) == ("set-thresholds", "model:new", "0.321")


async def test_model_is_changed_without_a_database_too_and_that_is_said(tmp_path):
    done = await kith(tmp_path, "model", "thresholds", "released", "--red", "0.321", **NO_DATABASE)
    assert done.status == 0, done.output
    assert "This is not in the audit log: " in done.output
    assert "red 0.321" in (await kith(tmp_path, "model", "list", **NO_DATABASE)).output
