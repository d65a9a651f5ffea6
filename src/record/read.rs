//! Opening a record file: bytes, text, root element, reader.
//!
//! In: a path, or a path and bytes. Out: a [`Record`] with notices about all that was off, or an error where nothing is
//! usable. Never: a write, a file that is no regular one, or a reader chosen by the file's name.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use rayon::prelude::*;

use super::encoding::{self, Decoded};
use super::findings::{Findings, line_of};
use super::lumia::{Lumia, Outcome};
use super::model::{Builder, Record, Shape};
use super::scan::{Scanner, Token, is_name};
use super::tag::{self, Attribute};
use super::visit_day::VisitDay;
use super::walk::Walker;
use crate::error::{Error, Result};
use crate::notice::Severity;

/// A part of a file that is read by a thread of its own has at least so many bytes.
const PART: usize = if cfg!(test) { 1 << 14 } else { 1 << 20 };

/// Reads the record in the file at `path`.
///
/// # Errors
/// When the file cannot be read, is no XML, has another root element than `eventstream` and `record`, or states no
/// patient where its shape has to. A damaged file is no error: what could be read is there, with a notice of
/// [`Severity::Error`].
pub fn read(path: &Path) -> Result<Record> {
    let reading = |e| Error::io(path, "reading", e);
    // Not even opened if it is no file: a pipe would wait for ever.
    let metadata = std::fs::metadata(path).map_err(reading)?;
    if !metadata.is_file() {
        return Err(Error::unreadable(path, "not a regular file"));
    }
    let bytes = file_bytes(path, metadata.len() as usize).map_err(reading)?;
    read_bytes(path, bytes)
}

/// The bytes of a file of `len` bytes; a large one is read on as many threads as there are.
fn file_bytes(path: &Path, len: usize) -> std::io::Result<Vec<u8>> {
    let share = len / rayon::current_num_threads() + 1;
    if share < PART || share > len {
        return std::fs::read(path);
    }
    let mut bytes = vec![0; len];
    bytes
        .par_chunks_mut(share)
        .enumerate()
        .try_for_each(|(i, part)| {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start((i * share) as u64))?;
            file.read_exact(part)
        })?;
    Ok(bytes)
}

/// Reads the record that `bytes` hold; `path` is what notices and errors name.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(path: &Path, bytes: Vec<u8>) -> Result<Record> {
    let file_bytes = bytes.len() as u64;
    let Decoded {
        text,
        mut findings,
        controls,
    } = encoding::decode(path, bytes)?;
    let root = find_root(path, &text, &mut findings)?;
    let mut builder = Builder::new(path, root.shape, file_bytes);
    if let Some(id) = root.person_id(path, &text, &mut findings)? {
        builder.person_id(&id);
    }
    let outcome = if root.empty {
        // The walker only has to look at what stands behind the root.
        let mut walker = Walker::new(&text, root.behind, root.name, false);
        walker.root_is_closed();
        Lumia::new(walker, builder, controls).read()
    } else {
        match root.shape {
            Shape::Lumia => read_lumia(path, &text, &root, builder, controls),
            Shape::VisitDay => {
                let walker = Walker::new(&text, root.behind, root.name, false);
                VisitDay::new(walker, builder, controls).read()
            }
        }
    };
    let mut builder = outcome.builder;
    findings.append(outcome.findings);
    for notice in findings.into_notices(path, &text) {
        builder.notice(notice);
    }
    drop(text);
    Ok(builder.finish())
}

/// The root element's start tag.
#[derive(Debug)]
struct Root<'a> {
    shape: Shape,
    name: &'a str,
    raw: &'a str,
    empty: bool,
    offset: usize,
    /// Byte offset behind the tag.
    behind: usize,
}

impl Root<'_> {
    /// The id that the root states, as written; `None` for the shape that has none.
    fn person_id(
        &self,
        path: &Path,
        text: &str,
        findings: &mut Findings,
    ) -> Result<Option<String>> {
        let mut attributes = Vec::new();
        tag::attributes(self.raw, self.offset, findings, &mut attributes);
        let further = |a: &&Attribute<'_>| a.key != "person_id" && !a.key.starts_with("xmlns");
        let further = attributes.iter().filter(further).count();
        if further > 0 {
            let what = format!("{further} attributes of the root element are not used");
            findings.add(Severity::Info, self.offset, what);
        }
        let id = attributes.iter().find(|a| a.key == "person_id");
        if self.shape == Shape::VisitDay {
            if id.is_some() {
                let what = "the root element states a person_id, which this shape has not";
                findings.add(Severity::Warning, self.offset, what);
            }
            return Ok(None);
        }
        match id {
            Some(id) if !id.value.trim().is_empty() => {
                if id.value.trim() != id.value {
                    let what = "white space around the person_id; it is left out";
                    findings.add(Severity::Info, self.offset, what);
                }
                Ok(Some(id.value.to_string()))
            }
            _ => {
                let line = line_of(text, self.offset);
                let what = format!("line {line}: <eventstream> states no person_id");
                Err(Error::unreadable(path, what).hint(
                    "whose record it is cannot be known; add the attribute person_id to the root element",
                ))
            }
        }
    }
}

/// Finds the root element and chooses the reader by it.
fn find_root<'a>(path: &Path, text: &'a str, findings: &mut Findings) -> Result<Root<'a>> {
    let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut scanner = Scanner::new(text, mark);
    let fail = |offset: usize, what: String| {
        let line = line_of(text, offset);
        Error::unreadable(path, format_args!("line {line}: {what}")).hint(
            "a record is an XML file whose root element is <eventstream> (LUMIA) or <record> (visit/day)",
        )
    };
    let mut junk = None;
    loop {
        let (token, offset) = scanner.next();
        match token {
            Token::Text(raw) => {
                let space = raw.len() - raw.trim_ascii_start().len();
                if space < raw.len() && junk.is_none() {
                    junk = Some(offset + space);
                }
            }
            Token::Instruction(raw) if tag::name(raw) == "xml" => {
                declaration(raw, offset, offset > mark, findings);
            }
            Token::Instruction(_) => {}
            Token::Doctype(raw) => {
                // One that defines something would change what the text says.
                let plain = !raw.contains(['[', '"', '\'']);
                let severity = if plain {
                    Severity::Info
                } else {
                    Severity::Error
                };
                let what =
                    "a document type declaration; nothing in it is used, expanded or fetched";
                findings.add(severity, offset, what);
            }
            Token::Start(raw) => {
                let name = tag::name(raw);
                let shape = match name {
                    "eventstream" => Shape::Lumia,
                    "record" => Shape::VisitDay,
                    _ => {
                        return Err(match junk {
                            Some(at) => fail(at, "this is no XML file".to_owned()),
                            None => fail(offset, unknown_root(name)),
                        });
                    }
                };
                if let Some(at) = junk {
                    let what = "text before the root element; it is not read";
                    findings.add(Severity::Error, at, what);
                }
                return Ok(Root {
                    shape,
                    name,
                    raw,
                    empty: tag::is_empty(raw),
                    offset,
                    behind: scanner.at(),
                });
            }
            Token::Stray | Token::End(_) | Token::Cdata(_) => {
                junk.get_or_insert(offset);
            }
            Token::Cut => {
                let end = text.len().saturating_sub(1);
                return Err(match junk {
                    Some(at) => fail(at, "this is no XML file".to_owned()),
                    None => fail(
                        end,
                        "the file is truncated before its root element".to_owned(),
                    ),
                });
            }
            Token::Done => {
                return Err(match junk {
                    Some(at) => fail(at, "this is no XML file".to_owned()),
                    None => fail(text.len(), "the file holds no element".to_owned()),
                });
            }
        }
    }
}

fn unknown_root(name: &str) -> String {
    let found = if is_name(name) {
        format!("<{}>", tag::speakable(name))
    } else {
        "no element's name".to_owned()
    };
    format!(
        "the root element is {found}; known are <eventstream> (LUMIA) and <record> (visit/day), in small letters"
    )
}

fn declaration(raw: &str, offset: usize, late: bool, findings: &mut Findings) {
    if late {
        let what = "the XML declaration is not at the start of the file";
        findings.add(Severity::Warning, offset, what);
    }
    let version = raw
        .split_once("version")
        .map(|(_, v)| v.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '='))
        .map(|v| v.trim_start_matches(['"', '\'']));
    if !version.is_some_and(|v| v.starts_with("1.0")) {
        let what = "the file is not declared as XML 1.0; it is read as if it were";
        findings.add(Severity::Warning, offset, what);
    }
}

/// Reads a LUMIA file, its encounters on as many threads as there are.
///
/// The file is cut where `<encounter` stands. Whether an encounter really begins there shows when the part before it
/// is read: it must end between two encounters. If not (the words stood in a comment, or the file is damaged), the
/// whole is read again in one go.
fn read_lumia(
    path: &Path,
    text: &str,
    root: &Root<'_>,
    builder: Builder,
    controls: bool,
) -> Outcome {
    let starts = starts_of_parts(text, root.behind);
    if starts.len() > 1 {
        let ends = starts[1..].iter().copied().chain([text.len()]);
        let ranges: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
        let parts: Vec<Outcome> = ranges
            .into_par_iter()
            .map(|(start, end)| {
                let last = end == text.len();
                let walker = Walker::new(&text[..end], start, root.name, !last);
                let own = Builder::new(path, Shape::Lumia, 0);
                Lumia::new(walker, own, controls).read()
            })
            .collect();
        if parts.iter().all(|part| part.sound) {
            let mut whole = Outcome {
                builder,
                findings: Findings::default(),
                sound: true,
            };
            for part in parts {
                whole.builder.append(part.builder);
                whole.findings.append(part.findings);
            }
            return whole;
        }
    }
    let walker = Walker::new(text, root.behind, root.name, false);
    Lumia::new(walker, builder, controls).read()
}

/// Where to start reading, one place a thread.
fn starts_of_parts(text: &str, behind: usize) -> Vec<usize> {
    let bytes = text.as_bytes();
    let count = rayon::current_num_threads().min((bytes.len() - behind) / PART);
    let mut starts = vec![behind];
    for i in 1..count {
        let from = behind + (bytes.len() - behind) / count * i;
        let Some(at) = memchr::memmem::find(&bytes[from..], b"<encounter") else {
            break;
        };
        if starts.last().is_some_and(|last| from + at > *last) {
            starts.push(from + at);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::notice::Notice;
    use crate::record::{Event, Kind, Time};

    const HEAD: &str = "<eventstream person_id=\"07\"><encounter><person><birthdate>1950-01-31</birthdate>\
        <gender>FEMALE</gender></person><events>\n<entry timestamp=\"2020-03-01 10:00\">\n";
    const TAIL: &str = "</entry></events></encounter></eventstream>";

    fn bytes(text: impl Into<Vec<u8>>) -> Result<Record> {
        read_bytes(Path::new("r.xml"), text.into())
    }

    fn lumia(events: &str) -> Record {
        bytes(format!("{HEAD}{events}{TAIL}")).expect("a record")
    }

    fn shown(record: &Record) -> Vec<String> {
        record.notices().iter().map(ToString::to_string).collect()
    }

    fn errors(record: &Record) -> Vec<&Notice> {
        let all = record.notices().iter();
        all.filter(|n| n.severity == Severity::Error).collect()
    }

    fn values(record: &Record) -> Vec<&str> {
        record.events().iter().map(|e| record.value(e)).collect()
    }

    fn only(record: &Record) -> &Event {
        assert_eq!(record.events().len(), 1);
        &record.events()[0]
    }

    #[test]
    fn an_event_has_all_that_its_tag_says() {
        let tag = "<event type=\"measurement\" code=\"LOINC/8480-6\" name=\"A &lt; B\" unit=\"mm[Hg]\" visit_id=\"9\">";
        let record = lumia(&format!("{tag}165</event>{tag}170</event>"));
        assert_eq!(shown(&record), [""; 0]);
        assert_eq!(record.person_id(), "07");
        assert_eq!(record.shape(), Shape::Lumia);
        assert_eq!(values(&record), ["165", "170"]);
        for event in record.events() {
            assert_eq!(event.kind, Kind::Measurement);
            assert_eq!(record.code(event), "LOINC/8480-6");
            assert_eq!(record.name(event), "A < B");
            assert_eq!(record.unit(event), "mm[Hg]");
            assert_eq!(record.attribute(event, "visit_id"), Some("9"));
            assert_eq!(
                event.time.map(|t| t.to_string()).as_deref(),
                Some("2020-03-01 10:00")
            );
        }
        let offset = record.events()[1].offset as usize;
        assert_eq!(offset, HEAD.len() + tag.len() + "165</event>".len());
    }

    #[test]
    fn a_bad_time_stamp_keeps_its_events_and_itself() {
        // The second tag is the same as the first: what is remembered of tags must not lose the time stamp.
        let record = lumia(
            "<event type=\"note\">a</event></entry>\n<entry timestamp=\"2021-02-30 10:00\">\
             <event type=\"note\">b</event></entry><entry timestamp=\"3/1/2020 11:00\"><event type=\"note\">c</event>",
        );
        let [a, b, c] = record.events() else {
            panic!("three events")
        };
        assert_eq!(record.attribute(a, "timestamp"), None);
        assert_eq!(record.attribute(b, "timestamp"), Some("2021-02-30 10:00"));
        assert_eq!((b.time, record.value(b)), (None, "b"));
        assert_eq!(c.time, Time::parse_iso("2020-03-01 11:00"));
        let notices = shown(&record);
        assert!(notices[0].starts_with("r.xml:4: warning"), "{notices:?}");
        assert!(notices[1].starts_with("r.xml:4: info"), "{notices:?}");
    }

    #[test]
    fn text_keeps_its_characters() {
        let record = lumia(
            "<event type=\"note\"> R&amp;D <![CDATA[<b>&amp;]]><!-- no -->\r\n &#13;é </event>",
        );
        assert_eq!(values(&record), [" R&D <b>&amp;\n \ré "]);
        let record = lumia("<event type=\"note\">a & b &nbsp; <5</event>");
        assert_eq!(values(&record), ["a & b &nbsp; <5"]);
        assert_eq!(record.notices().len(), 3);
        assert!(record.notices().iter().all(|n| n.line == Some(3)));
    }

    #[test]
    fn a_greater_than_sign_in_an_attribute_is_no_end() {
        let record =
            lumia("<event type=\"note\" name=\"a>b\">c</event><event type=\"note\" name=\"a>b\"/>");
        assert_eq!(record.name(&record.events()[0]), "a>b");
        assert_eq!(record.name(&record.events()[1]), "a>b");
        assert_eq!(values(&record), ["c", ""]);
    }

    #[test]
    fn unknown_elements_are_kept_with_a_warning() {
        let record = lumia("<attachment href=\"a.pdf\">see <b id=\"2\">this</b></attachment>");
        let event = only(&record);
        assert_eq!(event.kind, Kind::Other);
        assert_eq!(record.type_name(event), "attachment");
        assert_eq!(record.value(event), "see this");
        assert_eq!(record.attribute(event, "href"), Some("a.pdf"));
        assert_eq!(record.attribute(event, "b.id"), Some("2"));
        assert_eq!(record.notices().len(), 1);
        let record = lumia("stray");
        assert_eq!(record.type_name(only(&record)), "text");
    }

    #[test]
    fn known_elements_are_read_wherever_they_stand() {
        let record = bytes(
            "<eventstream person_id=\"1\"><event type=\"note\">a</event><wrap><encounter><entry \
             timestamp=\"2020-01-01\"><event type=\"note\">b<event type=\"note\">c</event></event></entry></encounter></wrap></eventstream>",
        )
        .expect("a record");
        let mut all = values(&record);
        all.sort_unstable();
        assert_eq!(all, ["a", "b", "c"]);
        assert_eq!(record.encounters().len(), 2);
        assert!(errors(&record).is_empty());
    }

    #[test]
    fn the_encounter_has_its_person_places_and_times() {
        let record = bytes(
            "<eventstream person_id=\"1\"><encounter start_timestamp=\"2020-01-02 03:04\" end_timestamp=\"x\">\
             <person><birthdate>31/01/50</birthdate><age><days>10</days></age><payerplan/></person>\
             <caresites><caresite care_site_id=\"7\" care_site_name=\"ED\"/></caresites></encounter></eventstream>",
        )
        .expect("a record");
        let encounter = &record.encounters()[0];
        assert_eq!(encounter.start, Time::parse_iso("2020-01-02 03:04"));
        assert_eq!(encounter.places, ["end_timestamp: x", "care site ED (7)"]);
        assert_eq!(encounter.person.age_days, Some(10));
        assert_eq!(encounter.person.birth, None);
        assert_eq!(encounter.person.details[0].1, "31/01/50");
        assert_eq!(record.notices().len(), 2);
    }

    #[test]
    fn visits_and_days() {
        let record = bytes(
            "<record><visit type=\"NULL\" start=\"10/8/18 9:00 PM\"><day start=\"10/8/18 9:00 PM\"><person>\n\
             Birth:7/19/1966\n Race: White\n</person><measurement start=\"10/08/2018 08:05 PM\">\n\
             <code>[LOINC/1] Body weight 80 kg </code><code>[LOINC/2] EKG</code></measurement>\n\
             <note type=\"a note\" start=\"28/10/2018\">\n  first\n   second\n </note></day></visit></record>",
        )
        .expect("a record");
        assert_eq!(record.shape(), Shape::VisitDay);
        assert_eq!(record.person_id(), "");
        let encounter = &record.encounters()[0];
        assert!(encounter.title.is_empty());
        assert_eq!(
            encounter.person.details,
            [("Race".to_owned(), "White".to_owned())]
        );
        let [weight, ekg, note] = record.events() else {
            panic!("three events")
        };
        assert_eq!(
            (
                record.name(weight),
                record.value(weight),
                record.unit(weight)
            ),
            ("Body weight", "80", "kg")
        );
        assert_eq!((record.code(ekg), record.name(ekg)), ("LOINC/2", "EKG"));
        assert_eq!(record.value(note), "first\n   second");
        assert_eq!((note.time, record.name(note)), (None, "a note"));
        assert_eq!(record.attribute(note, "timestamp"), Some("28/10/2018"));
        assert_eq!(record.notices().len(), 1);
    }

    #[test]
    fn what_is_no_record_is_an_error_that_says_why() {
        for (text, words) in [
            ("<html/>", "line 1: the root element is <html>"),
            (
                "\n<EventStream/>",
                "line 2: the root element is <EventStream>",
            ),
            ("{}", "line 1: this is no XML file"),
            ("<?xml version='1.0'?>", "holds no element"),
            ("<eventstream>", "line 1: <eventstream> states no person_id"),
            ("<eventst", "truncated before its root element"),
        ] {
            let error = bytes(text).expect_err(text).to_string();
            assert!(
                error.starts_with("r.xml: ") && error.contains(words),
                "{error}"
            );
        }
    }

    #[test]
    fn damage_is_reported_and_all_around_it_is_there() {
        let record = lumia("<event type=\"note\">a</evnt><event type=\"note\">b</event>");
        assert!(values(&record).concat().contains('a') && values(&record).concat().contains('b'));
        assert!(!errors(&record).is_empty());
        let record =
            lumia("<event type=\"note\" name=\"x>a</event>\n<event type=\"note\">b</event>");
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

    /// A record with enough encounters to be read in parts; every tenth is `odd`.
    fn large(odd: &str) -> String {
        let mut text = String::from("<eventstream person_id=\"1\">\n");
        for i in 0..600 {
            let odd = if i % 10 == 0 { odd } else { "" };
            let encounter = format!(
                "<encounter>{odd}<events><entry timestamp=\"2020-01-01 10:{:02}\"><event type=\"note\" note_id=\"{}\">text {i}</event></entry></events></encounter>\n",
                i % 60,
                i % 7,
            );
            text.push_str(&encounter);
        }
        text + "</eventstream>"
    }

    fn all(record: &Record) -> Vec<String> {
        let one = |e: &Event| {
            let attributes: Vec<_> = record.attributes(e).collect();
            format!(
                "{:?} {} {} {:?} {}",
                e.time,
                e.encounter.0,
                e.offset,
                attributes,
                record.value(e)
            )
        };
        record.events().iter().map(one).collect()
    }

    #[test]
    fn parts_read_side_by_side_are_what_one_reading_gives() {
        let threads = |n| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(n)
                .build()
                .expect("threads")
        };
        for odd in [
            "",
            "<!-- <encounter> -->",
            "<note>&eacute;</note>",
            "<![CDATA[<encounter><encounter>]]>",
            "</encounter><encounter>",
            "<encounter>",
        ] {
            let text = large(odd);
            assert!(text.len() > 3 * PART);
            let one = threads(1)
                .install(|| bytes(text.as_str()))
                .expect("a record");
            let many = threads(3)
                .install(|| bytes(text.as_str()))
                .expect("a record");
            assert_eq!(all(&one), all(&many), "{odd}");
            assert_eq!(shown(&one), shown(&many), "{odd}");
        }
        assert_eq!(bytes(large("")).expect("a record").events().len(), 600);
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
}
