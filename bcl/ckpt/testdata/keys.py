"""Writes keys.json: the names that each project gives a ResNet-18's tensors. Run: python keys.py
Needs torch 2.11, torchvision 0.26, timm 1.0.31 and lightly 1.6.0; the committed file names what made it."""
import json
import os

import nets

here = os.path.dirname(os.path.abspath(__file__))
out = {"versions": nets.VERSIONS, "keys": {}}
for name, make in nets.NETS.items():
    out["keys"][name] = " ".join(make().state_dict())
with open(os.path.join(here, "keys.json"), "w") as f:
    json.dump(out, f, indent=0)
    f.write("\n")
