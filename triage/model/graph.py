"""The network as an OpenVINO graph, built from its weights: nothing but NumPy and the runtime is needed to serve it.

In int8 the inputs of the linear layers are rounded to 8 bits by ranges that were measured after training, their weights
and the word embeddings by the largest value of each row. Attention, norms, the head and layers without a range stay in
float.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec
import numpy as np
import openvino as ov
from openvino import opset13 as op

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Weights = Mapping[str, NDArray[np.float32]]
    Node = Any
    """OpenVINO gives the outputs of its graph no type that the checker could follow."""

MASKED = -1e4
WORDS = "embeddings.word_embeddings.weight"
"""The name of the word vectors."""
READ = 3
"""What the head reads of each feature: at the first token, the mean and the highest of all."""
WHOLE = 90
"""Largest magnitude of an int8 weight. Not 127: processors without VNNI add two products in 16 bits, where larger ones
saturate (255 x 2 x 63 is sure to fit); on the dev split 90 changes the fewest decisions there, 63 and 127 more."""


class Range(msgspec.Struct, frozen=True):
    """How the input of a linear layer is rounded to 8 bits."""

    low: float
    """Lowest input, after ``smaller``."""
    high: float
    smaller: dict[int, float] = {}
    """Features that get far larger than the others, and by what they are divided first; their weights take it back.

    Without this the few large ones would leave the others no steps (compare SmoothQuant, Xiao et al. 2023).
    """

    def divisors(self, width: int) -> NDArray[np.float32]:
        """Return float32[width]: what each feature is divided by."""
        divisors = np.ones(width, dtype=np.float32)
        for feature, divisor in self.smaller.items():
            divisors[feature] = divisor
        return divisors


Ranges = dict[str, Range]
"""By the name of the linear layer."""


class Shape(msgspec.Struct, frozen=True):
    """What a BERT encoder's ``config.json`` says of its form."""

    num_hidden_layers: int
    num_attention_heads: int
    layer_norm_eps: float
    model_type: Literal["bert"]
    hidden_act: Literal["gelu"] = "gelu"


class GraphBuilder:
    """Builds the graph of one model; in float where no ranges are given."""

    def __init__(self, weights: Weights, shape: Shape, ranges: Ranges | None = None) -> None:
        """Take the merged weights, named as in the checkpoint, the head as ``head.*``."""
        self._weights = weights
        self._shape = shape
        self._ranges = ranges
        self._inputs: dict[str, Node] = {}

    @property
    def linear_layers(self) -> list[str]:
        """Names of the linear layers, in the order of a watched model's further outputs."""
        return list(self._inputs)

    def build(self, *, watched: bool = False) -> ov.Model:
        """Return the model: three int64[n, length] in; logits float32[n, 4] and embedding float32[n, width] out."""
        ids, mask, types = (
            op.parameter([-1, -1], np.int64, name=name) for name in ("input_ids", "attention_mask", "token_type_ids")
        )
        kept = op.unsqueeze(op.convert(mask, "f32"), np.int64(-1))
        unread = op.multiply(op.subtract(np.float32(1), op.convert(mask, "f32")), np.float32(MASKED))
        bias = op.unsqueeze(unread, np.array([1, 2], dtype=np.int64))
        hidden = self._embed(ids, types)
        for layer in range(self._shape.num_hidden_layers):
            hidden = self._layer(hidden, bias, f"encoder.layer.{layer}.")
        first = op.gather(hidden, np.int64(0), np.int64(1))
        total = op.reduce_sum(op.multiply(hidden, kept), np.array([1]), keep_dims=False)
        mean = op.divide(total, op.reduce_sum(kept, np.array([1]), keep_dims=False))
        highest = op.reduce_max(op.add(hidden, op.unsqueeze(unread, np.int64(-1))), np.array([1]))
        logits = self._head(op.concat([first, mean, highest], 1))
        results = [logits, op.normalize_l2(mean, np.array([1]), 1e-12, "max")]
        if watched:
            results += list(self._inputs.values())
        # Its stubs name another class of the same object.
        return cast("Any", ov.Model)(results, [ids, mask, types], "kith")

    def _embed(self, ids: Node, types: Node) -> Node:
        table = self._weights[WORDS]
        positions = self._weights["embeddings.position_embeddings.weight"]
        length = op.gather(op.shape_of(ids), np.array([1]), np.int64(0))
        places = op.slice(op.constant(positions), np.array([0]), length, np.array([1]), np.array([0]))
        kinds = op.gather(op.constant(self._weights["embeddings.token_type_embeddings.weight"]), types, np.int64(0))
        if self._ranges is None:
            words = op.gather(op.constant(table), ids, np.int64(0))
        else:
            whole, scale = rounded(table)
            small = op.convert(op.gather(op.constant(whole), ids, np.int64(0)), "f32")
            words = op.multiply(small, op.gather(op.constant(scale), ids, np.int64(0)))
        return self._norm(op.add(op.add(words, kinds), places), "embeddings.LayerNorm")

    def _layer(self, hidden: Node, bias: Node, name: str) -> Node:
        width = self._weights[name + "output.dense.bias"].shape[0]
        size = width // self._shape.num_attention_heads
        joined = self._linear(
            hidden, [f"{name}attention.self.{part}" for part in ("query", "key", "value")], name + "attention.self"
        )
        split = op.reshape(joined, np.array([0, 0, 3, self._shape.num_attention_heads, size]), special_zero=True)
        parts = op.split(op.transpose(split, np.array([2, 0, 3, 1, 4])), np.int64(0), 3)
        query, key, value = (op.squeeze(parts.output(index), np.array([0])) for index in range(3))
        seen = op.scaled_dot_product_attention(query, key, value, bias)
        seen = op.reshape(op.transpose(seen, np.array([0, 2, 1, 3])), np.array([0, 0, width]), special_zero=True)
        attended = self._linear(seen, [name + "attention.output.dense"], name + "attention.output.dense")
        middle = self._norm(op.add(attended, hidden), name + "attention.output.LayerNorm")
        raised = op.gelu(self._linear(middle, [name + "intermediate.dense"], name + "intermediate.dense"), "erf")
        lowered = self._linear(raised, [name + "output.dense"], name + "output.dense")
        return self._norm(op.add(lowered, middle), name + "output.LayerNorm")

    def _norm(self, value: Node, name: str) -> Node:
        shape = op.mvn(
            value, np.array([2]), normalize_variance=True, eps=self._shape.layer_norm_eps, eps_mode="inside_sqrt"
        )
        return op.add(op.multiply(shape, self._weights[name + ".weight"]), self._weights[name + ".bias"])

    def _linear(self, value: Node, names: list[str], place: str) -> Node:
        self._inputs[place] = value
        weight = np.concatenate([self._weights[name + ".weight"] for name in names])
        bias = np.concatenate([self._weights[name + ".bias"] for name in names])
        known = self._ranges.get(place) if self._ranges is not None else None
        if known is None:
            return op.add(op.matmul(value, op.constant(weight), transpose_a=False, transpose_b=True), bias)
        if known.smaller:
            divisors = known.divisors(weight.shape[1])
            value, weight = op.multiply(value, 1 / divisors), weight * divisors
        low, high = np.float32(known.low), np.float32(known.high)
        coarse = op.fake_quantize(value, low, high, low, high, 256)
        whole, scale = rounded(weight)
        small = op.multiply(op.convert(op.constant(whole), "f32"), op.constant(scale))
        return op.add(op.matmul(coarse, small, transpose_a=False, transpose_b=True), bias)

    def _head(self, features: Node) -> Node:
        first = op.gelu(self._plain(features, "head.1"), "erf")
        raw = self._plain(first, "head.4")
        amber, gaps, misinformation = op.variadic_split(raw, np.int64(1), np.array([1, 2, 1])).outputs()
        gaps = op.cum_sum(op.softplus(gaps), np.int64(1))
        return op.concat([amber, op.subtract(amber, gaps), misinformation], 1)

    def _plain(self, value: Node, name: str) -> Node:
        weight, bias = self._weights[name + ".weight"], self._weights[name + ".bias"]
        return op.add(op.matmul(value, op.constant(weight), transpose_a=False, transpose_b=True), bias)


def rounded(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round each row to int8; return the whole numbers and the scale of each row, float32[rows, 1]."""
    scale = np.maximum(np.abs(weight).max(axis=1, keepdims=True) / WHOLE, 1e-12).astype(np.float32)
    return np.clip(np.round(weight / scale), -WHOLE, WHOLE).astype(np.int8), scale
