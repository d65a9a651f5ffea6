//! The format of the review file, for other programs and for people.
//!
//! In: nothing. Out: a JSON Schema of one line, and the format in words. Both are checked against real entries in tests.

/// The JSON Schema (draft 2020-12) of one line.
pub(crate) const SCHEMA: &str = include_str!("../../assets/review-file.schema.json");

/// The format in words, with examples for `jq`.
pub(crate) const FORMAT: &str = include_str!("../../assets/review-file.md");

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::review::entry::Act;
    use crate::review::line::COMMON;
    use crate::review::sample::{acts, case, entry};

    fn schema() -> Value {
        serde_json::from_str(SCHEMA).expect("JSON")
    }

    fn is_type(value: &Value, name: &str) -> bool {
        match name {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            "integer" => value.is_u64() || value.is_i64(),
            other => panic!("a type the check does not know: {other}"),
        }
    }

    /// Whether a value fits a schema; knows the keywords that ours uses.
    fn fits(value: &Value, schema: &Value, root: &Value) -> bool {
        let names = |list: &Value| -> Vec<String> {
            let list = list.as_array().expect("a list").iter();
            list.map(|n| n.as_str().expect("a name").to_owned())
                .collect()
        };
        let has = |name: &String| value.get(name).is_some();
        schema
            .as_object()
            .expect("a schema")
            .iter()
            .all(|(keyword, rule)| match keyword.as_str() {
                "$ref" => {
                    let path = rule.as_str().expect("a path").trim_start_matches('#');
                    fits(value, root.pointer(path).expect("defined"), root)
                }
                "type" => match rule {
                    Value::String(name) => is_type(value, name),
                    several => names(several).iter().any(|n| is_type(value, n)),
                },
                "enum" => rule.as_array().expect("a list").contains(value),
                "const" => value == rule,
                "required" => names(rule).iter().all(has),
                "dependentRequired" => {
                    let rules = rule.as_object().expect("rules").iter();
                    rules
                        .filter(|(name, _)| has(name))
                        .all(|(_, needs)| names(needs).iter().all(has))
                }
                "properties" => {
                    let rules = rule.as_object().expect("rules").iter();
                    rules
                        .filter_map(|(name, rule)| Some((value.get(name)?, rule)))
                        .all(|(value, rule)| fits(value, rule, root))
                }
                "additionalProperties" => {
                    let mut all = value.as_object().expect("an object").values();
                    all.all(|v| fits(v, rule, root))
                }
                "items" => value
                    .as_array()
                    .is_none_or(|all| all.iter().all(|v| fits(v, rule, root))),
                "allOf" => rule
                    .as_array()
                    .expect("rules")
                    .iter()
                    .all(|r| fits(value, r, root)),
                "if" => !fits(value, rule, root) || fits(value, &schema["then"], root),
                "minimum" => value.as_u64() >= rule.as_u64() || value.is_null(),
                "minLength" => value.as_str().is_some_and(|s| !s.is_empty()),
                "then" | "maximum" | "description" | "title" | "format" | "pattern" | "$schema"
                | "$defs" => true,
                other => panic!("a keyword the check does not know: {other}"),
            })
    }

    fn lines() -> Vec<Value> {
        let line = |(n, act): (u32, Act)| {
            let case = act.needs_case().then(|| case(n));
            let line = entry(n, case, act).to_line().expect("writable");
            serde_json::from_str(&line).expect("JSON")
        };
        (0..).zip(acts()).map(line).collect()
    }

    #[test]
    fn every_line_fits_and_every_required_field_is_required() {
        let schema = schema();
        for line in lines() {
            assert!(fits(&line, &schema, &schema), "{line}");
            let kind = line["kind"].as_str().expect("a kind");
            let required = schema["$defs"][kind]["required"].as_array();
            for name in required.expect("known").iter().filter_map(Value::as_str) {
                let mut less = line.clone();
                less.as_object_mut().expect("an object").remove(name);
                assert!(!fits(&less, &schema, &schema), "{kind} without {name}");
                // What the schema requires, the reader requires, except what reads as "not said".
                let reads = crate::review::Entry::from_line(less.to_string().as_bytes()).is_ok();
                let may = ["shown_position", "harm", "applicable", "sufficient"].contains(&name);
                assert_eq!(reads, may, "{kind} without {name}");
            }
        }
    }

    #[test]
    fn kinds_and_fields_are_those_of_the_program() {
        let schema = schema();
        let mut kinds: Vec<&str> = Vec::new();
        for (kind, rule) in schema["$defs"].as_object().expect("kinds") {
            if kind.starts_with('_') {
                continue;
            }
            kinds.push(kind);
            let fields: Vec<&str> = rule["properties"]
                .as_object()
                .expect("fields")
                .keys()
                .map(String::as_str)
                .collect();
            assert_eq!(Some(fields.as_slice()), Act::fields(kind), "{kind}");
            assert!(FORMAT.contains(&format!("`{kind}`")), "{kind} is described");
        }
        let lines = lines();
        for kind in kinds {
            let written = lines.iter().filter(|l| l["kind"] == kind);
            let fields: Vec<String> = written
                .flat_map(|l| l.as_object().expect("an object").keys().cloned())
                .collect();
            let known = Act::fields(kind).expect("known");
            assert!(
                known.iter().all(|f| fields.iter().any(|w| w == f)),
                "{kind}"
            );
            let common = |f: &String| COMMON.contains(&f.as_str());
            assert!(
                fields
                    .iter()
                    .all(|f| common(f) || known.contains(&f.as_str()))
            );
        }
        let common = schema["properties"].as_object().expect("fields").keys();
        assert_eq!(common.collect::<Vec<_>>(), COMMON);
    }
}
