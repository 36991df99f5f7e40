"""The network in torch and float32: what int8 is compared with, and what runs encoders that int8 does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from triage.model.bare import BareModel
from triage.model.base import find_encoder
from triage.model.engine import OUTPUTS, ModelFailed, Opinion
from triage.model.release import Release, load_weights
from triage.model.windows import Cutter
from triage.training.fit import READ_TOKENS, device, judge, load_whole, plan_batches, quick_arithmetic
from triage.training.network import Network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from triage.posts import Post


class TorchBackend:
    """Runs a network as it was trained."""

    def __init__(self, network: Network, cutter: Cutter) -> None:
        """Take a network, which is put on the GPU where there is one."""
        self._network = network.to(device()).eval()
        self._cutter = cutter

    @torch.no_grad()
    def read(self, posts: Sequence[Post]) -> Opinion:
        """Judge posts of any length and in any number.

        Raises: ModelFailed.
        """
        windows = [self._cutter.cut([post]) for post in posts]
        lengths = [sum(len(window.ids) for window in own) for own in windows]
        logits = np.zeros((len(posts), OUTPUTS), dtype=np.float32)
        embeddings = np.zeros((len(posts), self._network.width), dtype=np.float32)
        for rows in plan_batches(lengths, READ_TOKENS, 0):
            output = judge(self._network, [windows[row] for row in rows], device())
            logits[rows] = torch.cat([output.severity, output.misinformation[:, None]], dim=1).cpu().numpy()
            starts = np.cumsum([0, *(len(windows[row]) for row in rows[:-1])])
            embeddings[rows] = output.embedding.cpu().numpy()[starts]
        if not np.isfinite(logits).all():
            raise ModelFailed("The model answered with something that is no number.")
        return Opinion(logits, embeddings)


class BareEncoder:
    """The encoder as it comes, whose embeddings stay what they are, whatever a model learns."""

    def __init__(self) -> None:
        """Load it.

        Raises: EncoderMissing.
        """
        encoder = find_encoder()
        self._backend = TorchBackend(Network(encoder), Cutter(encoder))

    def embed(self, posts: Sequence[Post]) -> NDArray[np.float32]:
        """Return float32[n, width], each row of length 1: the mean of the first window's tokens."""
        with quick_arithmetic(device()):
            return self._backend.read(posts).embeddings


def network_of(release: Release) -> tuple[Network, Cutter]:
    """Return a release's network in float32, and what cuts posts for it.

    Raises: ModelUnusable.
    """
    network = Network(release.encoder)
    load_whole(network, {name: torch.from_numpy(value) for name, value in load_weights(release).items()})
    return network.eval(), Cutter(release.encoder)


def load_torch(release: Release) -> BareModel:
    """Load a release in float32.

    Raises: ModelUnusable.
    """
    return BareModel(release.manifest.version, release.settings, TorchBackend(*network_of(release)))
