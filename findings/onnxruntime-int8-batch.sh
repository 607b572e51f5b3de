#!/usr/bin/env bash
# onnxruntime 1.32.0: with dynamic 8-bit quantisation, a row's result depends on the rows beside it.
#
# quantize_dynamic rounds the input of every MatMul to 8 bits whose range is that of the whole tensor, all
# rows of the batch and all positions, padding included. Per-channel weights change nothing about that. So
# a text that is read beside one with large activations, which transformers have, is rounded more coarsely:
# its scores differ from those it has alone, and with the same model in 32 bits they don't. Whoever batches
# passages for speed gets scores that depend on which other passages were found.
#
# The largest difference between a row alone and beside a row 40 times as large, of results whose deviation
# is 1:
#
# Seen:
#   32 bits                0.000
#   8 bits                 0.872
#   8 bits, per channel    0.872
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'onnxruntime==1.32.0' 'onnx==1.23.2' 'numpy==2.4.6'
cd "$folder"
"$folder/bin/python" - <<'PYTHON'
import logging

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import quantize_dynamic

# It recommends a preparation that changes nothing here.
logging.disable(logging.WARNING)
drawn = np.random.default_rng(0)
weight = drawn.normal(0, 384**-0.5, (384, 384)).astype(np.float32)
graph = helper.make_graph(
    [helper.make_node("MatMul", ["x", "w"], ["y"])],
    "product",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 384])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 384])],
    [numpy_helper.from_array(weight, "w")],
)
sets = [helper.make_opsetid("", 20)]
onnx.save(helper.make_model(graph, opset_imports=sets, ir_version=10), "exact.onnx")
quantize_dynamic("exact.onnx", "8.onnx")
quantize_dynamic("exact.onnx", "8-channel.onnx", per_channel=True)
small = drawn.normal(0, 1, (1, 384)).astype(np.float32)
large = 40 * drawn.normal(0, 1, (1, 384)).astype(np.float32)
found = {}
for name, file in (
    ("32 bits", "exact.onnx"), ("8 bits", "8.onnx"), ("8 bits, per channel", "8-channel.onnx")
):
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    (alone,) = session.run(None, {"x": small})
    (beside,) = session.run(None, {"x": np.concatenate([small, large])})
    found[name] = float(np.abs(alone[0] - beside[0]).max())
    print(f"{name:21}  {found[name]:.3f}")
assert found["32 bits"] < 1e-5
assert found["8 bits"] > 0.05
assert found["8 bits, per channel"] > 0.05
PYTHON
