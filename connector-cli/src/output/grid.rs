//! Aligned tables.

use std::fmt::Write as _;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

const HEADER: Style = Style::new().bold();
const GAP: usize = 2;
const NARROWEST: usize = 6;

#[derive(Debug)]
pub(crate) struct Grid {
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    pub(crate) fn new<T: Into<String>>(headers: impl IntoIterator<Item = T>) -> Self {
        Self {
            headers: headers.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; cells have one line each.
    pub(crate) fn push<T: Into<String>>(&mut self, row: impl IntoIterator<Item = T>) {
        self.rows.push(row.into_iter().map(Into::into).collect());
    }

    /// Renders the table; with a `width`, long cells are cut so that rows fit if possible.
    pub(crate) fn render(&self, width: Option<usize>) -> String {
        let mut widths: Vec<_> = self.headers.iter().map(|header| header.width()).collect();
        for row in &self.rows {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = cell.width().max(*widest);
            }
        }
        if let Some(width) = width {
            narrow(&mut widths, width);
        }
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{HEADER}{}{HEADER:#}", line(&self.headers, &widths));
        for row in &self.rows {
            text.push_str(&line(row, &widths));
            text.push('\n');
        }
        text
    }
}

/// Shrinks the widest columns to a common width until the row fits.
fn narrow(widths: &mut [usize], width: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    let room = width.saturating_sub(gaps);
    let fits = |cap: usize| widths.iter().map(|width| (*width).min(cap)).sum::<usize>() <= room;
    let widest = widths.iter().copied().max().unwrap_or_default();
    if fits(widest) {
        return;
    }
    let cap = (NARROWEST..widest)
        .rev()
        .find(|cap| fits(*cap))
        .unwrap_or(NARROWEST);
    let mut spare = room.saturating_sub(widths.iter().map(|width| (*width).min(cap)).sum());
    for width in widths.iter_mut().filter(|width| **width > cap) {
        let more = usize::from(spare > 0);
        spare -= more;
        *width = cap + more;
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        let cell = cut(cell, *width);
        let padding = width.saturating_sub(cell.width()) + GAP;
        line.push_str(&cell);
        line.extend(std::iter::repeat_n(' ', padding));
    }
    line.truncate(line.trim_end().len());
    line
}

/// Cuts text to a width and marks the cut with `…`.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        kept.push(letter);
        if kept.width() + 1 > width {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: &[[&str; 3]]) -> Grid {
        let mut grid = Grid::new(["A", "B", "C"]);
        for row in rows {
            grid.push(row.iter().copied());
        }
        grid
    }

    fn plain(grid: &Grid, width: Option<usize>) -> String {
        anstream::adapter::strip_str(&grid.render(width)).to_string()
    }

    #[test]
    fn aligns_by_what_is_seen() {
        assert_eq!(
            plain(&grid(&[["東京", "x", ""], ["é", "yy", "z"]]), None),
            "A     B   C\n東京  x\né     yy  z\n"
        );
    }

    #[test]
    fn cuts_the_widest_columns_to_the_terminal() {
        let long = "abcdefghijklmnopqrstuvwxyz";
        let text = plain(&grid(&[["1", long, long]]), Some(30));
        assert_eq!(
            text,
            "A  B              C\n1  abcdefghijkl…  abcdefghijk…\n"
        );
        assert!(text.lines().all(|line| line.width() <= 30));
        assert!(plain(&grid(&[["1", long, long]]), None).contains(long));
    }

    #[test]
    fn every_column_keeps_a_few_letters() {
        assert!(
            plain(&grid(&[["abcdefgh", "abcdefgh", "abcdefgh"]]), Some(5))
                .contains("abcde…  abcde…  abcde…")
        );
    }

    #[test]
    fn cuts_between_letters() {
        assert_eq!(cut("東京都", 4), "東…");
        assert_eq!(cut("abc", 3), "abc");
    }
}
