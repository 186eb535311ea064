"""Writes solvers.safetensors: ridge regression by its normal equations and logistic regression by torch.optim.LBFGS;
steps of SGD with Nesterov momentum.

    python make_solvers.py

Features and labels are draws after torch.manual_seed(7), all in float64. Ridge's penalty is the one with the least
generalised cross-validation, whose values, from the whole hat matrix, are kept too.
"""

import json
import os
import platform

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_num_threads(1)
N, D, CLASSES, M = 120, 9, 4, 30
torch.manual_seed(7)
y = torch.randint(0, CLASSES, (N,))
centres = torch.randn(CLASSES, D)
scale = torch.logspace(0, -2, D)
x = ((centres[y] * 0.7 + torch.randn(N, D)) * scale).float()
test = ((centres[torch.randint(0, CLASSES, (M,))] * 0.7 + torch.randn(M, D)) * scale).float()
out = {"x": x, "y": y, "test": test}

# Ridge, with the bias as a column of ones that is not penalised.
X = np.hstack([x.double().numpy(), np.ones((N, 1))])
Y = np.eye(CLASSES)[y.numpy()]
centred = X[:, :D] - X[:, :D].mean(0)
mean_eigenvalue = np.trace(centred.T @ centred) / D
free = np.diag([1.0] * D + [0.0])
relative = 10 ** (np.arange(-12, 5) / 2)
scores = []
for r in relative:
    hat = X @ np.linalg.solve(X.T @ X + r * mean_eigenvalue * free, X.T)
    scores.append(((Y - hat @ Y) ** 2).sum() / N / (1 - np.trace(hat) / N) ** 2)
chosen = relative[int(np.argmin(scores))]
for name, r in {"fixed": 0.3, "chosen": chosen}.items():
    w = np.linalg.solve(X.T @ X + r * mean_eigenvalue * free, X.T @ Y)
    out |= {f"ridge/{name}/weight": torch.from_numpy(w[:D].copy()), f"ridge/{name}/bias": torch.from_numpy(w[D:].copy())}
out["ridge/gcv"] = torch.tensor(scores)
out["ridge/penalty"] = torch.tensor([chosen])

# Logistic regression, to a gradient near zero.
for name, penalty in {"default": 1 / N, "weak": 1e-3}.items():
    w = torch.zeros(D, CLASSES, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(1, CLASSES, dtype=torch.float64, requires_grad=True)
    opt = torch.optim.LBFGS([w, b], max_iter=2000, tolerance_grad=1e-12, tolerance_change=0, line_search_fn="strong_wolfe")

    def closure():
        opt.zero_grad()
        loss = F.cross_entropy(x.double() @ w + b, y) + penalty / 2 * (w**2).sum()
        loss.backward()
        return loss

    for _ in range(3):  # the memory of the first is in the way near the end
        opt.step(closure)
    loss = closure()
    assert max(w.grad.abs().max(), b.grad.abs().max()) < 1e-8
    out |= {f"logistic/{name}/weight": w.detach(), f"logistic/{name}/bias": b.detach(), f"logistic/{name}/loss": loss.detach().view(1)}

# SGD with Nesterov momentum: the gradient of every step is a draw.
p = torch.randn(7, 3, requires_grad=True)
grads = torch.randn(6, 7, 3)
out |= {"nesterov/start": p.detach().clone(), "nesterov/grads": grads}
opt = torch.optim.SGD([p], lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True)
for g in grads:
    p.grad = g.clone()
    opt.step()
out["nesterov/end"] = p.detach()

versions = {"torch": torch.__version__, "numpy": np.__version__, "python": platform.python_version()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "solvers.safetensors")
save_file(out, path, {"versions": json.dumps(versions), "penalties": json.dumps({"default": 0, "weak": 1e-3})})
os.chmod(path, 0o644)
print(f"{len(out)} tensors, {os.path.getsize(path)} bytes, {versions}; ridge chose {chosen}")
