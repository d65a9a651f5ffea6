//! A picture of points, before it is drawn in any format.
//!
//! In: a table with two columns that go across and upwards. Out: panels whose points are places between 0 and 1, and what
//! stands at the ends of their axes.

use super::table::{Number, Table};
use crate::text::{clip, safe};

/// Panels of points.
pub(super) struct Scatter {
    /// What goes across and what goes upwards.
    pub(super) titles: [&'static str; 2],
    /// The panels, in the order of the table.
    pub(super) panels: Vec<Panel>,
    /// Whether both axes are the same, with a line where they are equal.
    pub(super) diagonal: bool,
}

pub(super) struct Panel {
    /// Its name; empty where there is one only.
    pub(super) name: String,
    /// What stands at the low and high end of the axis across, and of the one upwards.
    pub(super) labels: [(String, String); 2],
    pub(super) points: Vec<Point>,
}

/// A point, its places between 0 and 1.
pub(super) struct Point {
    /// What it is.
    pub(super) name: String,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// How many lines a panel has for its points.
const HIGH: usize = 9;

impl Scatter {
    /// Lays out a table's rows; those without one of the numbers are not drawn.
    pub(super) fn of(table: &Table, x: usize, y: usize, diagonal: bool) -> Self {
        let title = |column: usize| table.columns.get(column).map_or("", |c| c.title);
        let grouped = table.keys.len() > 1;
        let names = if grouped {
            table.matrix().down
        } else {
            vec![""]
        };
        let panel = |name: &&str| {
            let rows = table.rows.iter();
            let rows = rows.filter(|r| !grouped || r.keys.first().is_some_and(|k| k == name));
            let found: Vec<(String, &Number, &Number)> = rows
                .filter_map(|r| {
                    let (x, y) = (r.numbers.get(x)?, r.numbers.get(y)?);
                    (x.value.is_some() && y.value.is_some())
                        .then(|| (r.keys.last().cloned().unwrap_or_default(), x, y))
                })
                .collect();
            let axes = [
                axis(found.iter().map(|p| p.1), diagonal),
                axis(found.iter().map(|p| p.2), diagonal),
            ];
            let place = |number: &Number, (low, high): (f64, f64)| {
                let value = number.value.unwrap_or(low);
                if high > low {
                    (value - low) / (high - low)
                } else {
                    0.5
                }
            };
            let shown = |of: usize| {
                let number = found.first().map(|p| if of == 0 { p.1 } else { p.2 });
                let show = |v: f64| number.map_or_else(String::new, |n| n.form.tick(v));
                (show(axes[of].0), show(axes[of].1))
            };
            Panel {
                name: (*name).to_owned(),
                labels: [shown(0), shown(1)],
                points: found
                    .iter()
                    .map(|(name, x, y)| Point {
                        name: name.clone(),
                        x: place(x, axes[0]).clamp(0.0, 1.0),
                        y: place(y, axes[1]).clamp(0.0, 1.0),
                    })
                    .collect(),
            }
        };
        Scatter {
            titles: [title(x), title(y)],
            panels: names
                .iter()
                .map(panel)
                .filter(|p| !p.points.is_empty())
                .collect(),
            diagonal,
        }
    }
}

/// The ends of an axis: 0 to 1 where both are shares, else what the values take.
fn axis<'n>(numbers: impl Iterator<Item = &'n Number>, shares: bool) -> (f64, f64) {
    if shares {
        return (0.0, 1.0);
    }
    let values = numbers.filter_map(|n| n.value);
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
        (low.min(v), high.max(v))
    })
}

impl Panel {
    /// The panel as lines of `wide` columns; signs are those of a point, of the diagonal, and of the axes.
    pub(super) fn lines(&self, diagonal: bool, wide: usize, signs: [char; 5]) -> Vec<String> {
        let [point, dot, upright, level, corner] = signs;
        let labels = &self.labels[1];
        let margin = labels.0.chars().count().max(labels.1.chars().count());
        let room = wide.saturating_sub(margin + 2).max(8);
        let mut cells = vec![vec![' '; room]; HIGH];
        let place = |x: f64, y: f64| {
            let column = (x * (room - 1) as f64).round() as usize;
            (HIGH - 1 - (y * (HIGH - 1) as f64).round() as usize, column)
        };
        if diagonal {
            for column in 0..room {
                let share = column as f64 / (room - 1) as f64;
                let (row, column) = place(share, share);
                cells[row][column] = dot;
            }
        }
        for p in &self.points {
            let (row, column) = place(p.x, p.y);
            // Points that fall together say how many they are.
            cells[row][column] = match cells[row][column] {
                c if c == point => '2',
                c @ '2'..='8' => char::from_digit(c as u32 - '0' as u32 + 1, 10).unwrap_or('9'),
                '9' => '9',
                _ => point,
            };
        }
        let mut lines = Vec::new();
        if !self.name.is_empty() {
            lines.push(clip(&safe(&self.name), wide));
        }
        for (i, row) in cells.iter().enumerate() {
            let label = match i {
                0 => labels.1.as_str(),
                _ if i + 1 == HIGH => labels.0.as_str(),
                _ => "",
            };
            let row: String = row.iter().collect();
            lines.push(format!("{label:>margin$} {upright}{}", row.trim_end()));
        }
        let axis: String = std::iter::repeat_n(level, room).collect();
        lines.push(format!("{:margin$} {corner}{axis}", ""));
        let (low, high) = &self.labels[0];
        let gap = room.saturating_sub(low.chars().count() + high.chars().count());
        lines.push(format!("{:margin$}  {low}{}{high}", "", " ".repeat(gap)));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_stand_where_their_numbers_are() {
        let point = |x, y| Point {
            name: String::new(),
            x,
            y,
        };
        let panel = Panel {
            name: "bleu".to_owned(),
            labels: [
                ("0".to_owned(), "9".to_owned()),
                ("1".to_owned(), "6".to_owned()),
            ],
            points: vec![point(0.0, 0.0), point(1.0, 1.0), point(1.0, 1.0)],
        };
        let lines = panel.lines(false, 20, ['o', '.', '|', '-', '+']);
        assert_eq!(lines[0], "bleu");
        assert_eq!(lines[1], format!("6 |{}2", " ".repeat(16)));
        assert_eq!(lines[HIGH], "1 |o");
        assert_eq!(
            lines.last().map(String::as_str),
            Some("   0               9")
        );
        let with = panel.lines(true, 20, ['o', '.', '|', '-', '+']);
        assert!(with[HIGH / 2 + 1].contains('.'));
    }
}
