"""The graph that serves computes what the network that learns does."""

from __future__ import annotations

import numpy as np
import torch

from triage.model.engine import Engine
from triage.model.graph import GraphBuilder
from triage.model.release import load_shape, load_weights, open_release
from triage.model.shelf import RELEASED
from triage.model.windows import Cutter
from triage.posts import Post
from triage.training.fit import load_whole
from triage.training.network import Network
from triage.training.torch_backend import TorchBackend

POSTS = [
    Post(text="Hi."),
    Post(text="Same here, tonight.", parent="I cannot see a reason to go on."),
    Post(text="The bus was late and we walked along the canal. " * 60, title="A long day"),
]


def test_graph_in_float_answers_as_the_network_does() -> None:
    release = open_release(RELEASED)
    weights = load_weights(release)
    # Each part that the head reads counts, whatever this release makes of it.
    head = weights["head.1.weight"]
    weights["head.1.weight"] = np.random.default_rng(1).normal(0, 0.05, head.shape).astype(np.float32)
    cutter = Cutter(release.encoder)
    network = Network(release.encoder)
    load_whole(network, {name: torch.from_numpy(weight) for name, weight in weights.items()})

    served = Engine(GraphBuilder(weights, load_shape(release.encoder)).build(), cutter, precise=True).read(POSTS)
    learnt = TorchBackend(network, cutter).read(POSTS)

    np.testing.assert_allclose(served.logits, learnt.logits, atol=1e-4)
    np.testing.assert_allclose(served.embeddings, learnt.embeddings, atol=1e-4)
