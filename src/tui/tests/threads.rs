//! What the program does on threads, done at once: search, passages, records beside the case.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::dataset::Dataset;
use crate::search::build::Built;
use crate::search::retrieve::tokens::Tokens;
use crate::search::retrieve::{events::best_events, proposals::Proposals};
use crate::search::worker::{Message, Outcome, Reply, Request};
use crate::search::{self, Engine, Marker, Passage, Progress, State};
use crate::tui::app::Effect;
use crate::tui::cutter::Cut;
use crate::tui::matcher;
use crate::tui::ranked::Wanted;
use crate::tui::record_view::RecordView;
use crate::work::Cancel;
use tempfile::TempDir;

use super::desk::Desk;

/// What is at the index's place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Index {
    /// An index of the demo's records.
    #[default]
    Ready,
    /// Nothing.
    Missing,
    /// An index of which two records changed since.
    Stale,
    /// Files that are no index.
    Damaged,
}

impl Index {
    fn state(self) -> State {
        match self {
            Index::Missing => State::Missing,
            Index::Damaged => State::Damaged("1 of its files are damaged".to_owned()),
            Index::Ready | Index::Stale => State::Ready {
                records: 4,
                events: 2_000,
                stale: if self == Index::Stale { 2 } else { 0 },
                gone: 0,
            },
        }
    }
}

/// The index of the demo's records, made once.
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<(TempDir, Engine)> = OnceLock::new();
    let (_, engine) = ENGINE.get_or_init(|| {
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
        let dataset = Dataset::open(&demo).expect("the demo");
        let cache = tempfile::tempdir().expect("a temporary folder");
        let place = search::IndexFolder::of(&dataset, cache.path());
        let stop = Cancel::default();
        search::build(&dataset, &place, false, &mut |_| {}, &stop).expect("an index");
        (cache, Engine::open(&place).expect("the index"))
    });
    engine
}

impl Desk {
    /// Carries out what the threads of ranked search would.
    pub(crate) fn carry_out_search(&mut self, effect: Effect) {
        match effect {
            Effect::Visit { person, ask } => {
                let read = self.app.desk.dataset.load_patient(&person);
                let view = read.map(|r| Arc::new(RecordView::new(r)));
                let best = match (&view, ask) {
                    (Ok(view), Some(ask)) => best_events(&view.record, &ask, 12),
                    _ => Vec::new(),
                };
                self.app
                    .take_visit(&person, view.map_err(|e| e.to_string()), best);
            }
            Effect::Match { tokens } => self.propose(tokens),
            Effect::StopMatch => {
                let stopped = Err("cancelled".to_owned());
                self.app.take_matches(matcher::Message::Done(stopped));
            }
            Effect::LookAtIndex => {
                self.app.take_search(Message::State(self.index.state()));
            }
            Effect::Search(request) => self.search(&request),
            Effect::Passages(wanted) => self.cut(&wanted),
            // A build that goes on until it is stopped.
            Effect::BuildIndex => self.app.take_search(Message::Progress(Progress {
                records: 1,
                of_records: 4,
                bytes: 42,
                of_bytes: 100,
                events: 500,
            })),
            Effect::StopIndex => {
                let built = Built {
                    cancelled: true,
                    ..Built::default()
                };
                self.app.take_search(Message::Built(Ok(built)));
                self.app.take_search(Message::State(self.index.state()));
            }
            other => self.effects.push(other),
        }
    }

    /// Proposes at once, or, where it is set up so, counts for ever.
    fn propose(&mut self, tokens: Tokens) {
        if self.index == Index::Missing {
            let half = Progress {
                records: 2,
                of_records: 4,
                bytes: 50,
                of_bytes: 100,
                events: 0,
            };
            return self.app.take_matches(matcher::Message::Progress(half));
        }
        let cache = tempfile::tempdir().expect("a temporary folder");
        let place = search::IndexFolder::of(&self.app.desk.dataset, cache.path());
        let stop = Cancel::default();
        let proposals = Proposals::of(&self.app.desk.dataset, &place, tokens, 5, &|_| {}, &stop);
        let done = proposals.map(Arc::new).map_err(|e| e.to_string());
        self.app.take_matches(matcher::Message::Done(done));
    }

    /// Searches at once, as the thread does.
    fn search(&mut self, request: &Request) {
        let query = request.understood();
        let outcome = match self.index {
            Index::Missing => Outcome::NoIndex,
            Index::Damaged => Outcome::Failed("the index cannot be used".to_owned()),
            Index::Ready | Index::Stale => {
                let patient = request.patient.as_deref();
                let engine = self.engine.unwrap_or_else(|| engine());
                let found = engine
                    .search(&query, patient, request.limit)
                    .expect("an index");
                let explain = |h| engine.explain(&query, h).expect("an index");
                let hits = found.hits.iter().filter(|_| request.explain);
                let weights = hits.map(explain).collect();
                Outcome::Found(found, weights)
            }
        };
        self.app.take_search(Message::Reply(Reply {
            generation: request.generation,
            query,
            outcome,
        }));
    }

    /// Cuts passages at once, as the thread does.
    fn cut(&mut self, wanted: &Wanted) {
        let mut marker = Marker::new(&wanted.query);
        for (hit, (person, event)) in wanted.events.iter().enumerate() {
            let dataset = Arc::clone(&self.app.desk.dataset);
            let record = self
                .records
                .entry(person.clone())
                .or_insert_with(|| dataset.load_patient(person).map_err(|e| e.to_string()));
            let passage = match record {
                Ok(record) => Passage::of(record, *event, &mut marker, wanted.length)
                    .ok_or_else(|| "not in the record any more".to_owned()),
                Err(why) => Err(why.clone()),
            };
            self.app.take_passage(Cut {
                generation: wanted.generation,
                hit,
                passage,
            });
        }
    }
}
