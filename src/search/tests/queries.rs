//! What queries find, and how the weights of their words add up.

use super::{find, hits, make, small};
use crate::search::build::state;
use crate::search::{Engine, Query, State};

#[test]
fn queries_find_what_the_language_says() {
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    assert_eq!(state(&dataset, &place, true), State::Missing);
    assert!(Engine::open(&place).is_err());
    let built = make(&dataset, &place);
    assert_eq!((built.indexed, built.events), (3, 6));
    assert!(state(&dataset, &place, true).is_current());
    let engine = Engine::open(&place).expect("an index");
    let found = find(&engine, "left ganglia");
    assert_eq!(found.count, 2);
    assert_eq!(
        hits(&engine, "left basal ganglia"),
        ["1/1", "2/1"],
        "all words first, then some"
    );
    assert_eq!(find(&engine, "left basal ganglia").count, 1);
    for (query, expected) in [
        ("\"left basal\"", &["1/1"][..]),
        ("\"left ganglia\"", &[]),
        ("warfarin 5mg", &["1/1", "3/0"]),
        ("5 mg", &["1/1", "3/0"]),
        ("warf*", &["1/1", "3/0"]),
        ("warfarrin~", &["1/1", "3/0"]),
        ("stroke -warfarin", &["1/2"]),
        ("stroke -\"basal ganglia\"", &["1/2"]),
        (
            "-\"left knee\" -name:\"cerebral infarction\" kind:note",
            &["1/1", "1/2"],
        ),
        ("165/90", &["1/1"]),
        ("165", &["1/0", "1/1"]),
        ("0.5", &["2/1"]),
        ("5", &["1/1", "3/0"]),
        ("qd", &["1/1"]),
        ("meniere", &["1/2"]),
        ("followup", &[]),
        ("\"follow up\"", &["1/2"]),
        ("2013-10-10", &["1/0", "1/2"]),
        ("\"2013-10-10\"", &["1/2"]),
        ("8480-6", &["1/0"]),
        ("LOINC/8480-6", &["1/0"]),
        ("code:loinc/8480-6", &["1/0"]),
        ("code:I63*", &["2/0"]),
        ("code:rxnorm", &["3/0"]),
        ("rxnorm", &["3/0"]),
        ("name:pressure", &["1/0"]),
        ("kind:note before:2014", &["1/1"]),
        ("kind:note after:2014 before:2018", &["1/2"]),
        ("on:2018-05-01", &["2/0", "3/0"]),
        ("kind:condition,drug", &["2/0", "3/0"]),
        ("kind:condition kind:drug", &["2/0", "3/0"]),
        ("patient:2 left", &["2/1"]),
        ("note:n-Discharge", &["1/2"]),
        ("-kind:note -kind:drug", &["1/0", "2/0"]),
    ] {
        let mut found = hits(&engine, query);
        found.sort();
        assert_eq!(found, expected, "{query}");
    }
    let scoped = engine
        .search(&Query::parse("left"), Some("2"), 20)
        .expect("found");
    let whole = find(&engine, "left");
    let same = whole.hits.iter().find(|h| h.person == "2").expect("a hit");
    assert_eq!(scoped.hits.len(), 1);
    assert!(
        (scoped.hits[0].score - same.score).abs() < 1e-6,
        "one patient's scores are those of the whole index"
    );
}

#[test]
fn weights_add_up_to_the_score() {
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    make(&dataset, &place);
    let engine = Engine::open(&place).expect("an index");
    for text in [
        "left basal ganglia stroke",
        "\"basal ganglia\" warf* left",
        "8480-6 systolic kind:measurement",
    ] {
        let query = Query::parse(text);
        for hit in engine.search(&query, None, 20).expect("found").hits {
            let weights = engine.explain(&query, &hit).expect("explained");
            let sum: f32 = weights.iter().map(|w| w.score).sum();
            assert!(
                (sum - hit.score).abs() < 1e-4,
                "{text}: {weights:?} {hit:?}"
            );
        }
    }
    let query = Query::parse("stroke");
    let hit = &engine.search(&query, None, 1).expect("found").hits[0];
    let weight = &engine.explain(&query, hit).expect("explained")[0];
    assert_eq!((weight.frequency, weight.events), (Some(1), Some(2)));
}
