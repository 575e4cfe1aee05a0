//! Fields of data that is text, without making values of it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Tree;
use crate::data::Data;

/// Writes what a tree keeps of a text; none if that can't be read.
pub(super) fn project(tree: &Tree, text: &RawValue) -> Option<Data> {
    let mut reader = serde_json::Deserializer::from_str(text.get());
    let mut kept = String::new();
    Writer {
        tree,
        kept: &mut kept,
    }
    .deserialize(&mut reader)
    .ok()?;
    RawValue::from_string(kept).ok().map(Data::from)
}

/// Writes what a tree keeps of the value that is read.
struct Writer<'a> {
    tree: &'a Tree,
    kept: &'a mut String,
}

impl<'de> DeserializeSeed<'de> for Writer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        match self.tree {
            Tree::Whole => {
                let whole: &RawValue = serde::Deserialize::deserialize(reader)?;
                self.kept.push_str(whole.get());
                Ok(())
            }
            Tree::Members(_) => reader.deserialize_any(self),
        }
    }
}

impl Writer<'_> {
    fn write(self, value: &impl serde::Serialize) -> Result<(), serde_json::Error> {
        self.kept.push_str(&serde_json::to_string(value)?);
        Ok(())
    }
}

impl<'de> Visitor<'de> for Writer<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.kept.push_str("null");
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.write(&value).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.write(&value).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.write(&value).map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.write(&value).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.write(&text).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self { tree, kept } = self;
        kept.push('[');
        let mut length = kept.len();
        while items.next_element_seed(Writer { tree, kept })?.is_some() {
            length = kept.len();
            kept.push(',');
        }
        kept.truncate(length);
        kept.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { tree, kept } = self;
        let Tree::Members(asked) = tree else {
            return Err(A::Error::custom("the whole is read as it is"));
        };
        let start = kept.len();
        // Where the members are that are asked for, in the order of the text.
        let mut found = vec![None; asked.len()];
        let mut next = 0;
        let mut is_in_order = true;
        while let Some(Name(name)) = members.next_key()? {
            let place = asked.iter().position(|(known, _)| *known == *name);
            let Some(place) = place else {
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            kept.push(if kept.len() == start { '{' } else { ',' });
            let from = kept.len();
            kept.push_str(&serde_json::to_string(&name).map_err(A::Error::custom)?);
            kept.push(':');
            let tree = &asked[place].1;
            members.next_value_seed(Writer { tree, kept })?;
            // The last of members with the same name counts.
            is_in_order &= place >= next && found[place].is_none();
            next = place + 1;
            found[place] = Some(from..kept.len());
        }
        if kept.len() == start {
            kept.push('{');
        }
        if !is_in_order {
            let written = kept.split_off(start);
            for range in found.into_iter().flatten() {
                kept.push(if kept.len() == start { '{' } else { ',' });
                kept.push_str(&written[range.start - start..range.end - start]);
            }
        }
        kept.push('}');
        Ok(())
    }
}

/// The name of a member, which is only copied if it has escapes.
#[derive(serde::Deserialize)]
struct Name<'n>(#[serde(borrow)] Cow<'n, str>);
