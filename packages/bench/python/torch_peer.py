"""PyTorch as a contender: reads a task and turns as JSON lines, answers each with a line (see src/contenders/process.ts)."""

import json
import resource
import signal
import sys
import time
from importlib.metadata import version

import torch
from torch import nn

LEARNING_RATE = 1e-3


class Lrn(nn.Module):
    """Local response normalization within groups of channels; alpha is the paper's, PyTorch divides it by the size."""

    def __init__(self, layer):
        super().__init__()
        size = layer["size"]
        self.groups = layer["groups"]
        self.norm = nn.LocalResponseNorm(size, layer["alpha"] * size, layer["beta"], layer["k"])

    def forward(self, x):
        if self.groups == 1:
            return self.norm(x)
        return torch.cat([self.norm(part) for part in x.chunk(self.groups, 1)], 1)


def symmetric(padding):
    top, left, bottom, right = padding
    if (top, left) != (bottom, right):
        raise ValueError(f"PyTorch pads both sides alike, not by {padding}")
    return top, left


def module_of(layer, shape):
    """The module of one layer for inputs of this shape, [C, H, W] or [features]."""
    kind = layer["kind"]
    if kind == "conv2d":
        return nn.Conv2d(
            shape[0],
            layer["filters"],
            layer["kernel"],
            layer["stride"],
            symmetric(layer["padding"]),
            layer["dilation"],
            layer["groups"],
            bias="bias" in layer,
        )
    if kind == "dense":
        return nn.Linear(shape[0], layer["units"], bias="bias" in layer)
    if kind == "relu":
        return nn.ReLU()
    if kind == "sigmoid":
        return nn.Sigmoid()
    if kind == "tanh":
        return nn.Tanh()
    if kind == "maxPool":
        return nn.MaxPool2d(layer["window"], layer["stride"], symmetric(layer["padding"]))
    if kind == "avgPool":
        return nn.AvgPool2d(layer["window"], layer["stride"])
    if kind == "adaptiveAvgPool":
        return nn.AdaptiveAvgPool2d(layer["outputSize"])
    if kind == "lrn":
        return Lrn(layer)
    if kind == "dropout":
        return nn.Dropout(layer["rate"])
    if kind == "flatten":
        return nn.Flatten()
    raise ValueError(f"no module for a layer of kind {kind}")


def network_of(model):
    modules = []
    x = torch.zeros(1, *model["inputShape"])
    for layer in model["layers"]:
        module = module_of(layer, x.shape[1:])
        with torch.inference_mode():
            x = module(x)
        modules.append(module)
    return nn.Sequential(*modules)


def optimizer_of(optimizer, parameters):
    decay = optimizer["weightDecay"]
    if optimizer.get("kind", "sgd") == "sgd":
        return torch.optim.SGD(parameters, LEARNING_RATE, momentum=optimizer["momentum"], weight_decay=decay)
    rule = torch.optim.Adam if optimizer["kind"] == "adam" else torch.optim.AdamW
    betas = (optimizer["beta1"], optimizer["beta2"])
    return rule(parameters, LEARNING_RATE, betas=betas, eps=optimizer["epsilon"], weight_decay=decay)


def training(workload):
    model, batch, optimizer = workload["model"], workload["batch"], workload["optimizer"]
    network = network_of(model).train()
    rule = optimizer_of(optimizer, network.parameters())
    images = torch.randn(batch, *model["inputShape"])
    labels = torch.arange(batch) % model["classes"]
    loss_of = nn.CrossEntropyLoss()

    def step():
        rule.zero_grad(set_to_none=True)
        loss = loss_of(network(images), labels)
        loss.backward()
        rule.step()
        return loss.item()

    return step


def inference(workload):
    network = network_of(workload["model"]).eval()
    images = torch.randn(workload["batch"], *workload["model"]["inputShape"])

    def step():
        with torch.inference_mode():
            return torch.softmax(network(images), 1)

    return step


def matrix_product(size):
    left, right = torch.randn(size, size), torch.randn(size, size)
    return lambda: left @ right


def step_of(task):
    if task["kind"] == "matrixProduct":
        return matrix_product(task["size"])
    workload = task["workload"]
    return training(workload) if workload["work"] == "training" else inference(workload)


def main():
    # Ctrl-C reaches every process of the terminal; whoever asks decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.manual_seed(0)
    if len(sys.argv) > 1:
        torch.set_num_threads(int(sys.argv[1]))
    step = None
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if "run" in question:
                started = time.perf_counter()
                for _ in range(question["run"]):
                    step()
                seconds = time.perf_counter() - started
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                scale = 1 if sys.platform == "darwin" else 1024
                answer = {"steps": question["run"], "seconds": seconds, "peakMemory": peak * scale}
            elif "profile" in question:
                answer = {"error": "it does not tell how long operations take"}
            else:
                step = step_of(question)
                answer = {"facts": {"engine": "torch", "version": version("torch"), "threads": torch.get_num_threads()}}
        except Exception as error:  # whatever it is, the other side shall know
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
