//! Models answer: llama.cpp's server with a tiny model whose answers are known, started here on a port of its own.
//!
//! `MEDALIGN_LLAMA_SERVER` names the program, `MEDALIGN_SHARED` the folder with the model; the gate sets both.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Child;

use serde_json::{Value, json};

use super::infer::{dataset, lines};
use super::*;

/// What the model says to any chat.
const SCRIPT: &str = "The patient denies chest pain and takes lisinopril 10 mg daily.";
/// Tokens that each of its two slots has; about one a letter.
const SLOT: &str = "2048";

/// The server, until the test ends.
struct Llama {
    child: Child,
    url: String,
}

impl Drop for Llama {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Llama {
    /// Starts it and waits until it is well; `None` where there is none.
    fn start(more: &[&str]) -> Option<Self> {
        let Some(program) = std::env::var_os("MEDALIGN_LLAMA_SERVER") else {
            println!("skipped: MEDALIGN_LLAMA_SERVER is not set");
            return None;
        };
        let Some(shared) = std::env::var_os("MEDALIGN_SHARED") else {
            println!("skipped: MEDALIGN_SHARED is not set");
            return None;
        };
        let model = Path::new(&shared).join("golden/servers/tiny-scripted.gguf");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let port = address.port().to_string();
        let fixed = [
            "--host",
            "127.0.0.1",
            "--port",
            &port,
            "-c",
            "4096",
            "-np",
            "2",
            "-t",
            "1",
            "--offline",
        ];
        let child = Command::new(program)
            .arg("-m")
            .arg(model)
            .args(fixed)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut llama = Llama {
            child,
            url: format!("http://{address}/v1"),
        };
        let well = || {
            let mut stream = TcpStream::connect(address).ok()?;
            let ask = "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
            stream.write_all(ask.as_bytes()).ok()?;
            let mut reply = String::new();
            stream.read_to_string(&mut reply).ok()?;
            reply.contains("200 OK").then_some(())
        };
        while well().is_none() {
            let ended = llama.child.try_wait().expect("a child");
            assert!(ended.is_none(), "the server ended: {ended:?}");
            std::thread::yield_now();
        }
        Some(llama)
    }

    fn infer(&self, shell: &Shell, label: &str, more: &[&str]) -> Ran {
        let args = [
            "infer",
            "clinic",
            "--endpoint",
            &self.url,
            "--model",
            "tiny",
            "--label",
            label,
            "--reply",
            "64",
        ];
        shell.run(&[args.as_slice(), more].concat())
    }
}

fn of<'a>(lines: &'a [Value], name: &str) -> Vec<&'a Value> {
    lines.iter().map(|line| &line[name]).collect()
}

#[test]
fn a_real_server_answers_and_its_own_numbers_shorten_what_is_too_long() {
    let Some(llama) = Llama::start(&[]) else {
        return;
    };
    let shell = Shell::new();
    dataset(&shell, 4);
    // By its own tokenizer the record fits at once.
    let own = ["--tokenizer", "server", "--context", SLOT];
    let ran = llama.infer(&shell, "own", &own);
    assert!(ran.code == 0 && ran.out.contains("4 answered"), "{ran:?}");
    // The server serves what it has under any name, and says which that is.
    assert!(ran.err.contains("no model of this name"), "{ran:?}");
    let all = lines(&shell, "own");
    for line in &all {
        assert_eq!(line["text"].as_str().map(str::trim), Some(SCRIPT));
        assert!(
            line["model"]
                .as_str()
                .is_some_and(|m| m.contains("tiny-scripted"))
        );
        let (ours, theirs) = (&line["prompt_tokens"], &line["usage"]["prompt"]);
        let (ours, theirs) = (
            ours.as_f64().expect("counted"),
            theirs.as_f64().expect("counted"),
        );
        // A chat's template comes on top.
        assert!((1.0..1.1).contains(&(theirs / ours)), "{ours} {theirs}");
    }
    // Counted by another, it is too long by far: refused once, and then as long as the server has room.
    let ran = llama.infer(&shell, "other", &["--context", SLOT]);
    assert!(ran.code == 0 && ran.out.contains("4 answered"), "{ran:?}");
    let all = lines(&shell, "other");
    assert_eq!(all.len(), 8);
    let shortened = all.iter().filter(|l| l["shortened"].is_u64());
    for line in shortened {
        let used = line["usage"]["prompt"].as_u64().expect("counted");
        assert!((1200..2048).contains(&used), "{line}");
    }
    // The same in one piece and as a stream.
    let ran = llama.infer(&shell, "stream", &[own.as_slice(), &["--stream"]].concat());
    assert!(ran.code == 0 && ran.out.contains("4 answered"), "{ran:?}");
    assert_eq!(
        of(&lines(&shell, "own"), "text"),
        of(&lines(&shell, "stream"), "text")
    );
}

#[test]
fn a_real_server_refines() {
    let Some(llama) = Llama::start(&[]) else {
        return;
    };
    let shell = Shell::new();
    dataset(&shell, 2);
    let args = ["--tokenizer", "server", "--context", "1700", "--refine"];
    let ran = llama.infer(&shell, "mr", &args);
    assert!(ran.code == 0 && ran.out.contains("2 answered"), "{ran:?}");
    let all = lines(&shell, "mr");
    for instruction in ["i0", "i1"] {
        let own: Vec<&Value> = all
            .iter()
            .filter(|l| l["instruction"] == instruction)
            .collect();
        assert!(own.len() > 1, "{own:?}");
        let mut shown = 0;
        for (n, line) in (1..).zip(&own) {
            assert_eq!(line["step"]["n"], json!(n));
            // Parts follow on one another.
            let runs = line["window"]["events"].as_array().expect("runs");
            let [run] = runs.as_slice() else {
                panic!("{runs:?}");
            };
            assert!(run[0].as_u64().expect("a number") <= shown);
            shown = run[1].as_u64().expect("a number");
        }
        assert_eq!(shown, 40);
    }
}

#[test]
fn a_real_servers_other_outcomes_have_their_names() {
    let Some(llama) = Llama::start(&["--api-key", "sk-test"]) else {
        return;
    };
    let shell = Shell::new();
    dataset(&shell, 2);
    // A raw prompt that ends in `?` counts for ever, one that ends in `!` ends at once.
    for (ending, outcome) in [("?", "cut"), ("!", "empty")] {
        let prompt = format!("{ending}.md");
        fs::write(
            shell.path(&prompt),
            format!("{{record}} {{question}}{ending}"),
        )
        .expect("written");
        let args = [
            "--tokenizer",
            "cl100k_base",
            "--context",
            "700",
            "--api",
            "completions",
            "--prompt",
            &prompt,
        ];
        let mut command = shell.command(
            &[
                &[
                    "infer",
                    "clinic",
                    "--endpoint",
                    &llama.url,
                    "--model",
                    "tiny",
                    "--label",
                    outcome,
                ][..],
                &["--reply", "32", "--key-env", "TINY_KEY"],
                &args,
            ]
            .concat(),
        );
        let ran = Ran::of(&command.output().expect("runs"));
        assert!(
            ran.code == 2 && ran.err.contains("TINY_KEY is not set"),
            "{ran:?}"
        );
        command.env("TINY_KEY", "sk-wrong");
        let ran = Ran::of(&command.output().expect("runs"));
        assert!(
            ran.code != 0 && ran.err.contains("refuses the key"),
            "{ran:?}"
        );
        command.env("TINY_KEY", "sk-test");
        let ran = Ran::of(&command.output().expect("runs"));
        assert!(ran.out.contains(&format!("2 {outcome}")), "{ran:?}");
        assert_eq!(of(&lines(&shell, outcome), "outcome"), [outcome; 2]);
        let beside = fs::read_to_string(
            shell.path(&format!("clinic/model-responses/{outcome}/system.toml")),
        );
        let beside = beside.expect("there");
        assert!(beside.contains("TINY_KEY") && !beside.contains("sk-test"));
    }
}
