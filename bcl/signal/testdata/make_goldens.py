"""Writes goldens.json: signals of batches and of sets by PyTorch's and scikit-learn's own operators, in float64.

    python make_goldens.py

Nothing is shared with the package: NT-Xent is cross_entropy of the 2B x 2B similarities against the index of the positive;
alignment is half of the squared distance of the normalised views; COLT's score is softmax, the mean over the two views, and
topk; neighbours are scikit-learn's, by the cosine.
"""

import json
import math
import os

import numpy as np
import sklearn
import torch
import torch.nn.functional as F
from sklearn.neighbors import NearestNeighbors

torch.set_num_threads(1)
torch.manual_seed(7)
torch.set_default_dtype(torch.float64)


def batch(b, d, temperature, top):
    z1 = (torch.randn(b, d) * (0.5 + torch.rand(b, 1))).float().double()
    z2 = (z1 + 0.7 * torch.randn(b, d)).float().double()
    z = F.normalize(torch.cat([z1, z2]))
    s = z @ z.T
    at = torch.arange(2 * b)
    partner = (at + b) % (2 * b)
    other = at[:, None] != at[None, :]
    negative = other & (partner[:, None] != at[None, :])
    logits = (s / temperature).masked_fill(~other, -math.inf)
    both = lambda v: v.view(2, b, *v.shape[1:]).mean(0)
    kept = s[negative].view(2 * b, 2 * b - 2)  # each row without itself and its positive
    p = logits.softmax(1)[negative].view(2 * b, 2 * b - 2)
    return {
        "z1": z1.tolist(), "z2": z2.tolist(), "temperature": temperature, "top": top,
        "signals": {
            "loss": both(F.cross_entropy(logits, partner, reduction="none")).tolist(),
            "align": (0.5 * (F.normalize(z1) - F.normalize(z2)).square().sum(1)).tolist(),
            "density": both((kept / temperature).exp().mean(1).log()).tolist(),
            "colt": both(p).topk(top).values.sum(1).tolist(),
            "nearest-negative": both(kept.amax(1)).tolist(),
            "mean-negative": both(kept.mean(1)).tolist(),
        },
    }


def whole(n, classes):
    labels = torch.arange(n) % classes
    features = (F.one_hot(labels, 12) * 1.5 + torch.randn(n, 12)).float().double()
    z = torch.randn(n, 5).float().double()
    pruned = (z + torch.randn(n, 5)).float().double()

    def neighbours(x):
        distance, index = NearestNeighbors(n_neighbors=n, metric="cosine").fit(x).kneighbors(x)
        return 1 - distance[:, 1:], index[:, 1:]  # without itself

    near, rows = neighbours(features.numpy())
    projections, _ = neighbours(z.numpy())
    return {
        "features": features.tolist(), "projections": z.tolist(), "pruned": pruned.tolist(), "labels": labels.tolist(),
        "signals": {
            "nearest-negative": projections[:, 0].tolist(),
            "mean-negative": projections.mean(1).tolist(),
            "neighbour": near[:, 9].tolist(),
            "purity": (labels.numpy()[rows[:, :10]] == labels.numpy()[:, None]).mean(1).tolist(),
            "disagreement": (1 - F.cosine_similarity(z, pruned)).tolist(),
        },
    }


history = np.random.default_rng(3).normal(size=(7, 6)).astype(np.float32)
out = {
    "versions": {"torch": torch.__version__, "numpy": np.__version__, "scikit-learn": sklearn.__version__},
    "batches": [batch(2, 3, 0.2, 1), batch(9, 8, 0.2, 10), batch(16, 12, 0.05, 10), batch(8, 6, 1.0, 3)],
    "sets": [whole(30, 4)],
    "history": history.tolist(),
    "over": {
        "mean": history.astype(np.float64).mean(0).tolist(),
        "change": (history[4:].astype(np.float64).mean(0) - history[:3].astype(np.float64).mean(0)).tolist(),
        "spread": history.astype(np.float64).std(0).tolist(),
    },
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.json")
with open(path, "w") as f:
    json.dump(out, f)
    f.write("\n")
print(os.path.getsize(path), "bytes", out["versions"])
