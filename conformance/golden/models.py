"""The models in plain PyTorch: each an ordered list of named layers, so that names and shapes can be compared."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from philox import symmetric, uniform


class Lrn(nn.Module):
    """b = a / (k + alpha · Σ a²)^beta over `size` channels, alpha not divided by size; `towers` do not see each other."""

    def __init__(self, size=5, k=2.0, alpha=1e-4, beta=0.75, towers=1):
        super().__init__()
        self.size, self.k, self.alpha, self.beta, self.towers = size, k, alpha, beta, towers

    def forward(self, x):
        n, c, h, w = x.shape
        tower = x.reshape(n * self.towers, c // self.towers, h, w)
        # PyTorch divides alpha by size, so it is multiplied back here.
        return F.local_response_norm(tower, self.size, self.alpha * self.size, self.beta, self.k).reshape(x.shape)


class Dropout(nn.Module):
    """Inverted dropout; the goldens set `mask`, ordinary training leaves it unset."""

    def __init__(self, rate=0.5):
        super().__init__()
        self.rate, self.mask = rate, None

    def forward(self, x):
        if not self.training:
            return x
        return F.dropout(x, self.rate) if self.mask is None else x * self.mask.to(x.dtype)


def head(inputs, classes):
    """Dropout after each hidden dense layer: the paper, Caffe and d2l."""
    return [
        ("flatten", nn.Flatten()),
        ("fc6", nn.Linear(inputs, 4096)), ("relu6", nn.ReLU()), ("drop6", Dropout()),
        ("fc7", nn.Linear(4096, 4096)), ("relu7", nn.ReLU()), ("drop7", Dropout()),
        ("fc8", nn.Linear(4096, classes)),
    ]


def tail(channels, widths, groups=1):
    """conv3, conv4, conv5, pool5; conv3 sees both towers."""
    c3, c4, c5 = widths
    return [
        ("conv3", nn.Conv2d(channels, c3, 3, padding=1)), ("relu3", nn.ReLU()),
        ("conv4", nn.Conv2d(c3, c4, 3, padding=1, groups=groups)), ("relu4", nn.ReLU()),
        ("conv5", nn.Conv2d(c4, c5, 3, padding=1, groups=groups)), ("relu5", nn.ReLU()),
        ("pool5", nn.MaxPool2d(3, 2)),
    ]


def alexnet2012(towers=2, k=2.0, alpha=1e-4, norm_towers=None):
    def norm():
        return Lrn(k=k, alpha=alpha, towers=norm_towers or towers)

    return [
        ("conv1", nn.Conv2d(3, 96, 11, 4)), ("relu1", nn.ReLU()), ("norm1", norm()), ("pool1", nn.MaxPool2d(3, 2)),
        ("conv2", nn.Conv2d(96, 256, 5, padding=2, groups=towers)), ("relu2", nn.ReLU()), ("norm2", norm()),
        ("pool2", nn.MaxPool2d(3, 2)),
        *tail(256, (384, 384, 256), towers),
        *head(9216, 1000),
    ]


def alexnet_caffe():
    """bvlc_alexnet: grouped convolutions, but the normalization crosses the groups; Caffe divides alpha by 5."""
    return alexnet2012(towers=2, k=1.0, alpha=1e-4 / 5, norm_towers=1)


def alexnet_torchvision():
    """Dropout stands before the hidden dense layers."""
    return [
        ("conv1", nn.Conv2d(3, 64, 11, 4, padding=2)), ("relu1", nn.ReLU()), ("pool1", nn.MaxPool2d(3, 2)),
        ("conv2", nn.Conv2d(64, 192, 5, padding=2)), ("relu2", nn.ReLU()), ("pool2", nn.MaxPool2d(3, 2)),
        *tail(192, (384, 256, 256)),
        ("avgpool", nn.AdaptiveAvgPool2d(6)), ("flatten", nn.Flatten()),
        ("drop6", Dropout()), ("fc6", nn.Linear(9216, 4096)), ("relu6", nn.ReLU()),
        ("drop7", Dropout()), ("fc7", nn.Linear(4096, 4096)), ("relu7", nn.ReLU()),
        ("fc8", nn.Linear(4096, 1000)),
    ]


def alexnet_d2l():
    return [
        ("conv1", nn.Conv2d(1, 96, 11, 4, padding=1)), ("relu1", nn.ReLU()), ("pool1", nn.MaxPool2d(3, 2)),
        ("conv2", nn.Conv2d(96, 256, 5, padding=2)), ("relu2", nn.ReLU()), ("pool2", nn.MaxPool2d(3, 2)),
        *tail(256, (384, 384, 256)),
        *head(6400, 10),
    ]


def lenet5():
    return [
        ("conv1", nn.Conv2d(1, 6, 5, padding=2)), ("sigmoid1", nn.Sigmoid()), ("pool1", nn.AvgPool2d(2)),
        ("conv2", nn.Conv2d(6, 16, 5)), ("sigmoid2", nn.Sigmoid()), ("pool2", nn.AvgPool2d(2)),
        ("flatten", nn.Flatten()),
        ("fc3", nn.Linear(400, 120)), ("sigmoid3", nn.Sigmoid()),
        ("fc4", nn.Linear(120, 84)), ("sigmoid4", nn.Sigmoid()),
        ("fc5", nn.Linear(84, 10)),
    ]


@dataclass(frozen=True)
class Model:
    layers: Callable
    input: tuple
    classes: int
    parameters: int  # the known total, asserted when the goldens are made
    glorot: bool = False  # a sigmoid network needs other bounds than a ReLU network to stay alive

    def build(self, device="cpu"):
        """An nn.Sequential whose parameters are called "conv1.weight" and so on."""
        with torch.device(device):
            return nn.Sequential(OrderedDict(self.layers()))


MODELS = {
    "alexnet-2012": Model(alexnet2012, (3, 227, 227), 1000, 60_965_224),
    "alexnet-2012-1-tower": Model(lambda: alexnet2012(towers=1), (3, 227, 227), 1000, 62_378_344),
    "alexnet-caffe": Model(alexnet_caffe, (3, 227, 227), 1000, 60_965_224),
    "alexnet-torchvision": Model(alexnet_torchvision, (3, 224, 224), 1000, 61_100_840),
    "alexnet-d2l": Model(alexnet_d2l, (1, 224, 224), 10, 46_764_746),
    "lenet5": Model(lenet5, (1, 28, 28), 10, 61_706, glorot=True),
}


def weight_bound(model, module):
    shape, groups = module.weight.shape, getattr(module, "groups", 1)
    fan_in = int(np.prod(shape[1:]))
    fan_out = shape[0] // groups * int(np.prod(shape[2:]))
    return np.sqrt(6 / (fan_in + fan_out)) * 2 if model.glorot else np.sqrt(6 / fan_in)


def seeded(model, seed):
    """The model with its golden weights: exact float32 values, held in float64."""
    network = model.build("meta").double().to_empty(device="cpu")  # no default initialization to wait for
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            layer, kind = name.split(".")
            bound = weight_bound(model, network.get_submodule(layer)) if kind == "weight" else 0.1
            parameter.copy_(torch.from_numpy(symmetric(seed, f"golden:{name}", parameter.shape, bound)))
    return network


def seeded_batch(model, seed, batch, step=0):
    """Images in [-1, 1), exact in float32, and labels."""
    images = symmetric(seed, "golden:images", (batch, *model.input), step=step)
    labels = np.floor(uniform(seed, "golden:labels", batch, step) * model.classes).astype(np.int64)
    return torch.from_numpy(images).double(), torch.from_numpy(labels)


def set_masks(network, seed, batch, purpose="golden:mask:", step=0):
    """Fixes every dropout mask; returns them by layer name."""
    layers = list(network.named_children())
    masks = {}
    for (name, layer), (_, following) in zip(layers, layers[1:]):
        if isinstance(layer, Dropout):  # a dense layer always follows and tells the width
            keep = 1 - layer.rate
            draws = uniform(seed, f"{purpose}{name}", (batch, following.in_features), step)
            layer.mask = masks[name] = torch.from_numpy(np.where(draws < keep, 1 / keep, 0.0))
    return masks
