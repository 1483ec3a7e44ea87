"""Regenerates every golden beside this file: `python generate.py` (README.md says what each holds)."""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

import philox
from models import MODELS, Lrn, seeded, seeded_batch, set_masks

HERE = Path(__file__).parent
BATCH = 2
# Found by find_seeds.py: no ReLU or max-pool decision is close enough for float32 rounding to turn it.
SEEDS = {
    "alexnet-2012": 59, "alexnet-2012-1-tower": 38, "alexnet-caffe": 32,
    "alexnet-torchvision": 22, "alexnet-d2l": 44, "lenet5": 1,
}


def sample(tensor, count=512):
    """Elements at flat indices floor(i · size / count); all of them if there are fewer."""
    flat = tensor.detach().double().reshape(-1)
    count = min(count, flat.numel())
    return flat[torch.arange(count) * flat.numel() // count]


def spread(tensor, count=256):
    """Elements at flat indices i · 2654435761 mod size.

    `sample` steps by whole rows in most weights (all of fc7.weight's are in column 0, whose gradient may be all zero);
    this prime step visits as many columns as rows.
    """
    flat = tensor.detach().reshape(-1)
    return flat[torch.arange(count) * 2654435761 % flat.numel()]


def norm(tensor):
    """numpy adds up pairwise; torch's running sum of millions of squares is off by hundreds of units in the last place."""
    squares = np.square(tensor.detach().double().numpy())
    return torch.from_numpy(np.sqrt(squares.sum()).reshape(1))


def save(name, tensors, **metadata):
    """Writes safetensors by hand: the library orders the metadata by chance, and the same values should give the same bytes."""
    arrays = {key: np.ascontiguousarray(value.detach().numpy()) for key, value in tensors.items()}
    kinds = {"float64": "F64", "float32": "F32", "int32": "I32"}
    header = {"__metadata__": {key: str(value) for key, value in ({"torch": torch.__version__} | metadata).items()}}
    body = b""
    for key, array in sorted(arrays.items(), key=lambda item: (-item[1].itemsize, item[0])):  # wide first: aligned
        end = len(body) + array.nbytes
        header[key] = {"dtype": kinds[str(array.dtype)], "shape": list(array.shape), "data_offsets": [len(body), end]}
        body += array.tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    (HERE / f"{name}.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + body)


def write_json(name, value):
    """One line per entry: readable, and a change shows as a line."""
    entries = value.items() if isinstance(value, dict) else ((None, entry) for entry in value)
    lines = [("" if key is None else f"{json.dumps(key)}: ") + json.dumps(entry) for key, entry in entries]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    (HERE / f"{name}.json").write_text(opening + "\n" + ",\n".join(lines) + "\n" + closing + "\n")


# --- the generator ---------------------------------------------------------------------------------------------------


def philox_vectors():
    cases = [(0, "", 0), (1, "golden:images", 0), (2**53 - 1, "golden:conv1.weight", 2**33 + 7), (42, "é→😀", 3)]
    write_json("philox", [
        {"seed": seed, "purpose": purpose, "step": step, "fnv1a": philox.fnv1a(purpose),
         "words": philox.words(seed, purpose, 10, step).tolist()}
        for seed, purpose, step in cases
    ])


# --- shapes ----------------------------------------------------------------------------------------------------------


def shapes():
    out = {}
    for name, model in MODELS.items():
        network = model.build("meta")
        x = torch.empty(BATCH, *model.input, device="meta")
        layers = []
        for layer, module in network.named_children():
            x = module(x)
            layers.append({"name": layer, "shape": list(x.shape), "parameters": sum(p.numel() for p in module.parameters())})
        total = sum(layer["parameters"] for layer in layers)
        assert total == model.parameters, f"{name} has {total} parameters, not {model.parameters}"
        out[name] = {"input": [BATCH, *model.input], "layers": layers, "parameters": total}
    write_json("shapes", out)


# --- whole models ----------------------------------------------------------------------------------------------------


def gradients(network, images, labels):
    """Training-mode logits, loss, output of every layer, gradient of every parameter."""
    network.train()
    x, layers = images, {}
    for name, layer in network.named_children():
        x = layers[name] = layer(x)
    loss = F.cross_entropy(x, labels)
    names, parameters = zip(*network.named_parameters())
    return x, loss, layers, dict(zip(names, torch.autograd.grad(loss, parameters)))


def model_golden(name):
    model, seed = MODELS[name], SEEDS[name]
    network = seeded(model, seed)
    images, labels = seeded_batch(model, seed, BATCH)
    masks = set_masks(network, seed, BATCH)

    out = {"labels": labels.double(), "images.sample": sample(images, 8)}
    out |= {f"mask.{layer}.sample": sample(mask, 64) for layer, mask in masks.items()}
    out |= {f"param.{key}.sample": sample(value, 8) for key, value in network.named_parameters()}
    with torch.no_grad():
        out["eval.logits"] = network.eval()(images)
    logits, loss, layers, grads = gradients(network, images, labels)
    out |= {"train.logits": logits, "train.loss": loss.reshape(1)}
    for layer, value in layers.items():
        out |= {f"layer.{layer}.norm": norm(value), f"layer.{layer}.max": value.abs().max().reshape(1),
                f"layer.{layer}.sample": sample(value)}
    for key, grad in grads.items():
        largest = grad.abs().max().reshape(1)
        out |= {f"grad.{key}.norm": norm(grad), f"grad.{key}.max": largest, f"grad.{key}.sample": sample(grad)}
        if grad.numel() > 512:  # else the sample holds all
            out[f"grad.{key}.spread"] = spread(grad)

    worst, worst_name = float32_difference(network, images, labels, grads)
    print(f"{name}: seed {seed}, loss {loss.item():.6f}, float32 differs by at most {worst:.1e} ({worst_name})", flush=True)
    save(name, out, model=name, seed=seed, batch=BATCH,
         float32WorstRelative=f"{worst:.1e}", float32WorstParameter=worst_name)


def float32_difference(network, images, labels, grads):
    """How far PyTorch's own float32 gradients are from these, relative to each tensor's largest; converts `network`."""
    grads32 = gradients(network.float(), images.float(), labels)[3]
    return max((((grads32[key] - grad).abs().max() / grad.abs().max()).item(), key) for key, grad in grads.items())


# --- single operations -----------------------------------------------------------------------------------------------


def operations():
    """Inputs, upstream gradient, output and gradients of small cases; roles as in y = op(x, w, b)."""
    tensors, cases = {}, []

    def case(name, op, function, shapes, scale=1.0, integers=False, **attributes):
        def draw(role, shape):
            if integers:  # -2 .. 1: many ties, many zeros
                return torch.from_numpy(np.floor(4 * philox.uniform(1, f"golden:{name}:{role}", shape)) - 2)
            return torch.from_numpy(philox.symmetric(1, f"golden:{name}:{role}", shape, scale)).double()

        inputs = {role: draw(role, shape).requires_grad_() for role, shape in shapes.items()}
        y = function(**inputs)
        dy = draw("dy", y.shape) if y.dim() else torch.ones(())
        grads = torch.autograd.grad(y, list(inputs.values()), dy.double())
        values = inputs | {"dy": dy, "y": y} | {f"d{role}": grad for role, grad in zip(inputs, grads)}
        if op == "softmaxCrossEntropy":
            values |= {"labels": labels.double(), "dy": dy.reshape(1), "y": y.reshape(1)}
        for role, value in values.items():
            assert value.numel() < 2000, (name, role)
            exact = role in shapes or role == "dy"  # inputs are float32 values, so half the bytes hold them
            tensors[f"{name}.{role}"] = value.float() if exact else value
        names = {role: {"name": f"{name}.{role}", "shape": list(value.shape)} for role, value in values.items()}
        cases.append({"name": name, "op": op, "attributes": attributes, "tensors": names})

    def conv(name, x, w, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
        case(f"conv2d.{name}", "conv2d", lambda x, w, b: F.conv2d(x, w, b, stride, padding, dilation, groups),
             {"x": x, "w": w, "b": w[:1]}, stride=stride, padding=padding, dilation=dilation, groups=groups)

    conv("11x11-stride4", (1, 3, 23, 23), (4, 3, 11, 11), (4, 4))
    conv("11x11-stride4-padding2-remainder", (1, 2, 24, 24), (3, 2, 11, 11), (4, 4), (2, 2))
    conv("stride3-remainders", (2, 3, 11, 14), (4, 3, 3, 3), (3, 3))
    conv("stride3-padding1-remainders", (2, 3, 12, 15), (4, 3, 3, 3), (3, 3), (1, 1))
    conv("rectangular", (2, 2, 13, 9), (3, 2, 5, 3), (2, 3), (2, 1), (1, 2))
    conv("5x5-padding2", (2, 3, 7, 6), (4, 3, 5, 5), padding=(2, 2))
    conv("5x5-padding2-groups2", (2, 4, 6, 7), (6, 2, 5, 5), padding=(2, 2), groups=2)
    conv("3x3-stride2-padding1-groups2", (2, 6, 8, 7), (4, 3, 3, 3), (2, 2), (1, 1), groups=2)
    conv("3x3-dilation2", (2, 3, 9, 8), (4, 3, 3, 3), dilation=(2, 2))
    conv("3x3-stride2-padding2-dilation2-remainder", (1, 3, 10, 9), (4, 3, 3, 3), (2, 2), (2, 2), (2, 2))
    conv("1x1", (2, 5, 4, 3), (6, 5, 1, 1))
    conv("1x1-stride2-groups2", (2, 4, 5, 6), (6, 2, 1, 1), (2, 2), groups=2)

    def pool(op, name, x, size, stride, padding=0, integers=False):
        function = {"maxPool": F.max_pool2d, "avgPool": F.avg_pool2d}[op]
        case(f"{op}.{name}", op, lambda x: function(x, size, stride, padding), {"x": x}, integers=integers,
             size=[size, size], stride=[stride, stride], padding=[padding, padding])

    pool("maxPool", "3x3-stride2", (2, 3, 7, 9), 3, 2)
    pool("maxPool", "3x3-stride2-remainder", (2, 3, 8, 6), 3, 2)
    pool("maxPool", "3x3-stride2-padding1", (2, 3, 8, 7), 3, 2, 1)
    pool("maxPool", "2x2-stride2", (2, 3, 6, 5), 2, 2)
    pool("maxPool", "ties", (2, 3, 9, 9), 3, 2, integers=True)
    pool("maxPool", "ties-padding1", (2, 3, 8, 7), 3, 2, 1, integers=True)
    pool("avgPool", "2x2-stride2", (2, 3, 6, 8), 2, 2)
    pool("avgPool", "2x2-stride2-remainder", (2, 3, 7, 5), 2, 2)
    pool("avgPool", "3x3-stride2-overlapping", (2, 3, 7, 9), 3, 2)

    def lrn(name, x, size, k, alpha, scale, beta=0.75):
        case(f"lrn.{name}", "lrn", Lrn(size, k, alpha, beta), {"x": x}, scale, size=size, k=k, alpha=alpha, beta=beta)

    lrn("paper", (2, 9, 3, 4), 5, 2.0, 1e-4, 100.0)
    lrn("caffe", (2, 9, 3, 4), 5, 1.0, 2e-5, 100.0)
    lrn("strong", (2, 7, 3, 3), 5, 1.0, 0.5, 3.0)
    lrn("size3", (2, 6, 3, 3), 3, 2.0, 0.1, 5.0)
    lrn("window-wider-than-channels", (2, 3, 3, 3), 5, 2.0, 0.1, 5.0)

    x = {"x": (2, 3, 5, 4)}
    case("relu", "relu", torch.relu, x)
    case("relu.zeros", "relu", torch.relu, x, integers=True)
    for name, function in (("sigmoid", torch.sigmoid), ("tanh", torch.tanh)):
        case(name, name, lambda x: function(x), x, 4.0)
        case(f"{name}.saturated", name, lambda x: function(x), x, 200.0)

    case("dense", "dense", lambda x, w, b: F.linear(x, w, b), {"x": (3, 17), "w": (11, 17), "b": (11,)})
    case("softmax", "softmax", lambda x: x.softmax(1), {"x": (4, 10)}, 5.0)
    case("softmax.large", "softmax", lambda x: x.softmax(1), {"x": (4, 10)}, 500.0)
    labels = torch.from_numpy(np.floor(philox.uniform(1, "golden:labels", (5,)) * 10).astype(np.int64))
    for name, scale in (("softmaxCrossEntropy", 5.0), ("softmaxCrossEntropy.large", 500.0)):
        case(name, "softmaxCrossEntropy", lambda x: F.cross_entropy(x, labels), {"x": (5, 10)}, scale, reduction="mean")

    save("operations", tensors, seed=1)
    write_json("operations", cases)


# --- training --------------------------------------------------------------------------------------------------------


def train(network, model, seed, rates, update):
    """Descends on fresh images each step, the learning rate of each step in `rates`; returns the losses."""
    losses = []
    for step, rate in enumerate(rates):
        images, labels = seeded_batch(model, seed, 8, step)
        loss = F.cross_entropy(network(images), labels)
        losses.append(loss.detach())
        network.zero_grad()
        loss.backward()
        update(rate)
    return torch.stack(losses)


def by(make, **settings):
    """Updates by one of PyTorch's optimizers."""

    def of(network):
        optimizer = make(network.parameters(), **settings)

        def update(rate):
            optimizer.param_groups[0]["lr"] = rate
            optimizer.step()

        return update

    return of


def by_paper(momentum, decay):
    """Updates by the 2012 paper's rule, which PyTorch does not have."""

    def of(network):
        velocities = [torch.zeros_like(p) for p in network.parameters()]

        def update(rate):
            with torch.no_grad():
                for p, v in zip(network.parameters(), velocities):
                    v.mul_(momentum).sub_(rate * (p.grad + decay * p))
                    p.add_(v)

        return update

    return of


def fine_tuning(network):
    network.conv1.requires_grad_(False), network.conv2.requires_grad_(False)
    trained = [parameter for layer in (network.fc3, network.fc4) for parameter in layer.parameters()]
    last = {"params": list(network.fc5.parameters()), "multiplier": 2.0}
    optimizer = torch.optim.SGD([{"params": trained, "multiplier": 1.0}, last], lr=0.1, momentum=0.9, weight_decay=5e-4)

    def update(rate):
        for group in optimizer.param_groups:
            group["lr"] = rate * group["multiplier"]
        optimizer.step()

    return update


def training():
    model, seed, steps = MODELS["lenet5"], SEEDS["lenet5"], 20
    constant, dropping = [0.1] * steps, [0.1] * 10 + [0.01] * 10
    momentum = by(torch.optim.SGD, momentum=0.9, weight_decay=5e-4)
    runs = {
        "plain": ([0.5] * steps, by(torch.optim.SGD)),
        "momentum.paper": (constant, by_paper(0.9, 5e-4)),
        "momentum.pytorch": (constant, momentum),
        # At a constant rate the two conventions are the same trajectory; a falling rate tells them apart.
        "drop.paper": (dropping, by_paper(0.9, 5e-4)),
        "drop.pytorch": (dropping, momentum),
        # Transfer learning: the convolutions stay as they are, the last layer learns at twice the rate.
        "frozen": (constant, fine_tuning),
        "adam": ([0.01] * 10 + [0.001] * 10, by(torch.optim.Adam, weight_decay=0.01)),
        "adamw": ([0.01] * 10 + [0.001] * 10, by(torch.optim.AdamW, betas=(0.8, 0.99), eps=1e-3, weight_decay=0.1)),
    }
    out, ends = {}, {}
    for name, (rates, updating) in runs.items():
        network = seeded(model, seed)
        out[f"{name}.loss"] = train(network, model, seed, rates, updating(network))
        ends[name] = dict(network.named_parameters())
        for key, value in ends[name].items():
            out[f"{name}.final.{key}.sample"] = sample(value)
            if name in ("plain", "momentum.paper"):  # every element, rounded to float32 to stay small
                out[f"{name}.final.{key}"] = value.float()

    def apart(a, b):
        return max((ends[a][key] - ends[b][key]).abs().max().item() for key in ends[a])

    same, different = apart("momentum.paper", "momentum.pytorch"), apart("drop.paper", "drop.pytorch")
    print(f"training: the conventions differ by {same:.1e} at a constant rate, by {different:.1e} when it drops")
    assert same < 1e-12 and different > 1e-4
    save("training", out, model="lenet5", seed=seed, batch=8, steps=steps)


# --- learning rates --------------------------------------------------------------------------------------------------


def schedules():
    """The learning rate of each of 30 steps by PyTorch's own schedulers."""
    lrs = torch.optim.lr_scheduler
    steps, warming = 30, 5

    def warmed(optimizer, main):
        rising = lrs.LinearLR(optimizer, start_factor=0.01, total_iters=warming)
        return lrs.SequentialLR(optimizer, [rising, main], milestones=[warming])

    made = {
        "cosine": lambda o: lrs.CosineAnnealingLR(o, T_max=steps),
        "cosine.minimum": lambda o: lrs.CosineAnnealingLR(o, T_max=steps, eta_min=0.01),
        "cosine.warmup": lambda o: warmed(o, lrs.CosineAnnealingLR(o, T_max=steps - warming)),
        "polynomial": lambda o: lrs.PolynomialLR(o, total_iters=steps, power=2.0),
        "polynomial.warmup": lambda o: warmed(o, lrs.PolynomialLR(o, total_iters=steps - warming, power=2.0)),
        "constant.warmup": lambda o: warmed(o, lrs.ConstantLR(o, factor=1.0, total_iters=0)),
        "step": lambda o: lrs.StepLR(o, step_size=7, gamma=0.1),  # here a step is an epoch
    }
    out = {}
    for name, make in made.items():
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.2)
        scheduler = make(optimizer)
        rates = []
        for _ in range(steps):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        out[name] = rates
    write_json("schedules", out)


if __name__ == "__main__":
    philox.check()
    torch.set_num_threads(2)
    philox_vectors()
    shapes()
    operations()
    training()
    schedules()
    for name in sys.argv[1:] or MODELS:  # naming models regenerates only theirs
        model_golden(name)
