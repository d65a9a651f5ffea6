use proptest::prelude::*;

use super::*;
use crate::review::sample::{a_pass, acts, any_act, case, entry};

fn back(line: &str) -> Entry {
    Entry::from_line(line.as_bytes()).expect("an entry")
}

#[test]
fn every_kind_comes_back() {
    for (n, act) in (0..).zip(acts()) {
        let case = act.needs_case().then(|| case(n));
        let entry = entry(n, case, act);
        let line = entry.to_line().expect("writable");
        assert!(!line.contains('\n') && line.as_bytes().starts_with(START));
        assert_eq!(back(&line), entry);
    }
}

#[test]
fn a_line_reads_as_documented() {
    let entry = entry(
        5,
        Some(case(9)),
        crate::review::sample::judge("gpt4", crate::review::Verdict::Correct),
    );
    assert_eq!(
        entry.to_line().expect("writable"),
        r#"{"v":1,"id":"00000000000000000000000005","time":"2023-11-14T22:13:20.128Z","reviewer":"jchen","instruction":"9","person":"126158386","kind":"judge","model":"gpt4","verdict":"correct","shown_position":1}"#
    );
}

#[test]
fn what_a_newer_version_says_is_kept() {
    let head = r#"{"v":2,"id":"x","time":"2026-01-01T00:00:00.000Z","reviewer":"r","instruction":"1","person":"2","kind":"#;
    for tail in [
        r#""sing","song":[1,{"a":null}],"loud":1.5}"#,
        r#""judge","model":"m","verdict":"splendid","shown_position":null}"#,
        r#""flag","on":true,"colour":"red"}"#,
        r#""flag","on":true,"pass":"rehearsal"}"#,
    ] {
        let line = format!("{head}{tail}");
        let reading = Reading::of(line.as_bytes());
        assert_eq!(reading.unknown_kinds + reading.unknown_fields, 1, "{tail}");
        assert_eq!(reading.entries[0].entry.to_line().expect("writable"), line);
    }
    let null = format!("{head}\"undo\",\"target\":\"t\"}}").replace("\"1\"", "null");
    assert!(Entry::from_line(null.as_bytes()).is_err(), "no half a case");
    let pass = format!("{head}\"flag\",\"on\":true,\"pass\":0}}").replace("\"v\":2", "\"v\":1");
    assert!(
        Entry::from_line(pass.as_bytes()).is_err(),
        "no such reading"
    );
    // The same from this version is a bad line: nobody may take it for an act that had no effect.
    let bad = format!("{head}\"judge\",\"model\":\"m\",\"verdict\":\"splendid\"}}");
    assert!(Entry::from_line(bad.replace("\"v\":2", "\"v\":1").as_bytes()).is_err());
}

#[test]
fn bad_lines_are_numbered_and_say_nothing_of_their_text() {
    let good = entry(1, Some(case(1)), Act::Flag { on: true })
        .to_line()
        .expect("writable");
    let secret = "apixaban";
    let bytes = [
        good.as_bytes(),
        b"\r\n\n{\"v\":1,\"comment\":\"",
        secret.as_bytes(),
        b"\n\0\0\0\0\n[1]\n{\"v\":1,\"id\":\"\xff\"}\n",
        br#"{"v":1,"id":"a","time":"2026-01-01T00:00:00Z","reviewer":"r","kind":"judge","model":"m","verdict":"correct","shown_position":0}"#,
        b"\n",
        br#"{"v":1,"id":"b","time":"2026-01-01T00:00:00Z","reviewer":"r","instruction":"1","person":"2","kind":"judge","model":"m","shown_position":0}"#,
    ]
    .concat();
    let reading = Reading::of(&bytes);
    let lines: Vec<u64> = reading.bad.iter().map(|b| b.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8]);
    assert_eq!(
        (reading.entries.len(), reading.lines, reading.torn),
        (1, 7, true)
    );
    assert!(reading.bad.iter().all(|b| !b.why.contains(secret)));
}

#[test]
fn lines_glued_by_a_careless_writer_are_parted() {
    let line = |n| {
        entry(n, Some(case(n)), Act::Flag { on: true })
            .to_line()
            .expect("writable")
    };
    let glued = format!("{}{}{}\n", &line(1)[..40], line(2), line(3));
    let reading = Reading::of(glued.as_bytes());
    assert_eq!((reading.entries.len(), reading.bad.len()), (2, 1));
}

proptest! {
    #[test]
    fn any_act_comes_back(act in any_act(), text in ".*", n in 0u32..1000) {
        let mut entry = entry(n, Some(case(n)), act);
        entry.pass = a_pass(n);
        entry.reviewer.push_str(&text);
        prop_assert_eq!(back(&entry.to_line().expect("writable")), entry);
    }

    #[test]
    fn both_readers_agree(act in any_act(), cut in 0usize..400, put in ".{0,2}", n in 0u32..9) {
        let mut entry = entry(n, Some(case(n)), act);
        entry.pass = a_pass(n);
        let mut line = entry.to_line().expect("writable");
        prop_assert!(Entry::from_plain_line(line.as_bytes()).is_some());
        // A few characters put in or taken out anywhere.
        if let Some((at, c)) = line.char_indices().nth(cut) {
            let end = if n % 2 == 0 { at + c.len_utf8() } else { at };
            line.replace_range(at..end, &put);
        }
        let any = Entry::from_any_line(line.as_bytes());
        if let Some(plain) = Entry::from_plain_line(line.as_bytes()) {
            prop_assert_eq!(Ok(plain), any, "{}", line);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        Reading::of(&bytes);
    }
}

#[test]
fn of_a_file_of_something_else_the_first_bad_lines_are_named_and_all_are_counted() {
    let reading = Reading::of(&b"x\n".repeat(BadLines::LISTED + 7));
    assert_eq!(reading.bad.len(), BadLines::LISTED + 7);
    assert_eq!(reading.bad.iter().count(), BadLines::LISTED);
    let notices = reading
        .bad
        .notices(Path::new("r.jsonl"), |bad| bad.why.clone());
    assert_eq!(notices.len(), BadLines::LISTED + 1);
    let last = notices[BadLines::LISTED].to_string();
    assert_eq!(last, "r.jsonl: error: 7 more bad lines are not named");
}
