//! Logs of Inspect in both forms, and copies of them with edits.

use std::fs;

use serde_json::{Value, json};

use super::*;

fn sample(id: &Value, epoch: u32) -> Value {
    json!({"id": id, "epoch": epoch, "input": [{"role": "system", "content": "s"}, {"role": "user", "content": [
            {"type": "text", "text": "attachment://0"}]}],
        "target": ["gold"], "metadata": {"instruction_id": 7, "person_id": "30"},
        "attachments": {"0": "Question: Any cough?"},
        "output": {"model": "m-1", "choices": [{"stop_reason": "max_tokens", "message": {"content": [
            {"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "No"}]}}],
            "completion": "No", "usage": {"input_tokens": 5, "input_tokens_cache_read": 90, "output_tokens": 2}, "time": 0.5},
        "scores": {"includes": {"value": "C"}, "graded": {"value": {"a": 0.5, "b": true}}, "skipped": {"value": "x"}},
        "events": [{"event": "x"}]})
}

fn log(samples: &[Value]) -> Value {
    json!({"version": 2, "status": "success", "eval": {"task": "t", "model": "openai/m", "model_generate_config": {"temperature": 0.2}},
        "samples": samples})
}

fn check_samples(all: &[Found], about: &About) {
    assert_eq!(
        (about.model.as_str(), &about.settings["temperature"]),
        ("openai/m", &0.2.into())
    );
    let first = &all[0];
    assert_eq!(
        (first.instruction.as_deref(), first.person.as_deref()),
        (Some("7"), Some("30"))
    );
    assert_eq!(
        (first.prompt.as_str(), first.trial),
        ("Question: Any cough?", 1)
    );
    assert_eq!(
        (first.outcome, first.told.text.as_str()),
        (Outcome::Cut, "No")
    );
    assert_eq!(first.told.reasoning, "hm");
    assert_eq!(
        first.told.usage,
        Some(Usage {
            prompt: 95,
            completion: 2
        })
    );
    let scores = [
        ("inspect-includes", 1.0),
        ("inspect-graded-a", 0.5),
        ("inspect-graded-b", 1.0),
    ];
    assert_eq!(first.scores, scores.map(|(n, s)| (n.to_owned(), s)));
    assert_eq!(all[1].trial, 2);
    assert_eq!(
        (all[2].outcome, all[2].told.text.as_str()),
        (Outcome::Filtered, "")
    );
    assert!(all[2].told.message.contains("content_filter"));
}

fn samples() -> [Value; 3] {
    let mut failed = sample(&json!(3), 1);
    failed["output"] = json!({"model": "", "choices": [], "completion": ""});
    failed["error"] = json!({"message": "400 content_filter: held back", "traceback": "…"});
    failed["scores"] = json!(null);
    [sample(&json!("a"), 1), sample(&json!("a"), 2), failed]
}

#[test]
fn inspect_json_is_read_sample_by_sample() {
    let files = Files::of(&[(
        "log.json",
        log(&samples()).to_string().replace("0.5,", "NaN,"),
    )]);
    let (all, about) = files.read(Form::Inspect, "log.json");
    assert_eq!(all.len(), 3);
    assert_eq!(all[0].place, "samples[0] (a, epoch 1)");
    let files = Files::of(&[("log.json", log(&samples()).to_string())]);
    let (all, _) = files.read(Form::Inspect, "");
    check_samples(&all, &about);
}

/// A zip whose entries are packed as Inspect does: a zstd frame or two each, stored behind the method's number 93.
pub(super) fn archive(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for (name, data) in entries {
        let at = bytes.len() as u32;
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let (first, second) = data.split_at(data.len() / 2);
        let frames = [first, second].map(raw_frame).concat();
        let mut head = Vec::new();
        for n in [20u16, 0, 93, 0, 33] {
            head.extend(n.to_le_bytes());
        }
        for n in [crc.sum(), frames.len() as u32, data.len() as u32] {
            head.extend(n.to_le_bytes());
        }
        head.extend((name.len() as u16).to_le_bytes());
        head.extend(0u16.to_le_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&head);
        bytes.extend(name.as_bytes());
        bytes.extend(&frames);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let at = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend((entries.len() as u16).to_le_bytes());
    bytes.extend((entries.len() as u16).to_le_bytes());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(at.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

/// A zstd frame of raw blocks.
fn raw_frame(data: &[u8]) -> Vec<u8> {
    let mut frame = b"\x28\xb5\x2f\xfd\xa0".to_vec();
    frame.extend((data.len() as u32).to_le_bytes());
    let mut chunks = data.chunks(100_000).peekable();
    if chunks.peek().is_none() {
        frame.extend([1, 0, 0]);
    }
    while let Some(chunk) = chunks.next() {
        let head = (chunk.len() as u32) << 3 | u32::from(chunks.peek().is_none());
        frame.extend(&head.to_le_bytes()[..3]);
        frame.extend(chunk);
    }
    frame
}

fn eval_log() -> Vec<u8> {
    let [one, two, mut three] = samples();
    let header = log(&[]);
    // The newer shape: a sample in parts.
    let metadata = three["metadata"].take();
    let attachments = json!([three["attachments"]["0"].take()]);
    let text = |v: &Value| v.to_string().into_bytes();
    archive(&[
        (
            "_journal/start.json",
            text(&json!({"eval": header["eval"]})),
        ),
        ("samples/a_epoch_1.json", text(&one)),
        ("samples/a_epoch_2.json", text(&two)),
        ("samples/3_epoch_1/sample.json", text(&three)),
        ("samples/3_epoch_1/metadata.json", text(&metadata)),
        ("samples/3_epoch_1/events/0.json", b"[]".to_vec()),
        ("samples/3_epoch_1/attachments/0.json", text(&attachments)),
        (
            "summaries.json",
            text(
                &json!([{"id": "a", "epoch": 1, "scores": {}}, {"id": "a", "epoch": 2, "scores": {}}]),
            ),
        ),
        ("header.json", text(&header)),
    ])
}

#[test]
fn inspect_archives_are_read_in_both_shapes() {
    let files = Files::of(&[]);
    fs::write(files.path("log.eval"), eval_log()).expect("written");
    let (all, about) = files.read(Form::Inspect, "log.eval");
    check_samples(&all, &about);
    assert_eq!(all[2].prompt, "Question: Any cough?");
    assert_eq!(all[2].place, "3_epoch_1");

    // Torn in one entry, the others are read.
    let mut torn = eval_log();
    let at = memchr::memmem::find(&torn, b"Question: Any cough").expect("a sample");
    torn[at] = b'q';
    fs::write(files.path("log.eval"), torn).expect("written");
    let (all, about) = files.read(Form::Inspect, "log.eval");
    assert_eq!((all.len(), about.broken.len()), (2, 1));
    assert!(about.broken[0].1.contains("damaged"), "{:?}", about.broken);
    fs::write(files.path("log.eval"), &eval_log()[..500]).expect("written");
    assert!(files.try_read(Form::Inspect, "log.eval").is_err());
}

#[test]
fn a_copy_of_a_log_has_the_edits_and_all_else() {
    let files = Files::of(&[(
        "log.json",
        log(&samples())
            .to_string()
            .replace("\"events\":[]", "\"x\":NaN"),
    )]);
    fs::write(files.path("log.eval"), eval_log()).expect("written");
    for name in ["log.eval", "log.json"] {
        let to = files.path(&format!("new-{name}"));
        let changed = inspect::edit(&files.path(name), &to, false, &mut |found, sample| {
            let first = found.trial == 2;
            if first {
                sample["scores"]["mine"] = json!({"value": "I", "history": [1]});
            }
            first
        });
        assert_eq!(changed.expect("a copy"), 1);
        let (before, _) = files.read(Form::Inspect, name);
        let (after, _) = files.read(Form::Inspect, &format!("new-{name}"));
        assert_eq!(after.len(), 3);
        assert_eq!(
            after[1].scores.last(),
            Some(&("inspect-mine".to_owned(), 0.0))
        );
        assert_eq!((&after[0], &after[2]), (&before[0], &before[2]));
    }
}
