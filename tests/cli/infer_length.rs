//! Models answer: prompts that a server finds too long, shortens in silence, or counts in a measure of its own.

use serde_json::{Value, json};

use super::infer::{Server, dataset, lines, prompt, said};
use super::*;

/// Runs on a server that counts a token every so many letters.
fn infer(shell: &Shell, server: &Server, more: &[&str]) -> Ran {
    let args = ["infer", "clinic", "--endpoint", &server.url, "--model", "m"];
    shell.run(&[args.as_slice(), more].concat())
}

/// A server with room for so many tokens, two letters each, that refuses what is longer and says its numbers, as llama.cpp does.
fn narrow(room: usize) -> Server {
    Server::new(move |body| {
        let tokens = prompt(body).len() / 2;
        if tokens < room {
            let (status, mut reply) = said("Yes, a cough.");
            reply["usage"]["prompt_tokens"] = json!(tokens);
            return (status, reply);
        }
        let error = json!({"code": 400, "type": "exceed_context_size_error", "message": "too long", "n_prompt_tokens": tokens, "n_ctx": room});
        (400, json!({ "error": error }))
    })
}

#[test]
fn a_prompt_that_is_too_long_is_shortened_by_the_servers_numbers() {
    let shell = Shell::new();
    dataset(&shell, 4);
    let server = narrow(900);
    let ran = infer(&shell, &server, &[]);
    assert!(ran.code == 0 && ran.out.contains("4 answered"), "{ran:?}");
    let all = lines(&shell, "m");
    for instruction in ["i0", "i1", "i2", "i3"] {
        let own: Vec<&Value> = all
            .iter()
            .filter(|l| l["instruction"] == instruction)
            .collect();
        let [refused, answered] = own.as_slice() else {
            panic!("{own:?}");
        };
        assert_eq!(
            (&refused["outcome"], &answered["outcome"]),
            (&json!("too_long"), &json!("answered"))
        );
        assert_eq!(refused["again_with_less"], answered["shortened"]);
        assert!(answered["shortened"].as_u64().is_some_and(|n| n > 0));
        // What is kept is the end, and less of it than was refused.
        let first = |line: &Value| line["window"]["events"][0][0].as_u64();
        assert!(first(answered) > first(refused), "{answered}");
    }
    assert_eq!(server.asked().len(), 8);
    // Nothing is asked anew, the refusals neither; and the answers are responses.
    let ran = infer(&shell, &server, &[]);
    assert!(
        ran.code == 0 && ran.out.contains("4 known before"),
        "{ran:?}"
    );
    assert_eq!(server.asked().len(), 8);
    let ran = shell.run(&["check", "clinic"]);
    assert!(ran.out.contains("4 responses"), "{ran:?}");
}

#[test]
fn where_shortening_does_not_help_the_case_is_too_long() {
    let shell = Shell::new();
    dataset(&shell, 2);
    // Less room than the reply takes.
    let server = narrow(200);
    let ran = infer(&shell, &server, &[]);
    assert!(ran.code == 1 && ran.out.contains("2 too long"), "{ran:?}");
    let all = lines(&shell, "m");
    assert!(all.len() == 2 && all.iter().all(|l| l.get("again_with_less").is_none()));
    // A server that refuses everything, whatever its numbers say.
    let server = Server::new(|_| {
        let message = "This model's maximum context length is 4097 tokens. However, your messages resulted in 6988 tokens.";
        (
            400,
            json!({"error": {"code": "context_length_exceeded", "message": message}}),
        )
    });
    let ran = infer(&shell, &server, &["--label", "b"]);
    assert!(ran.code == 1 && ran.out.contains("2 too long"), "{ran:?}");
    // Each was asked once, and three times with less; the last line is what came of it.
    assert_eq!((server.asked().len(), lines(&shell, "b").len()), (8, 8));
    let last = lines(&shell, "b");
    let of = |n: usize| {
        last.iter()
            .filter(move |l| l["instruction"] == format!("i{n}"))
    };
    for n in 0..2 {
        let less: Vec<Option<u64>> = of(n).map(|l| l["again_with_less"].as_u64()).collect();
        assert!(
            less[..3].is_sorted() && less[..3].iter().all(Option::is_some) && less[3].is_none(),
            "{less:?}"
        );
    }
}

/// All parts of the record are gone through again in smaller ones; the whole of it was shown.
#[test]
fn parts_that_are_too_long_are_made_smaller() {
    let shell = Shell::new();
    dataset(&shell, 2);
    let server = narrow(1100);
    let args = ["--refine", "--context", "1300", "--jobs", "1"];
    let ran = infer(&shell, &server, &args);
    assert!(
        ran.code == 0 && ran.out.contains("2 answered"),
        "{ran:?} {:?}",
        lines(&shell, "m")
    );
    for instruction in ["i0", "i1"] {
        let all = lines(&shell, "m");
        let own: Vec<&Value> = all
            .iter()
            .filter(|l| l["instruction"] == instruction && l.get("shortened").is_some())
            .collect();
        let mut shown: Vec<u64> = own
            .iter()
            .flat_map(|l| l["window"]["events"].as_array().expect("runs").clone())
            .flat_map(|run| run[0].as_u64().expect("a number")..run[1].as_u64().expect("a number"))
            .collect();
        shown.sort_unstable();
        shown.dedup();
        assert_eq!(shown, (0..40).collect::<Vec<u64>>());
        let last = own.last().expect("steps");
        assert_eq!(
            (&last["step"]["last"], own.len() as u64),
            (&json!(true), last["step"]["of"].as_u64().expect("a number"))
        );
    }
    let before = server.asked().len();
    assert_eq!(infer(&shell, &server, &args).code, 0);
    assert_eq!(server.asked().len(), before);
}

/// A server whose tokens are long is not one that drops a part of the prompt: it is asked how long they are.
#[test]
fn a_server_that_counts_less_densely_did_not_shorten_the_prompt() {
    let counting = |most: usize| {
        Server::new(move |body| {
            let (status, mut reply) = said("Yes, a cough.");
            // A template takes 20; tokens of 8 letters are twice as long as those of the program's own tokenizer.
            reply["usage"]["prompt_tokens"] = json!((20 + prompt(body).len() / 8).min(most));
            (status, reply)
        })
    };
    let shell = Shell::new();
    dataset(&shell, 4);
    let server = counting(usize::MAX);
    let ran = infer(&shell, &server, &[]);
    assert!(ran.code == 0 && ran.out.contains("4 answered"), "{ran:?}");
    assert!(
        ran.err.contains("tokens for each that cl100k_base counts"),
        "{ran:?}"
    );
    // Twice a short piece, once a run.
    assert_eq!(server.asked().len(), 6);
    assert!(lines(&shell, "m").iter().all(|l| l["tries"] == 1));
    // One that counts so, and drops a part as well, is found all the same.
    let server = counting(220);
    let ran = infer(&shell, &server, &["--label", "b"]);
    assert!(
        ran.code == 1 && ran.out.contains("4 truncated by server"),
        "{ran:?}"
    );
}
