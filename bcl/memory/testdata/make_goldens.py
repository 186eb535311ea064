"""Writes goldens.json: the published momentum loss and memorisation weights, in torch float32, for five epochs of losses.

    python make_goldens.py
"""

import json
import os
import platform

import torch

BETA, SAMPLES, EPOCHS = 0.97, 64, 5
torch.manual_seed(0)
level = 1 + 4 * torch.rand(SAMPLES)  # tail samples stay high
shadow = torch.zeros(SAMPLES)
epochs = []
for epoch in range(EPOCHS):
    order = torch.randperm(SAMPLES)
    losses = level * (0.8 + 0.4 * torch.rand(SAMPLES)) * 0.9**epoch
    for i in order.tolist():  # one sample after the other, as published
        new = losses[i].clone()
        shadow[i] = new if epoch == 0 else (1.0 - BETA) * new + BETA * shadow[i]
    z = (shadow - shadow.mean()) / shadow.std()
    w = z / z.abs().max() / 2 + 1 / 2
    epochs.append({"order": order.tolist(), "losses": losses.tolist(), "momentum": shadow.tolist(), "weights": w.tolist()})

versions = {"torch": torch.__version__, "python": platform.python_version()}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.json")
with open(path, "w") as f:
    json.dump({"versions": versions, "beta": BETA, "epochs": epochs}, f, indent=1)
    f.write("\n")
print(os.path.getsize(path), "bytes", versions)
