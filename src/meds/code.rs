//! What a code of MEDS says of its event.
//!
//! In: a code such as `LAB//50868//mEq/L` or `LOINC/8480-6`. Out: whether it is the patient's birth, a fact, the begin or
//! end of a stay, or an event and of which type. MEDS fixes the codes of birth and death alone; the other words are
//! those that the public extracts use. Never: an event left out because its code is not known here.

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Birth,
    Death,
    /// A stay begins; the word before `_ADMISSION` tells stays of several kinds apart.
    Begins(Stay),
    Ends(Stay),
    /// An event of this type.
    Event(&'static str),
    /// The code does not say of which type the event is.
    Unknown,
}

/// Kinds of stay: a transfer to intensive care is a part of a stay in hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stay {
    Hospital,
    Emergency,
    IntensiveCare,
}

/// The first word of a code: what stands before `//`, or before the `/` of `LOINC/8480-6`.
pub(super) fn kind(code: &str) -> &str {
    cut(code).map_or(code, |(kind, _)| kind)
}

/// What stands behind the first word.
pub(super) fn rest(code: &str) -> &str {
    cut(code).map_or("", |(_, rest)| rest)
}

fn cut(code: &str) -> Option<(&str, &str)> {
    code.split_once("//").or_else(|| {
        // A vocabulary has a plain name; `BMI (kg/m2)` is one word.
        code.split_once('/')
            .filter(|(kind, _)| kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
    })
}

/// The role of a code.
pub(super) fn role(code: &str) -> Role {
    let kind = kind(code).to_ascii_uppercase();
    match kind.as_str() {
        "MEDS_BIRTH" => Role::Birth,
        "MEDS_DEATH" => Role::Death,
        "ADMISSION" | "HOSPITAL_ADMISSION" => Role::Begins(Stay::Hospital),
        "DISCHARGE" | "HOSPITAL_DISCHARGE" => Role::Ends(Stay::Hospital),
        "ED_REGISTRATION" | "ED_ADMISSION" => Role::Begins(Stay::Emergency),
        "ED_OUT" | "ED_DISCHARGE" => Role::Ends(Stay::Emergency),
        "ICU_ADMISSION" => Role::Begins(Stay::IntensiveCare),
        "ICU_DISCHARGE" => Role::Ends(Stay::IntensiveCare),
        "LAB" | "VITAL" | "VITALS" | "LOINC" => Role::Event("measurement"),
        "DIAGNOSIS" | "CONDITION" | "PROBLEM" | "ICD9CM" | "ICD10CM" => Role::Event("condition"),
        "MEDICATION" | "DRUG" | "INFUSION_START" | "INFUSION_END" | "RXNORM" | "NDC" => {
            Role::Event("drug_exposure")
        }
        "PROCEDURE" | "HCPCS" | "CPT4" | "ICD9PROC" | "ICD10PCS" => Role::Event("procedure"),
        "NOTE" => Role::Event("note"),
        _ => Role::Unknown,
    }
}

/// The type of an event whose code does not say it: that of its OMOP table, unless a number says that it was measured.
pub(super) fn event_type(table: &str, has_number: bool) -> &'static str {
    match table {
        "note" => "note",
        _ if has_number => "measurement",
        "measurement" => "measurement",
        "condition_occurrence" | "condition" => "condition",
        "drug_exposure" => "drug_exposure",
        "procedure_occurrence" | "procedure" => "procedure",
        "device_exposure" => "device_exposure",
        "visit_detail" => "visit_detail",
        "specimen" => "specimen",
        _ => "observation",
    }
}

/// What a code says to a reader where no list explains it: its words without the first, and without a unit.
pub(super) fn words(code: &str) -> String {
    let words: Vec<&str> = rest(code).split("//").filter(|w| !w.is_empty()).collect();
    let named = match &words[..] {
        [all @ .., last] if unit(code) == *last || *last == "UNK" => all,
        all => all,
    };
    match named {
        [] => kind(code).to_owned(),
        words => words.join(", "),
    }
}

/// The unit of a laboratory code, `LAB//50868//mEq/L`; empty where there is none.
pub(super) fn unit(code: &str) -> &str {
    let mut parts = code.split("//");
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(kind), Some(_), Some(unit), None)
            if kind.eq_ignore_ascii_case("LAB") && unit != "UNK" =>
        {
            unit
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_what_their_events_are() {
        for (code, expected) in [
            ("MEDS_BIRTH", Role::Birth),
            ("MEDS_DEATH", Role::Death),
            (
                "HOSPITAL_ADMISSION//URGENT//CLINIC",
                Role::Begins(Stay::Hospital),
            ),
            ("DISCHARGE", Role::Ends(Stay::Hospital)),
            ("icu_discharge//MICU", Role::Ends(Stay::IntensiveCare)),
            ("LAB//1//mg/dL", Role::Event("measurement")),
            ("LOINC/8480-6", Role::Event("measurement")),
            ("RxNorm/1191", Role::Event("drug_exposure")),
            ("Blood Pressure", Role::Unknown),
        ] {
            assert_eq!(role(code), expected, "{code}");
        }
        assert_eq!(event_type("condition", true), "measurement");
        assert_eq!(event_type("condition", false), "condition");
        assert_eq!(event_type("", false), "observation");
    }

    #[test]
    fn a_code_without_an_explanation_speaks_for_itself() {
        for (code, name, of_lab) in [
            ("LAB//50868//mEq/L", "50868", "mEq/L"),
            ("LAB//51087//UNK", "51087", ""),
            ("MEDICATION//Heparin//Given", "Heparin, Given", ""),
            ("LOINC/8480-6", "8480-6", ""),
            ("HR", "HR", ""),
            ("BMI (kg/m2)", "BMI (kg/m2)", ""),
        ] {
            assert_eq!((words(code).as_str(), unit(code)), (name, of_lab), "{code}");
        }
    }
}
