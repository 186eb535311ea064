"""Lays points out with umap-learn and compares with ours: compare.py POINTS.npy OURS.npy"""
import sys
from importlib.metadata import version

import numpy as np
import umap
from sklearn.manifold import trustworthiness

x, ours = np.load(sys.argv[1]), np.load(sys.argv[2])
theirs = umap.UMAP(n_neighbors=15, random_state=1, init="pca", n_jobs=1).fit_transform(x)
a, b = trustworthiness(x, ours, n_neighbors=10), trustworthiness(x, theirs, n_neighbors=10)
print(f"trustworthiness {a:.4f}, of umap-learn {version('umap-learn')} {b:.4f}")
assert a > b - 0.01
