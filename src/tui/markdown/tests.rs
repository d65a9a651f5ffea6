use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

use super::*;

/// The rows as text, with the bars and rules in them.
fn shown(text: &str, width: usize) -> Vec<String> {
    let row = |row: &Row| {
        let mut line = String::new();
        for piece in &row.pieces {
            let at = usize::from(piece.at);
            line.push_str(&" ".repeat(at.saturating_sub(text::width(&line))));
            match piece.ink {
                Ink::Text(_) => line.push_str(&text::safe(&text[piece.bytes()])),
                Ink::Bar => line.push('│'),
                Ink::Line => line.push_str(&"─".repeat(usize::from(piece.width))),
            }
        }
        line.trim_end().to_owned()
    };
    laid_out(text, width).iter().map(row).collect()
}

/// The parts of the text that are bold or italic.
fn looks(text: &str) -> Vec<(&str, &'static str)> {
    let rows = laid_out(text, 80);
    let pieces = rows.iter().flat_map(|r| &r.pieces);
    let look = |p: &Piece| match p.ink {
        Ink::Text(Look {
            bold: true,
            italic: true,
        }) => Some((&text[p.bytes()], "both")),
        Ink::Text(Look { bold: true, .. }) => Some((&text[p.bytes()], "bold")),
        Ink::Text(Look { italic: true, .. }) => Some((&text[p.bytes()], "italic")),
        _ => None,
    };
    pieces.filter_map(look).collect()
}

#[test]
fn headings_and_emphasis_lose_their_signs() {
    let text = "## Stroke **2018**\n\nOn *apixaban*, `5 mg` and ***more***.";
    assert_eq!(
        shown(text, 40),
        ["Stroke 2018", "", "On apixaban, 5 mg and more."]
    );
    assert_eq!(
        looks(text),
        [
            ("Stroke ", "bold"),
            ("2018", "bold"),
            ("apixaban", "italic"),
            ("5 mg", "bold"),
            ("more", "both"),
        ]
    );
    assert_eq!(
        shown("Plan\n====\nrest\n\nA\n---\n", 6),
        ["Plan", "──────", "rest", "", "A", "──────", ""]
    );
}

#[test]
fn lists_and_quotations_hang() {
    assert_eq!(
        shown(
            "- apixaban 5 mg twice daily\n  - since *October* 2018\n10. aspirin was stopped then",
            16
        ),
        [
            "- apixaban 5 mg",
            "  twice daily",
            "  - since",
            "    October 2018",
            "10. aspirin was",
            "    stopped then"
        ]
    );
    assert_eq!(
        shown("> no bleeding was seen", 14),
        ["> no bleeding", "  was seen"]
    );
    // The sign of a quotation may be "more than".
    assert_eq!(
        shown("Target:\n>180/110 is urgent\n> 5 mg", 30),
        ["Target:", ">180/110 is urgent", "> 5 mg"]
    );
    // No room to hang.
    assert_eq!(shown("        - one two", 12), ["        -", "one two"]);
}

#[test]
fn code_stands_beside_a_bar() {
    assert_eq!(
        shown("a\n```\nx = **2**\n  y\n```\nb", 20),
        ["a", "│ x = **2**", "│   y", "b"]
    );
    assert_eq!(shown("```json\n{}\n```", 20), ["│ json", "│ {}"]);
    assert_eq!(shown("```\nnever closed", 20), ["```", "never closed"]);
}

#[test]
fn tables_stand_in_columns() {
    let table = "| Drug | Dose |\n|:--|--:|\n| **apixaban** | 5 mg |\n| 阿哌沙班 | 2.5 mg |\n\nend";
    assert_eq!(
        shown(table, 30),
        [
            "Drug        Dose",
            "────────────────",
            "apixaban    5 mg",
            "阿哌沙班  2.5 mg",
            "",
            "end"
        ]
    );
    let wide =
        "| Drug | Course |\n|--|--|\n| apixaban | begun in October 2018 |\n| warfarin | stopped |";
    assert_eq!(
        shown(wide, 20),
        [
            "Drug      Course",
            "────────────────────",
            "apixaban  begun in",
            "          October",
            "          2018",
            "────────────────────",
            "warfarin  stopped"
        ]
    );
    let many = "| Creatinine | Hemoglobin |\n|--|--|\n| 1.1 | 12.9 |\n| 1.2 | 12.5 |";
    assert_eq!(
        shown(many, 20),
        [
            "Creatinine",
            "  Hemoglobin",
            "────────────────────",
            "1.1",
            "  12.9",
            "────────────────────",
            "1.2",
            "  12.5"
        ]
    );
}

#[test]
fn a_row_that_does_not_fit_its_table_stands_as_it_is() {
    let text = "a | b\n--|--\n1 | 2 | 3\n4 | 5\n6\n| | x |";
    assert_eq!(
        shown(text, 30),
        ["a  b", "────", "1 | 2 | 3", "4  5", "6", "   x"]
    );
    assert_eq!(shown("a | b\n--|\n1 | 2", 30), ["a | b", "--|", "1 | 2"]);
    assert_eq!(
        shown("> | a | b |\n> |--|--|\n> | 1 | 2 |", 30),
        ["> | a | b |", "> |--|--|", "> | 1 | 2 |"]
    );
}

#[test]
fn what_is_no_markdown_stands_as_it_is() {
    for text in [
        "x*y and x*y*z, 2**3**4",
        "<5 and a < b > c <br> <b>x</b>",
        "** never closed, * nor this",
        "_ snake_case_word _",
        "a # in the middle, #1",
        "~5 mg~ and ~~struck~~",
        "\\* C:\\_x \\(y\\)",
        "&lt; &amp; [a](b) ![c](d) <https://e.f>",
        "[note]: /url \"title\"",
        "- a\n  ***b",
        "e**\u{301}x**",
    ] {
        assert_eq!(shown(text, 60).join("\n"), text);
    }
    assert_eq!(shown("a\n---", 9), ["a", "─────────"]);
    assert_eq!(shown("", 9), [""]);
    assert_eq!(shown("***", 9), ["─────────"]);
}

/// What is hidden is nothing but signs, each shown byte is shown once, and nothing is shown that is not in the text.
fn covers(text: &str, width: usize, rows: &[Row]) -> Result<(), TestCaseError> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for row in rows {
        let mut column = 0;
        for piece in &row.pieces {
            prop_assert!(piece.at >= column, "{row:?}");
            column = piece.at + piece.width;
            if piece.is_text() {
                let part = &text[piece.bytes()];
                let narrow = part.graphemes(true).count() == 1;
                prop_assert!(usize::from(column) <= width || narrow, "{row:?}");
                if part != "\t" {
                    prop_assert_eq!(text::width(part), usize::from(piece.width), "{:?}", part);
                }
                parts.push(piece.bytes());
            }
        }
    }
    // A table's cells stand beside each other, each from top to bottom.
    let sorted = rows.iter().map(|r| r.start).is_sorted();
    prop_assert!(sorted);
    parts.sort_by_key(|p| p.start);
    let mut at = 0;
    for part in parts.into_iter().chain(Some(text.len()..text.len())) {
        prop_assert!(part.start >= at, "shown twice: {:?}", &text[part]);
        let left_out = &text[at..part.start];
        let signs = left_out
            .chars()
            .all(|c| c.is_whitespace() || "#*_`~|:-=".contains(c));
        prop_assert!(signs, "left out: {left_out:?}");
        at = part.end;
    }
    Ok(())
}

/// Each cell of each glyph says which byte it is.
fn maps(text: &str, width: u16, rows: &[Row]) -> Result<(), TestCaseError> {
    let area = Rect::new(0, 0, width, 1);
    for (n, row) in rows.iter().enumerate() {
        for piece in row.pieces.iter().filter(|p| p.is_text()) {
            let mut column = piece.at;
            for glyph in text::glyphs(&text[piece.bytes()]) {
                let at = piece.start as usize + glyph.offset;
                let (found, here) = place_of(rows, at);
                prop_assert_eq!(found, n, "{} {:?}", at, row);
                prop_assert_eq!(here, Some(piece));
                let mut buffer = Buffer::empty(area);
                let mark = ratatui::style::Style::new().fg(ratatui::style::Color::Red);
                let mut paint = crate::tui::paint::Paint::new(&mut buffer, area);
                crate::tui::view::row_of_answer(
                    &mut paint,
                    row,
                    text,
                    &[(at..at + glyph.len, mark)],
                );
                let marked =
                    (0..width).filter(|x| buffer[(*x, 0)].fg == mark.fg.unwrap_or_default());
                let cells = if &text[piece.bytes()] == "\t" {
                    piece.width
                } else {
                    glyph.width as u16
                };
                if column + cells <= width {
                    prop_assert_eq!(
                        marked.collect::<Vec<_>>(),
                        (column..column + cells).collect::<Vec<_>>()
                    );
                }
                column += cells;
            }
        }
    }
    Ok(())
}

fn some_markdown() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "**",
        "*",
        "_",
        "#",
        "## ",
        "- ",
        "1. ",
        "> ",
        "`",
        "```",
        "|",
        "| a | b |\n|---|:-:|\n",
        "---",
        "===",
        "\n",
        "\r\n",
        "\n\n",
        "  ",
        "    ",
        "\t",
        "\\",
        "<5",
        "<br>",
        "[a](b)",
        "&lt;",
        "apixaban",
        "患者",
        "x",
        "5 mg",
        " ",
        "e\u{301}",
        "\u{301}",
        "👩\u{200d}⚕",
        "🇩",
        "~~",
        "~",
        ":",
        "\u{200d}",
        "\r",
        "!",
        "$",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn nothing_but_signs_is_left_out(text in some_markdown(), width in 1usize..60) {
        covers(&text, width, &laid_out(&text, width))?;
        covers(&text, width, &as_written(&text, width))?;
    }

    #[test]
    fn nothing_but_signs_is_left_out_of_any_text(text in any::<String>(), width in 1usize..60) {
        covers(&text, width, &laid_out(&text, width))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn every_cell_is_of_its_byte(text in some_markdown(), width in 4u16..40) {
        maps(&text, width, &laid_out(&text, usize::from(width)))?;
    }
}
