//! The table as the book shows it.

use std::fmt::Write as _;

use plugwright_sdk::ErrorCode;

use super::{Answer, Case, Surface, answer};

/// Returns the whole table in Markdown: a row per error code and surface, a column per case. Where
/// the surfaces answer alike, one row is for all of them.
pub fn outcome_table() -> String {
    let mut text = String::from("| Error | Surface |");
    for case in Case::ALL {
        push(&mut text, format_args!(" {} |", case.as_str()));
    }
    text.push_str("\n| --- | --- |");
    text.push_str(&" --- |".repeat(Case::ALL.len()));
    text.push('\n');
    for code in ErrorCode::ALL {
        let rows = Surface::ALL.map(|surface| Case::ALL.map(|case| answer(*code, case, surface)));
        if rows.iter().all(|row| *row == rows[0]) {
            push_row(&mut text, *code, "all", rows[0]);
        } else {
            for (surface, row) in Surface::ALL.into_iter().zip(rows) {
                push_row(&mut text, *code, &format!("`{}`", surface.path()), row);
            }
        }
    }
    text
}

fn push_row(text: &mut String, code: ErrorCode, surface: &str, row: [Answer; Case::ALL.len()]) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_rows() {
        let table = outcome_table();
        for code in ErrorCode::ALL {
            let rows = table
                .lines()
                .filter(|line| line.starts_with(&format!("| `{code}` |")))
                .count();
            assert!(rows == 1 || rows == Surface::ALL.len(), "{code}: {rows}");
        }
        assert!(table.contains(
            "| `UPSTREAM_TIMEOUT` | `/v1/proxy` | 504 `proxy_upstream_timeout` \
             | 424 `proxy_upstream_error` | 409 `outcome_unknown` |\n"
        ));
    }

    #[test]
    fn the_book_has_the_table_as_it_is() {
        let chapter = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/outcomes.md");
        let chapter = std::fs::read_to_string(chapter).unwrap();
        assert!(
            chapter.ends_with(&format!("\n\n{}", outcome_table())),
            "docs/src/outcomes.md must end with this table:\n\n{}",
            outcome_table()
        );
    }
}
