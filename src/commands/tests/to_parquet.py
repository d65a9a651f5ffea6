"""Writes each CSV table of a folder as Parquet, one file or a folder of parts; some as shards of CSV: python3 to_parquet.py FROM TO

Ids become 64-bit or 32-bit numbers, texts or decimal numbers, dates dates, times time stamps with and without a zone, table by table. A
column of numbers becomes one of doubles where writing these out gives the very same texts, and stays text otherwise."""

import decimal
import pathlib
import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


TIMES = [pa.timestamp("us"), pa.timestamp("ns"), pa.timestamp("ms", "UTC"), pa.timestamp("us", "UTC")]


def column(name, texts, number):
    filled = texts.dropna()
    if name.endswith("_id") and filled.str.fullmatch(r"-?\d+").all():
        if number % 4 == 1:
            return pa.array(texts, pa.string(), from_pandas=True)
        if number % 4 == 2:
            numbers = [None if pd.isna(t) else decimal.Decimal(t) for t in texts]
            return pa.array(numbers, pa.decimal128(38, 0))
        numbers = texts.astype("Int64")
        is_small = number % 4 == 3 and (numbers.abs().max() if len(filled) else 0) < 2**31
        return pa.array(numbers, pa.int32() if is_small else pa.int64())
    if name.endswith("_datetime"):
        times = pd.to_datetime(texts, format="ISO8601", utc=True)
        kind = TIMES[number % 4]
        return pa.array(times if kind.tz else times.dt.tz_localize(None), kind)
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
    name = path.name.split(".")[0].lower()
    if number % 6 == 5:
        half = len(table) // 2
        for shard, rows in enumerate([table[:half], table[half:]]):
            rows.to_csv(target / f"{name}-{shard:012}.csv.gz", index=False)
        continue
    case = str.upper if number % 3 else str.lower
    columns = {case(n): column(n.lower(), table[n], number) for n in reversed(table.columns)}
    compression = ["snappy", "zstd", "gzip", "lz4", "none"][number % 5]
    parts = [(target / (name + ".parquet"), pa.table(columns))]
    if number % 2:
        (target / name).mkdir()
        half = len(table) // 2
        cut = [parts[0][1][:half], parts[0][1][half:]]
        parts = [(target / name / f"part-{n:05}.c000.{compression}.parquet", part) for n, part in enumerate(cut)]
    for part, rows in parts:
        pq.write_table(rows, part, compression=compression, row_group_size=5000)
