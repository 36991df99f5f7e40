"""What supervisors and proxies are told of a database that lets nobody in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.databases import connected
from tests.support.waiting import until

if TYPE_CHECKING:
    import httpx

    from server.settings import Settings

STOP_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'kith'"
REFUSED = (["ALTER ROLE postgres NOLOGIN", STOP_ALL], ["ALTER ROLE postgres LOGIN"])
MISSING = (
    ["ALTER DATABASE kith ALLOW_CONNECTIONS false", STOP_ALL, "ALTER DATABASE kith RENAME TO moved"],
    ["ALTER DATABASE moved RENAME TO kith", "ALTER DATABASE kith ALLOW_CONNECTIONS true"],
)


@pytest.mark.parametrize(
    ("change", "told"), [(REFUSED, "refuses the user or the password"), (MISSING, "does not exist")]
)
async def test_database_that_lets_nobody_in_is_named(
    client: httpx.AsyncClient, services: Settings, change: tuple[list[str], list[str]], told: str
) -> None:
    answers: list[httpx.Response] = []

    async def is_told() -> bool:
        answers.append(await client.get("/health"))
        return answers[-1].json() == {"database": told}

    async def is_back() -> bool:
        return (await client.get("/health")).status_code == 200

    begin, end = change
    async with connected(services.database_address.replace("/kith?", "/postgres?", 1)) as connection:
        try:
            for step in begin:
                await connection.execute(step)
            await until(is_told, within=20)
        finally:
            for step in end:
                await connection.execute(step)
    await until(is_back, within=20)

    assert {answer.status_code for answer in answers} == {503}
