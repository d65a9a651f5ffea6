//! The table on what naming the rubric moved: two judges of one model that were asked in different words.
//!
//! In: judges' marks over all their rounds. Out: a row for each two judges of the same model with different prompts. Never: a judge compared
//! with another model's.

use super::{Judge, number};
use crate::report::table::{Form, Part, Table, TableRow};
use crate::report::tables::columns;
use crate::stats::correlation::ratio;
use crate::stats::interval::wilson;
use crate::stats::method::Method;

const MOVED: Method = Method {
    id: "judge-moved",
    what: "Share of the answers judged under both prompts of which most rounds say the other thing under the second, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "where as many rounds say one thing as the other the answer is left out",
    missing: "answers without a verdict under both are left out",
};

/// The table; `None` where no model judged under two prompts.
pub(super) fn table(judges: &[Judge<'_>]) -> Option<Table> {
    let mut rows = Vec::new();
    for (i, a) in judges.iter().enumerate() {
        for b in &judges[i + 1..] {
            if a.machine.model != b.machine.model || a.machine.prompt == b.machine.prompt {
                continue;
            }
            let both = a
                .marks
                .answers()
                .map(|of| (a.marks.majority(of), b.marks.majority(of)));
            let both: Vec<(bool, bool)> = both.filter_map(|(x, y)| x.zip(y)).collect();
            let n = both.len();
            let share = |count: usize| {
                let value = ratio(count as f64, n as f64);
                number(value, wilson(count, n), (n, 0), Form::Share, &MOVED)
            };
            let to = |to: bool| both.iter().filter(|(x, y)| x != y && *y == to).count();
            rows.push(TableRow {
                keys: vec![
                    a.machine.model.clone(),
                    format!("{} ({})", a.machine.prompt, a.name),
                    format!("{} ({})", b.machine.prompt, b.name),
                ],
                numbers: vec![
                    share(to(true) + to(false)),
                    share(to(true)),
                    share(to(false)),
                ],
            });
        }
    }
    (!rows.is_empty()).then(|| Table {
        id: "judge_prompts",
        part: Part::Judges,
        title: "What the prompt moved",
        caption: "The same model asked with one prompt and with another, such as with the rubric named and without: the share of answers whose verdict is the other one. The table of judges against clinicians says which of the two agrees better."
            .to_owned(),
        keys: vec!["model", "prompt", "other"],
        columns: columns(&[
            ("moved", "moved"),
            ("to_correct", "to correct"),
            ("to_incorrect", "to incorrect"),
        ]),
        rows,
        chart: None,
    })
}
