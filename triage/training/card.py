"""The model card: what a candidate learnt from, how good it is beside the model in use, and pictures of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

from msgspec import structs

from triage.training import plots
from triage.training.calibrate import truths
from triage.training.evaluation import OUTPUTS, chances_of
from triage.training.functional import by_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.model.bare import BareModel
    from triage.model.reading import Reading
    from triage.training.comparison import Comparison
    from triage.training.evaluation import Figures
    from triage.training.examples import Example
    from triage.training.fit import Recipe
    from triage.training.functional import Row
    from triage.training.splits import Splits

PURPOSE = """\
Reads posts of a peer-support forum and judges severity (green, amber, red, crisis) and health misinformation, so that
a person looks at the right ones soon. It decides nothing about anybody, and removes nothing; what endangers readers can
be held until a moderator has looked. It must not be used to diagnose, to rate people, or where nobody reads what it
flags."""
LIMITS = """\
English only. A post that it misses is found by the rules screen, by other members' reports or by a random audit, or not
at all: no share of the posts that it calls green is safe to leave unread where people are in danger."""
MEASURES = ("auroc", "average precision", "recall", "precision", "false alarms", "calibration error")
GOAL = 0.8
"""Share of a functionality's rows that should be right."""


def write_card(
    model: BareModel,
    readings: Sequence[Reading],
    comparison: Comparison,
    splits: Splits,
    recipe: Recipe,
    rows: Sequence[Row],
) -> dict[str, bytes]:
    """Return the files of the card by name: Markdown, figures as JSON, pictures as SVG.

    ``readings`` are what the model says of the test split, ``rows`` are the functional test set.
    """
    functional = by_kind(model, rows)
    files = {"metrics.json": (json.dumps(_metrics(comparison, functional), indent=2) + "\n").encode()}
    files |= _pictures(readings, splits.test, comparison.candidate, functional)
    files["card.md"] = _text(model, comparison, splits, recipe, functional, pictures=sorted(files)).encode()
    return files


def _metrics(comparison: Comparison, functional: dict[str, float]) -> Figures:
    return {
        "candidate": comparison.candidate,
        "in use": comparison.in_use,
        "urgent recall at a fifth of the posts": {
            "candidate": comparison.urgent_recall_candidate,
            "in use": comparison.urgent_recall_in_use,
        },
        "to be held": [structs.asdict(held) for held in comparison.held],
        "functional, bare model": functional,
    }


def _pictures(
    readings: Sequence[Reading], examples: Sequence[Example], figures: Figures, functional: dict[str, float]
) -> dict[str, bytes]:
    right, known = truths(examples)
    chances = chances_of(readings)
    pictures: dict[str, bytes] = {}
    for name, output in OUTPUTS.items():
        if name not in figures["all"]:
            continue
        rows, slug = known[:, output], name.replace(" ", "-")
        pictures[f"precision-recall-{slug}.svg"] = plots.precision_recall(
            name, right[rows, output], chances[rows, output]
        )
        pictures[f"calibration-{slug}.svg"] = plots.calibration(name, right[rows, output], chances[rows, output])
    if "confusion" in figures["all"]:
        pictures["confusion.svg"] = plots.confusion("What posts are, and what was decided", figures["all"]["confusion"])
    pictures["functional.svg"] = plots.bars("Right on the functional test set (bare model)", functional, goal=GOAL)
    return pictures


def _text(
    model: BareModel,
    comparison: Comparison,
    splits: Splits,
    recipe: Recipe,
    functional: dict[str, float],
    *,
    pictures: Sequence[str],
) -> str:
    sources = Counter(example.source for example in splits.train)
    good = sum(share >= GOAL for share in functional.values())
    limits = model.thresholds
    thresholds = (
        f"amber {limits.amber}, red {limits.red}, crisis {limits.crisis}, misinformation {limits.misinformation}"
    )
    lines = [
        f"# Model {model.version}",
        "",
        PURPOSE,
        "",
        "## Learnt from",
        "",
        f"{len(splits.train)} posts; thresholds chosen on {len(splits.dev)}, measured on {len(splits.test)} others.",
        "",
        *(f"- {source}: {count}" for source, count in sources.most_common()),
        "",
        f"Recipe: `{json.dumps(asdict(recipe))}`",
        "",
        "## Beside the model in use, on the same posts",
        "",
        comparison_table(comparison),
        "",
        f"Thresholds, by the dev split (triage/training/calibrate.py says how): {thresholds}.",
        "",
        "## Functionalities",
        "",
        f"By the bare model, without rules, language and myths, {good} of {len(functional)} kinds of post are right in",
        f"at least {GOAL:.0%} of their rows.",
        "",
        *(f"![{name.removesuffix('.svg')}]({name})" for name in pictures if name.endswith(".svg")),
        "",
        "## Limits",
        "",
        LIMITS,
        "",
    ]
    return "\n".join(lines)


def comparison_table(comparison: Comparison) -> str:
    """Return a Markdown table of the candidate beside the model in use."""
    rows = ["| | candidate | in use |", "|---|---|---|"]
    before = comparison.in_use["all"] if comparison.in_use else {}
    for name in OUTPUTS:
        now, then = comparison.candidate["all"].get(name, {}), before.get(name, {})
        rows += [
            f"| {name}: {measure} | {_shown(now[measure])} | {_shown(then.get(measure))} |"
            for measure in MEASURES
            if measure in now
        ]
    recalls = (comparison.urgent_recall_candidate, comparison.urgent_recall_in_use)
    rows.append(f"| urgent posts found where a fifth of all is looked at | {' | '.join(map(_shown, recalls))} |")
    rows += [f"| {held.name} | {_shown(held.candidate)} | {_shown(held.in_use)} |" for held in comparison.held]
    return "\n".join(rows)


def _shown(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.3f}"
