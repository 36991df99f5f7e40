"""Runs the network on a CPU: in int8 to serve, in float to measure how inputs are to be rounded."""

from __future__ import annotations

import os
import re
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import openvino as ov

from triage.model.graph import GraphBuilder, Range
from triage.model.windows import Cutter, Window, pad

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from triage.model.graph import Ranges, Shape, Weights
    from triage.posts import Post

OUTPUTS = 4
LENGTH_STEP = 16
"""Windows are filled up to a multiple of this, so that the runtime meets few lengths."""
FLOAT_LAYERS = re.compile(r"layer\.\d+\.output\.dense$")
"""Names of linear layers that stay in float: what comes out of the feed-forward's GELU has a few large values
among many small ones, and rounding it changed more decisions than rounding all other layers together."""
LARGE = 0.998
"""Quantile of the inputs of a layer above which a feature counts as larger than the others."""


class ModelFailed(RuntimeError):
    """The model gave no usable answer; nobody may take that for green."""


class Opinion(NamedTuple):
    """What a network says of ``n`` posts."""

    logits: NDArray[np.float32]
    """float32[n, 4]: at least amber, at least red, crisis, misinformation; over windows the most alarming of each."""
    embeddings: NDArray[np.float32]
    """float32[n, width]: of the first window, of length 1."""


class Engine:
    """One compiled graph, which reads a window on each core. Threads may share it: they take turns."""

    def __init__(self, model: ov.Model, cutter: Cutter, *, threads: int = 0, precise: bool = False) -> None:
        """Compile for this machine; ``threads`` 0 takes all cores, ``precise`` keeps every float at 32 bits."""
        cores = threads or len(os.sched_getaffinity(0))
        options: dict[str, int | str] = {"INFERENCE_NUM_THREADS": cores, "NUM_STREAMS": cores}
        if precise:
            options["INFERENCE_PRECISION_HINT"] = "f32"
        self._streams = ov.AsyncInferQueue(ov.Core().compile_model(model, "CPU", options), cores)
        self._streams.set_callback(_keep_answer)
        self._cutter = cutter
        self._lock = Lock()

    def read(self, posts: Sequence[Post]) -> Opinion:
        """Judge posts of any length and in any number.

        Raises: ModelFailed.
        """
        windows = self._cutter.cut(posts)
        logits = np.full((len(posts), OUTPUTS), -np.inf, dtype=np.float32)
        embeddings: dict[int, NDArray[np.float32]] = {}
        for window, (found, embedding) in zip(windows, self.run(windows), strict=True):
            logits[window.post] = np.maximum(logits[window.post], found)
            embeddings.setdefault(window.post, embedding)
        if not np.isfinite(logits).all():
            raise ModelFailed("The model answered with something that is no number.")
        return Opinion(logits, np.stack([embeddings[index] for index in range(len(posts))]))

    def run(self, windows: Sequence[Window]) -> list[list[NDArray[np.float32]]]:
        """Return for each window every output of the graph.

        Raises: ModelFailed.
        """
        answers: list[list[NDArray[np.float32]]] = [[] for _ in windows]
        with self._lock:
            try:
                for window, answer in zip(windows, answers, strict=True):
                    batch = pad([window], step=LENGTH_STEP)
                    self._streams.start_async([batch.ids, batch.mask, batch.types], answer)
                self._streams.wait_all()
            except RuntimeError as error:
                raise ModelFailed("The model could not be run.") from error
        return answers


def _keep_answer(request: ov.InferRequest, answer: list[NDArray[np.float32]]) -> None:
    """Copy what a stream found before it goes on to the next window."""
    answer.extend(np.array(output.data[0]) for output in request.output_tensors)


def measure_ranges(weights: Weights, shape: Shape, cutter: Cutter, posts: Sequence[Post]) -> Ranges:
    """Find how large the inputs of each linear layer get on these posts."""
    builder = GraphBuilder(weights, shape)
    engine = Engine(builder.build(watched=True), cutter, precise=True)
    seen: dict[str, list[NDArray[np.float16]]] = {}
    for window in cutter.cut(posts):
        (found,) = engine.run([window])  # one at a time: together they would take a gigabyte
        for name, values in zip(builder.linear_layers, found[2:], strict=True):
            seen.setdefault(name, []).append(values[: len(window.ids)].astype(np.float16))
    return {
        name: _range_of(np.concatenate(values).astype(np.float32))
        for name, values in seen.items()
        if not FLOAT_LAYERS.search(name)
    }


def _range_of(values: NDArray[np.float32]) -> Range:
    """Return how these inputs are rounded best; float32[tokens, width]."""
    sizes = np.abs(values)
    usual = np.quantile(sizes, LARGE)
    divisors = (sizes.max(axis=0) / usual).round(2)
    smaller = {int(feature): float(divisors[feature]) for feature in np.flatnonzero(divisors > 1)}
    scaled = values / np.maximum(divisors, 1)
    return Range(low=float(scaled.min()), high=float(scaled.max()), smaller=smaller)


def serve(weights: Weights, shape: Shape, ranges: Ranges, encoder: Path, *, threads: int = 0) -> Engine:
    """Return the int8 engine."""
    return Engine(GraphBuilder(weights, shape, ranges).build(), Cutter(encoder), threads=threads)
