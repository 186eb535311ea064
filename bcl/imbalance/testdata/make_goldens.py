"""Writes goldens.json: measures of partitions, sizes and spread by scikit-learn, SciPy and NumPy.
Run it in its folder."""

import json

import numpy as np
from scipy.stats import entropy, skew
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(0)


def sizing(sizes):
    s = np.sort(np.asarray(sizes, float))
    k = len(s)
    gini = np.abs(s[:, None] - s[None]).sum() / (2 * k * s.sum())
    return dict(gini=gini, entropy=entropy(s) / np.log(k), smallest=s[: k // 5].sum() / s.sum())


sizes = [[5, 5, 5, 5, 5], [100, 30, 10, 3, 1], [7, 0, 3, 12, 12, 1, 90, 4, 4, 4, 4]]
partitions = []
for n, k, noise in [(40, 4, 0.0), (60, 5, 0.3), (200, 10, 0.9)]:
    a = rng.integers(0, k, n)
    b = np.where(rng.uniform(size=n) < noise, rng.integers(0, k, n), (a + 1) % k)
    partitions.append(dict(A=a.tolist(), B=b.tolist(), K=k, Rand=adjusted_rand_score(a, b)))

x = np.float32(rng.normal(size=(60, 5)) + 2 * rng.integers(0, 2, (60, 1)))
u = x / np.linalg.norm(x.astype(float), axis=1, keepdims=True)
c = u @ u.T
n = len(x)
off = ~np.eye(n, dtype=bool)
density = np.log(np.exp((c - 1) / 0.2)[off].reshape(n, n - 1).mean(1))
near = NearestNeighbors(n_neighbors=11).fit(u).kneighbors(u)[1][:, 1:]
tenth = np.sort(-np.sort(-np.where(off, c, -2), axis=1)[:, 9])
spread = dict(tenth=[tenth[int(p * (n - 1) + 0.5)] for p in (0.1, 0.5, 0.9)], hubness=skew(np.bincount(near.ravel(), minlength=n)), density=density.std())
of = (x[:, 0] > 1).astype(int) + 2 * (x[:, 1] > 2)
found = [of, rng.permutation(4)[of], (x[:, 0] > 1).astype(int) + 2 * (x[:, 2] > 2)]


def keep(found, seed):
    of = found[seed]
    labels, counts = np.unique(of, return_counts=True)
    rows = []
    for c, m in zip(labels, counts):
        inside = set(np.flatnonzero(of == c))
        best = [max(len(inside & t) / len(inside | t) for t in (set(np.flatnonzero(o == d)) for d in np.unique(o))) for i, o in enumerate(found) if i != seed]
        rows.append((m, c, np.mean(best), np.mean(of[near[of == c]] == c)))
    rows.sort(key=lambda r: r[:2])
    half = len(rows) // 2
    return [dict(stability=np.mean([r[2] for r in h]), purity=np.mean([r[3] for r in h])) for h in (rows[:half], rows[half:])]


with open("goldens.json", "w") as f:
    json.dump(dict(
        Sizes=[dict(Sizes=s, Want=sizing(s)) for s in sizes], Partitions=partitions, X=x.ravel().tolist(), Width=5,
        Spread=spread, Found=[p.tolist() for p in found], Kept=[keep(found, s) for s in range(3)]), f, separators=(",", ":"))
    f.write("\n")
