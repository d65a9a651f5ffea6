//! The loop of the screen of pairs: events in, one frame out where something changed.

use std::time::Duration;

use super::{Leave, Pairs, Start, view};
use crate::error::Result;
use crate::tui::app::Tone;
use crate::tui::terminal::{self, Event, Options, Terminal};

/// How long one poll waits when nothing happens.
const IDLE: Duration = Duration::from_millis(250);

/// Shows the screen until it is left; gives back the exit code.
///
/// # Errors
/// When the terminal cannot be used.
pub(crate) fn run(start: Start, options: Options) -> Result<u8> {
    terminal::survive_size_limit()
        .map_err(|e| crate::error::Error::bug(format!("preparing for a full disk: {e}")))?;
    terminal::run(options, move |terminal: &mut Terminal| {
        let size = terminal.size();
        let mut pairs = Pairs::new(start, (size.width, size.height));
        let mut dirty = true;
        loop {
            match pairs.leave.take() {
                Some(Leave::Quit) => return Ok(()),
                Some(Leave::Suspend) => terminal.suspend()?,
                Some(Leave::Repaint) => terminal.clear(),
                None => {}
            }
            if dirty {
                terminal.draw(|buffer| {
                    view::draw(&pairs, buffer);
                    None
                })?;
                dirty = false;
            }
            for event in terminal.events(IDLE)? {
                dirty = true;
                match event {
                    Event::Key(key) => pairs.press(key),
                    Event::EscThen(key) => pairs.press_after_esc(key),
                    Event::Tell(text) => pairs.say(Tone::Alert, text),
                    Event::Resize(width, height) => pairs.resize((width, height)),
                    Event::Leave(_) => return Ok(()),
                    Event::Paste(_) => pairs.say(
                        Tone::Alert,
                        "A paste was ignored: no text is being typed here",
                    ),
                    Event::Mouse(_) | Event::Resumed | Event::WorkerPanicked(_) => {}
                }
            }
        }
    })
}
