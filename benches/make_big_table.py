#!/usr/bin/env python3
"""Write OMOP tables with a measurement table of any size, and measure an import of them.

The tables are synthetic: persons, visits, a handful of lab codes, values that follow a fixed sequence. The rows of a
person are scattered over the whole measurement table, which is the worst case for an import. Same arguments, same bytes.

  make_big_table.py --rows 50000000 --persons 2000 --out /tmp/big
  make_big_table.py --rows 50000000 --persons 2000 --out /tmp/big --measure target/release/medalign

With --measure the import is run on the tables afterwards; its wall clock time and its highest resident memory are
printed, and the folder of records is removed.
"""
import argparse
import os
import shutil
import subprocess
import sys
import time

CODES = [  # concept id, LOINC code, name, unit
    (3004249, "8480-6", "Systolic blood pressure", "mmHg"),
    (3012888, "8462-4", "Diastolic blood pressure", "mmHg"),
    (3027018, "8867-4", "Heart rate", "/min"),
    (3024171, "9279-1", "Respiratory rate", "/min"),
    (3020891, "8310-5", "Body temperature", "Cel"),
    (3019550, "2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L"),
    (3023103, "2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L"),
    (3016723, "2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL"),
]
HEADER = (
    "measurement_id,person_id,measurement_concept_id,measurement_date,measurement_datetime,"
    "measurement_type_concept_id,operator_concept_id,value_as_number,value_as_concept_id,unit_concept_id,range_low,"
    "range_high,provider_id,visit_occurrence_id,visit_detail_id,measurement_source_value,"
    "measurement_source_concept_id,unit_source_value,value_source_value\n"
)


def write(out, rows, persons):
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "person.csv"), "w") as f:
        f.write("person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,race_concept_id,ethnicity_concept_id\n")
        for p in range(persons):
            f.write("%d,%d,%d,%d,%d,8527,38003564\n" % (1000 + p, 8507 if p % 2 else 8532, 1930 + p % 70, 1 + p % 12, 1 + p % 28))
    visits = 40
    with open(os.path.join(out, "visit_occurrence.csv"), "w") as f:
        f.write("visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_start_datetime,visit_end_date,visit_end_datetime\n")
        for p in range(persons):
            for v in range(visits):
                day = "20%02d-%02d-%02d" % (10 + v // 12, 1 + v % 12, 1 + p % 28)
                f.write("%d,%d,9201,%s,%s 00:05:00,%s,%s 23:55:00\n" % (p * visits + v + 1, 1000 + p, day, day, day, day))
    with open(os.path.join(out, "concept.csv"), "w") as f:
        f.write("concept_id,concept_name,domain_id,vocabulary_id,concept_class_id,standard_concept,concept_code\n")
        for concept, code, name, _ in CODES:
            f.write("%d,%s,Measurement,LOINC,Lab Test,S,%s\n" % (concept, name, code))
    with open(os.path.join(out, "measurement.csv"), "w", buffering=1 << 22) as f:
        f.write(HEADER)
        lines = []
        for n in range(rows):
            p = (n * 7919) % persons
            v = (n // persons) % visits
            concept, code, _, unit = CODES[(n * 31 + n // persons) % len(CODES)]
            day = "20%02d-%02d-%02d" % (10 + v // 12, 1 + v % 12, 1 + p % 28)
            number = 20 + (n * 37) % 1600 / 10
            # One in five names no visit and is placed by its time.
            visit = "" if n % 5 == 0 else str(p * visits + v + 1)
            lines.append(
                "%d,%d,%d,%s,%s %02d:%02d:00,32817,0,%s,0,0,,,,%s,,%s,%d,%s,%s\n"
                % (n + 1, 1000 + p, concept, day, day, n % 23, n % 60, number, visit, code, concept, unit, number)
            )
            if len(lines) == 20000:
                f.writelines(lines)
                lines.clear()
        f.writelines(lines)


def measure(out, program):
    records = out.rstrip("/") + "-records"
    shutil.rmtree(records, ignore_errors=True)
    begin = time.monotonic()
    process = subprocess.Popen(program + [out, "--out", records])
    peak = 0
    while process.poll() is None:
        try:
            with open("/proc/%d/status" % process.pid) as f:
                for line in f:
                    if line.startswith("VmHWM:"):
                        peak = max(peak, int(line.split()[1]))
        except OSError:
            pass
        time.sleep(0.1)
    seconds = time.monotonic() - begin
    size = os.path.getsize(os.path.join(out, "measurement.csv")) / 1e9
    print("%.1f s, %.0f MB at most in memory, %.2f GB of measurements, exit code %d" % (seconds, peak / 1e3, size, process.returncode))
    shutil.rmtree(records, ignore_errors=True)
    return process.returncode


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rows", type=int, default=50_000_000)
    ap.add_argument("--persons", type=int, default=2_000)
    ap.add_argument("--out", required=True)
    ap.add_argument("--measure", metavar="PROGRAM", help="the medalign program to measure `import omop` with")
    ap.add_argument("--keep", action="store_true", help="keep the tables after measuring")
    a = ap.parse_args()
    if not os.path.exists(os.path.join(a.out, "measurement.csv")):
        write(a.out, a.rows, a.persons)
    if a.measure:
        code = measure(a.out, [a.measure, "import", "omop"])
        if not a.keep:
            shutil.rmtree(a.out)
        sys.exit(code)


if __name__ == "__main__":
    main()
