//! What is cut where; well-formed text is cut as quick-xml cuts it.

use proptest::prelude::*;

use super::*;
use crate::record::findings::Findings;
use crate::record::tag;

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut scanner = Scanner::new(text, 0);
    let mut out = Vec::new();
    loop {
        let (token, _) = scanner.next();
        if token == Token::Done {
            return out;
        }
        out.push(token);
    }
}

#[test]
fn cuts_well_formed_text() {
    assert_eq!(
        tokens(
            "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b '>'>]><a b=\"1>2\"><!-- <c> -->x&amp;<![CDATA[<d>]]></a >"
        ),
        [
            Token::Instruction("xml version='1.0'"),
            Token::Doctype(" a [<!ENTITY b '>'>]"),
            Token::Start("a b=\"1>2\""),
            Token::Text("x&amp;"),
            Token::Cdata("<d>"),
            Token::End("a"),
        ]
    );
}

#[test]
fn a_less_than_sign_in_text_is_stray() {
    assert_eq!(
        tokens("BP <120 and INR < 2 <y and x<b>"),
        [
            Token::Text("BP "),
            Token::Stray,
            Token::Text("120 and INR "),
            Token::Stray,
            Token::Text(" 2 "),
            Token::Stray,
            Token::Text("y and x"),
            Token::Start("b"),
        ]
    );
}

#[test]
fn a_missing_quote_costs_one_tag() {
    assert_eq!(
        tokens("<a b=\"1>text</a><a b=\"2\"/>"),
        [
            Token::Start("a b=\"1"),
            Token::Text("text"),
            Token::End("a"),
            Token::Start("a b=\"2\"/"),
        ]
    );
}

#[test]
fn a_cut_is_told_from_an_end() {
    for cut in [
        "<",
        "<a",
        "<a b=\"c",
        "<!-- x",
        "<!-",
        "<![CDATA[ x",
        "<?x",
        "</a",
        "<!DOCTYPE a",
    ] {
        assert_eq!(tokens(cut).last(), Some(&Token::Cut), "{cut}");
    }
}

proptest! {
    #[test]
    fn well_formed_text_is_cut_as_quick_xml_cuts_it(pieces in prop::collection::vec(well_formed(), 0..20)) {
        let text = format!("<r>{}</r>", pieces.concat());
        prop_assert_eq!(ours(&text), theirs(&text));
    }
}

fn well_formed() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{0,8}",
        Just("&amp;&#65;".to_owned()),
        Just("<!-- <a> -- >-->".to_owned()),
        Just("<![CDATA[ <x> ]] > ]]>".to_owned()),
        Just("<?p q > ?>".to_owned()),
        "[a-z>'/ ]{0,8}".prop_map(|v| format!("<a b=\"{v}\" c = '1'/>")),
        "[a-z\"/> ]{0,8}".prop_map(|v| format!("<a\n b='{v}' >é</a\n>")),
    ]
}

/// The tokens of this scanner, with text joined as it is read.
fn ours(text: &str) -> Vec<String> {
    let mut scanner = Scanner::new(text, 0);
    let mut out = Vec::new();
    let mut run = String::new();
    loop {
        let (token, _) = scanner.next();
        let token = match token {
            Token::Text(raw) => {
                tag::resolve_text(raw, 0, &mut Findings::default(), &mut run);
                continue;
            }
            Token::Cdata(raw) => {
                run.push_str(raw);
                continue;
            }
            Token::Instruction(_) => continue,
            Token::Start(raw) => {
                let mut attributes = Vec::new();
                tag::attributes(raw, 0, &mut Findings::default(), &mut attributes);
                let pairs: Vec<_> = attributes.iter().map(|a| (a.key, &*a.value)).collect();
                format!("<{} {pairs:?} {}", tag::name(raw), tag::is_empty(raw))
            }
            Token::End(name) => format!("</{name}"),
            Token::Done => break,
            other => format!("{other:?}"),
        };
        out.extend([std::mem::take(&mut run), token]);
    }
    out
}

/// What quick-xml makes of the same.
fn theirs(text: &str) -> Vec<String> {
    use quick_xml::events::Event as Xml;
    let mut reader = quick_xml::Reader::from_reader(text.as_bytes());
    let mut out = Vec::new();
    let mut run = String::new();
    let tag = |tag: &quick_xml::events::BytesStart<'_>, empty: bool| {
        let pairs: Vec<(String, String)> = tag
            .attributes()
            .map(|a| a.expect("an attribute"))
            .map(|a| {
                let value = a.normalized_value(quick_xml::XmlVersion::Implicit1_0);
                (
                    a.key.as_ref().to_owned(),
                    value.expect("a value").into_owned(),
                )
            })
            .collect();
        let name = tag.name();
        format!("<{} {pairs:?} {empty}", name.as_ref())
    };
    loop {
        let token = match reader.read_event().expect("well-formed") {
            Xml::Text(text) => {
                run.push_str(&text);
                continue;
            }
            Xml::CData(text) => {
                run.push_str(&text);
                continue;
            }
            Xml::GeneralRef(name) => {
                let c = name.resolve_char_ref().expect("a reference");
                run.push(c.unwrap_or('&'));
                continue;
            }
            Xml::Start(start) => tag(&start, false),
            Xml::Empty(start) => tag(&start, true),
            Xml::End(end) => format!("</{}", end.name().as_ref()),
            Xml::Eof => break,
            _ => continue,
        };
        out.extend([std::mem::take(&mut run), token]);
    }
    out
}
