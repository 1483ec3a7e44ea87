"""Images a second of PyTorch's DataLoader over a folder, as JSON: torch_loader.py <folder> <workers> <batch> pillow|torchvision"""

import json
import resource
import sys
import time

import torch
from torch.utils.data import DataLoader
from torchvision import datasets, io, transforms
from torchvision.transforms import v2

folder, workers, batch, decoder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(1)
mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

if decoder == "pillow":
    steps = [transforms.Resize(256), transforms.CenterCrop(256), transforms.RandomCrop(224), transforms.RandomHorizontalFlip()]
    transform = transforms.Compose([*steps, transforms.ToTensor(), transforms.Normalize(mean, std)])
    data = datasets.ImageFolder(folder, transform)
else:
    steps = [v2.Resize(256, antialias=True), v2.CenterCrop(256), v2.RandomCrop(224), v2.RandomHorizontalFlip()]
    transform = v2.Compose([*steps, v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)])
    data = datasets.ImageFolder(folder, transform, loader=lambda path: io.decode_image(path, mode="RGB"))

loader = DataLoader(data, batch_size=batch, num_workers=workers, persistent_workers=True, prefetch_factor=2)
sum(len(labels) for _, labels in loader)  # Workers start.


def used():
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


start = time.perf_counter()
before = used()
count = sum(len(labels) for _, labels in loader)
seconds = time.perf_counter() - start
# Those of workers count when they have ended: two passes, of which one is timed.
loader._iterator._shutdown_workers()
core = (used() - before) / 2
print(json.dumps({"rate": count / seconds, "perCore": count / max(core, 1e-9)}))
