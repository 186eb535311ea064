"""Makes the files of testdata/odd: JPEG and PNG of rare or broken forms. Beside each,
NAME.ppm holds what Pillow's convert("RGB") makes of it, or NAME.error what it says when it
refuses it.

Run in this folder:  python make_odd.py
Made with Python 3.11.7, Pillow 13.0.0 (libjpeg-turbo 3.1.4.1), NumPy 2.4.6, and cjpeg and
jpegtran of libjpeg-turbo 2.1.5.
"""
import glob
import io
import os
import struct
import subprocess
import zlib

import numpy as np
from PIL import Image, ImageOps

os.makedirs("odd", exist_ok=True)
for old in glob.glob("odd/*"):
    os.remove(old)
W, H = 45, 37
y, x = np.mgrid[0:H, 0:W]
photo = np.stack([x * 5, y * 6, np.where(x + y > 40, 220, 30)], 2).astype(np.uint8)
ppm = io.BytesIO()
Image.fromarray(photo).save(ppm, "PPM")


def put(name, data):
    with open("odd/" + name, "wb") as f:
        f.write(data)


def tool(*args, data):
    return subprocess.run(args, input=data, capture_output=True, check=True).stdout


def cjpeg(*args):
    return tool("cjpeg", "-quality", "85", *args, data=ppm.getvalue())


def without(data, marker):
    """Removes the segments with a marker before the first scan."""
    out, p = data[:2], 2
    while data[p + 1] != 0xDA:
        n = 2 + struct.unpack(">H", data[p + 2:p + 4])[0]
        if data[p + 1] != marker:
            out += data[p:p + n]
        p += n
    return out + data[p:]


# JPEG: factors of sampling that libjpeg interpolates, or repeats.
for factors in ("1x1", "2x1", "1x2", "2x2", "3x1", "1x3", "4x1", "1x4", "2x4", "4x2", "2x2,1x1,1x2", "2x2,2x1,1x1", "2x2,1x2,2x1", "1x1,2x2,1x1"):
    name = factors.replace(",", "_")
    put(f"sample_{name}.jpg", cjpeg("-sample", factors))
put("arithmetic.jpg", cjpeg("-arithmetic"))
put("arithmetic_progressive.jpg", cjpeg("-arithmetic", "-progressive"))
put("rgb_420.jpg", cjpeg("-rgb", "-sample", "2x2"))
for restart in ("1", "1B", "3B"):
    small = cjpeg("-sample", "2x2", "-restart", restart)
    put(f"restart_{restart}.jpg", small)
    put(f"restart_{restart}_progressive.jpg", tool("jpegtran", "-progressive", "-restart", restart, data=small))
put("smooth.jpg", cjpeg("-smooth", "10"))
scans = b"0;1;2;\n"
with open("odd/scans.txt", "wb") as f:
    f.write(scans)
put("scans.jpg", cjpeg("-scans", "odd/scans.txt", "-sample", "2x2"))
put("scans_restart.jpg", cjpeg("-scans", "odd/scans.txt", "-sample", "2x2", "-restart", "1B"))
os.remove("odd/scans.txt")
plain = cjpeg("-sample", "2x2")
cmyk = io.BytesIO()
Image.fromarray(photo).convert("CMYK").save(cmyk, "JPEG", quality=85)
put("cmyk_adobe.jpg", cmyk.getvalue())
put("cmyk_without_adobe.jpg", without(cmyk.getvalue(), 0xEE))
put("without_jfif.jpg", without(plain, 0xE0))
put("mjpeg.jpg", without(plain, 0xC4))
put("without_tables.jpg", without(plain, 0xDB))
# Damage.
many = cjpeg("-sample", "2x2", "-restart", "1B")
rst = [i for i in range(len(many) - 1) if many[i] == 0xFF and 0xD0 <= many[i + 1] <= 0xD7]
put("restart_missing.jpg", many[:rst[2]] + many[rst[2] + 2:])
put("restart_misnumbered.jpg", many[:rst[2] + 1] + b"\xd6" + many[rst[2] + 2:])
put("restart_surplus.jpg", many[:rst[2]] + b"\xff\xd2" + many[rst[2]:])
put("restart_part_missing.jpg", many[:rst[2]] + many[rst[3]:])
put("end_missing.jpg", plain[:-2])
put("end_twice.jpg", plain + b"\xff\xd9")
put("end_early.jpg", plain[:-200] + b"\xff\xd9")
put("cut.jpg", plain[:-200])
put("garbage_behind_jpeg.jpg", plain + b"garbage" * 9)
put("zeros_behind_jpeg.jpg", plain + bytes(100))
put("garbage_before_scan.jpg", plain[:plain.index(b"\xff\xda")] + b"\x00\x01\x02" + plain[plain.index(b"\xff\xda"):])
put("fill_bytes.jpg", plain[:2] + b"\xff\xff\xff" + plain[2:])
middle = len(plain) - 300
put("bits_flipped.jpg", plain[:middle] + bytes([plain[middle] ^ 0x55]) + plain[middle + 1:])
put("stuffing_lost.jpg", plain[:middle] + b"\xff\x37" + plain[middle + 2:])
sof = plain.index(b"\xff\xc0")
put("height_0.jpg", plain[:sof + 5] + b"\0\0" + plain[sof + 7:])
put("height_taller.jpg", plain[:sof + 5] + struct.pack(">H", 60) + plain[sof + 7:])
put("height_lower.jpg", plain[:sof + 5] + struct.pack(">H", 20) + plain[sof + 7:])
put("bits_12.jpg", plain[:sof + 4] + b"\x0c" + plain[sof + 5:])
put("lossless.jpg", plain[:sof + 1] + b"\xc3" + plain[sof + 2:])
put("two_components.jpg", plain[:sof + 9] + b"\x02" + plain[sof + 10:])


# PNG.
def chunk(kind, data, wrong=False):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) ^ wrong)


w, h = 13, 11
grey = photo[:h, :w, 0] + photo[:h, :w, 1]
rgb = photo[:h, :w]
SIG, END = b"\x89PNG\r\n\x1a\n", chunk(b"IEND", b"")
TRNS = chunk(b"tRNS", b"\0\1\0\2\0\3")
PLTE = chunk(b"PLTE", bytes(range(0, 240, 5)))  # 16 colours


def head(colour, bits=8, interlace=0, wrong=False):
    return SIG + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, bits, colour, 0, 0, interlace), wrong)


def rows(a):
    return b"".join(b"\0" + r.tobytes() for r in a)


R, L = rows(rgb), rows(grey)
I4 = b"".join(b"\0" + bytes((3 * i + j) % 256 for j in range(7)) for i in range(h))  # 4 bits
I8 = rows((grey % 16).astype(np.uint8))
RGBA = rows(np.dstack([rgb, grey]))
Z = zlib.compress


def idat(data):
    return chunk(b"IDAT", data)


put("good.png", head(2) + idat(Z(R)) + END)
put("crc_ihdr.png", head(2, wrong=True) + idat(Z(R)) + END)
put("crc_text.png", head(2) + chunk(b"tEXt", b"a\0b", True) + idat(Z(R)) + END)
put("crc_text_after.png", head(2) + idat(Z(R)) + chunk(b"tEXt", b"a\0b", True) + END)
put("crc_unknown_after.png", head(2) + idat(Z(R)) + chunk(b"abCd", b"ab", True) + END)
put("crc_plte.png", head(3) + chunk(b"PLTE", bytes(48), True) + idat(Z(I8)) + END)
put("crc_idat.png", head(2) + chunk(b"IDAT", Z(R), True) + END)
put("crc_iend.png", head(2) + idat(Z(R)) + chunk(b"IEND", b"", True))
put("iend_missing.png", head(2) + idat(Z(R)))
put("iend_cut.png", head(2) + idat(Z(R)) + END[:6])
put("iend_half.png", head(2) + idat(Z(R)) + END[:10])
put("last_byte_gone.png", (head(2) + idat(Z(R)))[:-1])
put("last_4_bytes_gone.png", (head(2) + idat(Z(R)))[:-4])
put("last_6_bytes_gone.png", (head(2) + idat(Z(R)))[:-6])
put("last_8_bytes_gone.png", (head(2) + idat(Z(R)))[:-8])
put("half.png", (head(2) + idat(Z(R)))[:90])
put("no_idat.png", head(2) + END)
put("nothing_after_head.png", head(2))
put("garbage_behind.png", head(2) + idat(Z(R)) + END + b"garbage" * 9)
put("garbage_for_iend.png", head(2) + idat(Z(R)) + b"\0\1\2\3\4\5\6\7\x08\x09")
put("zeros_for_iend.png", head(2) + idat(Z(R)) + bytes(50))
put("text_cut.png", head(2) + idat(Z(R)) + chunk(b"tEXt", b"a\0" + bytes(50))[:30])
put("unknown_cut.png", head(2) + idat(Z(R)) + chunk(b"abCd", bytes(50))[:30])
put("surplus_byte.png", head(2) + idat(Z(R + b"\1")) + END)
put("surplus_rows.png", head(2) + idat(Z(R + R)) + END)
put("surplus_after_stream.png", head(2) + idat(Z(R) + b"surplus") + END)
put("surplus_chunk.png", head(2) + idat(Z(R)) + idat(b"surplus") + END)
put("row_missing.png", head(2) + idat(Z(R[:-40])) + END)
put("byte_missing.png", head(2) + idat(Z(R[:-1])) + END)
put("rows_short_stored.png", head(2) + idat(Z(R[:-40], 0)) + END)
put("adler_wrong.png", head(2) + idat(Z(R)[:-4] + b"\1\2\3\4") + END)
put("zlib_head_wrong.png", head(2) + idat(b"\x77" + Z(R)[1:]) + END)
put("deflate_broken.png", head(2) + idat(Z(R)[:20] + b"\xff" * 20 + Z(R)[40:]) + END)
put("filter_5.png", head(2) + idat(Z(b"\5" + R[1:])) + END)
put("idat_empty.png", head(2) + idat(b"") + idat(Z(R)[:30]) + idat(b"") + idat(Z(R)[30:]) + END)
put("idat_split.png", head(2) + idat(Z(R)[:30]) + chunk(b"tEXt", b"a\0b") + idat(Z(R)[30:]) + END)
put("idat_bytes.png", head(2) + b"".join(idat(bytes([b])) for b in Z(R)) + END)
put("idat_before_head.png", SIG + idat(Z(R)) + head(2)[8:] + END)
put("text_first.png", SIG + chunk(b"tEXt", b"a\0b") + head(2)[8:] + idat(Z(R)) + END)
put("trns_twice.png", head(2) + TRNS + TRNS + idat(Z(R)) + END)
put("trns_short.png", head(2) + chunk(b"tRNS", b"\0\1") + idat(Z(R)) + END)
put("trns_after.png", head(2) + idat(Z(R)) + TRNS + END)
put("trns_rgba.png", head(6) + TRNS + idat(Z(RGBA)) + END)
put("trns_before_plte.png", head(3) + chunk(b"tRNS", b"\0\x80") + PLTE + idat(Z(I8)) + END)
put("trns_long.png", head(3) + PLTE + chunk(b"tRNS", bytes(range(100))) + idat(Z(I8)) + END)
put("plte.png", head(3) + PLTE + idat(Z(I8)) + END)
put("plte_4.png", head(3, 4) + PLTE + idat(Z(I4)) + END)
put("plte_missing.png", head(3) + idat(Z(I8)) + END)
put("plte_missing_4.png", head(3, 4) + idat(Z(I4)) + END)
put("plte_missing_1.png", head(3, 1) + idat(Z(b"".join(b"\0" + bytes([37 * i % 256, 91 * i % 256]) for i in range(h)))) + END)
put("plte_twice.png", head(3) + PLTE + chunk(b"PLTE", bytes(range(48))) + idat(Z(I8)) + END)
put("plte_after.png", head(3) + idat(Z(I8)) + PLTE + END)
put("plte_short.png", head(3) + chunk(b"PLTE", bytes(range(0, 24))) + idat(Z(I8)) + END)
put("plte_ragged.png", head(3) + chunk(b"PLTE", bytes(range(0, 47))) + idat(Z(I8)) + END)
put("plte_long_4.png", head(3, 4) + chunk(b"PLTE", bytes(i % 256 for i in range(768))) + idat(Z(I4)) + END)
put("plte_too_long.png", head(3) + chunk(b"PLTE", bytes(i % 256 for i in range(780))) + idat(Z(I8)) + END)
put("plte_empty.png", head(3) + chunk(b"PLTE", b"") + idat(Z(I8)) + END)
put("plte_grey.png", head(0) + PLTE + idat(Z(L)) + END)
put("plte_rgb.png", head(2) + PLTE + idat(Z(R)) + END)
put("interlace_crc.png", head(2, interlace=1) + chunk(b"IDAT", Z(b"".join(
    b"\1" + rgb[j::dj, i::di][k].tobytes() for i, j, di, dj in
    ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    for k in range(len(rgb[j::dj, i::di])))) , True) + END)
put("interlace_cut.png", head(2, interlace=1) + idat(Z(bytes(200))) + END)
put("interlace_2.png", head(2, interlace=2) + idat(Z(R)) + END)
put("depth_3.png", head(2, 3) + idat(Z(R)) + END)
put("colour_5.png", head(5) + idat(Z(R)) + END)
put("ihdr_long.png", SIG + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0) + b"\0") + idat(Z(R)) + END)
put("ihdr_twice.png", head(2) + head(2)[8:] + idat(Z(R)) + END)
put("compression_1.png", SIG + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 2, 1, 0, 0)) + idat(Z(R)) + END)
put("filter_method_1.png", SIG + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 2, 0, 1, 0)) + idat(Z(R)) + END)
put("chunk_name_odd_after.png", head(2) + idat(Z(R)) + chunk(b"ab-d", b"x") + END)
put("chunk_critical.png", head(2) + chunk(b"ABCD", b"x") + idat(Z(R)) + END)

for name in sorted(glob.glob("odd/*.*g")):
    try:
        out = ImageOps.exif_transpose(Image.open(name)).convert("RGB")
    except Exception as e:
        with open(name[:-4] + ".error", "w") as f:
            f.write(f"{type(e).__name__}: {e}\n".replace("'odd/", "'"))
        continue
    assert not os.path.exists(name[:-4] + ".ppm"), name
    out.save(name[:-4] + ".ppm")
