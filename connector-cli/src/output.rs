//! Output and its formats.

mod cell;
pub(crate) mod grid;
pub(crate) mod json;
pub(crate) mod minimal;
pub(crate) mod progress;
pub(crate) mod table;

use std::io::{self, IsTerminal as _, Write as _};

pub(crate) use cell::escape;

/// Prints data, without styles where they are not supported.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints a note to standard error.
pub(crate) fn note(text: &str) {
    // A lost note must not fail the command.
    let _ = writeln!(anstream::stderr(), "{}", escape(text));
}

/// Returns the width of standard output if it is a terminal.
pub(crate) fn width() -> Option<usize> {
    let out = io::stdout();
    if !out.is_terminal() {
        return None;
    }
    let size = terminal_size::terminal_size_of(&out);
    Some(size.map_or(80, |(width, _)| usize::from(width.0)))
}

/// Returns `1 item`, `2 items`.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}
