//! `medalign convert`: records from one shape to another.
//!
//! In: a record file, a pipe, or a dataset's folder. Out: the same records as LUMIA XML, in the visit/day shape, or as the
//! lines that models are shown; to standard output, a file, or a folder of files. Files are written whole or not at
//! all, for the user's eyes only. Never: a change to the input, or something left out without a word.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::output::{Guard, OutputFile, There, To};
use crate::dataset::layout::person_of;
use crate::dataset::{Dataset, RecordFile};
use crate::error::{Error, Result};
use crate::files::name;
use crate::files::private::private_folder;
use crate::notice::Severity;
use crate::record::{Record, linear, lumia_writer, read_bytes, visit_day_writer};
use crate::text;

/// Convert records between shapes, or into the text that models are shown.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// A record file, `-` for standard input, or a folder of records or a dataset.
    #[arg(value_name = "RECORDS")]
    pub records: PathBuf,
    /// The shape to write.
    #[arg(long, value_enum, value_name = "SHAPE")]
    pub to: Target,
    /// A file for one record, a folder for several [default for one: standard output, as for `-`].
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Replace files that are there already.
    #[arg(long)]
    pub force: bool,
}

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// LUMIA XML: encounters, entries, events.
    Lumia,
    /// XML in the visit/day shape of the public sample.
    VisitDay,
    /// One line an event, notes below theirs.
    Text,
}

impl Target {
    fn extension(self) -> &'static str {
        match self {
            Target::Lumia | Target::VisitDay => "xml",
            Target::Text => "txt",
        }
    }
}

/// What became of one record.
#[derive(Clone, Copy, Debug, Default)]
struct Outcome {
    events: usize,
    replaced: u64,
    /// Attributes that the shape has no room for.
    attributes: u64,
    /// Events whose name, value and unit run into each other in the shape.
    borders: u64,
    /// Visit events that the shape needed.
    visits: u64,
    /// What said `NULL`, and is not written.
    nulls: u64,
    /// What the reader could not use.
    unread: usize,
}

/// Converts the records; an account of what was changed goes to standard error, never where a record goes.
///
/// # Errors
/// When a record cannot be read or written; when some of several cannot be, the others are written first.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    convert(args, out, &mut crate::sink::stderr())
}

fn convert(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> Result<()> {
    let there = There::Option("--force", args.force);
    let guard = |dataset: &Dataset| Guard::default().dataset(dataset);
    let opening = |e| Error::io(&args.records, "opening the records", e);
    if args.records.as_path() == "-" {
        let record = piped(Path::new("standard input"), std::io::stdin(), args.to)?;
        return one(&record, args, &Guard::default(), out, log);
    }
    let metadata = std::fs::metadata(&args.records).map_err(opening)?;
    if !metadata.is_file() && !metadata.is_dir() {
        let pipe = std::fs::File::open(&args.records).map_err(opening)?;
        let record = piped(&args.records, pipe, args.to)?;
        return one(&record, args, &Guard::default(), out, log);
    }
    let told = |e| Error::io(Path::new("standard error"), "printing the account", e);
    if metadata.is_file() {
        let dataset = Dataset::open(&args.records)?;
        let record = dataset.load_file(&dataset.record_files()[0])?;
        return one(&record, args, &guard(&dataset), out, log);
    }
    let Some(folder) = args.out.as_ref().filter(|p| p.as_path() != "-") else {
        return Err(Error::usage("several records need a folder to go to").hint("say --out FOLDER"));
    };
    let dataset = Dataset::open(&args.records)?;
    private_folder(folder)?;
    refuse_same_folder(folder, dataset.record_files())?;
    let (mut done, mut events, mut failed) = (0, 0, dataset.unread().records);
    for notice in &dataset.unread().notices {
        writeln!(log, "{}", text::safe(&notice.to_string())).map_err(told)?;
    }
    let guard = guard(&dataset);
    for file in dataset.record_files() {
        let place = place_in(folder, file, args.to).and_then(|path| guard.file(&path, there));
        match place.and_then(|place| write_file(&dataset.load_file(file)?, args.to, &place)) {
            Ok(outcome) => {
                done += 1;
                events += outcome.events;
                account(&file.path, &outcome, log).map_err(told)?;
            }
            Err(error) => {
                failed += 1;
                writeln!(log, "{}", text::safe(&error.to_string())).map_err(told)?;
            }
        }
    }
    writeln!(
        log,
        "{done} records with {events} events written to {}",
        text::safe(&folder.display().to_string())
    )
    .map_err(told)?;
    if failed > 0 {
        return Err(Error::problems(format!(
            "{failed} records could not be converted"
        )));
    }
    Ok(())
}

/// Converts one record.
fn one(
    record: &Record,
    args: &Args,
    guard: &Guard,
    out: &mut dyn Write,
    log: &mut dyn Write,
) -> Result<()> {
    let there = There::Option("--force", args.force);
    let file = match &args.out {
        Some(path) if path != "-" => Some(file_for(record, args.to, path)?),
        _ => None,
    };
    let outcome = match guard.to(file.as_deref(), there)? {
        To::Output => write(record, args.to, &mut *out)
            .and_then(|outcome| out.flush().map(|()| outcome))
            .map_err(super::output_failed)?,
        To::File(place) => write_file(record, args.to, &place)?,
    };
    account(record.path(), &outcome, log)
        .map_err(|e| Error::io(Path::new("standard error"), "printing the account", e))
}

/// The record that a pipe holds, whoever's it is: a pipe has no name that could say otherwise.
fn piped(name: &Path, mut pipe: impl Read, to: Target) -> Result<Record> {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes)
        .map_err(|e| Error::io(name, "reading the record", e))?;
    let record = read_bytes(name, bytes)?;
    if record.stated().is_empty() && to == Target::Lumia {
        return Err(Error::unreadable(
            name,
            "the record states no patient, and a pipe has no name",
        )
        .hint("give it as a file whose name is the patient's id"));
    }
    let whose = record.stated().to_owned();
    record.confirm(&whose)
}

/// Where one of several records goes.
fn place_in(folder: &Path, file: &RecordFile, to: Target) -> Result<PathBuf> {
    Ok(folder.join(name::of_record(&file.person_id, to.extension())?))
}

/// The patient: as the record states, else as its file's name does.
fn patient(record: &Record) -> String {
    if record.person_id().is_empty() {
        person_of(
            &record
                .path()
                .file_name()
                .unwrap_or_default()
                .to_string_lossy(),
        )
    } else {
        record.person_id().to_owned()
    }
}

/// Where one record goes. The visit/day shape holds no patient id, so there the file's name has to.
fn file_for(record: &Record, to: Target, path: &Path) -> Result<PathBuf> {
    let path = if path.is_dir() {
        path.join(name::of_record(&patient(record), to.extension())?)
    } else {
        path.to_owned()
    };
    let id = record.person_id();
    let named = path.file_stem().is_some_and(|stem| stem == id);
    if to == Target::VisitDay && !id.is_empty() && !named {
        return Err(Error::usage(
            "the visit/day shape holds no patient id, so the file's name has to",
        )
        .hint(format!("call it {id}.xml")));
    }
    Ok(path)
}

/// Records must not be written over the ones that are read.
fn refuse_same_folder(folder: &Path, files: &[RecordFile]) -> Result<()> {
    let own = folder.canonicalize().ok();
    let same = files
        .iter()
        .filter_map(|f| f.path.parent())
        .any(|parent| own.is_some() && parent.canonicalize().ok() == own);
    if same {
        return Err(
            Error::usage("the folder to write to is the one the records are in")
                .hint("name another one"),
        );
    }
    Ok(())
}

fn write(record: &Record, to: Target, out: impl Write) -> std::io::Result<Outcome> {
    let mut outcome = Outcome {
        events: record.happened().len(),
        unread: unread(record),
        nulls: record.nulls(),
        ..Outcome::default()
    };
    match to {
        Target::Lumia => {
            let changed = lumia_writer::write_record(record, &patient(record), out)?;
            outcome.replaced = changed.replaced;
            outcome.visits = changed.visits;
        }
        Target::Text => outcome.replaced = linear::write_record(record, out)?,
        Target::VisitDay => {
            let loss = visit_day_writer::write_record(record, out)?;
            outcome.replaced = loss.replaced;
            outcome.attributes = loss.attributes;
            outcome.borders = loss.borders;
        }
    }
    Ok(outcome)
}

/// Writes a file whole or not at all.
fn write_file(record: &Record, to: Target, place: &OutputFile) -> Result<Outcome> {
    place.write_with(|file| {
        let mut buffer = std::io::BufWriter::with_capacity(1 << 16, file);
        let outcome = write(record, to, &mut buffer)?;
        buffer.flush()?;
        Ok(outcome)
    })
}

fn unread(record: &Record) -> usize {
    record
        .notices()
        .iter()
        .filter(|n| n.severity == Severity::Error)
        .count()
}

/// Says what was changed on the way, if anything was.
fn account(path: &Path, outcome: &Outcome, log: &mut dyn Write) -> std::io::Result<()> {
    let path = path.display().to_string();
    let mut tell = |n: u64, what: &str| -> std::io::Result<()> {
        if n > 0 {
            writeln!(log, "{}: {n} {what}", text::safe(&path))?;
        }
        Ok(())
    };
    tell(
        outcome.unread as u64,
        "places could not be read; `medalign check` lists them",
    )?;
    tell(
        outcome.replaced,
        "characters that must not stand there became U+FFFD",
    )?;
    tell(
        outcome.attributes,
        "attributes and places have no room in this shape and are left out",
    )?;
    tell(
        outcome.borders,
        "events are not read again as they were: this shape has no border between their code, name, value and unit",
    )?;
    tell(
        outcome.visits,
        "visit starts were added: this shape has no other place for the titles of encounters",
    )?;
    tell(outcome.nulls, "places and facts that say NULL are left out")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Kind;

    const LUMIA: &str = r#"<eventstream person_id="7">
<encounter reason="a &amp; b" start_timestamp="2013-10-09 08:00">
<person><birthdate>1970-05-01</birthdate><age><days>15868</days><years>43</years></age>
<demographics><ethnicity>X</ethnicity><gender>FEMALE</gender><race>White</race></demographics><payerplan>Medicare</payerplan></person>
<caresites><caresite care_site_id="7" care_site_name="ED (old)"/><caresite care_site_name="Ward"/></caresites>
<providers><provider provider_id="9" gender="F" speciality="Neurology, general" year_of_birth="NULL" care_site_name="ED"/></providers>
<events><entry timestamp="2013-10-10 19:08">
<event type="visit" code="Visit/ERIP" name="Emergency &lt;Room&gt;" visit_id="1">start</event>
<event type="measurement" code="LOINC/8480-6" name="Systolic" unit="mmHg">165</event>
<event type="note" code="LOINC/1" name="ED Note" note_id="123"> two  blanks &amp; "quotes"
and a line </event></entry>
<entry timestamp="NULL"><event type="fax" code="" name="odd"/></entry></events></encounter>
<encounter><person><birthdate>1970-05-01</birthdate></person><events><entry timestamp="2013-10-08"><event type="death" code="" name="">x</event></entry></events></encounter>
</eventstream>"#;

    fn read(text: &[u8]) -> Record {
        crate::record::read_bytes(Path::new("7.xml"), text.to_vec())
            .expect("a record")
            .look_inside()
    }

    /// All that a record says, as text.
    fn told(record: &Record) -> Vec<String> {
        let mut all = vec![record.person_id().to_owned()];
        for encounter in record.encounters() {
            let title = record.string(encounter.title);
            all.push(format!(
                "{title} {:?} {:?} {:?} {:?}",
                encounter.start, encounter.end, encounter.person, encounter.places
            ));
            let range = encounter.events.start as usize..encounter.events.end as usize;
            for e in &record.events()[range] {
                let attributes: Vec<_> = record.attributes(e).collect();
                all.push(format!(
                    "{:?} {} {} {} {} {:?} {attributes:?}",
                    e.time,
                    record.type_name(e),
                    record.code(e),
                    record.name(e),
                    record.unit(e),
                    record.value(e)
                ));
            }
        }
        all
    }

    fn written(record: &Record, to: Target) -> Vec<u8> {
        let mut out = Vec::new();
        write(record, to, &mut out).expect("memory");
        out
    }

    #[test]
    fn lumia_survives_being_written() {
        let record = read(LUMIA.as_bytes());
        let again = read(&written(&record, Target::Lumia));
        assert_eq!(told(&record), told(&again));
        assert_eq!(
            written(&record, Target::Lumia),
            written(&again, Target::Lumia)
        );
    }

    #[test]
    fn the_visit_day_shape_keeps_events_times_and_texts() {
        let record = read(LUMIA.as_bytes());
        let mut out = Vec::new();
        let outcome = write(&record, Target::VisitDay, &mut out).expect("memory");
        let again = read(&out);
        assert_eq!(again.events().len(), record.events().len());
        // Four places, two ids, a note's code.
        assert_eq!(outcome.attributes, 7);
        for (a, b) in record.events().iter().zip(again.events()) {
            assert_eq!(
                (a.time, a.kind == Kind::Note),
                (b.time, b.kind == Kind::Note)
            );
        }
        let person = &again.encounters()[1].person;
        assert_eq!(
            (
                person.birth.map(crate::record::Time::date),
                person.age_days,
                person.sex.as_str()
            ),
            (Some(jiff::civil::date(1970, 5, 1)), Some(15868), "FEMALE")
        );
        let measured = again
            .events()
            .iter()
            .find(|e| e.kind == Kind::Measurement)
            .expect("one");
        assert_eq!(
            (
                again.name(measured),
                again.value(measured),
                again.unit(measured)
            ),
            ("Systolic", "165", "mmHg")
        );
    }

    #[test]
    fn files_are_private_and_never_the_input() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let from = dir.path().join("7.xml");
        std::fs::write(&from, LUMIA).expect("writable");
        let args = |to, out: Option<PathBuf>| Args {
            records: from.clone(),
            to,
            out,
            force: false,
        };
        let run = |args: &Args| {
            let mut out = Vec::new();
            convert(args, &mut out, &mut std::io::sink())
                .map(|()| String::from_utf8(out).expect("UTF-8"))
        };
        assert!(run(&args(Target::Lumia, Some(from.clone()))).is_err());
        assert!(run(&args(Target::VisitDay, Some(dir.path().join("other.xml")))).is_err());
        let text = dir.path().join("7.txt");
        run(&args(Target::Text, Some(text.clone()))).expect("written");
        assert_eq!(
            std::fs::read_to_string(&text).expect("text"),
            run(&args(Target::Text, None)).expect("printed")
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&text)
                .expect("a file")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let several = Args {
            records: dir.path().to_owned(),
            to: Target::Lumia,
            out: None,
            force: false,
        };
        assert!(run(&several).is_err());
        let there = dir.path().join("there");
        run(&Args {
            out: Some(there.clone()),
            ..several.clone()
        })
        .expect("written");
        assert!(there.join("7.xml").is_file());
        assert!(
            run(&Args {
                out: Some(dir.path().to_owned()),
                ..several
            })
            .is_err()
        );
    }
}
