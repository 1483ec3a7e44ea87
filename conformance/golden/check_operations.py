"""Reads operations with inputs and results, a JSON object a line, from standard input; prints how far PyTorch's float64 is.

`node scripts/witness-operations.mjs` feeds it. Errors are relative to the largest magnitude of each result. Exits with 1
where one is above 1e-12.
"""

import base64
import json
import sys

import numpy as np
import torch
from torch.nn import functional as F


def tensor(text, shape):
    return torch.from_numpy(np.frombuffer(base64.b64decode(text), dtype=np.float64).copy()).reshape(shape)


def pad(x, a, value=0.0):
    top, left, bottom, right = a["padding"]
    return F.pad(x, (left, right, top, bottom), value=value)


def conv2d(x, w, a):
    return F.conv2d(pad(x, a), w, None, a["stride"], 0, a["dilation"], a["groups"])


def max_pool(x, a):
    return F.max_pool2d(pad(x, a, -np.inf), a["window"], a["stride"])


def avg_pool(x, a):
    return F.avg_pool2d(x, a["window"], a["stride"])


def lrn(x, a):
    reach = (a["size"] - 1) // 2
    squares = F.pad(x * x, (0, 0, 0, 0, reach, reach))
    sums = sum(squares[:, start:start + x.shape[1]] for start in range(a["size"]))
    return x / (a["k"] + a["alpha"] * sums) ** a["beta"]


def gradient(function, at, upstream):
    at = at.clone().requires_grad_()
    return torch.autograd.grad(function(at), at, upstream)[0]


def zeros(shape):
    return torch.zeros(shape, dtype=torch.float64)


def put_back(x, a, shape):
    whole = zeros(shape)
    whole.narrow(a["axis"], a["start"], x.shape[a["axis"]]).copy_(x)
    return whole


def sgd(target, weight, grad, a, rate=1.0):
    return a["momentum"] * target - a["rate"] * rate * (grad + a["weightDecay"] * weight)


def adam(weight, mean, variance, size, correction, a):
    """What torch.optim.Adam does once it knows its averages."""
    return weight.addcdiv(mean * size, variance.sqrt() * correction + a["epsilon"], value=-a["rate"])


ONE = torch.ones((), dtype=torch.float64)

# Each from its inputs, its attributes and the shape of its result.
OPERATIONS = {
    "conv2d": lambda i, a, s: conv2d(*i, a),
    "conv2dGradInput": lambda i, a, s: gradient(lambda x: conv2d(x, i[1], a), zeros(s), i[0]),
    "conv2dGradFilter": lambda i, a, s: gradient(lambda w: conv2d(i[0], w, a), zeros(s), i[1]),
    "maxPool": lambda i, a, s: max_pool(*i, a),
    "maxPoolGrad": lambda i, a, s: gradient(lambda x: max_pool(x, a), i[0], i[2]),
    "avgPool": lambda i, a, s: avg_pool(*i, a),
    "avgPoolGrad": lambda i, a, s: gradient(lambda x: avg_pool(x, a), zeros(s), i[0]),
    "lrn": lambda i, a, s: lrn(*i, a),
    "lrnGrad": lambda i, a, s: gradient(lambda x: lrn(x, a), i[0], i[2]),
    "relu": lambda i, a, s: torch.relu(*i),
    "reluGrad": lambda i, a, s: torch.where(i[0] > 0, i[1], 0.0),
    "sigmoid": lambda i, a, s: torch.sigmoid(*i),
    "sigmoidGrad": lambda i, a, s: i[1] * i[0] * (1 - i[0]),
    "tanh": lambda i, a, s: torch.tanh(*i),
    "tanhGrad": lambda i, a, s: i[1] * (1 - i[0] ** 2),
    "matmul": lambda i, a, s: (i[0].T if a["transposeA"] else i[0]) @ (i[1].T if a["transposeB"] else i[1]),
    "addBias": lambda i, a, s: i[0] + i[1].reshape([1, -1] + [1] * (len(s) - 2)),
    "biasGrad": lambda i, a, s: i[0].sum([axis for axis in range(i[0].dim()) if axis != 1]),
    "multiply": lambda i, a, s: i[0] * i[1],
    "add": lambda i, a, s: i[0] + i[1],
    "scale": lambda i, a, s: i[0] * a["factor"],
    "reshape": lambda i, a, s: i[0].reshape(s),
    "concat": lambda i, a, s: torch.cat(i, a["axis"]),
    "slice": lambda i, a, s: i[0].narrow(a["axis"], a["start"], a["end"] - a["start"]),
    "sliceGrad": lambda i, a, s: put_back(*i, a, s),
    "softmax": lambda i, a, s: i[0].softmax(1),
    "softmaxCrossEntropy": lambda i, a, s: F.cross_entropy(*i),
    "softmaxCrossEntropyGrad": lambda i, a, s: gradient(lambda x: F.cross_entropy(x, i[1]), i[0], ONE),
    "sgdUpdate": lambda i, a, s: sgd(*i[:3], a, *i[3:]),
    "adamUpdate": lambda i, a, s: adam(*i, a),
}

worst, count = {}, {}
for line in sys.stdin:
    given = json.loads(line)
    kind, shape = given["kind"], given["shape"]
    inputs = [tensor(*pair) for pair in zip(given["inputs"], given["inputShapes"])]
    found, expected = tensor(given["output"], shape), OPERATIONS[kind](inputs, given["attributes"], shape)
    assert list(expected.shape) == shape, f"{given['case']}: {kind} gives {list(expected.shape)}, not {shape}"
    largest = expected.abs().max().item() or 1.0
    error = (found - expected).abs().max().item() / largest
    count[kind] = count.get(kind, 0) + 1
    if not error <= worst.get(kind, (-1.0,))[0]:  # also when it is no number
        worst[kind] = (error, given["case"])

for kind, (error, case) in worst.items():
    print(f"{kind:24}{count[kind]:5}  {error:.1e}  {case if error > 0 else ''}")
sys.exit(0 if all(error <= 1e-12 for error, _ in worst.values()) else 1)
