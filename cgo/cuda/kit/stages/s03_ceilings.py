"""Ceilings of this card: a product of matrices, copies on it and to it."""

import torch

LIMIT, REQUIRED = 40, False


def seconds(call, times=10):
    """Median time of a call, by events."""
    for _ in range(3):
        call()
    spans = []
    for _ in range(times):
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        call()
        end.record()
        torch.cuda.synchronize()
        spans.append(begin.elapsed_time(end) / 1e3)
    return sorted(spans)[times // 2]


def run(kit):
    n = 8192
    for kind in (torch.bfloat16, torch.float32):
        a, b = (torch.randn(n, n, device="cuda", dtype=kind) for _ in range(2))
        torch.backends.cuda.matmul.allow_tf32 = True
        kit.record(**{f"TFLOP/s, product of {n}^3, {'bf16' if kind is torch.bfloat16 else 'TF32'}": 2 * n**3 / seconds(lambda: a @ b) / 1e12})
    big = torch.empty(2**30, dtype=torch.uint8, device="cuda")
    to = torch.empty_like(big)
    kit.record(**{"GB/s, copy on the device, read and written": 2 * 2**30 / seconds(lambda: to.copy_(big)) / 1e9})
    few = torch.empty(3 * 2**20, dtype=torch.uint8)
    on = few.cuda()
    for name, host in (("pageable", few), ("pinned", few.pin_memory())):
        kit.record(**{f"GB/s, 3 MB from {name} memory": few.numel() / seconds(lambda: on.copy_(host, non_blocking=True), 50) / 1e9})
    kit.record(**{"us, launch of an empty graph's worth (add of one element)": 1e6 * seconds(lambda: on[:1].add_(1), 50)})
