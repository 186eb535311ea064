"""Memory: the peak beside PyTorch's; a batch too large is said, and the next run is well."""

import re
import threading
import time

import torch

from stages.s11_peer import peer

LIMIT, REQUIRED = 70, True


class Peak:
    """The most memory of the card in use while the block runs, beyond that at its begin, in GiB."""

    def __enter__(self):
        self.before = self.used()
        self.most, self.on = self.before, True
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()
        return self

    def used(self):
        free, total = torch.cuda.mem_get_info()
        return total - free

    def watch(self):
        while self.on:
            self.most = max(self.most, self.used())
            time.sleep(0.02)

    def __exit__(self, *_):
        self.on = False
        self.thread.join()
        self.gib = (self.most - self.before) / 2**30


def run(kit):
    with Peak() as ours:
        kit.train("memory", "--method", "simclr", "--epochs", 2, "--precision", "bf16")
    with Peak() as theirs:
        peer(kit, "eager", 40)
    kit.record(**{"GiB, bcl-train": ours.gib, "GiB, PyTorch eager": theirs.gib})
    p = kit.start("bcl-train", "large", "--train-split", kit.work / "most.npy", "--batch-size", 49152, "--epochs", 1, "--model", "resnet18", "--width", 64)
    said = p.communicate(timeout=max(kit.left() - 1, 1))[0]
    print(said, flush=True)
    kit.check("49,152 samples a step: exit code", p.returncode == 1, f"{p.returncode}, expected 1", numeric=False)
    kit.check("49,152 samples a step: said", bool(re.search(r"epoch 1, step 1.*out of memory", said)), said.strip().split("\n")[-1][:200], numeric=False)
    kit.train("small", "--epochs", 1)
    kit.check("a run after it", True, "is well", numeric=False)
