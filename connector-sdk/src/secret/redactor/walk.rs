//! The walk through a text from one secret to the next.

use std::ops::Range;

use super::Search;
use super::form::{Form, Seen};
use crate::secret::code::{Code, Run};

/// So much of a long secret is enough where a text may have been cut.
const ENOUGH: usize = 32;

/// Finds what forms are in a text. Each step returns what was found at one place.
pub(super) struct Walk<'a> {
    search: &'a Search,
    text: &'a [u8],
    /// How often codes are read.
    nested: usize,
    at: usize,
    /// Where the last plain secret ended.
    end: usize,
    seen: Seen,
    /// The last runs of base64 and of hexadecimal.
    runs: [Option<Run>; 2],
}

impl<'a> Walk<'a> {
    pub(super) fn new(search: &'a Search, text: &'a [u8], nested: usize) -> Self {
        Self {
            search,
            text,
            nested,
            at: 0,
            end: 0,
            seen: Seen::default(),
            runs: [None, None],
        }
    }

    /// Returns how much of a plain form stands at a place, if it is enough.
    fn length(&mut self, number: usize, form: &Form, start: usize) -> Option<usize> {
        let same = self.seen.equal(number, form, self.text, start);
        let is_whole = same == form.bytes().len();
        (is_whole || (same >= ENOUGH && is_cut(&self.text[start + same..]))).then_some(same)
    }

    fn decode(&mut self, code: Code, start: usize) -> Vec<Range<usize>> {
        let Some(nested) = self.nested.checked_sub(1) else {
            return Vec::new();
        };
        let last = &mut self.runs[usize::from(code == Code::Hex)];
        last.take_if(|run| !run.reaches(start));
        let run = last.get_or_insert_with(|| Run::around(code, self.text, start));
        let Some(decoded) = run.read(code, self.text, start) else {
            return Vec::new();
        };
        let found = self.search.ranges(&decoded.bytes, nested);
        found.iter().map(|range| decoded.source(range)).collect()
    }
}

impl Iterator for Walk<'_> {
    type Item = Vec<Range<usize>>;

    fn next(&mut self) -> Option<Self::Item> {
        let search = self.search;
        loop {
            let (at, grams) = search.grams.find(self.text, self.at)?;
            self.at = at + 1;
            let mut found = Vec::new();
            for gram in grams {
                let form = &search.forms[gram.form()];
                let Some(start) = at.checked_sub(gram.offset()) else {
                    continue;
                };
                match form.code() {
                    None if start < self.end => {}
                    None => {
                        if let Some(length) = self.length(gram.form(), form, start) {
                            self.end = start + length;
                            found.push(start..self.end);
                        }
                    }
                    Some(code) if code.begins(&self.text[start..], form.bytes()) => {
                        found.extend(self.decode(code, start));
                    }
                    Some(_) => {}
                }
            }
            if !found.is_empty() {
                return Some(found);
            }
        }
    }
}

/// Returns whether a text may have been cut where this is left of it, as long ones are in messages.
fn is_cut(rest: &[u8]) -> bool {
    const ENDS: [&[u8]; 5] = [b"\"", b"'", b"`", "…".as_bytes(), b"..."];
    rest.is_empty() || ENDS.iter().any(|end| rest.starts_with(end))
}
