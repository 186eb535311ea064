"""Writes testdata/turned: files that say in many ways how the camera was held. Beside each, NAME.ppm holds what Pillow's
exif_transpose makes of it, or NAME.error what it says when it refuses it.

Run in this folder:  python make_turned.py
Made with Python 3.11.7, Pillow 13.0.0 and NumPy 2.4.6.
"""
import glob
import io
import os
import struct
import warnings
import zlib

import numpy as np
from PIL import Image, ImageOps

warnings.simplefilter("ignore")
os.makedirs("turned", exist_ok=True)
for old in glob.glob("turned/*"):
    os.remove(old)
W, H = 5, 3
photo = Image.fromarray((np.arange(W * H * 3) * 5 % 256).astype(np.uint8).reshape(H, W, 3))
ORIENTATION = 0x112


def save(kind, **options):
    f = io.BytesIO()
    photo.save(f, kind, **options)
    return f.getvalue()


def put(name, data):
    with open("turned/" + name, "wb") as f:
        f.write(data)


def entry(order, kind, count, value, tag=ORIENTATION):
    return struct.pack(order + "HHI", tag, kind, count) + value.ljust(4, b"\0")[:4]


def tiff(*entries, order="<", magic=None, behind=b"", at=8, count=None):
    magic = magic or {"<": b"II*\0", ">": b"MM\0*"}[order]
    return magic + struct.pack(order + "I", at) + bytes(at - 8) + struct.pack(order + "H", count or len(entries)) + b"".join(entries) + bytes(4) + behind


def short(value, order="<", tag=ORIENTATION):
    return entry(order, 3, 1, struct.pack(order + "H", value), tag)


E6 = tiff(short(6))
XMP6, XMP8 = (b'<x:xmpmeta><rdf:Description tiff:Orientation="%d"/></x:xmpmeta>' % n for n in (6, 8))
FAR = 8 + 2 + 12 + 4  # behind a directory of one entry
EXIF = {  # TIFF blocks
    "short": E6,
    "short_big": tiff(short(8, ">"), order=">"),
    **{f"value_{n}": tiff(short(n)) for n in (0, 1, 2, 3, 4, 5, 7, 9, 65535)},
    "byte": tiff(entry("<", 1, 1, b"\6")),
    "ascii": tiff(entry("<", 2, 2, b"6\0")),
    "long": tiff(entry("<", 4, 1, struct.pack("<I", 6))),
    "long_big": tiff(entry(">", 4, 1, struct.pack(">I", 6)), order=">"),
    "long_large": tiff(entry("<", 4, 1, struct.pack("<I", 0x10006))),
    "rational": tiff(entry("<", 5, 1, struct.pack("<I", FAR)), behind=struct.pack("<II", 12, 2)),
    "rational_half": tiff(entry("<", 5, 1, struct.pack("<I", FAR)), behind=struct.pack("<II", 13, 2)),
    "rational_by_0": tiff(entry("<", 5, 1, struct.pack("<I", FAR)), behind=struct.pack("<II", 13, 0)),
    "signed_byte": tiff(entry("<", 6, 1, b"\6")),
    "undefined": tiff(entry("<", 7, 1, b"\6")),
    "signed_short": tiff(entry("<", 8, 1, b"\6\0")),
    "signed_short_negative": tiff(entry("<", 8, 1, b"\xfa\xff")),
    "signed_long": tiff(entry("<", 9, 1, b"\6\0\0\0")),
    "signed_rational": tiff(entry("<", 10, 1, struct.pack("<I", FAR)), behind=struct.pack("<ii", -6, -1)),
    "float": tiff(entry("<", 11, 1, struct.pack("<f", 6))),
    "double": tiff(entry("<", 12, 1, struct.pack("<I", FAR)), behind=struct.pack("<d", 6)),
    "ifd": tiff(entry("<", 13, 1, b"\6\0\0\0")),
    "type_14": tiff(entry("<", 14, 1, b"\6\0\0\0")),
    "long8": tiff(entry("<", 16, 1, struct.pack("<I", FAR)), behind=struct.pack("<Q", 6)),
    "type_0": tiff(entry("<", 0, 1, b"\6\0\0\0")),
    "count_0": tiff(entry("<", 3, 0, b"\6\0")),
    "count_0_then_1": tiff(entry("<", 3, 0, b"\6\0"), short(8)),
    "count_2": tiff(entry("<", 3, 2, b"\6\0\3\0")),
    "count_3": tiff(entry("<", 3, 3, struct.pack("<I", FAR)), behind=struct.pack("<HHH", 8, 3, 3)),
    "count_huge": tiff(entry("<", 3, 1 << 30, b"\6\0")),
    "twice": tiff(short(6), short(8)),
    "type_14_then_short": tiff(entry("<", 14, 1, b"\6\0\0\0"), short(8)),
    "outside_before": tiff(entry("<", 2, 20, struct.pack("<I", 9999), 0x10e), short(6)),
    "outside_large_before": tiff(entry("<", 2, 2000, struct.pack("<I", 9999), 0x10e), short(6)),
    "outside": tiff(entry("<", 4, 2, struct.pack("<I", 9999))),
    "magic_swapped": tiff(short(6), magic=b"II\0*"),
    "magic_swapped_big": tiff(short(6, ">"), order=">", magic=b"MM*\0"),
    "magic_other": tiff(short(6), magic=b"IIx\0"),
    "directory_far": tiff(short(6), at=40),
    "directory_outside": b"II*\0\xff\xff\0\0" + E6[8:],
    "cut_in_entry": tiff(short(1, tag=0x100), short(6))[:-10],
    "cut_after_entry": E6[:-4],
    "count_too_high": tiff(short(6), count=9),
    "none": tiff(short(1, tag=0x100)),
    "empty": b"",
    "head_alone": E6[:8],
    "doubled_head": b"Exif\0\0" + E6,
}


def jpeg(*segments, before=b""):
    plain = save("JPEG", quality=95)
    return plain[:2] + before + b"".join(b"\xff\xe1" + struct.pack(">H", len(s) + 2) + s for s in segments) + plain[2:]


def exif(block):
    return b"Exif\0\0" + block


def xmp(text):
    return b"http://ns.adobe.com/xap/1.0/\0" + text


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*before, after=(), behind=b""):
    plain = save("PNG")
    pixels, end = plain.index(b"IDAT") - 4, plain.index(b"IEND") - 4
    return plain[:pixels] + b"".join(before) + plain[pixels:end] + b"".join(after) + plain[end:] + behind


def webp(*chunks, flags=None, extended=True):
    plain = save("WEBP", lossless=True)
    names = {b"EXIF": 8, b"XMP ": 4}
    flags = sum({names[k] for k, _ in chunks}) if flags is None else flags
    head = b"VP8X" + struct.pack("<II", 10, flags) + (W - 1).to_bytes(3, "little") + (H - 1).to_bytes(3, "little") if extended else b""
    body = b"WEBP" + head + plain[12:] + b"".join(k + struct.pack("<I", len(d)) + d + b"\0" * (len(d) % 2) for k, d in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def raw(block, key=b"Raw profile type exif", name=b"exif"):
    return key + b"\0", b"\n" + name + b"\n%8d\n" % len(block) + b"\n".join(block.hex().encode()[i:i + 72] for i in range(0, 2 * len(block), 72)) + b"\n"


for name, block in EXIF.items():
    put(f"exif_{name}.png", png(chunk(b"eXIf", block)))
for name in ("short", "long", "count_0", "magic_swapped", "magic_other", "doubled_head", "none"):
    put(f"exif_{name}.jpg", jpeg(exif(EXIF[name])))
    put(f"exif_{name}.webp", webp((b"EXIF", EXIF[name])))
put("exif_head.webp", webp((b"EXIF", exif(E6))))

put("xmp.jpg", jpeg(xmp(XMP6)))
put("xmp_element.jpg", jpeg(xmp(b"<tiff:Orientation>8</tiff:Orientation>")))
put("xmp_quotes.jpg", jpeg(xmp(b"tiff:Orientation='8'")))
put("xmp_9.jpg", jpeg(xmp(b'tiff:Orientation="9" tiff:Orientation="6"')))
put("xmp_twice.jpg", jpeg(xmp(XMP6), xmp(XMP8)))
put("xmp_beside_exif.jpg", jpeg(exif(E6), xmp(XMP8)))
put("xmp_beside_exif_1.jpg", jpeg(exif(EXIF["value_1"]), xmp(XMP8)))
put("xmp_beside_exif_without.jpg", jpeg(exif(EXIF["none"]), xmp(XMP8)))
put("xmp_beside_count_0.jpg", jpeg(exif(EXIF["count_0"]), xmp(XMP8)))
put("app1_split.jpg", jpeg(exif(E6[:15]), exif(E6[15:])))
put("app1_split_far.jpg", jpeg(exif(E6[:15]), xmp(b""), exif(E6[15:])))
put("app1_twice.jpg", jpeg(exif(E6), exif(EXIF["value_3"])))
put("app1_empty_first.jpg", jpeg(exif(b""), exif(E6)))
put("app1_junk_before.jpg", jpeg(exif(E6), before=b"\0\1\2"))
put("app1_fill_before.jpg", jpeg(exif(E6), before=b"\xff\xff"))
put("app1_case.jpg", jpeg(b"EXIF\0\0" + E6))

I = lambda text, key=b"XML:com.adobe.xmp", flag=0, lang=b"": chunk(b"iTXt", key + b"\0" + bytes([flag, 0]) + lang + b"\0\0" + (zlib.compress(text) if flag else text))
put("itxt.png", png(I(XMP6)))
put("itxt_deflated.png", png(I(XMP6, flag=1)))
put("itxt_after.png", png(after=[I(XMP6)]))
put("itxt_twice.png", png(I(XMP6), I(XMP8)))
put("itxt_latin1.png", png(I(XMP6 + b"\xe9")))
put("itxt_then_latin1.png", png(I(XMP6), I(XMP8 + b"\xe9")))
put("itxt_beside_exif.png", png(I(XMP6), chunk(b"eXIf", EXIF["value_8"] if "value_8" in EXIF else EXIF["value_3"])))
put("text_xmp.png", png(chunk(b"tEXt", b"XML:com.adobe.xmp\0" + XMP6)))
put("ztxt_xmp.png", png(chunk(b"zTXt", b"XML:com.adobe.xmp\0\0" + zlib.compress(XMP6))))
key, text = raw(exif(E6))
put("raw.png", png(chunk(b"tEXt", key + text)))
put("raw_upper.png", png(chunk(b"tEXt", key + text.upper())))
put("raw_deflated.png", png(chunk(b"zTXt", key + b"\0" + zlib.compress(text))))
put("raw_itxt.png", png(I(text, key[:-1])))
put("raw_after.png", png(after=[chunk(b"tEXt", key + text)]))
put("raw_without_head.png", png(chunk(b"tEXt", b"".join(raw(E6)))))
put("raw_beside_exif.png", png(chunk(b"tEXt", key + text), chunk(b"eXIf", EXIF["value_3"])))
put("raw_app1.png", png(chunk(b"tEXt", b"".join(raw(exif(E6), b"Raw profile type APP1")))))
put("raw_odd.png", png(chunk(b"tEXt", key + text + b"x")))
put("text_exif.png", png(chunk(b"tEXt", b"exif\0" + E6)))
put("text_exif_after_chunk.png", png(chunk(b"eXIf", EXIF["value_3"]), chunk(b"tEXt", b"exif\0" + E6)))
put("exif_twice.png", png(chunk(b"eXIf", EXIF["value_3"]), chunk(b"eXIf", E6)))
put("exif_before_and_after.png", png(chunk(b"eXIf", EXIF["value_3"]), after=[chunk(b"eXIf", E6)]))
put("exif_after.png", png(after=[chunk(b"eXIf", E6)]))
put("exif_behind.png", png(behind=chunk(b"eXIf", E6)))

put("xmp.webp", webp((b"XMP ", XMP6)))
put("xmp_beside_exif.webp", webp((b"EXIF", E6), (b"XMP ", XMP8)))
put("xmp_beside_exif_without.webp", webp((b"EXIF", EXIF["none"]), (b"XMP ", XMP8)))
put("exif_twice.webp", webp((b"EXIF", E6), (b"EXIF", EXIF["value_3"])))
put("exif_without_flag.webp", webp((b"EXIF", E6), flags=0))
put("xmp_without_flag.webp", webp((b"XMP ", XMP6), flags=8))
put("exif_without_vp8x.webp", webp((b"EXIF", E6), extended=False))
put("flag_without_exif.webp", webp(flags=8))

put("orientation.tif", save("TIFF", tiffinfo={ORIENTATION: 6}))
put("xmp.tif", save("TIFF", tiffinfo={700: XMP6}))
put("xmp_beside_1.tif", save("TIFF", tiffinfo={700: XMP6, ORIENTATION: 1}))

for name in sorted(glob.glob("turned/*.*")):
    try:
        out = ImageOps.exif_transpose(Image.open(name)).convert("RGB")
    except Exception as e:
        with open(name + ".error", "w") as f:
            f.write(f"{type(e).__name__}: {e}\n".replace("'turned/", "'"))
        continue
    out.save(name + ".ppm", "PPM")
