"""Writes crops.json: what torchvision's transforms of labelled images make of two small images, byte by byte.

    python make_crops.py

"pad" has RandomCrop(8, padding=1) of the first image at every offset, "resized" RandomResizedCrop(8), whose
interpolation is bilinear, of the second at some boxes; each without and with RandomHorizontalFlip.
"""

import base64
import json
import os
import platform

import numpy as np
import PIL
import torchvision
import torchvision.transforms.functional as F
from PIL import Image
from torchvision.transforms import InterpolationMode

rng = np.random.default_rng(5)
square = Image.fromarray(rng.integers(1, 256, (8, 8, 3), dtype=np.uint8))
photo = Image.fromarray(rng.integers(0, 256, (18, 24, 3), dtype=np.uint8))


def pixels(im):
    return base64.b64encode(np.asarray(im).tobytes()).decode()


def cases(box, im):
    for flip in (False, True):
        yield {"box": box, "flip": flip, "pix": pixels(F.hflip(im) if flip else im)}


pad, resized = [], []
for y in range(3):
    for x in range(3):
        pad += cases([x - 1, y - 1, 8, 8], F.crop(F.pad(square, 1), y, x, 8, 8))
for x, y, w, h in [(0, 0, 24, 18), (3, 2, 13, 15), (7, 1, 9, 8), (20, 10, 3, 4), (1, 9, 22, 7)]:
    resized += cases([x, y, w, h], F.resized_crop(photo, y, x, h, w, [8, 8], InterpolationMode.BILINEAR))

out = {
    "versions": {"torchvision": torchvision.__version__, "Pillow": PIL.__version__, "numpy": np.__version__, "python": platform.python_version()},
    "square": pixels(square),
    "photo": pixels(photo),
    "pad": pad,
    "resized": resized,
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "crops.json")
with open(path, "w") as f:
    json.dump(out, f, indent=0)
print(f"{len(pad)} + {len(resized)} crops, {os.path.getsize(path)} bytes, {out['versions']}")
