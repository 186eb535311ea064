"""Makes the golden files of package rgb: small images of odd modes, and what
Pillow's convert("RGB") (after exif_transpose) makes of each, as name.ppm.

Run in this folder:  python make_images.py
Made with Python 3.11.7, Pillow 13.0.0, NumPy 2.4.6.
"""
import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

rng = np.random.default_rng(1)
H, W = 11, 13
y, x = np.mgrid[0:H, 0:W]
grey = ((x * 17 + y * 9) % 256).astype(np.uint8)
rgb = np.stack([grey, (x * 19) % 256, (255 - y * 23) % 256], 2).astype(np.uint8)
# JPEG: smooth with one hard edge, so that chroma interpolation matters.
photo = np.stack([x * 15, y * 20, np.where(x + y > 11, 220, 30)], 2).astype(np.uint8)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def raw_png(name, bits, colour, rows, w, h, extra=b""):
    """Writes modes that Pillow does not: rows are h byte strings."""
    body = zlib.compress(b"".join(b"\0" + r for r in rows))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, bits, colour, 0, 0, 0))
    with open(name, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", body) + chunk(b"IEND", b""))


Image.fromarray(grey).save("grey8.png")
Image.fromarray(grey > 120).save("grey1.png")
for bits in (2, 4):
    per = 8 // bits
    rows = [bytes(rng.integers(0, 256, -(-W // per), dtype=np.uint8)) for _ in range(H)]
    raw_png(f"grey{bits}.png", bits, 0, rows, W, H)
Image.fromarray((grey.astype(np.uint16) * 251 + 77)).save("grey16.png")
Image.fromarray(rgb).save("rgb8.png")
raw_png("rgb16.png", 16, 2, [rng.integers(0, 256, W * 6, dtype=np.uint8).tobytes() for _ in range(H)], W, H)
raw_png("rgba16.png", 16, 6, [rng.integers(0, 256, W * 8, dtype=np.uint8).tobytes() for _ in range(H)], W, H)
raw_png("la16.png", 16, 4, [rng.integers(0, 256, W * 4, dtype=np.uint8).tobytes() for _ in range(H)], W, H)
Image.fromarray(np.dstack([rgb, grey])).save("rgba8.png")
Image.fromarray(np.dstack([grey, 255 - grey])).save("la8.png")
pal = Image.fromarray(rgb).quantize(16)
pal.save("palette4.png")
pal.save("palette4_alpha.png", transparency=bytes([0, 100, 255] + [200] * 13))
Image.fromarray(rgb).quantize(100).save("palette8.png")
Image.fromarray(rgb).quantize(2).save("palette1.png")
raw_png("grey8_trns.png", 8, 0, [grey[i].tobytes() for i in range(H)], W, H, chunk(b"tRNS", b"\0\x11"))
raw_png("rgb8_trns.png", 8, 2, [rgb[i].tobytes() for i in range(H)], W, H, chunk(b"tRNS", b"\0\0\0\0\0\xff"))

exif = Image.Exif()
exif[0x0112] = 6
Image.fromarray(rgb).save("rgb8_exif6.png", exif=exif)

p = Image.fromarray(photo)
for name, sub in (("444", 0), ("422", 1), ("420", 2)):
    p.save(f"jpeg{name}.jpg", quality=90, subsampling=sub)
p.save("jpeg420_progressive.jpg", quality=75, subsampling=2, progressive=True)
p.crop((0, 0, 3, 3)).save("jpeg420_3x3.jpg", quality=90, subsampling=2)
p.crop((0, 0, 6, 1)).save("jpeg420_6x1.jpg", quality=90, subsampling=2)
p.crop((0, 0, 1, 6)).save("jpeg422_1x6.jpg", quality=90, subsampling=1)
p.convert("L").save("jpeg_grey.jpg", quality=90)
p.convert("CMYK").save("jpeg_cmyk.jpg", quality=95)
p.save("jpeg_rgb.jpg", quality=95, keep_rgb=True)
for o in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = o
    p.save(f"jpeg_exif{o}.jpg", quality=90, subsampling=0, exif=exif)

import glob

for name in sorted(glob.glob("*.png") + glob.glob("*.jpg")):
    image = Image.open(name)
    if image.mode == "I;16":  # Pillow would clip at 255; we keep the high byte
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    out = ImageOps.exif_transpose(image).convert("RGB")
    out.save(name[:-4] + ".ppm")
