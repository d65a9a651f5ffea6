//! What the list of reviewers' sides shows of the case in view.
//!
//! In: the disputes, the marks of each side. Out: the rows. Never: a name.

use crate::review::adjudicate::Side;
use crate::review::case::{CaseReview, Pinned};
use crate::tui::adjudication::SideRow;

use super::App;

/// Whether a side says more of a response than a verdict and a rank.
fn has_words(review: &CaseReview, model: &str) -> bool {
    let commented = review.comment(Some(model)).is_some_and(|c| !c.is_empty());
    commented
        || review.earlier_of(model).is_some()
        || !review.errors(model).is_empty()
        || review.harm(model).is_some()
}

impl App {
    /// The rows of the list of sides.
    pub(crate) fn side_rows(&self) -> Vec<SideRow> {
        let models = self.models();
        let mut rows = Vec::new();
        for (i, side) in self.sides().iter().enumerate() {
            let review = &side.review;
            rows.push(SideRow::Head(i));
            let said = models
                .iter()
                .enumerate()
                .filter(|(_, m)| has_words(review, m));
            rows.extend(said.map(|(answer, _)| SideRow::Answer(i, answer)));
            if review.comment(None).is_some_and(|c| !c.is_empty()) {
                rows.push(SideRow::Comment(i));
            }
            if review.gold.is_some() {
                rows.push(SideRow::Gold(i));
            }
            rows.extend((0..review.pins.len()).map(|n| SideRow::Pin(i, n)));
        }
        rows
    }

    /// The sides of the case in view; none where nobody adjudicates.
    pub(crate) fn sides(&self) -> &[Side] {
        &self.in_view.sides
    }

    /// The pins of all sides.
    pub(in crate::tui) fn pins_of_sides(&self) -> impl Iterator<Item = &Pinned> {
        self.in_view.sides.iter().flat_map(|s| &s.review.pins)
    }

    /// Whether reviewers disagree on the case in view.
    pub(crate) fn is_disputed(&self) -> bool {
        let adjudication = self.desk.adjudication.as_ref();
        adjudication.is_some_and(|a| a.dispute(self.in_view.case).is_some())
    }

    /// How many rows below each answer say what the sides said of it.
    pub(crate) fn rows_of_sides(&self) -> u16 {
        let most = (self.screen.frame.answers.height / 3).max(1);
        (self.sides().len() as u16).min(most)
    }
}
