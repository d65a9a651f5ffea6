//! What a record says is there, with all that was said of it.

use super::{HEAD, bytes, errors, lumia, shown, values};
use crate::record::{Event, Kind, Record, Shape, Time};

fn only(record: &Record) -> &Event {
    assert_eq!(record.happened().len(), 1);
    &record.happened()[0]
}

#[test]
fn an_event_has_all_that_its_tag_says() {
    let tag = "<event type=\"measurement\" code=\"LOINC/8480-6\" name=\"A &lt; B\" unit=\"mm[Hg]\" visit_id=\"9\">";
    let record = lumia(&format!("{tag}165</event>{tag}170</event>"));
    assert_eq!(shown(&record), [""; 0]);
    assert_eq!(record.person_id(), "07");
    assert_eq!(record.shape(), Shape::Lumia);
    assert_eq!(values(&record), ["165", "170"]);
    for event in record.happened() {
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
    let offset = record.happened()[1].offset as usize;
    assert_eq!(offset, HEAD.len() + tag.len() + "165</event>".len());
}

#[test]
fn a_bad_time_stamp_keeps_its_events_and_itself() {
    // The second tag is the same as the first: what is remembered of tags must not lose the time stamp.
    let record = lumia(
        "<event type=\"note\">a</event></entry>\n<entry timestamp=\"2021-02-30 10:00\">\
         <event type=\"note\">b</event></entry><entry timestamp=\"3/1/2020 11:00\"><event type=\"note\">c</event>",
    );
    let [a, b, c] = record.happened() else {
        panic!("three events")
    };
    assert_eq!(record.attribute(a, "timestamp"), None);
    assert_eq!(record.attribute(b, "timestamp"), Some("2021-02-30 10:00"));
    assert_eq!((b.time, record.value(b)), (None, "b"));
    assert_eq!(c.time, Time::parse_iso("2020-03-01 11:00"));
    let notices = shown(&record);
    assert!(notices[0].starts_with("r.xml:4:1: warning"), "{notices:?}");
    assert!(
        notices[1].starts_with("r.xml:4:") && notices[1].contains(": info"),
        "{notices:?}"
    );
}

#[test]
fn text_keeps_its_characters() {
    let record =
        lumia("<event type=\"note\"> R&amp;D <![CDATA[<b>&amp;]]><!-- no -->\r\n &#13;é </event>");
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
    assert_eq!(record.name(&record.happened()[0]), "a>b");
    assert_eq!(record.name(&record.happened()[1]), "a>b");
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
    let [weight, ekg, note] = record.happened() else {
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
