"""Writes the fixtures beside it with the reference implementation: pip install safetensors==0.8.0 numpy, then run it.

float.safetensors  float64 and float32 tensors, a scalar, an empty one, a name outside ASCII, and metadata
half.safetensors   every kind of float16 and bfloat16 value
half.json          what numpy widens them to, NaN and infinities as strings
"""

import json
from pathlib import Path

import numpy as np
from safetensors import TensorSpec, serialize
from safetensors.numpy import save

here = Path(__file__).parent

floats = {
    "conv1.bias": np.array([0.5, -1.5, 3.25], np.float32),
    "conv1.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2) / 8,
    "empty": np.zeros((0, 4), np.float32),
    "größe": np.array([[1e-45, 3.4e38]], np.float32),
    "scalar": np.array(0.1, np.float64),
    "wide": np.array([1e300, -2.5], np.float64),
}
(here / "float.safetensors").write_bytes(save(floats, metadata={"format": "np"}))

half = np.array(
    [0x0000, 0x8000, 0x0001, 0x03FF, 0x0400, 0x3C00, 0xC100, 0x3555, 0x7BFF, 0x7C00, 0xFC00, 0x7E00], np.uint16
)
bfloat = np.array([0x0000, 0x8000, 0x0001, 0x3F80, 0xBFC0, 0x4049, 0x7F7F, 0x7F80, 0xFF80, 0x7FC0], np.uint16)
tensors = {
    "bfloat16": TensorSpec(dtype="bfloat16", shape=[10], data_ptr=bfloat.ctypes.data, data_len=bfloat.nbytes),
    "float16": TensorSpec(dtype="float16", shape=[3, 4], data_ptr=half.ctypes.data, data_len=half.nbytes),
}
(here / "half.safetensors").write_bytes(serialize(tensors))


def shown(values):
    names = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
    return [names.get(str(value), float(value)) for value in values]


widened = {
    "bfloat16": shown((bfloat.astype(np.uint32) << 16).view(np.float32)),
    "float16": shown(half.view(np.float16).astype(np.float32)),
}
(here / "half.json").write_text(json.dumps(widened, indent=2) + "\n", encoding="utf-8")
