//! Multi-step refinement: the record in parts, each asked to better the answer so far.
//!
//! In: the parts of a record. Out: a line a step, the last of which is the response. A step that was answered before is not asked again, so
//! a chain goes on where it was cut off. What is no answer ends the chain: the case has that outcome.

use super::client::Halt;
use super::ready::{self, Parts, Ready};
use super::run::{Asked, Attempt, Running};
use crate::dataset::{AskStep, Case};

/// Asks for all parts in turn; gives how many tokens less each should have, where the server refused one for its length.
///
/// # Errors
/// When the run was ended or cannot go on.
pub(super) fn ask(
    running: &Running<'_>,
    ready: &Ready,
    case: &Case,
    parts: &Parts,
    attempt: Attempt,
) -> Result<Option<u64>, Halt> {
    let of = parts.texts.len();
    let question = case.question.trim();
    let stop_after = ready.system.refine.stop_after;
    let (mut answer, mut unchanged) = (String::new(), 0);
    for n in 0..of {
        let body = ready
            .step(parts, n, question, &answer)
            .map_err(|e| Halt::Stop(e.to_string()))?;
        let hash = ready::hash(&body);
        let step = |text: &str| {
            let same = n > 0 && text.trim() == answer.trim();
            let unchanged = if same { unchanged + 1 } else { 0 };
            let last = n + 1 == of || (stop_after > 0 && unchanged >= stop_after);
            let step = AskStep {
                n: n as u32 + 1,
                of: of as u32,
                last,
            };
            (step, unchanged)
        };
        let request = Asked {
            request: &body,
            hash,
            window: parts.windows[n].clone(),
            attempt,
        };
        let answered = running.once(case, request, &|text| Some(step(text).0))?;
        let (AskStep { last, .. }, now) = step(&answered.text);
        if last || !answered.outcome.is_answer() {
            return Ok(answered.again_with_less);
        }
        (answer, unchanged) = (answered.text, now);
    }
    Ok(None)
}
