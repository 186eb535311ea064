"""The peer of package augment: the same operations by Pillow and torchvision.

Run as a program it answers requests on standard input, each a JSON line {"op", "w", "h", "args"} followed by w*h*3
bytes, with a JSON line {"w", "h"} and the result's bytes on standard output. An op "versions" answers with a line only.
"""

import json
import platform
import sys

import numpy as np
import PIL
import torch
import torchvision
import torchvision.transforms._functional_tensor as FT
import torchvision.transforms.functional as F
from PIL import Image, ImageDraw, ImageFilter, ImageOps
from torchvision.transforms import InterpolationMode

FILTERS = [InterpolationMode.BICUBIC, InterpolationMode.BILINEAR]
PIL_FILTERS = [Image.Resampling.BICUBIC, Image.Resampling.BILINEAR]


def versions():
    return {
        "pillow": PIL.__version__,
        "torchvision": torchvision.__version__,
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def affine(im, *m):
    return im.transform(im.size, Image.Transform.AFFINE, m)


def cutout(im, v, cx, cy):
    """A square of v * width about (cx, cy), as RandAugment's Cutout draws it once it has its centre."""
    if v <= 0:
        return im
    w, h = im.size
    v = v * w
    x0, y0 = int(max(0, cx - v / 2)), int(max(0, cy - v / 2))
    im = im.copy()
    ImageDraw.Draw(im).rectangle((x0, y0, min(w, x0 + v), min(h, y0 + v)), (125, 123, 114))
    return im


def kernelblur(im, size, sigma):
    """torchvision's blur; PyTorch on one thread, as in a data loader's worker."""
    torch.set_num_threads(1)
    return F.gaussian_blur(im, [int(size)] * 2, [sigma] * 2)


def kernelblur_nearest(im, size, sigma):
    """torchvision's blur with one change: the exp of its kernel is the nearest float32, not MKL's."""

    def kernel1d(n, s, dtype, device):
        x = torch.linspace(-(n - 1) * 0.5, (n - 1) * 0.5, steps=n, dtype=dtype, device=device)
        pdf = (-0.5 * (x / s).pow(2)).double().exp().to(dtype)
        return pdf / pdf.sum()

    theirs, FT._get_gaussian_kernel1d = FT._get_gaussian_kernel1d, kernel1d
    try:
        return kernelblur(im, size, sigma)
    finally:
        FT._get_gaussian_kernel1d = theirs


def plain(im, short, size, filt):
    return F.center_crop(F.resize(im, int(short), FILTERS[int(filt)]), int(size))


STEPS = [
    "shearx", "sheary", "translatex", "translatey", "rotate", "autocontrast", "invert", "equalize", "solarize",
    "posterize", "contrast", "saturation", "brightness", "sharpness", "cutout",
]  # fmt: skip


def step(im, kind, v, cx, cy):
    """One RandAugment operation, numbered as in package augment."""
    name = STEPS[int(kind)]
    if name in ("autocontrast", "invert", "equalize"):
        return OPS[name](im)
    if name == "cutout":
        return cutout(im, v, cx * im.width, cy * im.height)
    return OPS[name](im, v)


def view(im, size, x, y, w, h, flip, on, o0, o1, o2, o3, b, c, s, hue, grey, sigma, kernel, *steps):
    """A whole view: the stages of a Pipeline with their parameters given."""
    im = F.resized_crop(im, int(y), int(x), int(h), int(w), [int(size)] * 2, FILTERS[0])
    if flip:
        im = F.hflip(im)
    if on:
        for k in (o0, o1, o2, o3):
            k = int(k)
            im = [F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue][k](im, (b, c, s, hue)[k])
    if grey:
        im = F.to_grayscale(im, 3)
    if sigma:
        im = kernelblur_nearest(im, kernel, sigma) if kernel else im.filter(ImageFilter.GaussianBlur(sigma))
    for i in range(0, len(steps), 4):
        im = step(im, *steps[i : i + 4])
    return im


OPS = {
    "resize": lambda im, w, h, f: im.resize((int(w), int(h)), PIL_FILTERS[int(f)]),
    "resizedcrop": lambda im, x, y, w, h, ow, oh, f: F.resized_crop(
        im, int(y), int(x), int(h), int(w), [int(oh), int(ow)], FILTERS[int(f)]
    ),
    "crop": lambda im, x, y, w, h: F.crop(im, int(y), int(x), int(h), int(w)),
    "plain": plain,
    "flip": F.hflip,
    "brightness": F.adjust_brightness,
    "contrast": F.adjust_contrast,
    "saturation": F.adjust_saturation,
    "hue": F.adjust_hue,
    "grey": lambda im: F.to_grayscale(im, 3),
    "blur": lambda im, s: im.filter(ImageFilter.GaussianBlur(s)),
    "kernelblur": kernelblur,
    "kernelblur_nearest": kernelblur_nearest,
    "affine": affine,
    "shearx": lambda im, v: affine(im, 1, v, 0, 0, 1, 0),
    "sheary": lambda im, v: affine(im, 1, 0, 0, v, 1, 0),
    "translatex": lambda im, v: affine(im, 1, 0, v * im.width, 0, 1, 0),
    "translatey": lambda im, v: affine(im, 1, 0, 0, 0, 1, v * im.height),
    "rotate": lambda im, v: im.rotate(v),
    "autocontrast": ImageOps.autocontrast,
    "invert": ImageOps.invert,
    "equalize": ImageOps.equalize,
    "solarize": ImageOps.solarize,
    "posterize": lambda im, b: ImageOps.posterize(im, max(1, int(b))),
    "sharpness": F.adjust_sharpness,
    "cutout": cutout,
    "view": view,
}


def call(op, im, args):
    return OPS[op](im, *args)


def main():
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    while line := stdin.readline():
        request = json.loads(line)
        if request["op"] == "versions":
            stdout.write(json.dumps(versions()).encode() + b"\n")
        else:
            w, h = request["w"], request["h"]
            im = Image.frombytes("RGB", (w, h), stdin.read(3 * w * h))
            out = call(request["op"], im, request["args"])
            stdout.write(json.dumps({"w": out.width, "h": out.height}).encode() + b"\n" + out.tobytes())
        stdout.flush()


if __name__ == "__main__":
    main()
