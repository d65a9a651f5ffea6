//! What servers say in words: that their context is full or too short, what they repeat of what they were sent, and halves of characters.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::tests::*;
use super::*;
use crate::loopback::{listen, take};

/// The key is in nothing that is kept, nor is the prompt in names that the server gives.
#[test]
fn words_of_the_server_hold_neither_key_nor_prompt() {
    let server = Server::new(|n, s| match n {
        0 => say(
            s,
            400,
            JSON,
            r#"{"error":{"message":"bad header Bearer sk-12"}}"#,
        ),
        1 => say(s, 400, JSON, r#"{"error":{"message":"no","type":"sk-12"}}"#),
        2 => say(
            s,
            200,
            JSON,
            r#"{"model":"Jane Q. Sample take","choices":[{"finish_reason":"Does Jane Q. Sample","message":{"content":"Yes."}}]}"#,
        ),
        _ => say(
            s,
            200,
            JSON,
            r#"{"choices":[{"finish_reason":"length","message":{"content":"Does Jane Q. Sample take"}}],
                "usage":{"prompt_tokens":10,"completion_tokens":1}}"#,
        ),
    });
    let place = place::KeyPlace::Env("KEY".to_owned());
    let key = Key::read(&place, |_| Some("sk-12".to_owned())).expect("a key");
    let client = Client::new(Reach {
        key: Some(key),
        ..reach(&server.url)
    });
    for _ in 0..3 {
        let came = client.ask(&request(false)).expect("an outcome");
        assert_eq!(came.outcome, Outcome::Failed);
        let told = &came.told;
        let names = format!("{} {:?} {}", told.message, told.finish_reason, told.model);
        assert!(
            !names.contains("sk-12") && !names.contains("Jane"),
            "{names}"
        );
        assert!(told.message.contains("left out"), "{names}");
    }
    // The answer is the answer, and what this program says of it is its own.
    let came = client.ask(&request(false)).expect("an outcome");
    assert_eq!(came.told.text, "Does Jane Q. Sample take");
    assert!(came.told.message.contains("context was full"), "{came:?}");
}

#[test]
fn half_a_character_in_an_answer_is_shown_as_unknown() {
    let body = r#"{"choices":[{"finish_reason":"stop","message":{"content":"a \ud83d b \ud83d\ude00 \\ud83d \ude00"}}],
        "usage":{"prompt_tokens":10,"completion_tokens":2}}"#;
    let (came, asked) = once(200, JSON, body);
    let came = came.expect("an outcome");
    assert_eq!(asked, 1);
    assert_eq!(came.told.text, "a \u{fffd} b 😀 \\ud83d \u{fffd}");
}

/// A context that requests share, as llama.cpp's server has it: where those under way do not fit together, all of them are refused.
fn shared(room: usize) -> (Client, Arc<AtomicUsize>) {
    let under_way = Arc::new(std::sync::Mutex::new((0, 0)));
    let refused = Arc::new(AtomicUsize::new(0));
    let count = refused.clone();
    let url = listen(move |stream| {
        while let Some(body) = take(&stream) {
            let size = body.windows(4).filter(|w| w == b"word").count();
            let mine = {
                let mut now = under_way.lock().expect("no panic");
                now.0 += size;
                now.1 += usize::from(now.0 > room);
                now.1
            };
            // Long enough for others to come, and no longer than until it is full.
            for _ in 0..20 {
                std::thread::sleep(Duration::from_millis(1));
                let now = under_way.lock().expect("no panic");
                if now.1 > mine {
                    break;
                }
            }
            let full = {
                let mut now = under_way.lock().expect("no panic");
                let full = now.0 > room || now.1 > mine;
                now.0 -= size;
                full
            };
            if full {
                count.fetch_add(1, Ordering::SeqCst);
                let error = r#"{"error":{"code":500,"message":"Context size has been exceeded.","type":"server_error"}}"#;
                say(&stream, 500, JSON, error);
            } else {
                say(&stream, 200, JSON, &answer("Yes.", 11));
            }
        }
    });
    // Fewer tries than there are refusals before one request is alone.
    let client = Client::new(Reach {
        tries: 1,
        ..reach(&url)
    });
    (client, refused)
}

#[test]
fn requests_that_do_not_fit_together_are_asked_one_after_the_other() {
    let (client, refused) = shared(9);
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| client.ask(&words(6))))
            .collect();
        for one in asked {
            let came = one.join().expect("no panic").expect("an outcome");
            assert_eq!(came.outcome, Outcome::Answered);
        }
    });
    assert!(refused.load(Ordering::SeqCst) > 0);
    let account = client.pace().account();
    assert!(
        account.len() == 1
            && account[0].contains("the server says its context is full (500)")
            && account[0].contains("--jobs"),
        "{account:?}"
    );
    // One that does not fit alone is too long, at the first refusal.
    let before = refused.load(Ordering::SeqCst);
    let came = client.ask(&words(10)).expect("an outcome");
    assert_eq!(
        (came.outcome, came.told.status, came.tries),
        (Outcome::TooLong, Some(500), 1)
    );
    assert_eq!(refused.load(Ordering::SeqCst), before + 1);
}

#[test]
fn what_a_server_says_of_its_context_is_known_by_its_words() {
    let alone = |status, body: &'static str| {
        let (came, asked) = ask(false, move |_, s| say(s, status, "", body));
        let came = came.expect("an outcome");
        assert_eq!((came.outcome, asked), (Outcome::TooLong, 1), "{body}");
    };
    for body in [
        r#"{"error":{"message":"This model's maximum context length is 2048 tokens.","code":400}}"#,
        r#"{"error":{"message":"You passed 3000 input tokens and requested 128 output tokens. However, the model's context length is only 2048 tokens"}}"#,
        r#"{"error":{"message":"The decoder prompt (length 5000) is longer than the maximum model length of 2048."}}"#,
        r#"{"object":"error","message":"The input (5000 tokens) is longer than the model's context length (2048 tokens)."}"#,
        r#"{"error":"`inputs` must have less than 1024 tokens. Given: 5000","error_type":"validation"}"#,
        r#"{"error":{"message":"the input length exceeds the context length"}}"#,
        r#"{"error":"Trying to keep the first 4979 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens"}"#,
        r#"{"error":{"message":"Requested tokens (5000) exceed context window of 2048"}}"#,
    ] {
        for status in [400, 500] {
            alone(status, body);
        }
    }
    // In plain text, and where one before the server refuses what is so long.
    alone(500, "Context size has been exceeded.");
    alone(400, "Prompt is too long");
    alone(413, "<html>413 Request Entity Too Large</html>");
}
