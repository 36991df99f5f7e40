"""What every test may use: a real PostgreSQL and a real Redis of its own, started once for the whole run."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import settings

from server.logs import configure_logs
from server.services.embedded import start_services
from server.services.supervisor import Supervisor
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

settings.register_profile("kith", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("kith")

pytest_plugins = ["tests.support.app", "tests.support.live"]


@pytest.fixture(scope="session", autouse=True)
def logs_as_in_service() -> None:
    """Log as Kith does when it runs: what a library's default would draw of an exception takes seconds."""
    configure_logs("warning")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def services() -> AsyncIterator[Settings]:
    """Start embedded PostgreSQL and Redis in a temporary directory; yield the settings that lead to them."""
    with tempfile.TemporaryDirectory(prefix="kith-tests-", ignore_cleanup_errors=True) as folder:
        settings = Settings(data_dir=Path(folder) / "var", secret_key="for tests alone, never for members")
        async with Supervisor() as supervisor:
            await start_services(
                supervisor,
                settings,
                postgres_settings={"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"},
                redis_settings={"appendonly": "no"},
            )
            yield settings
