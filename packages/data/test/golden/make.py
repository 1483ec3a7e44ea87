"""Writes the goldens beside it with Pillow and numpy: pip install Pillow==12.2.0 numpy, then run it.

Pillow 13 resizes along columns first for some sizes, which changes a last bit here and there; all versions up to 12 go
along rows first.

resize.json, resize.bin   bilinear resizes: sizes, and input and output pixels one after the other
pixels.json               digests of gray conversions and of the embedded sample resized as d2l does
normalization.bin         float32 [3, 256]: every pixel value scaled to [0, 1] and normalized as ImageNet's
crop.json, crop.bin       resizes of the shorter side with a center crop, as torchvision has them
*.png, *.jpg              pictures of every kind that a decoder meets, and decoded.json with what they hold
"""

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

here = Path(__file__).parent
assets = here.parent.parent / "assets" / "fashion-mnist-sample"
random = np.random.default_rng(2012)


def write_json(name, value):
    (here / name).write_text(json.dumps(value) + "\n", encoding="utf-8")


def sha256(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def noise(height, width, channels):
    """Noise over a gradient, with the extremes well represented."""
    gradient = np.linspace(-60, 315, height * width * channels).reshape(height, width, channels)
    return np.clip(gradient + random.normal(0, 60, gradient.shape), 0, 255).astype(np.uint8)


def to_image(pixels):
    return Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)


def resize(pixels, height, width):
    return np.array(to_image(pixels).resize((width, height), Image.BILINEAR)).reshape(height, width, -1)


def resizes():
    sizes = [
        ((28, 28), (32, 32)),
        ((28, 28), (61, 75)),
        ((37, 53), (20, 11)),
        ((64, 48), (17, 91)),
        ((5, 7), (1, 1)),
        ((1, 1), (4, 3)),
        ((2, 3), (31, 2)),
        ((9, 200), (9, 7)),
        ((200, 9), (7, 9)),
        ((33, 33), (32, 32)),
        ((16, 24), (16, 24)),
    ]
    cases, chunks = [], []
    for channels in (1, 3):
        for (height, width), (to_height, to_width) in sizes:
            pixels = noise(height, width, channels)
            cases.append({"from": [height, width], "to": [to_height, to_width], "channels": channels})
            chunks += [pixels.tobytes(), resize(pixels, to_height, to_width).tobytes()]
    write_json("resize.json", cases)
    (here / "resize.bin").write_bytes(b"".join(chunks))


def pixels():
    levels = np.round(np.arange(64) * 255 / 63).astype(np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(512, 512, 3)
    raw = gzip.decompress((assets / "t10k-images-idx3-ubyte.gz").read_bytes())
    sample = np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 28, 28, 1)
    resized = np.stack([resize(image, 224, 224) for image in sample])
    write_json("pixels.json", {"luminance": sha256(np.array(Image.fromarray(cube).convert("L"))), "sample": sha256(resized)})


def normalization():
    values = np.arange(256, dtype=np.float32) / np.float32(255)
    mean = np.array([[0.485], [0.456], [0.406]], np.float32)
    std = np.array([[0.229], [0.224], [0.225]], np.float32)
    (here / "normalization.bin").write_bytes(((values - mean) / std).tobytes())


def crops():
    cases, chunks = [], []
    sizes = [(37, 50, 32, (24, 24)), (51, 30, 33, (26, 29)), (29, 29, 40, (35, 36)), (30, 47, 31, (20, 25))]
    for height, width, shorter, size in sizes:
        image = noise(height, width, 3)
        longer = int(shorter * max(height, width) / min(height, width))
        new_height, new_width = (longer, shorter) if width <= height else (shorter, longer)
        top, left = round((new_height - size[0]) / 2.0), round((new_width - size[1]) / 2.0)
        resized = resize(image, new_height, new_width)[top : top + size[0], left : left + size[1]]
        cases.append({"from": [height, width], "shorterSide": shorter, "size": size})
        chunks += [image.tobytes(), resized.tobytes()]
    write_json("crop.json", cases)
    (here / "crop.bin").write_bytes(b"".join(chunks))


def swapped_profile():
    """A color profile in which red and green change places, so that no one overlooks its use."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def pictures():
    def smooth(height, width):
        y, x = np.mgrid[0:height, 0:width]
        return np.stack([y * 255 / (height - 1), x * 255 / (width - 1), (x + y) * 4], axis=-1).astype(np.uint8)

    color = Image.fromarray(smooth(10, 14))
    alpha = color.copy()
    alpha.putalpha(Image.fromarray((np.mgrid[0:10, 0:14][1] * 255 // 13).astype(np.uint8)))
    white = Image.new("RGBA", alpha.size, "white")
    turned = Image.fromarray(smooth(16, 24))
    exif = Image.Exif()
    exif[0x0112] = 6
    sixteen = Image.fromarray((np.arange(140).reshape(10, 14) * 467).astype(np.uint16))
    palette = color.quantize(8)

    color.save(here / "color.png")
    color.convert("L").save(here / "gray.png")
    alpha.save(here / "alpha.png")
    palette.save(here / "palette.png")
    sixteen.save(here / "sixteen-bit.png")
    color.save(here / "profile.png", icc_profile=swapped_profile())
    inks = smooth(10, 14).astype(np.int32)
    print_colors = np.concatenate([inks, 255 - (inks[..., :1] * inks[..., 1:2]) // 255], axis=-1).astype(np.uint8)
    for_print = Image.fromarray(print_colors, "CMYK")
    for_print.save(here / "cmyk.jpg", quality=95)
    for_print.save(here / "cmyk.tif", compression="tiff_lzw")
    for_print.save(here / "cmyk-profile.jpg", quality=95, icc_profile=swapped_profile())
    turned.save(here / "oriented.jpg", quality=95, subsampling=0, exif=exif)
    expected = {
        "color.png": np.array(color),
        "gray.png": np.array(color.convert("L"))[..., None],
        "alpha.png": np.array(Image.alpha_composite(white, alpha).convert("RGB")),
        "profile.png": np.array(color),
        "palette.png": np.array(palette.convert("RGB")),
        "sixteen-bit.png": (np.array(sixteen) // 256).astype(np.uint8)[..., None],
        **{name: np.array(Image.open(here / name).convert("RGB")) for name in ("cmyk.jpg", "cmyk.tif", "cmyk-profile.jpg")},
        "oriented.jpg": np.array(ImageOps.exif_transpose(Image.open(here / "oriented.jpg"))),
    }
    write_json(
        "decoded.json", {name: {"shape": pixels.shape, "data": pixels.ravel().tolist()} for name, pixels in expected.items()}
    )


resizes()
pixels()
normalization()
crops()
pictures()
