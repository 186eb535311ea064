"""Makes the golden files of package npy. Run: python make.py (NumPy 2.4.6 made the committed ones)."""
import os
import numpy as np
from numpy.lib import format as fmt

here = os.path.dirname(os.path.abspath(__file__))


def save(name, a, version=None):
    with open(os.path.join(here, name), "wb") as f:
        fmt.write_array(f, a, version=version, allow_pickle=True)


save("int64.npy", np.array([3, 1, -4, 1 << 40], dtype="<i8"))
save("int64_v2.npy", np.array([3, 1, -4, 1 << 40], dtype="<i8"), (2, 0))
save("int64_v3.npy", np.array([3, 1, -4, 1 << 40], dtype="<i8"), (3, 0))
save("int64_be.npy", np.array([3, 1, -4, 1 << 40], dtype=">i8"))
save("float32_2x3.npy", np.arange(6, dtype="<f4").reshape(2, 3) / 2)
save("float32_fortran.npy", np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4)))
save("scalar.npy", np.float32(2.5).reshape(()))
save("empty.npy", np.zeros((0, 5), dtype="<f4"))
save("bool.npy", np.array([True, False]))
save("uint8.npy", np.array([[0, 255]], dtype="u1"))
save("float16.npy", np.array([0.5, -2], dtype="<f2"))
save("object.npy", np.array([None, {}], dtype=object))
save("struct.npy", np.zeros(2, dtype=[("a", "<i4")]))
save("uint16.npy", np.zeros(2, dtype="<u2"))
