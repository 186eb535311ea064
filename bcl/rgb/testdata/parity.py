"""Writes N random image files into DIR, a third of them damaged, and beside each what Pillow
makes of it: NAME.ppm, or NAME.error.

    python parity.py DIR N
"""
import io
import sys
import warnings

import numpy as np
from PIL import Image, ImageFile, ImageOps

warnings.simplefilter("ignore")
ImageFile.MAXBLOCK = 1 << 22  # for optimised JPEG
out, n = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(7)


def picture():
    w, h = (int(rng.integers(1, 300)) for _ in range(2))
    y, x = np.mgrid[0:h, 0:w]
    waves = [127 + 127 * np.sin(x / rng.uniform(2, 90) + y / rng.uniform(2, 90) + rng.uniform(0, 6)) for _ in range(3)]
    a = np.stack(waves, 2) + rng.normal(0, rng.choice([0, 3, 30]), (h, w, 3))
    return Image.fromarray(a.clip(0, 255).astype(np.uint8)).convert(str(rng.choice(["RGB", "RGB", "RGB", "L", "CMYK", "P", "RGBA", "1"])))


def encode(image):
    kind = str(rng.choice(["JPEG", "JPEG", "JPEG", "PNG", "WEBP"]))
    options = {"quality": int(rng.integers(5, 101))}
    if kind == "JPEG":
        if image.mode not in ("RGB", "L", "CMYK"):
            image = image.convert("RGB")
        options |= {"progressive": bool(rng.integers(2)), "optimize": bool(rng.integers(2)), "subsampling": int(rng.integers(3))}
        if image.mode == "RGB" and rng.integers(8) == 0:
            options |= {"keep_rgb": True, "subsampling": 0}
        if rng.integers(4) == 0:
            options["restart_marker_blocks"] = int(rng.integers(1, 20))
    elif kind == "WEBP":
        image = image.convert("RGBA" if image.mode == "RGBA" else "RGB")
        options |= {"lossless": bool(rng.integers(2)), "exact": True, "method": 2}
    elif image.mode == "CMYK":
        image = image.convert("RGB")
    data = io.BytesIO()
    image.save(data, kind, **options)
    return kind, bytearray(data.getvalue())


def damage(data):
    for _ in range(int(rng.integers(1, 4))):
        i = int(rng.integers(len(data)))
        match rng.integers(5):
            case 0:
                data[i] ^= 1 << int(rng.integers(8))
            case 1:
                data[i] = int(rng.integers(256))
            case 2:
                del data[i:i + int(rng.integers(1, 20))]
            case 3:
                data[i:i] = rng.bytes(int(rng.integers(1, 20)))
            case 4:
                del data[-int(rng.integers(1, 20)):]
        if len(data) < 40:
            return


for i in range(n):
    kind, data = encode(picture())
    if kind != "WEBP" and rng.integers(3) == 0:
        damage(data)
    name = f"{out}/{i:05}"
    with open(f"{name}.{kind.lower()}", "wb") as f:
        f.write(data)
    try:
        ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB").save(name + ".ppm")
    except Exception as e:
        with open(name + ".error", "w") as f:
            f.write(f"{type(e).__name__}: {e}")
