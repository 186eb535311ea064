"""Makes the golden .npz files. Run: python make.py (NumPy 2.4.6, Python 3.11.7 made the committed ones)."""
import os

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
arrays = {
    "a": np.array([1, 2, 3], np.uint8),
    "layer/b": np.arange(4, dtype=">f4").reshape(2, 2) / 2,
    "f": np.asfortranarray(np.arange(6).reshape(2, 3)),
}
np.savez(os.path.join(here, "stored.npz"), **arrays)
np.savez_compressed(os.path.join(here, "deflated.npz"), **arrays)
np.savez(os.path.join(here, "tensorflow.npz"), **{
    "conv1/kernel:0": np.arange(6, dtype="f4").reshape(2, 3), "conv1/bn:0/Momentum:0": np.ones(3, "f4"),
})
np.savez(os.path.join(here, "odd.npz"), **{
    "text": np.array(["ab", "c"]), "w": np.arange(2, dtype="f4"), "bytes": np.array([b"ab"]), "object": np.array({"a": 1}), "complex": np.ones((1, 2), "c8"),
    "structures": np.zeros(2, [("a]'", "<f4"), ("b", [("c", "<i8", (2,))])]), "u2": np.zeros(3, "u2"), "date": np.array(["2020-01-01"], "M8[D]"), "last": np.ones(1, "f4"),
})
