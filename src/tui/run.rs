//! The loop: keys in, state changed, effects carried out, one frame drawn when something changed.
//!
//! In: the state and the terminal. Out: when it ends, the exit code. It polls on this thread, reads every waiting event,
//! takes what the loader read, and draws at most once a turn; idle, it draws nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::search::retrieve::tokens::Tokens;
use crate::tui::app::{App, Effect, RecordState, Start, Tone};
use crate::tui::external;
use crate::tui::loader::{self, Loader, Records, Reply};
use crate::tui::matcher::{self, Matcher};
use crate::tui::resume::Resume;
use crate::tui::searcher::Searcher;
use crate::tui::terminal::{self, Clipboard, Event, MouseKind, Options, Terminal};
use crate::tui::view;

/// How long one poll waits when nothing happens.
const IDLE: Duration = Duration::from_millis(250);
/// Where things are is written this long after the last key.
const SETTLED: Duration = Duration::from_secs(2);

/// What the loop needs beside the state.
pub(crate) struct Outside {
    /// How the terminal is used.
    pub options: Options,
    /// The clipboard, as far as it is allowed.
    pub clipboard: Clipboard,
    /// The file of what is typed and not saved.
    pub typing: PathBuf,
    /// The file that remembers where things are.
    pub resume: PathBuf,
    /// The folder of the index.
    pub cache: PathBuf,
    /// The folder for texts that another program's editor has.
    pub editing: PathBuf,
}

/// Runs the reviewer until it is left; gives back the exit code and, where it was left by a key, how far the reviewer is.
///
/// # Errors
/// When the terminal cannot be used.
pub(crate) fn run(start: Start, outside: Outside) -> Result<(u8, Option<String>)> {
    let mut far = None;
    let code = terminal::run(outside.options, |terminal: &mut Terminal| {
        let size = terminal.size();
        let (dataset, records) = (Arc::clone(&start.dataset), loader::records());
        let loader = Loader::start(dataset, Arc::clone(&records), terminal.waker())?;
        let mut app = App::new(start, (size.width, size.height));
        let mut turn = Turn {
            loader,
            records,
            clipboard: outside.clipboard,
            typing: outside.typing,
            resume: outside.resume,
            cache: outside.cache,
            editing: outside.editing,
            searcher: None,
            matcher: None,
            moved: None,
        };
        let mut dirty = true;
        app.begin_drawing();
        loop {
            if turn.effects(&mut app, terminal)? {
                turn.remember(&mut app);
                far = Some(app.how_far());
                return Ok(());
            }
            // While a key is held down, frames that a slow line has no room for are left out.
            let held = terminal.holds_back().filter(|_| dirty);
            if dirty && held.is_none() {
                terminal.draw(|buffer| view::draw(&app, buffer))?;
                app.drawn();
                dirty = false;
            }
            let events = terminal.events(held.unwrap_or(IDLE))?;
            app.in_view.record.timeline.hold(terminal.is_held());
            for event in events {
                // A click is meant for what is to be seen.
                let unseen = dirty;
                dirty = true;
                if unseen && matches!(event, Event::Mouse(_)) {
                    continue;
                }
                turn.moved = Some(Instant::now());
                if turn.take(&mut app, event) {
                    return Ok(());
                }
                // What was typed ahead of leaving does nothing any more: nobody would see it.
                if app.leaves() {
                    break;
                }
            }
            for reply in turn.loader.replies() {
                dirty = true;
                match reply {
                    Reply::Record(case, record) => app.take_record(case, record),
                    Reply::Visit(person, record, best) => app.take_visit(&person, record, best),
                    Reply::Ground(case, ground) => app.take_ground(case, ground),
                    Reply::Places(case, places) => app.take_places(case, places),
                    Reply::Report(report) => app.take_report(*report),
                }
                app.fit();
            }
            if let Some(searcher) = &mut turn.searcher
                && searcher.hand_over(&mut app)
            {
                dirty = true;
                app.fit();
            }
            let said = turn.matcher.as_ref().map(Matcher::messages);
            for message in said.into_iter().flatten() {
                dirty = true;
                app.take_matches(message);
                app.fit();
            }
            dirty |= app.tick();
            if turn.moved.is_some_and(|t| t.elapsed() > SETTLED) {
                turn.remember(&mut app);
            }
        }
    })?;
    Ok((code, far))
}

struct Turn {
    loader: Loader,
    records: Arc<Records>,
    clipboard: Clipboard,
    typing: PathBuf,
    resume: PathBuf,
    cache: PathBuf,
    editing: PathBuf,
    searcher: Option<Searcher>,
    matcher: Option<Matcher>,
    moved: Option<Instant>,
}

impl Turn {
    /// Takes what came from the terminal; says whether it is left at once.
    fn take(&mut self, app: &mut App, event: Event) -> bool {
        match event {
            Event::Key(key) => app.press(key),
            Event::EscThen(key) => app.press_after_esc(key),
            Event::Tell(text) => app.say(Tone::Alert, text),
            Event::Paste(paste) => {
                app.paste(&paste.text);
                if paste.dropped > 0 {
                    app.say(
                        Tone::Alert,
                        format!(
                            "The paste was too long: {} bytes are missing",
                            paste.dropped
                        ),
                    );
                }
            }
            Event::Mouse(mouse) => match mouse.kind {
                MouseKind::WheelUp => app.wheel(mouse.x, mouse.y, -3),
                MouseKind::WheelDown => app.wheel(mouse.x, mouse.y, 3),
                MouseKind::Press => app.click(mouse.x, mouse.y),
            },
            Event::Resize(width, height) => app.resize((width, height)),
            Event::Resumed => {}
            Event::WorkerPanicked(place) => {
                app.say(
                    Tone::Alert,
                    format!(
                        "A defect of the program at {place}; judging goes on, please report it"
                    ),
                );
                if matches!(app.in_view.record.state, RecordState::Reading) {
                    app.in_view.record.state = RecordState::Failed(
                        "reading it failed by a defect of the program".to_owned(),
                    );
                }
            }
            Event::Leave(_) => {
                app.keep_open_work();
                app.forget_cancelled();
                self.keep_typing(app);
                self.remember(app);
                return true;
            }
        }
        false
    }

    /// Carries out what the state asked for; says whether to leave.
    fn effects(&mut self, app: &mut App, terminal: &mut Terminal) -> Result<bool> {
        let mut leave = false;
        for effect in app.take_effects() {
            match effect {
                Effect::Load { case, next } => self.loader.wish(case, next),
                Effect::Ground { case } => {
                    if let Some(view) = app.view() {
                        let as_of = app.in_view.record.timeline.hidden_from();
                        let texts = app.texts().into_iter().map(str::to_owned).collect();
                        self.loader
                            .wish_ground(case, Arc::clone(view), as_of, texts);
                    }
                }
                Effect::Visit { person, ask } => self.loader.wish_visit(person, ask),
                Effect::Match { tokens } => self.propose(tokens, app, terminal),
                Effect::StopMatch => {
                    if let Some(matcher) = &self.matcher {
                        matcher.cancel();
                    }
                }
                Effect::Search(_)
                | Effect::Passages(_)
                | Effect::LookAtIndex
                | Effect::BuildIndex
                | Effect::StopIndex => self.search(effect, app, terminal),
                Effect::Places { case } => {
                    if let Some(view) = app.view() {
                        let (view, wanted) = (Arc::clone(view), app.wanted_places());
                        self.loader.wish_places(case, view, wanted);
                    }
                }
                Effect::Report => self.loader.wish_report(app.own_observations()),
                Effect::Edit => self.edit(app, terminal)?,
                Effect::Mouse => {
                    let on = terminal.toggle_mouse()?;
                    app.say(
                        Tone::Calm,
                        if on {
                            "The mouse points, folds, chooses and scrolls; Shift and dragging selects text"
                        } else {
                            "The mouse is the terminal's own again"
                        },
                    );
                }
                Effect::Copy { text, what } => match terminal.copy(&self.clipboard, &text) {
                    Ok(said) => app.say(Tone::Calm, format!("{what}: {said}")),
                    Err(error) => app.say(Tone::Alert, error.to_string()),
                },
                Effect::KeepTyping => self.keep_typing(app),
                Effect::SavePlace => self.remember(app),
                Effect::Repaint => terminal.clear(),
                Effect::Suspend => {
                    self.remember(app);
                    terminal.suspend()?;
                }
                Effect::Quit => leave = true,
            }
        }
        Ok(leave)
    }

    /// Hands the wish for proposals to the thread that makes them, which starts with the first one.
    fn propose(&mut self, tokens: Tokens, app: &mut App, terminal: &Terminal) {
        if self.matcher.is_none() {
            let (dataset, cache) = (Arc::clone(&app.desk.dataset), self.cache.clone());
            match Matcher::start(dataset, cache, terminal.waker()) {
                Ok(matcher) => self.matcher = Some(matcher),
                Err(error) => {
                    return app.take_matches(matcher::Message::Done(Err(error.to_string())));
                }
            }
        }
        if let Some(matcher) = &mut self.matcher {
            matcher.propose(tokens);
        }
    }

    /// Hands an effect to the threads of ranked search, which start with the first one.
    fn search(&mut self, effect: Effect, app: &mut App, terminal: &Terminal) {
        if self.searcher.is_none() {
            match Searcher::start(
                &app.desk.dataset,
                &self.records,
                &self.cache,
                &terminal.waker(),
            ) {
                Ok(searcher) => self.searcher = Some(searcher),
                Err(error) => return app.say(Tone::Alert, error.to_string()),
            }
        }
        if let Some(searcher) = &self.searcher {
            searcher.carry_out(effect);
        }
    }

    /// Lets another program's editor have the text that is being written.
    fn edit(&self, app: &mut App, terminal: &mut Terminal) -> Result<()> {
        let Some(text) = app.text_to_edit() else {
            return Ok(());
        };
        let edited = match external::command(|name| std::env::var(name).ok()) {
            Err(lines) => Err(lines),
            Ok(command) => terminal.lend(|| external::edit(&self.editing, &command, &text))?,
        };
        app.take_edited(edited);
        Ok(())
    }

    /// Writes what is typed and not saved; a failure is said, since a kill would lose it.
    fn keep_typing(&self, app: &mut App) {
        if let Err(error) = app.typing.write(&self.typing) {
            app.say(
                Tone::Alert,
                format!("What you type is only in memory: {error}"),
            );
        }
    }

    /// Writes where things are. Only comfort hangs on it, so a failure is said once and disturbs nothing else.
    fn remember(&mut self, app: &mut App) {
        self.moved = None;
        app.remember_place();
        let resume = Resume {
            case: Some(app.key()),
            pass: app.in_view.pass,
            hides_later: app.screen.hides_later,
            places: app.places().clone(),
        };
        if let Err(error) = resume.write(&self.resume)
            && app.screen.message.is_none()
        {
            app.say(
                Tone::Alert,
                format!("Where you are is not remembered: {error}"),
            );
        }
    }
}
