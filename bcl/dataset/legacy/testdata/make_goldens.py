"""Writes goldens.json: lists that np.random.shuffle shuffled, and ../../testdata/ldam.json: long-tailed selections in the manner of
the published LDAM-style sets of CIFAR.

    python make_goldens.py
"""

import hashlib
import json
import os
import platform

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
versions = {"numpy": np.__version__, "python": platform.python_version()}


def shuffles():
    for seed in (0, 1, 20220712, 2**32 - 1):
        np.random.seed(seed)
        of = []
        for n in (10, 1, 2, 257, 700):
            a = np.arange(n)
            np.random.shuffle(a)
            of.append(a.tolist())
        yield {"seed": seed, "of": of}


def selection(labels, classes, largest, imbalance, shape, seed, shuffle_classes):
    """Sizes by the formulas of LDAM (Cao et al. 2019): the largest times a power of 1/imbalance, or all and then the smallest."""
    np.random.seed(seed)
    ratio = 1 / imbalance
    if shape == "exponential":
        sizes = [int(largest * ratio ** (i / (classes - 1.0))) for i in range(classes)]
    else:
        sizes = [int(largest)] * (classes // 2) + [int(largest * ratio)] * (classes - classes // 2)
    order = np.arange(classes)
    if shuffle_classes:
        np.random.shuffle(order)
    chosen, counts = [], [0] * classes
    for c, n in zip(order, sizes):
        members = np.where(labels == c)[0]
        np.random.shuffle(members)
        chosen += members[:n].tolist()
        counts[c] = n
    return chosen, counts


def ldam():
    for classes, largest in ((10, 5000), (100, 500)):
        i = np.arange(50000)
        labels = (7 * i + i // classes) % classes  # as many of each, mixed
        for imbalance in (10, 20, 50, 100, 200):
            for shape in ("exponential", "step"):
                for seed, shuffle_classes in ((0, False), (3, True)):
                    chosen, counts = selection(labels, classes, largest, imbalance, shape, seed, shuffle_classes)
                    digest = hashlib.sha256(np.array(chosen, dtype="<i8").tobytes()).hexdigest()
                    yield {"classes": classes, "largest": largest, "imbalance": imbalance, "shape": shape, "seed": seed,
                           "shuffle_classes": shuffle_classes, "counts": counts, "first": chosen[:5], "sha256": digest}


for path, key, values in (("goldens.json", "shuffles", shuffles()), ("../../testdata/ldam.json", "splits", ldam())):
    with open(os.path.join(here, path), "w") as f:
        json.dump({"versions": versions, key: list(values)}, f)
        f.write("\n")
