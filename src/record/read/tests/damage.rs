//! Nothing a file holds stops the program, and no damage passes in silence.

use proptest::prelude::*;

use super::{HEAD, TAIL, all, bytes, errors, lumia, values};

#[test]
fn damage_is_reported_and_all_around_it_is_there() {
    let record = lumia("<event type=\"note\">a</evnt><event type=\"note\">b</event>");
    assert!(values(&record).concat().contains('a') && values(&record).concat().contains('b'));
    assert!(!errors(&record).is_empty());
    let record = lumia("<event type=\"note\" name=\"x>a</event>\n<event type=\"note\">b</event>");
    assert_eq!(values(&record), ["a", "b"]);
    assert_eq!(errors(&record)[0].line, Some(3));
    let text = format!("{HEAD}<event type=\"note\">a</event>{TAIL}\n<a/>");
    let record = bytes(text).expect("a record");
    assert_eq!(errors(&record)[0].line, Some(4));
}

#[test]
fn deep_nesting_ends_with_an_error() {
    let record = lumia(&format!("<event type=\"note\">a{}", "<b>".repeat(100_000)));
    assert_eq!(values(&record), ["a"]);
    assert!(errors(&record)[0].what.contains("deeper"));
}

#[test]
fn a_truncation_at_any_byte_is_reported() {
    let whole = format!(
        "{HEAD}<event type=\"note\" name=\"é\">x &amp; <![CDATA[y]]><!-- z --></event>{TAIL}"
    );
    let sample = "<record><visit start=\"10/8/18\"><day start=\"10/8/18\"><measurement start=\"10/8/18\">\
                  <code>[A/1] b 2</code></measurement></day></visit></record>";
    for whole in [whole.as_str(), sample] {
        assert!(errors(&bytes(whole).expect("a record")).is_empty());
        for end in 0..whole.len() {
            if let Ok(record) = bytes(&whole.as_bytes()[..end]) {
                assert!(!errors(&record).is_empty(), "{end}");
            }
        }
    }
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "<encounter>",
        "</encounter>",
        "<events>",
        "</events>",
        "<entry timestamp=\"2020-01-01 10:00\">",
        "<entry>",
        "</entry>",
        "<event type=\"note\">",
        "<event type='a' type=\"b",
        "</event>",
        "<event/>",
        "<person>",
        "<birthdate>",
        "</birthdate>",
        "</person>",
        "text",
        "&amp;",
        "&x;",
        "&",
        "<",
        ">",
        "\"",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?x",
        "?>",
        "<!DOCTYPE",
        "</",
        "\u{0}",
        "\u{1b}",
        "é",
        "\r\n",
        "<visit type=\"x\" start=\"1/1/20\">",
        "</visit>",
        "<day start=\"1/1/20\">",
        "</day>",
        "<code>",
        "</code>",
        "<measurement start=\"1/1/20\">",
        "</measurement>",
        "[A/1] b 2 mg",
        "<a b=c d>",
        "</eventstream>",
        "</record>",
    ])
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes_in in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = bytes(bytes_in.clone());
        let _ = bytes([b"<record>".as_slice(), &bytes_in].concat());
        let _ = bytes([HEAD.as_bytes(), &bytes_in].concat());
    }

    #[test]
    fn no_markup_makes_it_panic(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        for head in ["<eventstream person_id=\"1\">", "<record>", HEAD] {
            let record = bytes(format!("{head}{text}"));
            if let Ok(record) = record {
                // All ranges are within their buffers.
                let _ = all(&record);
            }
        }
    }
}
