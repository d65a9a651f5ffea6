//! The record's map above the panes: how much there is when, and where one is.
//!
//! In: the app, its record in view. Out: one row of cells; a place found or pinned has its sign in place of the bar.

use crate::tui::app::App;
use crate::tui::overlays::map::OnMap;
use crate::tui::paint::Paint;
use crate::tui::widgets::map::MapColumn;

/// Draws the map.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>) {
    let mut paint = paint.part(app.screen.frame.map);
    let theme = app.desk.theme;
    let Some(view) = app.view() else { return };
    let here = match app.over::<OnMap>() {
        Some(on_map) => Some(on_map.column),
        None => app
            .in_view
            .record
            .timeline
            .selected_time(&view.record)
            .and_then(|t| app.in_view.record.map.column_of(t.seconds())),
    };
    for (i, column) in app.in_view.record.map.columns.iter().enumerate() {
        let x = 1 + i as u16;
        match column {
            MapColumn::Label(c) => {
                let mut sign = [0; 4];
                paint.put(x, 0, c.encode_utf8(&mut sign), theme.dim());
            }
            MapColumn::Bar {
                events, inpatient, ..
            } => {
                let (sign, sure) = bar(app, i, *events, *inpatient);
                let style = if here == Some(i) {
                    theme.reversed()
                } else if sure {
                    theme.text()
                } else {
                    theme.dim()
                };
                paint.put(x, 0, sign, style);
            }
        }
    }
}

/// The sign of a column, and whether it counts: not what came later, or a model did not see.
fn bar(app: &App, i: usize, events: u32, inpatient: bool) -> (&'static str, bool) {
    let (theme, record) = (app.desk.theme, &app.in_view.record);
    let marked = |marks: &[bool]| marks.get(i) == Some(&true);
    if marked(&app.looking.find.on_map) {
        return (theme.hit(), true);
    }
    let timeline = &record.timeline;
    let later = timeline.as_of().is_some_and(|as_of| {
        let start = record.map.start_of(i);
        start.is_some_and(|start| as_of.is_past(start))
    });
    let context = record.context.as_ref();
    let unseen = context.is_some_and(|c| marked(&c.unseen_on_map));
    let sure = events > 0 && !later && !unseen;
    let hidden = later && timeline.hides_later() || unseen && timeline.hides_unseen();
    let sign = if marked(&record.pins.on_map) {
        theme.pin()
    } else if hidden || events == 0 {
        theme.empty_bar()
    } else if unseen {
        theme.unseen_bar()
    } else if inpatient {
        theme.stay()
    } else {
        // The square root keeps one busy admission from flattening ten years of visits.
        let share = (f64::from(events) / f64::from(record.map.most.max(1))).sqrt();
        theme.bars()[((share * 8.0).ceil() as usize).clamp(1, 8) - 1]
    };
    (sign, sure)
}
