"""The network that learns: an encoder and one small head that judges severity and misinformation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel

from triage.model.graph import MASKED, READ

if TYPE_CHECKING:
    from pathlib import Path

HEAD_WIDTH = 256
LEVELS = 3
"""At least amber, at least red, crisis."""


class Output(NamedTuple):
    """What the network says of ``n`` windows."""

    severity: Tensor
    """float32[n, 3]: logits of "at least amber", "at least red", "crisis"; they never rise from left to right."""
    misinformation: Tensor
    """float32[n]: logit of misinformation."""
    embedding: Tensor
    """float32[n, width]: mean of the tokens, of length 1."""


class Network(nn.Module):
    """Reads the first token, the mean of all and the highest of each feature, and answers in cumulative levels.

    The mean says what a post is about; the highest, what any one sentence of it says, however long the rest is.

    The levels are the extended binary form of ordinal regression (Cheng 2008; CORAL, Cao et al. 2020), with gaps
    that depend on the post: ``at least red = at least amber - softplus(gap)``.
    """

    def __init__(self, encoder: Path, *, dropout: float = 0.1) -> None:
        """Load the encoder from a folder, never from the network, and make a new head."""
        super().__init__()
        # Any: transformers gives its models no precise type. Plain attention without dropout: on a CPU its backward
        # pass is twice as fast as the fused one, and drawing random numbers for dropout took a third of each step.
        self.encoder: Any = AutoModel.from_pretrained(
            encoder,
            local_files_only=True,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.width: int = self.encoder.config.hidden_size
        self.knows_parents: bool = getattr(self.encoder.config, "type_vocab_size", 1) > 1
        self.head = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(READ * self.width, HEAD_WIDTH), nn.GELU(), nn.Dropout(dropout),
            nn.Linear(HEAD_WIDTH, LEVELS + 1),
        )  # fmt: skip

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> Output:
        """Judge windows: ``int64[n, length]`` each."""
        known = {"token_type_ids": types} if self.knows_parents else {}
        hidden: Tensor = self.encoder(input_ids=ids, attention_mask=mask, **known).last_hidden_state.float()
        share = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * share).sum(1) / share.sum(1)
        highest = hidden.masked_fill(share == 0, MASKED).amax(1)
        raw: Tensor = self.head(torch.cat([hidden[:, 0], mean, highest], dim=1)).float()
        gaps = functional.softplus(raw[:, 1:LEVELS])
        severity = torch.cat([raw[:, :1], raw[:, :1] - gaps.cumsum(1)], dim=1)
        return Output(severity, raw[:, LEVELS], functional.normalize(mean, dim=1))


def learnt_weights(network: Network) -> dict[str, Tensor]:
    """Return the weights that training changed, by name."""
    return {
        name: weight.detach().cpu().contiguous() for name, weight in network.named_parameters() if weight.requires_grad
    }
