"""Helplines in tests: invented lines, so that no test depends on what is confirmed in the seed."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from models.database import execute
from server.clock import now


async def a_helpline(
    name: str,
    *,
    country: str = "BE",
    needs: tuple[str, ...] = ("crisis",),
    languages: tuple[str, ...] = ("en",),
    hours: str = "24 hours a day, every day",
    phone: str | None = "0800 000 000",
    text: str | None = None,
    state: str = "confirmed",
    opening: str = "",
    zone: str = "",
) -> None:
    """Put a helpline into the database; its website is ``https://<name in small letters>.example.org/``."""
    slug = name.lower().replace(" ", "-")
    await execute(
        """INSERT INTO helpline (slug, name, organisation, country, needs, languages, hours, always_open, phone, text,
                                 website, description, state, source_name, source_url, read_on, read_note, updated_at,
                                 opening, zone)
           VALUES ($1, $2::text, $2::text, $3, $4, $5, $6::text, $6::text LIKE '24 hours%', $7, $8, $9::text,
                   'For anybody awake.', $10, 'The national directory', $9::text, '2026-11-01', 'Read.', now(), $11,
                   $12)""",
        slug,
        name,
        country,
        list(needs),
        list(languages),
        hours,
        phone,
        text,
        f"https://{slug}.example.org/",
        state,
        opening,
        zone,
    )


def around_now(opens: int, closes: int, zone: str) -> str:
    """Return daily times from so many hours after this moment until so many, on the clock of a zone."""
    there = now().astimezone(ZoneInfo(zone))
    return f"daily {there + timedelta(hours=opens):%H:%M}-{there + timedelta(hours=closes):%H:%M}"
