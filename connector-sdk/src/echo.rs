//! Texts of others in our own messages, cut to what a person reads.

use std::fmt::{self, Write as _};

/// Shows a text of a caller, a page or a provider in a message: at most
/// [`LONGEST`](Self::LONGEST) characters, on one line.
///
/// Whatever a message repeats goes through this, so that no answer and no log line grows with what
/// was sent. Control characters are shown as `U+FFFD`: nothing that a terminal would obey.
///
/// ```
/// use plugwright_sdk::host::Echo;
///
/// assert_eq!(format!("`{}` is unknown", Echo("githb")), "`githb` is unknown");
/// assert_eq!(Echo("a\nb\u{1b}[31m").to_string(), "a\u{fffd}b\u{fffd}[31m");
/// assert_eq!(Echo(&"x".repeat(1_000_000)).to_string(), format!("{}…", "x".repeat(99)));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Echo<'a>(pub &'a str);

impl Echo<'_> {
    /// The most characters that are shown, with the `…` that stands for the rest.
    pub const LONGEST: usize = 100;

    /// Returns a text as it is shown; a short one is returned as it is.
    ///
    /// ```
    /// use plugwright_sdk::host::Echo;
    ///
    /// assert_eq!(Echo::cut("github".to_owned()), "github");
    /// assert_eq!(Echo::cut("x".repeat(1_000_000)).chars().count(), Echo::LONGEST);
    /// ```
    #[must_use]
    pub fn cut(text: String) -> String {
        if text.len() <= Self::LONGEST && !text.contains(char::is_control) {
            return text;
        }
        Echo(&text).to_string()
    }
}

impl fmt::Display for Echo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = self.0.chars();
        for letter in letters.by_ref().take(Self::LONGEST - 1) {
            f.write_char(if letter.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                letter
            })?;
        }
        match (letters.next(), letters.next()) {
            (None, _) => Ok(()),
            (Some(last), None) if !last.is_control() => f.write_char(last),
            _ => f.write_char('…'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_as_many_characters_as_fit() {
        for (length, shown) in [(99, 99), (100, 100), (101, 100), (5000, 100)] {
            let text = Echo(&"é".repeat(length)).to_string();
            assert_eq!(text.chars().count(), shown, "{length}");
            assert_eq!(text.ends_with('…'), length > 100, "{length}");
        }
    }
}
