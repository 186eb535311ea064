"""Trains network.py in several processes as peer.py does in one: DistributedDataParallel on Gloo, batch normalisation by
the statistics of all ranks (torch.nn.SyncBatchNorm, which runs on GPUs only, written with differentiable collectives),
and NT-Xent over the gathered projections.

    python ddp.py '{"ranks": .., and what peer.py takes}'
"""

import json
import os
import socket
import sys

import network
import torch
import torch.distributed as dist
import torch.distributed.nn.functional as collectives
import torch.multiprocessing as mp
from safetensors.torch import save_file
from torch import nn


def sync_forward(self, x):
    dims = [d for d in range(x.dim()) if d != 1]
    wide = x.double()
    n = torch.full((1,), x.numel() / x.shape[1], dtype=torch.float64)
    sums = collectives.all_reduce(torch.cat([wide.sum(dims), wide.square().sum(dims), n]))
    c, n = x.shape[1], sums[-1].detach()
    mean = sums[:c] / n
    var = sums[c : 2 * c] / n - mean.square()
    with torch.no_grad():
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean.float(), self.momentum)
        self.running_var.lerp_((var * n / (n - 1)).float(), self.momentum)
    shape = [1, -1] + [1] * (x.dim() - 2)
    y = (wide - mean.view(shape)) * (var + self.eps).rsqrt().view(shape)
    return (y * self.weight.view(shape) + self.bias.view(shape)).float()


def rank(r, o, port):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    dist.init_process_group("gloo", rank=r, world_size=o["ranks"])
    torch.set_num_threads(1)
    torch.manual_seed(10)
    net = network.SimCLR(o["arch"], o["stem"], o["width"])
    views = network.pixels(o["samples"], 32)
    out = {"initial/" + k: v.clone() for k, v in net.state_dict().items()}
    net = net.to(memory_format=torch.channels_last)
    for m in net.modules():
        if isinstance(m, nn.modules.batchnorm._BatchNorm):
            m.forward = sync_forward.__get__(m)
    ddp = nn.parallel.DistributedDataParallel(net, broadcast_buffers=False)
    opt = torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.9, weight_decay=5e-4, fused=True)
    per = 2 * o["samples"] // o["ranks"]
    x = network.to_input(views, True)[r * per : (r + 1) * per]
    for step in range(1, o["steps"] + 1):
        opt.param_groups[0]["lr"] = 0.5 * step / o["warmup"]
        z = torch.cat(collectives.all_gather(ddp(x)))
        losses = network.nt_xent(z, 0.2)
        opt.zero_grad()
        losses.mean().backward()
        if step in (1, o["steps"]):
            out[f"projections/{step}"] = z.detach().clone()
            out.update({f"grad/{step}/{k}": p.grad.clone() for k, p in net.named_parameters()})
        out[f"losses/{step}"] = losses.detach().clone()
        opt.step()
        if step in (1, o["steps"]):
            out.update({f"weight/{step}/{k}": v.clone() for k, v in net.state_dict().items()})
    if r == 0:
        save_file({k: v.contiguous() for k, v in out.items()}, o["out"], {"versions": f"torch {torch.__version__}, DDP on {o['ranks']} ranks"})
    dist.destroy_process_group()


if __name__ == "__main__":
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    options = json.loads(sys.argv[1])
    mp.spawn(rank, (options, port), nprocs=options["ranks"])
