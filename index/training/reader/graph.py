"""The reading model as a graph for onnxruntime, its layers in 8 bits.

The table of pieces stays outside, since only the rows of the pieces at hand are wanted: the graph
takes their vectors.  A sentence's score is the mean of a layer over its pieces, which equals the
mean of what the layer says of each, so the graph scores pieces and knows nothing of sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

if TYPE_CHECKING:
    from index.training.reader.model import Batch, ReadingModel

Floats = NDArray[np.float32]

VECTORS, LENGTHS, SCORES = "vectors", "lengths", "scores"
# What the model says of a piece, in this order: part of a sentence that answers, first and last of
# the answering words, and, of the first piece alone, that nothing answers.
OUTPUTS = ("sentence", "first", "last", "none")
_FUSED = "com.microsoft"
# Weights have 7 bits: processors without instructions for 8 add two products in 16 signed bits.
_MOST = 63
# How much of an input's spread moves into the weights, whose own spread is small (Xiao et al. 2023,
# "SmoothQuant"): of a few columns the inputs are twenty times those of the others.
_MOVED = 0.75
_SMALLEST = 1e-4


def write_graph(model: ReadingModel, batches: Iterable[Batch], path: Path) -> None:
    """Write `model` without its table of pieces to `path`, in 8 bits.

    `batches` are some examples, to see how large the inputs of its layers get.
    """
    onnx.save(graph(model, largest_inputs(model, batches)), path)


def largest_inputs(model: ReadingModel, batches: Iterable[Batch]) -> dict[str, Floats]:
    """Return the largest input of each column, float32 (k,), of every linear layer by name."""
    found: dict[str, Floats] = {}

    def keeping(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def keep(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            largest = inputs[0].abs().amax(dim=(0, 1)).float().numpy()
            found[name] = np.maximum(found.get(name, largest), largest)

        return keep

    hooks = [
        layer.register_forward_pre_hook(keeping(name))
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear) and name.startswith("bert.")
    ]
    with torch.inference_mode():
        for batch in batches:
            model(batch)
    for hook in hooks:
        hook.remove()
    return found


def graph(model: ReadingModel, inputs: Mapping[str, Floats] | None = None) -> onnx.ModelProto:
    """Return `model` without its table of pieces, in 8 bits, or in 32 without `inputs`.

    `inputs` are the largest of the linear layers, as `largest_inputs` finds them.

    It takes `vectors` float32 (n, t, h), rows of the table, and `lengths` int32 (n,), and gives
    `scores` float32 (n, t, 4), the columns of `OUTPUTS`.
    """
    config = model.bert.config
    state = {name: tensor.detach().float().numpy() for name, tensor in model.state_dict().items()}
    made = _Graph(state, inputs)
    added = state["bert.embeddings.position_embeddings.weight"]
    added = added + state["bert.embeddings.token_type_embeddings.weight"][0]
    at = made.node("Slice", made.constant(added[None], "positions"), *made.upto(VECTORS))
    summed = made.node("Add", VECTORS, at)
    norm: dict[str, Any] = {"epsilon": config.layer_norm_eps}
    states = made.node(
        "LayerNormalization", summed, *made.pair("bert.embeddings.LayerNorm"), **norm
    )
    for number in range(len(model.bert.encoder.layer)):
        layer = f"bert.encoder.layer.{number}"
        parts = [
            made.linear(states, f"{layer}.attention.self.{name}")
            for name in ("query", "key", "value")
        ]
        attended = made.node(
            "MultiHeadAttention", *parts, "", LENGTHS,
            domain=_FUSED, num_heads=config.num_attention_heads,
        )  # fmt: skip
        attended = made.linear(attended, f"{layer}.attention.output.dense")
        beside = f"{layer}.attention.output.LayerNorm"
        states = made.node(
            "LayerNormalization", made.node("Add", attended, states), *made.pair(beside), **norm
        )
        inner = made.node("Gelu", made.linear(states, f"{layer}.intermediate.dense"))
        outer = made.linear(inner, f"{layer}.output.dense")
        states = made.node(
            "LayerNormalization",
            made.node("Add", outer, states),
            *made.pair(f"{layer}.output.LayerNorm"),
            **norm,
        )
    heads = [state[f"{name}.weight"] for name in ("of_sentence", "of_words", "of_none")]
    biases = [state[f"{name}.bias"] for name in ("of_sentence", "of_words", "of_none")]
    product = made.node(
        "MatMul", states, made.constant(np.concatenate(heads).T, "heads.weight"), name="heads"
    )
    bias = made.constant(np.concatenate(biases), "heads.bias")
    made.nodes.append(helper.make_node("Add", [product, bias], [SCORES]))
    return made.model(config.hidden_size)


class _Graph:
    """Nodes and constants put together one after another."""

    def __init__(self, state: Mapping[str, Floats], inputs: Mapping[str, Floats] | None) -> None:
        self._state, self._inputs = state, inputs
        self.nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def node(
        self,
        kind: str,
        *inputs: str,
        domain: str = "",
        name: str = "",
        **given: Any,  # noqa: ANN401 - of every kind that the format knows
    ) -> str:
        """Add a node of one output and return the output's name."""
        output = f"{kind}.{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(kind, [*inputs], [output], name or output, domain=domain, **given)
        )
        return output

    def constant(self, values: NDArray[np.generic], name: str) -> str:
        """Add a constant and return its name."""
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def pair(self, name: str) -> tuple[str, str]:
        """Return weight and bias of a layer of the model, as they are."""
        weight, bias = f"{name}.weight", f"{name}.bias"
        return self.constant(self._state[weight], weight), self.constant(self._state[bias], bias)

    def linear(self, states: str, name: str) -> str:
        """Add a linear layer of the model."""
        weight = self._state[f"{name}.weight"].T
        bias = self.constant(self._state[f"{name}.bias"], f"{name}.bias")
        if self._inputs is None:
            product = self.node("MatMul", states, self.constant(weight, f"{name}.weight"))
            return self.node("Add", product, bias)
        of_inputs = np.maximum(self._inputs[name], _SMALLEST) ** _MOVED
        of_weights = np.maximum(np.abs(weight).max(axis=1), _SMALLEST) ** (1 - _MOVED)
        moved = (of_inputs / of_weights).astype(np.float32)
        moved /= np.median(moved)
        weight = weight * moved[:, None]
        scale = np.maximum(np.abs(weight).max(axis=0), _SMALLEST) / _MOST
        return self.node(
            "DynamicQuantizeMatMul",
            self.node("Mul", states, self.constant(1 / moved, f"{name}.in")),
            self.constant(np.rint(weight / scale).astype(np.int8), f"{name}.weight"),
            self.constant(scale.astype(np.float32), f"{name}.scale"),
            self.constant(np.zeros(len(scale), np.int8), f"{name}.zero"),
            bias,
            domain=_FUSED,
        )

    def upto(self, vectors: str) -> tuple[str, str, str]:
        """Return start, end and axis of a slice as long as the texts."""
        shape = self.node("Shape", vectors, start=1, end=2)
        start, axis = np.zeros(1, np.int64), np.ones(1, np.int64)
        return self.constant(start, "start"), shape, self.constant(axis, "axis")

    def model(self, hidden: int) -> onnx.ModelProto:
        """Return what was put together as a model."""
        taken = [
            helper.make_tensor_value_info(VECTORS, TensorProto.FLOAT, ["n", "t", hidden]),
            helper.make_tensor_value_info(LENGTHS, TensorProto.INT32, ["n"]),
        ]
        given = [helper.make_tensor_value_info(SCORES, TensorProto.FLOAT, ["n", "t", len(OUTPUTS)])]
        whole = helper.make_graph(self.nodes, "reader", taken, given, [*self._constants.values()])
        sets = [helper.make_opsetid("", 20), helper.make_opsetid(_FUSED, 1)]
        return helper.make_model(whole, opset_imports=sets, ir_version=10)
