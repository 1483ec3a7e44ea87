"""Looks for seeds whose ReLU and max-pool decisions rounding cannot turn: `python find_seeds.py MODEL [COUNT]`.

One turned decision sends a gradient elsewhere and makes two correct implementations look different. For every layer
that decides, this takes the closest call (in float64) over the largest error of PyTorch's float32 at that layer; the
smallest ratio is the seed's safety. Above 1, no decision can turn at float32's usual errors; the more, the better.
"""

import sys

import torch
from torch import nn
from torch.nn import functional as F

from generate import BATCH
from models import MODELS, seeded, seeded_batch, set_masks


def closest_call(layer, x):
    if isinstance(layer, nn.ReLU):
        return x.abs().min()
    channels = x.reshape(-1, 1, *x.shape[2:])
    first, second = F.unfold(channels, layer.kernel_size, stride=layer.stride).topk(2, dim=1).values.unbind(1)
    return (first - second)[first > 0].min()  # a window of zeros is a tie that the ReLU below makes harmless


def inputs(network, x):
    for name, layer in network.named_children():
        if isinstance(layer, (nn.ReLU, nn.MaxPool2d)):
            yield name, layer, x
        x = layer(x)


@torch.no_grad()
def safety(model, seed):
    network = seeded(model, seed).train()
    images, _ = seeded_batch(model, seed, BATCH)
    set_masks(network, seed, BATCH)
    exact = {name: (x, closest_call(layer, x).item()) for name, layer, x in inputs(network, images)}
    ratios = {}
    for name, _, rounded in inputs(network.float(), images.float()):
        x, gap = exact[name]
        ratios[name] = gap / (rounded - x).abs().max().item()
    return min((ratio, name) for name, ratio in ratios.items())


if __name__ == "__main__":
    torch.set_num_threads(2)
    name, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 32
    best = (0.0, "", 0)
    for seed in range(1, count + 1):
        best = max(best, (*safety(MODELS[name], seed), seed))
    print(f"{name}: seed {best[2]}, safety {best[0]:.2f} (closest at {best[1]})", flush=True)
