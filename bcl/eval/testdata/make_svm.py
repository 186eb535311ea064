"""Writes svm.safetensors: scikit-learn's LinearSVC at its minimum, and KNeighborsClassifier's majority votes.

    python make_svm.py

Features and labels are draws after torch.manual_seed(11); every row is divided by its length. With dual=False the
solver is a trust region Newton method, whose tolerance is set to reach the minimum of the same objective.
"""

import json
import os
import platform

import numpy as np
import sklearn
import torch
from safetensors.torch import save_file
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

torch.set_num_threads(1)
N, D, CLASSES, M = 90, 8, 4, 40
torch.manual_seed(11)
y = torch.randint(0, CLASSES, (N,))
centres = torch.randn(CLASSES, D)
x = (centres[y] * 0.6 + torch.randn(N, D)).float()
test = (centres[torch.randint(0, CLASSES, (M,))] * 0.6 + torch.randn(M, D)).float()
unit, unit_test = normalize(x.double().numpy()), normalize(test.double().numpy())
out = {"x": x, "y": y, "test": test}
for name, c in {"one": 1.0, "ten": 10.0}.items():
    svm = LinearSVC(C=c, dual=False, tol=1e-12, max_iter=100_000).fit(unit, y.numpy())
    theta = np.vstack([svm.coef_.T, svm.intercept_])
    out |= {f"{name}/theta": torch.from_numpy(theta.copy()), f"{name}/classes": torch.from_numpy(svm.predict(unit_test))}
for k in (1, 10):
    votes = KNeighborsClassifier(n_neighbors=k).fit(unit, y.numpy())
    out[f"knn/{k}"] = torch.from_numpy(votes.predict(unit_test))

versions = {"sklearn": sklearn.__version__, "torch": torch.__version__, "numpy": np.__version__, "python": platform.python_version()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "svm.safetensors")
save_file(out, path, {"versions": json.dumps(versions)})
os.chmod(path, 0o644)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes, {versions}")
