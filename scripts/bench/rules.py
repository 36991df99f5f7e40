"""How long the rules screen takes a post, over our own corpus.

.venv/bin/python scripts/bench/rules.py
"""

from __future__ import annotations

import time
from statistics import mean, quantiles
from typing import TYPE_CHECKING

from triage.rules import screen
from triage.training.examples import CORPUS, read_examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.posts import Post

ROUNDS = 3


def milliseconds_of(posts: Sequence[Post]) -> list[float]:
    """Return the processor time that the screen takes for each post, the best of some rounds."""
    taken: list[float] = []
    for post in posts:
        rounds: list[float] = []
        for _ in range(ROUNDS):
            started = time.process_time()
            screen(post.text, title=post.title, parent=post.parent)
            rounds.append(1000 * (time.process_time() - started))
        taken.append(min(rounds))
    return taken


def line_of(taken: Sequence[float]) -> str:
    """Write mean, median and 99th percentile."""
    parts = quantiles(taken, n=100)
    return f"mean {mean(taken):.2f} ms   median {parts[49]:.2f} ms   99 % within {parts[98]:.2f} ms"


def main() -> None:
    """Measure."""
    posts = [example.post for example in read_examples(sorted(CORPUS.glob("*.jsonl")))]
    words = mean(len(post.text.split()) for post in posts)
    print(f"{len(posts)} posts of {words:.0f} words on average")
    print(line_of(milliseconds_of(posts)))


if __name__ == "__main__":
    main()
