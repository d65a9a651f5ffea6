//! Names and codes of concepts.
//!
//! In: the concept tables, filtered by the ids that the other tables use, so that a full vocabulary of millions of
//! concepts costs nothing. Out: `VOCABULARY/CODE` and a name for an id. A few standard concepts whose ids never change
//! are built in, for sites that ship only their own concepts (as the MIMIC-IV demo does).

use rustc_hash::FxHashMap;

/// A concept's code and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Concept {
    /// `VOCABULARY/CODE`.
    pub(crate) code: Box<str>,
    pub(crate) name: Box<str>,
}

impl Concept {
    /// The code without its vocabulary.
    pub(crate) fn bare_code(&self) -> &str {
        self.code.split_once('/').map_or("", |(_, code)| code)
    }
}

/// Concepts by id.
#[derive(Debug, Default)]
pub(crate) struct Concepts {
    by_id: FxHashMap<i64, Concept>,
}

impl Concepts {
    /// The built-in concepts alone.
    pub(crate) fn standard() -> Self {
        let by_id = STANDARD
            .iter()
            .map(|(id, code, name)| {
                let concept = Concept {
                    code: (*code).into(),
                    name: (*name).into(),
                };
                (*id, concept)
            })
            .collect();
        Concepts { by_id }
    }

    /// Adds a concept; one that is there already (built in) is replaced.
    pub(crate) fn add(&mut self, id: i64, vocabulary: &str, code: &str, name: &str) {
        let concept = Concept {
            code: format!("{vocabulary}/{code}").into(),
            name: name.into(),
        };
        self.by_id.insert(id, concept);
    }

    /// The concept of an id; `None` for 0 ("no matching concept") and unknown ids.
    pub(crate) fn get(&self, id: Option<i64>) -> Option<&Concept> {
        let id = id.filter(|id| *id != 0)?;
        self.by_id.get(&id)
    }

    /// The name of a concept, unless it is unknown.
    pub(crate) fn name(&self, id: Option<i64>) -> Option<&str> {
        self.get(id).map(|c| &*c.name).filter(|n| !n.is_empty())
    }
}

/// Ids that the OMOP vocabularies fix, with vocabulary/code and name. The operators are only ever named.
const STANDARD: [(i64, &str, &str); 18] = [
    (8507, "Gender/M", "MALE"),
    (8532, "Gender/F", "FEMALE"),
    (8527, "Race/5", "White"),
    (8516, "Race/3", "Black or African American"),
    (8515, "Race/2", "Asian"),
    (8557, "Race/4", "Native Hawaiian or Other Pacific Islander"),
    (8657, "Race/1", "American Indian or Alaska Native"),
    (38_003_563, "Ethnicity/Hispanic", "Hispanic or Latino"),
    (
        38_003_564,
        "Ethnicity/Not Hispanic",
        "Not Hispanic or Latino",
    ),
    (9201, "Visit/IP", "Inpatient Visit"),
    (9202, "Visit/OP", "Outpatient Visit"),
    (9203, "Visit/ER", "Emergency Room Visit"),
    (262, "Visit/ERIP", "Emergency Room and Inpatient Visit"),
    (4_171_756, "", "<"),
    (4_171_754, "", "<="),
    (4_172_703, "", "="),
    (4_171_755, "", ">="),
    (4_172_704, "", ">"),
];

/// The code and name of a death, which OMOP records without a concept of its own.
pub(crate) const DEATH: (&str, &str) = ("SNOMED/419620001", "Death");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_no_concept() {
        let mut concepts = Concepts::standard();
        concepts.add(0, "None", "No matching concept", "No matching concept");
        assert_eq!(concepts.get(Some(0)), None);
        assert_eq!(concepts.name(Some(8532)), Some("FEMALE"));
        assert_eq!(concepts.get(None), None);
    }

    #[test]
    fn the_sites_own_table_wins() {
        let mut concepts = Concepts::standard();
        concepts.add(9201, "Visit", "IP", "Stay");
        let c = concepts.get(Some(9201)).expect("there");
        assert_eq!(
            (&*c.code, &*c.name, c.bare_code()),
            ("Visit/IP", "Stay", "IP")
        );
    }
}
