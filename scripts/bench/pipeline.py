"""Measures the way of a post from its form to the moderators' queue, with everything on one machine.

    .venv/bin/python scripts/bench/pipeline.py                              # 20 posts/s for 5 minutes, invented posts
    .venv/bin/python scripts/bench/pipeline.py --posts FILE.jsonl.gz        # replays 2,000 texts from a path

It brings its own PostgreSQL and Redis in a temporary folder, runs the real web process and the real worker, sends the
posts through HTTP as different members while as many others read the board, and prints how long it took until each
case could be seen in the queue, how the web answered meanwhile, what was flagged and why, and whether anything got
lost. With --out the numbers of the posts in the file, with what was decided, are written for somebody to read beside
the texts; no text is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from asking import Ask, form_token, sign_members_in
from installation import Installation, installed, run_in_process
from load import FRESH_KEY, Times, Work
from report import percentile

from models.database import close_database, execute, fetch, fetch_one, open_database, transaction
from server.clock import now
from server.seeding import seed_all
from server.services.own_programs import worker_program
from triage.scales import Severity
from triage.training.examples import CORPUS, read_examples

MEMBERS = 1_000
TITLE = "Something on my mind"
LONGEST = 20_000
DRAIN_SECONDS = 900
LOOK_SECONDS = 0.1
"""Between two looks into the queue: so much longer than it was a time to the queue may look."""
PROMISED_LAG, PROMISED_P99 = 2.0, 250.0
"""Seconds until 95 % of the posts can be seen in the queue; milliseconds for 99 % of the web's answers."""


class Options(argparse.Namespace):
    """What was asked for on the command line."""

    posts: Path | None
    count: int
    rate: float
    seconds: float
    out: Path | None


def read_options() -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=Path, help="JSON Lines with a text each, may be gzipped")
    parser.add_argument("--count", type=int, default=2_000, help="of --posts, drawn at random")
    parser.add_argument("--rate", type=float, default=20.0, help="posts a second")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--out", type=Path, help="where to write what was decided, by the post's line")
    return parser.parse_args(namespace=Options())


def read_texts(options: Options) -> list[tuple[int, str]]:
    """Return (line, text) of each post to send."""
    chance = random.Random(1)  # noqa: S311 - a sample, not a secret
    if options.posts is None:
        texts = [example.post.text for example in read_examples(sorted(CORPUS.glob("*.jsonl")))]
        return [(-1, chance.choice(texts)) for _ in range(round(options.rate * options.seconds))]
    content = options.posts.read_bytes()
    lines = (gzip.decompress(content) if options.posts.suffix == ".gz" else content).splitlines()
    rows = [(number, json.loads(line)["text"][:LONGEST]) for number, line in enumerate(lines)]
    return chance.sample(rows, min(options.count, len(rows)))


async def invent_members() -> None:
    """Put members into the empty tables, enough that nobody meets the limits of one member."""
    await execute(
        """INSERT INTO member (handle, handle_key, phrase_hash, role, joined_on, phrase_noted, note_choices,
                               totp_last_step)
           SELECT 'member-' || n, 'member-' || n, '', 'member', current_date, true, '{}', 0
           FROM generate_series(1, $1) AS n""",
        MEMBERS,
    )


async def send_posts(kith: Installation, texts: list[tuple[int, str]], options: Options) -> Times:
    """Send each text as a thread of its own, at the rate that was asked for; after each somebody reads the board."""
    settings = kith.settings
    sessions = await sign_members_in(settings)
    board = (await fetch_one("SELECT slug FROM board ORDER BY position LIMIT 1"))["slug"]
    token, form_cookie = await form_token(settings, Ask(f"/boards/{board}/new", sessions[0]))
    requests: list[str] = []
    for number, (_, text) in enumerate(texts):
        form = {
            "title": TITLE, "body": text, "submission_key": FRESH_KEY, "intent": "post-anyway", "_csrf_token": token,
        }  # fmt: skip
        writer, reader = sessions[number % len(sessions)], sessions[-1 - number % len(sessions)]
        post = Ask(f"/boards/{board}/new", {**writer, **form_cookie}, form)
        requests += [ask.raw(settings.listen_port) for ask in (post, Ask(f"/boards/{board}", reader))]
    rate = 2 * options.rate
    work = Work(port=settings.listen_port, requests=requests, seconds=len(requests) / rate, rate=rate)
    return Times(**json.loads(await run_in_process("load.py", json.dumps(asdict(work)))))


async def wait_until_read() -> bool:
    """Wait until nothing waits any more; False where that takes too long."""
    for _ in range(DRAIN_SECONDS):
        if (await fetch_one("SELECT count(*) AS n FROM triage_task WHERE done_at IS NULL"))["n"] == 0:
            return True
        await asyncio.sleep(1)
    return False


async def watch_queue(lags: dict[int, float]) -> None:
    """Note of each case how old its post was, in seconds, when the case could first be seen; until cancelled."""
    while True:
        rows = await fetch(
            """SELECT moderation_case.id, post.created_at FROM moderation_case
               JOIN post ON post.id = moderation_case.post WHERE NOT moderation_case.id = ANY($1::bigint[])""",
            list(lags),
        )
        at = now()
        lags |= {row["id"]: (at - row["created_at"]).total_seconds() for row in rows}
        await asyncio.sleep(LOOK_SECONDS)


async def report(times: Times, sent: int, queue_lags: list[float]) -> bool:
    """Print what came of it; return whether the promises were kept."""
    rows = await fetch(
        """SELECT extract(epoch FROM assessment.created_at - post.created_at)::float AS lag, assessment.severity,
                  assessment.route, assessment.needs_review, assessment.reasons
           FROM assessment JOIN post ON post.id = assessment.post"""
    )
    posts = (await fetch_one("SELECT count(*) AS n FROM post"))["n"]
    without_case = await fetch(
        """SELECT post FROM assessment
           WHERE needs_review AND NOT EXISTS (SELECT 1 FROM moderation_case WHERE post = assessment.post)"""
    )
    lags = [row["lag"] for row in rows]
    print(f"sent {sent}, answered {dict(times.statuses)}, posts {posts}, assessed {len(rows)},"
          f" cases {len(queue_lags)}, flagged without a case {len(without_case)}")  # fmt: skip
    print(f"web: p50 {percentile(times.latencies, 0.5):.0f} ms, p99 {percentile(times.latencies, 0.99):.0f} ms")
    print(f"submit to read, all: p50 {percentile(lags, 0.5):.2f} s, p95 {percentile(lags, 0.95):.2f} s,"
          f" max {max(lags):.2f} s")  # fmt: skip
    print(f"submit to queue, cases: p50 {percentile(queue_lags, 0.5):.2f} s,"
          f" p95 {percentile(queue_lags, 0.95):.2f} s, max {max(queue_lags):.2f} s")  # fmt: skip
    for name, counted in (
        ("severity", Counter(Severity(row["severity"]).label for row in rows)),
        ("route", Counter(row["route"] for row in rows)),
        ("needs a person", Counter("yes" if row["needs_review"] else "no" for row in rows)),
        ("reasons", Counter(f"{one['kind']}: {one['detail']}" for row in rows for one in json.loads(row["reasons"]))),
    ):
        print(
            f"{name}: "
            + ", ".join(f"{key} {number} ({number / len(rows):.1%})" for key, number in counted.most_common(25))
        )
    kept = (
        posts == len(rows) == sent
        and not without_case
        and percentile(queue_lags, 0.95) < PROMISED_LAG
        and percentile(times.latencies, 0.99) < PROMISED_P99
    )
    print("the promises are kept" if kept else "NOT KEPT: see above")
    return kept


async def write_decided(texts: list[tuple[int, str]], out: Path) -> None:
    """Write for each post its line in the file, and what was decided."""
    rows = await fetch(
        """SELECT post.body, assessment.severity, assessment.route, assessment.needs_review, assessment.reasons,
                  assessment.at_least_amber, assessment.at_least_red
           FROM post JOIN assessment ON assessment.post = post.id"""
    )
    found = {row["body"].split()[:40].__repr__(): row for row in rows}
    with out.open("w") as lines:
        for number, text in texts:
            row = found.get(text.split()[:40].__repr__())
            if row is not None:
                decided = {name: value for name, value in row.items() if name != "body"}
                lines.write(json.dumps({"line": number, **decided}) + "\n")


async def measure(options: Options) -> bool:
    """Run it all."""
    texts = read_texts(options)
    with tempfile.TemporaryDirectory(prefix="kith-pipeline-") as folder:
        async with installed(Path(folder)) as kith:
            await open_database(kith.settings.database_address, max_connections=4)
            try:
                await seed_all()
                async with transaction():
                    await invent_members()
                await kith.start(kith.web)
                await kith.start(worker_program(kith.settings))
                started = now()
                queue_lags: dict[int, float] = {}
                watching = asyncio.create_task(watch_queue(queue_lags))
                times = await send_posts(kith, texts, options)
                print(f"sent in {(now() - started).total_seconds():.0f} s", file=sys.stderr)
                if not await wait_until_read():
                    print("not everything was read in time", file=sys.stderr)
                await asyncio.sleep(2 * LOOK_SECONDS)
                watching.cancel()
                kept = await report(times, len(texts), list(queue_lags.values()))
                if options.out:
                    await write_decided(texts, options.out)
            finally:
                await close_database()
    return kept


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(measure(read_options())) else 1)
