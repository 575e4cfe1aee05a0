//! The search for secrets in what leaves the process.

mod form;
mod grams;
mod walk;

use std::borrow::Cow;
use std::fmt;
use std::iter;
use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;
use secrecy::{ExposeSecret, SecretSlice};
use serde_json::Value;

use self::form::Form;
use self::grams::Grams;
use self::walk::Walk;
use super::escape::{locate, unescape};
use super::forms::{self, LAYERS};
use super::names::renamed;
use super::{REDACTED, Secret};
use crate::data::Data;
use crate::error::ActionError;
use crate::result::ActionResult;

/// Finds known secrets in text, in every form in which they usually travel: plain, in upper and lower
/// case, in hexadecimal, inside base64, and each of these in any mixture of percent-encoding, HTML's
/// escapes and those with a backslash, up to four times over. What is not ASCII is also found composed,
/// decomposed, and read in another charset, quotes also doubled, `+` as the space that forms read, and a
/// UUID without its dashes.
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
/// So often base64 or hexadecimal is read within what was read from it.
const NESTED: usize = 2;

struct Search {
    grams: Grams,
    forms: Vec<Form>,
    whole: Vec<SecretSlice<u8>>,
}

impl Redactor {
    /// Makes a redactor for these secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut forms = Vec::new();
        let mut whole = Vec::new();
        for secret in secrets {
            let text = secret.expose();
            if text.len() >= SHORTEST {
                let plain = forms::of(text).into_iter();
                let plain = plain.filter(|form| form.len() >= SHORTEST);
                forms.extend(plain.map(|form| Form::new(form, None)));
                let coded = forms::coded(text).into_iter();
                forms.extend(coded.map(|(form, code)| Form::new(form, Some(code))));
            } else if text.len() >= SHORTEST_WHOLE {
                whole.push(SecretSlice::from(text.as_bytes().to_vec()));
            }
        }
        if forms.is_empty() && whole.is_empty() {
            return Self(None);
        }
        forms.sort_by(|one, other| one.key().cmp(&other.key()));
        forms.dedup_by(|one, other| one.key() == other.key());
        Self(Some(Arc::new(Search {
            grams: Grams::new(&forms),
            forms,
            whole,
        })))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns whether `text` has any of the secrets in it, in any form.
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

    fn redacted(&self, text: &str) -> Option<String> {
        let search = self.0.as_ref()?;
        let ranges = search.ranges(text.as_bytes(), NESTED);
        if ranges.is_empty() {
            return None;
        }
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

    /// Redacts what an action returned; a total with a secret in it is left out. The cursor stays: it
    /// may lead on by a URL with the key in it, and whoever hands it out seals it or uses
    /// [`redact`](Self::redact).
    pub fn redact_result(&self, result: &mut ActionResult) {
        result.data = self.redact_data(std::mem::take(&mut result.data));
        result.raw = result.raw.take().map(|raw| self.redact_data(raw));
        let is_secret = |count: &u64| self.finds_in(&count.to_string());
        result.meta.total_count = result.meta.total_count.filter(|count| !is_secret(count));
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

/// Returns whether `is_found` is true of a text, or of what it reads as once its escapes are read.
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

/// Puts ranges in order, and makes one of those that overlap.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, range| {
        let overlaps = next.start < range.end;
        if overlaps {
            range.end = range.end.max(next.end);
        }
        overlaps
    });
    ranges
}

impl Search {
    fn has_any(&self, text: &[u8]) -> bool {
        Walk::new(self, text, NESTED).next().is_some()
    }

    /// Finds all secrets of a text and of what it reads as, in order. `nested` says how often codes are
    /// read.
    fn ranges(&self, text: &[u8], nested: usize) -> Vec<Range<usize>> {
        let mut texts: Vec<Cow<'_, [u8]>> = vec![text.into()];
        let mut ranges = Vec::new();
        for depth in 0..=LAYERS {
            let layer = &texts[depth];
            if self.is_whole(layer) {
                return iter::once(0..text.len()).collect();
            }
            let mut found = self.all(layer, nested);
            for above in texts[..depth].iter().rev() {
                found = locate(above, &found);
            }
            ranges.append(&mut found);
            match unescape(layer).filter(|_| depth < LAYERS) {
                Some(next) => texts.push(next.into()),
                None => break,
            }
        }
        joined(ranges)
    }

    fn all(&self, text: &[u8], nested: usize) -> Vec<Range<usize>> {
        joined(Walk::new(self, text, nested).flatten().collect())
    }

    fn is_whole(&self, text: &[u8]) -> bool {
        self.whole.iter().any(|short| short.expose_secret() == text)
    }

    /// Returns whether JSON may have a short secret as a whole string, number or name.
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
