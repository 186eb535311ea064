"""Makes the golden .pt files. Run: python make.py (torch 2.11.0, NumPy 2.4.6, Python 3.11.7 made the committed ones)."""
import argparse
import collections
import io
import os
import shutil
import sys
import tempfile
import zipfile

import numpy as np
import torch

here = os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(here, name)


def save(name, obj, **kw):
    with open(path(name), "wb") as f:  # a file object, so that the folder inside is "archive"
        torch.save(obj, f, **kw)


def checkpoint():
    weight = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3))
    state = collections.OrderedDict([("conv1.weight", weight.detach()), ("bn1.num_batches_tracked", torch.tensor(7))])
    state._metadata = collections.OrderedDict([("", {"version": 1}), ("bn1", {"version": 2})])
    sgd = torch.optim.SGD([weight], lr=0.5, momentum=0.9, weight_decay=5e-4)
    weight.grad = torch.ones(2, 3)
    sgd.step()
    optim = sgd.state_dict()
    weight.data.copy_(torch.arange(6.0).reshape(2, 3))
    return {"epoch": 3, "state_dict": state, "optim": optim}


save("checkpoint.pt", checkpoint())
save("legacy.pt", checkpoint(), _use_new_zipfile_serialization=False)

# The same as a big-endian machine writes it: marked as big-endian, but the elements are little-endian.
sys.byteorder, order = "big", sys.byteorder
save("legacy_big.pt", checkpoint(), _use_new_zipfile_serialization=False)
sys.byteorder = order
assert torch.load(path("legacy_big.pt"))["state_dict"]["bn1.num_batches_tracked"] == 7

# Saved under a path, the folder inside has the file's name. Git and Go modules accept no colon in file names.
with tempfile.TemporaryDirectory() as tmp:
    torch.save(checkpoint(), os.path.join(tmp, "run_12:30:05.pt"))
    shutil.copy(os.path.join(tmp, "run_12:30:05.pt"), path("colon.pt"))

save("dtypes.pt", {
    str(d)[6:]: torch.tensor([0, 1, 1] if d == torch.bool else [0, 1, 100]).to(d)
    for d in [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.float32,
              torch.float64, torch.bool, torch.bfloat16]
})

x = torch.arange(12, dtype=torch.int64)
views = {
    "all": x, "part": x[2:8:2], "turned": x.view(3, 4).T, "scalar": x[5], "none": x[12:],
    "wide": x[:1].expand(3), "empty": torch.zeros(0, 3), "param": torch.nn.Parameter(torch.ones(2)),
    "grad": torch.ones(1, requires_grad=True),
}
save("views.pt", views)

save("values.pt", {
    "device": torch.device("cuda", 1), "cpu": torch.device("cpu"), "dtype": torch.float32, "size": torch.Size([1, 2]),
    "layout": torch.strided, "options": argparse.Namespace(lr=0.5, name="x"), "array": np.arange(3), "np": np.float64(2.5),
    "storage": torch.ones(2).storage(),
})


class On:
    """A tensor or array, written like that of a device without storages of its own."""

    def __init__(self, data):
        self.data = data

    def __reduce__(self):
        of = "numpy" if isinstance(self.data, np.ndarray) else "cpu_tensor"
        return getattr(torch._utils, f"_rebuild_device_tensor_from_{of}"), (self.data, torch.float32, "cpu", True)


# Other values that torch.load(weights_only=True) allows by default.
net = torch.nn.Parameter(torch.ones(1))
steps = torch.optim.lr_scheduler.MultiStepLR(torch.optim.SGD([net], lr=0.5), [30, 80])
save("allowed.pt", {
    "scheduler": steps.state_dict(), "complex": 1.5 - 2j, "set": {1}, "bytes": bytearray(b"ab"),
    "untyped": torch.arange(3, dtype=torch.uint8).untyped_storage(),
    "names": [torch.complex64, torch.uint16, torch.float8_e4m3fn, torch.FloatTensor, torch.per_tensor_affine],
    "device": On(torch.ones(2)),
})
assert torch.load(path("allowed.pt"), weights_only=True)["scheduler"]["milestones"].elements
with open(path("weights_only.txt"), "w") as f:
    f.writelines(name + "\n" for name in sorted(torch._weights_only_unpickler._get_allowed_globals()))
save("allowed_numpy.pt", On(np.ones(2, np.float32)))
save("uint16.pt", torch.ones(3, dtype=torch.uint16))
save("sparse.pt", torch.eye(2).to_sparse())

# What a big-endian machine would write.
src = zipfile.ZipFile(path("dtypes.pt"))
sizes = [1, 1, 2, 4, 8, 2, 4, 8, 1, 2]
with zipfile.ZipFile(path("big_endian.pt"), "w") as z:
    for i in src.infolist():
        data = src.read(i)
        if i.filename == "archive/byteorder":
            data = b"big"
        if i.filename.startswith("archive/data/"):
            n = sizes[int(i.filename[13:])]
            data = b"".join(data[k : k + n][::-1] for k in range(0, len(data), n))
        z.writestr(zipfile.ZipInfo(i.filename), data)

with zipfile.ZipFile(path("compressed.pt"), "w", zipfile.ZIP_DEFLATED) as z:
    for i in src.infolist():
        z.writestr(zipfile.ZipInfo(i.filename), src.read(i), zipfile.ZIP_DEFLATED)


class Evil:
    def __reduce__(self):
        return os.system, ("echo pwned",)


save("evil.pt", {"model": Evil()})
torch.serialization.set_crc32_options(False)
save("no_crc.pt", torch.ones(3))


class Part(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.bn, self.sizes, self.scale = torch.nn.BatchNorm1d(2), [1, 2], 0.5

    def forward(self, x):
        return self.bn(x) * self.scale + len(self.sizes)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.part = torch.nn.Linear(3, 2), Part()

    def forward(self, x):
        if x.sum() > 100:
            return self.part(self.fc(x)) + torch.ones(2)
        return self.part(self.fc(x))


torch.serialization.set_crc32_options(True)
net = Net().eval()
with torch.no_grad():
    net.fc.weight.copy_(torch.arange(6.0).view(2, 3))
    net.fc.bias.copy_(torch.tensor([7.0, 8.0]))
torch.jit.save(torch.jit.script(net), path("script.pt"))

t, p = torch.arange(3.0), torch.nn.Parameter(torch.ones(2))
t.title, t.tags, p.is_expert = "a tensor", ["x", 1], True
save("attrs.pt", {"t": t, "p": p, "plain": torch.ones(1), "b": torch.nn.Buffer(torch.zeros(2))})
