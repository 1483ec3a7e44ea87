"""Writes the fixtures beside it with PyTorch: pip install torch==2.13.0 numpy, then run it.

torch-{zip,legacy}.pth    a state_dict of tensors of every kind, in both layouts of torch.save
torch-checkpoint.pth      a training's checkpoint: DataParallel's names, momentum buffers, numbers of NumPy, arguments
torch-module.pth          a pickled module, which is to be refused
torch-script.pt           a program of TorchScript, which is to be refused
torch.json                what PyTorch says the tensors hold
"""

import argparse
import io
import json
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch import nn

here = Path(__file__).parent
torch.manual_seed(1)

filters = torch.arange(2 * 3 * 2 * 2, dtype=torch.float32).reshape(2, 3, 2, 2) / 8
shared = torch.arange(12, dtype=torch.float32)
tensors = OrderedDict(
    {
        "conv.weight": filters,
        "conv.channels_last": filters.to(memory_format=torch.channels_last),
        "transposed": filters[0, 0].t(),
        "shared.whole": shared.reshape(3, 4),
        "shared.part": shared[4:8],
        "shared.every_third": shared[1::3],
        "empty": torch.zeros(0, 4),
        "scalar": torch.tensor(0.1),
        "wide": torch.tensor([1e300, -2.5], dtype=torch.float64),
        "half": torch.tensor([0.0, -1.5, 65504.0, 6e-8], dtype=torch.float16),
        "brain": torch.tensor([0.0, -1.5, 3e38, 1e-40], dtype=torch.bfloat16),
        "parameter": nn.Parameter(torch.tensor([1.0, 2.0])),
        "num_batches_tracked": torch.tensor(7),
        "flags": torch.tensor([True, False]),
    }
)
torch.save(tensors, here / "torch-zip.pth")
torch.save(tensors, here / "torch-legacy.pth", _use_new_zipfile_serialization=False)
floating = {name: tensor for name, tensor in tensors.items() if tensor.is_floating_point()}
(here / "torch.json").write_text(
    json.dumps(
        {
            name: {"shape": list(t.shape), "data": [float(value) for value in t.detach().double().flatten()]}
            for name, t in floating.items()
        },
        indent=1,
    )
    + "\n"
)

model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(2, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
model(torch.ones(1, 1, 3, 3)).sum().backward()
optimizer.step()
torch.save(
    {
        "epoch": 3,
        "best": np.float64(0.5),
        "history": np.arange(3),
        "args": argparse.Namespace(lr=0.1, data="/data"),
        "dtype": torch.float32,
        "shape": torch.Size([1, 2]),
        "state_dict": {f"module.{name}": tensor for name, tensor in model.state_dict().items()},
        "optimizer": optimizer.state_dict(),
    },
    here / "torch-checkpoint.pth",
)
torch.save(model, here / "torch-module.pth")
torch.jit.script(model).save(str(here / "torch-script.pt"))
