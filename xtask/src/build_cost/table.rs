//! Rows of Markdown tables.

use anyhow::{Result, bail};

/// Puts cells at the end of the row that begins with `label`, in the table whose header begins with
/// `table`. A row that is not there is added, with nothing in its other cells.
pub(super) fn put(section: &str, table: &str, label: &str, cells: &[String]) -> Result<String> {
    let mut lines: Vec<String> = section.lines().map(str::to_owned).collect();
    let Some(header) = lines.iter().position(|line| begins_with(line, table)) else {
        bail!("no table whose header begins with `{table}`");
    };
    let columns = read(&lines[header]).len();
    let Some(kept) = columns.checked_sub(cells.len()).filter(|kept| *kept > 0) else {
        bail!("the table `{table}` has {columns} columns only");
    };
    let rows = lines[header..]
        .iter()
        .take_while(|line| line.starts_with('|'))
        .count();
    let end = header + rows;
    let found = (header..end).find(|index| begins_with(&lines[*index], label));
    let mut row = found.map_or_else(
        || vec![label.to_owned()],
        |index| read(&lines[index]).into_iter().map(str::to_owned).collect(),
    );
    row.resize(kept, String::new());
    row.extend_from_slice(cells);
    let row = format!("| {} |", row.join(" | "));
    match found {
        Some(index) => lines[index] = row,
        None => lines.insert(end, row),
    }
    Ok(lines.join("\n"))
}

fn begins_with(line: &str, cell: &str) -> bool {
    line.starts_with('|') && read(line).first() == Some(&cell)
}

fn read(line: &str) -> Vec<&str> {
    line.trim_matches('|').split('|').map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTION: &str = "Text.\n\n| What | Before | Now |\n| --- | --- | --- |\n\
                           | one | 2 s | |\n| two | 4 s | 3 s |\n\nMore.";

    #[test]
    fn replaces_the_last_cells_of_a_row() {
        let put = put(SECTION, "What", "one", &["1 s".to_owned()]).unwrap();
        assert_eq!(
            put,
            SECTION.replace("| one | 2 s | |", "| one | 2 s | 1 s |")
        );
    }

    #[test]
    fn adds_a_row_that_is_not_there() {
        let put = put(SECTION, "What", "three", &["1 s".to_owned()]).unwrap();
        let with = "| two | 4 s | 3 s |\n| three |  | 1 s |\n";
        assert_eq!(put, SECTION.replace("| two | 4 s | 3 s |\n", with));
    }

    #[test]
    fn a_table_that_is_not_there_is_an_error() {
        let error = put(SECTION, "Crate", "one", &[]).unwrap_err().to_string();
        assert_eq!(error, "no table whose header begins with `Crate`");
    }
}
