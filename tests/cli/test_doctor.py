"""``kith doctor`` says what is wrong and what to do, and its exit status can be watched."""

from __future__ import annotations

from server.jobs import JOB_QUEUE
from server.triage_state import TriageState, say_state
from tests.support.installation import kith, running
from tests.support.live import services_of


async def test_a_new_installation_lacks_an_admin_and_nothing_else(tmp_path):
    await kith(tmp_path / "var", "seed")
    done = await kith(tmp_path / "var", "doctor")
    failing = [line for line in done.output.splitlines() if line.startswith("fail")]
    assert failing == ["fail  There is no admin"]
    assert "Run: kith admin create" in done.output
    assert done.status == 1


async def test_a_healthy_running_kith_gets_exit_status_zero(tmp_path):
    async with running(tmp_path / "var", tmp_path / "log") as installation:
        await kith(installation.data_dir, "admin", "create", "--handle", "KindHeron12")
        done = await kith(installation.data_dir, "doctor")
    assert done.status == 0, done.output
    for words in ("PostgreSQL keeps what it confirmed", "Redis keeps what it is given", "The worker is at work"):
        assert f"ok    {words}" in done.output


async def test_a_key_that_others_can_read_fails(tmp_path):
    await kith(tmp_path / "var", "migrate")
    (tmp_path / "var" / "secret_key").chmod(0o644)
    done = await kith(tmp_path / "var", "doctor")
    assert "can be read by others (mode 644)" in done.output
    assert done.status == 1


async def test_an_unencrypted_public_address_and_a_misspelt_setting_are_pointed_out(tmp_path):
    await kith(tmp_path / "var", "migrate")
    done = await kith(tmp_path / "var", "doctor", KITH_BASE_URL="http://kith.example.org", KITH_LISEN="x")
    assert "http://kith.example.org, unencrypted" in done.output
    assert "Did you mean KITH_LISTEN?" in done.output


async def test_services_that_do_not_answer_are_a_finding_not_a_crash(tmp_path):
    done = await kith(
        tmp_path / "var",
        "doctor",
        KITH_SECRET_KEY="k" * 40,
        KITH_DATABASE_URL="postgresql://kith@127.0.0.1:9/kith",
        KITH_REDIS_URL="redis://127.0.0.1:9",
    )
    assert "fail  PostgreSQL or Redis cannot be used" in done.output
    assert done.status == 1


async def test_a_worker_that_reads_no_posts_fails(app, services, tmp_path):
    await app.state.redis.set(f"{JOB_QUEUE}:health-check", "at work", ex=60)
    await say_state(app.state.redis, TriageState(problem="The model is damaged."))
    done = await kith(tmp_path / "var", "doctor", **services_of(services))
    assert "fail  The worker reads no posts: The model is damaged." in done.output
    assert done.status == 1


async def test_a_redis_that_may_forget_is_no_place_of_drafts(services, tmp_path):
    done = await kith(tmp_path / "var", "doctor", **services_of(services))
    assert "warn  Redis may forget wake-ups, limits and what was noted of the audit log: appendonly no" in done.output
