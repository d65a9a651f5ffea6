//! A server on loopback that does what real ones do not do on demand, and the recorded replies of real ones.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::*;
pub(in crate::infer) use crate::loopback::JSON;
use crate::loopback::{self, listen, take};

/// A server on a port of its own, until the test ends.
pub(in crate::infer) struct Server {
    pub(in crate::infer) url: String,
    asked: Arc<AtomicUsize>,
}

impl Server {
    /// What is done with the n-th request, from 0.
    pub(in crate::infer) fn new(
        script: impl Fn(usize, &mut TcpStream) + Send + Sync + 'static,
    ) -> Self {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        let url = listen(move |mut stream| {
            while take(&stream).is_some() {
                script(count.fetch_add(1, Ordering::SeqCst), &mut stream);
            }
        });
        Server { url, asked }
    }

    pub(in crate::infer) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Writes a whole reply.
pub(in crate::infer) fn say(stream: &TcpStream, status: u16, headers: &str, body: &str) {
    // A client that is gone is what some tests are about.
    let _ = loopback::say(stream, status, headers, body);
}

pub(in crate::infer) fn answer(text: &str, prompt_tokens: usize) -> String {
    json!({"model": "m-1", "choices": [{"finish_reason": "stop", "message": {"content": text}}],
        "usage": {"prompt_tokens": prompt_tokens, "completion_tokens": 2}})
    .to_string()
}

pub(in crate::infer) fn reach(url: &str) -> Reach {
    Reach {
        endpoint: Endpoint::parse(url).expect("an address"),
        key: None,
        key_header: "authorization".to_owned(),
        jobs: 4,
        tries: 4,
        connect: Duration::from_secs(5),
        first_byte: Duration::from_secs(20),
        all: Duration::from_secs(30),
        proxy: false,
        authorities: None,
    }
}

pub(super) fn request(stream: bool) -> Request {
    Request {
        path: "/chat/completions",
        body: json!({"model": "m", "max_tokens": 5, "stream": stream,
            "messages": [{"role": "user", "content": "Does Jane Q. Sample take lisinopril?"}]}),
        stream,
        prompt_tokens: 10,
    }
}

/// What comes of one request to a server with this script, and how often it was asked.
pub(super) fn ask(
    stream: bool,
    script: impl Fn(usize, &mut TcpStream) + Send + Sync + 'static,
) -> (Result<Came, Halt>, usize) {
    let server = Server::new(script);
    let client = Client::new(reach(&server.url));
    (client.ask(&request(stream)), server.asked())
}

pub(super) fn once(
    status: u16,
    headers: &'static str,
    body: &'static str,
) -> (Result<Came, Halt>, usize) {
    ask(false, move |_, stream| say(stream, status, headers, body))
}

pub(super) fn words(n: usize) -> Request {
    let mut asked = request(false);
    asked.body["messages"][0]["content"] = json!("word ".repeat(n));
    asked
}

#[test]
fn an_answer_is_kept_with_what_is_known_of_it() {
    let (came, asked) = ask(false, |_, s| say(s, 200, JSON, &answer("Yes.", 11)));
    let came = came.expect("an outcome");
    assert_eq!(
        (came.outcome, came.told.text.as_str(), came.tries, asked),
        (Outcome::Answered, "Yes.", 1, 1)
    );
    assert_eq!(came.told.model, "m-1");
    assert_eq!(came.told.usage.expect("counted").prompt, 11);
}

#[test]
fn counting_goes_on_when_a_kept_connection_is_closed() {
    let server = Server::new(|n, s| {
        if n == 1 {
            let _ = s.shutdown(std::net::Shutdown::Both);
        } else {
            say(s, 200, JSON, "{\"count\":2}");
        }
    });
    let client = Client::new(reach(&server.url));
    for _ in 0..3 {
        let reply = client.post(&server.url, &json!({})).expect("a reply");
        assert_eq!(reply["count"], 2);
    }
    assert_eq!(server.asked(), 4);
}

#[test]
fn a_storm_of_refusals_is_waited_out() {
    let (came, asked) = ask(false, |n, s| {
        if n < 3 {
            say(
                s,
                429,
                "retry-after-ms: 1\r\nretry-after: 99\r\n",
                "{\"error\":{\"code\":\"429\",\"message\":\"Slow down\"}}",
            );
        } else {
            say(s, 200, JSON, &answer("Yes.", 11));
        }
    });
    let came = came.expect("an outcome");
    assert_eq!((came.outcome, came.tries, asked), (Outcome::Answered, 4, 4));
}

#[test]
fn what_no_try_mends_stops_the_run() {
    for (status, body, word) in [
        (401, "{}", "key"),
        (403, "", "key"),
        (404, "{\"detail\":\"Not Found\"}", "endpoint"),
        (
            429,
            "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"x\"}}",
            "quota",
        ),
        (
            400,
            "{\"error\":{\"message\":\"/chat/completions: Invalid model name passed in model=m\",\"code\":\"400\"}}",
            "model",
        ),
        (302, "", "elsewhere"),
    ] {
        let (came, asked) = once(status, "location: http://127.0.0.1:9/v1\r\n", body);
        let Err(Halt::Stop(why)) = came else {
            panic!("{status} does not stop");
        };
        assert!(why.contains(word) && asked == 1, "{status}: {why}");
    }
    // Nothing listens there.
    let port = TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address");
    let client = Client::new(Reach {
        tries: 2,
        ..reach(&format!("http://{port}/v1"))
    });
    let halt = client.ask(&request(false)).expect_err("nobody there");
    assert!(
        matches!(&halt, Halt::Stop(why) if why.contains("nothing listens")),
        "{halt:?}"
    );
    let error = client.models().expect_err("nobody there");
    assert!(error.hint_text().expect("a hint").contains("--endpoint"));
}

#[test]
fn other_refusals_are_outcomes_and_not_sent_again() {
    let filtered = r#"{"error":{"code":"content_filter","message":"The response was filtered","innererror":{"content_filter_result":{"sexual":{"filtered":true,"severity":"medium"},"hate":{"filtered":false}}}}}"#;
    let (came, asked) = once(400, JSON, filtered);
    let came = came.expect("an outcome");
    assert_eq!((came.outcome, asked), (Outcome::Filtered, 1));
    assert_eq!(came.told.categories, ["sexual (medium)"]);
    let long =
        r#"{"error":{"code":400,"type":"exceed_context_size_error","n_ctx":512,"message":"x"}}"#;
    assert_eq!(
        once(400, JSON, long).0.expect("an outcome").outcome,
        Outcome::TooLong
    );
    // Its numbers in words, whatever stands before them, and through a proxy.
    for message in [
        r#"{"error":{"message":"maximum context length is 512 tokens, 患者5000 input tokens"}}"#,
        r#"{"error":{"message":"litellm.ContextWindowExceededError: OpenAIException - request (5000 tokens) exceeds the available context size (512 tokens), try"}}"#,
    ] {
        let came = once(400, JSON, message).0.expect("an outcome");
        let overrun = came.told.overrun.expect("numbers");
        assert_eq!((overrun.prompt, overrun.limit), (5000, 512));
    }
    let (came, asked) = once(
        422,
        JSON,
        r#"{"detail":[{"input":"Jane Q. Sample","msg":"bad"}]}"#,
    );
    let came = came.expect("an outcome");
    assert_eq!(
        (came.outcome, came.told.status, asked),
        (Outcome::Failed, Some(422), 1)
    );
    assert_eq!(came.told.message, "");
    // A message that quotes the prompt is not kept.
    let (came, _) = once(
        400,
        JSON,
        r#"{"error":{"message":"cannot parse 'Jane Q. Sample take'"}}"#,
    );
    let message = came.expect("an outcome").told.message;
    assert!(
        !message.contains("Jane") && message.contains("left out"),
        "{message}"
    );
}

#[test]
fn a_prompt_that_was_shortened_is_no_answer() {
    let (came, _) = ask(false, |_, s| {
        say(s, 200, JSON, &answer("A plausible answer.", 7));
    });
    let came = came.expect("an outcome");
    assert_eq!(came.outcome, Outcome::TruncatedByServer);
    assert!(!came.outcome.is_answer());
}

#[test]
fn the_other_name_of_the_limit_is_used_once_asked_for() {
    let bodies = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = bodies.clone();
    let url = listen(move |stream| {
        while let Some(body) = take(&stream) {
            let body: Value = serde_json::from_slice(&body).expect("JSON");
            let old = body.get("max_tokens").is_some();
            seen.lock().expect("no panic").push(body);
            if old {
                let error = r#"{"error":{"message":"Unsupported parameter","param":"max_tokens","code":"unsupported_parameter"}}"#;
                say(&stream, 400, JSON, error);
            } else {
                say(&stream, 200, JSON, &answer("Yes.", 11));
            }
        }
    });
    let client = Client::new(reach(&url));
    for _ in 0..2 {
        assert_eq!(
            client.ask(&request(false)).expect("an outcome").outcome,
            Outcome::Answered
        );
    }
    let bodies = bodies.lock().expect("no panic");
    let limits: Vec<&Value> = bodies.iter().map(|b| &b["max_completion_tokens"]).collect();
    assert_eq!(limits, [&Value::Null, &json!(5), &json!(5)]);
}

#[test]
fn a_stream_is_complete_when_it_says_so() {
    let whole = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\n\n: ping\n\n\
        data: {\"choices\":[{\"delta\":{\"content\":\"Ye\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"s.\"},\"finish_reason\":\"stop\"}]}\n\n\
        data: {\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n";
    let cut = &whole[..whole.find("s.").expect("there")];
    let (came, asked) = ask(true, move |n, s| {
        // The first ends in the middle of the body, the second in the middle of the stream, as HTTP/1.0 does.
        let _ = match n {
            0 => write!(
                s,
                "HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n{cut}"
            ),
            1 => write!(
                s,
                "HTTP/1.0 200 X\r\ncontent-type: text/event-stream\r\n\r\n{cut}"
            ),
            _ => return say(s, 200, "content-type: text/event-stream\r\n", whole),
        };
        let _ = s.shutdown(std::net::Shutdown::Both);
    });
    let came = came.expect("an outcome");
    assert_eq!(
        (came.outcome, came.told.text.as_str(), asked),
        (Outcome::Answered, "Yes.", 3)
    );
    let (came, asked) = ask(true, |_, s| {
        say(
            s,
            200,
            "content-type: text/event-stream\r\n",
            "data: [DONE]\n\n",
        );
    });
    let came = came.expect("an outcome");
    assert_eq!((came.outcome, asked), (Outcome::Failed, 4));
    let error = "data: {\"choices\":[{\"delta\":{\"content\":\"The\"}}]}\n\ndata: {\"error\":{\"message\":\"`inputs` tokens + x\",\"code\":422}}\n\n";
    let (came, _) = ask(true, move |_, s| {
        say(s, 200, "content-type: text/event-stream\r\n", error);
    });
    assert_eq!(came.expect("an outcome").outcome, Outcome::TooLong);
}

#[test]
fn hangs_huge_bodies_and_web_pages_end() {
    let server = Server::new(|_, _| std::thread::park());
    let client = Client::new(Reach {
        tries: 1,
        first_byte: Duration::from_millis(50),
        ..reach(&server.url)
    });
    // It may be this request alone; a server of which nothing comes three times is to be seen to.
    for _ in 0..2 {
        let came = client.ask(&request(false)).expect("an outcome");
        assert_eq!(came.outcome, Outcome::Failed);
        assert!(came.told.message.contains("too long"), "{came:?}");
    }
    let halt = client.ask(&request(false)).expect_err("nothing came");
    assert!(
        matches!(&halt, Halt::Stop(why) if why.contains("too long")),
        "{halt:?}"
    );
    let server = Server::new(|_, stream| {
        let _ = write!(
            stream,
            "HTTP/1.1 200 X\r\n{JSON}content-length: 1073741824\r\n\r\n"
        );
        while stream.write_all(&[b' '; 1 << 12]).is_ok() {}
    });
    let client = Client::new(Reach {
        tries: 1,
        ..reach(&server.url)
    });
    let came = client.ask(&request(false)).expect("an outcome");
    assert_eq!(came.outcome, Outcome::Failed);
    assert!(came.told.message.contains("larger than 16 MiB"), "{came:?}");
    let server = Server::new(|_, s| {
        say(
            s,
            200,
            "content-type: text/html\r\n",
            "<html>sign in</html>",
        );
    });
    let client = Client::new(Reach {
        tries: 1,
        ..reach(&server.url)
    });
    let halt = client.ask(&request(false)).expect_err("a web page");
    assert!(
        matches!(&halt, Halt::Stop(why) if why.contains("web page")),
        "{halt:?}"
    );
}

#[test]
fn one_request_that_the_server_cannot_stand_does_not_hold_up_the_rest() {
    let url = listen(|stream| {
        while let Some(body) = take(&stream) {
            if body.windows(6).any(|w| w == b"poison") {
                say(&stream, 500, "", "Internal Server Error");
            } else {
                say(&stream, 200, JSON, &answer("Yes.", 11));
            }
        }
    });
    let client = Client::new(Reach {
        tries: 100,
        ..reach(&url)
    });
    let mut poison = request(false);
    poison.body["messages"][0]["content"] = json!("poison");
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| client.ask(&poison));
        while !asked.is_finished() {
            client.ask(&request(false)).expect("an outcome");
        }
        let came = asked.join().expect("no panic").expect("an outcome");
        assert_eq!(
            (came.outcome, came.told.status),
            (Outcome::Failed, Some(500))
        );
        assert!((3..100).contains(&came.tries));
    });
}

#[test]
fn a_server_without_tls_is_named() {
    // In the same words as one whose certificate is not trusted.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}/v1", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            say(&stream, 400, "", "this is plain HTTP");
            // The client closes first, so that what was said is not lost.
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
    });
    let client = Client::new(Reach {
        tries: 1,
        ..reach(&url)
    });
    let halt = client.ask(&request(false)).expect_err("no TLS");
    assert!(
        matches!(&halt, Halt::Stop(why) if why.contains("TLS")),
        "{halt:?}"
    );
}

#[test]
fn a_request_of_which_nothing_comes_has_an_outcome() {
    // One other passes after the first failure, and then nobody does.
    let passed = Arc::new(AtomicBool::new(false));
    let (known, failed) = (passed.clone(), Arc::new(AtomicUsize::new(0)));
    let count = failed.clone();
    let url = listen(move |stream| {
        while let Some(body) = take(&stream) {
            if !body.windows(4).any(|w| w == b"word") {
                say(&stream, 200, JSON, &answer("Yes.", 11));
                continue;
            }
            while count.load(Ordering::SeqCst) > 0 && !known.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            count.fetch_add(1, Ordering::SeqCst);
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    });
    let client = Client::new(Reach {
        tries: 3,
        ..reach(&url)
    });
    std::thread::scope(|scope| {
        let first = scope.spawn(|| client.ask(&words(1)));
        while failed.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        client.ask(&request(false)).expect("an outcome");
        passed.store(true, Ordering::SeqCst);
        let came = first.join().expect("no panic").expect("an outcome");
        assert_eq!(came.outcome, Outcome::Failed);
    });
    assert_eq!(failed.load(Ordering::SeqCst), 3);
}
