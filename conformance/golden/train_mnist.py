"""Trains d2l's AlexNet on MNIST in PyTorch float32, the accuracy and speed to compare the library with.

python train_mnist.py --data FOLDER     # the folder with MNIST's four .gz files
"""

import argparse
import gzip
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

from models import MODELS


def read_idx(path):
    data = gzip.decompress(path.read_bytes())
    shape = [int.from_bytes(data[4 * i : 4 * i + 4], "big") for i in range(1, data[3] + 1)]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def load(folder, split, count, size=224):
    """Images resized as torchvision's Resize does on a PIL image; kept as bytes, a quarter of the memory."""
    images = read_idx(folder / f"{split}-images-idx3-ubyte.gz")[:count]
    labels = read_idx(folder / f"{split}-labels-idx1-ubyte.gz")[:count]
    resized = [Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR) for image in images]
    return torch.from_numpy(np.stack(resized)).unsqueeze(1), torch.from_numpy(labels.astype(np.int64))


def initialize(layer):
    if isinstance(layer, (nn.Conv2d, nn.Linear)):  # as d2l: Xavier weights, PyTorch's default biases
        nn.init.xavier_uniform_(layer.weight)


def batches(images, labels, order, size):
    for index in order.split(size):
        yield images[index].float() / 255, labels[index]


@torch.no_grad()
def accuracy(network, images, labels, batch):
    network.eval()
    pairs = batches(images, labels, torch.arange(len(labels)), batch)
    return sum((network(x).argmax(1) == y).sum().item() for x, y in pairs) / len(labels)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True, help="folder with MNIST's four .gz files")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--momentum", type=float, default=0.0)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--train", type=int, default=6000, help="the first so many training images")
    parser.add_argument("--test", type=int, default=1000, help="the first so many test images")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    network = MODELS["alexnet-d2l"].build().apply(initialize)
    optimizer = torch.optim.SGD(network.parameters(), lr=options.lr, momentum=options.momentum)
    images, labels = load(options.data, "train", options.train)
    test = load(options.data, "t10k", options.test)

    for epoch in range(options.epochs):
        network.train()
        start, total = time.perf_counter(), 0.0
        for x, y in batches(images, labels, torch.randperm(len(labels)), options.batch):
            loss = F.cross_entropy(network(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
        seconds = time.perf_counter() - start  # training only; the resizing is before, the testing after
        print(
            f"epoch {epoch + 1}: loss {total / len(labels):.4f}, test accuracy {accuracy(network, *test, options.batch):.4f}, "
            f"{len(labels) / seconds:.1f} images/s",
            flush=True,
        )


if __name__ == "__main__":
    main()
