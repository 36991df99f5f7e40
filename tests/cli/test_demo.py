"""``kith demo`` fills an empty Kith, and leaves one in which somebody lives alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import fetch_one
from tests.support.installation import kith
from tests.support.live import services_of
from tests.support.people import a_member

if TYPE_CHECKING:
    from pathlib import Path

    from litestar import Litestar

    from server.settings import Settings


async def test_demo_is_refused_with_a_sentence_where_somebody_lives_already(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    await a_member("warm-finch-95")

    done = await kith(tmp_path / "var", "demo", **services_of(services))

    assert done.status == 1
    assert "This Kith has members of its own" in done.output
    assert "Demo logins" not in done.output
    assert (await fetch_one("SELECT count(*) AS members FROM member"))["members"] == 1
