//! Which words are names that a claim is about: drugs, problems, tests.
//!
//! In: a word in lower case. Out: what kind of name it is, and other words for the same test. Endings and short lists, not a
//! dictionary: a name that is missing here gets no mark, which is no claim about it.

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// A drug or a problem: a claim by itself.
    Thing,
    /// What is measured: a claim only with its value.
    Test,
    /// What has a day and no value.
    Day,
}

/// What the names of drugs end in.
const DRUG_ENDS: [&str; 54] = [
    "pril",
    "sartan",
    "olol",
    "statin",
    "mycin",
    "micin",
    "cillin",
    "xaban",
    "gliflozin",
    "gliptin",
    "platin",
    "mab",
    "tinib",
    "azole",
    "dipine",
    "semide",
    "thiazide",
    "formin",
    "tidine",
    "caine",
    "codone",
    "morphone",
    "triptan",
    "setron",
    "floxacin",
    "cycline",
    "parin",
    "lukast",
    "sone",
    "solone",
    "barbital",
    "azepam",
    "zolam",
    "pentin",
    "gabalin",
    "oxetine",
    "pramine",
    "triptyline",
    "zepine",
    "racetam",
    "ciclovir",
    "rubicin",
    "taxel",
    "uracil",
    "mustine",
    "glutide",
    "profen",
    "teplase",
    "dronate",
    "lactone",
    "trexate",
    "covorin",
    "terol",
    "pidogrel",
];

/// Names of drugs that end otherwise.
const DRUGS: [&str; 37] = [
    "warfarin",
    "aspirin",
    "insulin",
    "digoxin",
    "acetaminophen",
    "paracetamol",
    "morphine",
    "fentanyl",
    "lithium",
    "amiodarone",
    "caffeine",
    "folfox",
    "folfiri",
    "hydralazine",
    "naloxone",
    "tramadol",
    "naproxen",
    "levothyroxine",
    "immunoglobulin",
    "melatonin",
    "allopurinol",
    "colchicine",
    "nitroglycerin",
    "quetiapine",
    "haloperidol",
    "citalopram",
    "escitalopram",
    "sertraline",
    "trazodone",
    "bupropion",
    "zolpidem",
    "loperamide",
    "senna",
    "docusate",
    "potassium chloride",
    "epinephrine",
    "dobutamine",
];

/// What the names of problems end in.
const PROBLEM_ENDS: [&str; 20] = [
    "itis",
    "emia",
    "aemia",
    "oma",
    "osis",
    "pathy",
    "algia",
    "uria",
    "plegia",
    "paresis",
    "plasia",
    "penia",
    "cytosis",
    "megaly",
    "sclerosis",
    "ectasis",
    "rrhage",
    "rrhea",
    "trophy",
    "ptysis",
];

/// Names of problems that end otherwise.
const PROBLEMS: [&str; 52] = [
    "stroke",
    "infarct",
    "infarction",
    "seizure",
    "fracture",
    "metastasis",
    "metastases",
    "cancer",
    "diabetes",
    "hypertension",
    "hypotension",
    "fibrillation",
    "asthma",
    "copd",
    "jaundice",
    "apnea",
    "dementia",
    "delirium",
    "depression",
    "embolism",
    "ulcer",
    "obesity",
    "gout",
    "angina",
    "migraine",
    "epilepsy",
    "tumor",
    "effusion",
    "edema",
    "syncope",
    "fever",
    "abscess",
    "hernia",
    "eczema",
    "lupus",
    "thrombus",
    "aneurysm",
    "prematurity",
    "cholestasis",
    "hypothyroidism",
    "hyperthyroidism",
    "pregnancy",
    "shock",
    "bleeding",
    "rash",
    "fall",
    "dyspnea",
    "vertigo",
    "burn",
    "infection",
    "malnutrition",
    "dehydration",
];

/// Words that end like a name and are none.
const NONE: [&str; 20] = [
    "diagnosis",
    "prognosis",
    "sympathy",
    "empathy",
    "academia",
    "person",
    "idioma",
    "aroma",
    "diploma",
    "april",
    "pathology",
    "reason",
    "season",
    "lesson",
    "treason",
    "poison",
    "prison",
    "grandson",
    "osmosis",
    "hypnosis",
];

/// Tests, each with the other words for it.
const TESTS: [&[&str]; 31] = [
    &["egfr", "gfr", "glomerular"],
    &["a1c", "hba1c"],
    &["ef", "lvef", "ejection"],
    &["bp", "pressure"],
    &["hr", "pulse"],
    &["spo2", "saturation"],
    &["wbc", "leukocytes"],
    &["hgb", "hb", "hemoglobin"],
    &["hct", "hematocrit"],
    &["plt", "platelets"],
    &["anc", "neutrophils"],
    &["reticulocytes", "reticulocyte"],
    &["bun", "urea"],
    &["ldl"],
    &["hdl"],
    &["inr"],
    &["creatinine"],
    &["glucose"],
    &["bilirubin"],
    &["sodium"],
    &["potassium"],
    &["lactate"],
    &["troponin"],
    &["nihss"],
    &["aspects"],
    &["crp"],
    &["tsh"],
    &["cea"],
    &["weight"],
    &["temperature", "temp"],
    &["cholesterol"],
];

/// The words for being born.
const BORN: [&str; 3] = ["born", "birth", "dob"];

/// Units of measure: a number before one is no bare number. Times are not among them: "5 days" says too little.
const UNITS: [&str; 27] = [
    "mg", "mcg", "µg", "ug", "g", "kg", "ml", "dl", "l", "units", "unit", "iu", "meq", "mmol",
    "mmhg", "cm", "mm", "degrees", "degree", "mg/dl", "g/dl", "ng/ml", "mmol/l", "ml/min", "kg/m2",
    "mg/m2", "mg/kg",
];

/// What a word in lower case names.
pub(super) fn named(word: &str) -> Option<Named> {
    if TESTS.iter().any(|names| names.contains(&word)) {
        return Some(Named::Test);
    }
    if BORN.contains(&word) {
        return Some(Named::Day);
    }
    let one = word
        .strip_suffix('s')
        .filter(|w| !w.ends_with('s'))
        .unwrap_or(word);
    let listed = |list: &[&str]| list.contains(&word) || list.contains(&one);
    let ends = |ends: &[&str]| ends.iter().any(|e| word.ends_with(e) || one.ends_with(e));
    let long = word.chars().count() >= 6;
    let is =
        listed(&DRUGS) || listed(&PROBLEMS) || long && (ends(&DRUG_ENDS) || ends(&PROBLEM_ENDS));
    (is && !listed(&NONE)).then_some(Named::Thing)
}

/// Words for the same as a word: itself, in the singular, and of a test its other names.
pub(super) fn same_as(word: &str) -> Vec<String> {
    let groups = TESTS.iter().copied().chain([&BORN[..]]);
    if let Some(names) = groups.into_iter().find(|names| names.contains(&word)) {
        return names.iter().map(|n| (*n).to_owned()).collect();
    }
    let one = word
        .strip_suffix('s')
        .filter(|w| w.len() > 3 && !w.ends_with('s'));
    let mut all = vec![word.to_owned()];
    match one {
        Some(one) => all.push(one.to_owned()),
        None => all.push(format!("{word}s")),
    }
    all
}

/// Whether what follows a number is a unit of measure, or a per cent sign.
pub(super) fn begins_with_unit(after: &str) -> bool {
    let after = after.trim_start();
    let end = after.find(|c: char| !(c.is_alphanumeric() || c == '/' || c == 'µ'));
    let word = after[..end.unwrap_or(after.len())].to_lowercase();
    after.starts_with('%') || UNITS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drugs_problems_and_tests_are_told_from_other_words() {
        for word in [
            "apixaban",
            "warfarin",
            "oxaliplatin",
            "stroke",
            "metastases",
            "fractures",
            "hypoglycemia",
            "neuropathy",
        ] {
            assert_eq!(named(word), Some(Named::Thing), "{word}");
        }
        for word in ["inr", "lvef", "creatinine", "a1c"] {
            assert_eq!(named(word), Some(Named::Test), "{word}");
        }
        for word in ["diagnosis", "person", "daily", "wrist", "april", "empathy"] {
            assert_eq!(named(word), None, "{word}");
        }
    }

    #[test]
    fn lists_say_each_name_once() {
        let all = [&DRUGS[..], &PROBLEMS, &NONE, &UNITS].concat();
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn units_of_measure_are_no_times() {
        for (after, is) in [
            (" mg daily", true),
            ("%", true),
            (" % of", true),
            ("mg/dL", true),
            (" days", false),
            ("b", false),
            ("", false),
        ] {
            assert_eq!(begins_with_unit(after), is, "{after:?}");
        }
    }
}
