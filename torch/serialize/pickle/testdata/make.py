"""Makes the golden pickles. Run: python make.py (Python 3.11.7, NumPy 2.4.6 made the committed ones).

more_P.pkl     Counters and complex numbers, in protocol P
tree_P.pkl     one value of each plain kind, in protocol P
shared.pkl     one list twice
numpy_P.pkl    arrays and scalars, in protocol P
cifar.pkl      a batch of CIFAR as Python 2 and NumPy 1 wrote it, written by hand
evil.pkl       calls os.system
"""
import collections
import os
import pickle
import struct

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))


def save(name, data):
    with open(os.path.join(here, name), "wb") as f:
        f.write(data)


def tree():
    od = collections.OrderedDict([("z", 1), ("a", 2)])
    od.extra = "attribute"
    return {
        "none": None, "true": True, "false": False,
        "ints": [0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, -(2**31), 2**31, 2**63 - 1, -(2**63), 2**63, -(2**70), 2**2100],
        "floats": [0.0, -1.5, 1e300, float("inf")],
        "text": ["", "abc", "é€😀\\u0041\n", "x" * 300],
        "bytes": [b"", b"\x00\xff\\n'", b"y" * 300],
        "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
        "set": {1}, "frozenset": frozenset([2]), "bytearray": bytearray(b"abc"),
        "dict": {1: "int", "1": "str", (1, (2, "x")): "tuple", None: "none", 2.5: "float", b"1": "bytes"},
        "ordered": od,
        "empty": [[], {}],
    }


for p in range(6):
    save(f"tree_{p}.pkl", pickle.dumps(tree(), p))
# Other values that torch.load(weights_only=True) reads.
more = {
    "counter": collections.Counter([30, 80, 80]), "none": collections.Counter(),
    "complex": [1.5 - 2j, complex(0, float("inf"))], "keys": {1 + 2j: "complex", 3 + 0j: "real"},
}
for p in range(6):
    save(f"more_{p}.pkl", pickle.dumps(more, p))
x = [1]
save("shared.pkl", pickle.dumps([x, x], 2))

arrays = {
    "u1": np.arange(6, dtype="u1").reshape(2, 3),
    "f4": np.arange(6, dtype="<f4").reshape(2, 3).T,
    "big": np.array([1, -2], dtype=">i4"),
    "bool": np.array([True, False]),
    "empty": np.zeros((0, 2)),
    "scalars": [np.float32(1.5), np.int64(-7), np.bool_(True), np.float16(0.25), np.uint8(200), np.float64(2.5)],
}
for p in (0, 2, 4, 5):
    save(f"numpy_{p}.pkl", pickle.dumps(arrays, p))


class Old:
    """Writes protocol 2 as Python 2 did, where every str was bytes."""

    def __init__(self):
        self.out, self.memo = b"\x80\x02", 0

    def put(self):
        self.out += b"q" + bytes([self.memo])
        self.memo += 1

    def str(self, s, memo=True):
        self.out += (b"U" + bytes([len(s)]) if len(s) < 256 else b"T" + struct.pack("<i", len(s))) + s
        self.put()

    def op(self, b, memo=False):
        self.out += b
        if memo:
            self.put()


o = Old()
o.op(b"}", True)
o.op(b"(")
o.str(b"data")
o.op(b"cnumpy.core.multiarray\n_reconstruct\n", True)
o.op(b"cnumpy\nndarray\n", True)
o.op(b"K\x00\x85", True)
o.str(b"b")
o.op(b"\x87", True)
o.op(b"R", True)
o.op(b"(K\x01K\x02M\x00\x0c\x86", True)
o.op(b"cnumpy\ndtype\n", True)
o.str(b"u1")
o.op(b"K\x00K\x01\x87", True)
o.op(b"R", True)
o.op(b"(K\x03")
o.str(b"|")
o.op(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t", True)
o.op(b"b\x89")
o.str(bytes(i * 7 % 256 for i in range(2 * 3072)))
o.op(b"t", True)
o.op(b"b")
o.str(b"labels")
o.op(b"]", True)
o.op(b"(K\x06K\x09e")
o.str(b"batch_label")
o.str(b"training batch 1 of 5")
o.str(b"filenames")
o.op(b"]", True)
o.op(b"(")
o.str(b"leptodactylus_pentadactylus_s_000004.png")
o.str(b"camion_s_000148.png")
o.op(b"eu.")
old = pickle.loads(o.out, encoding="bytes")
assert old[b"data"].shape == (2, 3072) and old[b"labels"] == [6, 9]
save("cifar.pkl", o.out)


class Evil:
    def __reduce__(self):
        return os.system, ("echo pwned",)


save("evil.pkl", pickle.dumps(Evil(), 2))

# plain_2.pkl: equal strings are one object here, so that package pickle must write the same bytes.
od = collections.OrderedDict((i, None) for i in range(1001))
save("plain_2.pkl", pickle.dumps([list(range(1001)), {i: i for i in range(2001)}, od, tree()["ints"], tree()["floats"], (1, 2, 3), (4, 5, 6, 7), b"\xff\x00", [], {}, [1], {1: 2}], 2))
