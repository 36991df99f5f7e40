"""Loading the classifier: in int8 to serve, in torch to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.classifier import Classifier
from triage.model.bare import load_int8
from triage.myths import read_myths
from triage.myths.matching import MythIndex

if TYPE_CHECKING:
    from triage.model.bare import BareModel
    from triage.model.release import Release


def load_bare(release: Release, *, backend: str = "int8", threads: int = 0) -> BareModel:
    """Load the bare model on one of its backends.

    Raises: ModelUnusable.
    """
    if backend == "int8":
        return load_int8(release, threads=threads)
    from triage.training.torch_backend import load_torch

    return load_torch(release)


def load_classifier(bare: BareModel) -> Classifier:
    """Join a bare model with the myth library."""
    return Classifier(bare, MythIndex(read_myths(), bare.embed))
