use super::*;
use proptest::prelude::*;

fn words(text: &str) -> Vec<String> {
    let shown = |w: &Word| {
        let sign = if w.negative { "-" } else { "" };
        let phrase = |terms: &Phrase| {
            let terms: Vec<String> = terms.iter().map(|(p, t)| format!("{p}:{t}")).collect();
            terms.join("+")
        };
        let form = match &w.form {
            Form::Terms(ways) => ways.iter().map(phrase).collect::<Vec<_>>().join("|"),
            Form::Day(ways, (from, _)) => format!("{}@{from}", phrase(&ways[0])),
            Form::Prefix(terms) => format!("{}*", phrase(terms)),
            Form::Fuzzy(term, distance) => format!("{term}~{distance}"),
        };
        format!("{sign}{form}")
    };
    Query::parse(text).words.iter().map(shown).collect()
}

fn conditions(text: &str) -> Vec<Condition> {
    Query::parse(text)
        .filters
        .into_iter()
        .map(|f| f.condition)
        .collect()
}

#[test]
fn words_phrases_and_signs() {
    assert_eq!(
        words("Left \"Basal  Ganglia\" strok* warfarrin~ -mri"),
        [
            "0:left",
            "0:basal+1:ganglia",
            "0:strok*",
            "warfarrin~1",
            "-0:mri"
        ]
    );
    assert_eq!(
        words("5mg LOINC/8480-6 165/90 follow-up"),
        ["0:5+1:mg", "0:loinc+1:8480-6", "0:165/90", "0:follow+1:up"]
    );
    assert_eq!(
        words("-\"no mass\" NOT tumor~2 a-b"),
        ["-0:no+1:mass", "-tumor~2", "0:a+1:b"]
    );
}

#[test]
fn a_day_in_any_notation() {
    let day = 18_295 * 86_400;
    for written in [
        "2020-02-03",
        "02/03/2020",
        "Feb 3, 2020",
        "3 feb 2020",
        "3.2.2020",
    ] {
        let all = words(&format!("left {written} mri"));
        assert!(all[1].ends_with(&format!("@{day}")), "{written}: {all:?}");
        assert_eq!((all.len(), &*all[2]), (3, "0:mri"), "{written}");
        assert_eq!(
            conditions(&format!("on:\"{written}\"")),
            [Condition::Time(Some(day), Some(day + 86_400))]
        );
    }
    assert_eq!(words("\"2020-02-03\""), ["0:2020-02-03"], "as written");
}

#[test]
fn the_last_word_of_a_phrase_may_begin_so() {
    for written in [
        "\"compression stock*\"",
        "\"compression stock\"*",
        "compression-stock*",
    ] {
        assert_eq!(words(written), ["0:compression+1:stock*"], "{written}");
    }
    assert_eq!(words("\"compression s*\""), [""; 0]);
}

#[test]
fn a_negative_number_is_no_exclusion() {
    assert_eq!(words("-1.5 -\"2\""), ["0:1.5", "-0:2"]);
}

#[test]
fn filters() {
    assert_eq!(
        conditions("kind:notes,meas code:I63* name:\"Blood pressure\" patient:12"),
        [
            Condition::Kinds(vec![Kind::Note, Kind::Measurement]),
            Condition::CodePrefix("i63".to_owned()),
            Condition::Name(vec!["blood".to_owned(), "pressure".to_owned()], None),
            Condition::Patient("12".to_owned()),
        ]
    );
    let day = 86_400;
    assert_eq!(
        conditions("after:1970-01-02 before:1971 on:1970-02"),
        [
            Condition::Time(Some(day), None),
            Condition::Time(None, Some(365 * day)),
            Condition::Time(Some(31 * day), Some(59 * day)),
        ]
    );
    assert!(Query::parse("-kind:note x").filters[0].negative);
    assert_eq!(
        words("time:19:08 BP:165/90"),
        ["0:time+1:19:08", "0:bp+1:165/90"],
        "other colons are words"
    );
}

#[test]
fn what_is_half_typed_says_so() {
    for (text, message) in [
        ("kind:", "waits for a value"),
        ("kind:xyz", "is one of"),
        ("after:20", "waits for a year"),
        ("\"basal gang", "not closed"),
        ("a*", "at least 2"),
        ("???", "signs without letters"),
        ("a OR b", "not needed"),
        ("gout or pseudogout", "or is searched for as a word"),
        ("gout and 1", "and is searched for as a word"),
        ("gout not foot", "-word leaves events out"),
        (
            "2/3/2020",
            "read as 2020-02-03, the month first; for 2020-03-02",
        ),
        ("on:2/3/2020", "read as 2020-02-03"),
        ("-foo", "only words to leave out"),
    ] {
        let said = Query::parse(text).messages.join("; ");
        assert!(said.contains(message), "{text}: {said}");
    }
    let quiet = [
        "",
        " ",
        "-",
        "*",
        "\"",
        "stroke",
        "\"a b\"",
        "\"salt and water\"",
        "and",
        "seen or",
        "2020-02-03",
        "13/2/2020",
    ];
    for quiet in quiet {
        let messages = Query::parse(quiet).messages;
        assert!(
            messages.is_empty() || quiet == "\"",
            "{quiet}: {messages:?}"
        );
    }
}

proptest! {
    #[test]
    fn anything_can_be_typed(text in any::<String>()) {
        let _ = Query::parse(&text);
    }

    #[test]
    fn signs_in_any_order(text in "[-a:\"*~ 0.kind]{0,30}") {
        let _ = Query::parse(&text);
    }
}
