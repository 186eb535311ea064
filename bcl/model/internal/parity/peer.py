"""Trains network.py as main.go says and writes everything that main.go compares into a .safetensors file.

    python peer.py '{"arch": .., "stem": .., "width": .., "samples": .., "steps": .., "threads": .., "channels_last": ..,
                     "fused": .., "warmup": .., "out": FILE}'

Names are "initial/", "projections/STEP", "losses/STEP", "grad/STEP/", "weight/STEP/" and "features".
"""

import json
import platform
import sys

import network
import torch
from safetensors.torch import save_file

o = json.loads(sys.argv[1])
torch.set_num_threads(o["threads"])
torch.manual_seed(10)
net = network.SimCLR(o["arch"], o["stem"], o["width"])
views = network.pixels(o["samples"], 32)
out = {"initial/" + k: v.clone() for k, v in net.state_dict().items()}
if o["channels_last"]:
    net = net.to(memory_format=torch.channels_last)
marks = {1, o["steps"]}


def keep(kind, step, named):
    out.update({f"{kind}/{step}/{k}": v.detach().clone() for k, v in named})


for step, z, losses in network.train(net, views, o["steps"], 0.5, o["warmup"], o["channels_last"], o["fused"]):
    if step == 2:  # the update of step 1 is done; the statistics have changed
        keep("weight", 1, net.named_parameters())
    if step == 1:
        keep("weight", 1, net.named_buffers())
    if step in marks:
        out[f"projections/{step}"] = z.detach().clone()
        keep("grad", step, ((k, p.grad) for k, p in net.named_parameters()))
    out[f"losses/{step}"] = losses.detach().clone()
keep("weight", o["steps"], net.state_dict().items())
net.eval()
with torch.no_grad():
    out["features"] = net.backbone(network.to_input(views, o["channels_last"])).clone()

versions = f"torch {torch.__version__}, python {platform.python_version()}, {torch.backends.cpu.get_cpu_capability()}"
save_file({k: v.contiguous() for k, v in out.items()}, o["out"], {"versions": versions})
