//! Texts with an upper bound on what they are in a JSON document.

use std::fmt::{self, Write as _};

/// Returns the length of a text in a JSON document, in bytes and without the quotes.
pub(crate) fn json_length(text: &str) -> usize {
    text.bytes()
        .map(|byte| escaped(char::from(byte)))
        .sum::<usize>()
}

/// A character below `U+0080`, or a byte of another one.
fn escaped(letter: char) -> usize {
    match letter {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        _ => 1,
    }
}

/// Writes at most so much of a text, and then a `…`.
pub(crate) struct Bounded {
    text: String,
    left: usize,
    is_cut: bool,
}

const MARK: &str = "…";

impl Bounded {
    /// Writes something out, as far as it fits `longest` bytes of JSON.
    pub(crate) fn display(longest: usize, text: impl fmt::Display) -> String {
        let mut bounded = Self {
            text: String::new(),
            left: longest.saturating_sub(MARK.len()),
            is_cut: false,
        };
        // Writing ends with an error where the text is cut.
        let _ = write!(bounded, "{text}");
        if bounded.is_cut {
            bounded.text.push_str(MARK);
        }
        bounded.text
    }

    /// Returns the text, cut to `longest` bytes of JSON.
    pub(crate) fn text(longest: usize, text: String) -> String {
        // Whatever stands in it, a short text fits.
        if text.len().saturating_mul(6) <= longest {
            return text;
        }
        let size = text.len() <= longest && json_length(&text) <= longest;
        if size {
            text
        } else {
            Self::display(longest, text)
        }
    }
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.is_cut {
            return Err(fmt::Error);
        }
        for (at, letter) in text.char_indices() {
            let size = match letter {
                '\0'..='\u{7f}' => escaped(letter),
                _ => letter.len_utf8(),
            };
            if size > self.left {
                self.is_cut = true;
                self.text.push_str(&text[..at]);
                return Err(fmt::Error);
            }
            self.left -= size;
        }
        self.text.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_fits_its_bound_and_is_whole_where_it_can_be(text in "\\PC*|[\"\\\\\0-\u{1f}a]{0,60}", longest in 8..100_usize) {
            let written = |text: &str| serde_json::to_string(text).unwrap().len() - 2;
            prop_assert_eq!(json_length(&text), written(&text));
            let cut = Bounded::text(longest, text.clone());
            prop_assert!(written(&cut) <= longest, "{}", cut);
            if written(&text) <= longest {
                prop_assert_eq!(cut, text);
            } else {
                let kept = cut.strip_suffix('…').unwrap();
                prop_assert!(text.starts_with(kept));
            }
        }
    }
}
