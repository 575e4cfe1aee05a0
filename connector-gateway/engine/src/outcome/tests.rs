//! The table in the book.

use std::fmt::Write as _;

use plugwright_sdk::ErrorCode;

use super::{Answer, Case, Surface, answer};

/// Returns the whole table in Markdown: a row per error code and surface, a column per case.
/// Surfaces with the same responses share a row.
fn outcome_table() -> String {
    let mut text = String::from("| Error | Surface |");
    for case in Case::ALL {
        push(&mut text, format_args!(" {} |", case.as_str()));
    }
    text.push_str("\n| --- | --- |");
    text.push_str(&" --- |".repeat(Case::ALL.len()));
    text.push('\n');
    for code in ErrorCode::ALL {
        for (surfaces, row) in rows(*code) {
            if surfaces.len() == Surface::ALL.len() {
                push_row(&mut text, *code, "all", row);
            } else {
                let paths: Vec<_> = surfaces
                    .into_iter()
                    .map(|surface| format!("`{}`", surface.path()))
                    .collect();
                push_row(&mut text, *code, &paths.join(", "), row);
            }
        }
    }
    text
}

type Row = [Answer; Case::ALL.len()];

/// Returns the responses to an error, with the surfaces that share them.
fn rows(code: ErrorCode) -> Vec<(Vec<Surface>, Row)> {
    let mut rows: Vec<(Vec<Surface>, Row)> = Vec::new();
    for surface in Surface::ALL {
        let row = Case::ALL.map(|case| answer(code, case, surface));
        match rows.iter_mut().find(|(_, other)| *other == row) {
            Some((surfaces, _)) => surfaces.push(surface),
            None => rows.push((vec![surface], row)),
        }
    }
    rows
}

fn push_row(text: &mut String, code: ErrorCode, surface: &str, row: Row) {
    push(text, format_args!("| `{code}` | {surface} |"));
    for Answer { status, code } in row {
        push(text, format_args!(" {status} `{code}` |"));
    }
    text.push('\n');
}

fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(more);
}

#[test]
fn every_error_has_its_rows() {
    let table = outcome_table();
    for code in ErrorCode::ALL {
        let rows = table
            .lines()
            .filter(|line| line.starts_with(&format!("| `{code}` |")))
            .count();
        assert!((1..=Surface::ALL.len()).contains(&rows), "{code}: {rows}");
    }
    assert!(table.contains(
        "| `UPSTREAM_TIMEOUT` | `/v1/proxy` | 504 `proxy_upstream_timeout` \
         | 424 `proxy_upstream_error` | 409 `outcome_unknown` |\n"
    ));
}

#[test]
fn the_book_has_the_table_as_it_is() {
    let chapter = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/outcomes.md");
    let chapter = std::fs::read_to_string(chapter).unwrap();
    assert!(
        chapter.ends_with(&format!("\n\n{}", outcome_table())),
        "docs/src/outcomes.md must end with this table:\n\n{}",
        outcome_table()
    );
}
