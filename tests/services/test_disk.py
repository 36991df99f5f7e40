"""A disk that fills up is told before nothing can be written any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from server.services import disk
from server.worker import housekeep

if TYPE_CHECKING:
    import pytest
    from litestar import Litestar

    from server.settings import Settings


async def test_hourly_round_tells_of_a_disk_that_is_nearly_full(
    app: Litestar, services: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with capture_logs() as before:
        await housekeep({"settings": services})
    monkeypatch.setattr(disk, "LITTLE_DISK", 2**62)
    with capture_logs() as after:
        await housekeep({"settings": services})

    told = [{line["event"] for line in lines} for lines in (before, after)]
    assert "little_disk_space" not in told[0]
    assert "little_disk_space" in told[1]
