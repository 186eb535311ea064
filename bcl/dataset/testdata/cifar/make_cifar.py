"""Makes small folders in the Python form of CIFAR: two images per file.

Run in this folder:  python make_cifar.py
Made with Python 3.11.7, NumPy 2.4.6. Value at image i, channel c, row y,
column x: (7*i + 50*c + 3*y + x) % 256; the test file's images have i + 10.

py2 imitates the published files, which Python 2 wrote: all strings are its str
(opcodes BINSTRING and SHORT_BINSTRING), and NumPy is version 1.
"""
import io
import os
import pickle
import struct

import numpy as np


class Python2(pickle._Pickler):
    dispatch = dict(pickle._Pickler.dispatch)

    def save_str2(self, obj):
        data = obj.encode() if isinstance(obj, str) else obj
        if len(data) < 256:
            self.write(b"U" + bytes([len(data)]) + data)
        else:
            self.write(b"T" + struct.pack("<i", len(data)) + data)
        self.memoize(obj)

    dispatch[str] = dispatch[bytes] = save_str2


def py2(obj):
    f = io.BytesIO()
    Python2(f, 2).dump(obj)
    return f.getvalue().replace(b"cnumpy._core.", b"cnumpy.core.")


def images(first, n=2):
    i, c, y, x = np.ogrid[first : first + n, 0:3, 0:32, 0:32]
    return ((7 * i + 50 * c + 3 * y + x) % 256).astype(np.uint8).reshape(n, 3072)


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


for name, dump in (
    ("py2", py2),
    ("proto2", lambda o: pickle.dumps(o, 2)),
    ("proto4", lambda o: pickle.dumps(o, 4)),
):
    for file, first, labels in (("data_batch_1", 0, [3, 9]), ("test_batch", 10, [0, 1])):
        write(f"{name}/{file}", dump({
            "batch_label": "batch 1 of 5", "labels": labels, "data": images(first),
            "filenames": [f"img_{i}.png" for i in range(2)]}))
    write(f"{name}/batches.meta", dump({
        "num_cases_per_batch": 2, "num_vis": 3072, "label_names": [f"class{i}" for i in range(10)]}))

for file, first, labels in (("train", 0, [99, 4]), ("test", 10, [0, 1])):
    write(f"fine/{file}", py2({
        "batch_label": "training batch 1 of 1", "fine_labels": labels, "coarse_labels": [19, 2],
        "data": images(first), "filenames": ["a.png", "b.png"]}))
write("fine/meta", py2({"fine_label_names": [f"fine{i}" for i in range(100)],
                        "coarse_label_names": [f"coarse{i}" for i in range(20)]}))


class Evil:
    def __reduce__(self):
        return os.system, ("echo pwned > /tmp/pwned",)


write("evil/data_batch_1", pickle.dumps({"labels": [Evil(), 1], "data": images(0)}, 2))
