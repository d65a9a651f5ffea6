//! How good the proposals are by the labels, beside a random draw and the study's figures.
//!
//! In: the figures as they were counted. Out: a table of five rows. Never: what the dataset says of a pair that is not labelled yet.

use crate::search::retrieve::evaluate::{Evaluation, STUDY, Share};
use crate::stats::interval::Interval;
use crate::tui::app::App;
use crate::tui::paint::Paint;

/// Columns of a figure's name, and of a figure.
const NAME: u16 = 15;
const CELL: u16 = 21;

/// The table of precision, the study's beside it.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, y: u16, top: usize) {
    let theme = app.desk.theme;
    let column = |i: u16| 2 + NAME + i * CELL;
    for (i, name) in [
        "the first record",
        &format!("all of the {top}"),
        &format!("any of the {top}"),
    ]
    .iter()
    .enumerate()
    {
        paint.put_in(column(i as u16), y, CELL - 1, name, theme.text());
    }
    let (found, random) = &app.looking.matches.figures;
    let study = |i: usize| {
        Some(Share {
            yes: STUDY[i].1,
            known: STUDY[i].2,
            missing: 0,
        })
    };
    let of = |e: &Evaluation| [Some(e.first), Some(e.all), Some(e.any)];
    let rows = [
        ("BM25", of(found)),
        ("random draw", of(random)),
        ("study, BM25", [study(0), None, study(1)]),
        ("study, random", [study(2), None, None]),
    ];
    for (n, (name, shares)) in rows.into_iter().enumerate() {
        let y = y + 1 + n as u16;
        paint.put_in(2, y, NAME - 1, name, theme.text());
        for (i, share) in shares.iter().enumerate() {
            let cell = share.as_ref().map(share_words).unwrap_or_default();
            paint.put_in(column(i as u16), y, CELL - 1, &cell, theme.text());
        }
    }
}

/// `59 % (54-64) 240/407`: the share, its interval, relevant of known.
fn share_words(share: &Share) -> String {
    match (share.value(), share.interval()) {
        (Some(value), Some(Interval { low, high })) => format!(
            "{:.0} % ({:.0}-{:.0}) {}/{}",
            value * 100.0,
            low * 100.0,
            high * 100.0,
            share.yes,
            share.known
        ),
        _ if share.known == 0 => format!("no label, {} missing", share.missing),
        // Too much is not known for a bare share: what it is at least and at most.
        _ => share.bounds().map_or_else(String::new, |(low, high)| {
            format!(
                "{:.0}-{:.0} % {}/{}, {} ?",
                low * 100.0,
                high * 100.0,
                share.yes,
                share.known,
                share.missing
            )
        }),
    }
}
