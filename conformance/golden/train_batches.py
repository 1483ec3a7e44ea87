"""Trains one of the models on batches that are piped in, by the 2012 paper's rule: the witness of a training elsewhere.

Standard input: a line of JSON (`model`, `inputShape`, `seed`, `batch`, `momentum`, `weightDecay`, `precision`, `parameters`: names and
shapes in order, `step`: how many were taken before, `state`: where to write the final weights and velocities), the weights and the
velocities to begin with (float32, one after the other), and for each step the number of images and their learning rate (float64), the
labels (int32) and the images (float32). All numbers are little-endian. The final ones are written in float64.
Standard output: the loss of each step, a line each. Dropout is drawn here, from the library's random stream.
"""

import json
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from models import MODELS, set_masks


def read(count, kind):
    size = count * np.dtype(kind).itemsize
    data = sys.stdin.buffer.read(size)
    if len(data) < size:
        raise EOFError
    return np.frombuffer(data, kind)


def main():
    plan = json.loads(sys.stdin.buffer.readline())
    kind = getattr(torch, plan["precision"])
    network = MODELS[plan["model"]].build("meta")
    last_name, last = list(network.named_children())[-1]
    classes = plan["parameters"][-1]["shape"][0]
    setattr(network, last_name, nn.Linear(last.in_features, classes, device="meta"))
    network = network.to(kind).to_empty(device="cpu").train()
    parameters = dict(network.named_parameters())
    assert sorted(parameters) == sorted(entry["name"] for entry in plan["parameters"])
    velocities = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    with torch.no_grad():
        for tensors in (parameters, velocities):
            for entry in plan["parameters"]:
                values = read(int(np.prod(entry["shape"])), "<f4").reshape(entry["shape"])
                tensors[entry["name"]].copy_(torch.from_numpy(values.copy()))

    step = plan["step"]
    while True:
        try:
            count, rate = read(2, "<f8")
        except EOFError:
            break
        count = int(count)
        labels = torch.from_numpy(read(count, "<i4").astype(np.int64))
        shape = (count, *plan["inputShape"])
        images = torch.from_numpy(read(int(np.prod(shape)), "<f4").reshape(shape).copy()).to(kind)
        for name, mask in set_masks(network, plan["seed"], plan["batch"], "dropout:", step).items():
            network.get_submodule(name).mask = mask[:count]
        loss = F.cross_entropy(network(images), labels)
        gradients = torch.autograd.grad(loss, list(parameters.values()))
        with torch.no_grad():
            for (name, parameter), gradient in zip(parameters.items(), gradients):
                velocity = velocities[name]
                velocity.mul_(plan["momentum"]).sub_(gradient.add_(parameter, alpha=plan["weightDecay"]), alpha=float(rate))
                parameter.add_(velocity)
        print(repr(loss.item()), flush=True)
        step += 1

    with open(plan["state"], "wb") as file:
        for tensors in (parameters, velocities):
            for entry in plan["parameters"]:
                file.write(tensors[entry["name"]].detach().double().numpy().tobytes())


if __name__ == "__main__":
    main()
