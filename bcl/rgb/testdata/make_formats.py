"""Makes the golden files of WebP, BMP, GIF and TIFF: small images of many modes, and what
Pillow's convert("RGB") (after exif_transpose) makes of each, as name.ppm.

Run in this folder:  python make_formats.py
Made with Python 3.11.7, Pillow 13.0.0, NumPy 2.4.6.
"""
import os
import struct

import numpy as np
from PIL import Image, ImageOps

H, W = 11, 13
y, x = np.mgrid[0:H, 0:W]
grey = ((x * 17 + y * 9) % 256).astype(np.uint8)
rgb = np.stack([grey, (x * 19) % 256, (255 - y * 23) % 256], 2).astype(np.uint8)
photo = np.stack([x * 15, y * 20, np.where(x + y > 11, 220, 30)], 2).astype(np.uint8)
L, RGB, P = Image.fromarray(grey), Image.fromarray(rgb), Image.fromarray(photo)
RGBA = Image.fromarray(np.dstack([rgb, np.where(x > 6, 0, grey).astype(np.uint8)]))
BIT = Image.fromarray(grey > 120)
PAL = RGB.quantize(16)
exif = Image.Exif()
exif[0x0112] = 6
made = []


def save(image, name, **options):
    image.save(name, **options)
    made.append(name)


save(RGB, "webp_lossless.webp", lossless=True)
save(RGBA, "webp_lossless_alpha.webp", lossless=True, exact=True)
save(P, "webp_lossless_exif6.webp", lossless=True, exif=exif)
save(P, "webp_lossy.webp", quality=80)
save(P.crop((0, 0, 12, 10)), "webp_lossy_even.webp", quality=80)
save(P.crop((0, 0, 1, 1)), "webp_lossy_1x1.webp", quality=80)
save(P.crop((0, 0, 2, 5)), "webp_lossy_2x5.webp", quality=80)
save(P.resize((64, 48)), "webp_lossy_large.webp", quality=60)
save(RGBA, "webp_lossy_alpha.webp", quality=80, exact=True)
save(RGB, "bmp24.bmp")
save(L, "bmp8.bmp")
save(BIT, "bmp1.bmp")
save(PAL, "bmp8_palette.bmp")
save(RGBA, "bmp32.bmp")
save(L, "gif_grey.gif")
save(PAL, "gif.gif")
save(PAL, "gif_interlaced.gif", interlace=1)
save(PAL, "gif_transparent.gif", transparency=3)
save(PAL, "gif_animated.gif", save_all=True, append_images=[PAL.rotate(180)])
for name, options in {
    "tiff": {},
    "tiff_lzw": {"compression": "tiff_lzw"},
    "tiff_predictor": {"compression": "tiff_lzw", "tiffinfo": {317: 2}},
    "tiff_deflate": {"compression": "tiff_adobe_deflate"},
    "tiff_packbits": {"compression": "packbits"},
    "tiff_exif6": {"tiffinfo": {274: 6}},
}.items():
    save(RGB, name + ".tif", **options)
save(L, "tiff_grey.tif")
save(RGBA, "tiff_alpha.tif")
save(PAL, "tiff_palette.tif")
save(BIT, "tiff_bit.tif")
for group in "group3", "group4":
    save(BIT, f"tiff_bit_{group}.tif", compression=group)
    save(BIT, f"tiff_bit_{group}_white0.tif", compression=group, tiffinfo={262: 0})
save(Image.fromarray(grey.astype(np.uint16) * 251 + 77), "tiff_grey16.tif")
save(RGB, "tiff_pages.tif", save_all=True, append_images=[RGB.rotate(180)])

# A big-endian TIFF, which Pillow does not write.
head = struct.pack(">2sHI", b"MM", 42, 8)
tags = [(256, 3, 1, W << 16), (257, 3, 1, H << 16), (258, 3, 1, 8 << 16), (259, 3, 1, 1 << 16), (262, 3, 1, 1 << 16),
        (273, 4, 1, 8 + 2 + 9 * 12 + 4), (277, 3, 1, 1 << 16), (278, 3, 1, H << 16), (279, 4, 1, W * H)]
ifd = struct.pack(">H", len(tags)) + b"".join(struct.pack(">HHII", *t) for t in tags) + bytes(4)
with open("tiff_big_endian.tif", "wb") as f:
    f.write(head + ifd + grey.tobytes())
made.append("tiff_big_endian.tif")

# One with alpha that is multiplied in (ExtraSamples 1).
mul = np.asarray(RGBA).copy()
mul[..., :3] = mul[..., :3].astype(int) * mul[..., 3:] // 255
head = struct.pack("<2sHI", b"II", 42, 8)
tags = [(256, 3, 1, W), (257, 3, 1, H), (258, 3, 4, 8 + 2 + 10 * 12 + 4), (259, 3, 1, 1), (262, 3, 1, 2),
        (273, 4, 1, 8 + 2 + 10 * 12 + 12), (277, 3, 1, 4), (278, 3, 1, H), (279, 4, 1, 4 * W * H), (338, 3, 1, 1)]
ifd = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *t) for t in tags) + bytes(4) + struct.pack("<4H", 8, 8, 8, 8)
with open("tiff_alpha_associated.tif", "wb") as f:
    f.write(head + ifd + mul.tobytes())
made.append("tiff_alpha_associated.tif")

# GIF frames smaller than the canvas, which Pillow does not write first.
for name, transparent in (("gif_small_frame", False), ("gif_small_frame_transparent", True)):
    PAL.crop((0, 0, 5, 4)).save("frame.gif", **({"transparency": 2} if transparent else {}))
    data = bytearray(open("frame.gif", "rb").read())
    at = data.index(struct.pack("<BHHHH", 0x2C, 0, 0, 5, 4))
    data[6:10] = struct.pack("<HH", W, H)
    data[at + 1:at + 5] = struct.pack("<HH", 3, 6)
    with open(name + ".gif", "wb") as f:
        f.write(data)
    made.append(name + ".gif")
os.remove("frame.gif")

for name in made:
    image = Image.open(name)
    if image.mode == "I;16":  # Pillow would clip at 255; we keep the high byte
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    ImageOps.exif_transpose(image).convert("RGB").save(name.rsplit(".", 1)[0] + ".ppm")
