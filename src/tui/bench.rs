//! The reviewer without a terminal, for the bench that measures its frames.
//!
//! In: a dataset's folder, keys. Out: the bytes that would go to the terminal, or the cells. Never: a thread, a promise to
//! anybody but the bench.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Size};

use super::app::{App, Effect, Start};
use super::keymap::Keymap;
use super::record_view::RecordView;
use super::terminal::{Key, Screen};
use super::theme::Theme;
use super::typing::Typing;
use super::view;
use crate::dataset::Dataset;
use crate::review::{Log, Pass, Reviewer, Session, Texts};

/// A reviewer at a dataset, and what the terminal would get.
pub struct Desk {
    app: App,
    screen: Screen<Vec<u8>>,
}

impl Desk {
    /// Opens a dataset's first case; the review file is made in its folder.
    ///
    /// # Panics
    /// When the folder is no dataset or cannot be written.
    pub fn open(folder: &Path, size: Size) -> Self {
        let dataset = Dataset::open(folder).expect("the dataset");
        let session = Session {
            reviewer: Reviewer::new("bench").expect("a name"),
            dataset: dataset.name().to_owned(),
            fingerprint: dataset.fingerprint().to_owned(),
            seed: 0,
            texts: Arc::new(Texts::of(dataset.cases())),
        };
        let file = folder.join("reviews/bench.jsonl");
        let log = Log::open(&file, &session).expect("the review file").log;
        let start = Start {
            typing: Typing::default(),
            dataset: Arc::new(dataset),
            log,
            guide: super::guide::Guide::None,
            reviewer: "bench".to_owned(),
            seed: 0,
            unblinded: false,
            keymap: Keymap::load("default", None).expect("the keymap"),
            theme: Theme {
                ascii: false,
                plain: false,
            },
            notices: Vec::new(),
            utc_offset_minutes: 0,
            places: HashMap::new(),
            hides_later: false,
            plan: None,
            adjudication: None,
            case: 0,
            pass: Pass::First,
            queue: Vec::new(),
        };
        Desk {
            app: App::new(start, (size.width, size.height)),
            screen: Screen::new(Vec::new(), size, true),
        }
    }

    /// Loads the records that were asked for.
    ///
    /// # Panics
    /// When a record cannot be read.
    pub fn load(&mut self) {
        for effect in self.app.take_effects() {
            if let Effect::Load { case, .. } = effect {
                let dataset = &self.app.desk.dataset;
                let record = dataset.load_record(&dataset.cases()[case]);
                let view = RecordView::new(record.expect("a readable record"));
                self.app.take_record(case, Ok(Arc::new(view)));
                self.app.fit();
            }
        }
    }

    /// Draws a frame; gives how many bytes it took.
    ///
    /// # Panics
    /// Never: memory takes all.
    pub fn draw(&mut self) -> usize {
        self.screen.output().clear();
        let app = &self.app;
        let drawn = self.screen.draw(|buffer| view::draw(app, buffer));
        drawn.expect("memory takes all");
        self.screen.output().len()
    }

    /// Draws a frame into cells.
    pub fn paint(&self, buffer: &mut Buffer) -> Option<Position> {
        view::draw(&self.app, buffer)
    }

    /// Presses keys as the help writes them, with blanks between.
    ///
    /// # Panics
    /// When one is no key.
    pub fn press(&mut self, keys: &str) {
        for key in keys.split(' ') {
            self.app.press(Key::parse(key).expect("a key"));
        }
    }

    /// Types a character.
    pub fn type_char(&mut self, c: char) {
        self.app.press(Key::char(c));
    }
}
