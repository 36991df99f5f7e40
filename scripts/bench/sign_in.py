"""Compares how long signing in takes to refuse: a handle that nobody has, and known ones with a wrong secret.

    python scripts/bench/sign_in.py --tries 200

The three kinds take turns, so that whatever else the machine does falls on all of them alike. What counts is processor
time, which other programs disturb least; the difference comes with the range in which it lies with 95 % probability
(bootstrap). It also shows what twenty sign-ins at once do to memory. Needs the test extra.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil
from installation import installed
from limits import parse_many

from models.database import execute
from server.app import create_app
from server.clock import now
from server.members.hashing import hash_secret
from server.members.staff import create_admin
from server.web.cookies import cookie_name
from server.web.rate_limits import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from server.settings import Settings

KNOWN, WITH_PASSWORD, UNKNOWN = "gentle-heron-41", "quiet-badger-52", "distant-plover-63"
WRONG_SECRET = "seven wrong words that fit nobody here"  # noqa: S105 - it is made up, and fits nobody
ALIKE = 1.0
"""Milliseconds of processor time that no stranger can tell over a network."""

AT_ONCE = 20


async def main() -> int:
    """Measure, print, and return 1 where the kinds can be told apart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=100, help="of each kind")
    tries = int(parser.parse_args().tries)
    for rule in ("sign_in", "sign_in_handle"):
        RULES[rule] = parse_many("1000000/minute")
    with tempfile.TemporaryDirectory(prefix="kith-bench-", ignore_cleanup_errors=True) as folder:
        async with installed(Path(folder)) as installation:
            return await measure(installation.settings, tries)


async def measure(settings: Settings, tries: int) -> int:
    """Time the refusals of an application in this process."""
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # httpx and Litestar name the same thing twice
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=settings.base_url, timeout=60) as client:
        for handle in (KNOWN, WITH_PASSWORD):
            await create_admin(handle, at=now(), settings=settings)
        await execute(
            "UPDATE member SET password_hash = $1 WHERE handle = $2", await hash_secret("x" * 20), WITH_PASSWORD
        )
        await client.get("/sign-in")
        token = client.cookies[cookie_name(settings, "form")]

        async def refuse(handle: str) -> float:
            form = {"handle": handle, "secret": WRONG_SECRET, "_csrf_token": token}
            started = time.process_time()
            answer = await client.post("/sign-in", data=form)
            taken = (time.process_time() - started) * 1000
            assert answer.status_code == 422, answer.status_code
            return taken

        kinds = (KNOWN, WITH_PASSWORD, UNKNOWN)
        for handle in kinds:
            await refuse(handle)
        times: dict[str, list[float]] = {handle: [] for handle in kinds}
        for _ in range(tries):
            for handle in random.sample(kinds, len(kinds)):
                times[handle].append(await refuse(handle))
        await _show_memory(refuse)
    return _show_times(times)


def _show_times(times: dict[str, list[float]]) -> int:
    print(f"{'':16}{'p50':>10}{'p95':>10}   difference of p50 to an unknown handle, with 95 % range")
    told_apart = 0
    for handle, name in ((UNKNOWN, "unknown handle"), (KNOWN, "known handle"), (WITH_PASSWORD, "with password")):
        middle, slow = statistics.median(times[handle]), statistics.quantiles(times[handle], n=20)[-1]
        low, difference, high = _difference(times[handle], times[UNKNOWN])
        told_apart += low > ALIKE or high < -ALIKE
        print(f"{name:16}{middle:7.1f} ms{slow:7.1f} ms   {difference:+.2f} ms ({low:+.2f} … {high:+.2f})")
    print("can be told apart" if told_apart else f"no kind differs from the others by more than {ALIKE} ms and chance")
    return 1 if told_apart else 0


def _difference(one: list[float], other: list[float]) -> tuple[float, float, float]:
    """Return the difference of two medians, between the ends of its bootstrap range."""
    rng = random.Random(1)  # noqa: S311 - statistics, no secret
    drawn = sorted(
        statistics.median(rng.choices(one, k=len(one))) - statistics.median(rng.choices(other, k=len(other)))
        for _ in range(2000)
    )
    return drawn[50], statistics.median(one) - statistics.median(other), drawn[-51]


async def _show_memory(refuse: Callable[[str], Coroutine[None, None, float]]) -> None:
    process = psutil.Process()
    before, highest = process.memory_info().rss, 0
    tasks = [asyncio.create_task(refuse(UNKNOWN)) for _ in range(AT_ONCE)]
    while not all(task.done() for task in tasks):
        highest = max(highest, process.memory_info().rss)
        await asyncio.sleep(0.005)
    print(f"{AT_ONCE} at once: {before / 2**20:.0f} MB resident before, {highest / 2**20:.0f} MB at most\n")


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
