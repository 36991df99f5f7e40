"""Loading the classifier: in int8 to serve, in torch to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType]

from triage.classifier import Classifier
from triage.model.bare import load_int8
from triage.model.base import EncoderMissing
from triage.model.engine import ModelFailed
from triage.model.release import MYTHS, ModelUnusable
from triage.myths import read_myths
from triage.myths.matching import MythIndex, embed_library, library_key

if TYPE_CHECKING:
    from triage.model.bare import BareModel
    from triage.model.release import Release


def load_bare(release: Release, *, backend: str = "int8", threads: int = 0) -> BareModel:
    """Load the bare model on one of its backends; torch serves as well what int8 does not know.

    Raises: ModelUnusable, EncoderMissing.
    """
    try:
        if backend == "int8" and release.settings.ranges:
            return load_int8(release, threads=threads)
        from triage.training.torch_backend import load_torch

        return load_torch(release)
    except (ModelUnusable, EncoderMissing):
        raise
    except (RuntimeError, OSError, ValueError) as error:
        raise ModelUnusable(f"Model {release.manifest.version} cannot be loaded: {error}") from error


def load_classifier(bare: BareModel, release: Release) -> Classifier:
    """Join a bare model with the myth library, whose embeddings lie beside the model unless the library has changed.

    Raises: ModelUnusable where it cannot embed the library.
    """
    myths = read_myths()
    kept = load_file(release.folder / MYTHS) if MYTHS in release.manifest.files else {}  # pyright: ignore[reportUnknownVariableType]
    embeddings = kept.get(library_key(myths))
    if embeddings is None:
        try:
            embeddings = embed_library(myths, bare.embed)
        except ModelFailed as error:
            raise ModelUnusable(f"Model {bare.version} cannot read the library of myths: {error}") from error
    return Classifier(bare, MythIndex(myths, bare.embed, embeddings.astype(np.float32)))
