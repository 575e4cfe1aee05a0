//! Members of JSON.

use std::fmt;

use http::Method;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::method_override::{Counts, Override, find_in_batched, judge, judge_data};

/// On how many levels of members, those of lists aside, frameworks look for names that mean the method.
/// Below, only a method's name as the value counts, as in the requests of a batch.
const LEVELS: usize = 2;

/// Deeper JSON is not read, that in texts included.
const DEPTH: usize = 128;

/// How often texts are read as JSON within JSON.
const TEXTS: usize = 2;

/// Looks through a text that is JSON.
pub(super) fn find_in_text(
    text: &[u8],
    counts: Counts<'_>,
) -> serde_json::Result<Option<Override>> {
    let mut found = None;
    Look::new(counts, &mut found).read(text)?;
    Ok(found)
}

/// Looks through members while they are read, so that one of two with the same name is not missed.
pub(super) fn find<'de, D: Deserializer<'de>>(
    json: D,
    counts: Counts<'_>,
) -> Result<Option<Override>, D::Error> {
    let mut found = None;
    Look::new(counts, &mut found).deserialize(json)?;
    Ok(found)
}

/// Looks through a value of a query, form or part that may be JSON.
pub(in crate::method_override) fn find_in_value(
    text: &str,
    counts: Counts<'_>,
) -> Option<Override> {
    let mut found = None;
    Look::new(counts, &mut found).look_in(text);
    found
}

/// Returns where JSON begins in a text, if it may be that.
pub(super) fn start(text: &str) -> Option<&str> {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    start.starts_with(['{', '[']).then_some(start)
}

/// Judges a name with its value.
type Judge = fn(&str, Option<&str>, Counts<'_>) -> Option<Override>;

/// Looks through what stands in quotes like a member: some read what is not quite JSON.
pub(super) fn find_in_quotes(text: &str, judge: Judge, counts: Counts<'_>) -> Option<Override> {
    let mut pieces = text.split(['"', '\'']);
    while let Some(name) = pieces.next() {
        let mut ahead = pieces.clone();
        let rest = ahead.next().map(str::trim_start);
        let Some(rest) = rest.and_then(|rest| rest.strip_prefix(':')) else {
            continue;
        };
        // Quotes within quotes have backslashes.
        let is_blank = |letter: char| letter.is_whitespace() || letter == '\\';
        let value = ahead.next().filter(|_| rest.chars().all(is_blank));
        let value = value.map(|value| value.trim_end_matches('\\'));
        let plain = serde_json::from_str::<String>(&format!("\"{name}\""));
        let found = judge(plain.as_deref().unwrap_or(name), value, counts);
        if found.is_some() {
            return found;
        }
    }
    None
}

struct Look<'a> {
    levels: usize,
    depth: usize,
    texts: usize,
    counts: Counts<'a>,
    found: &'a mut Option<Override>,
}

impl<'a> Look<'a> {
    fn new(counts: Counts<'a>, found: &'a mut Option<Override>) -> Self {
        Self {
            levels: LEVELS,
            depth: DEPTH,
            texts: TEXTS,
            counts,
            found,
        }
    }

    fn read(self, text: &[u8]) -> serde_json::Result<()> {
        let mut json = serde_json::Deserializer::from_slice(text);
        self.deserialize(&mut json)?;
        json.end()
    }

    /// Looks through a text that may be JSON.
    fn look_in(self, text: &str) {
        let (Some(start), Some(texts)) = (start(text), self.texts.checked_sub(1)) else {
            return;
        };
        let within = Look {
            levels: 0,
            depth: self.depth,
            texts,
            counts: self.counts,
            found: &mut *self.found,
        };
        if within.read(start.as_bytes()).is_err() && self.found.is_none() {
            *self.found = find_in_quotes(start, judge_data, self.counts);
        }
    }

    /// Returns the look at what is below, with so many levels of members.
    fn below<E: Error>(&mut self, levels: usize) -> Result<Look<'_>, E> {
        let depth = self.depth.checked_sub(1);
        Ok(Look {
            levels,
            depth: depth.ok_or_else(|| E::custom("too deep"))?,
            texts: self.texts,
            counts: self.counts,
            found: &mut *self.found,
        })
    }
}

/// What a value may mean for the members beside it.
#[derive(Default)]
struct Seen {
    /// A text that may name a method.
    text: Option<String>,
    /// What asks for another method if it is the URL or form of a request in a batch.
    asking: Option<Override>,
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = Seen;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = Seen;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Seen::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Seen::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Seen::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Seen::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Seen::default())
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        let text = text.trim();
        let longest = Method::OPTIONS.as_str().len();
        let seen = Seen {
            text: (text.len() <= longest).then(|| text.to_owned()),
            asking: find_in_batched(text, self.counts),
        };
        if self.found.is_none() {
            self.look_in(text);
        }
        Ok(seen)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Self::Value, A::Error> {
        let levels = self.levels;
        while items.next_element_seed(self.below(levels)?)?.is_some() {}
        Ok(Seen::default())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Self::Value, A::Error> {
        let levels = self.levels.saturating_sub(1);
        let judge: Judge = if self.levels > 0 { judge } else { judge_data };
        let (mut is_request, mut asking) = (false, None);
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(self.below(levels)?)?;
            let text = value.text.as_deref();
            if self.found.is_none() {
                *self.found = judge(&name, text, self.counts);
            }
            is_request |= judge_data(&name, text, &|_| true).is_some();
            asking = asking.or(value.asking);
        }
        if self.found.is_none() && is_request {
            *self.found = asking;
        }
        Ok(Seen::default())
    }
}
