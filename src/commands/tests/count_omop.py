"""Count the events that an import of OMOP tables must give, straight from the tables, or those that records have.

  count_omop.py tables FOLDER    {"person": {"type": events, ...}, ...} from the CSV files
  count_omop.py records FOLDER   the same from LUMIA XML files, read with ElementTree

Independent of the program: plain csv and ElementTree, and no knowledge of how it works.
"""
import collections
import csv
import gzip
import json
import os
import sys
import xml.etree.ElementTree

csv.field_size_limit(1 << 30)

# table: type of its events, start columns, end columns where an interval makes two events
TABLES = {
    "visit_occurrence": ("visit", ("visit_start_datetime", "visit_start_date"), ("visit_end_datetime", "visit_end_date")),
    "visit_detail": ("visit_detail", ("visit_detail_start_datetime", "visit_detail_start_date"), ("visit_detail_end_datetime", "visit_detail_end_date")),
    "condition_occurrence": ("condition", None, None),
    "drug_exposure": ("drug_exposure", ("drug_exposure_start_datetime", "drug_exposure_start_date"), ("drug_exposure_end_datetime", "drug_exposure_end_date")),
    "measurement": ("measurement", None, None),
    "observation": ("observation", None, None),
    "procedure_occurrence": ("procedure", None, None),
    "device_exposure": ("device_exposure", None, None),
    "specimen": ("specimen", None, None),
    "note": ("note", None, None),
    "death": ("death", None, None),
}


def rows(folder, table):
    for name in os.listdir(folder):
        if name.lower() in (table + ".csv", table + ".csv.gz"):
            opened = gzip.open if name.lower().endswith(".gz") else open
            with opened(os.path.join(folder, name), "rt", encoding="utf-8-sig", newline="") as f:
                reader = csv.reader(f)
                header = [h.strip().lower() for h in next(reader)]
                for row in reader:
                    yield dict(zip(header, row))


def minute(row, columns):
    text = next((row[c] for c in columns if row.get(c)), "")
    return text[:16] if len(text) > 10 else text + " 00:00" if text else ""


def in_tables(folder):
    counts = {row["person_id"]: collections.Counter() for row in rows(folder, "person")}
    for table, (kind, start, end) in TABLES.items():
        for row in rows(folder, table):
            closes = end and minute(row, end)
            # An end that is a mere date, on the day of the start, is no end of its own.
            if closes and closes.endswith("00:00") and closes[:10] == minute(row, start)[:10]:
                closes = ""
            counts[row["person_id"]][kind] += 2 if closes and closes != minute(row, start) else 1
    return counts


def in_records(folder):
    counts = {}
    for name in os.listdir(folder):
        root = xml.etree.ElementTree.parse(os.path.join(folder, name)).getroot()
        assert name == root.get("person_id") + ".xml", name
        assert root.tag == "eventstream"
        counts[root.get("person_id")] = collections.Counter(e.get("type") for e in root.iter("event"))
        for encounter in root.iter("encounter"):
            assert [e.tag for e in encounter][0] == "person"
            assert len(encounter.find("events")) > 0
    return counts


if __name__ == "__main__":
    counts = (in_tables if sys.argv[1] == "tables" else in_records)(sys.argv[2])
    json.dump({p: dict(sorted(c.items())) for p, c in sorted(counts.items())}, sys.stdout)
