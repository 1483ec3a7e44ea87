"""Writes the fixtures beside it with NumPy: pip install numpy, then run it.

numpy.npz, numpy-compressed.npz   arrays of every kind that weights have, and one of whole numbers
layers-listed.npy                 a dict of lists of arrays, as bvlc_alexnet.npy is
layers-named.npy                  a dict of dicts of arrays
layers-python2.npy                the first of these as Python 2 pickled it: bytes are strings
"""

import struct
from pathlib import Path

import numpy as np

here = Path(__file__).parent
filters = np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2) / 8
arrays = {
    "conv1.weight": filters,
    "fortran": np.asfortranarray(filters),
    "big_endian": filters.astype(">f4"),
    "half": np.array([0, -1.5, 65504, 6e-8], np.float16),
    "wide": np.array([1e300, -2.5]),
    "scalar": np.float32(0.5),
    "empty": np.zeros((0, 4), np.float32),
    "steps": np.arange(3),
}
np.savez(here / "numpy.npz", **arrays)
np.savez_compressed(here / "numpy-compressed.npz", **arrays)

bias = np.array([0.5, -1.5], np.float32)
np.save(here / "layers-listed.npy", {"conv1": [filters, bias], "fc2": [filters[0, 0], bias]}, allow_pickle=True)
np.save(
    here / "layers-named.npy",
    {"conv1": {"weights": filters, "biases": bias}, "fc2": {"weights": filters[0, 0], "biases": bias}},
    allow_pickle=True,
)


def string(text):
    """SHORT_BINSTRING, or BINSTRING where it is longer, as Python 2 has its str."""
    data = text if isinstance(text, bytes) else text.encode("latin1")
    return b"U" + bytes([len(data)]) + data if len(data) < 256 else b"T" + struct.pack("<I", len(data)) + data


def integer(value):
    return b"K" + bytes([value])


def array(shape, kind, data):
    """numpy.core.multiarray._reconstruct(ndarray, (0,), "b") and its state."""
    dtype = b"cnumpy\ndtype\n" + string(kind) + integer(0) + integer(1) + b"\x87R"
    order = b"|" if kind == "O8" else b"<"
    flags = integer(63 if kind == "O8" else 0)
    dtype += b"(" + integer(3) + string(order) + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff" + flags + b"tb"
    extents = b"(" + b"".join(integer(extent) for extent in shape) + b"t"
    made = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n" + integer(0) + b"\x85" + string("b") + b"\x87R"
    return made + b"(" + integer(1) + extents + dtype + b"\x89" + data + b"tb"


def floats(values):
    return array(values.shape, "f4", string(values.tobytes()))


large = np.arange(96, dtype=np.float32).reshape(2, 48)
layers = b"}(" + string("conv1") + b"](" + floats(filters) + floats(bias) + b"e"
layers += string("fc2") + b"](" + floats(large) + floats(bias) + b"eu"
pickled = b"\x80\x02" + array((), "O8", b"]" + layers + b"a") + b"."
header = "{'descr': '|O', 'fortran_order': False, 'shape': (), }"
header = header.ljust(128 - 10 - 1) + "\n"
whole = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + pickled
(here / "layers-python2.npy").write_bytes(whole)
read = np.load(here / "layers-python2.npy", allow_pickle=True, encoding="latin1").item()
assert (read["fc2"][0] == large).all() and (read["conv1"][0] == filters).all()
