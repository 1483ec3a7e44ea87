"""Writes meta.mat and meta-plain.mat beside it, as the development kit of ILSVRC 2012 has it: pip install scipy numpy, then run it."""

from pathlib import Path

import numpy as np
from scipy.io import savemat

fields = [("ILSVRC2012_ID", "O"), ("WNID", "O"), ("words", "O"), ("children", "O")]
rows = [
    (np.float64(1), "n02119789", "kit fox, Vulpes macrotis", np.array([])),
    (np.uint8(2), "n01440764", "tench, Tinca tinca", np.array([])),
    (np.uint16(300), "n02100735", "English setter", np.array([1.0, 2.0, 700.5])),
]
synsets = np.array([[row] for row in rows], dtype=fields)
for name, compressed in [("meta.mat", True), ("meta-plain.mat", False)]:
    savemat(Path(__file__).parent / name, {"synsets": synsets, "note": "é"}, do_compression=compressed)
