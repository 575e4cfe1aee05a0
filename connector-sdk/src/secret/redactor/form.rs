//! How much of a form stands at a place of a text, in time that grows with the text alone.

use std::collections::HashMap;
use std::iter;
use std::ops::Range;
use std::sync::OnceLock;

use secrecy::{ExposeSecret, SecretSlice};

use crate::secret::code::Code;

/// One way in which a secret is written down, in lower case; or a piece of what a code has of it.
pub(super) struct Form {
    bytes: SecretSlice<u8>,
    code: Option<Code>,
    /// How much of the form's beginning stands at each place of it. Few texts need it.
    repeats: OnceLock<Vec<usize>>,
}

impl Form {
    pub(super) fn new(bytes: Vec<u8>, code: Option<Code>) -> Self {
        Self {
            bytes: bytes.into(),
            code,
            repeats: OnceLock::new(),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.expose_secret()
    }

    pub(super) fn code(&self) -> Option<Code> {
        self.code
    }

    pub(super) fn key(&self) -> (&[u8], Option<Code>) {
        (self.bytes(), self.code)
    }

    fn repeats(&self) -> &[usize] {
        self.repeats.get_or_init(|| {
            let bytes = self.bytes();
            let mut repeats = vec![bytes.len()];
            let mut last = 0..0;
            for start in 1..bytes.len() {
                repeats.push(equal(bytes, bytes, start, &mut last, &repeats));
            }
            repeats
        })
    }
}

/// What comparisons found out of a text. With it no byte is compared anew at each place where a form
/// may begin, of which a text of one letter has as many as it has bytes.
#[derive(Default)]
pub(super) struct Seen(HashMap<usize, Range<usize>>);

impl Seen {
    /// Returns how many bytes at a place of a text are those that a form begins with. Places are asked
    /// for in order.
    pub(super) fn equal(&mut self, number: usize, form: &Form, text: &[u8], start: usize) -> usize {
        let last = self.0.entry(number).or_insert(0..0);
        let repeats = if start < last.end {
            form.repeats()
        } else {
            &[]
        };
        equal(form.bytes(), text, start, last, repeats)
    }
}

/// Returns how many bytes of `text` at `start` are in either case those of the beginning of `form`. `last` is where
/// the comparison that came farthest found equal ones, and `repeats` how many there are at each place
/// within the form (the Z-algorithm).
fn equal(
    form: &[u8],
    text: &[u8],
    start: usize,
    last: &mut Range<usize>,
    repeats: &[usize],
) -> usize {
    let known = last.end.saturating_sub(start);
    let repeated = match repeats.get(start - last.start) {
        Some(repeated) if known > 0 => *repeated,
        _ => 0,
    };
    if repeated < known {
        return repeated;
    }
    let rest = iter::zip(&form[known..], &text[start + known..]);
    let same = known
        + rest
            .take_while(|(one, other)| **one == other.to_ascii_lowercase())
            .count();
    *last = start..start + same;
    same
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_length_of_what_is_equal(
            form in "[ab]{1,8}|a{1,8}",
            text in "[ab]{0,60}|a{0,60}",
            places in proptest::collection::vec(any::<bool>(), 60),
        ) {
            let form = Form::new(form.into_bytes(), None);
            let mut seen = Seen::default();
            let asked = (0..text.len()).filter(|place| places[*place]);
            for start in asked {
                let rest = &text.as_bytes()[start..];
                let same = iter::zip(form.bytes(), rest).take_while(|(a, b)| a == b).count();
                prop_assert_eq!(seen.equal(7, &form, text.as_bytes(), start), same, "{}", start);
            }
        }
    }
}
