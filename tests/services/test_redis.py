"""The embedded Redis keeps what it was given through a crash, and says how to install one where none is."""

from __future__ import annotations

import importlib.util
import os
import signal
from typing import TYPE_CHECKING

import psutil
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.services.embedded import prepare_folders
from server.services.failures import ServiceFailed
from server.services.redis import NAME, prepare_redis, redis_program
from server.services.supervisor import Supervisor
from server.settings import Settings
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data_dir=tmp_path / "var", secret_key="k" * 40)
    prepare_folders(settings.places)
    return settings


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    client = Redis.from_url(settings.redis_address, socket_timeout=5, decode_responses=True)
    yield client
    await client.aclose()


async def answers(redis: Redis) -> bool:
    try:
        return bool(await redis.ping())
    except (RedisError, OSError):
        return False


async def test_what_it_was_given_survives_a_kill_and_the_server_comes_back(settings, redis):
    async with Supervisor() as supervisor:
        await supervisor.start(await prepare_redis(settings.places))
        await redis.set("kept", "42")
        # Everything before this point is in the file: rewriting it waits for what is still buffered.
        await until(lambda: appended(settings, "kept"))
        first = supervisor.process_id(NAME)
        os.kill(first, signal.SIGKILL)
        await until(lambda: supervisor.process_id(NAME) != first)
        await until(lambda: answers(redis))
        assert await redis.get("kept") == "42"


def appended(settings: Settings, word: str) -> bool:
    files = settings.places.redis_data.rglob("*appendonly*")
    return any(word.encode() in file.read_bytes() for file in files if file.is_file())


async def test_it_forgets_nothing_by_itself_and_listens_on_no_network_address(settings, redis):
    async with Supervisor() as supervisor:
        await supervisor.start(await prepare_redis(settings.places))
        wanted = {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "save": ""}
        assert {name: (await redis.config_get(name))[name] for name in wanted} == wanted
        assert psutil.Process(supervisor.process_id(NAME)).net_connections(kind="inet") == []
    assert settings.places.redis_data.stat().st_mode & 0o777 == 0o700


async def test_only_we_may_use_its_socket(settings):
    async with Supervisor() as supervisor:
        await supervisor.start(await prepare_redis(settings.places))
        assert settings.places.redis_socket.stat().st_mode & 0o777 == 0o700


async def test_slow_commands_are_not_kept_with_what_members_wrote(settings, redis):
    async with Supervisor() as supervisor:
        await supervisor.start(await prepare_redis(settings.places))
        await redis.set("draft", "something that a member wrote")
        assert await redis.slowlog_len() == 0
        assert (await redis.config_get("slowlog-log-slower-than"))["slowlog-log-slower-than"] == "-1"


def test_without_any_redis_the_message_says_how_to_install_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ServiceFailed, match=r"apt install redis-server.*KITH_REDIS_URL"):
        redis_program()


def test_a_server_on_path_is_preferred_and_one_that_is_too_old_is_not(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    server = tmp_path / "valkey-server"
    server.write_text("#!/bin/sh\necho 'Server v=8.0.1 sha=0:0 malloc=libc'\n")
    server.chmod(0o755)
    assert redis_program() == str(server)
    server.write_text("#!/bin/sh\necho 'Server v=5.0.7 sha=0:0 malloc=libc'\n")
    assert redis_program() != str(server)
