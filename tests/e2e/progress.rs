//! How far the work has come, told on a terminal while models are asked.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use crate::desk::Desk;
use crate::loopback;
use crate::pty::Setup;

/// The bar is drawn while the command has things of its own to say, and neither waits for the other.
#[test]
fn a_run_tells_how_far_it_is_and_comes_to_its_end() {
    const ANSWER: &str = r#"{"model":"m","choices":[{"finish_reason":"stop","message":{"content":"No."}}],"usage":{"prompt_tokens":100000,"completion_tokens":2}}"#;
    let desk = Desk::new();
    // Nothing is answered before the bar is there.
    let (seen, is_seen) = channel::<()>();
    let is_seen = Mutex::new(is_seen);
    let url = loopback::listen(move |stream| {
        while let Some(body) = loopback::take(&stream) {
            let said = if body.is_empty() {
                r#"{"data":[{"id":"another"}]}"#
            } else {
                let _ = is_seen.lock().expect("no panic").recv();
                ANSWER
            };
            if loopback::say(&stream, 200, loopback::JSON, said).is_none() {
                return;
            }
        }
    });
    let folder = desk.dataset_folder();
    let folder = folder.to_str().expect("a plain path");
    let args = ["infer", folder, "--endpoint", &url, "--model", "m"];
    let mut pty = Setup::medalign(&args).home(desk.home()).start();
    pty.wait_for("no model of this name");
    pty.wait_for("0 answered");
    drop(seen);
    assert_eq!(pty.wait_exit(), 0, "{}", pty.screen());
    assert!(pty.screen().contains("10 answered"), "{}", pty.screen());
}
