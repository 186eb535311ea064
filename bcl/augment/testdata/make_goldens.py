"""Writes goldens.json.gz: results of Pillow and torchvision that the tests of package augment compare with, byte by byte.

Usage: python make_goldens.py   (with the Pillow and torchvision to compare with installed)
"""

import base64
import gzip
import json
import math
import os
import sys
from collections import Counter

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import RandomResizedCrop

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "internal", "parity"))
import peer  # noqa: E402

SIZES = [(1, 1), (2, 3), (7, 5), (32, 32), (40, 25)]


def image(w, h, rng):
    """Something like a photograph: slow waves of colour, an edge and a little noise."""
    y, x = np.mgrid[0:h, 0:w]
    out = np.empty((h, w, 3))
    for c in range(3):
        fx, fy, phase = rng.uniform(0.02, 0.25, 2).tolist() + [rng.uniform(0, 6.3)]
        out[..., c] = 128 + 110 * np.sin(x * fx + y * fy + phase)
    out[x + 2 * y > w] *= rng.uniform(0.3, 0.9)
    out += rng.integers(-6, 7, (h, w, 1))
    return Image.fromarray(out.clip(0, 255).astype(np.uint8))


def cases(im, rng):
    """Pairs of an operation and its arguments for the image."""
    w, h = im.size
    for f in (0, 1):
        for size in ((1, 1), (3, 8), (16, 16), (32, 32), (w, 9), (11, h)):
            yield "resize", [*size, f]
    for _ in range(4):
        cw, ch = int(rng.integers(1, w + 1)), int(rng.integers(1, h + 1))
        x, y = int(rng.integers(0, w - cw + 1)), int(rng.integers(0, h - ch + 1))
        yield "resizedcrop", [x, y, cw, ch, 20, 20, 0]
    yield "resizedcrop", [-2, -1, w + 3, h + 4, 8, 8, 0]
    yield "crop", [-1, 2, w, h]
    yield "plain", [16, 16, 0]
    yield "plain", [20, 15, 1]
    for op in ("flip", "grey", "autocontrast", "invert", "equalize"):
        yield op, []
    for op in ("brightness", "contrast", "saturation", "sharpness"):
        for factor in (0, 0.1, 0.63, 1, 1.37, 1.9):
            yield op, [factor]
    for shift in (-0.5, -0.1, -0.003, 0, 0.004, 0.07, 0.5):
        yield "hue", [shift]
    for sigma in (0.1, 0.5, 1, 1.7, 2):
        yield "blur", [sigma]
    for size in (1, 3, 5, 7, 9, 21, 23):
        if size // 2 < min(w, h):
            for sigma in (0.1, 0.7, 1.3, 2):
                yield "kernelblur", [size, sigma]
    for v in (-0.6, -0.25, 0, 0.01, 0.3, 0.6):
        yield "shearx", [v]
        yield "sheary", [v]
        yield "translatex", [v * 1.1]
        yield "translatey", [v * 1.1]
    for degrees in (-60, -33.3, -0.5, 0, 12.5, 45, 60, 90, 180, 270, 360, -1e-20):
        yield "rotate", [degrees]
    yield "affine", [0.9, 0.2, -3, -0.1, 1.2, 2]
    yield "affine", [0.5, 0, 0.25, 0, 2, -1]
    yield "affine", [1, 0.5, 40000, 0.5, 1, 0]  # too far for fixed point
    yield "affine", [40000, 0.5, -20000, 0.5, 1, 0]  # likewise, and the first column is inside
    for t in (0, 0.5, 55, 110, 256):
        yield "solarize", [t]
    for bits in (1, 4, 6.9, 8):
        yield "posterize", [bits]
    for v, cx, cy in ((0, 1, 1), (0.01, 0.2, 0.3), (0.2, 0.5, 0.5), (0.4, 0.05, 0.95), (0.4, 1, 1)):
        yield "cutout", [v, cx * w, cy * h]
    for i in range(4):
        steps = []
        for _ in range(i % 3):
            steps += [int(rng.integers(0, 15)), float(rng.uniform(0.1, 0.6)), *rng.uniform(0, 1, 2).tolist()]
        cw, ch = math.ceil(w * rng.uniform(0.4, 1)), math.ceil(h * rng.uniform(0.4, 1))
        yield (
            "view",
            [32 if w > 7 else 8, 0, h - ch, cw, ch, i % 2, i > 0, *rng.permutation(4).tolist()]
            + rng.uniform(0.6, 1.4, 3).tolist()
            + [float(rng.uniform(-0.1, 0.1)), i == 2, [0, 1.1, 0, 1.3][i], [0, 3, 0, 0][i] if w > 7 else 0, *steps],
        )


def crop_counts(w, h, scale, n=100_000):
    """How often torchvision's RandomResizedCrop draws each size of box, for a w x h image: {"width,height": count}."""
    torch.manual_seed(1)
    im = Image.new("RGB", (w, h))
    draws = (RandomResizedCrop.get_params(im, scale, (3 / 4, 4 / 3)) for _ in range(n))
    return Counter(f"{cw},{ch}" for _, _, ch, cw in draws)


def main():
    rng = np.random.default_rng(20220712)
    pixels = lambda im: base64.b64encode(im.tobytes()).decode()  # noqa: E731
    golden = {"versions": peer.versions(), "images": [], "cases": [], "crops": []}
    for w, h, low in ((32, 32, 0.1), (40, 25, 0.08), (10, 60, 0.5)):
        golden["crops"].append({"w": w, "h": h, "low": low, "counts": crop_counts(w, h, (low, 1.0))})
    for i, (w, h) in enumerate(SIZES):
        im = image(w, h, rng)
        golden["images"].append({"w": w, "h": h, "pix": pixels(im)})
        for op, args in cases(im, rng):
            args = [float(a) for a in args]
            out = peer.call(op, im, args)
            golden["cases"].append(
                {"op": op, "image": i, "args": args, "w": out.width, "h": out.height, "pix": pixels(out)}
            )
    path = os.path.join(HERE, "goldens.json.gz")
    with open(path, "wb") as f, gzip.GzipFile("", "wb", 9, f, mtime=0) as z:
        z.write(json.dumps(golden).encode())
    print(f"{path}: {len(golden['cases'])} cases, {os.path.getsize(path)} bytes, {golden['versions']}")


if __name__ == "__main__":
    main()
