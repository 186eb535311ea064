"""Writes shards/: the same drawn images as files, in tars by webdataset and in Parquet by pyarrow.

    python make_shards.py      # webdataset 1.0.2, pyarrow 22, Pillow 12, or later ones
"""

import io
import json
import pathlib
import shutil

import numpy
import pyarrow
import pyarrow.parquet
import webdataset
from PIL import Image

here = pathlib.Path(__file__).parent / "shards"
shutil.rmtree(here, ignore_errors=True)
classes = ["circle", "stripe", "noise"]
draw = numpy.random.default_rng(1)


def image(label):
    y, x = numpy.mgrid[:10, :12]
    if label == 0:
        a = ((x - draw.integers(3, 9)) ** 2 + (y - 5) ** 2 < 12) * 200
    elif label == 1:
        a = (x // draw.integers(1, 4) % 2) * 180
    else:
        a = draw.integers(0, 255, (10, 12))
    return Image.fromarray(numpy.stack([a, 255 - a, a // 2], 2).astype("uint8"))


def bytes_of(img, kind):
    b = io.BytesIO()
    img.save(b, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return b.getvalue()


parts = {"train": [0, 0, 0, 0, 1, 1, 1, 2, 2], "test": [0, 1, 2]}
for part, labels in parts.items():
    rows = []
    for i, label in enumerate(labels):
        kind = ["PNG", "JPEG"][i % 2]
        data = bytes_of(image(label), kind)
        path = here / "folder" / part / classes[label] / f"{i:04d}.{kind.lower()}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        rows.append((i, label, kind.lower(), data))
    # Class folders are sorted by name; so that the order of all three is the same, shards are too.
    rows.sort(key=lambda r: (classes[r[1]], r[0]))
    order = sorted(classes)
    (here / "tar").mkdir(exist_ok=True)
    with webdataset.ShardWriter(str(here / "tar" / f"drawn-{part}-%03d.tar"), maxcount=4, verbose=0, mtime=0) as w:
        for i, label, kind, data in rows:
            w.write({"__key__": f"{part}/{i:04d}", kind: data, "cls": order.index(classes[label]),
                     "json": json.dumps({"label": "not this", "caption": "x"}).encode()})
    (here / "parquet" / "data").mkdir(parents=True, exist_ok=True)
    (here / "parquet" / "README.md").write_text("As a repository of Hugging Face.\n")
    features = {"image": {"_type": "Image"}, "label": {"names": order, "_type": "ClassLabel"}}
    schema = pyarrow.schema(
        [("image", pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])), ("label", pyarrow.int64()),
         ("caption", pyarrow.string())],
        metadata={"huggingface": json.dumps({"info": {"features": features}})})
    half = (len(rows) + 1) // 2
    for n, some in enumerate([rows[:half], rows[half:]]):
        table = pyarrow.table(
            {"image": [{"bytes": data, "path": None} for _, _, _, data in some],
             "label": [order.index(classes[label]) for _, label, _, _ in some], "caption": [None] * len(some)}, schema=schema)
        pyarrow.parquet.write_table(table, here / "parquet" / "data" / f"{part}-{n:05d}-of-00002.parquet",
                                    row_group_size=2, compression=["snappy", "zstd"][n])
