//! Records that are written and read back the same.

use super::*;

fn written(write: impl FnOnce(&mut LumiaWriter<Vec<u8>>)) -> (String, u64) {
    let mut writer = LumiaWriter::new(Vec::new(), "7").expect("memory");
    write(&mut writer);
    let (bytes, replaced) = writer.finish().expect("memory");
    (String::from_utf8(bytes).expect("UTF-8"), replaced)
}

#[test]
fn events_of_one_time_share_an_entry() {
    let (xml, replaced) = written(|w| {
        let sites: [Attributes<'_>; 1] = [&[("care_site_id", "7"), ("care_site_name", "ED")]];
        let person = Person {
            sex: "FEMALE".to_owned(),
            age_years: Some(43),
            details: vec![
                ("race".to_owned(), "White".to_owned()),
                ("payerplan".to_owned(), "Medicare".to_owned()),
            ],
            ..Person::default()
        };
        w.encounter(
            &NewEncounter {
                care_sites: &sites,
                ..NewEncounter::default()
            },
            &person,
        )
        .expect("memory");
        let time = Time::parse_iso("2013-10-10 19:08");
        let event = NewEvent {
            time,
            type_name: "measurement",
            code: "LOINC/1",
            value: "165",
            ..NewEvent::default()
        };
        w.event(
            &NewEvent {
                unit: "mmHg",
                ..event
            },
            &[("visit_id", "1")],
        )
        .expect("memory");
        w.event(&NewEvent { value: "", ..event }, &[])
            .expect("memory");
        w.event(
            &NewEvent {
                time: None,
                ..event
            },
            &[("timestamp", "NULL")],
        )
        .expect("memory");
    });
    assert_eq!(replaced, 0);
    let expected = r#"<eventstream person_id="7">
  <encounter>
    <person>
      <age>
        <years>43</years>
      </age>
      <demographics>
        <gender>FEMALE</gender>
        <race>White</race>
      </demographics>
      <payerplan>Medicare</payerplan>
    </person>
    <caresites>
      <caresite care_site_id="7" care_site_name="ED"/>
    </caresites>
    <events>
      <entry timestamp="2013-10-10 19:08">
        <event type="measurement" code="LOINC/1" name="" unit="mmHg" visit_id="1">165</event>
        <event type="measurement" code="LOINC/1" name=""/>
      </entry>
      <entry timestamp="NULL">
        <event type="measurement" code="LOINC/1" name="">165</event>
      </entry>
    </events>
  </encounter>
</eventstream>
"#;
    assert_eq!(xml, expected);
}

#[test]
fn text_is_escaped_and_what_xml_forbids_is_counted() {
    let mut out = Vec::new();
    let replaced = escape(
        &mut out,
        "a<b>&\"c\"\r\n\t\u{1b}[0m\u{ffff}\u{fffd}é\0",
        TextPlace::Text,
    )
    .expect("memory");
    assert_eq!(
        String::from_utf8(out).expect("UTF-8"),
        "a&lt;b&gt;&amp;\"c\"&#13;\n\t\u{fffd}[0m\u{fffd}\u{fffd}é\u{fffd}"
    );
    assert_eq!(replaced, 3);
    let mut out = Vec::new();
    escape(&mut out, "\"a\"\n\t", TextPlace::Attribute).expect("memory");
    assert_eq!(out, b"&quot;a&quot;&#10;&#9;");
}
