"""Measures the model in use on the real data sets beside three baselines, and the whole triage on the functional set.

    .venv/bin/python scripts/measure.py --real FOLDER [--model VERSION]

Prints the tables of docs/model-card.md from the functional sets on. The baselines learn from the posts that we
labelled: ours and the real ones, whole.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from server.settings import data_dir_from
from triage.classifier import WITH_MYTH, deadly_from
from triage.loading import load_bare, load_classifier
from triage.model.base import EncoderMissing
from triage.model.engine import ModelFailed
from triage.model.release import ModelUnusable
from triage.model.shelf import ModelShelf
from triage.myths import read_myths
from triage.myths.matching import embed_library, match_each, sentences_of
from triage.posts import Post
from triage.scales import Severity
from triage.training import adapters
from triage.training.baselines import FrozenEmbeddings, FrozenEncoder, KeywordList, WordWeights
from triage.training.calibrate import truths
from triage.training.evaluation import OUTPUTS, ReadOnce, chances_of
from triage.training.examples import CORPUS, DataUnusable, Example, read_examples
from triage.training.functional import FILE, FRESH, INDEPENDENT, read_functional, right_of_assessments, shares
from triage.training.metrics import (
    auroc,
    average_precision,
    best_f1,
    bootstrap,
    calibration_error,
    precision_at_recall,
    recall_at_precision,
)
from triage.training.splits import Splits, split_by_group

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from triage.classifier import Classifier
    from triage.model.bare import BareModel
    from triage.model.release import Release
    from triage.training.baselines import Baseline

ATTACKS = (
    *("tried", "asserted", "bystanders", "brogues", "exchanges", "flesh", "greys", "homes", "roads"),
    *("agreed", "clean", "denied", "fences", "helpers", "nods", "thennow", "wheels"),
    *("beside", "elbows", "past"),
)
"""Files of our corpus whose writers had a classifier at hand: ``tried`` the one before ``kith-10``, the others of the
first row ``kith-10``, those of the second ``kith-12``, those of the third ``kith-13``."""
FUNCTIONAL_SETS = {
    "Functional set": FILE,
    "Second functional set, by other writers": INDEPENDENT,
    "Third functional set, by another writer": FRESH,
}
MEASURED_SETS = ("eval_cssrs_posts", "eval_sdcnl", "crisis_tweets_tsid", "misinfo_opioid_myths", "misinfo_fullfact")
MEASURES = {
    "AUROC": auroc,
    "average precision": average_precision,
    "best F1": best_f1,
    "precision at recall 0.9": precision_at_recall,
}
PUBLISHED_PRECISIONS = (0.35, 0.66)
"""At which CMD-1 (npj Digital Medicine 2023) reports its sensitivity."""


@cache
def own_splits() -> Splits:
    """Return our own corpus as it was split for training."""
    return split_by_group(read_examples(sorted(CORPUS.glob("*.jsonl"))))


@cache
def set_aside(real: Path) -> list[Example]:
    """Return the real posts that we labelled and that nothing was learnt from."""
    return adapters.labelled_posts(real, for_test=True)


def our_labels(real: Path) -> dict[str, list[Example]]:
    """Return those posts: all of them, then each genre apart."""
    posts = set_aside(real)
    sources = sorted({one.source for one in posts})
    return {
        "our labels, test": posts,
        **{f"our labels, test: {source}": [one for one in posts if one.source == source] for source in sources},
    }


def written_to_fool_a_model() -> list[Example]:
    """Return the posts of our test split whose writers had a classifier at hand."""
    return [one for one in own_splits().test if one.source in ATTACKS]


@cache
def sets_for_urgency(real: Path) -> dict[str, list[Example]]:
    """Return the sets by name, none of which was learnt from."""
    return {
        **our_labels(real),
        "eval_cssrs_posts": adapters.whole_set(real, "eval_cssrs_posts"),
        "eval_sdcnl, test": adapters.whole_set(real, "eval_sdcnl", split="test"),
        "crisis_tweets_tsid": adapters.whole_set(real, "crisis_tweets_tsid"),
        "our corpus, test": own_splits().test,
        "our corpus, test: written to fool a model": written_to_fool_a_model(),
    }


def compare(name: str, examples: list[Example], output: int, scores: dict[str, NDArray[np.float64]]) -> None:
    """Print one table: every scorer on the same rows."""
    right, known = truths(examples)
    rows = known[:, output]
    truth = right[rows, output]
    if min(truth.sum(), (~truth).sum()) < 5:
        return
    click.echo(f"\n### {name}: {int(truth.sum())} of {len(truth)}\n\n| | {' | '.join(MEASURES)} |")
    click.echo("|---" * (len(MEASURES) + 1) + "|")
    for scorer, score in scores.items():
        found = (bootstrap(measure, truth, score[rows]) for measure in MEASURES.values())
        cells = (f"{one.value:.3f} ({one.low:.3f}–{one.high:.3f})" for one in found)  # noqa: RUF001 - a range
        click.echo(f"| {scorer} | {' | '.join(cells)} |")
    ours = scores["Kith"][rows]
    for precision in PUBLISHED_PRECISIONS:
        recall = recall_at_precision(truth, ours, precision=precision)
        click.echo(f"\nSensitivity at a precision of {precision}: {recall:.3f}")


def report_functional(classifier: Classifier) -> None:
    """Print the share of right rows by kind."""
    for name, file in FUNCTIONAL_SETS.items():
        rows = read_functional(file)
        right = right_of_assessments(rows, classifier.assess([row.post for row in rows]))
        click.echo(f"\n## {name}\n\n{sum(right)} of {len(rows)} rows right ({np.mean(right):.1%}).\n")
        click.echo("| kind | right | rows |\n|---|---|---|")
        for kind, share in sorted(shares(rows, right).items(), key=lambda pair: pair[1]):
            click.echo(f"| {kind} | {share:.0%} | {sum(row.kind == kind for row in rows)} |")


def report_false_alarms(classifier: Classifier, real: Path) -> None:
    """Print how many ordinary posts go to the queue."""
    green = [one for one in set_aside(real) if one.severity is Severity.GREEN]
    learnt = {one.post for one in adapters.auxiliary(real)}
    comments = adapters.whole_set(real, adapters.ORDINARY_COMMENTS)
    ordinary = [one for one in comments if one.post not in learnt][:2000]
    answers = adapters.ordinary_answers(ordinary, set_aside(real))
    click.echo("\n## False alarms at the default thresholds\n")
    for name, examples in {
        "green by our labels, test": green,
        "ordinary_goemotions, 2,000 that were not learnt from": ordinary,
        "the same as answers to real posts of the test split that are not urgent": answers,
    }.items():
        flagged = [one.needs_review for one in classifier.assess([example.post for example in examples])]
        click.echo(f"- {name}: {sum(flagged)} of {len(flagged)} ({np.mean(flagged):.1%})")


def report_decisions(classifier: Classifier, real: Path) -> None:
    """Print what the whole triage does with posts of each severity at the default thresholds."""
    click.echo("\n## Decisions of the whole triage at the default thresholds\n")
    click.echo("| | urgent posts | found as urgent | sent to the queue | amber posts | sent to the queue |")
    click.echo("|---|---|---|---|---|---|")
    for name, examples in sets_for_urgency(real).items():
        seen = list(zip(examples, classifier.assess([one.post for one in examples]), strict=True))
        urgent = [found for one, found in seen if one.severity and one.severity.is_urgent]
        amber = [found for one, found in seen if one.severity is Severity.AMBER]
        click.echo(
            f"| {name} | {len(urgent)} | {_share([found.severity.is_urgent for found in urgent])}"
            f" | {_share([found.needs_review for found in urgent])}"
            f" | {len(amber)} | {_share([found.needs_review for found in amber])} |"
        )


def report_voices(classifier: Classifier) -> None:
    """Print how often the whole triage is right, by how people write; on posts of ours that it did not learn from."""
    splits = own_splits()
    examples = [one for one in (*splits.dev, *splits.test) if one.severity is not None]
    found = classifier.assess([one.post for one in examples])
    click.echo("\n## By voice: our corpus, dev and test\n")
    click.echo("| voice | urgent posts | found as urgent | green posts | sent to the queue |\n|---|---|---|---|---|")
    for voice in sorted({one.voice for one in examples}):
        pairs = [(one, seen) for one, seen in zip(examples, found, strict=True) if one.voice == voice]
        urgent = [seen.severity.is_urgent for one, seen in pairs if one.severity and one.severity.is_urgent]
        green = [seen.needs_review for one, seen in pairs if one.severity is Severity.GREEN and not one.misinformation]
        click.echo(f"| {voice} | {len(urgent)} | {_share(urgent)} | {len(green)} | {_share(green)} |")


def _share(flags: list[bool]) -> str:
    return f"{sum(flags) / len(flags):.0%}" if flags else "none"


def report_myths(classifier: Classifier, bare: BareModel) -> None:
    """Print how well myths are recognised: each phrasing as if it were not in the library, and what denies or asks."""
    myths = read_myths()
    said = [Post(text=text) for myth in myths for text in sentences_of(myth)]
    matches = match_each(myths, embed_library(myths, bare.embed))
    found = classifier.assess(said)
    near = matches.similarity >= bare.myth_similarity
    limits = bare.thresholds.misinformation * np.where(near, WITH_MYTH, 1.0)
    asserted = np.array([one.misinformation for one in found]) >= limits
    named = asserted & near
    is_deadly = np.array([myth.is_deadly for myth in myths])
    deadly = is_deadly[matches.myths]
    enough = np.array([deadly_from(bare, one.severity) for one in found])
    held = asserted & is_deadly[matches.nearest] & (matches.similarity >= enough)
    others = classifier.assess([Post(text=text) for myth in myths for text in myth.counter])
    click.echo("\n## Myths\n")
    click.echo(f"- {len(said)} sentences that assert one: {np.mean(asserted):.0%} taken as a claim.")
    right = np.mean(matches.is_right[named])
    click.echo(f"- A myth is named for {np.mean(named):.0%}, the right one in {right:.0%} of these.")
    click.echo(
        f"- Held: {np.mean(held[deadly]):.0%} of {deadly.sum()} deadly ones, {np.mean(held[~deadly]):.0%} of others."
    )
    flagged = [one.is_misinformation for one in others]
    click.echo(f"- {len(others)} sentences that ask or deny: {np.mean(flagged):.0%} taken as a claim.")


def report_calibration(bare: BareModel, real: Path) -> None:
    """Print how far probabilities are from what happens (expected calibration error, ten bins)."""
    examples = set_aside(real)
    right, known = truths(examples)
    chances = chances_of(bare.read([one.post for one in examples]))
    click.echo("\n## Calibration on real posts, our labels, test\n")
    for name, output in OUTPUTS.items():
        error = calibration_error(right[known[:, output], output], chances[known[:, output], output])
        click.echo(f"- {name}: {error:.3f}")


def report_rounding(small: BareModel, release: Release, real: Path) -> None:
    """Print what int8 changes: decisions and ranking beside the same network in 32-bit floats."""
    groups = {
        "our labels, test": set_aside(real),
        "our corpus, test": own_splits().test,
        "our corpus, test: written to fool a model": written_to_fool_a_model(),
    }
    whole = load_bare(release, backend="torch")
    click.echo("\n## int8 beside float32\n\n| | same severity | AUROC of urgent, float32 | int8 |\n|---|---|---|---|")
    for name, examples in groups.items():
        posts = [one.post for one in examples]
        exact, rounded = whole.read(posts), small.read(posts)
        same = np.mean(
            [
                one.severity(whole.thresholds) == other.severity(small.thresholds)
                for one, other in zip(exact, rounded, strict=True)
            ]
        )
        right, known = truths(examples)
        rows = known[:, 1]
        areas = [auroc(right[rows, 1], chances_of(readings)[rows, 1]) for readings in (exact, rounded)]
        click.echo(f"| {name}, {len(posts)} | {same:.1%} | {areas[0]:.4f} | {areas[1]:.4f} |")


@click.command(help=__doc__)
@click.option("--real", type=click.Path(path_type=Path), required=True, help="Folder of the data sets.")
@click.option("--model", default="", help="A version; else the one in use.")
@click.option(
    "--frozen/--no-frozen", default=True, help="Whether to train the frozen-encoder baseline, which takes long."
)
def main(*, real: Path, model: str, frozen: bool) -> None:
    """Measure."""
    shelf = ModelShelf(data_dir_from(os.environ))
    try:
        adapters.auxiliary(real)
        for name in (*adapters.LABELLED_SETS, *MEASURED_SETS):
            adapters.read_set(real, name)  # what is missing is said now, not in half an hour
        release = shelf.open(model) if model else shelf.open_in_use(os.environ.get("KITH_MODEL", ""))
        bare: BareModel = load_bare(release)
        bare.backend = ReadOnce(bare.backend)
        classifier = load_classifier(bare, release)
        report_functional(classifier)
        report_false_alarms(classifier, real)
        report_decisions(classifier, real)
        report_voices(classifier)
        report_myths(classifier, bare)
        report_calibration(bare, real)
        report_rounding(bare, release, real)
        report_beside_baselines(bare, real, frozen=frozen)
    except (DataUnusable, ModelUnusable, ModelFailed, EncoderMissing) as problem:
        raise click.ClickException(str(problem)) from problem


def report_beside_baselines(bare: BareModel, real: Path, *, frozen: bool) -> None:
    """Print, for each set, the model beside a keyword list and two simple models that learn from the same posts."""
    learnt = own_splits().train + split_by_group(adapters.labelled_posts(real, for_test=False)).train
    embed = FrozenEmbeddings() if frozen else None
    for title, output in (("Urgent (red or crisis)", 1), ("Misinformation", 3)):
        right, known = truths(learnt)
        posts = [example.post for example, is_known in zip(learnt, known[:, output], strict=True) if is_known]
        truth = right[known[:, output], output]
        simple: dict[str, Baseline] = {
            "keyword list": KeywordList(),
            "TF-IDF + logistic regression": WordWeights(posts, truth),
        }
        if embed is not None:
            simple["frozen encoder + logistic regression"] = FrozenEncoder(embed, posts, truth)
        if output == 3:
            del simple["keyword list"]
        click.echo(f"\n## {title}")
        for name, examples in (sets_for_urgency(real) if output == 1 else sets_for_misinformation(real)).items():
            own = [example.post for example in examples]
            scores = {label: one.score(own) for label, one in simple.items()}
            scores["Kith"] = chances_of(bare.read(own))[:, output]
            compare(name, examples, output, scores)


def sets_for_misinformation(real: Path) -> dict[str, list[Example]]:
    """Return the sets with health claims."""
    return {
        "misinfo_opioid_myths, our labels": adapters.relabelled_claims(real),
        "misinfo_fullfact": adapters.whole_set(real, "misinfo_fullfact"),
        "our corpus, test": own_splits().test,
        "our corpus, test: written to fool a model": written_to_fool_a_model(),
    }


if __name__ == "__main__":
    main()
