"""Makes the golden files of values that are not read, of whole modules and of plain pickles. Run: python odd.py
(torch 2.11.0, NumPy 2.4.6, Python 3.11.7 made the committed ones)."""
import collections
import functools
import os
import pickle

import numpy as np
import torch

here = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(0)
weights = collections.OrderedDict([("conv1.weight", torch.arange(6.0).reshape(2, 3)), ("bn1.steps", torch.tensor(7))])


def save(name, obj, **kw):
    with open(os.path.join(here, name), "wb") as f:  # a file object, so that the folder inside is "archive"
        torch.save(obj, f, **kw)


def dump(name, obj, protocol=4):
    with open(os.path.join(here, name), "wb") as f:
        pickle.dump(obj, f, protocol)


class Image(torch.Tensor):
    pass


class Hooked:
    """A tensor with a backward hook, which torch.save drops."""

    def __reduce__(self):
        x = torch.ones(1)
        return torch._utils._rebuild_tensor_v2, (x.storage(), 0, (1,), (1,), True, collections.OrderedDict([(0, len)]))


complex64 = torch.ones(2, 2, dtype=torch.complex64)
np.random.seed(1)
odd = {
    "rng": np.random.get_state(), "str": np.array(["a", "bc"]), "object": np.array([1, "x", None], dtype=object),
    "date": np.array(["2020-01-01"], dtype="datetime64[D]"), "np_complex": np.ones(1, dtype="complex64"),
    "structures": np.zeros(2, dtype=[("a", "i4"), ("b", "f8")]), "np_str": np.str_("x"),
    "complex": complex64, "conj": complex64.conj(), "neg": torch._neg_view(torch.ones(2, 2)),
    "expanded": torch.zeros(1).expand(10000, 10000), "parameter": torch.nn.Parameter(complex64),
    "e4m3": torch.ones(4).to(torch.float8_e4m3fn), "e5m2": torch.ones(2, 2).to(torch.float8_e5m2), "u16": torch.ones(3, dtype=torch.uint16),
    "sparse": torch.eye(2).to_sparse(), "meta": torch.empty(3, device="meta"),
    "subclass": torch.ones(2).as_subclass(Image), "hooked": Hooked(), "matrix": np.matrix([[1.0]]),
    "quantised": torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8),
}
save("odd.pt", {"state_dict": weights, "odd": odd})
save("odd_legacy.pt", {"state_dict": weights, "odd": odd}, _use_new_zipfile_serialization=False)
# No view repeats its element more than 64 times and is large, but together they are too much.
save("expanded.pt", {"state_dict": weights, "views": [torch.zeros(1).expand(2000, 2000) for _ in range(3)]})


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 2, 1, bias=False)
        self.layers = torch.nn.Sequential(torch.nn.BatchNorm2d(2), torch.nn.ReLU())
        self.heads = torch.nn.ModuleList([torch.nn.Linear(2, 1), None])
        self.tied = self.heads[0]
        self.scales = torch.nn.ParameterList([torch.ones(1), torch.zeros(1)])
        self.register_parameter("bias", None)
        self.register_buffer("mean", torch.tensor([0.5]))
        self.register_buffer("none", None)
        self.register_buffer("cache", torch.ones(3), persistent=False)
        self.owner, self.norm = [self], functools.partial(torch.nn.BatchNorm2d, eps=1e-3)


net = Net()
save("module.pt", net)
# Such files have the source code of every class; here a line of ours stands for it.
torch.serialization.get_source_lines_and_file = lambda cls: ([f"class {cls.__name__}: ...\n"], 1, "odd.py")
save("module_legacy.pt", {"model": net, "epoch": 3}, _use_new_zipfile_serialization=False)
save("module_state.pt", net.state_dict())
loop = torch.nn.Linear(1, 1)
loop.inner = torch.nn.Sequential(loop)
save("module_loop.pt", loop)

arrays = {"model": {"conv1.weight": np.arange(6, dtype="float32").reshape(2, 3), "bn1.steps": np.array(7)}, "__author__": "someone"}
for protocol in [0, 2, 4]:
    dump(f"arrays_{protocol}.pkl", arrays, protocol)
dump("tensors.pkl", weights)
dump("module.pkl", net)
