"""From examples to a candidate model: train, calibrate, measure the ranges, and write its folder."""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import save

from triage.model.base import WEIGHTS, find_encoder
from triage.model.engine import measure_ranges, serve
from triage.model.graph import rounded
from triage.model.release import (
    LEARNT,
    MANIFEST,
    SETTINGS,
    FileEntry,
    Manifest,
    ModelUnusable,
    Settings,
    encoder_weights,
    load_shape,
    merged_weights,
    pin_encoder,
    sha256_of,
)
from triage.model.windows import Cutter
from triage.training.augment import augmented
from triage.training.calibrate import Kept, calibrate, choose_thresholds
from triage.training.fit import Recipe, blend, fit, name_in_network, new_network, prepare
from triage.training.torch_backend import TorchBackend

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from triage.model.bare import Backend
    from triage.model.graph import Ranges, Weights
    from triage.model.release import Release
    from triage.training.examples import Example
    from triage.training.network import Network
    from triage.training.splits import Splits

RECIPE = "recipe.json"
RANGE_POSTS = 300
"""Posts on which the inputs of the linear layers are measured."""


@dataclass(frozen=True)
class Candidate:
    """What was learnt, before it is written."""

    encoder: Path
    learnt: dict[str, NDArray[np.float16]]
    settings: Settings
    backend: Backend
    base: str
    """The encoder's folder as it was named; empty for the wheel's."""


def train_candidate(
    splits: Splits,
    recipe: Recipe,
    *,
    base: str = "",
    start: Mapping[str, Tensor] | None = None,
    kept: Kept | None = None,
    resume_in: Path | None = None,
    progress: Callable[[int, int, float], None] = lambda *_: None,
) -> Candidate:
    """Train on the first split, calibrate and choose thresholds on the second, in the form that will serve.

    ``kept``: what it takes over from a model where the second split says too little.
    """
    encoder = find_encoder(base)
    cutter = Cutter(encoder)
    network = new_network(encoder, recipe, start)
    rows = [*splits.train, *augmented(splits.train, seed=recipe.seed)]
    fit(network, prepare(rows, cutter), recipe, progress=progress, resume_in=resume_in)
    if recipe.lora_rank:
        network.encoder = network.encoder.merge_and_unload()
    if start is not None:
        blend(network, start, recipe.kept_share)
    learnt = learnt_beyond(encoder, network)
    ranges = _ranges_of(encoder, learnt, cutter, spread(splits.train, RANGE_POSTS))
    learnt = as_served(learnt, ranges)
    backend = (
        serve(_merged(encoder, learnt), load_shape(encoder), ranges, encoder)
        if ranges
        else TorchBackend(network, cutter)
    )
    logits = backend.read([example.post for example in splits.dev]).logits
    kept = kept or Kept()
    calibration = calibrate(logits, splits.dev, before=kept.calibration)
    settings = Settings(
        calibration=calibration,
        thresholds=kept.thresholds or choose_thresholds(logits, calibration, splits.dev),
        ranges=ranges,
    )
    return Candidate(encoder=encoder, learnt=learnt, settings=settings, backend=backend, base=base)


def learnt_beyond(encoder: Path, network: Network) -> dict[str, NDArray[np.float16]]:
    """Return the weights of a network that are not the bare encoder's, by their names in the network."""
    bare = {name_in_network(name): value for name, value in encoder_weights(encoder).items()}
    weights = {name: weight.detach().cpu().numpy() for name, weight in network.named_parameters()}
    return {
        name: value.astype(np.float16)
        for name, value in weights.items()
        if name not in bare or not np.array_equal(value, bare[name])
    }


def _ranges_of(
    encoder: Path,
    learnt: Mapping[str, NDArray[np.float16]],
    cutter: Cutter,
    examples: Sequence[Example],
) -> Ranges:
    """Return the ranges for int8, measured on some examples; none for an encoder that int8 does not know."""
    try:
        shape = load_shape(encoder)
    except ModelUnusable:
        return {}
    return measure_ranges(_merged(encoder, learnt), shape, cutter, [one.post for one in examples])


def _merged(encoder: Path, learnt: Mapping[str, NDArray[np.float16]]) -> Weights:
    return merged_weights(encoder, {name: value.astype(np.float32) for name, value in learnt.items()})


def as_served(learnt: Mapping[str, NDArray[np.float16]], ranges: Ranges) -> dict[str, NDArray[np.float16]]:
    """Put the weights of layers that serve in int8 where int8 rounds them to: what is released is what will serve."""
    placed = dict(learnt)
    for name, value in learnt.items():
        layer = re.sub(r"^encoder\.|(\.query|\.key|\.value)?\.weight$", "", name)
        if layer in ranges and value.ndim == 2:
            divisors = ranges[layer].divisors(value.shape[1])
            whole, scale = rounded(value * divisors)
            placed[name] = (whole * scale / divisors).astype(np.float16)
    return placed


def spread(examples: Sequence[Example], number: int) -> list[Example]:
    """Return so many examples, evenly from the whole list."""
    return [examples[index] for index in np.linspace(0, len(examples) - 1, min(number, len(examples))).astype(int)]


@contextmanager
def _whole_folder(folder: Path) -> Generator[Path]:
    """Give a place to write a folder in; it gets its name when all is written, and goes when that fails."""
    building = folder.with_name(folder.name + ".new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        yield building
        building.replace(folder)
    except (OSError, SafetensorError):
        shutil.rmtree(building, ignore_errors=True)
        raise


def write_candidate(
    candidate: Candidate,
    folder: Path,
    *,
    data: Mapping[str, str],
    recipe: Recipe,
    further: Mapping[str, bytes],
    now: datetime,
) -> None:
    """Write a model folder: complete, or not at all. The folder's name is the version."""
    with _whole_folder(folder) as building:
        (building / LEARNT).write_bytes(save(candidate.learnt))
        (building / SETTINGS).write_bytes(msgspec.json.format(msgspec.json.encode(candidate.settings)))
        (building / RECIPE).write_text(json.dumps(asdict(recipe), indent=2) + "\n", encoding="utf-8")
        for name, content in further.items():
            (building / name).write_bytes(content)
        manifest = Manifest(
            version=folder.name,
            created_at=now.isoformat(timespec="seconds"),
            base=sha256_of(candidate.encoder / WEIGHTS),
            encoder=str(candidate.encoder.resolve()) if candidate.base else "",
            encoder_files=pin_encoder(candidate.encoder),
            data=dict(data),
            files={
                file.name: FileEntry(sha256=sha256_of(file), bytes=file.stat().st_size)
                for file in sorted(building.iterdir())
            },
        )
        (building / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
        for file in building.iterdir():
            with file.open("rb") as written:
                os.fsync(written.fileno())


def is_made_of(release: Release, *, data: Mapping[str, str], recipe: Recipe, base: str) -> bool:
    """Tell whether a model was made from this data by this recipe, from the encoder in ``base``; it is whole as such.

    Raises: EncoderMissing.
    """
    manifest = release.manifest
    return (
        manifest.data == data
        and manifest.base == sha256_of(find_encoder(base) / WEIGHTS)
        and RECIPE in manifest.files
        and json.loads((release.folder / RECIPE).read_text(encoding="utf-8")) == asdict(recipe)
    )
