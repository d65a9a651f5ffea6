//! `medalign search`: ranked search over all records of a dataset.
//!
//! In: a dataset and a query. Out: the events that fit best, with the passage and the words that matched; as lines for people
//! or one JSON object a line. Brings the index up to date first. What is printed as text is safe for a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::ops::Range;

use rayon::prelude::*;
use serde_json::{Value, json};

use crate::cli::DatasetArg;
use crate::commands::{index, output_failed};
use crate::config::Config;
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::search::build::{left_out, state};
use crate::search::{
    EncounterLine, Engine, Found, Hit, IndexFolder, Marker, Passage, Query, Weight,
};
use crate::sink::{STAND_BACK, STAND_OUT};
use crate::text;

/// Bytes of a note that are shown.
const SNIPPET: usize = 200;

/// Search all records of a dataset: the best events first
///
/// Words: events with all of them come first. "a phrase", begin*, "a phrase that beg*", fuzzy~, -not this.
/// A day (2018-01-05, 1/5/2018, Jan 5, 2018) finds its events and the texts that write it in any notation.
/// Filters: kind:note code:LOINC/8480-6 name:pressure patient:123 note:456 after:2018-01 before:2019 on:2018-01-05
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Where to search.
    #[command(flatten)]
    pub dataset: DatasetArg,
    /// What to search for
    #[arg(required = true, value_name = "QUERY")]
    pub query: Vec<String>,
    /// Only the record of this patient
    #[arg(long, value_name = "ID")]
    pub patient: Option<String>,
    /// At most so many events
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Say what each word adds to the score
    #[arg(long)]
    pub explain: bool,
    /// Show the events under their encounters
    #[arg(long)]
    pub by_encounter: bool,
}

/// Searches and prints.
///
/// # Errors
/// When the dataset cannot be opened, the patient is not there, or the index can be neither made nor used; and, after all is
/// printed, when records were left out.
pub(crate) fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<()> {
    let dataset = Dataset::open(&args.dataset.dataset)?;
    if let Some(patient) = &args.patient
        && !dataset
            .record_files()
            .iter()
            .any(|f| f.person_id == *patient)
    {
        return Err(Error::usage("no record of this patient is here")
            .hint("ids are compared as text; zeros count"));
    }
    let place = IndexFolder::of(&dataset, &config.folders.cache);
    let engine = open(&dataset, &place)?;
    let query = Query::parse(&args.query.join(" "));
    for message in &query.messages {
        // A closed standard error is nobody's error.
        let _ = writeln!(crate::sink::stderr(), "note: {}", text::safe(message));
    }
    if query.is_empty() {
        return Err(Error::usage("there is nothing to search for")
            .hint("give a word, a \"phrase\" or a filter"));
    }
    let mut found = engine.search(&query, args.patient.as_deref(), args.limit as usize)?;
    let mut notices = left_out(&dataset, &place);
    let shown = passages(&dataset, &query, &mut found.hits, &mut notices);
    if let Some(patient) = &args.patient {
        let asked = dataset.record_files().iter();
        let asked = asked.filter(|f| f.person_id == *patient);
        let asked: Vec<_> = asked.map(|f| &f.path).collect();
        notices.retain(|n| asked.contains(&&n.file));
    }
    index::tell(&notices);
    // What one patient's record says is not missing there.
    let unread = match args.patient {
        Some(_) => 0,
        None => super::tell_unread(&dataset),
    };
    let weights = if args.explain {
        found
            .hits
            .iter()
            .map(|h| engine.explain(&query, h))
            .collect::<Result<Vec<_>>>()?
    } else {
        Vec::new()
    };
    let style = Style::choose(
        crate::sink::stdout_is_terminal(),
        std::env::var_os("NO_COLOR").is_some(),
    );
    let mut printer = Printer {
        out,
        style,
        weights: &weights,
    };
    if args.json {
        printer.json(&found, &shown)?;
    } else {
        printer.summary(&found)?;
        if args.by_encounter {
            printer.grouped(&found.hits, &shown)?;
        } else {
            printer.list(&found.hits, &shown)?;
        }
    }
    out.flush().map_err(output_failed)?;
    super::left_out(notices.len() + unread, "searched")
}

/// Brings the index up to date and opens it; where another program is at it, what is there has to do.
fn open(dataset: &Dataset, place: &IndexFolder) -> Result<Engine> {
    if !state(dataset, place, false).is_current()
        && let Err(error) = index::update(dataset, place, false)
    {
        let engine = Engine::open(place).map_err(|_| clone(&error))?;
        let mut err = crate::sink::stderr();
        let _ = writeln!(err, "note: {error}; searching what was indexed before");
        return Ok(engine);
    }
    Engine::open(place)
}

/// The same error once more; the cause stays with the first.
fn clone(error: &Error) -> Error {
    let again = Error::new(error.kind(), error.to_string());
    match error.hint_text() {
        Some(hint) => again.hint(hint),
        None => again,
    }
}

/// Reads the records that hits are in, one a thread, and cuts the passages out. Hits in a record that cannot be shown now are
/// taken away, with a notice.
fn passages(
    dataset: &Dataset,
    query: &Query,
    hits: &mut Vec<Hit>,
    notices: &mut Vec<Notice>,
) -> Vec<Passage> {
    let mut by_person: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, hit) in hits.iter().enumerate() {
        by_person.entry(&hit.person).or_default().push(i);
    }
    let read = |(person, places): (&str, Vec<usize>)| match dataset.load_patient(person) {
        Ok(record) => {
            let mut marker = Marker::new(query);
            let cut = |i: usize| {
                let passage = Passage::of(&record, hits[i].event, &mut marker, SNIPPET);
                (i, passage.unwrap_or_default())
            };
            Ok(places.into_iter().map(cut).collect())
        }
        Err(error) => {
            let files = dataset.record_files();
            let file = files.iter().find(|f| f.person_id == person);
            let file = file.map_or(dataset.root(), |f| f.path.as_path());
            let what = format!("the record is left out: {}", error.about(file));
            Err(Notice::file(Severity::Error, file, what))
        }
    };
    let by_person: Vec<_> = by_person.into_iter().collect();
    let read: Vec<Result<Vec<_>, Notice>> = by_person.into_par_iter().map(read).collect();
    let mut all: Vec<Option<Passage>> = vec![None; hits.len()];
    for read in read {
        match read {
            Ok(read) => {
                for (i, passage) in read {
                    all[i] = Some(passage);
                }
            }
            Err(notice) => notices.push(notice),
        }
    }
    let mut kept = all.iter().map(Option::is_some);
    hits.retain(|_| kept.next().unwrap_or_default());
    all.into_iter().flatten().collect()
}

/// How matches are marked.
#[derive(Clone, Copy, Debug)]
struct Style {
    before: char,
    behind: char,
}

impl Style {
    fn choose(terminal: bool, plain: bool) -> Self {
        if terminal && !plain {
            Style {
                before: STAND_OUT,
                behind: STAND_BACK,
            }
        } else {
            Style {
                before: '«',
                behind: '»',
            }
        }
    }
}

struct Printer<'a> {
    out: &'a mut dyn Write,
    style: Style,
    weights: &'a [Vec<Weight>],
}

impl Printer<'_> {
    fn line(&mut self, line: &str) -> Result<()> {
        writeln!(self.out, "{line}").map_err(output_failed)
    }

    fn summary(&mut self, found: &Found) -> Result<()> {
        let more = if found.more { "more than " } else { "" };
        let some = found.hits.iter().filter(|h| !h.all_words).count();
        let mut line = match found.count {
            0 if some == 0 => "no event fits".to_owned(),
            0 => "no event has all words".to_owned(),
            1 => "1 event fits".to_owned(),
            n => format!("{more}{n} events fit"),
        };
        if some > 0 {
            let _ = write!(line, "; {some} with some of the words follow");
        } else if found.count > found.hits.len() {
            let _ = write!(line, "; the best {} are shown", found.hits.len());
        }
        self.line(&line)
    }

    fn list(&mut self, hits: &[Hit], shown: &[Passage]) -> Result<()> {
        for (i, (hit, passage)) in hits.iter().zip(shown).enumerate() {
            let person = text::safe(&hit.person).into_owned();
            self.hit(i, &format!("patient {person}  "), hit, passage)?;
        }
        Ok(())
    }

    fn grouped(&mut self, hits: &[Hit], shown: &[Passage]) -> Result<()> {
        let mut groups: Vec<((&str, &EncounterLine), Vec<usize>)> = Vec::new();
        for (i, (hit, passage)) in hits.iter().zip(shown).enumerate() {
            let key = (hit.person.as_str(), &passage.encounter);
            match groups.iter_mut().find(|(k, _)| *k == key) {
                Some((_, places)) => places.push(i),
                None => groups.push((key, vec![i])),
            }
        }
        for ((person, encounter), places) in groups {
            let line = format!("patient {person}  {}", encounter.line());
            self.line(text::safe(&line).as_ref())?;
            for i in places {
                self.hit(i, "  ", &hits[i], &shown[i])?;
            }
        }
        Ok(())
    }

    fn hit(&mut self, i: usize, lead: &str, hit: &Hit, passage: &Passage) -> Result<()> {
        let time = if passage.time.is_empty() {
            "no time"
        } else {
            &passage.time
        };
        let code = if passage.code.is_empty() {
            String::new()
        } else {
            format!("  [{}]", passage.code)
        };
        let rest = format!("{time}  {}  {}{code}", hit.kind.name(), passage.name);
        let sign = if hit.all_words { ' ' } else { '~' };
        self.line(&format!(
            "{:>3}{sign}{:>7.2}  {lead}{}",
            i + 1,
            hit.score,
            text::safe(&rest)
        ))?;
        let marked = self.marked(passage);
        if !marked.trim().is_empty() {
            self.line(&format!("{:13}{marked}", ""))?;
        }
        if let Some(weights) = self.weights.get(i) {
            for w in weights {
                let mut line = format!("{:13}{:>7.2}  {}", "", w.score, text::safe(&w.word));
                if let (Some(n), Some(events)) = (w.frequency, w.events) {
                    let _ = write!(line, "  {n} times here, in {events} events");
                }
                self.line(&line)?;
            }
        }
        Ok(())
    }

    /// The passage on one line, safe to print, with what matched marked.
    fn marked(&self, passage: &Passage) -> String {
        let mut line = String::new();
        if passage.cut.0 {
            line.push('…');
        }
        self.push_marked(&mut line, &passage.text, &passage.marks);
        if passage.cut.1 {
            line.push('…');
        }
        if !passage.unit.is_empty() {
            line.push(' ');
            line.push_str(&one_line(&passage.unit));
        }
        if !passage.details.is_empty() {
            if !line.is_empty() {
                line.push_str(" | ");
            }
            self.push_marked(&mut line, &passage.details, &passage.detail_marks);
        }
        line
    }

    /// Adds a text, safe to print, with signs round what is marked.
    fn push_marked(&self, line: &mut String, text: &str, marks: &[Range<usize>]) {
        let mut at = 0;
        for mark in marks {
            line.push_str(&one_line(&text[at..mark.start]));
            line.push(self.style.before);
            line.push_str(&one_line(&text[mark.clone()]));
            line.push(self.style.behind);
            at = mark.end;
        }
        line.push_str(&one_line(&text[at..]));
    }

    fn json(&mut self, found: &Found, shown: &[Passage]) -> Result<()> {
        for (i, (hit, passage)) in found.hits.iter().zip(shown).enumerate() {
            let mut value = json!({
                "rank": i + 1,
                "person_id": hit.person,
                "event": hit.event.0,
                "kind": hit.kind.name(),
                "time": passage.time,
                "code": passage.code,
                "name": passage.name,
                "unit": passage.unit,
                "score": hit.score,
                "all_words": hit.all_words,
                "encounter": passage.encounter.number,
                "snippet": passage.text,
                "marks": passage.marks.iter().map(|m| [m.start, m.end]).collect::<Vec<_>>(),
                "details": passage.details,
                "detail_marks": passage.detail_marks.iter().map(|m| [m.start, m.end]).collect::<Vec<_>>(),
            });
            if let (Some(weights), Some(object)) = (self.weights.get(i), value.as_object_mut()) {
                let one = |w: &Weight| json!({"word": w.word, "score": w.score, "frequency": w.frequency, "events": w.events});
                object.insert(
                    "weights".to_owned(),
                    Value::Array(weights.iter().map(one).collect()),
                );
            }
            self.line(&ascii(&value.to_string()))?;
        }
        Ok(())
    }
}

/// Text without line breaks and runs of spaces, safe to print.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars() {
        if c.is_whitespace() {
            if !blank {
                line.push(' ');
            }
            blank = true;
        } else {
            line.push(c);
            blank = false;
        }
    }
    text::safe(&line).into_owned()
}

/// JSON with all that is not ASCII escaped, so that nothing in it reaches a terminal as a control.
fn ascii(json: &str) -> String {
    let mut all = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\x7f' {
            all.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(all, "\\u{unit:04x}");
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_are_one_safe_line() {
        assert_eq!(one_line("a\r\n\tb  c\x1b[31m"), "a b c␛[31m");
        let passage = Passage {
            text: "no\nstroke seen".to_owned(),
            marks: std::iter::once(3..9).collect(),
            cut: (true, false),
            ..Passage::default()
        };
        let mut sink = Vec::new();
        let printer = Printer {
            out: &mut sink,
            style: Style::choose(false, false),
            weights: &[],
        };
        assert_eq!(printer.marked(&passage), "…no «stroke» seen");
    }

    #[test]
    fn json_is_ascii() {
        assert_eq!(ascii("\"é\u{9b}🩺\""), "\"\\u00e9\\u009b\\ud83e\\ude7a\"");
    }
}
