//! Answers for a room's dataset: by the program's own `infer`, and a server in the test that keeps what it was sent.

use std::path::Path;
use std::sync::{Arc, Mutex};

use clap::Parser;
use serde_json::{Value, json};

use super::desk::{Desk, Room};
use crate::commands::infer;
use crate::loopback;

/// A server that answers everything at once, and keeps the prompts.
pub(super) fn server(
    answer: impl Fn(usize, &str) -> Value + Send + Sync + 'static,
) -> (String, Prompts) {
    let prompts = Prompts::default();
    let kept = prompts.clone();
    let url = loopback::listen(move |stream| {
        while let Some(body) = loopback::take(&stream) {
            let said = if body.is_empty() {
                json!({"data": [{"id": "m"}]})
            } else {
                let body: Value = serde_json::from_slice(&body).expect("JSON");
                let prompt = body["messages"][0]["content"].as_str().expect("a prompt");
                let mut kept = kept.lock().expect("no panic");
                kept.push(prompt.to_owned());
                let n = kept.len() - 1;
                drop(kept);
                answer(n, prompt)
            };
            if loopback::say(&stream, 200, loopback::JSON, &said.to_string()).is_none() {
                return;
            }
        }
    });
    (url, prompts)
}

pub(super) type Prompts = Arc<Mutex<Vec<String>>>;

pub(super) fn said(text: &str, finish: &str) -> Value {
    json!({"model": "m", "choices": [{"finish_reason": finish, "message": {"content": text}}],
        "usage": {"prompt_tokens": 1_000_000, "completion_tokens": 3}})
}

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    args: infer::Args,
}

/// Asks a server for answers about a room's dataset, one request after the other.
pub(super) fn ask(room: &Room, url: &str, more: &[&str]) {
    let dataset = room.dataset().display().to_string();
    let line = [
        "infer",
        &dataset,
        "--endpoint",
        url,
        "--model",
        "m",
        "--jobs",
        "1",
    ];
    let line = Options::try_parse_from(line.iter().chain(more)).expect("options");
    infer::run(&line.args, &mut Vec::new()).expect("a run");
}

/// Asks as a run file says.
pub(super) fn run_file(room: &Room, file: &Path) {
    let dataset = room.dataset();
    let line = [
        "infer".as_ref(),
        dataset.as_os_str(),
        "--run".as_ref(),
        file.as_os_str(),
    ];
    let line = Options::try_parse_from(line).expect("options");
    infer::run(&line.args, &mut Vec::new()).expect("a run");
}

/// Goes to the column with this label, names being hidden.
pub(super) fn go_to(desk: &mut Desk, label: &str) -> usize {
    let columns = desk.app.in_view.answers.len();
    let found = (0..columns).find(|c| desk.app.outcome(*c).is_some_and(|o| o.label == label));
    let column = found.unwrap_or_else(|| panic!("no column of {label}"));
    desk.app.in_view.answers.focus_on(column);
    desk.app.fit();
    column
}

/// The demo with answers of which the first saw the end of the record, the second was filtered, and the third was cut off.
pub(super) fn with_outcomes() -> (Arc<Room>, Prompts) {
    let room = Arc::new(Room::demo());
    let (url, prompts) = server(|_, _| said("Since spring.", "stop"));
    ask(&room, &url, &["--label", "end", "--context", "2048"]);
    let (filter, _) = server(|_, _| said("Since spr", "content_filter"));
    ask(&room, &filter, &["--label", "lost", "--context", "2048"]);
    let (limit, _) = server(|_, _| said("Since spring and then", "length"));
    ask(&room, &limit, &["--label", "stub", "--context", "2048"]);
    (room, prompts)
}
