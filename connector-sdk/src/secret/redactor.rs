//! The search for secrets in what leaves the process.

mod form;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use memchr::memmem;
use secrecy::{ExposeSecret, SecretSlice};
use serde_json::Value;

use self::form::{Form, Seen};
use super::escape::{locate, unescape};
use super::forms::{self, LAYERS};
use super::names::renamed;
use super::{REDACTED, Secret};
use crate::data::Data;
use crate::error::ActionError;
use crate::result::ActionResult;

/// Finds known secrets in text, in every form in which they usually travel: plain, in hexadecimal,
/// inside base64 at each of the three offsets, and each of these in any mixture of
/// percent-encoding, JSON's and HTML's escapes, up to four times over.
///
/// Secrets of three to five bytes are found only where they are a whole text, JSON string or
/// number, as they would match ordinary words; shorter ones are not looked for. Clones share what
/// is searched with.
///
/// ```
/// use plugwright_sdk::host::Redactor;
/// use plugwright_sdk::Secret;
///
/// let redactor = Redactor::new([&Secret::new("hunter2")]);
/// assert_eq!(redactor.redact("the password is hunter2"), "the password is [redacted]");
/// assert!(redactor.finds_in("68756e74657232"));
/// assert!(redactor.finds_in(r"%68unt\u0065r2"));
/// ```
#[derive(Clone, Default)]
pub struct Redactor(Option<Arc<Search>>);

/// Shorter secrets are found as whole values only.
const SHORTEST: usize = 6;
/// Shorter ones are not looked for at all: they are fillers, such as the `x` for a password.
const SHORTEST_WHOLE: usize = 3;
/// As much of each form is searched for; the rest is compared where that was found. It keeps the
/// search small for long tokens.
const ANCHOR: usize = 32;

struct Search {
    /// Finds the beginnings of forms; none if all secrets are short.
    anchors: Option<AhoCorasick>,
    /// The forms that begin with each anchor.
    sharing: Vec<Range<usize>>,
    /// In order.
    forms: Vec<Form>,
    whole: Vec<SecretSlice<u8>>,
}

impl Redactor {
    /// Makes a redactor for these secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut found = Vec::new();
        let mut whole = Vec::new();
        for secret in secrets {
            let text = secret.expose();
            if text.len() >= SHORTEST {
                found.extend(forms::of(text));
            } else if text.len() >= SHORTEST_WHOLE {
                whole.push(SecretSlice::from(text.as_bytes().to_vec()));
            }
        }
        found.retain(|form| form.len() >= SHORTEST);
        found.sort_unstable();
        found.dedup();
        if found.is_empty() && whole.is_empty() {
            return Self(None);
        }
        let mut beginnings: Vec<&[u8]> = found
            .iter()
            .map(|form| &form[..form.len().min(ANCHOR)])
            .collect();
        beginnings.dedup();
        let sharing = beginnings.iter().map(|beginning| {
            let start = found.partition_point(|form| form.as_slice() < *beginning);
            let rest = &found[start..];
            start..start + rest.partition_point(|form| form.starts_with(beginning))
        });
        let sharing = sharing.collect();
        let anchors = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&beginnings)
            .ok()
            .filter(|_| !beginnings.is_empty());
        Self(Some(Arc::new(Search {
            anchors,
            sharing,
            forms: found.into_iter().map(Form::new).collect(),
            whole,
        })))
    }

    /// Tells whether it looks for nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Tells whether `text` has any of the secrets in it, in any form.
    pub fn finds_in(&self, text: &str) -> bool {
        let Some(search) = &self.0 else { return false };
        layers(text.as_bytes(), |layer| {
            search.has_any(layer) || search.is_whole(layer)
        })
    }

    /// Returns `text` with each secret replaced by [`REDACTED`].
    pub fn redact(&self, text: &str) -> String {
        self.redacted(text).unwrap_or_else(|| text.to_owned())
    }

    /// Returns `text` without secrets, if it has any.
    fn redacted(&self, text: &str) -> Option<String> {
        let search = self.0.as_ref()?;
        let mut texts: Vec<Cow<'_, [u8]>> = vec![text.as_bytes().into()];
        let mut ranges = Vec::new();
        for depth in 0..=LAYERS {
            let layer = &texts[depth];
            if search.is_whole(layer) {
                return Some(REDACTED.to_owned());
            }
            let mut found = search.all(layer);
            for above in texts[..depth].iter().rev() {
                found = locate(above, &found);
            }
            ranges.append(&mut found);
            match unescape(layer).filter(|_| depth < LAYERS) {
                Some(next) => texts.push(next.into()),
                None => break,
            }
        }
        if ranges.is_empty() {
            return None;
        }
        ranges.sort_unstable_by_key(|range| (range.start, range.end));
        let mut out = String::with_capacity(text.len());
        let mut kept = 0;
        for range in ranges {
            let start = text.floor_char_boundary(range.start);
            let end = text.ceil_char_boundary(range.end);
            if start >= kept {
                out.push_str(&text[kept..start]);
                out.push_str(REDACTED);
            }
            kept = kept.max(end);
        }
        out.push_str(&text[kept..]);
        Some(out)
    }

    /// Redacts every string, every number and every member name of a JSON value. A number with a
    /// secret in it becomes a string.
    pub fn redact_json(&self, value: &mut Value) {
        if self.0.is_none() {
            return;
        }
        match value {
            Value::String(text) => {
                if let Some(clean) = self.redacted(text) {
                    *text = clean;
                }
            }
            Value::Number(number) => {
                if self.finds_in(&number.to_string()) {
                    *value = REDACTED.into();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_json(item)),
            Value::Object(members) => {
                if members.keys().any(|name| self.finds_in(name)) {
                    *members = renamed(std::mem::take(members), |name| self.redact(name));
                }
                members
                    .values_mut()
                    .for_each(|member| self.redact_json(member));
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Redacts a JSON document. One without secrets is searched once, as text, and stays as it is.
    #[must_use]
    pub fn redact_data(&self, data: Data) -> Data {
        let Some(search) = &self.0 else { return data };
        let data = data.into_text();
        let suspicious = layers(data.to_json().as_bytes(), |layer| {
            search.has_any(layer) || search.may_have_whole(layer)
        });
        if !suspicious {
            return data;
        }
        let mut value = data.into_value();
        self.redact_json(&mut value);
        Data::from(value).into_text()
    }

    /// Redacts what an action returned. The cursor stays: it may lead on by a URL with the key in
    /// it, and whoever hands it out seals it or uses [`redact`](Self::redact).
    pub fn redact_result(&self, result: &mut ActionResult) {
        result.data = self.redact_data(std::mem::take(&mut result.data));
        if let Some(raw) = &mut result.raw {
            self.redact_json(raw);
        }
        for missing in &mut result.meta.missing {
            missing.message = self.redact(&missing.message);
        }
    }

    /// Redacts an error, and drops its source if that has a secret in it.
    #[must_use]
    pub fn redact_error(&self, error: ActionError) -> ActionError {
        if self.0.is_none() {
            return error;
        }
        error.map_text(|text| self.redact(text))
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let forms = self.0.as_ref().map_or(0, |search| search.forms.len());
        write!(f, "Redactor({forms} forms)")
    }
}

/// Tells whether a text may have been cut where this is left of it, as long ones are in messages.
fn is_cut(rest: &[u8]) -> bool {
    const ENDS: [&[u8]; 5] = [b"\"", b"'", b"`", "…".as_bytes(), b"..."];
    rest.is_empty() || ENDS.iter().any(|end| rest.starts_with(end))
}

/// Tells whether `is_found` is true of a text, or of what it reads as once its escapes are read.
fn layers(text: &[u8], is_found: impl Fn(&[u8]) -> bool) -> bool {
    let mut layer = Cow::Borrowed(text);
    for _ in 0..LAYERS {
        if is_found(&layer) {
            return true;
        }
        match unescape(&layer) {
            Some(next) => layer = next.into(),
            None => return false,
        }
    }
    is_found(&layer)
}

impl Search {
    fn has_any(&self, text: &[u8]) -> bool {
        self.next(text, 0, &mut Seen::default()).is_some()
    }

    /// Finds the first form at or after a place. `seen` is what was found out of the same text before.
    fn next(&self, text: &[u8], mut from: usize, seen: &mut Seen) -> Option<Range<usize>> {
        let anchors = self.anchors.as_ref()?;
        loop {
            let found = anchors.find(Input::new(text).range(from..))?;
            let start = found.start();
            let sharing = self.sharing[found.pattern()].clone();
            let lengths = sharing.filter_map(|place| {
                let form = &self.forms[place];
                let same = seen.equal(place, form, text, start);
                let is_whole = same == form.bytes().len();
                (is_whole || (same >= ANCHOR && is_cut(&text[start + same..]))).then_some(same)
            });
            match lengths.max() {
                Some(length) => return Some(start..start + length),
                None => from = start + 1,
            }
        }
    }

    fn all(&self, text: &[u8]) -> Vec<Range<usize>> {
        let (mut found, mut seen) = (Vec::new(), Seen::default());
        let mut from = 0;
        while let Some(range) = self.next(text, from, &mut seen) {
            from = range.end;
            found.push(range);
        }
        found
    }

    fn is_whole(&self, text: &[u8]) -> bool {
        self.whole.iter().any(|short| short.expose_secret() == text)
    }

    /// Tells whether JSON may have a short secret as a whole string, number or name.
    fn may_have_whole(&self, json: &[u8]) -> bool {
        self.whole.iter().any(|short| {
            let short = short.expose_secret();
            memmem::find_iter(json, short).any(|start| {
                let is_edge =
                    |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
                is_edge(json[..start].last()) && is_edge(json.get(start + short.len()))
            })
        })
    }
}

#[cfg(test)]
mod tests;
