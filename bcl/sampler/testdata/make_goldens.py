"""Writes expected.json: how often an epoch has each sample by its rank, and the counts of
systematic sampling, by NumPy and SciPy. Run it in its folder."""

import json

import numpy as np
from scipy.stats import rankdata

rng = np.random.default_rng(0)
cases = []
for n, ratio in [(2, 10.0), (7, 10.0), (40, 3.0), (40, 0.1), (100, 100.0), (33, 1.0)]:
    signal = np.float32(rng.normal(size=n))
    signal[n // 2] = signal[0]  # a tie
    w = (rankdata(signal) - 1) / (n - 1)
    p = ratio**w / np.sum(ratio**w)
    u, order = rng.uniform(), rng.permutation(n)
    edges = np.concatenate([[0], np.cumsum(n * p[order])])
    points = np.arange(n) + 1 - u  # a sample has those in (edge before, edge]
    counts = np.zeros(n, int)
    counts[order] = np.histogram(points, np.append(edges[:-1], n + 1))[0]
    cases.append(dict(Signal=signal.tolist(), Ratio=ratio, Expected=(n * p).tolist(), U=u, Order=order.tolist(), Counts=counts.tolist()))
with open("expected.json", "w") as f:
    json.dump(cases, f, separators=(",", ":"))
    f.write("\n")
