"""Makes the golden files. Run: python make.py (safetensors 0.8.0, torch 2.11.0 made the committed ones)."""
import os

import torch
from safetensors.torch import save_file

here = os.path.dirname(os.path.abspath(__file__))
tensors = {
    str(d)[6:]: torch.tensor([0, 1, 1] if d == torch.bool else [0, 1, 100]).to(d)
    for d in [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.float32,
              torch.float64, torch.bool, torch.bfloat16]
}
tensors["a/é\"\\\n"] = torch.tensor(2.5)
tensors["b"] = torch.zeros(0, 3)
save_file(tensors, os.path.join(here, "all.safetensors"), metadata={"format": "pt"})
save_file({"x": torch.arange(6.0).reshape(2, 3)}, os.path.join(here, "plain.safetensors"))
save_file({}, os.path.join(here, "empty.safetensors"))
save_file({"x": torch.ones(2, dtype=torch.uint16)}, os.path.join(here, "uint16.safetensors"))
save_file({
    "x": torch.arange(6.0).reshape(2, 3), "e4m3": torch.ones(2, 2).to(torch.float8_e4m3fn), "e5m2": torch.ones(3).to(torch.float8_e5m2),
    "e4m3fnuz": torch.ones(1).to(torch.float8_e4m3fnuz), "e8m0": torch.ones(2).to(torch.float8_e8m0fnu),
    "u16": torch.ones(3, dtype=torch.uint16), "u32": torch.ones((), dtype=torch.uint32), "u64": torch.ones(0, 2, dtype=torch.uint64),
    "c64": torch.ones(2, dtype=torch.complex64),
}, os.path.join(here, "odd.safetensors"))
