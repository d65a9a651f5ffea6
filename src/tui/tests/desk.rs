//! A reviewer's desk: the whole screen's state on a copy of a dataset, driven by keys and looked at as text.
//!
//! Records are read at once where the program reads them on a thread, so that a test never waits.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::dataset::{Case, Dataset};
use crate::record::Record;
use crate::report::table::Report;
use crate::review::{Ledger, Log, Opened, Pass, Reviewer, Session, adjudicate, plan};
use crate::search::Engine;
use crate::search::ground::ground;
use crate::tui::action::{Action, Layer};
use crate::tui::adjudication::Adjudication;
use crate::tui::app::{App, Effect, Start};
use crate::tui::keymap::Keymap;
use crate::tui::loader::SAMPLES;
use crate::tui::pins;
use crate::tui::record_view::RecordView;
use crate::tui::resume::CasePlace;
use crate::tui::terminal::Key;
use crate::tui::theme::Theme;
use crate::tui::typing::Typing;
use crate::tui::view;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tempfile::TempDir;

use super::picture::rows;
use super::threads::Index;

/// The sizes that screens are recorded at.
pub(crate) const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 50)];
/// The key that says yes to a question.
pub(crate) const YES: &str = "y";
/// The reviewer of every test.
pub(crate) const REVIEWER: &str = "jchen";

/// The patient of [`Room::with_a_record_of_no_case`].
pub(crate) const LONELY: &str = "730684215";

/// A folder with a dataset, and the folder of review files beside it.
pub(crate) struct Room {
    folder: TempDir,
    name: String,
}

impl Room {
    /// A copy of the demo dataset without its recorded run: its sixty answers, six to an instruction.
    pub(crate) fn demo() -> Room {
        let room = Room::demo_with_run();
        fs::remove_dir_all(room.dataset().join("model-responses")).expect("a run");
        for table in fs::read_dir(room.dataset().join("scores")).expect("scores") {
            let table = table.expect("a table").path();
            let text = fs::read_to_string(&table).expect("a table");
            let given = text.lines().filter(|l| !l.contains("\tlantern-8k\t"));
            let given: Vec<&str> = given.collect();
            fs::write(&table, given.join("\n") + "\n").expect("written");
        }
        room
    }

    /// A copy of the demo dataset.
    pub(crate) fn demo_with_run() -> Room {
        let room = Room::empty("clinic-demo");
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
        copy(&demo, &room.dataset());
        room
    }

    /// A folder that was filled by something else; `name` is the dataset in it.
    pub(crate) fn around(folder: TempDir, name: &str) -> Room {
        Room {
            folder,
            name: name.to_owned(),
        }
    }

    /// A dataset's folder with nothing in it.
    pub(crate) fn empty(name: &str) -> Room {
        // Paths are wrapped and cut off on the screen, so that they must have the same length everywhere.
        let folder = tempfile::Builder::new()
            .prefix("medalign-")
            .tempdir_in("/tmp")
            .expect("a temporary folder");
        let room = Room {
            folder,
            name: name.to_owned(),
        };
        fs::create_dir_all(room.dataset().join("ehrs")).expect("a folder");
        room
    }

    /// A dataset of one case with so many answers, named `model-1`, `model-2` …
    pub(crate) fn with_answers(count: usize) -> Room {
        let room = Room::empty("small");
        let mut table =
            "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response\n"
                .to_owned();
        for n in 1..=count {
            let text = format!(
                "Answer number {n}: the fever began on the second day and was gone on the fifth."
            );
            let _ = writeln!(
                table,
                "9001\tWhen did the fever begin?\t11\t11.xml\tmodel-{n}\t{text}"
            );
        }
        room.write("clinician-reviewed-model-responses.tsv", &table);
        room.write("ehrs/11.xml", RECORD);
        room
    }

    /// The demo with a record, [`LONELY`], that no case is about: its cases are about another patient here.
    pub(crate) fn with_a_record_of_no_case() -> Room {
        let room = Room::demo();
        for table in [
            "instructions.tsv",
            "clinician-reviewed-model-responses.tsv",
            "clinician-instruction-responses.tsv",
            "ehr-relevance-labels.csv",
        ] {
            room.write(table, &room.read(table).replace(LONELY, "417302958"));
        }
        room
    }

    /// The demo with six more records, copies of one of its own under other ids, so that five candidates are a choice.
    pub(crate) fn with_more_records() -> Room {
        let room = Room::demo();
        let record = room.read("ehrs/417302958.xml");
        for n in 1..=6 {
            let id = format!("90000000{n}");
            let text = record.replace("417302958", &id);
            room.write(&format!("ehrs/{id}.xml"), &text);
        }
        room
    }

    /// The dataset's folder.
    pub(crate) fn dataset(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    pub(crate) fn review_file(&self) -> PathBuf {
        self.folder.path().join("reviews").join("jchen.jsonl")
    }

    /// Writes a file of the dataset.
    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.dataset().join(path), text).expect("a file of the dataset");
    }

    /// A file of the dataset.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.dataset().join(path)).expect("a file of the dataset")
    }
}

/// A small record with a note.
pub(crate) const RECORD: &str = "<eventstream person_id=\"11\">\n<encounter>\n<events>\n\
<entry timestamp=\"2021-03-02T08:00:00\"><event type=\"visit\" code=\"Visit/IP\" name=\"Inpatient Visit\"></event></entry>\n\
<entry timestamp=\"2021-03-02T09:00:00\"><event type=\"measurement\" code=\"LOINC/8310-5\" name=\"Body temperature\" unit=\"Cel\">38.9</event></entry>\n\
<entry timestamp=\"2021-03-05T09:00:00\"><event type=\"note\" name=\"Progress note\">Fever since yesterday.\nNo cough.</event></entry>\n\
</events>\n</encounter>\n</eventstream>\n";

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// How a desk is set up.
#[derive(Clone, Default)]
pub(crate) struct Setup {
    /// The case to begin with.
    pub(crate) case: usize,
    /// Which reading of it.
    pub(crate) pass: Pass,
    /// Draw with ASCII signs.
    pub(crate) ascii: bool,
    /// Whether all is said in words.
    pub(crate) plain: bool,
    /// Where things were.
    pub(crate) places: HashMap<String, CasePlace>,
    /// What was typed and not saved.
    pub(crate) typing: Typing,
    /// What is at the index's place.
    pub(crate) index: Index,
    /// An index of other records than the demo's.
    pub(crate) engine: Option<&'static Engine>,
    /// What reviewers said, to decide between them.
    pub(crate) said: Option<BTreeMap<String, Ledger>>,
    /// Whose keymap lies over the default one.
    pub(crate) keymap: Option<&'static str>,
    /// What to open below the room's folder instead of the dataset's folder.
    pub(crate) path: Option<String>,
}

/// The state of the screen, and what the runner would do for it.
pub(crate) struct Desk {
    pub(crate) app: App,
    /// Effects that were asked for, but for reading records.
    pub(crate) effects: Vec<Effect>,
    pub(crate) room: Arc<Room>,
    pub(crate) index: Index,
    pub(crate) engine: Option<&'static Engine>,
    kept: HashMap<PathBuf, Arc<RecordView>>,
    pub(crate) records: HashMap<String, Result<Record, String>>,
}

impl Desk {
    /// The demo at its first case.
    pub(crate) fn demo(size: (u16, u16)) -> Desk {
        Desk::open(Arc::new(Room::demo()), size, Setup::default())
    }

    /// A room with its review file.
    pub(crate) fn open(room: Arc<Room>, size: (u16, u16), setup: Setup) -> Desk {
        let path = setup
            .path
            .map_or(room.dataset(), |p| room.dataset().join(p));
        let dataset = Dataset::open(&path).expect("a dataset");
        let session = Session {
            reviewer: Reviewer::new(REVIEWER).expect("a name"),
            dataset: dataset.name().to_owned(),
            fingerprint: dataset.fingerprint().to_owned(),
            seed: 0,
            texts: Arc::new(crate::review::Texts::of(dataset.cases())),
        };
        let Opened { log, mut notices } =
            Log::open(&room.review_file(), &session).expect("a review file");
        let queue_of = |said| adjudicate::queue(&adjudicate::disputes(dataset.cases(), said));
        let disputed = setup.said.as_ref().map(queue_of);
        let of = |said| Adjudication::of(dataset.cases(), said, REVIEWER, 0);
        let adjudication = setup.said.map(of);
        let file = dataset.root().join(plan::FILE);
        let (plan, off) = plan::queue_of(&file, false, REVIEWER, dataset.cases());
        notices.extend(off);
        let queue = disputed.unwrap_or_else(|| plan.clone().unwrap_or_default().steps);
        let start = Start {
            dataset: Arc::new(dataset),
            log,
            guide: crate::tui::guide::Guide::None,
            reviewer: REVIEWER.to_owned(),
            seed: 0,
            unblinded: false,
            keymap: Keymap::load(setup.keymap.unwrap_or("default"), None).expect("a keymap"),
            theme: Theme {
                ascii: setup.ascii || setup.plain,
                plain: setup.plain,
            },
            notices,
            utc_offset_minutes: 0,
            typing: setup.typing,
            places: setup.places,
            hides_later: false,
            plan,
            adjudication,
            case: setup.case,
            pass: setup.pass,
            queue,
        };
        let mut desk = Desk {
            app: App::new(start, size),
            effects: Vec::new(),
            room,
            index: setup.index,
            engine: setup.engine,
            kept: HashMap::new(),
            records: HashMap::new(),
        };
        desk.settle();
        desk
    }

    /// The first keys of an action in a layer of the default keymap.
    pub(crate) fn demo_keys(layer: Layer, action: Action) -> Option<String> {
        let map = Keymap::load("default", None).expect("the default keymap");
        map.keys(layer, action).into_iter().next()
    }

    /// Closes the review file and opens everything anew, as another session would.
    pub(crate) fn reopen(self, setup: Setup) -> Desk {
        let (room, size) = (Arc::clone(&self.room), self.app.screen.size);
        drop(self);
        Desk::open(room, size, setup)
    }

    /// Presses keys, written with blanks between them; `type:word` types a word.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Desk {
        for word in keys.split_ascii_whitespace() {
            match word.strip_prefix("type:") {
                Some(text) => text.chars().for_each(|c| self.key(Key::char(c))),
                None => self.key(Key::parse(word).unwrap_or_else(|e| panic!("{word}: {e}"))),
            }
        }
        self
    }

    /// Presses one key.
    pub(crate) fn key(&mut self, key: Key) {
        self.app.press(key);
        self.settle();
    }

    /// Pastes text.
    pub(crate) fn paste(&mut self, text: &str) -> &mut Desk {
        self.app.paste(text);
        self.settle();
        self
    }

    /// The message in view.
    pub(crate) fn said(&self) -> &str {
        self.app
            .screen
            .message
            .as_ref()
            .map_or("", |(_, text)| text)
    }

    /// The ranking, as the rank line writes it.
    pub(crate) fn ranking(&self) -> String {
        self.app.rank().to_line(&self.app.models())
    }

    /// Every answer's verdict, as signs in blind order.
    pub(crate) fn verdicts(&self) -> String {
        let theme = Theme {
            ascii: true,
            plain: false,
        };
        let models = self.app.models();
        models
            .iter()
            .map(|m| theme.verdict(self.app.verdict_of(m)))
            .collect()
    }

    /// Gives the screen another size.
    pub(crate) fn resize(&mut self, size: (u16, u16)) -> &mut Desk {
        self.app.resize(size);
        self
    }

    /// Carries out what was asked for.
    fn settle(&mut self) {
        // What is carried out may ask for more.
        loop {
            let effects = self.app.take_effects();
            if effects.is_empty() {
                return;
            }
            for effect in effects {
                self.carry_out(effect);
            }
            // As after each message of a thread.
            self.app.fit();
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Load { case, .. } => {
                let record = self.record(case);
                self.app.take_record(case, record);
                self.app.fit();
            }
            Effect::Places { case } => {
                let wanted = self.app.wanted_places();
                let places = self.app.view().map(|v| pins::find(&v.record, &wanted));
                if let Some(places) = places {
                    self.app.take_places(case, places);
                }
            }
            Effect::Ground { case } => {
                let as_of = self.app.in_view.record.timeline.hidden_from();
                let view = self.app.view();
                let marks = view.map(|v| ground(&v.record, as_of, &self.app.texts()));
                if let Some(marks) = marks {
                    self.app.take_ground(case, marks);
                }
            }
            Effect::Report => {
                let own = self.app.own_observations();
                let report = Report::of_reviewer(&self.app.desk.dataset, own, SAMPLES);
                self.app.take_report(report);
            }
            other => self.carry_out_search(other),
        }
    }

    fn record(&mut self, case: usize) -> Result<Arc<RecordView>, String> {
        let dataset = Arc::clone(&self.app.desk.dataset);
        let case = &dataset.cases()[case];
        let say = |e: crate::Error| match e.hint_text() {
            Some(hint) => format!("{e}. To try: {hint}"),
            None => e.to_string(),
        };
        let path = dataset.record_path(case).map_err(say)?;
        if let Some(view) = self.kept.get(&path) {
            return Ok(Arc::clone(view));
        }
        let view = read(&path, &dataset, case).map_err(say)?;
        self.kept.insert(path, Arc::clone(&view));
        Ok(view)
    }

    /// The frame, and where the caret is.
    pub(crate) fn frame(&self) -> (Buffer, Option<Position>) {
        let (width, height) = self.app.screen.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let caret = view::draw(&self.app, &mut buffer);
        (buffer, caret)
    }

    /// The frame as text, blanks at the ends of rows left out.
    pub(crate) fn text(&self) -> String {
        let (buffer, _) = self.frame();
        let rows = rows(&buffer);
        self.masked(&rows.join("\n"))
    }

    /// Text without what differs from one run to the next: the clock and the temporary folder.
    pub(super) fn masked(&self, text: &str) -> String {
        let folder = self.room.folder.path().display().to_string();
        let text = text.replace(&folder, "/tmp/medalign-XXXXXX");
        let mut all = String::new();
        for (i, part) in text.split("saved ").enumerate() {
            if i > 0 {
                all.push_str("saved ");
            }
            let clock = part.len() >= 8
                && part.bytes().take(8).enumerate().all(|(i, b)| match i {
                    2 | 5 => b == b':',
                    _ => b.is_ascii_digit(),
                });
            if clock {
                all.push_str("HH:MM:SS");
                all.push_str(&part[8..]);
            } else {
                all.push_str(part);
            }
        }
        all
    }
}

/// Reads a record; one without notices, which name its path, is read once for all tests.
fn read(path: &Path, dataset: &Dataset, case: &Case) -> crate::Result<Arc<RecordView>> {
    static READ: Mutex<Vec<(Vec<u8>, Arc<RecordView>)>> = Mutex::new(Vec::new());
    let bytes = fs::read(path).unwrap_or_default();
    let read = READ.lock().expect("no reader panics");
    if let Some((_, view)) = read.iter().find(|(b, _)| *b == bytes) {
        return Ok(Arc::clone(view));
    }
    drop(read);
    let view = Arc::new(RecordView::new(dataset.load_record(case)?));
    if view.record.notices().is_empty() {
        let mut read = READ.lock().expect("no reader panics");
        read.push((bytes, Arc::clone(&view)));
    }
    Ok(view)
}
