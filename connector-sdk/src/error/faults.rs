//! The faults of an input, as many as a caller reads.

use std::fmt::{self, Write as _};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Deref;

use schemars::JsonSchema;
use serde::Serialize;

use super::text::{Bounded, json_length};
use crate::echo::Echo;

/// One thing wrong with the input of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fault {
    /// Where: the parameter's name, then members and indexes (`filter.labels[2]`).
    pub param: String,
    /// What is wrong, and what is allowed.
    pub message: String,
}

/// Collects what is wrong with an input: the first [`MOST`](Self::MOST) faults, and how many more
/// there are.
///
/// However many there are and however long the names in them, what is kept has an upper bound: names
/// and messages are cut, and a fault beyond the bound is counted and never made. A reader that can't
/// say how many follow stops once it [`is_full`](Self::is_full).
///
/// ```
/// use plugwright_sdk::host::Faults;
/// use plugwright_sdk::ActionError;
///
/// let mut faults = Faults::new();
/// for index in 0..900_000 {
///     faults.note(format_args!("labels[{index}]"), "must be a string");
/// }
/// assert_eq!((faults.iter().count(), faults.len()), (32, 900_000));
/// let error = ActionError::invalid(faults);
/// assert!(error.message().starts_with("900000 problems: `labels[0]` must be a string; "));
/// assert!(error.message().ends_with("; and 899988 more"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    kept: Vec<Fault>,
    more: usize,
    is_unfinished: bool,
    size: usize,
    lists: Vec<u64>,
}

impl Faults {
    /// The most faults that are kept.
    pub const MOST: usize = 32;

    /// The longest message of a fault in a JSON document, in bytes.
    const LONGEST_MESSAGE: usize = 1536;

    /// The longest that all faults together are in a JSON document, in bytes.
    const LARGEST: usize = 8 << 10;

    /// The length of a fault in JSON without its two strings.
    const AROUND: usize = r#"{"param":"","message":""},"#.len();

    const LISTED: usize = 12;

    /// Starts without a fault.
    pub const fn new() -> Self {
        Self {
            kept: Vec::new(),
            more: 0,
            is_unfinished: false,
            size: 0,
            lists: Vec::new(),
        }
    }

    /// Adds a fault; `message` continues the parameter's name. Neither is written out if the fault is
    /// not kept.
    pub fn note(&mut self, param: impl fmt::Display, message: impl fmt::Display) {
        if self.is_full() {
            self.more = self.more.saturating_add(1);
            return;
        }
        let mut fault = Fault {
            param: Bounded::display(4 * Echo::LONGEST, param),
            message: Bounded::display(Self::LONGEST_MESSAGE, message),
        };
        fault.param = Echo::cut(fault.param);
        let size = Self::AROUND + json_length(&fault.param) + json_length(&fault.message);
        if self.size + size > Self::LARGEST {
            self.size = Self::LARGEST;
            self.more = self.more.saturating_add(1);
        } else {
            self.size += size;
            self.kept.push(fault);
        }
    }

    /// Adds a fault.
    pub fn push(&mut self, fault: Fault) {
        self.note(fault.param, fault.message);
    }

    /// Keeps the faults for which `keep` holds; those that were only counted stay counted.
    pub fn retain(&mut self, keep: impl FnMut(&Fault) -> bool) {
        self.kept.retain(keep);
    }

    /// Names the parameters anew, as a caller wrote them.
    #[must_use]
    pub fn renamed(self, name: impl Fn(&str) -> String) -> Self {
        self.map(|param, message| (name(param), message.to_owned()))
    }

    /// Replaces messages of faults of the input itself, where there is another.
    pub(super) fn restated(mut self, message: impl Fn(&Fault) -> Option<String>) -> Self {
        for fault in &mut self.kept {
            if !fault.param.contains(['.', '['])
                && let Some(message) = message(fault)
            {
                fault.message = Bounded::text(Self::LONGEST_MESSAGE, message);
            }
        }
        self
    }

    /// Adds all faults of another reader, with those that it only counted.
    pub fn append(&mut self, others: Self) {
        self.extend(others.kept);
        self.count(others.more);
        self.is_unfinished |= others.is_unfinished;
    }

    /// Counts faults without keeping them.
    pub fn count(&mut self, more: usize) {
        self.more = self.more.saturating_add(more);
    }

    /// Notes that a reader stopped since there is no room for what else it would find.
    pub fn stop(&mut self) {
        self.is_unfinished = true;
    }

    /// Returns whether a further fault would only be counted.
    pub fn is_full(&self) -> bool {
        self.kept.len() >= Self::MOST || self.size >= Self::LARGEST
    }

    /// Returns whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && !self.is_unfinished
    }

    /// States how many faults were not kept, if any.
    pub fn rest(&self) -> Option<String> {
        match (self.is_unfinished, self.more) {
            (true, _) => Some("more".to_owned()),
            (false, 0) => None,
            (false, more) => Some(format!("{more} more")),
        }
    }

    /// Returns how many faults were found, with those that were not kept.
    pub fn len(&self) -> usize {
        self.kept.len().saturating_add(self.more)
    }

    /// Returns the names as a message lists them; `None` if these names were listed before.
    ///
    /// ```
    /// let mut faults = plugwright_sdk::host::Faults::new();
    /// assert_eq!(faults.list(["open", "closed"]).as_deref(), Some("open, closed"));
    /// assert_eq!(faults.list(["open", "closed"]), None);
    /// assert_eq!(faults.list(["asc", "desc"]).as_deref(), Some("asc, desc"));
    /// ```
    pub fn list<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
        if self.is_full() {
            return None;
        }
        let list = crate::nearest::list(names);
        let mut hasher = DefaultHasher::new();
        list.hash(&mut hasher);
        let hash = hasher.finish();
        if self.lists.contains(&hash) {
            return None;
        }
        self.lists.push(hash);
        Some(list)
    }

    pub(super) fn sentence(&self, longest: usize) -> String {
        let describe = |fault: &Fault| format!("`{}` {}", fault.param, fault.message);
        let all = self.len();
        match self.kept.as_slice() {
            [] => return "the input is not valid".to_owned(),
            [only] if all == 1 && !self.is_unfinished => return describe(only),
            _ => {}
        }
        let mut sentence = if self.is_unfinished {
            format!("more than {all} problems: ")
        } else {
            format!("{all} problems: ")
        };
        let tail = "; and 18446744073709551615 more".len();
        let mut size = sentence.len() + tail;
        let mut count = 0;
        for fault in self.kept.iter().take(Self::LISTED) {
            let described = describe(fault);
            size += 2 + json_length(&described);
            // The first one is cut, the others are left out.
            if count > 0 && size > longest {
                break;
            }
            if count > 0 {
                sentence.push_str("; ");
            }
            sentence.push_str(&Bounded::text(longest - tail - sentence.len(), described));
            count += 1;
        }
        let rest = all - count;
        if self.is_unfinished {
            sentence.push_str("; and more");
        } else if rest > 0 {
            // Writing to a string cannot fail.
            let _ = write!(sentence, "; and {rest} more");
        }
        sentence
    }

    /// Applies `clean` to every text, and bounds what comes of it.
    pub(super) fn map_text(self, clean: impl Fn(&str) -> String) -> Self {
        self.map(|param, message| (clean(param), clean(message)))
    }

    fn map(self, change: impl Fn(&str, &str) -> (String, String)) -> Self {
        let mut mapped = Self {
            more: self.more,
            is_unfinished: self.is_unfinished,
            lists: self.lists,
            ..Self::new()
        };
        for fault in self.kept {
            let (param, message) = change(&fault.param, &fault.message);
            mapped.note(param, message);
        }
        mapped
    }
}

impl Deref for Faults {
    type Target = [Fault];

    fn deref(&self) -> &[Fault] {
        &self.kept
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        [fault].into_iter().collect()
    }
}

impl From<Vec<Fault>> for Faults {
    fn from(faults: Vec<Fault>) -> Self {
        faults.into_iter().collect()
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        let mut all = Self::new();
        all.extend(faults);
        all
    }
}

impl Extend<Fault> for Faults {
    fn extend<I: IntoIterator<Item = Fault>>(&mut self, faults: I) {
        faults.into_iter().for_each(|fault| self.push(fault));
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.into_iter()
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(count: usize, message: &str) -> Faults {
        let mut faults = Faults::new();
        for index in 0..count {
            faults.note(format_args!("p{index}"), message);
        }
        faults
    }

    #[test]
    fn the_first_ones_are_kept_and_the_rest_is_counted() {
        let found = faults(40, "is bad");
        assert_eq!((found.iter().count(), found.len()), (32, 40));
        assert!(found.is_full() && !faults(31, "is bad").is_full());
        assert_eq!(
            faults(2, "is bad").sentence(2048),
            "2 problems: `p0` is bad; `p1` is bad"
        );
        assert!(found.sentence(2048).ends_with("`p11` is bad; and 28 more"));
    }

    #[test]
    fn a_fault_that_is_not_kept_is_not_written() {
        struct Costly;
        impl fmt::Display for Costly {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                panic!("written");
            }
        }
        let mut found = faults(32, "is bad");
        found.note(Costly, Costly);
        assert_eq!(found.len(), 33);
    }

    #[test]
    fn long_texts_are_cut_while_they_are_written() {
        let mut found = Faults::new();
        found.note("x".repeat(1 << 20), "y".repeat(1 << 20));
        assert_eq!(found[0].param.chars().count(), 100);
        assert!(found[0].message.len() <= Faults::LONGEST_MESSAGE);
        assert!(found[0].message.ends_with('…'));
        let many = faults(32, &"\u{1f431}\"".repeat(2000));
        assert!(
            many.iter().count() < 8 && many.len() == 32,
            "{}",
            many.len()
        );
        assert!(many.is_full());
    }

    #[test]
    fn a_reader_that_stopped_says_so() {
        let mut found = faults(32, "is bad");
        found.stop();
        let sentence = found.sentence(2048);
        assert!(
            sentence.starts_with("more than 32 problems: "),
            "{sentence}"
        );
        assert!(sentence.ends_with("; and more"), "{sentence}");
    }
}
