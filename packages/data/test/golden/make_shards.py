"""Writes the folder shards beside it: pip install Pillow==12.2.0 numpy pyarrow, then run it.

The same seven pictures of one color each in WebDataset archives, by Python's tarfile in its formats, and in Parquet files as Hugging
Face's library writes them.
"""

import io
import json
import tarfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

here = Path(__file__).parent / "shards"
here.mkdir(exist_ok=True)


def picture(index):
    out = io.BytesIO()
    Image.new("RGB", (5, 4), (index * 30, 255 - index * 30, 7)).save(out, "PNG")
    return out.getvalue()


pictures = [picture(index) for index in range(7)]
labels = [0, 1, 2, 0, 1, 2, 0]


def archive(name, format, samples):
    with tarfile.open(here / name, "w", format=format) as tar:
        for key, index, kind in samples:
            said = str(labels[index]) if kind == "cls" else json.dumps({"label": labels[index], "caption": "a.b"})
            files = [("png", pictures[index]), (kind, said.encode()), ("txt", b"a caption")]
            for ending, content in files:
                entry = tarfile.TarInfo(f"{key}.{ending}")
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))


long = "a/" * 60 + "long" * 20
archive("train-000000.tar", tarfile.USTAR_FORMAT, [("x/000", 0, "cls"), ("x/001", 1, "json")])
archive("train-000001.tar", tarfile.PAX_FORMAT, [(f"{long}/é", 2, "cls"), ("x/003", 3, "cls")])
archive("val-000000.tar", tarfile.GNU_FORMAT, [(long, 4, "cls"), ("005", 5, "json"), ("006", 6, "cls")])

image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
features = {"image": {"_type": "Image"}, "label": {"_type": "ClassLabel", "names": ["red", "green", "blue"]}}
schema = pa.schema([("image", image), ("label", pa.int64())], {"huggingface": json.dumps({"info": {"features": features}})})


def parquet(name, compression, indices, schema):
    rows = [{"bytes": pictures[index], "path": f"{index}.png"} for index in indices]
    table = pa.table({"image": pa.array(rows, image), "label": pa.array([labels[index] for index in indices], pa.int64())})
    pq.write_table(table.cast(schema), here / name, row_group_size=2, compression=compression)


(here / "data").mkdir(exist_ok=True)
parquet("data/train-00000-of-00002.parquet", "snappy", [0, 1, 2], schema)
parquet("data/train-00001-of-00002.parquet", "zstd", [3], schema)
parquet("data/validation-00000-of-00001.parquet", "none", [4, 5, 6], schema)
