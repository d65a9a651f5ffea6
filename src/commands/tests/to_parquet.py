"""Writes each CSV table of a folder as Parquet: python3 to_parquet.py FROM TO

Ids become 64-bit numbers, dates dates, times time stamps. A column of numbers becomes one of doubles where writing
these out gives the very same texts, and stays text otherwise."""

import pathlib
import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def column(name, texts):
    filled = texts.dropna()
    if name.endswith("_id") and filled.str.fullmatch(r"-?\d+").all():
        return pa.array(texts.astype("Int64"), pa.int64())
    if name.endswith("_datetime"):
        times = pd.to_datetime(texts, format="ISO8601", utc=True).dt.tz_localize(None)
        return pa.array(times, pa.timestamp("us"))
    if name.endswith("_date"):
        return pa.array(pd.to_datetime(texts, format="ISO8601").dt.date, pa.date32())
    try:
        if len(filled) and all(repr(float(t)) == t for t in filled):
            return pa.array(texts.astype(float), pa.float64(), from_pandas=True)
    except ValueError:
        pass
    return pa.array(texts, pa.string(), from_pandas=True)


source, target = map(pathlib.Path, sys.argv[1:])
for number, path in enumerate(sorted(source.glob("*.csv*"), key=lambda p: p.name.lower())):
    table = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    columns = {n: column(n.lower(), table[n]) for n in reversed(table.columns)}
    name = path.name.split(".")[0].lower()
    compression = ["snappy", "zstd", "gzip", "lz4", "none"][number % 5]
    if number % 2:
        (target / name).mkdir()
        parts = [target / name / "part-00000.c000.parquet"]
    else:
        parts = [target / (name + ".parquet")]
    pq.write_table(pa.table(columns), parts[0], compression=compression, row_group_size=5000)
