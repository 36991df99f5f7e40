"""The bare model: posts in, calibrated readings out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from triage.model.engine import Engine, serve
from triage.model.reading import Reading, Thresholds, calibrated
from triage.model.release import ModelUnusable, load_shape, load_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from triage.model.engine import Opinion
    from triage.model.release import Release, Settings
    from triage.posts import Post


class Backend(Protocol):
    """What can run a network: the int8 engine, or torch."""

    def read(self, posts: Sequence[Post]) -> Opinion:
        """Judge posts."""
        ...


class BareModel:
    """A network with its calibration and thresholds."""

    def __init__(self, version: str, settings: Settings, backend: Backend) -> None:
        """Join what a model was set to and what runs its network."""
        self.version = version
        self.thresholds: Thresholds = settings.thresholds
        self.myth_similarity = settings.myth_similarity
        self.deadly_similarity = settings.deadly_similarity
        self._calibration = settings.calibration
        self.backend = backend

    def read(self, posts: Sequence[Post]) -> list[Reading]:
        """Judge posts, in order.

        Raises: ModelFailed.
        """
        return self.read_and_embed(posts)[0] if posts else []

    def read_and_embed(self, posts: Sequence[Post]) -> tuple[list[Reading], NDArray[np.float32]]:
        """Judge at least one post, and return what ``embed`` does from the same pass.

        Raises: ModelFailed.
        """
        found = self.backend.read(posts)
        return calibrated(found.logits, self._calibration), found.embeddings

    def embed(self, posts: Sequence[Post]) -> NDArray[np.float32]:
        """Return float32[n, width]: what each post means, as a direction."""
        return self.backend.read(posts).embeddings


def load_int8(release: Release, *, threads: int = 0) -> BareModel:
    """Load a release for serving.

    Raises: ModelUnusable.
    """
    shape = load_shape(release.encoder)
    try:
        engine: Engine = serve(load_weights(release), shape, release.settings.ranges, release.encoder, threads=threads)
    except KeyError as lacking:
        raise ModelUnusable(f"The model in {release.folder} lacks the weights {lacking}.") from lacking
    return BareModel(release.manifest.version, release.settings, engine)
