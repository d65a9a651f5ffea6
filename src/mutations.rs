//! Damaged inputs: whatever stands in a file, the program reads what it can or says what is wrong, and never panics.
//!
//! Sound files of each kind are cut, flipped, doubled and mixed, many times, and read as the program reads them. `MEDALIGN_ROUNDS` is
//! how many inputs each kind has (a few hundred by default). A failure names the kind and the round; the input is drawn from
//! both, so that the same round fails again.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::dataset::collect::{Form, Mapping};
use crate::dataset::table::Table;
use crate::dataset::{CaseKey, Dataset, check};
use crate::record::{self, AsOf, Record, Time, linear, lumia_writer, visit_day_writer};
use crate::review::exchange::said;
use crate::review::line::Reading;
use crate::review::{Act, Ledger, Log, Reviewer, Session, Texts, Verdict};
use crate::search::ground::ground;
use crate::stats::hash;

const USUAL: u64 = 300;

/// Numbers that look random, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn new(kind: &str, round: u64) -> Self {
        Dice(hash::mix(hash::fnv1a(kind.as_bytes()) ^ round))
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 = hash::mix(self.0.wrapping_add(0x9e37_79b9_7f4a_7c15));
        usize::try_from(self.0 % n.max(1) as u64).expect("less than n")
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length + 1);
        let most = [4, 40, length][self.below(3)];
        from..(from + self.below(most + 1)).min(length)
    }
}

/// What readers stumble over.
const ODD: [&[u8]; 36] = [
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\"",
    b"\"\"",
    b"\n",
    b"\r",
    b"\r\n",
    b"\t",
    b",",
    b";",
    b"<",
    b">",
    b"</",
    b"/>",
    b"&",
    b"&#0;",
    b"&#x110000;",
    b"&amp",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<event",
    b"</encounter>",
    b"NULL",
    b"-1",
    b"99999999999999999999",
    b"1e309",
    b"NaN",
    b"{",
    b"[",
    b"9999-12-31T23:59:60",
    b"0000-00-00",
    b"\\",
    b"\xe2\x80\x8d",
];

/// Values that stand where others are expected.
fn odd_value(dice: &mut Dice) -> Value {
    let all = json!([null, true, -1, 0, 1e300, u64::MAX, 20.5, "", "x", "\u{1}NaN", [], {}, [[]], [null], [1, "x"], {"a": 1}, {"text": []}]);
    all[dice.below(17)].clone()
}

/// Puts something odd at a place in a value, or takes it away.
fn make_odd(value: &mut Value, dice: &mut Dice) {
    let n = match value {
        Value::Array(all) => all.len(),
        Value::Object(all) => all.len(),
        _ => 0,
    };
    let at = dice.below(n);
    // Deep places are reached more often than the outermost one.
    if n == 0 || dice.below(8) == 0 {
        *value = odd_value(dice);
        return;
    }
    match value {
        Value::Array(all) if dice.below(12) == 0 => drop(all.remove(at)),
        Value::Array(all) => make_odd(&mut all[at], dice),
        Value::Object(all) => {
            let key = all.keys().nth(at).cloned().expect("less than n");
            if dice.below(12) == 0 {
                all.remove(&key);
            } else {
                make_odd(&mut all[&key], dice);
            }
        }
        _ => {}
    }
}

/// A sound value as it is, and so many in which things stand that nobody expects there.
pub(crate) fn odd_ones(kind: &str, sound: &Value) -> Vec<Value> {
    let odd = (0..USUAL / 3).map(|round| {
        let mut dice = Dice::new(kind, round);
        let mut value = sound.clone();
        for _ in 0..=dice.below(3) {
            make_odd(&mut value, &mut dice);
        }
        value
    });
    std::iter::once(sound.clone()).chain(odd).collect()
}

/// A file that was sound, damaged a few times.
fn damaged(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(5) {
        let range = dice.range(bytes.len());
        match dice.below(8) {
            0 => drop(bytes.drain(range)),
            1 => bytes.truncate(range.start),
            2 => {
                for at in range.take(3) {
                    bytes[at] ^= 1 << dice.below(8);
                }
            }
            3 => {
                let copy = bytes[range.clone()].to_vec();
                bytes.splice(range.end..range.end, copy);
            }
            4 => {
                let other = &seeds[dice.below(seeds.len())];
                let piece = other[dice.range(other.len())].to_vec();
                bytes.splice(range, piece);
            }
            5 => {
                let many = ODD[dice.below(ODD.len())].repeat(1 + dice.below(3));
                bytes.splice(range.start..range.start, many);
            }
            6 => {
                let piece = ODD[dice.below(ODD.len())];
                bytes.splice(range, piece.iter().copied());
            }
            _ => {
                // Digits become others: dates, ids, counts.
                let dice = &mut *dice;
                let digits = bytes[range].iter_mut().filter(|b| b.is_ascii_digit());
                digits.for_each(|b| *b = b"0159"[dice.below(4)]);
            }
        }
    }
    bytes
}

/// A third of the usual number of damaged files.
pub(crate) fn damaged_ones(kind: &str, seeds: &[Vec<u8>]) -> impl Iterator<Item = Vec<u8>> {
    (0..USUAL / 3).map(move |round| damaged(seeds, &mut Dice::new(kind, round)))
}

/// Reads damaged inputs of a kind; gives how many of them were of some use.
pub(crate) fn hold(kind: &str, seeds: &[Vec<u8>], read: impl FnMut(&[u8]) -> bool) {
    hold_some(kind, 1, seeds, read);
}

/// The same with one round of so many.
fn hold_some(kind: &str, of: u64, seeds: &[Vec<u8>], mut read: impl FnMut(&[u8]) -> bool) {
    let asked = std::env::var("MEDALIGN_ROUNDS").ok();
    let rounds = asked.map_or(USUAL, |n| n.parse().expect("MEDALIGN_ROUNDS is a number"));
    let rounds = rounds.div_ceil(of);
    let mut used = 0;
    for round in 0..rounds {
        let mut dice = Dice::new(kind, round);
        let bytes = damaged(seeds, &mut dice);
        let done = catch_unwind(AssertUnwindSafe(|| read(&bytes)));
        assert!(done.is_ok(), "{kind}: round {round} panics");
        used += u64::from(done.unwrap_or(false));
    }
    println!("{rounds} damaged {kind}, {used} of them of some use");
    // Otherwise what lies behind the first check is not reached.
    assert!(
        used * 20 > rounds,
        "only {used} of {rounds} {kind} were read at all"
    );
}

pub(crate) fn demo() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo"))
}

const LUMIA: &str = r#"<eventstream person_id="7">
<encounter reason="a &amp; b" start_timestamp="2013-10-09 08:00">
<person><birthdate>1970-05-01 07:30</birthdate><age><days>15868</days><years>43</years></age>
<demographics><ethnicity>X</ethnicity><gender>FEMALE</gender></demographics><payerplan>NULL</payerplan></person>
<caresites><caresite care_site_id="7" care_site_name="ED (old)"/></caresites>
<providers><provider provider_id="9" gender="F" year_of_birth="NULL"/></providers>
<events><entry timestamp="2013-10-10 19:08"><event type="visit" code="Visit/ER" name="ER" visit_id="1">start</event>
<event type="measurement" code="LOINC/8480-6" name="Systolic" unit="mmHg" operator="&gt;">165</event>
<event type="note" note_id="n1" name="ED note">Two  lines &lt;here&gt; and apixaban 5 mg on 3/4/2018.</event></entry>
<entry timestamp="10/11/2013 7:00 PM"><event type="condition" code="X/1" name="Stroke">start</event></entry></events>
</encounter></eventstream>"#;

const VISIT_DAY: &str = r#"<record><visit type="Inpatient" start="10/08/2018 08:00 PM" end="10/12/2018">
<day start="10/08/2018"><person>
Birth:5/1/1970
Gender: FEMALE
Race: White
Age in Days: 17692
</person><measurement start="10/08/2018 20:00"><code>[LOINC/29463-7] Body weight 80 kg</code>
<code>[LOINC/600-7] Culture	No growth at 5 days</code></measurement>
<note type="NULL" start="10/9/18 9:00 PM">A note &amp; more</note></day></visit></record>"#;

/// All that is done with a record: its facts, ages, what is later, what is grounded, and each shape.
fn use_record(record: &Record) {
    let as_of = Time::parse_iso("2018-10-09").map(AsOf::new);
    ground(record, as_of, &["apixaban 5 mg on 3/4/2018, INR 1.4"]);
    let ages = record.happened().iter().filter_map(|e| e.time);
    ages.take(50).for_each(|time| drop(record.age_at(time)));
    let mut shapes = [Vec::new(), Vec::new(), Vec::new()];
    let [text, lumia, days] = &mut shapes;
    linear::write_record(record, text).expect("memory");
    lumia_writer::write_record(record, "7", lumia).expect("memory");
    visit_day_writer::write_record(record, days).expect("memory");
    let [text, lumia, days] = shapes;
    assert!(String::from_utf8(text).is_ok());
    // What is written is read again, with as many events at least.
    for bytes in [lumia, days] {
        let again = record::read_bytes(Path::new("7.xml"), bytes).expect("what was written");
        let again = again.look_inside();
        assert!(again.happened().len() >= record.happened().len());
        assert_eq!(again.note_count(), record.note_count());
    }
}

#[test]
fn records() {
    let seeds = [LUMIA, VISIT_DAY].map(|s| s.as_bytes().to_vec());
    hold("records", &seeds, |bytes| {
        let record = record::read_bytes(Path::new("7.xml"), bytes.to_vec());
        record.is_ok_and(|record| {
            let record = record.look_inside();
            use_record(&record);
            !record.events().is_empty()
        })
    });
}

#[test]
fn datasets() {
    let tables = [
        "instructions.tsv",
        "clinician-reviewed-model-responses.tsv",
        "clinician-instruction-responses.tsv",
        "ehr-relevance-labels.csv",
        "instruction-taxonomy.csv",
    ];
    let bytes = |name: &&str| fs::read(demo().join(name)).expect("a table of the demo");
    let seeds: Vec<Vec<u8>> = tables.iter().map(bytes).collect();
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("ehrs")).expect("a folder");
    fs::write(
        folder.path().join("ehrs/417302958.xml"),
        LUMIA.replace("\"7\"", "\"417302958\""),
    )
    .expect("written");
    let today = jiff::civil::date(2026, 1, 1);
    let mut round = 0;
    hold("tables", &seeds, |bytes| {
        // The damaged one among sound ones.
        round += 1;
        let damaged = round % tables.len();
        for (i, name) in tables.iter().enumerate() {
            let bytes = if i == damaged { bytes } else { &seeds[i] };
            fs::write(folder.path().join(name), bytes).expect("written");
        }
        Dataset::open(folder.path()).is_ok_and(|dataset| {
            check::check(&dataset, today);
            !dataset.cases().is_empty()
        })
    });
}

#[test]
fn review_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("jchen.jsonl");
    let session = Session {
        reviewer: Reviewer::new("jchen").expect("a fine name"),
        dataset: "demo".to_owned(),
        fingerprint: "f".to_owned(),
        seed: 0,
        texts: Arc::new(Texts::of(&[])),
    };
    let mut log = Log::open(&file, &session).expect("opens").log;
    let case = CaseKey {
        instruction: "1".to_owned(),
        person: "7".to_owned(),
    };
    for (model, verdict) in [("a", Some(Verdict::Correct)), ("b", None)] {
        let act = Act::Judge {
            model: model.to_owned(),
            verdict,
            shown_position: Some(0),
            view: None,
        };
        log.append(Some(&case), act).expect("saved");
    }
    let order = vec![vec!["a".to_owned()], vec!["b".to_owned(), "c".to_owned()]];
    log.append(Some(&case), Act::Rank { order }).expect("saved");
    drop(log);
    let all = fs::read(&file).expect("the review file");
    hold("review files", &[all.clone(), all.repeat(3)], |bytes| {
        let reading = Reading::of(bytes);
        let mut ledger = Ledger::new("jchen");
        let found = !reading.entries.is_empty();
        for line in reading.entries {
            ledger.apply(line.entry);
        }
        found
    });
}

#[test]
fn forms() {
    let csv = "Timestamp,\"What would you ask?\",Context,Specialty,\"What would you ask?\",Context,Specialty\n\
               1/2/2023 10:11:12,\"A, \"\"b\"\"?\",x,Neurology,Second?,y,Cardiology\n\
               2023-01-03,None,,,\"two\nlines\",z,\n";
    let tsv = "instruction_id\tquestion\tperson_id\n1\tWhy?\t7\n2\tWhen?\t007\n";
    let seeds = [csv, tsv].map(|s| s.as_bytes().to_vec());
    hold("forms", &seeds, |bytes| {
        let Ok(table) = Table::parse(Path::new("form.csv"), bytes) else {
            return false;
        };
        Mapping::new(&table, &[]).is_ok_and(|mapping| {
            Form::read(&table, &mapping);
            true
        }) || !table.rows().is_empty()
    });
}

#[test]
fn judgements_of_other_programs() {
    let studio = r#"[{"id":1,"data":{"instruction_id":"1","person_id":"7","a":"x"},"annotations":[{"id":2,"completed_by":{"email":"a@b.c"},"created_at":"2026-01-01T00:00:00Z","result":[{"type":"choices","from_name":"verdict_a","to_name":"a","value":{"choices":["correct"]}},{"type":"rating","from_name":"r","to_name":"a","value":{"rating":3}}]}],"predictions":[]}]"#;
    let argilla = r#"[{"id":"1","fields":{"question":"q","a":"x"},"metadata":{"instruction_id":"1","person_id":"7"},"responses":[{"user_id":"u","status":"submitted","values":{"verdict_a":{"value":"correct"},"rank":{"value":[{"value":"a","rank":1}]}}}]}]"#;
    let seeds = [studio, argilla].map(|s| s.as_bytes().to_vec());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("export.json");
    hold("judgements", &seeds, |bytes| {
        fs::write(&file, bytes).expect("written");
        said::read(&file).is_ok()
    });
}

#[cfg(feature = "tui")]
#[test]
fn keymaps() {
    let maps = ["default", "vim", "emacs"].map(|name| {
        let file = format!("{}/keymaps/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        fs::read(file).expect("a keymap")
    });
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("keymap.toml");
    // Each is laid over the two built-in maps and checked in every layer.
    hold_some("keymaps", 10, &maps, |bytes| {
        fs::write(&file, bytes).expect("written");
        let map = crate::tui::keymap::Keymap::with_mistakes("vim", Some(&file));
        map.is_ok_and(|(map, _)| !map.all().is_empty())
    });
}
