//! The recorded replies of four servers, and the documented ones of those that cannot run here: each is sent over a connection, and what the
//! client makes of it is what it means.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::tests::{Server, reach, request};
use super::*;
use crate::infer::tokens;

/// All rows of the golden files; nothing where there are none.
fn rows() -> Vec<Value> {
    let Some(shared) = std::env::var_os("MEDALIGN_SHARED") else {
        return Vec::new();
    };
    let folder = Path::new(&shared).join("golden/servers");
    let file = |name: &str| {
        let lines = std::fs::read_to_string(folder.join(name)).expect("the golden file");
        let rows = lines.lines().map(serde_json::from_str);
        rows.collect::<Result<Vec<Value>, _>>().expect("JSON")
    };
    let all = [file("exchanges.jsonl"), file("documented.jsonl")].concat();
    assert_eq!(all.len(), 190);
    all
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn body(row: &Value) -> String {
    let all = [&row["stream"], &row["body_text"], &row["body"]];
    let first = all.into_iter().map(text).find(|body| !body.is_empty());
    first.unwrap_or_default()
}

fn header(row: &Value, name: &str) -> Option<String> {
    row["headers"][name].as_str().map(str::to_owned)
}

/// The reply as it goes over the connection.
fn on_the_wire(row: &Value) -> Vec<u8> {
    let body = body(row);
    let mut head = format!(
        "HTTP/1.1 {} X\r\ncontent-length: {}\r\n",
        row["status"],
        body.len()
    );
    for name in ["content-type", "retry-after", "retry-after-ms"] {
        if let Some(value) = header(row, name) {
            write!(head, "{name}: {value}\r\n").expect("memory");
        }
    }
    (head + "\r\n" + &body).into_bytes()
}

/// What a reply means, in a word.
fn told(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Done(outcome, told) => match &told.overrun {
            None => outcome.name().to_owned(),
            Some(by) => format!("{} ({} of {})", outcome.name(), by.prompt, by.limit),
        },
        Meaning::Again(fault) => match fault.wait {
            None => "again".to_owned(),
            Some(wait) => format!("again in {} ms", wait.as_millis()),
        },
        Meaning::OtherLimit => "other limit".to_owned(),
        Meaning::Stop(_) => "stop".to_owned(),
    }
}

#[test]
fn golden_replies() {
    let rows = rows();
    if rows.is_empty() {
        return;
    }
    let now: Arc<Mutex<Vec<u8>>> = Arc::default();
    let sent = now.clone();
    let server = Server::new(move |_, stream| {
        let _ = stream.write_all(&sent.lock().expect("no panic"));
    });
    let client = Arc::new(Client::new(Reach {
        tries: 1,
        ..reach(&server.url)
    }));
    let mut found = BTreeMap::new();
    for row in &rows {
        *now.lock().expect("no panic") = on_the_wire(row);
        let case = text(&row["case"]);
        let what = match case.as_str() {
            "models" => client.models().expect("a list").join(", "),
            "tokenize" => match tokens::of_server(client.clone(), "m") {
                Ok(_) => panic!("pieces are lacking in what was recorded"),
                Err(error) => error
                    .to_string()
                    .rsplit(": ")
                    .next()
                    .map(str::to_owned)
                    .unwrap_or_default(),
            },
            _ => replied(row, &case, &client),
        };
        found.insert(format!("{} {case}", text(&row["server"])), what);
    }
    let told: Vec<String> = found
        .into_iter()
        .map(|(case, what)| format!("{case}: {what}"))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// What a reply to a prompt means, which is what the client makes of it.
fn replied(row: &Value, name: &str, client: &Client) -> String {
    let stream =
        row["stream"].is_string() || row["request"]["stream"] == true || name.ends_with("_stream");
    let reply = Reply {
        status: row["status"].as_u64().expect("a status") as u16,
        content_type: header(row, "content-type").unwrap_or_default(),
        wait: asked_to_wait(header(row, "retry-after-ms"), header(row, "retry-after")),
        body: body(row).into_bytes(),
    };
    let shortened = name == "prompt_shortened_in_silence";
    let request = Request {
        prompt_tokens: if shortened { 12_000 } else { 1 },
        ..request(stream)
    };
    let meaning = reply::meaning(&reply, &request);
    let came = client.ask(&request);
    let same = match (&meaning, &came) {
        (Meaning::Done(outcome, told), Ok(came)) => {
            came.outcome == *outcome && came.told.text == told.text
        }
        (Meaning::Stop(why), Err(Halt::Stop(said))) => why == said,
        // With one try there is no other.
        (Meaning::Again(_) | Meaning::OtherLimit, Ok(came)) => came.outcome == Outcome::Failed,
        (Meaning::Again(fault), Err(Halt::Stop(_))) => fault.status.is_none(),
        _ => false,
    };
    assert!(same, "{name}: {meaning:?} is not {came:?}");
    told(&meaning)
}
