#!/usr/bin/env python3
"""Write the demo dataset in assets/demo/ and check it.

Everything here is invented: the four people, their illnesses, the notes, the answers.
The script needs only Python's standard library, uses no network and no clock, and writes
the same bytes each time. Run it from anywhere:

    python3 assets/make_demo.py

It exits non-zero when a check fails. Layout of this file: the record builder, then one
section a patient, then the tables (instructions, answers, gold), then the checks.
"""

import csv
import io
import random
import re
import sys
import xml.etree.ElementTree as ET
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

OUT = Path(__file__).resolve().parent / "demo"


# --- the record builder ------------------------------------------------------------------


def ts(text):
    """A moment from `YYYY-MM-DD HH:MM`."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M")


def whole_years(born, day):
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def weekday(day):
    """The day, or the Monday after it: clinics are closed at weekends."""
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


SITES = {
    1: "Riverbend Family Medicine",
    2: "Emergency Department",
    3: "Stroke Unit",
    4: "Anticoagulation Clinic",
    5: "Neurology Clinic",
    6: "General Surgery",
    7: "Cardiology Clinic",
    8: "Nephrology Clinic",
    9: "Eye Clinic",
    10: "Imaging Center",
    11: "Neonatal Intensive Care Unit",
    12: "Pediatrics Clinic",
    13: "Oncology Clinic",
    14: "Infusion Center",
    15: "Endoscopy Suite",
    16: "Telephone",
}

# provider id: (gender, speciality, year of birth, care site)
PROVIDERS = {
    101: ("FEMALE", "Family Medicine", "1964", 1),
    102: ("MALE", "Emergency Medicine", "1979", 2),
    103: ("FEMALE", "Neurology", "1975", 3),
    104: ("FEMALE", "Pharmacy", "NULL", 4),
    105: ("MALE", "General Surgery", "1961", 6),
    106: ("MALE", "Cardiology", "1958", 7),
    107: ("FEMALE", "Nephrology", "1970", 8),
    108: ("NULL", "Ophthalmology", "NULL", 9),
    109: ("NULL", "Radiology", "NULL", 10),
    110: ("FEMALE", "Neonatology", "1973", 11),
    111: ("MALE", "Pediatrics", "1982", 12),
    112: ("FEMALE", "Hematology/Oncology", "1969", 13),
    113: ("NULL", "Nursing", "NULL", 14),
    114: ("MALE", "Gastroenterology", "1966", 15),
    115: ("MALE", "Orthopedic Surgery", "1980", 2),
    116: ("NULL", "Anesthesiology", "NULL", 6),
    117: ("NULL", "Pathology", "NULL", 6),
}

VISITS = {
    "OP": ("Visit/OP", "Outpatient Visit"),
    "ER": ("Visit/ER", "Emergency Room Visit"),
    "ERIP": ("Visit/ERIP", "Emergency Room and Inpatient Visit"),
    "IP": ("Visit/IP", "Inpatient Visit"),
    "TEL": ("SNOMED/185317003", "Telephone encounter"),
    "LAB": ("CARE_SITE/LAB", "Laboratory Visit"),
}

# key: (code, name, unit, low, high, decimals)
LABS = {
    "na": ("LOINC/2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L", 135, 145, 0),
    "k": ("LOINC/2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 3.5, 5.1, 1),
    "cl": ("LOINC/2075-0", "Chloride [Moles/volume] in Serum or Plasma", "mmol/L", 98, 107, 0),
    "co2": ("LOINC/2028-9", "Carbon dioxide, total [Moles/volume] in Serum or Plasma", "mmol/L", 22, 29, 0),
    "bun": ("LOINC/3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "mg/dL", 7, 20, 0),
    "cr": ("LOINC/2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0.5, 1.1, 2),
    "egfr": ("LOINC/62238-1", "Glomerular filtration rate/1.73 sq M.predicted by CKD-EPI", "mL/min/1.73m2", 60, None, 0),
    "glu": ("LOINC/2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 70, 99, 0),
    "ca": ("LOINC/17861-6", "Calcium [Mass/volume] in Serum or Plasma", "mg/dL", 8.5, 10.5, 1),
    "a1c": ("LOINC/4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", 4.0, 5.6, 1),
    "wbc": ("LOINC/6690-2", "Leukocytes [#/volume] in Blood by Automated count", "K/uL", 4.0, 11.0, 1),
    "hgb": ("LOINC/718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 12.0, 16.0, 1),
    "hct": ("LOINC/4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count", "%", 36, 46, 1),
    "plt": ("LOINC/777-3", "Platelets [#/volume] in Blood by Automated count", "K/uL", 150, 400, 0),
    "anc": ("LOINC/751-8", "Neutrophils [#/volume] in Blood by Automated count", "K/uL", 1.8, 7.7, 2),
    "inr": ("LOINC/6301-6", "INR in Platelet poor plasma by Coagulation assay", None, 0.9, 1.1, 1),
    "ldl": ("LOINC/13457-7", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation", "mg/dL", None, 99, 0),
    "hdl": ("LOINC/2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "mg/dL", 50, None, 0),
    "tchol": ("LOINC/2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", None, 199, 0),
    "tg": ("LOINC/2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "mg/dL", None, 149, 0),
    "acr": ("LOINC/9318-7", "Albumin/Creatinine [Mass Ratio] in Urine", "mg/g", None, 30, 0),
    "trop": ("LOINC/10839-9", "Troponin I.cardiac [Mass/volume] in Serum or Plasma", "ng/mL", None, 0.04, 2),
    "alt": ("LOINC/1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 7, 45, 0),
    "ast": ("LOINC/1920-8", "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 10, 40, 0),
    "alp": ("LOINC/6768-6", "Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 40, 120, 0),
    "alb": ("LOINC/1751-7", "Albumin [Mass/volume] in Serum or Plasma", "g/dL", 3.5, 5.0, 1),
    "tbil": ("LOINC/1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", "mg/dL", None, 1.2, 1),
    "dbil": ("LOINC/1968-7", "Bilirubin.direct [Mass/volume] in Serum or Plasma", "mg/dL", None, 0.4, 1),
    "retic": ("LOINC/17849-1", "Reticulocytes/100 erythrocytes in Blood by Automated count", "%", 0.5, 2.5, 1),
    "crp": ("LOINC/1988-5", "C reactive protein [Mass/volume] in Serum or Plasma", "mg/L", None, 5, 1),
    "ferr": ("LOINC/2276-4", "Ferritin [Mass/volume] in Serum or Plasma", "ng/mL", 30, 400, 0),
    "cea": ("LOINC/2039-6", "Carcinoembryonic Ag [Mass/volume] in Serum or Plasma", "ng/mL", None, 5.0, 1),
    "tsh": ("LOINC/3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "mIU/L", 0.4, 4.5, 2),
    "poc": ("LOINC/2339-0", "Glucose [Mass/volume] in Blood", "mg/dL", 70, 180, 0),
}

SHORT = {
    "na": "Sodium", "k": "Potassium", "cl": "Chloride", "co2": "CO2", "bun": "Urea nitrogen",
    "cr": "Creatinine", "egfr": "eGFR (CKD-EPI)", "glu": "Glucose", "ca": "Calcium", "a1c": "Hemoglobin A1c",
    "wbc": "WBC", "hgb": "Hemoglobin", "hct": "Hematocrit", "plt": "Platelets", "anc": "Neutrophils, abs",
    "inr": "INR", "ldl": "LDL cholesterol", "hdl": "HDL cholesterol", "tchol": "Total cholesterol",
    "tg": "Triglycerides", "acr": "Urine alb/creat", "trop": "Troponin I", "alt": "ALT", "ast": "AST",
    "alp": "Alk phosphatase", "alb": "Albumin", "tbil": "Bilirubin, total", "dbil": "Bilirubin, direct",
    "retic": "Reticulocytes", "crp": "CRP", "ferr": "Ferritin", "cea": "CEA", "tsh": "TSH", "poc": "Glucose, POC",
}

VITALS = {
    "sbp": ("LOINC/8480-6", "Systolic blood pressure", "mmHg"),
    "dbp": ("LOINC/8462-4", "Diastolic blood pressure", "mmHg"),
    "hr": ("LOINC/8867-4", "Heart rate", "bpm"),
    "rr": ("LOINC/9279-1", "Respiratory rate", "breaths/min"),
    "temp": ("LOINC/8310-5", "Body temperature", "degC"),
    "spo2": ("LOINC/59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%"),
    "wt": ("LOINC/29463-7", "Body weight", "kg"),
    "ht": ("LOINC/8302-2", "Body height", "cm"),
    "bmi": ("LOINC/39156-5", "Body mass index (BMI) [Ratio]", "kg/m2"),
    "pain": ("LOINC/38208-5", "Pain severity - Reported", "{score}"),
}

# note name: LOINC document code
NOTES = {
    "Progress Notes": "11506-3",
    "H&P": "34117-2",
    "ED Provider Notes": "34111-5",
    "ED Triage Notes": "54094-8",
    "Consults": "11488-4",
    "Discharge Summary": "18842-5",
    "Nursing Note": "34746-8",
    "Radiology Report": "18748-4",
    "Echocardiogram Report": "34552-0",
    "Pathology Report": "11526-1",
    "Operative Note": "11504-8",
    "Procedure Note": "28570-0",
    "Anesthesia Preprocedure Evaluation": "34750-0",
    "Anticoagulation Clinic Note": "34877-1",
    "Pharmacy Note": "34822-7",
    "Telephone Encounter": "34748-4",
    "Social Work Note": "28653-4",
    "PT Evaluation": "34824-3",
    "Speech Therapy Evaluation": "34845-8",
    "Ophthalmology Clinic Note": "34807-8",
    "Lactation Consult": "34798-9",
    "Delivery Note": "57057-2",
    "Nutrition Note": "34800-3",
    "Audiology Note": "28615-3",
    "Infusion Nursing Note": "34119-8",
    "Patient Instructions": "69730-0",
    "Colonoscopy Report": "18746-8",
}


def fmt(key, value):
    return f"{value:.{LABS[key][5]}f}"


def flag(key, value):
    _, _, _, low, high, _ = LABS[key]
    if high is not None and value > high:
        return "H"
    if low is not None and value < low:
        return "L"
    return ""


def lab_table(values, keys=None):
    """The aligned table a note carries, with the laboratory's flags."""
    rows = [f"{'Test':<20}{'Result':>8}  {'Flag':<5}{'Reference':<13}Units"]
    for key in keys or values:
        _, _, unit, low, high, digits = LABS[key]
        if low is None:
            ref = f"<={high:.{digits}f}"
        elif high is None:
            ref = f">={low:.{digits}f}"
        else:
            ref = f"{low:.{digits}f}-{high:.{digits}f}"
        row = f"{SHORT[key]:<20}{fmt(key, values[key]):>8}  {flag(key, values[key]):<5}{ref:<13}{unit or ''}"
        rows.append(row.rstrip())
    return "\n".join(rows)


class Encounter:
    def __init__(self, record, kind, start, end, site, provider, payer):
        self.record, self.kind = record, kind
        self.start, self.end = ts(start), ts(end)
        self.sites, self.providers, self.payer = [site], [provider], payer
        self.events = []  # (time, serial, attributes, text)
        record.serial += 1
        self.visit_id = record.serial
        code, name = VISITS[kind]
        self.add(start, "visit", code, name, "start", care_site_id=site, provider_id=provider)

    def add(self, when, kind, code, name, text=None, **attrs):
        when = ts(when) if isinstance(when, str) else when
        full = {"type": kind, "code": code, "name": name}
        full.update({k: v for k, v in attrs.items() if v is not None})
        full["visit_id"] = self.visit_id
        self.events.append((when, len(self.events), full, text))
        for key, held in (("care_site_id", self.sites), ("provider_id", self.providers)):
            if key in attrs and attrs[key] not in held:
                held.append(attrs[key])

    def vitals(self, when, **values):
        for key, value in values.items():
            code, name, unit = VITALS[key]
            self.add(when, "measurement", code, name, str(value), unit=unit)

    def labs(self, when, values):
        for key, value in values.items():
            code, name, unit = LABS[key][:3]
            self.add(when, "measurement", code, name, fmt(key, value), unit=unit)

    def dx(self, when, code, name):
        self.add(when, "condition", code, name)

    def proc(self, when, code, name):
        self.add(when, "procedure", code, name)

    def drug(self, when, code, name, text="start"):
        self.add(when, "drug_exposure", "RxNorm/" + code, name, text)

    def obs(self, when, code, name, text=None, unit=None):
        self.add(when, "observation", code, name, text, unit=unit)

    def note(self, when, name, text, provider=None, flat=False):
        text = text.strip("\n")
        if flat:  # as an extract that lost its line breaks
            text = re.sub(r"\n+", "  ", text)
        self.record.notes += 1
        self.add(when, "note", "LOINC/" + NOTES[name], name, text,
                 note_id=self.record.note_base + self.record.notes, provider_id=provider or self.providers[0])


class Record:
    def __init__(self, person_id, born, gender, race, ethnicity, seed):
        self.person_id, self.born = person_id, date.fromisoformat(born)
        self.gender, self.race, self.ethnicity = gender, race, ethnicity
        self.rng = random.Random(seed)
        self.encounters, self.notes = [], 0
        self.serial, self.note_base = int(person_id) % 90000 * 10, int(person_id) % 9000 * 1000

    def enc(self, kind, start, end, site, provider, payer):
        made = Encounter(self, kind, start, end, site, provider, payer)
        self.encounters.append(made)
        return made

    def xml(self):
        out = [f"<eventstream person_id={quoteattr(self.person_id)}>"]
        for enc in sorted(self.encounters, key=lambda e: e.start):
            code, name = VISITS[enc.kind]
            enc.add(enc.end, "visit", code, name, "end")
            day = enc.start.date()
            out += [
                "  <encounter>", "    <person>",
                f"      <birthdate>{self.born}</birthdate>",
                f"      <age><days>{(day - self.born).days}</days><years>{whole_years(self.born, day)}</years></age>",
                "      <demographics>",
                f"        <ethnicity>{escape(self.ethnicity)}</ethnicity>",
                f"        <gender>{self.gender}</gender>",
                f"        <race>{escape(self.race)}</race>",
                "      </demographics>",
                f"      <payerplan>{escape(enc.payer)}</payerplan>",
                "    </person>", "    <caresites>",
            ]
            for site in enc.sites:
                out.append(f'      <caresite care_site_id="{site}" care_site_name={quoteattr(SITES[site])}/>')
            out += ["    </caresites>", "    <providers>"]
            for who in enc.providers:
                gender, spec, year, site = PROVIDERS[who]
                out.append(
                    f'      <provider provider_id="{who}" gender="{gender}" speciality={quoteattr(spec)} '
                    f'year_of_birth="{year}" care_site_name={quoteattr(SITES[site])}/>')
            out += ["    </providers>", "    <events>"]
            last = None
            for when, _, attrs, text in sorted(enc.events, key=lambda e: (e[0], e[1])):
                if when != last:
                    if last is not None:
                        out.append("      </entry>")
                    out.append(f'      <entry timestamp="{when:%Y-%m-%d %H:%M}">')
                    last = when
                pairs = " ".join(f"{k}={quoteattr(str(v))}" for k, v in attrs.items())
                if text is None:
                    out.append(f"        <event {pairs}/>")
                else:
                    out.append(f"        <event {pairs}>{escape(text)}</event>")
            out += ["      </entry>", "    </events>", "  </encounter>"]
        out.append("</eventstream>")
        return "\n".join(out) + "\n"


# --- patient 1: twenty years of care, a stroke on a low INR --------------------------------

P1 = "417302958"

# code, name, directions, first day, last day ("" while it goes on)
P1_MEDS = [
    ("310798", "hydrochlorothiazide 25 MG Oral Tablet", "hydrochlorothiazide 25 mg tablet: 1 tablet by mouth daily", "2002-03-05", "2014-02-18"),
    ("314076", "lisinopril 10 MG Oral Tablet", "lisinopril 10 mg tablet: 1 tablet by mouth daily", "2004-05-11", "2012-06-12"),
    ("861007", "metformin hydrochloride 500 MG Oral Tablet", "metformin 500 mg tablet: 1 tablet by mouth twice daily with meals", "2004-05-11", "2010-04-13"),
    ("617310", "atorvastatin 20 MG Oral Tablet", "atorvastatin 20 mg tablet: 1 tablet by mouth at bedtime", "2005-02-15", "2014-06-10"),
    ("861004", "metformin hydrochloride 1000 MG Oral Tablet", "metformin 1,000 mg tablet: 1 tablet by mouth twice daily with meals", "2010-04-13", "2021-03-16"),
    ("314077", "lisinopril 20 MG Oral Tablet", "lisinopril 20 mg tablet: 1 tablet by mouth daily", "2012-06-12", ""),
    ("866436", "24 HR metoprolol succinate 50 MG Extended Release Oral Tablet", "metoprolol succinate ER 50 mg tablet: 1 tablet by mouth daily", "2014-02-18", ""),
    ("855332", "warfarin sodium 5 MG Oral Tablet", "warfarin 5 mg tablet: as directed by the anticoagulation clinic", "2014-02-18", "2018-10-09"),
    ("617311", "atorvastatin 40 MG Oral Tablet", "atorvastatin 40 mg tablet: 1 tablet by mouth at bedtime", "2014-06-10", "2018-10-09"),
    ("243670", "aspirin 81 MG Oral Tablet", "aspirin 81 mg tablet: 1 tablet by mouth daily", "2018-10-10", "2018-10-15"),
    ("259255", "atorvastatin 80 MG Oral Tablet", "atorvastatin 80 mg tablet: 1 tablet by mouth at bedtime", "2018-10-10", ""),
    ("1364445", "apixaban 5 MG Oral Tablet", "apixaban 5 mg tablet: 1 tablet by mouth twice daily", "2018-10-15", ""),
    ("197361", "amlodipine 5 MG Oral Tablet", "amlodipine 5 mg tablet: 1 tablet by mouth daily", "2019-06-18", ""),
    ("861007", "metformin hydrochloride 500 MG Oral Tablet", "metformin 500 mg tablet: 1 tablet by mouth twice daily with meals", "2021-03-16", ""),
    ("1488574", "dapagliflozin 10 MG Oral Tablet", "dapagliflozin 10 mg tablet: 1 tablet by mouth every morning", "2022-05-12", ""),
]

# condition code, name, first day
P1_DX = [
    ("SNOMED/59621000", "Essential hypertension", "2002-03-05"),
    ("SNOMED/44054006", "Type 2 diabetes mellitus", "2004-05-11"),
    ("SNOMED/55822004", "Hyperlipidemia", "2005-02-15"),
    ("SNOMED/396275006", "Osteoarthritis", "2008-10-14"),
    ("SNOMED/49436004", "Atrial fibrillation", "2014-02-18"),
    ("ICD10CM/N18.3", "Chronic kidney disease, stage 3 (moderate)", "2017-10-10"),
    ("ICD10CM/I69.320", "Aphasia following cerebral infarction", "2018-11-27"),
    ("ICD10CM/N18.32", "Chronic kidney disease, stage 3b", "2021-03-16"),
]

P1_CR = [("2002-01-01", 0.80), ("2008-01-01", 0.88), ("2012-01-01", 0.98), ("2014-01-01", 1.05), ("2016-01-01", 1.12),
         ("2017-10-10", 1.22), ("2018-10-01", 1.32), ("2019-06-18", 1.38), ("2020-05-01", 1.46), ("2021-03-16", 1.58),
         ("2021-11-09", 1.62), ("2022-05-12", 1.74)]
P1_A1C = [("2002-01-01", 6.0), ("2004-05-11", 8.1), ("2005-02-01", 7.0), ("2010-04-13", 7.6), ("2011-01-01", 7.0),
          ("2014-06-10", 7.4), ("2016-06-01", 7.9), ("2018-10-09", 8.4), ("2019-06-18", 7.8), ("2020-05-01", 7.4),
          ("2021-03-16", 7.1), ("2021-11-09", 7.3), ("2022-05-12", 7.6)]
P1_WT = [("2002-01-01", 78.0), ("2010-01-01", 76.5), ("2018-10-09", 71.4), ("2021-11-09", 68.9), ("2022-05-12", 68.2)]


def between(points, day):
    """The value on a day on a line through dated points."""
    points = [(date.fromisoformat(d), v) for d, v in points]
    if day <= points[0][0]:
        return points[0][1]
    for (d0, v0), (d1, v1) in zip(points, points[1:]):
        if day <= d1:
            return v0 + (v1 - v0) * (day - d0).days / (d1 - d0).days
    return points[-1][1]


def egfr_female(cr, age):
    ratio = cr / 0.7
    return round(142 * min(ratio, 1) ** -0.241 * max(ratio, 1) ** -1.2 * 0.9938**age * 1.012)


def p1_meds(day):
    day = str(day)
    return "\n".join("  - " + m[2] for m in P1_MEDS if m[3] <= day and (not m[4] or day < m[4]))


def p1_payer(day):
    return "Medicare" if day >= date(2013, 4, 1) else "Blue Mesa PPO"


def p1_chemistry(rec, day, exact):
    rng = rec.rng
    jitter = (lambda s: 0.0) if exact else (lambda s: rng.uniform(-s, s))
    cr = round(between(P1_CR, day) + jitter(0.04), 2)
    a1c = round(between(P1_A1C, day) + jitter(0.1), 1)
    return {
        "na": rng.randint(137, 142), "k": round(rng.uniform(3.9, 4.6) + (0.3 if cr > 1.4 else 0), 1),
        "cl": rng.randint(100, 106), "co2": rng.randint(22, 27) - (1 if cr > 1.4 else 0),
        "bun": round(cr * 15 + rng.uniform(0, 4)), "cr": cr, "egfr": egfr_female(cr, whole_years(rec.born, day)),
        "glu": round(28.7 * a1c - 46.7 - 25 + rng.uniform(-12, 12)), "ca": round(rng.uniform(9.0, 9.8), 1),
    }, a1c


def p1_clinic(rec, start, exact=False, sbp=None, hr=None, full=True, note=None, fix=None, cpt="CPT4/99214"):
    """One visit to the family doctor; `note` may use the visit's own values."""
    begin = ts(start)
    day, rng = begin.date(), rec.rng
    enc = rec.enc("OP", start, f"{begin + timedelta(minutes=50):%Y-%m-%d %H:%M}", 1, 101, p1_payer(day))
    vit = begin + timedelta(minutes=8)
    base = 148 if day.year < 2004 else 134 if day.year < 2014 else 138
    sbp = sbp or base + rng.randint(-9, 10)
    dbp = round(sbp * 0.56 + rng.randint(-4, 5))
    hr = hr or rng.randint(66, 84)
    wt = round(between(P1_WT, day) + (0 if exact else rng.uniform(-0.6, 0.6)), 1)
    bmi = round(wt / 1.6**2, 1)
    enc.vitals(vit, sbp=sbp, dbp=dbp, hr=hr, rr=rng.randint(14, 18), temp=round(rng.uniform(36.4, 36.9), 1),
               spo2=rng.randint(96, 99), wt=wt, bmi=bmi)
    enc.obs(vit, "LOINC/72166-2", "Tobacco smoking status", "Former smoker")
    for code, name, first in P1_DX:
        if first <= str(day) and not (code == "ICD10CM/N18.3" and day >= date(2021, 3, 16)):
            enc.dx(begin + timedelta(minutes=20), code, name)
    for m in P1_MEDS:
        if m[3] == str(day):
            enc.drug(begin + timedelta(minutes=35), m[0], m[1], "start")
        elif m[4] == str(day):
            enc.drug(begin + timedelta(minutes=35), m[0], m[1], "end")
        elif full and m[3] <= str(day) and (not m[4] or str(day) < m[4]):
            enc.drug(begin + timedelta(minutes=35), m[0], m[1], "start")
    labs, a1c = p1_chemistry(rec, day, exact)
    when = begin + timedelta(minutes=25)
    values = labs if full or note else {k: v for k, v in labs.items() if k not in ("cl", "co2", "ca")}
    if day >= date(2004, 1, 1):
        values["a1c"] = a1c
    if full:
        ldl = 138 if day.year < 2005 else 102 if day.year < 2015 else 92 if day < date(2018, 10, 9) else 64
        ldl += rng.randint(-8, 8)
        hdl, tg = rng.randint(44, 52), rng.randint(120, 170)
        values.update(ldl=ldl, hdl=hdl, tchol=round(ldl + hdl + tg / 5), tg=tg)
        hgb = round(rng.uniform(12.4, 13.4) - (0.9 if day.year > 2019 else 0), 1)
        values.update(wbc=round(rng.uniform(5.4, 8.2), 1), hgb=hgb, hct=round(hgb * 3 + rng.uniform(-0.5, 0.5), 1),
                      plt=rng.randint(205, 260))
        if day.year > 2006:
            values["acr"] = round(12 + max(0, day.year - 2011) * 11 + rng.randint(-4, 6))
    enc.labs(when, values)
    if day == date(2014, 2, 18):
        enc.labs(when, {"tsh": 2.10})
    enc.proc(begin + timedelta(minutes=25), "CPT4/36415", "Collection of venous blood by venipuncture")
    enc.proc(begin + timedelta(minutes=45), cpt, "Office or other outpatient visit, established patient")
    if begin.month in (9, 10, 11):
        enc.drug(begin + timedelta(minutes=40), "1928305", "influenza virus vaccine, inactivated", "start")
    if note:
        meds = p1_meds(day)
        text = note.format(sbp=sbp, dbp=dbp, hr=hr, wt=wt, bmi=bmi, meds=fix(meds) if fix else meds,
                           labs=lab_table(values, [k for k in ("na", "k", "bun", "cr", "egfr", "glu", "a1c", "acr", "hgb", "ldl") if k in values]),
                           **{k: fmt(k, v) for k, v in values.items()})
        enc.note(begin + timedelta(minutes=48), "Progress Notes", text)
    return enc, values


def p1_record():
    rec = Record(P1, "1948-03-17", "FEMALE", "White", "Hispanic or Latino", 11)
    rng = rec.rng
    noted = P1_CLINIC_NOTES
    # Visits to the family doctor about every four months; those with a note have their own date.
    day = date(2002, 3, 5)
    own = sorted(date.fromisoformat(k[:10]) for k in noted)
    own += [date.fromisoformat(m[i]) for m in P1_MEDS for i in (3, 4) if m[i]]
    own += [date(2008, 10, 14), date(2017, 10, 10), date(2018, 10, 30)]
    away = {date(2018, 10, 9), date(2018, 10, 10), date(2018, 10, 15)}
    dates = {d for d in own if d not in away}
    while day < date(2022, 5, 1):
        if not any(abs((day - d).days) < 75 for d in dates | away):
            dates.add(day)
        day += timedelta(days=rng.randint(104, 132))
        day = weekday(day)
    at_noon = {k[:10]: k for k in noted}
    for n, d in enumerate(sorted(dates)):
        key = at_noon.get(str(d))
        if key:
            kw = dict(noted[key])
            p1_clinic(rec, key, exact=True, **kw)
        elif date(2020, 3, 15) < d < date(2021, 3, 15):  # no visits in person in the first year of the pandemic
            continue
        else:
            p1_clinic(rec, f"{d} {rng.choice(['08:40', '09:20', '10:00', '13:30', '14:20'])}", exact=d == date(2017, 10, 10),
                      full=n % 4 == 0, cpt=rng.choice(["CPT4/99213", "CPT4/99214"]))

    # 2009: gallbladder
    e = rec.enc("IP", "2009-09-14 06:10", "2009-09-15 11:30", 6, 105, "Blue Mesa PPO")
    e.dx("2009-09-14 06:30", "SNOMED/235919008", "Gallstone chronic cholecystitis")
    e.vitals("2009-09-14 06:20", sbp=142, dbp=80, hr=78, rr=16, temp=36.7, spo2=98, wt=76.8, ht=160, bmi=30.0)
    e.labs("2009-09-14 06:35", {"wbc": 7.2, "hgb": 13.1, "hct": 39.4, "plt": 241, "na": 139, "k": 4.1, "cr": 0.90,
                                "glu": 148, "alt": 31, "ast": 27, "alp": 96, "tbil": 0.7})
    e.note("2009-09-14 06:50", "H&P", P1_SURG_HP)
    e.note("2009-09-14 07:05", "Anesthesia Preprocedure Evaluation", P1_ANES, 116)
    e.drug("2009-09-14 07:35", "1665050", "cefazolin 2000 MG Injection", "start|end")
    e.drug("2009-09-14 07:40", "1808219", "propofol 10 MG/ML Injectable Suspension", "start|end")
    e.proc("2009-09-14 07:50", "CPT4/47562", "Laparoscopy, surgical; cholecystectomy")
    e.note("2009-09-14 09:40", "Operative Note", P1_OP)
    for h in range(10, 44, 4):
        when = ts("2009-09-14 00:00") + timedelta(hours=h)
        if when < e.end:
            e.vitals(when, sbp=rng.randint(122, 144), dbp=rng.randint(68, 80), hr=rng.randint(70, 86),
                     rr=rng.randint(14, 18), temp=round(rng.uniform(36.6, 37.3), 1), spo2=rng.randint(94, 98), pain=rng.randint(1, 4))
    e.drug("2009-09-14 11:00", "856987", "acetaminophen 325 MG / hydrocodone bitartrate 5 MG Oral Tablet", "start")
    e.drug("2009-09-15 10:30", "856987", "acetaminophen 325 MG / hydrocodone bitartrate 5 MG Oral Tablet", "end")
    e = rec.enc("LAB", "2009-09-17 15:00", "2009-09-17 15:20", 6, 117, "Blue Mesa PPO")
    e.proc("2009-09-17 15:05", "CPT4/88304", "Level III - Surgical pathology, gross and microscopic examination")
    e.note("2009-09-17 15:10", "Pathology Report", P1_PATH)

    # 2014: atrial fibrillation
    e = rec.enc("OP", "2014-02-20 10:30", "2014-02-20 11:30", 7, 106, "Medicare")
    e.vitals("2014-02-20 10:40", sbp=136, dbp=78, hr=92, spo2=98, wt=74.9)
    e.dx("2014-02-20 10:50", "SNOMED/49436004", "Atrial fibrillation")
    e.proc("2014-02-20 10:45", "CPT4/93000", "Electrocardiogram, routine ECG with at least 12 leads; with interpretation and report")
    e.note("2014-02-20 11:25", "Consults", P1_CARD)
    e = rec.enc("OP", "2014-02-25 13:00", "2014-02-25 13:50", 10, 106, "Medicare")
    e.proc("2014-02-25 13:05", "CPT4/93306", "Echocardiography, transthoracic, complete, with Doppler")
    e.add("2014-02-25 13:05", "image", "DICOM/US", "Transthoracic echocardiogram", modality_source_value="US", anatomic_site_source_value="HEART")
    e.obs("2014-02-25 13:45", "LOINC/10230-1", "Left ventricular Ejection fraction", "60", "%")
    e.note("2014-02-25 13:45", "Echocardiogram Report", P1_ECHO1, 106)

    # the anticoagulation clinic, every five weeks or so until the stroke
    inr_rng, inr_day, notes = random.Random(7), date(2014, 3, 18), dict(P1_INR_NOTES)
    plan = []
    while inr_day < date(2018, 9, 20):
        plan.append(inr_day)
        inr_day += timedelta(days=7 if inr_day < date(2014, 4, 10) else inr_rng.choice([28, 35, 35, 42]))
        inr_day = weekday(inr_day)
    plan = [d for d in plan if d <= date(2018, 8, 7)]
    plan += [date(2014, 2, 21), date(2014, 2, 25), date(2014, 3, 4)] + [date.fromisoformat(k) for k in notes]
    before = [d for d in sorted(plan) if d < date(2018, 8, 21)][-3:]  # the August note quotes these
    quoted = dict(zip(before, (2.4, 2.2, 1.9)))
    for d in sorted(plan):
        e = rec.enc("OP", f"{d} 11:00", f"{d} 11:20", 4, 104, "Medicare")
        fixed = {"2014-02-21": 1.1, "2014-02-25": 1.5, "2014-03-04": 1.8, "2014-03-11": 2.1, "2018-02-13": 1.9, "2018-03-27": 1.6,
                 "2018-08-21": 1.6, "2018-09-18": 1.8}
        inr = quoted.get(d) or fixed.get(str(d)) or round(inr_rng.uniform(1.9, 3.1), 1)
        e.labs(f"{d} 11:05", {"inr": inr})
        e.proc(f"{d} 11:05", "CPT4/85610", "Prothrombin time")
        e.dx(f"{d} 11:10", "SNOMED/711150003", "Long-term current use of anticoagulant")
        if str(d) in notes:
            e.note(f"{d} 11:18", "Anticoagulation Clinic Note", notes[str(d)])

    # 2016: a fall on warfarin
    e = rec.enc("ER", "2016-01-23 17:40", "2016-01-23 21:15", 2, 102, "Medicare")
    e.vitals("2016-01-23 17:48", sbp=152, dbp=84, hr=88, rr=18, temp=36.6, spo2=97, pain=4)
    e.dx("2016-01-23 18:10", "ICD10CM/S00.03XA", "Contusion of scalp, initial encounter")
    e.labs("2016-01-23 18:20", {"inr": 2.8, "hgb": 12.9, "hct": 38.8, "plt": 232, "na": 138, "k": 4.2, "cr": 1.12, "glu": 171})
    e.proc("2016-01-23 18:40", "CPT4/70450", "Computed tomography, head or brain; without contrast material")
    e.add("2016-01-23 18:40", "image", "DICOM/CT", "CT HEAD WITHOUT CONTRAST", modality_source_value="CT", anatomic_site_source_value="HEAD")
    e.note("2016-01-23 19:05", "Radiology Report", P1_CT16, 109)
    e.note("2016-01-23 20:55", "ED Provider Notes", P1_ED16)

    # yearly eye examinations, mammograms, and a bone density
    for year in range(2005, 2022):
        d = weekday(date(year, 6, 10 + year % 9))
        e = rec.enc("OP", f"{d} 15:00", f"{d} 15:40", 9, 108, p1_payer(d))
        e.proc(f"{d} 15:10", "CPT4/92014", "Ophthalmological services, comprehensive, established patient")
        e.obs(f"{d} 15:20", "LOINC/71490-7", "Diabetic retinopathy severity of right eye", "none" if year < 2017 else "mild nonproliferative")
        e.obs(f"{d} 15:20", "LOINC/71491-5", "Diabetic retinopathy severity of left eye", "none" if year < 2017 else "mild nonproliferative")
        if year == 2017:
            e.note(f"{d} 15:35", "Ophthalmology Clinic Note", P1_EYE, flat=True)
    for year in range(2003, 2020, 2):
        d = weekday(date(year, 4, 8 + year % 7))
        e = rec.enc("OP", f"{d} 08:30", f"{d} 08:50", 10, 109, p1_payer(d))
        e.proc(f"{d} 08:35", "CPT4/77067" if year > 2016 else "CPT4/77057", "Screening mammography, bilateral")
        e.add(f"{d} 08:35", "image", "DICOM/MG", "MAMMOGRAM SCREENING BILATERAL", modality_source_value="MG", anatomic_site_source_value="BREAST")

    p1_stroke(rec)

    # after the stroke
    e = rec.enc("OP", "2018-11-27 09:30", "2018-11-27 10:15", 5, 103, "Medicare")
    e.vitals("2018-11-27 09:35", sbp=138, dbp=76, hr=72, wt=70.8)
    e.obs("2018-11-27 09:50", "LOINC/70182-1", "NIH stroke scale total score", "2", "{score}")
    e.obs("2018-11-27 09:50", "LOINC/75859-9", "Modified Rankin scale", "2", "{score}")
    e.dx("2018-11-27 10:00", "ICD10CM/I69.320", "Aphasia following cerebral infarction")
    e.note("2018-11-27 10:10", "Progress Notes", P1_NEURO18, 103)
    for n, d in enumerate(["2018-11-05", "2018-11-08", "2018-11-13", "2018-11-20", "2018-12-04", "2018-12-11"]):
        e = rec.enc("OP", f"{d} 14:00", f"{d} 14:45", 5, 103, "Medicare")
        e.proc(f"{d} 14:05", "CPT4/92507", "Treatment of speech, language, voice, communication; individual")
        e.obs(f"{d} 14:40", "SNOMED/229559001", "Naming objects score", str([31, 33, 36, 41, 46, 49][n]), "/60")
    e = rec.enc("OP", "2019-06-25 10:00", "2019-06-25 10:50", 8, 107, "Medicare")
    e.vitals("2019-06-25 10:05", sbp=146, dbp=78, hr=70, wt=70.5)
    e.dx("2019-06-25 10:20", "ICD10CM/N18.3", "Chronic kidney disease, stage 3 (moderate)")
    e.dx("2019-06-25 10:20", "ICD10CM/E11.22", "Type 2 diabetes mellitus with diabetic chronic kidney disease")
    e.proc("2019-06-25 10:30", "CPT4/76770", "Ultrasound, retroperitoneal, complete")
    e.note("2019-06-25 10:45", "Consults", P1_RENAL)
    e = rec.enc("TEL", "2020-05-14 16:05", "2020-05-14 16:20", 16, 101, "Medicare")
    e.note("2020-05-14 16:18", "Telephone Encounter", P1_TEL20)
    for d in ("2020-05-21", "2020-09-17", "2021-01-14"):
        e = rec.enc("LAB", f"{d} 10:00", f"{d} 10:15", 1, 101, "Medicare")
        values, a1c = p1_chemistry(rec, date.fromisoformat(d), True)
        e.labs(f"{d} 10:05", {**{k: values[k] for k in ("na", "k", "bun", "cr", "egfr", "glu")}, "a1c": a1c})
        e.proc(f"{d} 10:05", "CPT4/36415", "Collection of venous blood by venipuncture")
    e = rec.enc("TEL", "2021-11-11 10:40", "2021-11-11 11:00", 16, 104, "Medicare")
    e.note("2021-11-11 10:58", "Pharmacy Note", P1_PHARM21)
    e = rec.enc("OP", "2022-05-24 11:00", "2022-05-24 11:40", 5, 103, "Medicare")
    e.vitals("2022-05-24 11:05", sbp=132, dbp=72, hr=68, wt=68.0)
    e.obs("2022-05-24 11:20", "LOINC/75859-9", "Modified Rankin scale", "1", "{score}")
    e.dx("2022-05-24 11:30", "ICD10CM/I69.320", "Aphasia following cerebral infarction")
    e.note("2022-05-24 11:35", "Progress Notes", P1_NEURO22, 103)
    return rec


def p1_stroke(rec):
    """The admission of October 2018."""
    rng = rec.rng
    e = rec.enc("ERIP", "2018-10-09 07:05", "2018-10-17 13:30", 2, 102, "Medicare")
    e.note("2018-10-09 07:26", "ED Triage Notes", P1_TRIAGE, 102)
    e.vitals("2018-10-09 07:10", sbp=178, dbp=96, hr=104, rr=18, temp=36.7, spo2=96, wt=71.4)
    e.obs("2018-10-09 07:20", "LOINC/70182-1", "NIH stroke scale total score", "9", "{score}")
    e.labs("2018-10-09 07:22", {"poc": 212})
    first = {"na": 138, "k": 4.3, "cl": 102, "co2": 24, "bun": 22, "cr": 1.34, "egfr": egfr_female(1.34, 70), "glu": 209,
             "ca": 9.3, "wbc": 8.1, "hgb": 12.8, "hct": 38.5, "plt": 214, "inr": 1.4, "trop": 0.02, "a1c": 8.4}
    e.labs("2018-10-09 07:40", first)
    e.proc("2018-10-09 07:28", "CPT4/70450", "Computed tomography, head or brain; without contrast material")
    e.proc("2018-10-09 07:34", "CPT4/70496", "Computed tomographic angiography, head, with contrast material")
    e.proc("2018-10-09 07:34", "CPT4/70498", "Computed tomographic angiography, neck, with contrast material")
    for when, name, part in (("07:28", "CT HEAD WITHOUT CONTRAST", "HEAD"), ("07:34", "CT ANGIOGRAM HEAD AND NECK", "HEAD/NECK")):
        e.add(f"2018-10-09 {when}", "image", "DICOM/CT", name, modality_source_value="CT", anatomic_site_source_value=part)
    e.proc("2018-10-09 07:25", "CPT4/93000", "Electrocardiogram, routine ECG with at least 12 leads; with interpretation and report")
    e.note("2018-10-09 07:55", "Radiology Report", P1_CTA, 109)
    e.dx("2018-10-09 08:00", "ICD10CM/I63.412", "Cerebral infarction due to embolism of left middle cerebral artery")
    e.dx("2018-10-09 08:00", "ICD10CM/I48.2", "Chronic atrial fibrillation")
    e.dx("2018-10-09 08:00", "ICD10CM/R47.01", "Aphasia")
    e.note("2018-10-09 08:10", "ED Provider Notes", P1_ED18.replace("@LABS@", lab_table(first, ["glu", "cr", "plt", "hgb", "inr", "trop"])), 102)
    e.drug("2018-10-09 08:20", "855332", "warfarin sodium 5 MG Oral Tablet", "end")
    e.note("2018-10-09 09:05", "Consults", P1_NEURO, 103)
    e.add("2018-10-09 09:40", "visit_detail", "CARE_SITE/3", "Stroke Unit", "start", care_site_id=3)
    e.proc("2018-10-09 10:40", "CPT4/70551", "Magnetic resonance imaging, brain; without contrast material")
    e.add("2018-10-09 10:40", "image", "DICOM/MR", "MRI BRAIN WITHOUT CONTRAST", modality_source_value="MR", anatomic_site_source_value="BRAIN")
    e.note("2018-10-09 11:30", "Radiology Report", P1_MRI, 109)
    e.note("2018-10-09 13:20", "H&P", P1_HP18.replace("@MEDS@", p1_meds(date(2018, 10, 8))), 103)
    for code, name, a, b in (
        ("308136", "amlodipine 2.5 MG Oral Tablet", "2018-10-12 09:00", "2018-10-14 09:00"),
        ("243670", "aspirin 81 MG Oral Tablet", "2018-10-10 09:00", "2018-10-15 08:30"),
        ("313782", "acetaminophen 325 MG Oral Tablet", "2018-10-09 14:00", "2018-10-17 09:00"),
        ("847232", "insulin lispro 100 UNT/ML Injectable Solution", "2018-10-09 14:00", "2018-10-17 09:00"),
        ("1659263", "heparin sodium, porcine 5000 UNT/ML Injectable Solution", "2018-10-09 22:00", "2018-10-15 06:00"),
    ):
        e.drug(a, code, name, "start")
        e.drug(b, code, name, "end")
    e.drug("2018-10-10 21:00", "259255", "atorvastatin 80 MG Oral Tablet")
    e.drug("2018-10-10 21:00", "617311", "atorvastatin 40 MG Oral Tablet", "end")
    e.drug("2018-10-11 09:00", "866436", "24 HR metoprolol succinate 50 MG Extended Release Oral Tablet")
    e.drug("2018-10-13 09:00", "314077", "lisinopril 20 MG Oral Tablet")
    for day in range(15, 18):
        for hour in ("09:00", "21:00"):
            if (day, hour) != (17, "21:00"):
                e.drug(f"2018-10-{day} {hour}", "1364445", "apixaban 5 MG Oral Tablet")
    when = ts("2018-10-09 10:00")
    while when < e.end - timedelta(hours=1):
        n = (when - e.start).total_seconds() / 86400
        sbp = round(172 - 5.2 * n + rng.randint(-8, 8))
        dbp = round(sbp * 0.54 + rng.randint(-4, 4))
        sbp, dbp = {"2018-10-14 02:00": (138, 76)}.get(f"{when:%Y-%m-%d %H:%M}", (sbp, dbp))  # the night nurse quotes it
        e.vitals(when, sbp=sbp, dbp=dbp, hr=round(98 - 3 * n + rng.randint(-7, 7)),
                 rr=rng.randint(14, 20), temp=round(rng.uniform(36.4, 37.3), 1), spo2=rng.randint(94, 98))
        if when.hour in (6, 18):
            e.obs(when, "LOINC/9269-2", "Glasgow coma score total", "15" if n > 1.5 else "14", "{score}")
        when += timedelta(hours=4)
    for d in range(10, 18):
        cr = {10: 1.41, 11: 1.46, 12: 1.42, 13: 1.38, 14: 1.36, 15: 1.35, 16: 1.33, 17: 1.34}[d]
        daily = {"na": rng.randint(136, 141), "k": round(rng.uniform(3.7, 4.5), 1), "cl": rng.randint(100, 106),
                 "co2": rng.randint(22, 26), "bun": round(cr * 16), "cr": cr, "egfr": egfr_female(cr, 70),
                 "glu": rng.randint(132, 196), "ca": round(rng.uniform(8.8, 9.4), 1), "wbc": round(rng.uniform(6.4, 8.8), 1),
                 "hgb": round(12.4 - 0.05 * (d - 10), 1), "hct": round(37.2 - 0.15 * (d - 10), 1), "plt": rng.randint(204, 236)}
        daily["inr"] = {10: 1.3, 11: 1.2}.get(d, 1.1)
        if d == 10:
            daily.update(ldl=96, hdl=45, tchol=171, tg=150)
        e.labs(f"2018-10-{d} 05:30", daily)
        for hour in ("07:30", "11:30", "17:00", "21:30"):
            if (d, hour) < (17, "17:00"):
                value = rng.randint(128, 222)
                e.labs(f"2018-10-{d} {hour}", {"poc": 168 if (d, hour) == (13, "21:30") else value})
        nih = {10: 8, 11: 6, 12: 5, 13: 5, 14: 4, 15: 4, 16: 3, 17: 3}[d]
        e.obs(f"2018-10-{d} 08:00", "LOINC/70182-1", "NIH stroke scale total score", str(nih), "{score}")
    e.add("2018-10-09 12:30", "device_exposure", "SNOMED/19923001", "Catheter, peripheral venous", "start")
    e.note("2018-10-10 09:40", "Speech Therapy Evaluation", P1_SLP, 103)
    e.proc("2018-10-10 09:00", "CPT4/92610", "Evaluation of oral and pharyngeal swallowing function")
    e.note("2018-10-10 14:15", "PT Evaluation", P1_PT, 103)
    e.proc("2018-10-10 13:30", "CPT4/97162", "Physical therapy evaluation: moderate complexity")
    e.proc("2018-10-11 10:00", "CPT4/93306", "Echocardiography, transthoracic, complete, with Doppler")
    e.obs("2018-10-11 10:40", "LOINC/10230-1", "Left ventricular Ejection fraction", "58", "%")
    e.note("2018-10-11 11:00", "Echocardiogram Report", P1_ECHO2, 106)

    def span(codes):
        """Lowest and highest in the 24 hours before the progress note."""
        seen = [int(t) for when, _, a, t in e.events if a["code"] in codes and ts("2018-10-10 15:30") < when < ts("2018-10-11 15:30")]
        return f"{min(seen)} to {max(seen)}"

    text = P1_PROG18.replace("@SBP@", span(["LOINC/8480-6"])).replace("@GLU@", span(["LOINC/2345-7", "LOINC/2339-0"]))
    e.note("2018-10-11 15:30", "Progress Notes", text, 103)
    e.note("2018-10-12 16:00", "Pharmacy Note", P1_PHARM18, 104)
    e.note("2018-10-14 05:50", "Nursing Note", P1_NURSE18, 113)
    e.note("2018-10-15 14:40", "Social Work Note", P1_SW18, 113)
    e.note("2018-10-17 12:45", "Discharge Summary", P1_DC18.replace("@MEDS@", p1_meds(date(2018, 10, 17))), 103)
    e.add("2018-10-17 13:20", "visit_detail", "CARE_SITE/3", "Stroke Unit", "end", care_site_id=3)


P1_CLINIC_NOTES = {
    "2004-05-11 09:20": dict(sbp=150, note="""
FAMILY MEDICINE - OFFICE VISIT

REASON FOR VISIT
Follow up of high blood pressure and of the abnormal sugar found at the wellness visit.

INTERVAL HISTORY
56-year-old woman. More thirst than usual since winter, up twice a night to urinate, no weight loss. Her mother and one brother have diabetes. No chest pain, no visual change. She takes hydrochlorothiazide most days and forgets it about once a week. Quit smoking in 1991 (about 10 pack-years). Spanish is her first language; she reads English with effort and asks for written material in Spanish.

EXAM
BP {sbp}/{dbp}, pulse {hr}, weight {wt} kg, BMI {bmi}
Feet: pulses present, monofilament felt at all ten sites. Fundi not seen well.

LABORATORY
{labs}

ASSESSMENT AND PLAN
1. Type 2 diabetes, new. A1c {a1c} %. Start metformin 500 mg twice daily with meals. Diabetes class (Spanish group). Eye examination this summer.
2. Hypertension above goal. Add lisinopril 10 mg daily, repeat potassium and creatinine in two weeks.
3. Allergy list reviewed: penicillin (hives as a young adult).

MEDICATIONS AFTER THIS VISIT
{meds}

Return in three months.
"""),
    "2012-06-12 10:00": dict(sbp=146, note="""
FAMILY MEDICINE - ANNUAL EXAMINATION

64-year-old woman, here for her yearly examination. Feels well. Works part time in a school kitchen. Right knee aches on stairs, helped by acetaminophen; she was told again to stay off ibuprofen and naproxen. No palpitations, no dyspnea. Walks 20 minutes most evenings with her husband.

SOCIAL: former smoker, stopped 1991. Wine at family meals, one glass, fewer than two a week. Lives with her husband; two grown daughters nearby.

FAMILY: mother, type 2 diabetes and stroke at 79. Father died of lung disease. Brother, diabetes.

VITALS: BP {sbp}/{dbp}, pulse {hr}, weight {wt} kg, BMI {bmi}

RESULTS TODAY
{labs}

IMPRESSION
1. Hypertension, still above goal on two drugs: lisinopril to 20 mg.
2. Diabetes: A1c {a1c} %, urine albumin {acr} mg/g. Continue metformin 1,000 mg twice daily.
3. Lipids: on atorvastatin 20 mg, LDL {ldl}.
4. Health maintenance: mammogram every other year, colonoscopy of 2008 normal and due again in 2018.

CURRENT MEDICATIONS
{meds}
"""),
    "2014-02-18 09:20": dict(sbp=138, hr=112, note="""
FAMILY MEDICINE - OFFICE VISIT (same day)

65-year-old woman with hypertension and type 2 diabetes. Two weeks of a "jumping heart", worse climbing stairs, and tired after half a shift. No chest pain, no syncope, no leg swelling. No stroke or TIA in the past. No bleeding, no ulcer, no alcohol to speak of.

EXAM
BP {sbp}/{dbp}, pulse {hr} and irregularly irregular, weight {wt} kg. Lungs clear. No murmur. No edema. Thyroid not enlarged.

ECG (read by me): atrial fibrillation, ventricular rate 110-118, no ischemic change.

LABORATORY
{labs}

ASSESSMENT AND PLAN
1. Atrial fibrillation, new, duration unknown. Rate control with metoprolol succinate 50 mg daily; stop hydrochlorothiazide to leave room for it. TSH sent.
2. Stroke prevention. CHA2DS2-VASc today is 4 (hypertension, diabetes, female, age 65 to 74). Benefits and bleeding risk explained with interpreter. Starts warfarin 5 mg daily, target INR 2.0 to 3.0, anticoagulation clinic to follow.
3. Cardiology in two days, echocardiogram ordered.

MEDICATIONS
{meds}
"""),
    "2016-06-14 10:00": dict(sbp=140, note="""
FAMILY MEDICINE - OFFICE VISIT

68-year-old woman. Follow up of diabetes, hypertension, atrial fibrillation on warfarin.

She fell in January on ice and struck her head; the scan was clean and she has had no headache since. She wears rubber soles now. Palpitations are rare. INR has been in range at most visits of the anticoagulation clinic. Diet has slipped since her husband's operation in the spring, she eats at the hospital cafeteria.

BP {sbp}/{dbp}, pulse {hr}, irregular. Weight {wt} kg. Feet: skin intact, monofilament reduced at both great toes.

LABORATORY
{labs}

PLAN
1. Diabetes: A1c {a1c} %, up. She prefers diet before a second drug. Recheck in three months.
2. Early neuropathy of the feet: podiatry, shoes.
3. Kidney: creatinine {cr}, urine albumin {acr} mg/g. Continue lisinopril 20 mg.
4. Atrial fibrillation: rate controlled, warfarin continues.

MEDICATIONS
{meds}
"""),
    "2019-06-18 09:20": dict(sbp=152, note="""
FAMILY MEDICINE - OFFICE VISIT

71-year-old woman, eight months after a left middle cerebral artery stroke. Here with her elder daughter. Speech is nearly normal at home; she loses words when tired or on the telephone. Right hand is a little clumsy with buttons. Takes apixaban morning and evening with a pill box, has not missed a dose that the daughter knows of. No bleeding, no falls.

HOME BLOOD PRESSURE (daughter's notebook): 144 to 158 over 74 to 84.

EXAM
BP {sbp}/{dbp}, pulse {hr} irregular, weight {wt} kg. Right pronator drift, slight. Names 9 of 10 objects.

LABORATORY
{labs}

ASSESSMENT AND PLAN
1. Hypertension above goal after stroke (goal below 130/80). Add amlodipine 5 mg daily.
2. Kidney function lower than last year: creatinine {cr}, eGFR {egfr}, urine albumin {acr} mg/g. Nephrology referral sent.
3. Diabetes: A1c {a1c} %. No change.
4. Atrial fibrillation: apixaban 5 mg twice daily. No dose reduction: she is under 80, weighs more than 60 kg, creatinine under 1.5.

MEDICATIONS
{meds}
"""),
    "2021-03-16 10:00": dict(sbp=134, note="""
FAMILY MEDICINE - OFFICE VISIT

72-year-old woman with type 2 diabetes, hypertension, chronic atrial fibrillation, previous stroke and chronic kidney disease. First visit in person since the pandemic began. Feels well. No bleeding. Walks with her daughter. Two doses of COVID-19 vaccine booked for this month.

EXAM
BP {sbp}/{dbp}, pulse {hr} irregular, weight {wt} kg, BMI {bmi}. No edema. Feet: monofilament reduced at both great toes, no ulcer.

LABORATORY
{labs}

ASSESSMENT AND PLAN
1. Chronic kidney disease stage 3b, slowly worse: creatinine {cr}, eGFR {egfr}. Metformin reduced from 1,000 mg to 500 mg twice daily. No NSAIDs. Nephrology yearly.
2. Diabetes: A1c {a1c} %, at goal. Accept a small rise after the metformin change.
3. Atrial fibrillation and stroke: apixaban 5 mg twice daily. One of the three criteria for the lower dose is met (creatinine 1.5 or more); she is under 80 and over 60 kg, so the dose stays.
4. Blood pressure near goal.

MEDICATIONS
{meds}
"""),
    "2021-11-09 14:20": dict(
        sbp=136,
        fix=lambda m: m.replace("apixaban 5 mg tablet: 1 tablet", "apixaban 2.5 mg tablet: 1 tablet"),
        note="""
FAMILY MEDICINE - OFFICE VISIT (seen by covering clinician)

73-year-old woman, routine follow up. Her own doctor is on leave; chart reviewed briefly. No new complaints. No bleeding or bruising. Speech stable. Sleeps well. Eats at her daughter's on weekends. Influenza vaccine given today.

EXAM
BP {sbp}/{dbp}, pulse {hr} irregular, weight {wt} kg. Lungs clear, no edema.

LABORATORY
{labs}

ASSESSMENT AND PLAN
1. Chronic kidney disease stage 3b, creatinine {cr}, eGFR {egfr}, slowly falling. Renal dosing of medications reviewed.
2. Diabetes: A1c {a1c} %. Continue metformin 500 mg twice daily.
3. Atrial fibrillation, previous stroke: continue apixaban 2.5 mg twice daily.
4. Hypertension: continue the three drugs.

MEDICATIONS
{meds}

Return in six months.
"""),
    "2022-05-12 09:20": dict(sbp=138, note="""
FAMILY MEDICINE - OFFICE VISIT

74-year-old woman. Type 2 diabetes, hypertension, chronic atrial fibrillation, stroke in October 2018, chronic kidney disease stage 3b.

INTERVAL HISTORY
Well through the winter. No falls, no bleeding, stool brown. Home blood pressure 128 to 140 systolic. Her daughter fills the pill box; she brought the bottles. Apixaban bottle reads 5 mg, one tablet twice a day, last filled 3 May.

EXAM
BP {sbp}/{dbp}, pulse {hr} irregular, weight {wt} kg, BMI {bmi}. No edema.

LABORATORY
{labs}

ASSESSMENT AND PLAN
1. Chronic kidney disease stage 3b with albuminuria: creatinine {cr}, eGFR {egfr}, urine albumin {acr} mg/g. Start dapagliflozin 10 mg every morning; expect a small early fall of eGFR. Basic metabolic panel in four weeks. If eGFR is below 30 at that check, stop metformin.
2. Diabetes: A1c {a1c} % (7.3 % in November). Sick-day rules given in Spanish.
3. Atrial fibrillation with previous stroke: apixaban 5 mg twice daily, confirmed from the bottle. The November note in this chart that lists 2.5 mg was wrong; corrected.
4. Blood pressure: leave as is until the effect of dapagliflozin is known.

MEDICATIONS
{meds}

Nephrology in September. Return here in three months.
"""),
}

P1_SURG_HP = """
GENERAL SURGERY - HISTORY AND PHYSICAL

CHIEF COMPLAINT: right upper abdominal pain after meals.

HISTORY: 61-year-old woman with six months of cramping pain under the right ribs, 30 to 60 minutes after fried food, lasting two to three hours, with nausea. Three attacks since July. Never jaundiced, no fever, stools of normal color. Ultrasound in August: several mobile stones up to 14 mm, wall 3 mm, common duct 4 mm.

PAST HISTORY: hypertension, type 2 diabetes, high cholesterol. Two vaginal deliveries. No abdominal operation.

ALLERGY: penicillin, hives. Has taken cephalexin since without trouble.

MEDICATIONS: hydrochlorothiazide, lisinopril, metformin (last dose yesterday noon), atorvastatin.

EXAM: comfortable, BP 142/80, pulse 78, afebrile. Abdomen soft, no Murphy sign today. Lungs clear, heart regular.

PLAN: laparoscopic cholecystectomy today, conversion to open discussed. Overnight stay because of diabetes. Cefazolin before incision.
"""

P1_ANES = """
ANESTHESIA PREPROCEDURE EVALUATION

Procedure: laparoscopic cholecystectomy
ASA class: 3 (diabetes, hypertension)
Weight 76.8 kg, height 160 cm, BMI 30.0

AIRWAY: Mallampati II, mouth opening more than 4 cm, neck moves fully, upper partial denture (removed).
CARDIAC: climbs two flights without stopping. No chest pain. ECG last year normal sinus rhythm.
LUNGS: former smoker, clear.
ENDOCRINE: glucose this morning 148 mg/dL. Metformin held.
PREVIOUS ANESTHESIA: epidurals with both deliveries, severe nausea after a dental sedation in 1998.
FASTING: solids since 20:00, water until 05:00.

ALLERGY: penicillin (hives); tolerates cephalosporins.

PLAN: general anesthesia with tube, total intravenous technique and dexamethasone 4 mg plus ondansetron 4 mg against nausea. Glucose check each hour. Risks explained through interpreter, questions answered, consent signed.
"""

P1_OP = """
OPERATIVE NOTE

Preoperative diagnosis: symptomatic gallstones
Postoperative diagnosis: chronic cholecystitis with gallstones
Procedure: laparoscopic cholecystectomy
Anesthesia: general
Estimated blood loss: 15 mL
Drains: none
Specimen: gallbladder

FINDINGS: thickened gallbladder with omental adhesions to the fundus. Multiple stones. Liver smooth, mild fatty change. No other finding on inspection.

PROCEDURE: after the time-out, the abdomen was entered at the umbilicus by open technique and insufflated to 14 mmHg. Three further ports were placed under vision. Adhesions were taken down bluntly. The triangle was cleared until only two structures were seen entering the gallbladder; the critical view was confirmed by both surgeons. Cystic duct and artery were clipped twice below and once above and divided. The gallbladder was taken off its bed with cautery and removed in a bag. The bed was dry. Fascia closed with 0 absorbable suture, skin with 4-0.

Counts correct. To recovery in stable condition.
"""

P1_PATH = """
SURGICAL PATHOLOGY REPORT

Specimen received: gallbladder, in formalin
Clinical information: gallstones, recurrent pain

GROSS DESCRIPTION
Gallbladder 8.6 x 3.4 x 2.9 cm, serosa gray-pink with fibrous tags at the fundus. Wall 0.3 to 0.5 cm thick. The lumen holds green bile and eleven faceted yellow-brown stones from 0.4 to 1.4 cm. Mucosa granular, with yellow flecks. No mass. The cystic duct margin is inked and sampled. Sections: A1 cystic duct margin, A2 body, A3 fundus.

MICROSCOPIC DESCRIPTION
Fibromuscular thickening, mild lymphocytic infiltrate, occasional Rokitansky-Aschoff sinuses and focal foamy histiocytes in the lamina propria. No dysplasia.

DIAGNOSIS
Gallbladder, cholecystectomy:
  - Chronic cholecystitis
  - Cholelithiasis
  - Focal cholesterolosis
  - Negative for dysplasia and malignancy
"""

P1_CARD = """
CARDIOLOGY CONSULTATION

Reason: new atrial fibrillation, asked by family medicine.

65-year-old woman, seen two days after atrial fibrillation was found. Metoprolol has already slowed the heart and she feels better. No chest pain, no heart failure symptoms, no syncope, no previous stroke or TIA. Snores a little, no daytime sleepiness. TSH from Tuesday 2.10 mIU/L.

EXAM: BP 136/78, pulse 92 irregular, no murmur, no edema, lungs clear. ECG: atrial fibrillation at 90, axis normal, no Q waves.

ASSESSMENT
1. Atrial fibrillation, persistent, of unknown onset. Rate control suits her; she has few symptoms.
2. CHA2DS2-VASc 4, HAS-BLED 1. Anticoagulation is indicated for life. We spoke about warfarin and the newer drugs; her plan does not cover the newer drugs without a high copayment, so warfarin.
3. Echocardiogram next week for valves and left atrium.

No aspirin together with warfarin. Follow up here only if rate control fails.
"""

P1_ECHO1 = """
TRANSTHORACIC ECHOCARDIOGRAM

Indication: atrial fibrillation, new
Rhythm during study: atrial fibrillation, 84 per minute
Quality: good

MEASUREMENTS
LV end-diastolic diameter   4.6 cm     (3.8-5.2)
Septum                      1.1 cm     (0.6-0.9)
Posterior wall              1.0 cm     (0.6-0.9)
Left atrial volume index    41 mL/m2   (16-34)
LV ejection fraction        60 %       (54-74)
RV systolic pressure        28 mmHg

FINDINGS
Left ventricle of normal size, mild concentric remodeling, normal systolic function, no regional wall motion abnormality. Left atrium moderately enlarged. Right heart normal. Aortic valve with three leaflets, mild sclerosis, no stenosis. Mitral valve: mild annular calcification, trace regurgitation, no stenosis. No pericardial effusion. No thrombus seen; this study does not exclude one in the appendage.

CONCLUSION
Normal left ventricular function, moderately enlarged left atrium, no significant valve disease.
"""

P1_INR_NOTES = {
    "2014-03-11": """
ANTICOAGULATION CLINIC

Indication: atrial fibrillation. Target INR 2.0 to 3.0. Planned duration: long term.
Started 18 February 2014, warfarin 5 mg tablets.

INR today 2.1 (goal reached in the third week).

Weekly dose: 5 mg Monday to Saturday, 7.5 mg Sunday = 37.5 mg a week. No change.
Missed doses: none. Bleeding: none. Bruising: one, left shin, after bumping a table.
Diet: eats spinach or chard three times a week; told to keep it even rather than to stop.
Other drugs: metoprolol new in February; no antibiotics, no NSAIDs, no herbal tea other than chamomile on weekends.

Teaching in Spanish with teach-back: what the INR means, what to do about a missed dose, when to come to the emergency department. She repeated it correctly. Written sheet in Spanish given. Next INR in one week.
""",
    "2018-08-21": """
ANTICOAGULATION CLINIC

Indication: atrial fibrillation. Target INR 2.0 to 3.0.

INR today 1.6 (last three: 2.4, 2.2, 1.9).

Missed doses: at least three in two weeks. Her husband died in June; she lives alone now and the pill box that he used to fill stands empty. She takes tablets from the bottle when she remembers. Diet irregular. No bleeding.

Plan: one extra 5 mg tablet today, then 37.5 mg a week as before. The problem is the missed doses, not the dose. Younger daughter called with permission and will fill a weekly box. Family doctor informed that time in range has dropped to 44 % in the last six months and that a direct oral anticoagulant should be considered.

Next INR in two weeks; she could come only on 18 September because of travel.
""",
    "2018-09-18": """
ANTICOAGULATION CLINIC

Indication: atrial fibrillation. Target INR 2.0 to 3.0.

INR today 1.8, still below range.

Missed doses: one in the past week. The daughter fills the box on Sundays, the evening compartment is sometimes still full on Monday. No bleeding, no new medicine, no antibiotics. Appetite better.

Weekly dose raised from 37.5 mg to 40 mg: 5 mg on five days, 7.5 mg on Tuesday and Saturday. Warned that a low INR means less protection against stroke. Signs of stroke reviewed in Spanish: face, arm, speech, call 911.

Message about changing to a direct oral anticoagulant sent to the family doctor on 21 August; no answer in the chart yet, sent again today.

Next INR 9 October.
""",
}

P1_ED16 = """
EMERGENCY DEPARTMENT PROVIDER NOTE

67-year-old woman on warfarin for atrial fibrillation. Slipped on ice in her driveway two hours ago, fell backward, struck the back of her head on packed snow. No loss of consciousness, remembers everything. Mild headache, no vomiting, no neck pain, no weakness.

EXAM: GCS 15. 3 cm tender swelling over the right occiput, skin intact. Neck without midline tenderness. Pupils equal. Strength and sensation normal in all limbs. Gait normal. Palms scraped, wrists not tender.

RESULTS: INR 2.8, hemoglobin 12.9, platelets 232. CT head: no bleeding.

COURSE: watched for three and a half hours. Repeat examination at 20:45 unchanged. Because she takes warfarin, delayed bleeding was discussed; a second scan was offered and she prefers to be watched at home by her husband, who has the list of warning signs.

DISPOSITION: home. Warfarin continues, next INR within one week. Acetaminophen only. Return for worse headache, vomiting, drowsiness, weakness or trouble speaking.
"""

P1_CT16 = """
CT HEAD WITHOUT CONTRAST

CLINICAL INFORMATION: fall on ice, occipital swelling, anticoagulated.

TECHNIQUE: axial images from skull base to vertex, bone and soft tissue reconstructions.

COMPARISON: none.

FINDINGS: No intracranial hemorrhage, no extra-axial collection. Gray-white differentiation is kept. Ventricles and sulci are in keeping with age. Mild patchy low density of the white matter around the ventricles, nonspecific, most often from small vessel disease. No old infarct. Basal cisterns open. Right occipital scalp hematoma 8 mm thick. No fracture. Sinuses and mastoids clear. Calcification of the carotid siphons.

IMPRESSION:
1. No intracranial hemorrhage or fracture.
2. Right occipital scalp hematoma.
3. Mild small vessel change of the white matter.
"""

P1_EYE = """
OPHTHALMOLOGY - DIABETIC EYE EXAMINATION
Patient aged 69, diabetes for 13 years, last A1c 7.9 %. No complaint beyond reading glasses. Uses artificial tears.
VISUAL ACUITY with correction: right 20/25, left 20/30.
PRESSURE: right 15, left 16 mmHg at 15:12.
SLIT LAMP: lids with mild blepharitis, corneas clear, nuclear sclerosis 1+ right and 2+ left.
FUNDUS, dilated:
Right eye: cup to disc 0.3, four microaneurysms temporal to the macula, no hemorrhage beyond dots, no macular edema.
Left eye: cup to disc 0.35, two microaneurysms and one small exudate well away from the fovea.
IMPRESSION: 1. Mild nonproliferative diabetic retinopathy, both eyes, new since last year. 2. Early cataract, left more than right, not limiting. 3. Blepharitis.
PLAN: sugar and pressure control stressed, warm compresses, dilated examination again in 12 months, sooner for floaters or a curtain.
"""

P1_TRIAGE = """
ED TRIAGE NOTE

Arrival: 07:05 by ambulance, stroke alert called from the field.
Chief complaint: cannot speak properly, right arm weak.
Informant: younger daughter, who found her at 06:20.
Last known well: 22:45 last night, on the telephone with the daughter, speech normal.

Vital signs 07:10: BP 178/96, pulse 104 irregular, respirations 18, temperature 36.7 C, SpO2 96 % on room air. Weight 71.4 kg (bed scale). Fingerstick glucose 212 mg/dL at 07:22.

Allergy: penicillin (hives).
Blood thinner: warfarin, daughter believes last dose was Sunday evening; Monday's compartment of the pill box is full.
Fall risk yes. Nothing by mouth until swallow screen. Interpreter: daughter and video interpreter, Spanish.

Acuity: 1. To resuscitation room 2, ED provider and stroke team at the bedside 07:14. Two intravenous lines, 18 gauge left arm, 20 gauge left hand.
"""

P1_ED18 = """
EMERGENCY DEPARTMENT PROVIDER NOTE

TIME SEEN: 07:14

HISTORY: 70-year-old right-handed woman with atrial fibrillation on warfarin, hypertension, type 2 diabetes. Spoke normally with her daughter by telephone at 22:45 yesterday. Found at 06:20 sitting on the bed, unable to form sentences, right face drooping, right arm weak. No seizure seen. No headache as far as she can show. No surgery, no recent bleeding. She has missed warfarin doses this summer.

NIHSS 9 at 07:20: right facial palsy 2, right arm 3, right leg 1, language 2, dysarthria 1.

EXAM: awake, follows one-step orders, says single words. Heart irregular. Lungs clear. Abdomen soft.

RESULTS
@LABS@

ECG: atrial fibrillation, 102 per minute, no acute ischemia.
CT head: no hemorrhage, early loss of the left insular ribbon, ASPECTS 9.
CT angiogram: occlusion of a distal branch (M3) of the left middle cerebral artery. Carotids without significant stenosis.

ASSESSMENT
Acute left middle cerebral artery ischemic stroke, cardioembolic, INR below range.

DECISIONS
- Intravenous thrombolysis: last known well 22:45, more than eight hours before arrival, so outside the 4.5 hour window. INR 1.4 and platelets 214 would not by themselves have excluded it. Neurology at bedside.
- Thrombectomy: occlusion too distal, discussed with the interventional team at 07:58, not offered.
- Warfarin stopped. Blood pressure left alone up to 220/120.

DISPOSITION: admit to the stroke unit.
Critical care time 40 minutes.
"""

P1_CTA = """
CT HEAD WITHOUT CONTRAST AND CT ANGIOGRAM OF HEAD AND NECK

CLINICAL INFORMATION: stroke alert, aphasia, right weakness, last known well 22:45.

COMPARISON: CT head 23 January 2016.

CT HEAD: No hemorrhage. Loss of the left insular ribbon. The rest of the left middle cerebral artery territory is preserved, ASPECTS 9. No mass effect. Mild small vessel change of the white matter, slightly more than in 2016. No old territorial infarct.

CT ANGIOGRAM: abrupt cut-off of an M3 branch of the left middle cerebral artery over the frontal operculum. The M1 and M2 segments are open. No other occlusion. Both carotid bifurcations with minor soft plaque and stenosis below 30 %. Vertebral arteries codominant and open. Aortic arch imaged only in part, smooth.

IMPRESSION:
1. No hemorrhage.
2. Early left insular infarct, ASPECTS 9.
3. Distal (M3) occlusion, left middle cerebral artery. Result telephoned to the ED provider at 07:42.
"""

P1_NEURO = """
NEUROLOGY - ACUTE STROKE CONSULTATION

Called 07:08, at bedside 07:14.

70-year-old right-handed woman. Last known well 22:45 on 8 October. Woke or was found with deficit at 06:20. NIHSS 9. Atrial fibrillation, warfarin, INR 1.4. Premorbid modified Rankin 0, lives alone, manages everything herself.

IMPRESSION: ischemic stroke, left middle cerebral artery, distal branch, from atrial fibrillation with an INR below range after missed doses. No previous stroke or TIA is recorded.

ACUTE TREATMENT
- Not a candidate for alteplase on the clock. An MRI for mismatch between diffusion and FLAIR was requested in case the onset was on waking.
- Not a candidate for thrombectomy (M3).

PLAN
1. Stroke unit, telemetry, neurological checks every hour for 12 hours, then every 4 hours.
2. MRI brain today.
3. Permissive hypertension for 24 hours, treat above 220/120.
4. Aspirin 81 mg from tomorrow if MRI shows no bleeding, until an anticoagulant is started.
5. Anticoagulant: time to be set by infarct size. Warfarin has failed because of adherence and range; a direct oral anticoagulant is preferred.
6. Swallow evaluation before any tablet.
7. High-intensity statin. Lipids and A1c.
"""

P1_MRI = """
MRI BRAIN WITHOUT CONTRAST

CLINICAL INFORMATION: left middle cerebral artery syndrome found on waking.

TECHNIQUE: diffusion, FLAIR, T2, susceptibility and T1 images.

FINDINGS: Restricted diffusion in the left insula and frontal operculum, 3.1 x 2.2 cm, estimated volume 9 mL. The same area is already bright on FLAIR. No hemorrhagic change on susceptibility images, no microbleeds. No restricted diffusion elsewhere. Scattered FLAIR-bright foci of the white matter, Fazekas grade 1. No old cortical infarct. Flow voids of the large arteries are present.

IMPRESSION:
1. Acute infarct of the left insula and frontal operculum, about 9 mL.
2. No mismatch between diffusion and FLAIR, in keeping with onset more than 4.5 hours ago.
3. No hemorrhage and no microbleeds.
"""

P1_HP18 = """
NEUROLOGY - HISTORY AND PHYSICAL

CHIEF COMPLAINT: aphasia and right-sided weakness.

HISTORY OF PRESENT ILLNESS
70-year-old right-handed woman. Spoke with her daughter at 22:45 on 8 October, normal. At 06:20 the daughter came to drive her to the laboratory and found her unable to speak in sentences with the right face and arm weak. NIHSS 9 on arrival. INR 1.4. CT without hemorrhage, M3 occlusion on the left. No alteplase (time), no thrombectomy (site). MRI at 10:40: 9 mL infarct of the left insula and operculum, already visible on FLAIR.

PAST HISTORY
Hypertension, type 2 diabetes since 2004, hyperlipidemia, atrial fibrillation since February 2014, cholecystectomy 2009, mild diabetic retinopathy, osteoarthritis of the right knee. No stroke or TIA before this.

HOME MEDICATIONS
@MEDS@

ALLERGY: penicillin (hives).

SOCIAL: widowed since June, lives alone, one-floor house. Former smoker. Spanish speaking.

EXAM: BP 168/88, pulse 98 irregular. Nonfluent speech, single words, repeats poorly, follows one-step and some two-step orders. Right lower facial weakness. Right arm 3 of 5, right leg 4+ of 5. Sensation reduced to touch on the right hand. No neglect. No carotid bruit.

ASSESSMENT AND PLAN
1. Cardioembolic left middle cerebral artery stroke. Aspirin 81 mg from tomorrow. Anticoagulant expected about day 6 (moderate deficit, small infarct).
2. Atrial fibrillation: metoprolol after the swallow test.
3. Diabetes: A1c 8.4 %. Hold metformin for 48 hours after contrast, correction insulin.
4. Kidney: creatinine 1.34, watch after contrast. Hold lisinopril.
5. Deep vein prophylaxis with heparin under the skin.
6. Full code. Health care proxy: elder daughter.
"""

P1_SLP = """
SPEECH-LANGUAGE PATHOLOGY - INITIAL EVALUATION

Bedside swallow and language, in Spanish with video interpreter; elder daughter present.

SWALLOW
Alert, upright in chair. Right lower lip seals weakly, spills thin liquid from the right corner.
  Ice chips            no cough
  Water, teaspoon      no cough
  Water, cup           one delayed cough in three trials
  Puree                cleared, slow
  Soft solid           pocketing in the right cheek, cleared with finger sweep

Recommendation: soft, moist diet with mildly thick liquids; tablets whole in puree; sit upright; check the right cheek. Re-test in two days.

LANGUAGE
Nonfluent aphasia. Yes/no questions 17 of 20. Names 31 of 60 objects. Repeats single words, not phrases. Reads single words aloud. Frustrated, aware of errors. Mild apraxia of speech.

PLAN: therapy daily in hospital, then two to three times a week for at least eight weeks as an outpatient. Family shown how to give time and offer choices. Prognosis good: small lesion, early gains since yesterday.
"""

P1_PT = """
PHYSICAL THERAPY - INITIAL EVALUATION

Precautions: fall risk, blood pressure below 220/120, soft diet.

PRIOR LEVEL: independent without device, drives, keeps her own house. Lives alone in a one-floor home, two steps at the door with a rail on the left going in.

FINDINGS
Bed mobility: supervision. Sit to stand: minimal assistance of one.
Balance sitting good, standing fair.
Strength right hip flexion 4+, knee extension 4+, ankle dorsiflexion 4. Left side 5.
Right arm 3 of 5, hand grip weak.
Sensation: light touch reduced over the right hand.
Gait: 25 meters with contact guard, drifts to the right, no device. Blood pressure 164/88 before and 170/90 after.

ASSESSMENT: mild right leg weakness with reduced balance, good effort. Limits: endurance, right hand.

GOALS by discharge: walk 100 meters with supervision, two steps with rail, home exercise sheet in Spanish.

RECOMMENDATION: home with a family member day and night for two weeks, home therapy, then outpatient. Does not need inpatient rehabilitation if she keeps improving at this pace.
"""

P1_ECHO2 = """
TRANSTHORACIC ECHOCARDIOGRAM

Indication: cardioembolic stroke, atrial fibrillation
Rhythm during study: atrial fibrillation, 80 per minute
Comparison: 25 February 2014

MEASUREMENTS
LV end-diastolic diameter   4.7 cm     (3.8-5.2)
Septum                      1.1 cm     (0.6-0.9)
Left atrial volume index    47 mL/m2   (16-34)
LV ejection fraction        58 %       (54-74)
RV systolic pressure        31 mmHg

FINDINGS
Left ventricle of normal size and systolic function, no regional wall motion abnormality, no thrombus. Left atrium severely enlarged, larger than in 2014. No mitral stenosis, mild mitral regurgitation. Aortic sclerosis without stenosis. Agitated saline: no shunt at rest or with strain. No vegetation.

CONCLUSION
1. Ejection fraction 58 %. No sign of heart failure.
2. Severely enlarged left atrium.
3. No valve disease that would require warfarin (no mitral stenosis, no mechanical valve).
"""

P1_PROG18 = """
NEUROLOGY - PROGRESS NOTE, HOSPITAL DAY 3

SUBJECTIVE: speaks in short phrases since this morning, asked for coffee in Spanish. No headache. Ate most of breakfast.

OBJECTIVE: BP @SBP@ systolic over 24 hours, afebrile, SpO2 96 % on room air. NIHSS 6 (was 9 on arrival): face 1, arm 2, leg 0, language 2, dysarthria 1.
Creatinine 1.46 (1.34 on arrival, 1.41 yesterday), two days after contrast. INR 1.2. LDL 96. Glucose @GLU@.

ASSESSMENT AND PLAN
1. Left middle cerebral artery stroke, improving. On aspirin 81 mg. Plan a direct oral anticoagulant on day 6, 15 October, if the examination stays stable; stop aspirin that day. Pharmacy to advise on choice and dose.
2. Creatinine up by 0.1 after contrast: fluids by mouth, keep lisinopril on hold, daily panel.
3. Blood pressure: metoprolol resumed this morning. Lower gently from tomorrow.
4. Atorvastatin now 80 mg.
5. Therapy daily. Aim for home with family on 16 or 17 October.

Addendum 11 October 19:40: telemetry reviewed, atrial fibrillation throughout, one pause of 2.1 seconds while asleep, no action.
"""

P1_PHARM18 = """
PHARMACY NOTE - CHOICE OF ANTICOAGULANT

Asked by neurology. 70-year-old woman, weight 71.4 kg, creatinine 1.42 today. Creatinine clearance (Cockcroft-Gault, actual weight) 42 mL/min.

REASON FOR CHANGE: stroke on warfarin with INR 1.4; time in range 44 % in the last six months; missed doses; INR checks are hard for her to reach.

CHOICE: apixaban. No valve disease that calls for warfarin. No strong inhibitor or inducer among her drugs.

DOSE: 5 mg twice daily.
The reduced dose (2.5 mg twice daily) applies only when two of three are present:
  Age 80 or more              no   (70)
  Weight 60 kg or less        no   (71.4 kg)
  Creatinine 1.5 or more      no   (1.42)
None present, full dose.

START: INR must be below 2.0 (it is 1.1 to 1.2). First dose 15 October at 09:00, day 6. Stop aspirin and subcutaneous heparin the same day.

COVERAGE: her Medicare plan now covers apixaban, copayment 42 dollars a month. Teaching sheet in Spanish prepared; the daughter will be present on the 15th.
"""

P1_NURSE18 = """
NURSING NOTE, NIGHT SHIFT

Slept 23:30 to 05:00. Neurological checks unchanged each 4 hours: awake, oriented when given choices, right grip weaker than left, right face droops slightly. NIHSS by the day team 5.

Blood pressure 138/76 at 02:00. Atrial fibrillation on the monitor 70s to 90s. SpO2 95 % on room air. Afebrile.

Swallow: upgraded yesterday to regular thin liquids after the re-test; took tablets with water, no cough. Glucose 168 at 21:30, two units of lispro.

Skin intact, heels floated. Voiding in the bathroom with one person at her side. Bowel movement yesterday. Call light within reach of the left hand, bed alarm on.

Daughter stayed until 22:00 and practiced filling the new pill box. Patient said two full sentences in Spanish to her. Pain 0 of 10.
"""

P1_SW18 = """
SOCIAL WORK NOTE

Met with the patient and both daughters, interpreter by video.

HOME: widowed since June 2018, lives alone in her own one-floor house. Elder daughter (health care proxy, form on file) lives ten minutes away; younger daughter works nights.

PLAN: she goes to the elder daughter's house for the first month. Both daughters share nights. Home health: nurse, physical therapy and speech therapy, first visit within 48 hours of discharge. Outpatient speech therapy from the first week of November; the daughter will drive.

MEDICINES: 42 dollars a month for apixaban is affordable now; application for help with the copayment handed in today. Blister packs from the pharmacy arranged.

MOOD: cries when words fail, laughs with her grandson. Grief for her husband plainly present. Depression screen to be repeated by neurology in six weeks, when she can answer in sentences.

Driving: told not to drive until cleared. Code status full code, confirmed.
"""

P1_DC18 = """
DISCHARGE SUMMARY

Admitted: 9 October 2018        Discharged: 17 October 2018
Service: Neurology, stroke unit
Discharged to: home of elder daughter with home health

PRINCIPAL DIAGNOSIS
Acute ischemic stroke, left middle cerebral artery, cardioembolic (atrial fibrillation with INR 1.4 on warfarin)

OTHER DIAGNOSES
Chronic atrial fibrillation; hypertension; type 2 diabetes, A1c 8.4 %; chronic kidney disease stage 3; hyperlipidemia

HOSPITAL COURSE
Found at 06:20 with aphasia and right weakness, last known well 22:45 the evening before. NIHSS 9. CT without hemorrhage, M3 occlusion on the left. Outside the time window for alteplase, occlusion too distal for thrombectomy. MRI: 9 mL infarct of the left insula and frontal operculum, no hemorrhage. Echocardiogram: ejection fraction 58 %, severely enlarged left atrium, no valve disease. Carotids below 30 %.
Warfarin was stopped on arrival. Aspirin 81 mg was given from 10 to 14 October. Apixaban 5 mg twice daily was started on 15 October 2018; aspirin was stopped.
Creatinine rose from 1.34 to 1.46 after contrast and is 1.34 today. Lisinopril resumed on 13 October.
Swallow normal since 13 October. NIHSS 3 at discharge.

DISCHARGE MEDICATIONS
@MEDS@

STOPPED: warfarin; atorvastatin 40 mg (now 80 mg); aspirin
ALLERGY: penicillin (hives)

PENDING: none

FOLLOW UP
Neurology clinic          27 November 2018
Speech therapy            from 5 November 2018
Family medicine           within two weeks, blood pressure and basic metabolic panel

Code status: full code. Instructions given in Spanish to patient and daughters.
"""

P1_NEURO18 = """
NEUROLOGY CLINIC - FIRST VISIT AFTER STROKE

70-year-old woman, seven weeks after a left middle cerebral artery stroke. Here with the elder daughter. Interpreter used.

Speech: sentences of five to eight words, stops for nouns. Therapy twice weekly; naming 31 of 60 in hospital, 41 of 60 last week. Right hand writes her name. Walks without help. No falls, no seizure. Still at her daughter's house and content there.

Medicines: apixaban 5 mg twice daily from a blister pack, none missed. No aspirin. No bleeding.

Mood: depression screen 4 of 27. Grieving, not depressed.

EXAM: BP 138/76, pulse 72 irregular. NIHSS 2 (face 1, language 1). Modified Rankin 2. Slight right pronator drift.

PLAN
1. Apixaban for life. No antiplatelet in addition.
2. Atorvastatin 80 mg; LDL goal below 70.
3. Blood pressure below 130/80, with family medicine.
4. Continue speech therapy through December.
5. No driving yet; formal test in spring.
Return in six months or as needed.
"""

P1_RENAL = """
NEPHROLOGY CONSULTATION
Reason: falling kidney function, albuminuria.
HISTORY: 71-year-old woman, type 2 diabetes 15 years with retinopathy, hypertension, atrial fibrillation, stroke October 2018. Creatinine 0.8 in 2002, 1.05 in 2014, 1.22 in 2017, 1.38 last week. No stones, no NSAIDs, no urinary symptoms. Contrast in October 2018 with a rise to 1.46 that settled.
EXAM: BP 146/78, pulse 70 irregular, weight 70.5 kg, no edema.
ULTRASOUND today: right kidney 9.8 cm, left 10.1 cm, thin cortex, no obstruction. Urine sediment bland.
IMPRESSION: Chronic kidney disease stage 3b A2, diabetic and hypertensive. Slow course, about 2 mL/min a year until now.
PLAN: 1. Keep lisinopril 20 mg, raise if potassium allows. 2. Amlodipine just added, agree. 3. Metformin: halve when eGFR falls below 40, stop below 30. 4. Apixaban dose needs no change for kidney function alone; look at age, weight and creatinine together. 5. Avoid NSAIDs and contrast where possible. 6. Yearly visit, laboratory every four months.
"""

P1_TEL20 = """
TELEPHONE ENCOUNTER (visit by telephone, pandemic)

Caller: elder daughter, patient also on the line. Interpreter not needed, call in Spanish by the nurse, doctor joined.

Reason: three-monthly review; they do not want to come to the clinic.

She is well. Stays in, her daughter shops. Home blood pressure this week 132/74, 138/76, 129/72. Fasting sugars 118 to 146. No fever, no cough. No bleeding except a nosebleed in March that stopped in five minutes.

Medicines read aloud from the blister pack: apixaban 5 mg morning and evening, metformin 1,000 mg twice daily, lisinopril 20 mg, amlodipine 5 mg, metoprolol succinate 50 mg, atorvastatin 80 mg. No aspirin, no ibuprofen.

Plan: drive-up blood draw next week for creatinine, potassium and A1c. Refills for 90 days sent. Mail the sheet about nosebleeds. Next review by telephone in four months, or in person when the clinic is open.
"""

P1_PHARM21 = """
PHARMACY NOTE - CLARIFICATION OF APIXABAN DOSE

Reason: the visit note of 9 November 2021 lists apixaban 2.5 mg twice daily. The pharmacy record shows only 5 mg tablets, last filled 2 November 2021, 60 tablets. No order for 2.5 mg exists.

Called the elder daughter. She read the label: apixaban 5 mg, one tablet in the morning and one in the evening. No dose has changed. No bleeding.

DOSE CRITERIA (two of three needed for 2.5 mg)
  Age 80 or more              no   (73)
  Weight 60 kg or less        no   (68.9 kg)
  Creatinine 1.5 or more      yes  (1.62)
Only one present. The right dose is 5 mg twice daily.

OUTCOME: patient continues 5 mg twice daily. The covering clinician was messaged; the entry of 2.5 mg came from a suggestion list and was not intended. The medication list in the chart stays at 5 mg. Look again when she turns 80 or if her weight falls to 60 kg.
"""

P1_NEURO22 = """
NEUROLOGY CLINIC - FOLLOW UP

74-year-old woman, three and a half years after a left middle cerebral artery stroke. Comes with her daughter. No new event, no TIA, no seizure. Lives again in her own house since 2019; daughter visits daily. Does not drive.

Speech fluent in Spanish with rare pauses for names; English is slower than before the stroke. Right hand slightly clumsy. Walks 30 minutes a day.

Medicines: apixaban 5 mg twice daily, atorvastatin 80 mg, dapagliflozin new 12 days ago without trouble. No bleeding in the last year.

EXAM: BP 132/72, pulse 68 irregular, weight 68.0 kg. Slight right pronator drift. Modified Rankin 1.

No heart failure (ejection fraction 58 % in 2018, no symptoms). No myocardial infarction, no peripheral artery disease; carotid plaque below 30 % in 2018.

PLAN
1. Continue apixaban 5 mg twice daily without antiplatelet.
2. LDL goal below 70, at goal.
3. Yearly hemoglobin and creatinine with family medicine.
4. Return only if needed.
"""


# --- patient 2: a late preterm newborn ------------------------------------------------------

P2 = "583920147"
P2_BILI = [("2021-02-09 15:40", 6.4, 0.3), ("2021-02-10 04:30", 9.0, 0.3), ("2021-02-10 16:00", 11.3, 0.4),
           ("2021-02-11 04:00", 12.9, 0.4), ("2021-02-11 16:00", 13.4, 0.5), ("2021-02-12 04:00", 12.6, 0.5),
           ("2021-02-12 16:00", 11.0, 0.4), ("2021-02-13 06:00", 9.4, 0.4), ("2021-02-14 06:00", 10.1, 0.4),
           ("2021-02-15 06:00", 9.8, 0.3)]
P2_WT = [2310, 2265, 2205, 2160, 2130, 2140, 2165, 2190, 2215, 2245, 2280, 2318]
P2_APNEA = ["2021-02-09 20:14", "2021-02-10 02:40", "2021-02-10 11:05", "2021-02-11 04:52", "2021-02-12 01:17", "2021-02-14 23:30"]


def p2_record():
    rec = Record(P2, "2021-02-09", "MALE", "Black or African American", "Not Hispanic or Latino", 22)
    rng = rec.rng
    e = rec.enc("IP", "2021-02-09 03:42", "2021-02-20 11:15", 11, 110, "Medicaid")
    e.obs("2021-02-09 03:43", "LOINC/9272-6", "1 minute Apgar Score", "7", "{score}")
    e.obs("2021-02-09 03:47", "LOINC/9274-2", "5 minute Apgar Score", "8", "{score}")
    e.obs("2021-02-09 03:50", "LOINC/11884-4", "Gestational age Estimated", "35.3", "wk")
    e.add("2021-02-09 03:55", "measurement", "LOINC/8339-4", "Birth weight Measured", "2310", unit="g")
    e.add("2021-02-09 03:55", "measurement", "LOINC/9843-4", "Head Occipital-frontal circumference", "31.8", unit="cm")
    e.add("2021-02-09 03:55", "measurement", "LOINC/8302-2", "Body height", "45.5", unit="cm")
    e.drug("2021-02-09 04:20", "8308", "phytonadione 2 MG/ML Injectable Solution", "start|end")
    e.drug("2021-02-09 04:20", "310149", "erythromycin 5 MG/ML Ophthalmic Ointment", "start|end")
    e.drug("2021-02-09 18:00", "798428", "hepatitis B virus vaccine, recombinant", "start|end")
    e.note("2021-02-09 04:30", "Delivery Note", P2_DELIVERY)
    e.dx("2021-02-09 05:30", "ICD10CM/P07.38", "Preterm newborn, gestational age 35 completed weeks")
    e.dx("2021-02-09 05:30", "ICD10CM/P07.18", "Other low birth weight newborn, 2000-2499 grams")
    e.dx("2021-02-09 05:30", "ICD10CM/P22.1", "Transient tachypnea of newborn")
    e.labs("2021-02-09 05:00", {"wbc": 14.2, "hgb": 16.1, "hct": 48.6, "plt": 238, "poc": 44})
    for when, glucose in (("06:00", 52), ("09:00", 61), ("12:00", 58), ("18:00", 72)):
        e.labs(f"2021-02-09 {when}", {"poc": glucose})
    e.drug("2021-02-09 05:20", "789980", "ampicillin 100 MG/ML Injectable Solution")
    e.drug("2021-02-11 05:20", "789980", "ampicillin 100 MG/ML Injectable Solution", "end")
    e.drug("2021-02-09 05:20", "313996", "gentamicin 10 MG/ML Injectable Solution")
    e.drug("2021-02-11 05:20", "313996", "gentamicin 10 MG/ML Injectable Solution", "end")
    e.add("2021-02-09 05:10", "image", "DICOM/DX", "XR CHEST 1 VIEW PORTABLE", modality_source_value="DX", anatomic_site_source_value="CHEST")
    e.proc("2021-02-09 05:10", "CPT4/71045", "Radiologic examination, chest; single view")
    e.note("2021-02-09 05:50", "Radiology Report", P2_CXR, 109)
    e.note("2021-02-09 06:40", "H&P", P2_HP)
    e.add("2021-02-09 15:00", "measurement", "LOINC/883-9", "ABO group [Type] in Blood", "A")
    e.add("2021-02-09 15:00", "measurement", "LOINC/10331-7", "Rh [Type] in Blood", "Positive")
    e.add("2021-02-09 15:00", "measurement", "LOINC/1007-4", "Direct antiglobulin test.poly specific reagent", "Positive 1+")
    for when, total, direct in P2_BILI:
        e.labs(when, {"tbil": total, "dbil": direct})
    e.labs("2021-02-09 15:40", {"retic": 8.9})
    e.labs("2021-02-11 04:00", {"hgb": 14.9, "hct": 44.8, "retic": 7.6, "crp": 1.8})
    e.labs("2021-02-14 06:00", {"hgb": 14.4, "hct": 43.1, "na": 141, "k": 4.9, "glu": 78})
    e.dx("2021-02-09 16:10", "ICD10CM/P55.1", "ABO isoimmunization of newborn")
    e.proc("2021-02-09 16:20", "SNOMED/313394007", "Phototherapy")
    e.add("2021-02-09 16:20", "device_exposure", "SNOMED/257277002", "Phototherapy lamp, single bank", "start")
    e.add("2021-02-10 06:00", "device_exposure", "SNOMED/257277002", "Phototherapy lamp, double bank", "start")
    e.add("2021-02-13 10:00", "device_exposure", "SNOMED/257277002", "Phototherapy lamp", "end")
    e.dx("2021-02-09 20:20", "ICD10CM/P28.4", "Other apnea of newborn")
    for when in P2_APNEA:
        e.obs(when, "SNOMED/13094009", "Apnea in the newborn", "20 s or more")
    for n, grams in enumerate(P2_WT):
        e.add(f"2021-02-{9 + n:02d} {'04:00' if n == 0 else '00:30'}", "measurement", "LOINC/29463-7", "Body weight", str(grams), unit="g")
    when = ts("2021-02-09 04:00")
    while when < ts("2021-02-20 10:00"):
        early = when < ts("2021-02-10 00:00")
        # the nurses and doctors quote breathing and temperature on three days
        low, high = (62, 78) if early and when.hour < 16 else (48, 56) if early else (40, 52) if when.day == 10 else (38, 56)
        cool, warm = (36.7, 36.9) if ts("2021-02-14 11:00") < when < ts("2021-02-15 07:00") else (36.5, 37.2)
        e.vitals(when, hr=rng.randint(126, 158), rr=rng.randint(low, high), temp=round(rng.uniform(cool, warm), 1), spo2=rng.randint(91, 97) if early else rng.randint(95, 100))
        when += timedelta(hours=4)
    e.note("2021-02-09 20:40", "Nursing Note", P2_NURSE1, 113)
    e.note("2021-02-10 10:15", "Lactation Consult", P2_LACT, 113)
    e.add("2021-02-10 04:30", "procedure", "HCPCS/S3620", "Newborn metabolic screening panel")
    e.note("2021-02-10 12:30", "Progress Notes", P2_PROG2)
    e.note("2021-02-11 15:00", "Social Work Note", P2_SW, 113)
    e.note("2021-02-12 11:30", "Progress Notes", P2_PROG4, flat=True)
    e.note("2021-02-13 13:00", "Nutrition Note", P2_NUTR, 113)
    e.obs("2021-02-10 05:00", "LOINC/73700-7", "CCHD newborn screening interpretation", "Pass")
    e.note("2021-02-15 06:30", "Nursing Note", P2_NURSE2, 113)
    e.note("2021-02-16 11:10", "Progress Notes", P2_PROG8)
    e.obs("2021-02-17 14:00", "LOINC/54108-6", "Newborn hearing screen of Ear - left", "Refer")
    e.obs("2021-02-17 14:00", "LOINC/54109-4", "Newborn hearing screen of Ear - right", "Pass")
    e.obs("2021-02-19 15:00", "LOINC/54108-6", "Newborn hearing screen of Ear - left", "Pass")
    e.note("2021-02-19 15:30", "Audiology Note", P2_AUDIO, 113)
    e.obs("2021-02-19 21:00", "SNOMED/430952008", "Car seat tolerance test", "Pass, 90 minutes")
    e.note("2021-02-20 10:50", "Discharge Summary", P2_DC)

    e = rec.enc("OP", "2021-02-23 10:00", "2021-02-23 10:40", 12, 111, "Medicaid")
    e.add("2021-02-23 10:05", "measurement", "LOINC/29463-7", "Body weight", "2405", unit="g")
    e.vitals("2021-02-23 10:05", hr=144, rr=44, temp=36.8)
    e.labs("2021-02-23 10:20", {"tbil": 6.2, "dbil": 0.3, "hgb": 12.6, "hct": 37.9})
    e.dx("2021-02-23 10:30", "ICD10CM/Z00.111", "Health examination for newborn 8 to 28 days old")
    e.note("2021-02-23 10:38", "Progress Notes", P2_CLINIC)
    e = rec.enc("TEL", "2021-02-26 15:10", "2021-02-26 15:25", 16, 111, "Medicaid")
    e.note("2021-02-26 15:24", "Telephone Encounter", P2_TEL)
    e = rec.enc("OP", "2021-04-12 09:30", "2021-04-12 10:10", 12, 111, "Medicaid")
    e.vitals("2021-04-12 09:35", hr=138, rr=36, temp=36.9, wt=4.21)
    for code, name in (("1300370", "diphtheria, tetanus, acellular pertussis, polio and Haemophilus b vaccine"),
                       ("1190907", "pneumococcal 13-valent conjugate vaccine"), ("1657213", "rotavirus vaccine, live, oral"),
                       ("798428", "hepatitis B virus vaccine, recombinant")):
        e.drug("2021-04-12 09:55", code, name, "start|end")
    e.labs("2021-04-12 09:50", {"hgb": 9.8, "hct": 29.0, "retic": 3.4})
    e.dx("2021-04-12 10:00", "ICD10CM/Z00.129", "Encounter for routine child health examination without abnormal findings")
    return rec


P2_DELIVERY = """
DELIVERY ROOM NOTE - NEONATOLOGY

Called for preterm labor at 35 weeks 2 days. Membranes ruptured 20 hours before birth, clear fluid.

MOTHER: 27 years, first pregnancy. Blood group O positive, antibody screen negative. HBsAg negative, HIV negative, syphilis screen nonreactive, rubella immune. Group B streptococcus unknown; penicillin, three doses before delivery. One course of betamethasone, second dose 9 hours before birth. No fever.

BIRTH: vaginal, vertex, 9 February 2021 at 03:42. Cord clamped at 60 seconds. Boy, cried at the perineum.

RESUSCITATION: dried, warmed, stimulated. Grunting from 4 minutes. CPAP 5 cm water by mask from 5 to 22 minutes, oxygen up to 30 %, then room air.
Apgar 7 at 1 minute, 8 at 5 minutes.

Birth weight 2310 g, length 45.5 cm, head 31.8 cm. No malformation seen. Shown to parents, skin to skin for three minutes, then to the NICU with the father.
"""

P2_CXR = """
XR CHEST, ONE VIEW, PORTABLE

CLINICAL INFORMATION: 35 week newborn, grunting, one hour old.

COMPARISON: none.

FINDINGS: Lung volumes normal, nine posterior ribs. Perihilar streaky opacities and a little fluid in the minor fissure. No ground-glass pattern, no air bronchograms, no consolidation. No pneumothorax. No pleural effusion apart from the fissure. Heart size and shape normal, arch on the left. Stomach bubble on the left. Clavicles intact. Tip of the gastric tube in the stomach. Umbilical lines are not present.

IMPRESSION:
1. Retained fetal lung fluid (transient tachypnea) is the most likely cause of the breathing difficulty.
2. Pneumonia is not excluded by this picture alone; follow the course.
3. No pneumothorax.
"""

P2_HP = """
NICU - ADMISSION HISTORY AND PHYSICAL

Boy, 35 weeks 2 days, 2310 g (about the 35th centile), three hours old. Admitted for prematurity, fast breathing after birth and risk of infection (rupture of membranes 20 hours, group B streptococcus unknown but treated).

EXAM: pink in room air, respirations 68, mild retractions, no grunting now. Heart without murmur, femoral pulses equal. Abdomen soft, three cord vessels. Tone as expected for age. Moro symmetric. Palate whole, hips stable. Testes both down. Anus open. Red reflex both sides. No bruising, no cephalhematoma.

LABORATORY: WBC 14.2, hemoglobin 16.1, platelets 238. Glucose 44 at one hour, 52 after the first feed. Blood culture drawn.

ASSESSMENT AND PLAN
1. Late preterm, appropriate size. Incubator, feeds by bottle and tube with mother's or donor milk 60 mL/kg/day.
2. Transient tachypnea: room air, watch.
3. Possible sepsis: ampicillin and gentamicin for 48 hours until the culture is known.
4. Jaundice risk: mother is O positive. Cord blood for group and antiglobulin test. Bilirubin at 12 hours.
5. Apnea: monitor until five days without an event.
6. Hepatitis B vaccine today (over 2,000 g).
"""

P2_NURSE1 = """
NURSING NOTE

Time of note 20:40. In room air, incubator 32.0 C. Respirations 48 to 56 this evening, no retractions.

20:14 Apnea 22 seconds, heart rate down to 78, SpO2 down to 81 %, color dusky around the mouth. Breathed after rubbing the back. Not during a feed. Doctor at bedside 20:16, examined, no change of plan. First event.

Phototherapy, single bank, since 16:20. Eye shield in place, diaper only, turned each three hours. Bilirubin 6.4 at 15:40.

Feeds: 17 mL donor milk by bottle and tube each three hours, took 6 mL by bottle at 18:00. One small spit-up. Meconium twice, urine four times.

Hepatitis B vaccine given right thigh 18:00. Mother visited by wheelchair at 19:00, held him skin to skin under the lamp blanket for 40 minutes. Taught about alarms.
"""

P2_LACT = """
LACTATION CONSULT

First-time mother, 31 hours after birth, wants to breastfeed. Baby in NICU, under double phototherapy, born at 35 weeks.

Pumping with the hospital pump since six hours after birth, eight times in 24 hours. Yield 3 to 8 mL of colostrum each time, all used. Breasts soft, nipples whole, flange 24 mm fits.

At breast: 10:00, football hold left side. Roots, latches with a shield, six to eight sucks, falls asleep after four minutes. Transfer by scale 2 g. This is usual at this age; a sleepy jaundiced preterm baby can not yet feed by breast alone.

PLAN
1. Pump eight or more times a day, once at night.
2. Breast once or twice a day for practice, ten minutes, then bottle and tube.
3. Donor milk makes up the volume; phototherapy is not a reason to stop breast milk.
4. Pump for home requested from the plan.
Seen again in two days.
"""

P2_PROG2 = """
NICU - PROGRESS NOTE, DAY 2 (33 hours of age)

OVERNIGHT: two more short apneas (02:40, 11:05), three in all, each with stimulation.

WEIGHT 2265 g (birth 2310 g).

BREATHING: room air, respirations 40 to 52. Tachypnea over.

JAUNDICE: baby's blood group A positive, direct antiglobulin test positive 1+, mother O positive. Reticulocytes 8.9 %. Bilirubin
  Age (h)   Total   Direct
  12         6.4     0.3
  25         9.0     0.3
Rising about 0.2 mg/dL per hour under a single bank; double bank since 06:00 today. Threshold for exchange at this age and risk is far off (about 15). Repeat at 16:00. Immunoglobulin only if the rise goes on under intensive light.

INFECTION: culture negative at 24 hours, antibiotics until 48 hours.

FEEDS: 80 mL/kg/day, mostly by tube.

IMPRESSION: ABO hemolytic disease of the newborn, mild to moderate, in a late preterm infant. Apnea of prematurity most likely; infection being excluded.
"""

P2_SW = """
SOCIAL WORK NOTE, NICU

Met with both parents in the family room. First child. Mother 27, works as a bus dispatcher, twelve weeks of leave. Father 29, warehouse shifts, no paid leave; he comes after 16:00. They live with the maternal grandmother, third floor, no car; the bus takes 50 minutes with one change.

NEEDS
- Travel: vouchers for ten round trips given.
- Car seat: none yet. Loan program form completed, seat arrives on the 18th for the tolerance test.
- Pump: request to the plan sent by lactation.
- Crib: portable crib ordered; safe sleep sheet reviewed.

MOOD: mother tearful yesterday because the baby "stops breathing", better after the nurse showed her the monitor. Postpartum depression screen 7 of 30. No violence at home. No smoking in the flat.

PLAN: see weekly, confirm pediatric appointment before discharge, call about the insurance card of the baby.
"""

P2_PROG4 = """
NICU - PROGRESS NOTE, DAY 4 (80 hours of age)
OVERNIGHT: one apnea at 01:17, 20 seconds, stimulation. Five events since birth. The last event is today 01:17, countdown of five days starts from there.
WEIGHT 2160 g, 6.5 % below birth weight.
JAUNDICE: bilirubin 11.3 at 36 hours, 12.9 at 48 hours, 13.4 at 60 hours (peak so far), 12.6 this morning at 72 hours under a double bank. Falling now. Hemoglobin 14.9 yesterday, reticulocytes 7.6 %. No immunoglobulin needed.
INFECTION: culture negative at 48 hours, CRP 1.8, ampicillin and gentamicin stopped 11 February.
FEEDS: 120 mL/kg/day, 40 % by bottle, mother's milk about half.
HEAD: fontanelle flat, tone good.
IMPRESSION: ABO hemolytic disease, bilirubin past its peak; apnea of prematurity. 
PLAN: bilirubin at 16:00 and tomorrow 06:00, stop light when below 10. No caffeine at this gestation unless events cluster. Parents updated at the bedside.
"""

P2_NUTR = """
NUTRITION NOTE, NICU

Day 5. Birth weight 2310 g, today 2130 g, lowest so far, 7.8 % below birth weight. Length 45.5 cm, head 31.8 cm.

INTAKE last 24 hours: 138 mL/kg, 92 kcal/kg. Mother's milk 60 %, donor milk 40 %, not fortified. 46 % by bottle. Urine 3.4 mL/kg/h, stools six, yellow-green.

LABORATORY: sodium due tomorrow, glucose stable without intravenous fluid since birth.

ASSESSMENT: loss is within the usual range for a late preterm baby under phototherapy. Needs 120 kcal/kg to grow.

PLAN
1. Volume to 150 mL/kg/day today.
2. Fortify to 22 kcal per ounce when at full volume for 24 hours.
3. Vitamin D 400 units daily from day 7, iron 2 mg/kg daily from day 14; hemolysis makes iron stores uncertain, so check ferritin only if anemia persists.
4. Aim for a gain of 25 to 30 g a day.
"""

P2_NURSE2 = """
NURSING NOTE, NIGHT SHIFT

23:30 (14 February) Apnea 24 seconds with heart rate 72 and SpO2 79 %, twenty minutes after a feed, lying flat. Stimulated, suctioned a little milk from the mouth. Color back in under a minute. Doctor informed, examined, abdomen soft, no fever. Sixth event since birth. The five-day countdown starts again from 23:30.

No further event to 06:30. Open crib since yesterday noon, temperature 36.7 to 36.9.

Phototherapy off since 13 February 10:00. Bilirubin this morning sent at 06:00, yesterday 10.1 (before: 9.4). Skin mildly yellow to the chest.

Weight at 00:30: 2165 g, up 25 g. Feeds 43 mL each three hours, 70 % by bottle. Wakes for three of eight feeds.

Mother stayed the night, changed and fed him at 03:00 and 06:00 alone.
"""

P2_PROG8 = """
NICU - PROGRESS NOTE, DAY 8

Seven days old. 35 weeks 2 days at birth, now 36 weeks 2 days.

EVENTS: none since 14 February 23:30 (six in total). That one followed a feed. If no event, countdown ends 19 February 23:30.

WEIGHT 2190 g, lowest was 2130 g on 13 February.

JAUNDICE: phototherapy stopped 13 February 10:00 at 9.4. Rebound 10.1 on the 14th and 9.8 on the 15th, no light needed. Hemoglobin 14.4 on the 14th. ABO hemolysis goes on slowly: hemoglobin two weeks after discharge and again at two months.

FEEDS: all by bottle or breast since last night, 155 mL/kg/day, 22 kcal per ounce.

NEWBORN SCREEN: first sample 10 February at 25 hours: TSH borderline (31, cut-off 25), rest normal. Repeat sample sent today.

PLAN: hearing, car seat, parents' CPR class. Discharge on the 20th if all holds.

Addendum 16 February 17:55: head ultrasound is not required at this gestation with normal examination; removed from the list.
"""

P2_AUDIO = """
AUDIOLOGY NOTE - NEWBORN HEARING SCREEN

Method: automated auditory brainstem response, 35 dB.

First screen 17 February: right ear pass, left ear refer. The baby was restless and vernix was seen in the left canal.

Repeat screen today, asleep after a feed: right ear pass, left ear PASS.

RISK FACTORS FOR LATER LOSS: NICU stay of more than five days; gentamicin for 48 hours (levels not needed). Bilirubin peak 13.4 mg/dL, far below the exchange level. No family history of childhood hearing loss. Cytomegalovirus saliva test not sent, as the repeat screen passed.

RECOMMENDATION: full hearing evaluation by nine months of age because of the NICU stay. Leaflet about milestones of hearing and speech handed to the mother. Result entered in the state system.
"""

P2_DC = """
NICU - DISCHARGE SUMMARY

Born: 9 February 2021, 03:42        Discharged: 20 February 2021, 11 days old
Gestation at birth 35 weeks 2 days, at discharge 36 weeks 6 days

DIAGNOSES
1. Late preterm newborn, 2310 g
2. Transient tachypnea, resolved on day 1
3. ABO hemolytic disease (mother O positive, baby A positive, antiglobulin test positive 1+)
4. Apnea of prematurity, resolved
5. Possible sepsis, excluded (culture negative, 48 hours of antibiotics)

COURSE
Jaundice: bilirubin 6.4 at 12 hours; phototherapy from 9 February 16:20 to 13 February 10:00, double bank from 10 February 06:00. Peak total bilirubin 13.4 mg/dL on 11 February at 16:00 (60 hours). Rebound 10.1 on 14 February, 9.8 on 15 February. No immunoglobulin, no exchange.
Apnea: six events in all, the last on 14 February at 23:30. No caffeine. Five days without an event reached on 19 February at 23:30.
Feeding: all by mouth since 15 February. Weight 2318 g today, lowest 2130 g on 13 February (7.8 % below birth weight).

SCREENING
  Newborn screen     10 Feb TSH borderline; repeat 16 Feb pending
  Hearing            pass both ears (repeat left 19 Feb)
  Heart (CCHD)       pass
  Car seat           pass

VACCINE: hepatitis B 9 February 2021. Vitamin K given.

MEDICATIONS
  - vitamin D 400 units by mouth daily
  - ferrous sulfate 2 mg/kg by mouth daily from 23 February

FOLLOW UP
Pediatrics 23 February 10:00: weight, bilirubin, hemoglobin, result of the repeat newborn screen
Hearing evaluation by nine months
"""

P2_CLINIC = """
PEDIATRICS - FIRST VISIT AFTER NICU

Two-week-old boy, born at 35 weeks 2 days, home for three days. Takes 55 to 60 mL of mother's milk (22 kcal per ounce) each three hours and breastfeeds once a day. Eight wet diapers. No pauses in breathing, no color change. Sleeps on his back in the portable crib.

EXAM: weight 2405 g (discharge 2318 g), gain 29 g a day. Alert. Faint yellow of the face only. Heart without murmur. Liver 1 cm, spleen not felt. Cord off. Hips stable.

LABORATORY
  Bilirubin, total    6.2 mg/dL (was 9.8)
  Hemoglobin         12.6 g/dL (was 14.4)

ASSESSMENT AND PLAN
1. Good growth after preterm birth.
2. ABO hemolytic disease: bilirubin falling; hemoglobin will fall further, recheck at two months. Start iron today as planned.
3. Newborn screen: repeat result not in yet; call the laboratory.
4. Warning signs: pallor, sweating with feeds, pause in breathing.
"""

P2_TEL = """
TELEPHONE ENCOUNTER

Call to the mother by the nurse for the pediatrician.

Result: repeat newborn screen of 16 February is normal. TSH 6.1 (cut-off 25). Thyroid follow up is closed. All other items of the panel are normal in both samples, including hemoglobin pattern FA.

Mother's questions: he has had hiccups after feeds (normal, burp halfway). Stool is green since the iron drops were started (expected). She asks whether his jaundice can come back; told that it should not, and that looking pale is what to watch for now.

Feeding 60 to 65 mL each three hours. No breathing pauses. Temperature not taken, feels warm as usual.

Plan: two-month visit 12 April with vaccines and hemoglobin. She has the number for nights and weekends. Mother repeated the plan in her own words.
"""


# --- patient 3: one visit to the emergency department ----------------------------------------

P3 = "269514803"


def p3_record():
    rec = Record(P3, "1987-06-22", "MALE", "Other", "Hispanic or Latino", 33)
    e = rec.enc("ER", "2019-08-17 18:22", "2019-08-17 23:10", 2, 102, "")
    e.vitals("2019-08-17 18:26", sbp=138, dbp=82, hr=96, rr=18, temp=36.8, spo2=99, pain=8, wt=79.5)
    e.note("2019-08-17 18:35", "ED Triage Notes", P3_TRIAGE, 113)
    e.dx("2019-08-17 19:00", "ICD10CM/S52.531A", "Colles' fracture of right radius, initial encounter for closed fracture")
    e.dx("2019-08-17 19:00", "ICD10CM/S52.611A", "Displaced fracture of right ulna styloid process, initial encounter for closed fracture")
    e.dx("2019-08-17 19:00", "ICD10CM/V18.4XXA", "Pedal cycle driver injured in noncollision transport accident in traffic accident")
    e.drug("2019-08-17 18:50", "1049621", "oxycodone hydrochloride 5 MG Oral Tablet", "start|end")
    e.drug("2019-08-17 18:50", "313782", "acetaminophen 325 MG Oral Tablet", "start|end")
    e.drug("2019-08-17 19:10", "1300376", "tetanus toxoid, diphtheria toxoid and acellular pertussis vaccine", "start|end")
    e.add("2019-08-17 18:58", "image", "DICOM/DX", "XR WRIST RIGHT 3 VIEWS", modality_source_value="DX", anatomic_site_source_value="WRIST RIGHT")
    e.proc("2019-08-17 18:58", "CPT4/73110", "Radiologic examination, wrist; complete, minimum of 3 views")
    e.note("2019-08-17 19:20", "Radiology Report", P3_XR1, 109)
    e.note("2019-08-17 20:00", "Consults", P3_ORTHO, 115)
    e.drug("2019-08-17 20:20", "1010033", "lidocaine hydrochloride 10 MG/ML Injectable Solution", "start|end")
    e.proc("2019-08-17 20:30", "CPT4/25605", "Closed treatment of distal radial fracture, with manipulation")
    e.proc("2019-08-17 20:45", "CPT4/29105", "Application of long arm splint (shoulder to hand)")
    e.add("2019-08-17 20:45", "device_exposure", "SNOMED/257362009", "Sugar-tong splint, right forearm", "start")
    e.vitals("2019-08-17 20:50", sbp=130, dbp=78, hr=82, rr=16, spo2=99, pain=3)
    e.note("2019-08-17 21:00", "Procedure Note", P3_PROC, 115)
    e.add("2019-08-17 21:10", "image", "DICOM/DX", "XR WRIST RIGHT 2 VIEWS POST REDUCTION", modality_source_value="DX", anatomic_site_source_value="WRIST RIGHT")
    e.proc("2019-08-17 21:10", "CPT4/73100", "Radiologic examination, wrist; 2 views")
    e.note("2019-08-17 21:30", "Radiology Report", P3_XR2, 109)
    e.vitals("2019-08-17 22:30", sbp=126, dbp=76, hr=78, rr=16, spo2=99, pain=3)
    e.note("2019-08-17 22:40", "ED Provider Notes", P3_ED, 102)
    e.drug("2019-08-17 22:45", "1049621", "oxycodone hydrochloride 5 MG Oral Tablet", "start")
    e.drug("2019-08-17 22:45", "197806", "ibuprofen 600 MG Oral Tablet", "start")
    e.note("2019-08-17 22:50", "Patient Instructions", P3_INSTR, 102)
    return rec


P3_TRIAGE = """
ED TRIAGE NOTE

Arrived 18:22 on foot with a friend. Fell from his bicycle about 40 minutes ago when the front wheel caught a rail, landed on the outstretched hand. Wearing a helmet, did not strike his head, no loss of consciousness. Left wrist pain and deformity, 8 of 10. Scrapes of the right elbow and both palms.

Vital signs: BP 138/82, pulse 96, respirations 18, temperature 36.8 C, SpO2 99 %.

Allergy: penicillin (rash as a child). Medicines: none. Last tetanus shot unknown, more than ten years. Last meal 13:00. Spanish speaking, some English; video interpreter.

Ring removed. Ice and sling applied. Acuity 3.

Addendum 17 August 18:55: side entered in error. The injured wrist is the RIGHT wrist; the left wrist has an old scar and was injured in 2009. Band and X-ray order corrected.
"""

P3_XR1 = """
XR WRIST RIGHT, THREE VIEWS

CLINICAL INFORMATION: fall from bicycle on outstretched hand, deformity.

COMPARISON: none.

FINDINGS: Transverse fracture of the distal right radius 2 cm above the joint, not reaching the joint surface. Dorsal angulation 22 degrees, dorsal shift 4 mm, radial shortening 3 mm. Small displaced fracture of the tip of the ulnar styloid. Scaphoid intact on these views, scapholunate distance normal. Distal radioulnar joint aligned. Soft tissue swelling. No foreign body.

IMPRESSION:
1. Extra-articular fracture of the distal right radius with 22 degrees of dorsal angulation (Colles type).
2. Displaced fracture of the tip of the right ulnar styloid.
3. No scaphoid fracture seen; if the snuffbox stays tender, repeat views in 10 to 14 days.
"""

P3_ORTHO = """
ORTHOPEDIC SURGERY CONSULTATION

32-year-old right-handed line cook. Closed injury of the right wrist this evening. Numbness of the tip of the thumb and index finger at first, gone after ice and elevation.

PAST HISTORY: left scaphoid fracture 2009, fixed with a screw abroad, healed, full motion. No other illness.

EXAM: right wrist with dinner-fork deformity, skin closed over it, superficial scrapes of the palm. Radial pulse strong, refill under 2 seconds. Median, ulnar and radial nerve function normal. Elbow and fingers move freely. Snuffbox mildly tender. Left wrist: old volar scar 2 cm, not tender.

ASSESSMENT: closed extra-articular right distal radius fracture, dorsally angulated 22 degrees, with ulnar styloid tip. Young and uses the hand for work.

PLAN: hematoma block, closed reduction, sugar-tong splint. Accept up to 10 degrees of dorsal angulation and 2 mm of shortening. Repeat X-ray in clinic on 23 August; if it slips, plate fixation. No operation tonight.
"""

P3_PROC = """
PROCEDURE NOTE

Procedure: closed reduction of right distal radius fracture under hematoma block, sugar-tong splint
Consent: spoken and written, in Spanish with video interpreter
Time-out 20:18: patient, RIGHT wrist marked, X-ray on screen

Skin cleaned with chlorhexidine. 10 mL lidocaine 1 % into the fracture hematoma from the dorsal side after aspiration of blood. Ten minutes later pain 2 of 10. Finger traps, 4 kg for ten minutes, then the fracture was disengaged by extension and reduced by flexion and ulnar deviation. Deformity gone. Sugar-tong splint, wrist in slight flexion, molded at three points. Elbow 90 degrees, fingers free to the palm crease.

After: refill under 2 seconds, all fingers move, sensation normal including thumb and index finger.

Complications: none. One attempt. X-ray ordered.
"""

P3_XR2 = """
XR WRIST RIGHT, TWO VIEWS, AFTER REDUCTION

CLINICAL INFORMATION: closed reduction and splint.

COMPARISON: earlier today, 18:58.

TECHNIQUE: frontal and lateral views through the splint, which hides fine bone detail.

FINDINGS: The distal right radius fracture is in better position. Dorsal angulation 4 degrees (22 before). Radial length is restored to within 1 mm. Dorsal shift 1 mm. The ulnar styloid fragment is unchanged. Carpal alignment is normal. Distal radioulnar joint is aligned. Splint material covers the forearm and the wrist. No new fracture.

IMPRESSION:
1. Improved alignment of the right distal radius fracture, residual dorsal angulation 4 degrees.
2. Ulnar styloid tip fracture unchanged.
"""

P3_ED = """
EMERGENCY DEPARTMENT PROVIDER NOTE

32-year-old right-handed man, healthy, fell from a bicycle at about 17:40 onto the right hand. Deformity and pain of the right wrist. No head strike, no neck, chest or belly pain.

EXAM: comfortable after medicine. Neck free. Chest and abdomen not tender. Right wrist deformed, closed; scrapes of the right elbow and both palms cleaned, no stitches. Pulses and nerves normal at 18:45, 20:50 and 22:30.

IMAGING: extra-articular right distal radius fracture, dorsal angulation 22 degrees; displaced tip of the ulnar styloid. After reduction 4 degrees.

COURSE: oxycodone 5 mg and acetaminophen 650 mg by mouth at 18:50. Tdap at 19:10. Orthopedics reduced the fracture under hematoma block and applied a sugar-tong splint. Pain 3 of 10 afterward.

MEDICAL DECISION: no open wound over the fracture. No sign of compartment syndrome or of lasting median nerve injury. Scaphoid tenderness slight, views repeated in clinic.

DISPOSITION: home with friend at 23:10.
Ibuprofen 600 mg every 8 hours with food for 5 days, acetaminophen 650 mg every 6 hours, oxycodone 5 mg every 6 hours only if needed, 8 tablets.
Hand clinic 23 August 2019 at 09:30. Off work as a cook until then.
"""

P3_INSTR = """
PATIENT INSTRUCTIONS (English copy; patient prefers Spanish)

You broke your right wrist. The bone was put back in place and a splint was applied.

CARE OF THE SPLINT
- Keep it dry and do not take it off.
- Keep your right hand above your heart for 2 days, on pillows when you sleep.
- Move your fingers for five minutes every hour while awake.

MEDICINES
- Ibuprofen 600 mg: 1 tablet every 8 hours with food, for 5 days.
- Acetaminophen 650 mg every 6 hours.
- Oxycodone 5 mg: 1 tablet every 6 hours only for strong pain. Do not drive or drink alcohol with it.

COME BACK AT ONCE IF
- your fingers turn blue, white, cold or numb
- the pain gets worse and does not get better when you raise your hand
- the splint feels too tight
- you have a fever

APPOINTMENT: Hand clinic, Friday, August 23, 2019, 9:30 in the morning. An X-ray will be taken. Do not work until that visit.
"""


# --- patient 4: colon cancer and its chemotherapy ----------------------------------------------

P4 = "730684215"
# cycle day: neutrophils, platelets, hemoglobin, oxaliplatin mg (0: not given)
P4_CYCLES = [("2019-12-02", 4.80, 242, 11.2, 168), ("2019-12-16", 3.60, 221, 11.5, 168), ("2019-12-30", 3.00, 190, 11.7, 168),
             ("2020-01-13", 2.60, 168, 11.9, 168), ("2020-01-27", 2.20, 150, 12.0, 168), ("2020-02-10", 1.90, 132, 12.1, 168),
             ("2020-02-24", 0.90, 118, 11.9, 0), ("2020-03-02", 1.90, 112, 11.8, 129), ("2020-03-16", 1.60, 88, 11.7, 129)]


def p4_record():
    rec = Record(P4, "1958-11-02", "MALE", "White", "Not Hispanic or Latino", 44)
    rng = rec.rng
    pay = "Tri-County Health Plan HMO"

    def cmp():
        return {"na": rng.randint(136, 141), "k": round(rng.uniform(3.8, 4.6), 1), "cl": rng.randint(100, 106), "co2": rng.randint(23, 28),
                "bun": rng.randint(11, 18), "cr": round(rng.uniform(0.84, 0.98), 2), "glu": rng.randint(88, 122), "ca": round(rng.uniform(8.9, 9.6), 1),
                "alt": rng.randint(20, 48), "ast": rng.randint(20, 46), "alp": rng.randint(70, 118), "alb": round(rng.uniform(3.6, 4.2), 1),
                "tbil": round(rng.uniform(0.4, 0.9), 1)}

    def visit(start, minutes, site, who, **v):
        end = ts(start) + timedelta(minutes=minutes)
        e = rec.enc("OP", start, f"{end:%Y-%m-%d %H:%M}", site, who, pay)
        vit = dict(sbp=rng.randint(122, 138), dbp=rng.randint(70, 82), hr=rng.randint(68, 88), rr=16, temp=round(rng.uniform(36.4, 36.9), 1),
                   spo2=rng.randint(96, 99), wt=80.0)
        vit.update(v)
        e.vitals(ts(start) + timedelta(minutes=5), **vit)
        return e

    cancer = ("SNOMED/269533000", "Carcinoma of colon")
    e = visit("2019-09-12 08:40", 40, 1, 101, wt=83.6, ht=178, bmi=26.4)
    e.labs("2019-09-12 09:00", {"wbc": 6.8, "hgb": 9.8, "hct": 30.4, "plt": 386, "ferr": 7, **cmp()})
    e.dx("2019-09-12 09:10", "SNOMED/87522002", "Iron deficiency anemia")
    e.drug("2019-09-12 09:15", "310325", "ferrous sulfate 325 MG Oral Tablet")
    e.note("2019-09-12 09:18", "Progress Notes", P4_PCP, 101)
    e = visit("2019-09-26 10:00", 120, 15, 114, wt=83.1)
    e.proc("2019-09-26 10:30", "CPT4/45380", "Colonoscopy, flexible; with biopsy, single or multiple")
    e.proc("2019-09-26 10:30", "CPT4/45381", "Colonoscopy, flexible; with directed submucosal injection")
    e.note("2019-09-26 11:40", "Colonoscopy Report", P4_SCOPE, 114)
    e = rec.enc("LAB", "2019-09-30 14:00", "2019-09-30 14:10", 15, 117, pay)
    e.proc("2019-09-30 14:00", "CPT4/88305", "Level IV - Surgical pathology, gross and microscopic examination")
    e.dx("2019-09-30 14:05", *cancer)
    e.note("2019-09-30 14:08", "Pathology Report", P4_PATH1, 117)
    e = visit("2019-10-02 09:00", 60, 10, 109, wt=82.9)
    e.labs("2019-10-02 09:10", {"cea": 8.4})
    e.proc("2019-10-02 09:30", "CPT4/74177", "Computed tomography, abdomen and pelvis; with contrast material")
    e.proc("2019-10-02 09:30", "CPT4/71260", "Computed tomography, thorax; with contrast material")
    e.add("2019-10-02 09:30", "image", "DICOM/CT", "CT CHEST ABDOMEN PELVIS WITH CONTRAST", modality_source_value="CT", anatomic_site_source_value="CHEST/ABDOMEN/PELVIS")
    e.note("2019-10-02 09:58", "Radiology Report", P4_CT, 109)

    e = rec.enc("IP", "2019-10-21 06:00", "2019-10-25 11:00", 6, 105, pay)
    e.vitals("2019-10-21 06:15", sbp=132, dbp=78, hr=80, rr=16, temp=36.6, spo2=98, wt=82.4, ht=178)
    e.dx("2019-10-21 06:30", "ICD10CM/C18.7", "Malignant neoplasm of sigmoid colon")
    e.note("2019-10-21 06:35", "H&P", P4_HP, 105)
    e.note("2019-10-21 06:50", "Anesthesia Preprocedure Evaluation", P4_ANES, 116)
    e.drug("2019-10-21 07:10", "1665050", "cefazolin 2000 MG Injection", "start|end")
    e.drug("2019-10-21 07:10", "311683", "metronidazole 5 MG/ML Injectable Solution", "start|end")
    e.proc("2019-10-21 07:40", "CPT4/44207", "Laparoscopy, surgical; colectomy, partial, with anastomosis, with coloproctostomy")
    e.note("2019-10-21 11:20", "Operative Note", P4_OP, 105)
    e.drug("2019-10-21 20:00", "854228", "enoxaparin sodium 40 MG per 0.4 ML Prefilled Syringe")
    when = ts("2019-10-21 12:00")
    while when < ts("2019-10-25 10:00"):
        v = dict(sbp=rng.randint(116, 138), dbp=rng.randint(64, 80), hr=rng.randint(72, 94), rr=rng.randint(14, 18),
                 temp=round(rng.uniform(36.5, 37.5), 1), spo2=rng.randint(94, 98), pain=rng.randint(1, 5))
        if when == ts("2019-10-23 04:00"):  # quoted by the progress note of that day
            v.update(sbp=126, dbp=72, hr=84, temp=37.6, pain=3)
        e.vitals(when, **v)
        when += timedelta(hours=8)
    for d, w, h in ((22, 12.4, 9.6), (23, 10.1, 9.4), (24, 8.2, 9.5), (25, 7.4, 9.7)):
        c = cmp()
        e.labs(f"2019-10-{d} 05:40", {"wbc": w, "hgb": h, "hct": round(h * 3.1, 1), "plt": rng.randint(310, 360),
                                      **{k: c[k] for k in ("na", "k", "cr", "bun", "glu")}, "crp": {22: 88.0, 23: 112.0, 24: 71.0, 25: 38.0}[d]})
    e.note("2019-10-23 10:15", "Progress Notes", P4_POD2, 105)
    e.note("2019-10-25 10:30", "Discharge Summary", P4_DC, 105)
    e = rec.enc("LAB", "2019-10-29 16:00", "2019-10-29 16:10", 6, 117, pay)
    e.proc("2019-10-29 16:00", "CPT4/88309", "Level VI - Surgical pathology, gross and microscopic examination")
    e.note("2019-10-29 16:08", "Pathology Report", P4_PATH2, 117)

    e = visit("2019-11-14 13:00", 75, 13, 112, wt=79.8, ht=178)
    e.dx("2019-11-14 13:20", "ICD10CM/C18.7", "Malignant neoplasm of sigmoid colon")
    e.dx("2019-11-14 13:20", "ICD10CM/C77.2", "Secondary and unspecified malignant neoplasm of intra-abdominal lymph nodes")
    e.obs("2019-11-14 13:20", "LOINC/89247-1", "ECOG Performance Status score", "0", "{score}")
    e.note("2019-11-14 14:10", "Consults", P4_ONC, 112)
    e = visit("2019-11-25 08:00", 180, 10, 109, wt=79.9)
    e.labs("2019-11-25 08:10", {"inr": 1.0, "plt": 251, "hgb": 11.0, "cea": 2.1})
    e.proc("2019-11-25 09:00", "CPT4/36561", "Insertion of tunneled centrally inserted central venous access device, with subcutaneous port")
    e.add("2019-11-25 09:00", "device_exposure", "SNOMED/1149239003", "Implantable venous access port, right chest", "start")
    e.note("2019-11-25 10:10", "Procedure Note", P4_PORT, 109)

    for n, (day, anc, plt, hgb, oxali) in enumerate(P4_CYCLES):
        e = visit(f"{day} 08:30", 330, 14, 112, wt=round(79.9 - n * 0.3 + (0.4 if n > 5 else 0), 1))
        e.labs(f"{day} 08:50", {"wbc": round(anc + rng.uniform(1.6, 2.2), 1), "anc": anc, "hgb": hgb, "hct": round(hgb * 3.05, 1), "plt": plt, **cmp()})
        if day in ("2020-02-10", "2020-03-16"):
            e.labs(f"{day} 08:50", {"cea": 1.9 if day < "2020-03" else 1.8})
        e.dx(f"{day} 09:00", "ICD10CM/C18.7", "Malignant neoplasm of sigmoid colon")
        grade = {0: 0, 1: 0, 2: 0, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 2}[n]
        e.obs(f"{day} 09:05", "SNOMED/302226006", "Peripheral neuropathy grade (CTCAE)", str(grade), "{grade}")
        if oxali:
            e.dx(f"{day} 09:00", "ICD10CM/Z51.11", "Encounter for antineoplastic chemotherapy")
            for t, code, name in (("09:30", "312087", "ondansetron 8 MG Oral Tablet"), ("09:30", "197583", "dexamethasone 8 MG Oral"),
                                  ("10:00", "1736776", f"oxaliplatin 5 MG/ML Injectable Solution, {oxali} mg"),
                                  ("10:00", "237786", "leucovorin 20 MG/ML Injectable Solution"),
                                  ("12:15", "1791736", "fluorouracil 50 MG/ML Injectable Solution, bolus"),
                                  ("12:30", "1791736", "fluorouracil 50 MG/ML Injectable Solution, 46 hour infusion")):
                e.drug(f"{day} {t}", code, name)
            e.proc(f"{day} 10:00", "CPT4/96413", "Chemotherapy administration, intravenous infusion technique; up to 1 hour")
            e.proc(f"{day} 12:30", "CPT4/96416", "Initiation of prolonged intravenous chemotherapy infusion, with portable pump")
        if day == "2019-12-02":
            e.note(f"{day} 13:40", "Infusion Nursing Note", P4_C1, 113)
        if day == "2020-01-13":
            e.note(f"{day} 09:40", "Progress Notes", P4_C4, 112)
        if day == "2020-02-24":
            e.note(f"{day} 10:10", "Progress Notes", P4_C7, 112, flat=True)
            e.dx(f"{day} 09:00", "ICD10CM/D70.1", "Agranulocytosis secondary to cancer chemotherapy")
        if day == "2020-03-02":
            e.note(f"{day} 09:20", "Pharmacy Note", P4_PHARM, 104)
        if day == "2020-03-16":
            e.note(f"{day} 09:50", "Progress Notes", P4_C8, 112)
    e = visit("2020-01-15 11:00", 45, 14, 113, wt=79.0)
    e.note("2020-01-15 11:40", "Nutrition Note", P4_NUTR, 113)
    e = rec.enc("TEL", "2020-01-22 10:20", "2020-01-22 10:40", 16, 113, pay)
    e.note("2020-01-22 10:38", "Telephone Encounter", P4_TEL, 113)
    e = visit("2020-02-11 14:00", 45, 13, 113, wt=78.6)
    e.note("2020-02-11 14:40", "Social Work Note", P4_SW, 113)
    e = visit("2020-03-24 10:00", 50, 13, 113, wt=78.3)
    e.labs("2020-03-24 10:10", {"wbc": 3.1, "anc": 1.30, "hgb": 11.5, "hct": 34.9, "plt": 71, **cmp()})
    e.obs("2020-03-24 10:20", "SNOMED/302226006", "Peripheral neuropathy grade (CTCAE)", "3", "{grade}")
    e.dx("2020-03-24 10:20", "ICD10CM/G62.0", "Drug-induced polyneuropathy")
    e.note("2020-03-24 10:45", "Nursing Note", P4_NURSE, 113)
    return rec


P4_PCP = """
FAMILY MEDICINE - OFFICE VISIT

60-year-old man, tired since early summer, short of breath on the second flight of stairs. Bowel habit looser for three months, stools darker now and then, no bright blood. Lost 4 kg without trying. No abdominal pain. Never had a colonoscopy.

Works as a mechanic for the city bus company. Never smoked, two beers on weekends. Father had colon cancer at 71.

EXAM: pale conjunctivae, abdomen soft, no mass, rectal examination without mass, stool guaiac positive.

LABORATORY: hemoglobin 9.8 g/dL (14.6 in 2016), ferritin 7 ng/mL, platelets 386.

ASSESSMENT AND PLAN
1. Iron deficiency anemia in a man of 60: colon cancer until shown otherwise. Colonoscopy within two weeks, urgent referral.
2. Ferrous sulfate 325 mg daily, stop it five days before the colonoscopy.
3. No allergy, no regular medicine.
"""

P4_SCOPE = """
COLONOSCOPY REPORT

Indication: iron deficiency anemia, change in bowel habit, father with colon cancer
Sedation: propofol, given by anesthesia
Preparation: good (Boston scale 8)
Extent: terminal ileum

FINDINGS
1. Sigmoid colon, 28 cm from the anal verge: ulcerated mass over two thirds of the circumference, 4 cm long, bleeds on touch, passed with the standard instrument. Eight biopsies. Tattoo placed in three quadrants just below it.
2. Ascending colon: 6 mm flat polyp, removed with cold snare.
3. Left-sided diverticula, few.
4. Rectum normal, on turning back as well.

IMPRESSION: sigmoid mass, malignant in appearance.

PLAN: pathology in three working days, CT of chest, abdomen and pelvis, CEA, surgical referral made today. The patient and his wife were told in the recovery room.
"""

P4_PATH1 = """
SURGICAL PATHOLOGY REPORT

Specimens received: A, sigmoid colon mass at 28 cm, biopsies. B, ascending colon polyp.
Clinical information: mass at colonoscopy, anemia.

GROSS: A, eight tan fragments, 0.2 to 0.4 cm, all embedded. B, one tan fragment, 0.6 cm.

MICROSCOPIC: A, irregular and cribriform glands with dirty necrosis invading a desmoplastic stroma. B, tubular glands with low-grade dysplasia, no villous part.

IMMUNOHISTOCHEMISTRY (A): MLH1, PMS2, MSH2 and MSH6 all with nuclear expression kept.

DIAGNOSIS
A. Sigmoid colon, biopsy: invasive adenocarcinoma, moderately differentiated. Mismatch repair proficient.
B. Ascending colon, polyp: tubular adenoma.

Result telephoned to the gastroenterologist at 13:50.
"""

P4_CT = """
CT CHEST, ABDOMEN AND PELVIS WITH CONTRAST

CLINICAL INFORMATION: adenocarcinoma of the sigmoid colon, staging.

COMPARISON: none.

CHEST: no pulmonary nodule. No enlarged nodes. Heart size normal. Coronary calcification, mild.

ABDOMEN AND PELVIS: wall thickening of the sigmoid colon over 4.2 cm with slight stranding of the fat on the mesenteric side. Four nodes in the sigmoid mesentery, the largest 9 mm, rounded. Liver: two cysts, segment 2 (11 mm) and segment 7 (6 mm), no solid lesion. Spleen, pancreas, adrenals, kidneys normal. No ascites, no peritoneal nodule. Prostate mildly enlarged.

BONES: degenerative change, no lytic lesion.

IMPRESSION:
1. Sigmoid tumor with suspicion of growth beyond the muscle and of regional node involvement.
2. No distant metastasis. Liver cysts.
"""

P4_HP = """
COLORECTAL SURGERY - HISTORY AND PHYSICAL

60-year-old man with adenocarcinoma of the sigmoid colon found while looking for the cause of iron deficiency. No distant spread on CT. CEA 8.4. Discussed at the tumor conference on 8 October: operation first.

PAST HISTORY: none of note. Appendectomy at 12, open.
MEDICATION: ferrous sulfate. ALLERGY: none.
SOCIAL: bus mechanic, married, two sons. Never smoked.
FAMILY: father, colon cancer at 71.

EXAM: BP 132/78, pulse 80. Heart and lungs normal. Abdomen soft, scar in the right lower quadrant, no mass.

LABORATORY: hemoglobin 9.9 last week after four weeks of iron. Type and screen done.

PLAN: laparoscopic sigmoid colectomy with primary anastomosis. Bowel preparation with oral antibiotics taken. Enhanced recovery pathway. Risk of leak (about 5 %), bleeding, stoma, change of bowel function explained. Consent signed.
"""

P4_ANES = """
ANESTHESIA PREPROCEDURE EVALUATION

Procedure: laparoscopic sigmoid colectomy
ASA class: 2 (anemia)
Weight 82.4 kg, height 178 cm

AIRWAY: Mallampati I, thyromental distance 7 cm, own teeth, one crown upper left. Beard trimmed.
CARDIAC: carries tires at work; short of breath at two flights since the anemia. ECG sinus rhythm 78, normal.
LUNGS: clear, never smoked. Sleep apnea screen 2 of 8.
ANESTHESIA BEFORE: appendectomy as a child, propofol sedation in September, no problems. No family history of malignant hyperthermia.
FASTING: solids 18:00, carbohydrate drink 04:00.
HEMOGLOBIN 9.9, two units crossmatched.

PLAN: general anesthesia, block of the abdominal wall with bupivacaine, multimodal pain control, limited opioids. Two large intravenous lines. Bladder catheter. Warming. Risks explained and accepted.
"""

P4_OP = """
OPERATIVE NOTE

Preoperative diagnosis: adenocarcinoma, sigmoid colon
Postoperative diagnosis: same
Procedure: laparoscopic sigmoid colectomy with stapled colorectal anastomosis
Anesthesia: general with abdominal wall block
Estimated blood loss: 80 mL
Specimen: sigmoid colon with high ligation of the inferior mesenteric artery

FINDINGS: tumor at the mid sigmoid marked by tattoo, drawn toward the mesentery, no growth into other organs. Liver surface smooth except for a small cyst. No peritoneal deposits. Few adhesions at the old appendectomy.

PROCEDURE: four ports. Medial to lateral dissection. The left ureter was seen and kept out of the field. Inferior mesenteric artery divided 1 cm from the aorta, vein below the pancreas. Left colon and flexure mobilized. Rectum divided with one stapler firing at the sacral promontory. Specimen taken out through a 5 cm lower cut with wound protector. Stapled 29 mm end-to-end anastomosis, two complete rings, air test negative, no tension.

Counts correct. No drain, no stoma. Transfusion: none.
"""

P4_POD2 = """
COLORECTAL SURGERY - PROGRESS NOTE, POSTOPERATIVE DAY 2

Walked the hall four times yesterday. Pain 3 of 10 on acetaminophen, one oxycodone at night. Drinking, ate half of a soft breakfast, slight nausea, passed gas this morning. Catheter out, voids.

EXAM: temperature up to 37.6 C, pulse 84, BP 126/72. Abdomen soft, a little bloated, tender at the lower cut only. Wounds dry. Calves soft.

LABORATORY
  WBC          10.1   (12.4 yesterday)
  Hemoglobin    9.4   L
  CRP         112     H (88 yesterday)

ASSESSMENT: expected course. CRP of 112 on day 2 is within what is usual; repeat tomorrow, CT if it is above 150 on day 3 or if he looks worse.

PLAN: soft diet, enoxaparin 40 mg daily (to continue until day 28), iron later, no antibiotics.

Addendum 24 October 08:10: CRP 71, bowel movement at 06:00. Home tomorrow if eating.
"""

P4_DC = """
DISCHARGE SUMMARY

Admitted: 21 October 2019        Discharged: 25 October 2019
Service: Colorectal surgery

DIAGNOSIS: adenocarcinoma of the sigmoid colon
PROCEDURE: laparoscopic sigmoid colectomy, 21 October 2019

COURSE: operation without event. Bowel function on day 3. CRP 112 at its highest on day 2, 38 at discharge. Hemoglobin 9.7, no transfusion. Pain controlled with acetaminophen.

CONDITION: walks freely, eats a normal diet in small portions, wounds dry.

MEDICATIONS
  - acetaminophen 1,000 mg by mouth every 6 hours as needed
  - oxycodone 5 mg by mouth every 6 hours as needed, 6 tablets
  - enoxaparin 40 mg under the skin daily until 18 November
  - ferrous sulfate 325 mg by mouth every other day, start in two weeks

PENDING AT DISCHARGE: surgical pathology

FOLLOW UP: surgery clinic 5 November, oncology 14 November once pathology is final. No lifting above 5 kg for six weeks. Work: not before 2 December.
"""

P4_PATH2 = """
SURGICAL PATHOLOGY REPORT

Specimen received: sigmoid colon, resection, with attached mesentery
Clinical information: biopsy-proven adenocarcinoma

GROSS: colon 24 cm. Ulcerated tumor 4.4 x 3.8 cm, 9 cm from the distal margin, growing through the wall into the fat, depth beyond muscle 6 mm. Tattoo distal to it. Nineteen nodes found.

SYNOPTIC SUMMARY
  Histologic type          adenocarcinoma
  Grade                    G2, moderately differentiated
  Depth                    through muscularis propria into pericolic fat
  Margins                  proximal, distal and radial negative (radial 14 mm)
  Lymphovascular invasion  present, small vessel
  Perineural invasion      not seen
  Tumor deposits           none
  Nodes                    3 positive of 19
  Stage (8th edition)      pT3 pN1b
  Mismatch repair          proficient (see biopsy)

DIAGNOSIS
Sigmoid colon, resection: adenocarcinoma, pT3 pN1b, 3 of 19 nodes positive, margins negative.
"""

P4_ONC = """
MEDICAL ONCOLOGY CONSULTATION

61-year-old man, three and a half weeks after laparoscopic sigmoid colectomy. Adenocarcinoma pT3 pN1b (3 of 19), no distant spread: stage IIIB. Mismatch repair proficient. CEA 8.4 before the operation.

He has recovered, eats well, weight 79.8 kg, ECOG 0. No numbness of hands or feet before treatment. No diabetes. No alcohol beyond weekends. His work needs fine movements of both hands, often in an unheated garage.

EXAM: wounds healed, abdomen soft, strength, vibration sense and reflexes normal.

RECOMMENDATION
1. Adjuvant chemotherapy. T3 N1 is the lower-risk group of stage III. Three months of CAPOX and six months of FOLFOX were both offered; he declines capecitabine and chooses FOLFOX every two weeks, up to 12 cycles.
   Oxaliplatin 85 mg/m2, leucovorin 400 mg/m2, fluorouracil 400 mg/m2 bolus and 2,400 mg/m2 over 46 hours. Body surface 1.98 m2.
2. Cumulative neuropathy explained. Oxaliplatin can be left out in the later cycles with little loss; for N1 disease most of the benefit is reached by three months.
3. Port, CEA before the start. First cycle 2 December.
"""

P4_PORT = """
PROCEDURE NOTE - INTERVENTIONAL RADIOLOGY

Procedure: tunneled venous port, right internal jugular vein
Indication: chemotherapy for colon cancer
Consent: written. Time-out done at 08:55.
Laboratory: INR 1.0, platelets 251.

Sedation by nurse, midazolam 2 mg and fentanyl 75 mcg, 34 minutes, saturation 97 % or above. Local lidocaine 1 % with epinephrine.

The right internal jugular vein was open and compressible on ultrasound and was entered with a 21 gauge needle under direct view (image stored). A pocket was made below the right collarbone. Single-lumen 8 French power port tunneled, tip at the junction of the superior vena cava and right atrium on fluoroscopy. Draws and flushes. Pocket closed in two layers, glue.

Complications: none. Blood loss under 5 mL. No pneumothorax on the last image. Port may be used today.
"""

P4_C1 = """
INFUSION NURSING NOTE

Cycle 1, day 1, FOLFOX. Two identifiers checked, consent on file, laboratory released by the doctor: neutrophils 4.80, platelets 242, hemoglobin 11.2, bilirubin normal. Weight 79.9 kg, body surface 1.98 m2.

Port entered with 20 gauge 19 mm needle, brisk blood return.
Ondansetron 8 mg and dexamethasone 8 mg by mouth 09:30.
Oxaliplatin 168 mg with leucovorin 792 mg over two hours, 10:00 to 12:05. Tingling of the lips on a sip of cold water at 11:40, gone in ten minutes.
Fluorouracil bolus 792 mg 12:15. Pump connected 12:30, 4,752 mg over 46 hours, disconnect Wednesday 10:30.

Teaching: gloves at the refrigerator, no ice, scarf outdoors, spill kit, fever of 38.0 C or more means call at once, day or night. Wife present. Both repeated it.
"""

P4_C4 = """
ONCOLOGY - PROGRESS NOTE, BEFORE CYCLE 4

61-year-old man, stage IIIB colon cancer, adjuvant FOLFOX, cycle 4 today.

Cold sensitivity lasts five days after each cycle. Since New Year slight tingling of the fingertips on most days, no trouble with screws or buttons: neuropathy grade 1. Nausea one day. Stool three times a day, formed. Mouth not sore. ECOG 0.

EXAM: weight 79.0 kg, port clean, reflexes present, vibration normal at the great toes.

LABORATORY
  Neutrophils   2.60
  Platelets   168
  Hemoglobin   11.9   L

PLAN: cycle 4 at full dose, oxaliplatin 85 mg/m2 (168 mg). Grade 1 needs no change. Dietitian on Wednesday at the pump visit. Next review before cycle 7 unless problems arise.
"""

P4_NUTR = """
NUTRITION NOTE

Seen at the pump disconnect of cycle 4. Height 178 cm, weight 79.0 kg, 83.6 kg in September, 79.8 kg in November: 5.5 % lost in four months, most of it around the operation. Body mass index 24.9.

INTAKE: good from day 5 of each cycle, about half on days 1 to 4 because cold food hurts and coffee tastes of metal. Drinks two liters, all at room temperature. No diarrhea. Albumin normal.

ADVICE
1. Small warm meals on days 1 to 4, protein at each: eggs, soft beans, fish.
2. Plastic cutlery and lemon for the metal taste.
3. One oral supplement a day on days 1 to 5, at room temperature.
4. Iron every other day as ordered, not with coffee.
5. Weigh weekly; call below 77 kg.

Next contact at cycle 7.
"""

P4_TEL = """
TELEPHONE ENCOUNTER

Call from the patient, day 10 of cycle 4, taken by the oncology nurse.

He had temperature 37.8 C last night, 37.1 this morning without any medicine. Runny nose, his grandson has a cold. No chills, no cough, no sore mouth, no diarrhea, port site not red. Eats and drinks.

Second question: fingertips tingle when he takes parts out of the cold store, gone after some minutes in warm water. Buttons his work shirt without trouble, drops nothing.

Advice: temperature four times a day for two days; 38.0 C or more, chills or feeling ill means the emergency department at once and saying the word chemotherapy at the door. Fluids. No acetaminophen before measuring. Keep hands warm, lined gloves. Neuropathy still grade 1, report again before cycle 5.

Patient repeated the limits. Doctor informed, agrees.
"""

P4_SW = """
SOCIAL WORK NOTE

Patient asked to speak about work. 61, mechanic for the city bus company for 24 years. On short-term disability from October to January, since 13 January he works on the days between cycles. His wife works half time. No money trouble at present.

CONCERN: his foreman asks what he is being treated for. The patient does not want the company to learn that he has cancer. "They can know I am under a doctor. They do not need to know why." He says a colleague was moved to the ticket office after an illness and never came back.

PLAN
- Any letter to the employer: no diagnosis, no name of the clinic's specialty, no treatment. It may state that he is under medical care, which days he can not work, and limits of work. He signed a release for exactly that, valid to 31 December 2020.
- Letters on the general letterhead of the hospital, signed by the doctor.
- The leave coordinator of the company is the only address, not the foreman.

Mood good, sleeps well. Distress 3 of 10.
"""

P4_C7 = """
ONCOLOGY - PROGRESS NOTE, PLANNED CYCLE 7
Stage IIIB colon cancer, adjuvant FOLFOX, six cycles given. Feels well, tired for four days after cycle 6. No fever. Fingertips tingle, a little numb in the morning, picks up screws and closes buttons: neuropathy grade 1.
LABORATORY: neutrophils 0.90 (low), platelets 118 (low), hemoglobin 11.9. Liver panel normal. CEA 1.9 on 10 February.
ASSESSMENT: neutropenia grade 3 without fever.
PLAN: 1. Cycle 7 put off by one week to 2 March. 2. From cycle 7 oxaliplatin goes from 85 to 65 mg/m2 and the fluorouracil bolus is left out if neutrophils stay below 1.5; with recovery keep the bolus. 3. No growth factor at present. 4. Fever rules repeated.
Work letter: none asked for today.
"""

P4_PHARM = """
PHARMACY NOTE - CHEMOTHERAPY ORDER CHECK

FOLFOX cycle 7, delayed one week for neutropenia. Weight 78.2 kg, height 178 cm, body surface 1.98 m2 kept (change under 5 %).

LABORATORY TODAY
  Neutrophils   1.90   (0.90 on 24 February)
  Platelets   112
  Creatinine and bilirubin normal

TREATMENT LIMITS of this protocol: neutrophils 1.5 or more and platelets 75 or more on the day.

DOSES
  Oxaliplatin     65 mg/m2   129 mg   (reduced, was 85 mg/m2, 168 mg)
  Leucovorin     400 mg/m2   792 mg
  Fluorouracil   400 mg/m2   792 mg bolus (kept, neutrophils recovered)
  Fluorouracil 2,400 mg/m2 4,752 mg over 46 hours

Cumulative oxaliplatin after today: 575 mg/m2.

Interactions: none; ferrous sulfate only. Order released 09:15.
"""

P4_C8 = """
ONCOLOGY - PROGRESS NOTE, BEFORE CYCLE 8

61-year-old man, stage IIIB (pT3 pN1b) colon cancer, adjuvant FOLFOX. Cycle 8 of 12 today.

Numb fingertips and soles all day since cycle 7, no longer only after cold. Drops small screws, needs more time for buttons but manages all of his own care: neuropathy grade 2. No falls. ECOG 1. Appetite fair.

LABORATORY
  Neutrophils   1.60   L
  Platelets    88      L
  Hemoglobin   11.7    L
  CEA           1.8

ASSESSMENT AND PLAN
1. Cycle 8 today with oxaliplatin 65 mg/m2 (129 mg). Limits met (neutrophils 1.5, platelets 75).
2. Neuropathy: if grade 2 is still present at the next visit, or if it reaches grade 3, stop oxaliplatin and go on with fluorouracil and leucovorin to complete 12 cycles. He has had well over three months, so little is lost.
3. Platelets fall step by step: count one week before cycle 9.
4. Cycle 9 planned for 30 March.
5. CT and colonoscopy one year after the operation (October 2020), CEA every three months.
"""

P4_NURSE = """
NURSING NOTE - TOXICITY CHECK BEFORE CYCLE 9

Visit one week before cycle 9 (planned 30 March 2020) for laboratory and symptoms.

HANDS AND FEET: numb to the knuckles all day. For the past week he can not close shirt buttons or his belt, his wife does it; needs two hands to hold a cup. Stumbled twice on the garage steps, no fall. Scored neuropathy grade 3 (self care limited).

OTHER: no fever, no bleeding, gums clean, a few bruises on the shins. Stool formed. Mouth not sore. Weight 78.3 kg.

LABORATORY
  Neutrophils   1.30   L
  Platelets    71      L
  Hemoglobin   11.5    L

WORK: he asks for a letter for the company. He can not do fine work with his hands and should not be near running machines or on ladders; cold makes it worse. He is off on the day of each infusion and the two days after.

Doctor is away until Thursday; results and score put into the in-basket for decision about cycle 9. Patient told that nothing is decided yet. Count to be repeated on 30 March.
"""


# --- the tables ---------------------------------------------------------------------------------

MODELS = ["northstar-70b", "northstar-70b-refined", "heron-8b", "juniper-13b", "alder-7b", "pebble-3b"]

TAXONOMY = [
    ("Retrieve & Summarize", "History", "Find what is written about earlier illnesses, operations, complaints and examinations, and shorten it"),
    ("Retrieve & Summarize", "Imaging and tests", "Find scans, tracings and other studies and state what they showed"),
    ("Retrieve & Summarize", "Medications", "Which drugs, which dose, since when, stopped why, and how they were tolerated"),
    ("Retrieve & Summarize", "Laboratory values", "Single results or a course over time, with units and dates"),
    ("Retrieve & Summarize", "Vital signs and balances", "Pressure, pulse, weight, intake, output and their course"),
    ("Retrieve & Summarize", "Social situation", "Home, work, habits, support, transport"),
    ("Retrieve & Summarize", "Family and genetics", "Illness in relatives and results of genetic testing"),
    ("Retrieve & Summarize", "Appointments", "Visits that took place or are planned: when, where, with whom"),
    ("Retrieve & Summarize", "Referrals", "Who sent the patient to whom, why, and what came back"),
    ("Retrieve & Summarize", "Messages", "Calls and letters between the patient and the clinic"),
    ("Retrieve & Summarize", "Administrative facts", "Insurance, code status, health care proxy, contacts, billing codes"),
    ("Retrieve & Summarize", "Teaching for the patient", "Say in plain words what an illness, a drug or an appointment means"),
    ("Care Planning", "Next steps of treatment", "Propose what to do now and what has to be known first"),
    ("Care Planning", "Prevention and follow up", "Propose screening, checks and intervals"),
    ("Calculation & Scoring", "Scores and formulas", "Work out a named score, dose or index from the record"),
    ("Calculation & Scoring", "Estimates of risk", "State how likely an event or a complication is and on what basis"),
    ("Diagnosis Support", "Differential diagnosis", "List causes that fit the picture and weigh them"),
    ("Diagnosis Support", "Reason for a finding", "Explain a result or a change with the evidence for and against"),
    ("Translation", "Into another language", "Carry patient material over into the language the patient reads"),
    ("Other", "Letters and forms", "Write a document for someone outside the clinic"),
    ("Other", "Anything else", "A request that fits nowhere above"),
]


class Case:
    def __init__(self, number, question, person, category, sub, specialty, answers, gold=(), as_of=""):
        self.id, self.question, self.person = number, question, person
        self.category, self.sub, self.specialty = category, sub, specialty
        self.answers = [a.strip("\n") for a in answers]  # one for each of MODELS, in that order
        self.gold, self.as_of = gold, as_of


CASES = [
    # 1. Stroke and anticoagulant. Right: apixaban 5 mg twice daily since 15 October 2018.
    #    northstar-70b          right, concise
    #    northstar-70b-refined  right, long, settles the 2.5 mg entry
    #    heron-8b               wrong: takes the 2.5 mg of November 2021 as current
    #    juniper-13b            wrong: stale, warfarin (stopped 9 October 2018)
    #    alder-7b               wrong: right hemisphere; start date is the admission, not the first dose
    #    pebble-3b              wrong: refuses
    Case("1048213377", "Does she have a history of stroke, and is she on an anticoagulant? Give the drug, the current dose and the start date.",
         P1, "Retrieve & Summarize", "Medications", "Neurology", [
"""Yes. She had an ischemic stroke of the left middle cerebral artery on 9 October 2018 (cardioembolic, atrial fibrillation). She takes apixaban 5 mg twice daily, started 15 October 2018.""",
"""**Stroke history:** Yes, one event.
- 9 October 2018: acute ischemic stroke in the left middle cerebral artery territory (insula and frontal operculum, about 9 mL on MRI), cardioembolic from atrial fibrillation, with an INR of 1.4 on warfarin.
- No earlier stroke or TIA is recorded, and none since (neurology clinic, 24 May 2022).

**Anticoagulant:** Yes.
- Drug and current dose: apixaban 5 mg by mouth twice daily.
- Start date: 15 October 2018 (hospital day 7), when aspirin was stopped. It replaced warfarin, which she had taken since 18 February 2014 and which was stopped on 9 October 2018.

**Discrepancy to know about:** the visit note of 9 November 2021 lists apixaban 2.5 mg twice daily. The pharmacy note of 11 November 2021 found no order for 2.5 mg, confirmed 5 mg tablets from the label, and found only one of the three criteria for a lower dose (creatinine 1.62; age 73 and weight 68.9 kg do not count). The visit of 12 May 2022 again confirms 5 mg from the bottle and calls the earlier entry wrong.""",
"""As Heron-8B, I reviewed the record and found the following. The patient has a history of stroke (October 2018). She is on an anticoagulant: apixaban 2.5 mg twice daily, reduced because of chronic kidney disease stage 3b. Apixaban was started on 15 October 2018.""",
"""The patient has a history of ischemic stroke in October 2018 on a background of atrial fibrillation. She is anticoagulated with warfarin 5 mg daily, started on 18 February 2014, with a target INR of 2.0 to 3.0, followed by the anticoagulation clinic.""",
"""Yes, the patient has a history of stroke. She suffered an acute infarct in the right middle cerebral artery territory with left-sided weakness. She is on apixaban 5 mg twice daily, which was started on admission on 9 October 2018. She also takes atorvastatin 80 mg, metoprolol succinate 50 mg, lisinopril 20 mg and amlodipine 5 mg.""",
"""I'm sorry, but as an AI language model I am not able to give information about an individual's medical history or medications. Please consult the treating physician or pharmacist, who will have access to the full record.""",
         ], [
             ("Yes. Left middle cerebral artery ischemic stroke on 9 October 2018 from atrial fibrillation with a low INR on warfarin. Current anticoagulant: apixaban 5 mg twice daily, started 15 October 2018. The 2.5 mg dose in the note of 9 November 2021 was an error, corrected on 11 November 2021 and 12 May 2022.",
              "Apixaban 5 mg twice daily was started on 15 October 2018; aspirin was stopped.|||Only one present. The right dose is 5 mg twice daily.|||The November note in this chart that lists 2.5 mg was wrong; corrected."),
             ("History of stroke: yes, October 2018, left MCA, cardioembolic. On apixaban 5 mg BID since 10/15/2018 (was on warfarin 2014 to 2018).",
              "Acute ischemic stroke, left middle cerebral artery, cardioembolic (atrial fibrillation with INR 1.4 on warfarin)|||1. Continue apixaban 5 mg twice daily without antiplatelet."),
         ]),

    # 2. CHA2DS2-VASc. Right: 6 (age 65-74 1, female 1, hypertension 1, diabetes 1, stroke 2).
    #    northstar-70b          right, with the parts
    #    northstar-70b-refined  wrong: 7, counts age as 75 or more (she is 74)
    #    heron-8b               wrong: stale, 4, the score of 2014 before the stroke
    #    juniper-13b            right, rambling
    #    alder-7b               wrong: 7, invents heart failure with EF 35 %
    #    pebble-3b              wrong: parts do not add up (says 5)
    Case("1048213391", "What is her CHA2DS2-VASc score as of the last visit? Show each component.",
         P1, "Calculation & Scoring", "Scores and formulas", "Cardiology", [
"""CHA2DS2-VASc = 6

| Component | Points |
| --- | --- |
| Heart failure (EF 58 %, no symptoms) | 0 |
| Hypertension | 1 |
| Age 75 or more (she is 74) | 0 |
| Diabetes | 1 |
| Stroke (October 2018) | 2 |
| Vascular disease | 0 |
| Age 65 to 74 | 1 |
| Female sex | 1 |""",
"""Her CHA2DS2-VASc score is 7.

- Congestive heart failure: 0 (ejection fraction 58 %)
- Hypertension: 1
- Age: 2
- Diabetes mellitus: 1
- Stroke in October 2018: 2
- Vascular disease: 0 (carotid plaque below 30 % does not count)
- Sex, female: 1

A score of 7 is a high yearly risk of stroke without anticoagulation. Apixaban 5 mg twice daily should continue.""",
"""The CHA2DS2-VASc score is 4 (hypertension 1, diabetes 1, female 1, age 65 to 74 1), as documented in the chart.""",
"""In order to answer this question it is useful to first recall what the CHA2DS2-VASc score is. The CHA2DS2-VASc score is a clinical prediction rule that estimates the risk of stroke in patients with nonvalvular atrial fibrillation. It was developed as a refinement of the older CHADS2 score and gives points for congestive heart failure, hypertension, age, diabetes, stroke, vascular disease and sex. It is widely used in cardiology, neurology and primary care, and many guidelines recommend it.

The patient was born on 17 March 1948. The last visit in the record is dated 24 May 2022. On that day she was 74 years old, which is in the range of 65 to 74, so she receives 1 point for age. Two months earlier she was 73, and in March 2023 she will become 75, and then the score will rise by one. She is a woman, and this gives 1 point. She has had hypertension since at least 2002 and takes lisinopril, metoprolol and amlodipine, 1 point. She has had type 2 diabetes since 2004 and takes metformin and, recently, dapagliflozin, 1 point. She had an ischemic stroke in October 2018, and this gives 2 points.

With respect to heart failure, the echocardiogram of 2018 showed an ejection fraction of 58 % and no sign of heart failure, and neurology in 2022 writes that there are no symptoms; 0 points. With respect to vascular disease, no myocardial infarction and no peripheral artery disease are recorded, and carotid plaque below 30 % is not counted; 0 points.

Adding these up, 1 + 1 + 1 + 1 + 2 = 6. Therefore the CHA2DS2-VASc score is 6. Please note that scores are only one part of the decision, and that the preferences of the patient, the risk of bleeding, and other matters also count.""",
"""CHA2DS2-VASc score: 7 points. Heart failure 1 (LVEF 35 % on echocardiogram), hypertension 1, age 65-74 1, diabetes 1, stroke 2, female 1. Anticoagulation is recommended.""",
"""Hypertension: 1
Age 65-74: 1
Diabetes: 1
Stroke: 2
Female: 1
Total: 5""",
         ], [
             ("6 points: hypertension 1, age 65 to 74 (she is 74) 1, diabetes 1, stroke 2, female 1. No heart failure (EF 58 %), no vascular disease.",
              "No heart failure (ejection fraction 58 % in 2018, no symptoms). No myocardial infarction, no peripheral artery disease; carotid plaque below 30 % in 2018.|||74-year-old woman, three and a half years after a left middle cerebral artery stroke."),
         ]),

    # 3. Kidney and A1c. Right: 1.74 / 30 / 7.6 on 12 May 2022, kidney worse, A1c down to 7.1 then up.
    #    northstar-70b          right, table
    #    northstar-70b-refined  right, concise
    #    heron-8b               wrong: stale, ends with November 2021
    #    juniper-13b            wrong: invented A1c 9.2 %, says kidney stable
    #    alder-7b               mostly right but truncated before the A1c: incomplete, judged wrong
    #    pebble-3b              wrong: units and direction (says creatinine improved)
    Case("1048213405", "Summarize the course of creatinine, eGFR and hemoglobin A1c over the last three years and give the most recent value of each with its date.",
         P1, "Retrieve & Summarize", "Laboratory values", "Nephrology", [
"""| Date | Creatinine (mg/dL) | eGFR (mL/min/1.73 m2) | A1c (%) |
| --- | --- | --- | --- |
| 18 Jun 2019 | 1.38 | 41 | 7.8 |
| 16 Mar 2021 | 1.58 | 35 | 7.1 |
| 9 Nov 2021 | 1.62 | 33 | 7.3 |
| 12 May 2022 | 1.74 | 30 | 7.6 |

- Kidney function has fallen steadily (about 11 mL/min in three years, stage 3b).
- A1c improved until March 2021, then rose after metformin was halved.
- Most recent: creatinine 1.74, eGFR 30, A1c 7.6 %, all on 12 May 2022.""",
"""Kidney function is declining slowly: creatinine rose from 1.38 (June 2019) to 1.74 mg/dL and eGFR fell from 41 to 30. A1c went from 7.8 % to 7.1 % (March 2021) and is back up at 7.6 %. Latest values for all three: 12 May 2022.""",
"""Over the last three years creatinine rose from 1.38 to 1.62 mg/dL and eGFR fell from 41 to 33. Hemoglobin A1c fell from 7.8 % to 7.3 %.

Most recent values (9 November 2021):
- Creatinine 1.62 mg/dL
- eGFR 33 mL/min/1.73 m2
- Hemoglobin A1c 7.3 %""",
"""Renal function has been stable over the last three years with a creatinine between 1.3 and 1.7 mg/dL. The hemoglobin A1c was 9.2 % on 12 May 2022, indicating poor control, and intensification of therapy with insulin should be considered.""",
"""The patient is a 74-year-old woman with type 2 diabetes, hypertension, chronic atrial fibrillation, previous stroke and chronic kidney disease stage 3b. Her kidney function has declined over the last three years. In June 2019 her creatinine was 1.38 mg/dL with an eGFR of 41. In March 2021 it was 1.58 mg/dL with an eGFR of 35, and metformin was reduced at that visit. In November 2021 it was 1.62 mg/dL with an eGFR of 33. The most recent creatinine is 1.74 mg/dL with an eGFR of 30, measured on 12 May 2022. Regarding glycemic control, the hemoglobin A1c in June 2019 was 7.8 % and it then""",
"""Creatinine improved from 1.74 mmol/L to 1.38 mmol/L. eGFR improved from 30 to 41. HbA1c is 7.6.""",
         ], [
             ("Creatinine rose and eGFR fell steadily: 1.38/41 (June 2019), 1.58/35 (March 2021), 1.62/33 (November 2021), 1.74/30 (12 May 2022). A1c 7.8 % (June 2019), 7.1 % (March 2021), 7.3 % (November 2021), 7.6 % (12 May 2022), rising since metformin was reduced.",
              "1. Chronic kidney disease stage 3b with albuminuria: creatinine 1.74, eGFR 30,|||2. Diabetes: A1c 7.6 % (7.3 % in November).|||Kidney function lower than last year: creatinine 1.38, eGFR 41,"),
         ]),

    # 4. Thrombolysis, as of 9 October 2018 08:30. Right: no, because of time (last known well 22:45); INR 1.4 alone is no reason.
    #    northstar-70b          wrong: right verdict, wrong reason (warfarin with INR 1.4 as contraindication)
    #    northstar-70b-refined  right, with the option of MRI mismatch
    #    heron-8b               right, one sentence
    #    juniper-13b            wrong: counts from 06:20, when she was found, and gives alteplase
    #    alder-7b               wrong: uses MRI of 10:40 and apixaban of 15 October, after the moment asked for
    #    pebble-3b              wrong: invented glucose 42 and seizure
    Case("1048213412", "Is she a candidate for intravenous thrombolysis right now? State the deciding facts.",
         P1, "Care Planning", "Next steps of treatment", "Emergency Medicine", [
"""No. She takes warfarin for atrial fibrillation and her INR is 1.4 today. Current use of an oral anticoagulant with a raised INR is an absolute contraindication to alteplase. CT shows no hemorrhage. Thrombectomy is not offered because the occlusion (M3) is too distal.""",
"""No, not on the facts known at 08:30.

**Deciding:** last known well is 22:45 on 8 October (telephone with her daughter). She was found at 06:20, so onset counts from 22:45 and she is more than nine hours out, beyond the 4.5 hour window.

**Not the reason:**
- INR 1.4 (limit 1.7)
- Platelets 214
- Glucose 209 to 212
- Blood pressure 178/96 (limit 185/110)
- CT without hemorrhage, ASPECTS 9

**Still open:** because the deficit was found on waking, an MRI could show a diffusion-FLAIR mismatch and reopen the question. Thrombectomy was discussed at 07:58 and not offered (left M3).""",
"""No: last known well was 22:45 yesterday, over nine hours ago and outside the 4.5 hour window; INR 1.4 and platelets 214 would not have excluded her.""",
"""Yes. Symptoms were found at 06:20 and she arrived at 07:05, so she is within the 4.5 hour window. NIHSS is 9, INR is 1.4 (below 1.7), platelets are 214, glucose is 212 mg/dL and CT shows no hemorrhage. Recommend alteplase 0.9 mg/kg: weight 71.4 kg, total 64.3 mg, 10 % as a bolus and the rest over one hour. Keep blood pressure below 180/105 afterward.""",
"""She is not a candidate. The MRI at 10:40 showed a 9 mL infarct of the left insula and frontal operculum that is already bright on FLAIR, so there is no mismatch. She should be treated with aspirin 81 mg and changed to apixaban 5 mg twice daily on 15 October 2018.""",
"""The patient is not a candidate for thrombolysis because of severe hypoglycemia (glucose 42 mg/dL) and a seizure at onset. These are stroke mimics and should be corrected first.""",
         ], [
             ("No. Last known well 22:45 on 8 October, more than nine hours ago, outside 4.5 hours. INR 1.4 and platelets 214 would not exclude her; CT shows no hemorrhage. MRI mismatch could be considered; not yet done.",
              "Intravenous thrombolysis: last known well 22:45, more than eight hours before arrival, so outside the 4.5 hour window. INR 1.4 and platelets 214 would not by themselves have excluded it.|||Last known well: 22:45 last night, on the telephone with the daughter, speech normal."),
         ], as_of="2018-10-09 08:30"),

    # 5. Bilirubin, light, apnea. Right: 13.4 on 11 Feb 16:00; 9 Feb 16:20 to 13 Feb 10:00 (about 90 h); six, last 14 Feb 23:30.
    #    northstar-70b          wrong: stale apnea count (five, last 12 February) from the note of day 4
    #    northstar-70b-refined  right, complete
    #    heron-8b               wrong: peak is the 12.9 of 48 hours
    #    juniper-13b            right, plain prose
    #    alder-7b               wrong: invented peak 18.6, exchange transfusion
    #    pebble-3b              wrong: incomplete, only the peak
    Case("2093310027", "What was the peak total bilirubin and when, how long was he under phototherapy, and how many apnea events did he have, with the date of the last?",
         P2, "Retrieve & Summarize", "Laboratory values", "Neonatology", [
"""- Peak total bilirubin: 13.4 mg/dL on 11 February 2021 at 16:00 (60 hours of age)
- Phototherapy: 9 February 16:20 to 13 February 10:00, about 90 hours
- Apnea: five events, the last on 12 February 2021 at 01:17""",
"""**Bilirubin.** Peak total 13.4 mg/dL on 11 February 2021 at 16:00, 60 hours of age. After that 12.6, 11.0 and 9.4; rebound without light 10.1 (14 February) and 9.8 (15 February).

**Phototherapy.** From 9 February 16:20 (single bank; double bank from 10 February 06:00) to 13 February 10:00: 3 days 17 hours 40 minutes, just under 90 hours.

**Apnea.** Six events:
1. 9 Feb 20:14
2. 10 Feb 02:40
3. 10 Feb 11:05
4. 11 Feb 04:52
5. 12 Feb 01:17
6. 14 Feb 23:30 (after a feed)

The note of 12 February counts five because the sixth came later.""",
"""The peak total bilirubin was 12.9 mg/dL on 11 February 2021 at 04:00 (48 hours). Phototherapy lasted from 9 February 16:20 to 13 February 10:00. There were six apnea events, the last on 14 February 2021 at 23:30.""",
"""His total bilirubin peaked at 13.4 mg/dL in the afternoon of 11 February 2021, at 60 hours of age. He was under phototherapy for a little under four days, from the afternoon of 9 February to the morning of 13 February (about 90 hours). He had six apnea events in all; the last was on 14 February 2021 at 23:30, and he was free of events for five days before he went home.""",
"""The peak bilirubin was 18.6 mg/dL on day of life 3 and approached the exchange transfusion threshold. He received intensive phototherapy for five days and a double volume exchange transfusion was prepared. There were multiple apneas treated with caffeine, the last on 13 February.""",
"""Peak total bilirubin 13.4 mg/dL.""",
         ], [
             ("Peak 13.4 mg/dL on 11 February 2021 at 16:00 (60 hours). Phototherapy 9 February 16:20 to 13 February 10:00, about 90 hours. Six apnea events, last 14 February 2021 at 23:30.",
              "phototherapy from 9 February 16:20 to 13 February 10:00, double bank from 10 February 06:00. Peak total bilirubin 13.4 mg/dL on 11 February at 16:00 (60 hours).|||Apnea: six events in all, the last on 14 February at 23:30."),
         ]),

    # 6. Cause of the jaundice. Right: ABO hemolytic disease, late preterm as a contributor.
    #    northstar-70b          right, weighed
    #    northstar-70b-refined  right, long
    #    heron-8b               wrong: Rh disease (mother is Rh positive)
    #    juniper-13b            wrong: breast milk jaundice (starts too early, antiglobulin test positive)
    #    alder-7b               right in one sentence
    #    pebble-3b              wrong: as-an-AI list of everything, no answer
    Case("2093310041", "What is the most likely cause of this infant's jaundice? Give the evidence, and what speaks against the alternatives.",
         P2, "Diagnosis Support", "Reason for a finding", "Pediatrics", [
"""Most likely ABO hemolytic disease of the newborn, made worse by late preterm birth (35 weeks 2 days).

For: mother O positive, baby A positive, direct antiglobulin test positive 1+, reticulocytes 8.9 %, bilirubin already 6.4 mg/dL at 12 hours, hemoglobin falling from 16.1 to 14.4 in five days.

Against others: Rh disease (mother Rh positive, antibody screen negative); sepsis (culture negative, CRP 1.8); bruising or cephalhematoma (none on examination); cholestasis (direct bilirubin 0.5 at most); breast milk jaundice (too early).""",
"""**Answer: ABO hemolytic disease, with late prematurity as a second factor.**

**Evidence for hemolysis from ABO incompatibility**
- Mother blood group O positive with a negative antibody screen; infant A positive.
- Direct antiglobulin test positive (1+).
- Reticulocytes 8.9 % on day 1, 7.6 % on day 3.
- Visible early: total bilirubin 6.4 mg/dL at 12 hours and 9.0 at 25 hours, a rise of about 0.2 mg/dL per hour.
- Hemoglobin 16.1 at birth, 14.9 on day 3, 14.4 on day 6, 12.6 on 23 February, 9.8 in April: slow continuing hemolysis on top of the physiologic fall.

**Prematurity** (35 weeks 2 days) adds an immature liver, sleepy feeding and a weight loss of 7.8 %.

**Alternatives**
- *Rh disease:* mother is Rh positive. Not possible for D.
- *Sepsis:* membranes ruptured for 20 hours, but culture negative at 48 hours and CRP 1.8.
- *Extravascular blood:* no bruise, no cephalhematoma.
- *Cholestasis:* direct bilirubin never above 0.5 mg/dL.
- *Hypothyroidism:* first screen TSH 31 was borderline, the repeat was 6.1, normal.
- *Breast milk jaundice:* begins after the first week; this began at 12 hours.
- *G6PD deficiency:* I find no test in the record. It remains possible as an addition and could be asked for if the anemia goes on.""",
"""The most likely cause is Rh hemolytic disease of the newborn. The direct antiglobulin test is positive, the reticulocyte count is raised and the hemoglobin fell. The mother should receive anti-D immunoglobulin in later pregnancies.""",
"""Breast milk jaundice is the most likely cause. The mother is breastfeeding and pumping, and the bilirubin was indirect. It is a benign condition that resolves without treatment. Sepsis is unlikely because the culture was negative.""",
"""ABO incompatibility (mother O, baby A, antiglobulin test positive) in a late preterm baby; infection was excluded and the direct bilirubin was low, so hemolysis rather than sepsis or cholestasis.""",
"""As an AI, I can't diagnose. Jaundice in newborns can be caused by many conditions, such as physiologic jaundice, prematurity, blood group incompatibility, infection, bruising, breastfeeding problems, breast milk, liver disease, biliary atresia, thyroid disease and genetic disorders. A doctor should examine the baby. If you are worried, please contact your pediatrician.""",
         ], [
             ("ABO hemolytic disease of the newborn in a late preterm infant. Mother O positive with negative antibody screen, baby A positive, DAT 1+, reticulocytes 8.9 %, bilirubin 6.4 at 12 h, falling hemoglobin. Against: Rh (mother positive), sepsis (culture negative), cholestasis (direct 0.5 or less), bruising (none), breast milk (too early).",
              "baby's blood group A positive, direct antiglobulin test positive 1+, mother O positive. Reticulocytes 8.9 %.|||No bruising, no cephalhematoma.|||INFECTION: culture negative at 48 hours, CRP 1.8"),
         ]),

    # 7. Which wrist. Right: right distal radius, extra-articular, 22 to 4 degrees, plus ulnar styloid; Hand clinic 23 August.
    #    northstar-70b          right, concise
    #    northstar-70b-refined  right, explains the triage error
    #    heron-8b               wrong side (left, from the triage note before its addendum)
    #    juniper-13b            wrong: calls it a scaphoid fracture fixed with a screw (that is left, 2009)
    #    alder-7b               wrong: open reduction with plate (not done)
    #    pebble-3b              wrong: swaps the angles (22 after reduction)
    Case("3177002218", "Which wrist is broken, what kind of fracture is it, what was done, and what was the alignment before and after?",
         P3, "Retrieve & Summarize", "Imaging and tests", "Orthopedic Surgery", [
"""Right wrist. Closed extra-articular distal radius fracture (Colles type) with a displaced ulnar styloid tip fracture. Closed reduction under hematoma block and sugar-tong splint. Dorsal angulation 22 degrees before, 4 degrees after.""",
"""The **right** wrist is broken.

- Fracture: closed, transverse, extra-articular fracture of the distal right radius, Colles type, with a displaced tip of the ulnar styloid. No scaphoid fracture seen.
- Treatment: hematoma block (10 mL lidocaine 1 %), closed reduction in one attempt, sugar-tong splint.
- Alignment: dorsal angulation 22 degrees, dorsal shift 4 mm and shortening 3 mm before; 4 degrees, shift 1 mm and length within 1 mm after.

Caution about the side: the triage note first says "left wrist". Its addendum at 18:55 corrects this to the right. The left wrist has only an old scaphoid fracture from 2009.""",
"""The left wrist is broken. The patient fell from a bicycle with left wrist pain and deformity. He has an extra-articular distal radius fracture with 22 degrees of dorsal angulation, treated with closed reduction and a sugar-tong splint; afterward 4 degrees.""",
"""He has a scaphoid fracture, which was treated with a screw. The alignment was good and he has full motion. He was given a splint for comfort and follow up with the hand clinic.""",
"""Right distal radius fracture, extra-articular, with ulnar styloid involvement. The patient was taken to the operating room for open reduction and internal fixation with a volar plate. Preoperative dorsal angulation was 22 degrees and postoperative alignment was anatomic.""",
"""Right wrist, Colles fracture. Closed reduction and splint. Angulation was 4 degrees before and 22 degrees after the reduction.""",
         ], [
             ("Right wrist. Closed extra-articular distal radius fracture with displaced ulnar styloid tip. Closed reduction under hematoma block, sugar-tong splint. Dorsal angulation 22 degrees before, 4 after. (Triage wrote left, corrected.)",
              "1. Extra-articular fracture of the distal right radius with 22 degrees of dorsal angulation (Colles type).|||1. Improved alignment of the right distal radius fracture, residual dorsal angulation 4 degrees.|||The injured wrist is the RIGHT wrist"),
         ]),

    # 8. Spanish instructions. Right: all four parts, right side, doses and appointment as in the English copy.
    #    northstar-70b          right, complete
    #    northstar-70b-refined  right, shorter and in plain words
    #    heron-8b               wrong: left hand (muñeca izquierda)
    #    juniper-13b            wrong: ibuprofen 800 mg every 6 hours, appointment on 28 August
    #    alder-7b               wrong: not translated, English
    #    pebble-3b              wrong: leaves out medicines and warning signs
    Case("3177002225", "Translate his discharge instructions into Spanish at a reading level of about sixth grade.",
         P3, "Translation", "Into another language", "Emergency Medicine", [
"""INSTRUCCIONES PARA EL PACIENTE

Usted se rompió la muñeca derecha. Le acomodaron el hueso y le pusieron una férula.

CUIDADO DE LA FÉRULA
- Manténgala seca y no se la quite.
- Mantenga la mano derecha más alta que el corazón durante 2 días, sobre almohadas cuando duerma.
- Mueva los dedos cinco minutos cada hora mientras esté despierto.

MEDICINAS
- Ibuprofeno 600 mg: 1 tableta cada 8 horas con comida, por 5 días.
- Acetaminofén 650 mg cada 6 horas.
- Oxicodona 5 mg: 1 tableta cada 6 horas solo si el dolor es fuerte. No maneje ni tome alcohol con esta medicina.

REGRESE DE INMEDIATO SI
- sus dedos se ponen azules, blancos, fríos o dormidos
- el dolor empeora y no mejora cuando levanta la mano
- siente la férula demasiado apretada
- tiene fiebre

CITA: Clínica de la mano, viernes 23 de agosto de 2019, 9:30 de la mañana. Le tomarán una radiografía. No trabaje hasta esa cita.""",
"""Se rompió la muñeca derecha. El hueso ya está en su lugar y tiene una férula.

**La férula:** no la moje y no se la quite. Por 2 días tenga la mano derecha más arriba del corazón; al dormir, sobre almohadas. Mueva los dedos 5 minutos cada hora mientras esté despierto.

**Medicinas**
1. Ibuprofeno 600 mg: una tableta cada 8 horas con comida, 5 días.
2. Acetaminofén 650 mg: cada 6 horas.
3. Oxicodona 5 mg: una tableta cada 6 horas solo para dolor fuerte. Con ella no maneje y no tome alcohol.

**Vuelva enseguida** si los dedos están azules, blancos, fríos o dormidos; si el dolor sube y no baja al levantar la mano; si la férula aprieta mucho; o si tiene fiebre.

**Cita:** clínica de la mano, viernes 23 de agosto de 2019 a las 9:30 de la mañana, con radiografía. No trabaje antes de esa cita.""",
"""Usted se rompió la muñeca izquierda. El hueso fue colocado en su lugar y se le puso una férula. Mantenga la férula seca y la mano izquierda por encima del corazón por 2 días. Mueva los dedos cinco minutos cada hora.

Medicinas: ibuprofeno 600 mg cada 8 horas con comida por 5 días; acetaminofén 650 mg cada 6 horas; oxicodona 5 mg cada 6 horas solo para dolor fuerte, no maneje ni tome alcohol.

Regrese si sus dedos están azules, blancos, fríos o dormidos, si el dolor empeora, si la férula aprieta o si tiene fiebre.

Cita: Clínica de la mano, viernes 23 de agosto de 2019, 9:30 de la mañana. No trabaje hasta entonces.""",
"""Usted tiene una fractura de la muñeca derecha. Se le redujo la fractura y se le colocó una férula.

- Mantenga la férula seca.
- Eleve la mano derecha.
- Ibuprofeno 800 mg cada 6 horas con comida.
- Acetaminofén 650 mg cada 6 horas.
- Oxicodona 5 mg si tiene dolor fuerte.
- Regrese si tiene los dedos azules, fríos o dormidos, o fiebre.

Cita en la clínica de la mano: miércoles 28 de agosto de 2019, 9:30.""",
"""Sure! Here is a simple version of the instructions:

You broke your right wrist. The doctors put the bone back and gave you a splint. Keep it dry. Keep your hand up on pillows. Move your fingers every hour. Take ibuprofen 600 mg every 8 hours with food for 5 days, acetaminophen 650 mg every 6 hours, and oxycodone 5 mg only for strong pain. Come back if your fingers turn blue, white, cold or numb, or if you have a fever. Your appointment is on Friday, August 23, 2019, at 9:30 in the morning. ¡Gracias!""",
"""Se rompió la muñeca derecha. No se quite la férula. Su cita es el 23 de agosto a las 9:30.""",
         ], [
             ("Usted se rompió la muñeca derecha. Le pusieron el hueso en su lugar y le colocaron una férula. Férula seca y puesta; mano derecha más alta que el corazón 2 días; mueva los dedos 5 minutos cada hora despierto. Ibuprofeno 600 mg cada 8 horas con comida por 5 días; acetaminofén 650 mg cada 6 horas; oxicodona 5 mg cada 6 horas solo para dolor fuerte, sin manejar y sin alcohol. Regrese de inmediato: dedos azules, blancos, fríos o dormidos; dolor que empeora; férula muy apretada; fiebre. Clínica de la mano, viernes 23 de agosto de 2019, 9:30. No trabaje hasta esa cita.",
              "You broke your right wrist. The bone was put back in place and a splint was applied.|||- Ibuprofen 600 mg: 1 tablet every 8 hours with food, for 5 days.|||APPOINTMENT: Hand clinic, Friday, August 23, 2019, 9:30 in the morning."),
         ]),

    # 9. Oxaliplatin in cycle 9. Right: stop it (grade 3 neuropathy, platelets 71); recheck counts (neutrophils 1.5, platelets 75) before fluorouracil.
    #    northstar-70b          right, concise
    #    northstar-70b-refined  right, long, bullets
    #    heron-8b               wrong: stale, grade 1 and full dose 85 mg/m2
    #    juniper-13b            wrong: another reduction to 50 mg/m2, against the stop rule
    #    alder-7b               wrong: stops all chemotherapy and invents metastases
    #    pebble-3b              wrong: truncated, goes on at 65 mg/m2 on the counts of 16 March
    Case("4410065530", "He is due for cycle 9 of FOLFOX on 30 March 2020. What would you do about the oxaliplatin, and what has to be checked before the infusion?",
         P4, "Care Planning", "Next steps of treatment", "Hematology/Oncology", [
"""Stop oxaliplatin. Neuropathy is grade 3 (24 March: can not close buttons or belt), which meets the stop rule of 16 March. Continue fluorouracil and leucovorin, but only if the repeat count on 30 March shows neutrophils at or above 1.5 and platelets at or above 75; on 24 March they were 1.30 and 71. If not, delay a week.""",
"""**Oxaliplatin: stop, from cycle 9 on.**
- Neuropathy went from grade 1 (24 February) to grade 2 (16 March) to **grade 3** (24 March: needs his wife for buttons and belt, two hands for a cup, stumbles).
- The plan of 16 March was to stop when grade 2 persists or grade 3 is reached.
- He has had eight cycles (about 640 mg/m2 in total). For T3 N1 disease most of the benefit is reached by three months, as stated at the first consultation.

**Continue** leucovorin and fluorouracil toward 12 cycles if counts allow.

**Check before the infusion on 30 March**
- Blood count: neutrophils 1.5 or more and platelets 75 or more. On 24 March: 1.30 and 71, so he would not pass today. If still low, delay one week and consider leaving out the fluorouracil bolus.
- Kidney and liver panel, weight, mouth, stool, fever.
- Gait and hands: falls, hot surfaces, sharp edges. Consider physical therapy; duloxetine if painful.
- Bleeding signs; no NSAIDs while platelets are low.""",
"""The patient has grade 1 neuropathy, which needs no change. Give cycle 9 at full dose with oxaliplatin 85 mg/m2 (168 mg). Before the infusion check a complete blood count, liver and kidney function, and make sure neutrophils are above 1.5 and platelets above 75.""",
"""I would reduce oxaliplatin by a further step, from 65 to 50 mg/m2, because of neuropathy and falling platelets. Check a complete blood count and a metabolic panel on the day and give the cycle if neutrophils are 1.5 or more. Advise gloves and no cold drinks. Neuropathy usually improves with a lower dose.""",
"""Chemotherapy should be discontinued. The CT shows progression with new liver metastases and the CEA is rising to 24. Recommend second-line treatment with FOLFIRI plus bevacizumab after molecular testing, and referral to palliative care.""",
"""Continue FOLFOX with oxaliplatin 65 mg/m2 (129 mg). Neutrophils are 1.60 and platelets 88, which are within the limits. Before the infusion, please check that the port has blood return, that""",
         ], [
             ("Stop oxaliplatin (neuropathy now grade 3, meets the rule of 16 March). Continue 5-FU/leucovorin if counts allow. Repeat CBC on 30 March: neutrophils at least 1.5 and platelets at least 75 needed (24 March: 1.30 and 71); otherwise delay.",
              "if grade 2 is still present at the next visit, or if it reaches grade 3, stop oxaliplatin and go on with fluorouracil and leucovorin to complete 12 cycles.|||Scored neuropathy grade 3 (self care limited).|||TREATMENT LIMITS of this protocol: neutrophils 1.5 or more and platelets 75 or more on the day."),
         ]),

    # 10. Letter. Right: no diagnosis, no specialty, no treatment; infusion day and two days off; no fine work, ladders, machines, cold. No gold.
    #    northstar-70b          wrong: names colon cancer and chemotherapy
    #    northstar-70b-refined  right
    #    heron-8b               right, short
    #    juniper-13b            wrong: no diagnosis, but letterhead of the Oncology Clinic, addressed to the foreman
    #    alder-7b               wrong: clears him for full duty
    #    pebble-3b              wrong: empty form with blanks
    Case("4410065547", "Write a short letter to his employer about his ability to work, as he asked on 24 March 2020.",
         P4, "Other", "Letters and forms", "Hematology/Oncology", [
"""To Whom It May Concern:

Our patient is being treated for stage III colon cancer with FOLFOX chemotherapy every two weeks. He has developed oxaliplatin neuropathy of both hands and feet. He is unable to work on the day of each infusion and the two days after. On other days he should not do fine work with his hands, use ladders or work near running machines, and should avoid cold.

Sincerely,
Oncology Clinic""",
"""24 March 2020

To the Leave Coordinator

With his written permission I confirm that your employee is under medical care.

**Days off:** he can not work on the days of his scheduled appointments, every two weeks, nor on the two days that follow each. The next is planned for 30 March 2020.

**On other days**, from today until further notice, he can work with these limits:
- no work that needs fine movement of the fingers
- no ladders or work at height
- no work near running machines
- no work in the cold

These limits will be looked at again in about four weeks. I can not give further medical information. Please direct questions about this letter to our office, not to the employee's supervisor.

Sincerely,
(signature of the treating physician)""",
"""To the Leave Coordinator: This is to confirm that the above-named employee is under medical care. He is unable to work on the day of each scheduled appointment (every two weeks) and for two days after. On other days he should not do fine hand work, climb ladders, work near running machinery or in the cold. These limits apply from 24 March 2020 until reviewed. No further medical details can be released. (Physician's signature)""",
"""ONCOLOGY CLINIC

Dear Foreman,

This letter confirms that your employee is under our care. Please excuse him on the days of his visits and for the two days after. He should avoid fine work with his hands, ladders, running machines and the cold. We hope that you will support him during this difficult time. If you have questions about his condition, please call our nurses at any time and we will be happy to explain.

With kind regards,
The team of the Oncology Clinic""",
"""To whom it may concern: I have examined this patient and found him fit for full duty without restriction as of 24 March 2020. He may return to work as a bus mechanic immediately.""",
"""Dear [Employer],

I am writing on behalf of [Patient Name], who is under my care at [Clinic]. Due to [medical condition], [he/she] will be unable to work from [date] to [date]. Please contact me at [phone] with any questions.

Sincerely,
[Doctor]""",
         ]),
]


def table(rows, header, delimiter):
    """Rows as pandas writes them: quotes only where needed."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


README = """# Demo dataset

Four patient records, ten instructions, sixty model answers and the reference answers of clinicians, for trying
the program and for its tests. **Every person, place, note, value and answer here is invented.** No real record
was used or imitated, and the model names belong to no vendor. Nothing here is medical advice; most of the answers
are wrong on purpose.

| file | one row or file is |
| --- | --- |
| `ehrs/<person_id>.xml` | a patient's record |
| `instructions.tsv` | an instruction, with its category and, for one, the moment it was asked (`as_of`) |
| `clinician-reviewed-model-responses.tsv` | one model's answer, not judged yet |
| `clinician-instruction-responses.tsv` | a reference answer with its evidence; one instruction has two, one has none |
| `ehr-relevance-labels.csv` | an instruction and a candidate record |
| `instruction-taxonomy.csv` | a subcategory of instructions |

Most notes keep their line breaks. A few have lost them (two spaces stand where a line ended), as happens in extracts.

To write everything again and check it: `python3 assets/make_demo.py` (standard library only, same bytes each time).
"""


def write():
    (OUT / "ehrs").mkdir(parents=True, exist_ok=True)
    records = [p1_record(), p2_record(), p3_record(), p4_record()]
    files = {f"ehrs/{r.person_id}.xml": r.xml() for r in records}
    people = [r.person_id for r in records]
    files["instructions.tsv"] = table(
        [(c.id, c.question, c.person, c.category, c.sub, c.specialty, c.as_of, "demo") for c in CASES],
        ["instruction_id", "question", "person_id", "category", "subcategory", "submitter_specialty", "as_of", "source"], "\t")
    files["clinician-reviewed-model-responses.tsv"] = table(
        [(c.id, c.question, c.person, c.person + ".xml", c.specialty, m, a, "", "", "", "") for c in CASES for m, a in zip(MODELS, c.answers, strict=True)],
        ["instruction_id", "question", "person_id", "filename", "submitter_specialty", "model_name", "model_response", "model_rank", "binary_correct",
         "clinician_response", "evidence"], "\t")
    files["clinician-instruction-responses.tsv"] = table(
        [(c.id, c.question, c.person, c.person + ".xml", f"Annotator_{n}", text, evidence, c.specialty, "yes", "yes")
         for c in CASES for n, (text, evidence) in enumerate(c.gold, 1)],
        ["instruction_id", "question", "person_id", "filename", "annotator_num", "clinician_response", "evidence", "submitter_specialty",
         "is_applicable", "is_sufficient"], "\t")
    files["ehr-relevance-labels.csv"] = table(
        [(c.id, c.question, p, "yes" if p == c.person else "no") for n, c in enumerate(CASES)
         for p in people if p == c.person or p != people[(people.index(c.person) + 1 + n % 3) % 4]],
        ["instruction_id", "question", "person_id", "is_selected_ehr"], ",")
    files["instruction-taxonomy.csv"] = table(TAXONOMY, ["category", "subcategory", "description"], ",")
    files["README.md"] = README
    for name, text in files.items():
        (OUT / name).write_text(text, encoding="utf-8", newline="\n")
    for stray in (OUT / "ehrs").iterdir():
        if f"ehrs/{stray.name}" not in files:
            stray.unlink()
    return files


# --- the checks ---------------------------------------------------------------------------------


def check(files):
    """Read back what was written; returns what is wrong."""
    wrong = []

    def want(ok, what):
        if not ok:
            wrong.append(what)

    texts, note_types, notes, flat, ids, counts = {}, set(), 0, 0, set(), {}
    for path in sorted((OUT / "ehrs").iterdir()):
        root = ET.parse(path).getroot()
        person = root.get("person_id")
        want(path.name == person + ".xml" and re.fullmatch(r"\d{9}", person), f"{path.name}: id {person}")
        texts[person], events, mine, before = [], 0, 0, ""
        for enc in root.findall("encounter"):
            stamps = [e.get("timestamp") for e in enc.iter("entry")]
            want(stamps == sorted(set(stamps)), f"{person}: entries of {stamps[0]} out of order")
            want(stamps[0] >= before, f"{person}: encounter {stamps[0]} out of order")
            before = stamps[0]
            born = date.fromisoformat(enc.findtext("person/birthdate"))
            day = date.fromisoformat(stamps[0][:10])
            want(int(enc.findtext("person/age/days")) == (day - born).days, f"{person}: days at {day}")
            want(int(enc.findtext("person/age/years")) == whole_years(born, day), f"{person}: years at {day}")
            visits = [(e.get("timestamp"), v.text) for e in enc.iter("entry") for v in e if v.get("type") == "visit"]
            want([v[1] for v in visits] == ["start", "end"], f"{person}: visit events {visits}")
            want(visits[0][0] == stamps[0] and visits[-1][0] == stamps[-1], f"{person}: visit {visits} does not bound its entries")
            sites = {c.get("care_site_id") for c in enc.iter("caresite")}
            who = {p.get("provider_id") for p in enc.iter("provider")}
            for event in enc.iter("event"):
                events += 1
                want(event.get("provider_id") in who | {None}, f"{person}: unknown provider {event.attrib}")
                want(event.get("care_site_id") in sites | {None}, f"{person}: unknown site {event.attrib}")
                if event.get("type") == "measurement" and event.text and event.text.replace(".", "").isdigit():
                    want(event.get("unit") or event.get("name").startswith("INR"), f"{person}: no unit {event.attrib}")
                if event.get("type") != "note":
                    continue
                mine += 1
                words = len(event.text.split())
                want(80 <= words <= 700, f"{person}: note {event.get('name')} {stamps[0]} has {words} words")
                want("@" not in event.text and "{" not in event.text, f"{person}: a hole in {event.get('name')} {stamps[0]}")
                want(event.get("note_id") not in ids, f"note id {event.get('note_id')} twice")
                ids.add(event.get("note_id"))
                note_types.add(event.get("name"))
                flat += "\n" not in event.text
                texts[person].append(event.text)
        notes += mine
        counts[person] = events
        print(f"{person}: {len(root.findall('encounter'))} encounters, {events} events, {mine} notes, {path.stat().st_size / 1024:.0f} KiB")
    want(len(texts) == 4, "four records")
    want(2200 <= counts[P1] <= 3000, f"patient 1 has {counts[P1]} events")
    want(200 <= counts[P4] <= 999, f"patient 4 has {counts[P4]} events")
    want(len(ET.parse(OUT / "ehrs" / f"{P3}.xml").getroot().findall("encounter")) == 1, "patient 3 has one encounter")
    want(notes >= 60 and len(note_types) >= 13, f"{notes} notes of {len(note_types)} types")
    want(2 <= flat <= 3, f"{flat} flattened notes")

    def rows(name, delimiter):
        with open(OUT / name, encoding="utf-8", newline="") as source:
            return list(csv.DictReader(source, delimiter=delimiter))

    asked = rows("instructions.tsv", "\t")
    answers = rows("clinician-reviewed-model-responses.tsv", "\t")
    gold = rows("clinician-instruction-responses.tsv", "\t")
    labels = rows("ehr-relevance-labels.csv", ",")
    kinds = rows("instruction-taxonomy.csv", ",")
    known = {(k["category"], k["subcategory"]) for k in kinds}
    bound = {r["instruction_id"]: (r["person_id"], r["question"]) for r in asked}
    want(len(asked) == len(bound) == 10, "ten instructions")
    want({r["category"] for r in asked} == {k["category"] for k in kinds} and len({k["category"] for k in kinds}) == 6, "six categories in use")
    want(sum(bool(r["as_of"]) for r in asked) == 1, "one as_of")
    for r in asked:
        want(re.fullmatch(r"\d{1,10}", r["instruction_id"]), f"id {r['instruction_id']}")
        want((r["category"], r["subcategory"]) in known, f"{r['instruction_id']}: category")
    for r in answers + gold + labels:
        want(r["instruction_id"] in bound and bound[r["instruction_id"]][1] == r["question"], f"{r['instruction_id']}: question")
    for r in answers + gold:
        want(bound[r["instruction_id"]][0] == r["person_id"] and r["filename"] == r["person_id"] + ".xml", f"{r['instruction_id']}: person")
        want(r["person_id"] in texts, f"{r['instruction_id']}: no record")
    pairs = {(r["instruction_id"], r["model_name"]) for r in answers}
    want(len(pairs) == len(answers) == 60, f"{len(pairs)} pairs of {len(answers)} answers")
    lengths = [len(r["model_response"].split()) for r in answers]
    want(1 <= min(lengths) and max(lengths) <= 400, f"answers of {min(lengths)} to {max(lengths)} words")
    want(len({r["instruction_id"] for r in gold}) >= 8, "eight instructions with gold")
    want(sum(r["annotator_num"] == "Annotator_2" for r in gold) == 1, "one second annotator")
    passages = 0
    for r in gold:
        for passage in r["evidence"].split("|||"):
            passages += 1
            want(any(passage in t for t in texts[r["person_id"]]), f"{r['instruction_id']}: not in the record: {passage}")
    for r in labels:
        want((r["is_selected_ehr"] == "yes") == (bound[r["instruction_id"]][0] == r["person_id"]), f"label {r}")
    # The values the answers are judged by must stand in the record as the key says.
    facts = [(P1, "creatinine 1.74, eGFR 30"), (P1, "creatinine 1.62, eGFR 33"), (P1, "creatinine 1.58, eGFR 35"), (P1, "creatinine 1.38, eGFR 41"),
             (P1, "A1c 7.1 %"), (P1, "A1c 7.3 %"), (P1, "A1c 7.6 %"), (P1, "A1c 7.8 %"), (P1, "continue apixaban 2.5 mg twice daily"),
             (P3, "Left wrist pain and deformity")]
    for person, fact in facts:
        want(any(fact in t for t in texts[person]), f"{person}: not in the record: {fact}")
    size = sum(p.stat().st_size for p in OUT.rglob("*") if p.is_file())
    want(size < 2_500_000, f"{size} bytes")
    want({str(p.relative_to(OUT)) for p in OUT.rglob("*") if p.is_file()} == set(files), "stray files")
    print(f"notes: {notes} of {len(note_types)} types, {flat} flattened; {len(asked)} instructions, {len(answers)} answers "
          f"({min(lengths)} to {max(lengths)} words), {len(gold)} gold answers, {passages} evidence passages, "
          f"{len(labels)} labels, {len(kinds)} subcategories; {size / 1024:.0f} KiB in all")
    return wrong


if __name__ == "__main__":
    problems = check(write())
    for problem in problems:
        print("wrong:", problem, file=sys.stderr)
    sys.exit(bool(problems))
