"""Writes augment.json beside it with Pillow and numpy: pip install Pillow==12.2.0 numpy, then run it.

Images varied as Krizhevsky et al. (2012), section 4.1: part, mirror and color noise drawn by Philox of seed, epoch and index.
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

here = Path(__file__).parent
sys.path.insert(0, str(here / ".." / ".." / ".." / ".." / "conformance" / "golden"))
from philox import uniform, words

random = np.random.default_rng(41)
images = random.integers(0, 256, (3, 7, 9, 3), dtype=np.uint8)
mean_image = (random.random((3, 14, 14)) * 255).astype(np.float32)

colors = images.reshape(-1, 3).astype(np.float64) / 255
values, vectors = np.linalg.eigh(np.cov(colors.T, bias=True))
values, vectors = values[::-1], vectors.T[::-1]
vectors = np.array([v * np.sign(v[np.abs(v).argmax()]) for v in vectors])


def normal(seed, purpose, count, step):
    bits = words(seed, purpose, count + count % 2, step).astype(np.float64)
    radius = np.sqrt(-2 * np.log((bits[0::2] + 1) * 2.0**-32))
    angle = 2 * np.pi * bits[1::2] * 2.0**-32
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).reshape(-1)[:count].astype(np.float32)


def drawn(seed, epoch, index, room):
    step = epoch * 2**32 + index
    v, h, side = uniform(seed, "augment", (3,), step)
    alphas = normal(seed, "augment:color", 3, step).astype(np.float64)
    return int(v * (room[0] + 1)), int(h * (room[1] + 1)), side < 0.5, alphas


def stretched(image):
    return np.asarray(Image.fromarray(image).resize((14, 12), Image.BILINEAR)), (8, 10)


def cropped(image):
    """The shorter side, height, to 14; width to int(14 * 9 / 7) = 18, and the middle 14 of it."""
    resized = np.asarray(Image.fromarray(image).resize((18, 14), Image.BILINEAR))
    return resized[:, 2:16], (8, 10)


def box(seed, epoch, index, height, width, scale, ratio):
    """torchvision's RandomResizedCrop.get_params with draws of ours."""
    draws = uniform(seed, "augment:box", (40,), epoch * 2**32 + index).astype(np.float64)
    log_ratio = np.log(ratio)
    for size, shape, v, h in draws.reshape(10, 4):
        target = height * width * (scale[0] + size * (scale[1] - scale[0]))
        aspect = np.exp(log_ratio[0] + shape * (log_ratio[1] - log_ratio[0]))
        w, rows = round(np.sqrt(target * aspect)), round(np.sqrt(target / aspect))
        if 0 < w <= width and 0 < rows <= height:
            return int(v * (height - rows + 1)), int(h * (width - w + 1)), rows, w
    raise ValueError("no part fits: choose images that are no such strips")


def resized(image, epoch, index):
    """A part of the picture of random size and proportions, brought to 8 x 10."""
    top, left, rows, columns = box(5, epoch, index, 7, 9, [0.08, 1], [3 / 4, 4 / 3])
    part = Image.fromarray(image[top : top + rows, left : left + columns])
    return np.asarray(part.resize((10, 8), Image.BILINEAR)) / 255


def plain(part, top, left, mirrored, alphas):
    noise = vectors.T @ (values * alphas * 0.1)
    x = part.transpose(2, 0, 1).astype(np.float64) / 255 + noise[:, None, None]
    return (x - np.array([0.5, 0.4, 0.3])[:, None, None]) / np.array([0.2, 0.25, 0.3])[:, None, None]


def caffe(part, top, left, mirrored, alphas):
    """Blue first, from 0 to 255, the mean image at the same place and mirrored too."""
    mean = mean_image[:, top : top + 8, left : left + 10]
    mean = mean[:, :, ::-1] if mirrored else mean
    return part.transpose(2, 0, 1)[::-1].astype(np.float64) - mean


cases = {"plain": (stretched, plain), "caffe": (cropped, caffe)}
out = {"images": images.reshape(-1).tolist(), "meanImage": mean_image.reshape(-1).tolist()}
out["components"] = {"eigenvalues": values.tolist(), "eigenvectors": vectors.tolist()}
for name, (resize, finish) in cases.items():
    out[name] = {}
    for epoch in [0, 3, 70000]:
        batch = []
        for index, image in enumerate(images):
            whole, (height, width) = resize(image)
            top, left, mirrored, alphas = drawn(5, epoch, index, (whole.shape[0] - height, whole.shape[1] - width))
            part = whole[top : top + height, left : left + width]
            part = part[:, ::-1] if mirrored else part
            batch.append(finish(part, top, left, mirrored, alphas))
        out[name][str(epoch)] = np.array(batch).reshape(-1).round(6).tolist()
out["resized"] = {}
for epoch in [0, 3, 70000]:
    batch = []
    for index, image in enumerate(images):
        part = resized(image, epoch, index)
        *_, mirrored, _ = drawn(5, epoch, index, (0, 0))
        batch.append((part[:, ::-1] if mirrored else part).transpose(2, 0, 1))
    out["resized"][str(epoch)] = np.array(batch).reshape(-1).round(6).tolist()
(here / "augment.json").write_text(json.dumps(out) + "\n")
