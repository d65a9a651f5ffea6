//! Models answer: a server that does everything wrong that servers do, and not one case that is lost.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;

use serde_json::{Value, json};

use super::infer::{dataset, lines, prompt, said, say, take_request};
use super::loopback::listen;
use super::*;

/// What goes wrong with a case's first request, and what comes of the case in the end.
const FAULTS: [(&str, &str); 16] = [
    ("429", "answered"),
    ("429 with a date", "answered"),
    ("503", "answered"),
    ("500 in words", "answered"),
    ("reset", "answered"),
    ("half a body", "answered"),
    ("half a stream", "answered"),
    ("a web page", "answered"),
    ("no JSON", "answered"),
    ("1 GB", "answered"),
    ("hang", "answered"),
    ("error within a success", "answered"),
    ("filter", "filtered"),
    ("filtered answer", "filtered"),
    ("dropped half of the prompt", "truncated_by_server"),
    ("validation", "failed"),
];

/// Does what a fault is named after.
fn go_wrong(fault: &str, stream: &mut TcpStream) -> Option<()> {
    let mut raw = |text: &str| stream.write_all(text.as_bytes()).ok();
    let head = "HTTP/1.1 200 X\r\ncontent-type: application/json\r\n";
    match fault {
        "429" => raw("HTTP/1.1 429 X\r\nretry-after-ms: 3\r\ncontent-length: 0\r\n\r\n"),
        "429 with a date" => raw(
            "HTTP/1.1 429 X\r\nretry-after: Fri, 31 Dec 1999 23:59:59 GMT\r\ncontent-length: 0\r\n\r\n",
        ),
        "503" => raw("HTTP/1.1 503 X\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n"),
        "500 in words" => {
            raw("HTTP/1.1 500 X\r\nretry-after-ms: 1\r\ncontent-length: 12\r\n\r\nSomething is")
        }
        "reset" => {
            stream.shutdown(Shutdown::Both).ok()?;
            None
        }
        "half a body" => {
            raw(&format!(
                "{head}content-length: 9999\r\n\r\n{{\"choices\": [{{\"mess"
            ))?;
            stream.shutdown(Shutdown::Both).ok()?;
            None
        }
        "half a stream" => {
            raw(
                "HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"No cou\"}}]}\n\n",
            )?;
            stream.shutdown(Shutdown::Both).ok()?;
            None
        }
        "a web page" => raw(
            "HTTP/1.1 200 X\r\ncontent-type: text/html\r\ncontent-length: 20\r\n\r\n<html>Sign in</html>",
        ),
        "no JSON" => raw(&format!("{head}content-length: 5\r\n\r\nhello")),
        "1 GB" => {
            raw(&format!("{head}content-length: 1073741824\r\n\r\n"))?;
            while stream.write_all(&[b' '; 1 << 13]).is_ok() {}
            None
        }
        "hang" => {
            // Until the client has had enough.
            let _ = std::io::copy(stream, &mut std::io::sink());
            None
        }
        "error within a success" => say(
            stream,
            200,
            &json!({"error": {"code": 500, "message": "busy"}}).to_string(),
        ),
        "filter" => say(
            stream,
            400,
            &json!({"error": {"code": "content_filter", "message": "The response was filtered"}})
                .to_string(),
        ),
        "filtered answer" => {
            let (_, mut body) = said("A part of");
            body["choices"][0]["finish_reason"] = json!("content_filter");
            say(stream, 200, &body.to_string())
        }
        "dropped half of the prompt" => {
            let (_, mut body) = said("A plausible answer.");
            body["usage"]["prompt_tokens"] = json!(150);
            say(stream, 200, &body.to_string())
        }
        "validation" => say(
            stream,
            422,
            &json!({"detail": [{"input": "Day 1 of patient 1"}]}).to_string(),
        ),
        _ => unreachable!("{fault} is no fault"),
    }
}

/// Which case a request is about; a question that is cut off is none.
fn case_of(body: &Value) -> Option<usize> {
    let (_, behind) = prompt(body).split_once("number ")?;
    behind.split_once(':')?.0.parse().ok()
}

fn serve(mut stream: TcpStream, seen: &Mutex<BTreeMap<usize, usize>>) -> Option<()> {
    loop {
        let body = take_request(&stream)?;
        if body.is_null() {
            let models = json!({"data": [{"id": "m"}]});
            say(&stream, 200, &models.to_string())?;
            continue;
        }
        let case = case_of(&body).expect("a question");
        let before = {
            let mut seen = seen.lock().expect("no panic");
            let times = seen.entry(case).or_default();
            *times += 1;
            *times - 1
        };
        // The measure of a server that drops a part is honest about short prompts.
        let probe = body["max_tokens"] == json!(1);
        match FAULTS.get(case) {
            Some((fault, _)) if before == 0 && !probe => go_wrong(fault, &mut stream)?,
            _ => {
                let (status, mut body_) = said("Yes, a cough.");
                if probe {
                    body_["usage"]["prompt_tokens"] = json!(prompt(&body).len() / 4);
                }
                say(&stream, status, &body_.to_string())?;
            }
        }
    }
}

#[test]
fn each_outcome_appears_and_no_case_is_lost() {
    let cases = FAULTS.len() + 8;
    let shell = Shell::new();
    dataset(&shell, cases);
    let seen = Mutex::new(BTreeMap::new());
    let url = listen(move |stream| {
        let _ = serve(stream, &seen);
    });
    let run = format!(
        "[[system]]\nlabel = \"m\"\nmodel = \"m\"\nendpoint = \"{url}\"\njobs = 8\nfirst_byte_seconds = 1\n"
    );
    fs::write(shell.path("run.toml"), run).expect("written");
    let args = ["infer", "clinic", "--run", "run.toml"];
    let ran = shell.run(&args);
    assert_eq!(ran.code, 1, "{ran:?}");
    let all = lines(&shell, "m");
    assert_eq!(all.len(), cases);
    for n in 0..cases {
        let own: Vec<&Value> = all
            .iter()
            .filter(|l| l["instruction"] == format!("i{n}"))
            .collect();
        let [line] = own.as_slice() else {
            panic!("{n}: {own:?}");
        };
        let (fault, outcome) = FAULTS.get(n).copied().unwrap_or(("none", "answered"));
        assert_eq!(line["outcome"], outcome, "{fault}: {line}");
        let again = u64::from(outcome == "answered" && fault != "none");
        assert_eq!(line["tries"].as_u64(), Some(1 + again), "{fault}");
        let text = line["text"].as_str();
        assert_eq!(
            text,
            (outcome == "answered").then_some("Yes, a cough."),
            "{fault}"
        );
    }
    // What the server said of a prompt is nowhere.
    assert!(!all.iter().any(|l| l.to_string().contains("of patient")));
    // Only what is asked for again is asked again.
    let ran = shell.run(
        &[
            args.as_slice(),
            &["--again", "filtered,failed,truncated_by_server"],
        ]
        .concat(),
    );
    assert!(
        ran.code == 0
            && ran
                .out
                .contains(&format!("4 answered, {} known before", cases - 4)),
        "{ran:?}"
    );
}

#[test]
fn why_requests_were_tried_again_is_said_at_the_end() {
    let shell = Shell::new();
    dataset(&shell, 2);
    let seen = Mutex::new(BTreeMap::new());
    let server = super::infer::Server::new(move |body| {
        let mut seen = seen.lock().expect("no panic");
        let times = seen.entry(prompt(body).to_owned()).or_insert(0);
        *times += 1;
        match *times {
            1 => (429, json!({"error": {"message": "Slow down, any cough?"}})),
            // Alone or not: the client tells them apart by what is under way, and this one has one job.
            _ if prompt(body).contains("number 1:") => (
                500,
                json!({"error": {"code": 500, "type": "server_error", "message": "Context size has been exceeded."}}),
            ),
            _ => said("Yes, a cough."),
        }
    });
    let args = ["infer", "clinic", "--endpoint", &server.url, "--model", "m"];
    let ran = shell.run(&[args.as_slice(), &["--jobs", "1"]].concat());
    assert!(
        ran.code == 1 && ran.out.contains("1 answered, 1 too long"),
        "{ran:?}"
    );
    assert!(
        ran.err
            .contains("tried again 2 times: the server says slow down (429) (fewer --jobs)"),
        "{ran:?}"
    );
    // Of the server's words none that could be the prompt's.
    assert!(!ran.err.contains("cough"), "{ran:?}");
    assert_eq!(server.asked().len(), 4);
}
