"""Writes goldens.json: tail discovery, the effect of class size, paired differences and measures over classes, by scikit-learn,
SciPy and NumPy.

    python make_goldens.py
"""

import itertools
import json
import os
import platform

import numpy as np
import scipy
import scipy.stats
import sklearn
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(15)


def auc(positive, score):
    """roc_auc_score, without its checks, by ranks."""
    rank = scipy.stats.rankdata(score)
    n = positive.sum()
    return (rank[positive].sum() - n * (n + 1) / 2) / (n * (len(score) - n))


def tail():
    counts = np.array([60, 9, 25, 14, 40, 25])  # two classes of one size
    labels = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    few = np.argsort(counts, kind="stable")[: len(counts) // 3]
    score = np.round(rng.normal(size=len(labels)) - 0.02 * counts[labels], 1)  # with ties

    def measures(s, labels, sizes, auc=auc):
        """sizes: by which classes are compared, of each class."""
        pairs = [(a, b) for a, b in itertools.permutations(range(len(sizes)), 2) if sizes[a] < sizes[b]]
        each = {}
        for a, b in pairs:  # the smaller class is positive
            both = (labels == a) | (labels == b)
            each[a, b] = auc(labels[both] == a, s[both])
        n = np.bincount(labels, minlength=len(sizes))
        weight = {(a, b): n[a] * n[b] for a, b in pairs}
        size = sum(each[p] * weight[p] for p in pairs) / sum(weight.values())
        small = np.argsort(sizes, kind="stable")[: len(sizes) // 3]
        return [auc(np.isin(labels, small), s), size, float(np.mean(list(each.values())))]

    value = measures(score, labels, counts, roc_auc_score)
    drawn, samples, classes = [], [], []
    for _ in range(2000):
        pick = np.concatenate([rng.choice(np.flatnonzero(labels == c), size=n) for c, n in enumerate(counts)])
        drawn.append(measures(score[pick], labels[pick], counts))
        samples.append(measures(rng.permutation(score), labels, counts))
    for order in itertools.permutations(range(len(counts))):  # all of them
        dealt = counts[list(order)]
        group = np.isin(order, few)  # a class has the group of the class whose size it gets
        m = measures(score, labels, dealt)
        m[0] = auc(group[labels], score)
        classes.append(m)
    middle = lambda v: np.quantile(np.array(v), [0.025, 0.975], axis=0).T.tolist()
    return {
        "counts": counts.tolist(), "labels": labels.tolist(), "score": score.tolist(), "value": value,
        "interval": middle(drawn), "shuffled_samples": middle(samples), "shuffled_class_sizes": middle(classes),
    }


def effect(orders=3, classes=7):
    """As the first study of signals did: least squares with a column for each class and order."""
    size = np.array([rng.permutation([400, 150, 80, 33, 12, 6, 4]) for _ in range(orders)])
    value = rng.normal(size=classes) + 0.3 * np.log(size) / np.log(100) + 0.1 * rng.normal(size=size.shape) + rng.normal(size=(orders, 1))
    rows = [(o, c) for o in range(orders) for c in range(classes)]
    D = np.zeros((len(rows), classes + orders))  # classes, orders but the first, size
    for k, (o, c) in enumerate(rows):
        D[k, c] = 1
        if o:
            D[k, classes + o - 1] = 1
        D[k, -1] = np.log(size[o, c]) / np.log(100)
    y = np.array([value[o, c] for o, c in rows])
    b = np.linalg.lstsq(D, y, rcond=None)[0]
    df = len(rows) - D.shape[1]
    se = np.sqrt(((y - D @ b) ** 2).sum() / df * np.linalg.inv(D.T @ D)[-1, -1])
    t = scipy.stats.t.ppf(0.975, df)
    return {
        "size": size.tolist(), "value": value.tolist(),
        "per_factor_100": b[-1], "se": se, "df": df, "interval": [b[-1] - t * se, b[-1] + t * se], "class_std": b[:classes].std(),
    }


def paired():
    out = []
    for n in (2, 3, 12, 40):
        d = rng.normal(0.4, 1, n)
        test = scipy.stats.ttest_1samp(d, 0)
        low, high = test.confidence_interval(0.95)
        out.append({"differences": d.tolist(), "mean": d.mean(), "std": d.std(ddof=1), "interval": [low, high], "p": test.pvalue})
    return out


def over_classes():
    a = np.array([91.5, 40, 62.25, 77, 88, 12.5, 55, 70])
    return {"per_class": a.tolist(), "class_std": a.std(), "worst_third": np.sort(a)[: len(a) // 3].mean(), "harmonic_mean": scipy.stats.hmean(a)}


def student():
    return [[t, df, scipy.stats.t.cdf(t, df)] for t in (-7.5, -1, 0, 0.3, 2, 30) for df in (1, 2, 5, 17, 300)]


versions = {"numpy": np.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__, "python": platform.python_version()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.json")
with open(path, "w") as f:
    json.dump({"versions": versions, "tail": tail(), "effect": effect(), "paired": paired(), "over_classes": over_classes(), "student": student()}, f, indent=None)
    f.write("\n")
print(os.path.getsize(path), "bytes", versions)
