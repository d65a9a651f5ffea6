//! Strategies and budgets against values of the reference implementation.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::chunks::{CutAt, chunks};
use super::tests::ask;
use super::*;
use crate::infer::laid::{Block, BlockKind};
use crate::infer::prompt::{self, Template};
use crate::infer::tokens;
use crate::record::EventId;

/// The golden records as they are: their texts have the program's own shape.
pub(super) fn golden_laid(text: &str, row: &Value) -> Laid {
    let bytes: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    let mut events = 0;
    let blocks = row["blocks"]
        .as_array()
        .expect("blocks")
        .iter()
        .map(|block| {
            let start = bytes[block["start"].as_u64().expect("a number") as usize] as u32;
            let kind = match block["kind"].as_str() {
                Some("patient") => BlockKind::Patient,
                Some("heading") => BlockKind::Heading,
                _ => {
                    events += 1;
                    BlockKind::Event(EventId(events - 1))
                }
            };
            Block { kind, start }
        });
    Laid::golden(text, blocks.collect())
}

fn same(kept: &[Range<usize>], laid: &Laid, row: &Value, counter: &dyn Counter) {
    let kept = Kept {
        ranges: kept.to_vec(),
        tokens: 0,
    };
    let text = kept.text(laid);
    let budget = &row["budget"];
    assert_eq!(Some(text.len() as u64), row["n_bytes"].as_u64(), "{budget}");
    assert_eq!(
        Some(text.chars().count() as u64),
        row["n_chars"].as_u64(),
        "{budget}"
    );
    if let Some(whole) = row["text"].as_str() {
        assert_eq!(text, whole, "{budget}");
    }
    assert_eq!(
        Some(sha256(&text).as_str()),
        row["sha256"].as_str(),
        "{budget}"
    );
    let again = counter.count(&text).expect("tokens") as u64;
    assert_eq!(Some(again), row["tokens_again"].as_u64(), "{budget}");
}

fn sha256(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("memory");
        hex
    })
}

#[test]
fn golden_cuts() {
    let Some(shared) = std::env::var_os("MEDALIGN_SHARED") else {
        return;
    };
    let folder = Path::new(&shared).join("golden/context");
    let lines = std::fs::read_to_string(folder.join("context.jsonl")).expect("the golden file");
    let old = tokens::open("cl100k_base").expect("built in");
    let new = tokens::open("o200k_base").expect("built in");
    let count = |of: &Value| of.as_u64().expect("a number") as usize;
    let mut seen = 0;
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let name = row["record"].as_str().expect("a name");
        let text = std::fs::read_to_string(folder.join("records").join(name)).expect("a record");
        let laid = golden_laid(&text, &row);
        let starts = laid.tokenised(&*old).expect("tokens");
        assert_eq!(starts.len(), count(&row["cl100k"]));
        assert_eq!(new.count(&text).expect("tokens"), count(&row["o200k"]));
        for tail in row["tail_tokens"].as_array().expect("rows") {
            let budget = count(&tail["budget"]);
            if budget > 0 {
                let ask = ask(&laid, &starts, &*old, budget);
                same(
                    &recent::Recent.keep(&ask).expect("kept"),
                    &laid,
                    tail,
                    &*old,
                );
            }
        }
        for (rows, headed) in [("tail_blocks", false), ("tail_blocks_headed", true)] {
            for tail in row[rows].as_array().expect("rows") {
                let ask = ask(&laid, &starts, &*old, count(&tail["budget"]));
                let first = recent_events::first_block(&ask, headed).expect("a block");
                assert_eq!(
                    first,
                    count(&tail["first_block"]),
                    "{rows} {name} {}",
                    ask.budget
                );
                let all = laid.blocks().len();
                let ranges = if headed {
                    headed::with_headings(&laid, first..all)
                } else {
                    std::iter::once(laid.start(first)..text.len()).collect()
                };
                same(&ranges, &laid, tail, &*old);
            }
        }
        golden_chunks(&laid, &starts, &*old, &row);
        seen += 1;
    }
    assert_eq!(seen, 4);
}

fn golden_chunks(laid: &Laid, starts: &[u32], counter: &dyn Counter, row: &Value) {
    let numbers = |of: &Value| -> Vec<usize> {
        let all = of.as_array().expect("numbers").iter();
        all.map(|n| n.as_u64().expect("a number") as usize)
            .collect()
    };
    for chunked in row["chunks_tokens"].as_array().expect("rows") {
        let ask = ask(
            laid,
            starts,
            counter,
            chunked["size"].as_u64().expect("a size") as usize,
        );
        let found = chunks(&ask, CutAt::Tokens, 0).expect("chunks");
        let texts: Vec<String> = found
            .into_iter()
            .map(|range| {
                Kept {
                    ranges: std::iter::once(range).collect(),
                    tokens: 0,
                }
                .text(laid)
            })
            .collect();
        let again: Vec<usize> = texts
            .iter()
            .map(|text| counter.count(text).expect("tokens"))
            .collect();
        assert_eq!(again, numbers(&chunked["tokens_again"]));
        let hashes: Vec<String> = texts.iter().map(|text| sha256(text)).collect();
        assert_eq!(serde_json::json!(hashes), chunked["sha256"]);
    }
    for chunked in row["chunks_blocks"].as_array().expect("rows") {
        let size = chunked["size"].as_u64().expect("a size") as usize;
        let ask = ask(laid, starts, counter, size);
        let found = chunks(&ask, CutAt::Events, 0).expect("chunks");
        let ends: Vec<usize> = found.iter().map(|range| range.end).collect();
        let costs = numbers(&chunked["cl100k"]);
        let groups = chunked["groups"]
            .as_array()
            .expect("groups")
            .iter()
            .map(numbers);
        for (group, cost) in groups.zip(costs) {
            assert!(ends.contains(&laid.start(group[1])));
            // A block larger than the size is cut by tokens, all others stay whole.
            if cost <= size {
                assert!(found.contains(&(laid.start(group[0])..laid.start(group[1]))));
            }
        }
    }
}

/// The study's sum for 96 prompts: what is left for the record, what is kept of it, and what the whole prompt takes.
#[test]
fn golden_budgets() {
    let Some(shared) = std::env::var_os("MEDALIGN_SHARED") else {
        return;
    };
    let folder = Path::new(&shared).join("golden/context");
    let text = std::fs::read_to_string(folder.join("budget.json")).expect("the golden file");
    let golden: Value = serde_json::from_str(&text).expect("JSON");
    let counter = tokens::open("cl100k_base").expect("built in");
    let reply = golden["generation_reserve"].as_u64().expect("a number") as usize;
    let rows = golden["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 96);
    for row in rows {
        let word = |name: &str| row[name].as_str().expect("a text");
        let number = |name: &str| row[name].as_u64().expect("a number") as usize;
        let own = if word("prompt") == "paper" {
            "study"
        } else {
            "helm"
        };
        let template = Template::open(own, prompt::Kind::Plain).expect("a prompt");
        let count = |text: &str| counter.count(text).expect("tokens");
        let (bare, question) = (count(&template.bare()), count(word("question")));
        assert_eq!(
            (bare, question),
            (number("template"), number("question_tokens"))
        );
        let budget = budget(number("context"), reply, bare, question, 0).expect("room");
        assert_eq!(budget, number("ehr_budget"));
        let text = std::fs::read_to_string(folder.join("records").join(word("record")));
        let block = Block {
            kind: BlockKind::Patient,
            start: 0,
        };
        let laid = Laid::golden(&text.expect("a record"), vec![block]);
        let starts = laid.tokenised(&*counter).expect("tokens");
        let Choice::Kept(kept) =
            choose(&recent::Recent, &ask(&laid, &starts, &*counter, budget)).expect("chosen")
        else {
            panic!("nothing is kept");
        };
        assert_eq!(kept.tokens, number("ehr_kept"));
        let filled = template.fill(&prompt::Fill {
            question: word("question"),
            record: &kept.text(&laid),
            ..prompt::Fill::default()
        });
        let all = count(&filled);
        assert_eq!(all, number("prompt_tokens"));
        assert_eq!(number("context") - all, number("left_for_answer"));
        // The margin covers what the joints take.
        assert!(number("context") - all + 8 >= reply);
    }
}
