//! Where output goes, and the forms that it takes.

mod cell;
pub(crate) mod grid;
pub(crate) mod json;
pub(crate) mod minimal;
pub(crate) mod table;

use std::io::{self, IsTerminal as _, Write as _};

pub(crate) use cell::escape;

/// Writes data; styles are left out where nobody sees them.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Tells the person at the terminal something that is not data.
pub(crate) fn note(text: &str) {
    // Data matters more than a note that nobody can read.
    let _ = writeln!(anstream::stderr(), "{}", escape(text));
}

/// Returns how wide standard output is, if it is a terminal.
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
