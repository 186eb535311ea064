"""Times the torchvision pipelines that package augment's benchmarks time, on one core.

Usage: python bench_peer.py   (compare with: go test -run xxx -bench . ./bcl/augment)

Views of a PIL image to a PIL image; ToTensor is left out on both sides. RandAugment's operations come from
internal/parity/peer.py; its parameters from Python's random, as in the released code.
"""

import os
import random
import sys
import time

import numpy as np
import torch
from PIL import Image, ImageFilter
from torchvision import transforms as T

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "internal", "parity"))
import peer  # noqa: E402

RANGES = [(0, 0.6), (0, 0.6), (0, 0.66), (0, 0.66), (0, 60), (0, 1), (0, 1), (0, 1), (0, 110), (4, 8)] + [
    (0.1, 1.9)
] * 4 + [(0, 0.4)]


def photo(w, h):
    """The image of photo_test.go, but for the noise's generator."""
    y, x, c = np.mgrid[0:h, 0:w, 0:3]
    v = 128 + 100 * np.sin(4 * (x / w + y / h) + c) + 12 * np.random.default_rng(0).normal(size=(h, w, 3))
    v[x + 2 * y > w] *= 0.6
    return Image.fromarray(v.clip(0, 255).astype(np.uint8))


class RandAugment:
    def __init__(self, k, weight):
        self.k, self.weight = k, weight

    def __call__(self, im):
        u = np.random.rand()
        m = 10 + 20 * self.weight if self.k == 1 else 5 + 25 * self.weight * u
        for kind in random.choices(range(15), k=self.k):
            if random.random() < self.weight:
                lo, hi = RANGES[kind]
                v = m / 30 * (hi - lo) + lo
                if kind < 5 and random.random() > 0.5:
                    v = -v
                im = peer.step(im, kind, v, random.random(), random.random())
        return im


def blur(im):
    return im.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2)))


def recipe(size, low, *more):
    return T.Compose(
        [
            T.RandomResizedCrop(size, scale=(low, 1.0), interpolation=T.InterpolationMode.BICUBIC),
            T.RandomHorizontalFlip(),
            T.RandomApply([T.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
            T.RandomGrayscale(p=0.2),
            *more,
        ]
    )


def rate(transform, im, seconds=4):
    for _ in range(20):
        transform(im)
    best = 0
    for _ in range(3):  # the best of three, as other work may share the machine
        n, start = 0, time.perf_counter()
        while (took := time.perf_counter() - start) < seconds / 3:
            transform(im)
            n += 1
        best = max(best, n / took)
    return best


def main():
    torch.set_num_threads(1)
    small, large = photo(32, 32), photo(500, 375)
    print(peer.versions())
    for name, transform, im in (
        ("Base", recipe(32, 0.1), small),
        ("BoostK1", recipe(32, 0.1, RandAugment(1, 0.5)), small),
        ("BoostK2", recipe(32, 0.1, RandAugment(2, 0.5)), small),
        ("ImageNet", recipe(224, 0.08, T.RandomApply([blur], p=0.5)), large),
    ):
        print(f"{name:10} {rate(transform, im):10.0f} views/s")


if __name__ == "__main__":
    main()
