"""The families' own software, for witness.mjs: `make` writes their files and what they answer, `check` reads ours.

    pip install torch==2.13.0 numpy onnx==1.23.1 onnxruntime onnxscript protobuf safetensors
    pip download --no-deps x2paddle==1.6.0      (its caffe_pb2.py is generated from Caffe's published schema)
"""

import json
import os
import sys
import warnings
from collections import OrderedDict
from pathlib import Path

os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"
import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")
what, folder, *rest = sys.argv[1:]
folder = Path(folder)
torch.set_num_threads(2)


class Torchvision(nn.Module):
    """torchvision.models.AlexNet, whose package does not load beside this torch."""

    def __init__(self, classes=1000):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(6)
        self.classifier = nn.Sequential(
            nn.Dropout(), nn.Linear(9216, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, classes)
        )

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


def seeded(model, seed):
    """Weights that keep the size of what goes through, so that answers differ by whole units as those of trained weights do."""
    torch.manual_seed(seed)
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight)
            nn.init.normal_(module.bias, std=0.1)
    return model.eval()


def caffe_weights():
    torch.manual_seed(11)
    shapes = OrderedDict(
        conv1=(96, 3, 11, 11), conv2=(256, 48, 5, 5), conv3=(384, 256, 3, 3), conv4=(384, 192, 3, 3), conv5=(256, 192, 3, 3),
        fc6=(4096, 9216), fc7=(4096, 4096), fc8=(1000, 4096),
    )
    scale = lambda shape: (2 / np.prod(shape[1:])) ** 0.5 / (60 if shape[1] == 3 else 1)
    return OrderedDict((name, (torch.randn(shape) * scale(shape), torch.randn(shape[0]) * 0.1)) for name, shape in shapes.items())


def caffe_answers(weights, images):
    """bvlc_alexnet: images blue first, two groups, alpha divided by the number of channels."""
    lrn = lambda x: F.local_response_norm(x, 5, 1e-4, 0.75, 1.0)
    w = weights
    x = F.max_pool2d(lrn(F.relu(F.conv2d(images, *w["conv1"], stride=4))), 3, 2)
    x = F.max_pool2d(lrn(F.relu(F.conv2d(x, *w["conv2"], padding=2, groups=2))), 3, 2)
    x = F.relu(F.conv2d(x, *w["conv3"], padding=1))
    x = F.relu(F.conv2d(x, *w["conv4"], padding=1, groups=2))
    x = F.max_pool2d(F.relu(F.conv2d(x, *w["conv5"], padding=1, groups=2)), 3, 2)
    x = F.relu(F.linear(x.flatten(1), *w["fc6"]))
    return F.linear(F.relu(F.linear(x, *w["fc7"])), *w["fc8"])


def caffe_model(caffe, weights, old):
    net = caffe.NetParameter(name="AlexNet")
    kinds = {"Convolution": 4, "Dropout": 6, "InnerProduct": 14, "LRN": 15, "Pooling": 17, "ReLU": 18, "Softmax": 20}
    state = {"top": "data"}
    if old:
        net.input.append("data")
        net.input_dim.extend([10, 3, 227, 227])
    else:
        made = net.layer.add(name="data", type="Input", top=["data"])
        made.input_param.shape.add().dim.extend([10, 3, 227, 227])

    def layer(kind, name, in_place=False):
        made = net.layers.add() if old else net.layer.add()
        made.name, made.type = name, kinds[kind] if old else kind
        made.bottom.append(state["top"])
        state["top"] = state["top"] if in_place else name
        made.top.append(state["top"])
        for tensor in weights.get(name, []):
            blob = made.blobs.add()
            if old:
                blob.num, blob.channels, blob.height, blob.width = [1] * (4 - tensor.dim()) + list(tensor.shape)
            else:
                blob.shape.dim.extend(tensor.shape)
            blob.data.extend(tensor.flatten().tolist())
        return made

    def conv(name, outputs, size, pad=0, stride=1, group=1):
        settings = layer("Convolution", name).convolution_param
        settings.num_output, settings.group = outputs, group
        settings.kernel_size.append(size)
        settings.pad.append(pad)
        settings.stride.append(stride)
        layer("ReLU", "relu" + name[-1], in_place=True)

    def pool(name):
        settings = layer("Pooling", name).pooling_param
        settings.pool, settings.kernel_size, settings.stride = 0, 3, 2

    def norm(name):
        settings = layer("LRN", name).lrn_param
        settings.local_size, settings.alpha, settings.beta = 5, 0.0001, 0.75

    conv("conv1", 96, 11, stride=4), norm("norm1"), pool("pool1")
    conv("conv2", 256, 5, pad=2, group=2), norm("norm2"), pool("pool2")
    conv("conv3", 384, 3, pad=1), conv("conv4", 384, 3, pad=1, group=2), conv("conv5", 256, 3, pad=1, group=2), pool("pool5")
    for name in ["fc6", "fc7", "fc8"]:
        layer("InnerProduct", name).inner_product_param.num_output = weights[name][0].shape[0]
        if name != "fc8":
            layer("ReLU", "relu" + name[-1], in_place=True)
            layer("Dropout", "drop" + name[-1], in_place=True)
    layer("Softmax", "prob")
    return net


def make():
    images = {size: torch.from_numpy(np.load(folder / f"images-{size}.npy")) for size in [224, 227]}
    model = seeded(Torchvision(), 7)
    with torch.no_grad():
        torchvision = model(images[224]).numpy()
    answers = {name: torchvision for name in ["zip.pth", "legacy.pth", "checkpoint.pth", "torch.npz", "trace.onnx", "dynamo.onnx", "torch.safetensors"]}
    torch.save(model.state_dict(), folder / "zip.pth")
    torch.save(model.state_dict(), folder / "legacy.pth", _use_new_zipfile_serialization=False)
    from safetensors.torch import save_file

    save_file(model.state_dict(), folder / "torch.safetensors")
    np.savez(folder / "torch.npz", **{name: tensor.numpy() for name, tensor in model.state_dict().items()})
    torch.onnx.export(model, images[224][:1], folder / "trace.onnx", dynamo=False)
    torch.onnx.export(model, images[224][:1], folder / "dynamo.onnx", dynamo=True, verbose=False)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0, momentum=0.9)
    model(images[224]).sum().backward()
    optimizer.step()
    wrapped = {f"module.{name}": tensor for name, tensor in model.state_dict().items()}
    state = {"epoch": 90, "arch": "alexnet", "best_acc1": torch.tensor(56.5), "state_dict": wrapped, "optimizer": optimizer.state_dict()}
    torch.save(state, folder / "checkpoint.pth")
    with torch.no_grad():
        answers["half.pth"] = seeded(Torchvision(), 7).half().float()(images[224]).numpy()
    torch.save(model.half().state_dict(), folder / "half.pth")

    sys.path.insert(0, rest[0])
    import caffe_pb2

    weights = caffe_weights()
    with torch.no_grad():
        caffe = caffe_answers(weights, images[227].flip(1)).numpy()
    for name, old in [("new.caffemodel", False), ("old.caffemodel", True)]:
        (folder / name).write_bytes(caffe_model(caffe_pb2, weights, old).SerializeToString())
    layers = {
        name: [w.numpy().transpose(2, 3, 1, 0) if w.dim() == 4 else w.reshape(4096, 256, 6, 6).permute(2, 3, 1, 0).reshape(9216, 4096).numpy() if name == "fc6" else w.numpy().T, b.numpy()]
        for name, (w, b) in weights.items()
    }
    np.save(folder / "bvlc_alexnet.npy", layers)
    answers |= {name: caffe for name in ["new.caffemodel", "old.caffemodel", "bvlc_alexnet.npy"]}
    (folder / "answers.json").write_text(json.dumps({name: answer.shape for name, answer in answers.items()}))
    for name, answer in answers.items():
        np.save(folder / f"{name}.answer.npy", answer.astype(np.float32))


def check():
    """Reads what was written of zip.pth and old.caffemodel, and prints how far the answers are from those of the originals."""
    images = {size: torch.from_numpy(np.load(folder / f"images-{size}.npy")) for size in [224, 227]}
    torchvision, caffe = (np.load(folder / f"{name}.answer.npy") for name in ["zip.pth", "old.caffemodel"])

    def say(what, answer, expected):
        print(f"{what:52} {np.abs(answer - expected).max():.1e}")

    from safetensors.torch import load_file

    model = Torchvision().eval()
    with torch.no_grad():
        model.load_state_dict(load_file(folder / "written-torchvision.safetensors"), strict=True)
        say("safetensors, load_state_dict(strict=True)", model(images[224]).numpy(), torchvision)
        arrays = np.load(folder / "written-torchvision.npz")
        model.load_state_dict({name: torch.from_numpy(arrays[name]) for name in arrays.files}, strict=True)
        say("npz, numpy.load", model(images[224]).numpy(), torchvision)
        layers = np.load(folder / "written.npy", allow_pickle=True).item()
        back = {
            name: [torch.from_numpy(np.ascontiguousarray(w.transpose(3, 2, 0, 1) if w.ndim == 4 else w.reshape(6, 6, 256, 4096).transpose(3, 2, 0, 1).reshape(4096, 9216) if name == "fc6" else w.T)), torch.from_numpy(b)]
            for name, (w, b) in layers.items()
        }
        say("npy of layers, numpy.load", caffe_answers(back, images[227].flip(1)).numpy(), caffe)
    sys.path.insert(0, str(folder))
    photos = sorted(path for path in Path(rest[0]).iterdir() if path.suffix in (".png", ".jpg"))
    for name, expected in [("torchvision", torchvision), ("caffe", caffe)]:
        source = __import__(f"written_{name}")
        [made] = [value for value in vars(source).values() if isinstance(value, type) and issubclass(value, nn.Module)]
        network = made().eval()
        network.load_state_dict(load_file(folder / f"written-{name}-ours.safetensors"), strict=True)
        with torch.no_grad():
            answer = torch.cat([network(source.prepare(photo)) for photo in photos]).numpy()
        say(f"{name}, source for PyTorch, photos by Pillow", answer, expected)
    for name, size, expected in [("written-torchvision.onnx", 224, torchvision), ("written-caffe.onnx", 227, caffe)]:
        onnx.checker.check_model(str(folder / name), full_check=True)
        session = onnxruntime.InferenceSession(folder / name, providers=["CPUExecutionProvider"])
        [answer] = session.run(["output/logits"], {"images": images[size].numpy()})
        say(f"{name}, onnx.checker, onnxruntime", answer, expected)


{"make": make, "check": check}[what]()
