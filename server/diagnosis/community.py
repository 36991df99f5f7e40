"""Checks of what a community needs: tables, boards, helplines, resources, an admin. The database is open already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import models
from models.database import fetch, fetch_one
from server.clock import now
from server.diagnosis.finding import Finding, fail, ok, warn
from server.resources.crisis_lines import has_crisis_helpline

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from server.settings import Settings


async def check_community(settings: Settings) -> AsyncIterator[Finding]:
    """Look at migrations first; without up-to-date tables the rest cannot be asked."""
    missing = await _missing_migrations()
    if missing:
        yield fail(f"{len(missing)} migration(s) have not run", "Run: kith migrate")
        return
    yield ok("Tables are up to date")
    yield await _count("board", "board(s)", fail("There are no boards", "Run: kith seed"))
    yield await _count(
        "helpline WHERE state = 'confirmed'",
        "confirmed helpline(s)",
        fail("Members see no helpline", "Run `kith seed`, then confirm the ones of your country on the admin pages."),
    )
    yield await _crisis_resource(settings.default_region)
    yield await _count("member WHERE role = 'admin'", "admin(s)", fail("There is no admin", "Run: kith admin create"))
    without = await fetch_one("SELECT count(*) AS n FROM member WHERE role <> 'member' AND totp_secret IS NULL")
    if without["n"]:
        yield warn(f"{without['n']} of the staff have no second factor yet", "They set it up when they next sign in.")
    yield await _way_to_on_call(settings)


async def _way_to_on_call(settings: Settings) -> Finding:
    devices = await fetch_one(
        """SELECT count(*) AS n FROM push_subscription JOIN member ON member.id = push_subscription.member
           WHERE member.role IN ('admin', 'clinician')"""
    )
    ways = [
        *(["webhook"] if settings.alert_webhook else []),
        *(["mail"] if settings.alert_smtp else []),
        *([f"push to {devices['n']} device(s)"] if settings.push and devices["n"] else []),
    ]
    if ways:
        return ok(f"On-call is called outside of Kith by {', '.join(ways)}")
    return warn(
        "Nobody is called outside of Kith to a case that nobody comes to",
        "Set KITH_ALERT_WEBHOOK or KITH_ALERT_SMTP, or have an admin or clinician allow calls at /moderation/shift.",
    )


async def _crisis_resource(region: str) -> Finding:
    if await has_crisis_helpline(region, today=now().date()):
        return ok(f"The library has a vetted crisis helpline for {region}")
    return warn(
        f"The library has no vetted crisis helpline for {region} that is not due for review",
        "Moderators cannot give one to members: vet one at /moderation/resources, or set KITH_DEFAULT_REGION.",
    )


async def _missing_migrations() -> set[str]:
    table = await fetch_one("SELECT to_regclass('public.migration') IS NOT NULL AS exists")
    done: set[str] = set()
    if table["exists"]:
        done = {str(row["name"]) for row in await fetch("SELECT name FROM migration WHERE app_name = 'kith'")}
    folder = Path(models.__file__).parent / "piccolo_migrations"
    wanted: set[str] = set()
    for file in folder.glob("kith_*.py"):
        wanted |= {line.split('"')[1] for line in file.read_text().splitlines() if line.startswith("ID = ")}
    return wanted - done


async def _count(source: str, what: str, if_none: Finding) -> Finding:
    row = await fetch_one(f"SELECT count(*) AS number FROM {source}")
    return ok(f"{row['number']} {what}") if row["number"] else if_none
