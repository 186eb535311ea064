"""Data: CIFAR-100 in binary form, drawn here, and lists of it.

Classes are textures of a few waves each, so that there is something to learn; 10,847 images of
the list tail.npy are long-tailed as those of CIFAR-100-LT.
"""

import math
import struct

import torch

LIMIT, REQUIRED = 60, True
TRAIN, TEST, CLASSES, TAIL = 50000, 10000, 100, 10847


def draw(labels, generator):
    """Images [N, 3, 32, 32] of uint8 of the classes."""
    waves = torch.Generator().manual_seed(5)
    shape = (CLASSES, 3, 3)  # class, wave, and its two frequencies and phase
    frequency, colour = 2 * torch.rand(shape, generator=waves) - 1, 2 * torch.rand(shape, generator=waves) - 1
    axis = torch.arange(32.0)
    f = frequency[labels]
    phase = f[:, :, 2] * math.pi + torch.rand(len(labels), 1, generator=generator) * 2 * math.pi  # of each image
    angle = f[:, :, 0, None, None] * axis[:, None] + f[:, :, 1, None, None] * axis + phase[:, :, None, None]
    clean = torch.einsum("nkhw,nkc->nchw", torch.sin(angle), colour[labels])
    noise = torch.randn(len(labels), 3, 32, 32, generator=generator)
    return (128 + 40 * clean + 12 * noise).clamp(0, 255).to(torch.uint8)


def write(path, n, generator):
    """n records: coarse label, label, planes of red, green, blue. Label i % 100 is sample i's."""
    with open(path, "wb") as f:
        for start in range(0, n, 5000):
            labels = torch.arange(start, start + 5000) % CLASSES
            label = labels.to(torch.uint8)[:, None]
            records = torch.cat([label // 5, label, draw(labels, generator).flatten(1)], 1).flatten()
            text = bytearray(len(records))
            torch.frombuffer(text, dtype=torch.uint8).copy_(records)  # torch may be without numpy
            f.write(text)


def save_list(path, indices):
    """A list of int64 in the form of numpy's files."""
    head = "{'descr': '<i8', 'fortran_order': False, 'shape': (%d,), }" % len(indices)
    head += " " * (-(len(head) + 11) % 64) + "\n"
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + struct.pack(f"<{len(indices)}q", *indices))


def tail():
    """Indices of 10,847 samples, of 500 in the first class to 5 in the last."""
    counts = [round(500 * 0.01 ** (c / (CLASSES - 1))) for c in range(CLASSES)]
    counts[0] += TAIL - sum(counts)
    return sorted(c + CLASSES * i for c, n in enumerate(counts) for i in range(min(n, TRAIN // CLASSES)))


def run(kit):
    folder = kit.work / "cifar"
    folder.mkdir()
    generator = torch.Generator().manual_seed(1)
    write(folder / "train.bin", TRAIN, generator)
    write(folder / "test.bin", TEST, generator)
    (folder / "fine_label_names.txt").write_text("".join(f"class{i:02d}\n" for i in range(CLASSES)))
    indices = tail()
    save_list(kit.work / "tail.npy", indices)
    save_list(kit.work / "few.npy", indices[:: len(indices) // 330][:330])
    save_list(kit.work / "batch.npy", indices[:: len(indices) // 64][:64])
    save_list(kit.work / "probe.npy", list(range(2000)))
    save_list(kit.work / "most.npy", list(range(49152)))
    kit.record(train=TRAIN, test=TEST, tail=len(indices))
