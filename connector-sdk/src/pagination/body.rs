//! The body of a page, of which only what is asked for is read.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use serde_json::value::RawValue;

use super::invalid;
use crate::error::ActionError;
use crate::http::{self, UpstreamResponse};
use crate::reading::json;

/// The JSON of a page, as it came.
#[derive(Debug)]
pub struct PageBody<'a> {
    whole: &'a str,
    /// The members of the whole, if it is an object; without their text if it was read already.
    members: Vec<(Cow<'a, str>, Option<&'a RawValue>)>,
}

impl<'a> PageBody<'a> {
    pub(super) fn empty() -> Self {
        let members = Vec::new();
        Self {
            whole: "[]",
            members,
        }
    }

    /// Reads a page together with the items at a pointer. Most pages are read in one go. Null is an empty
    /// list, and so is an object without the items, if they may be left out.
    pub(super) fn with_items<T: DeserializeOwned>(
        whole: &'a str,
        pointer: &str,
        may_be_omitted: bool,
    ) -> Result<(Self, Vec<T>), Problem> {
        if let Some(page) = Self::at_once(whole, pointer) {
            return Ok(page);
        }
        let body = Self::read(whole).map_err(Problem::Json)?;
        let items = match body.text_at(pointer) {
            Some(list) if list.starts_with('[') => {
                serde_json::from_str(list).map_err(Problem::Item)?
            }
            Some("null") if !body.has_error() => Vec::new(),
            None if may_be_omitted && body.whole.starts_with('{') && !body.has_error() => {
                Vec::new()
            }
            _ => return Err(Problem::NoList(pointer.to_owned())),
        };
        Ok((body, items))
    }

    /// Reads a page that is a list, or an object that has the list as a member.
    fn at_once<T: DeserializeOwned>(whole: &'a str, pointer: &str) -> Option<(Self, Vec<T>)> {
        if pointer.is_empty() {
            let items = serde_json::from_str(whole).ok()?;
            let members = Vec::new();
            return Some((Self { whole, members }, items));
        }
        let name = pointer
            .strip_prefix('/')
            .filter(|name| !name.contains('/'))?;
        let name = unescape(name);
        let mut reader = serde_json::Deserializer::from_str(whole);
        let read = WithItems {
            name: &name,
            items: PhantomData,
        };
        let (members, items) = reader.deserialize_map(read).ok()?;
        reader.end().ok()?;
        Some((Self { whole, members }, items?))
    }

    pub(crate) fn read(whole: &'a str) -> Result<Self, serde_json::Error> {
        let whole: &RawValue = serde_json::from_str(whole)?;
        let whole = whole.get();
        let members = serde_json::from_str::<Members<'_>>(whole).map_or_else(
            // It is no object.
            |_| Vec::new(),
            |members| {
                let members = members.0.into_iter();
                members.map(|(name, text)| (name, Some(text))).collect()
            },
        );
        Ok(Self { whole, members })
    }

    /// Returns the value at a JSON pointer (RFC 6901), if there is one.
    pub fn at(&self, pointer: &str) -> Option<Value> {
        json::read_part(self.text_at(pointer)?).ok()
    }

    /// Returns the count at a JSON pointer, which may be written as a float or as a text.
    pub fn count_at(&self, pointer: &str) -> Option<u64> {
        match self.at(pointer)? {
            Value::Number(number) => json::number_text(&number).parse().ok(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Returns whether it is an object with a member that is not null.
    pub(crate) fn has_value(&self) -> bool {
        let mut texts = self.members.iter().filter_map(|(_, text)| *text);
        texts.any(|text| text.get() != "null")
    }

    /// Returns whether it says that something went wrong: such an answer is no empty list.
    fn has_error(&self) -> bool {
        ["/error", "/errors"].iter().any(|pointer| {
            let stated = self.text_at(pointer).unwrap_or_default();
            !matches!(stated, "" | "null" | "false" | "0" | "\"\"" | "[]" | "{}")
        })
    }

    pub(crate) fn text_at(&self, pointer: &str) -> Option<&'a str> {
        if pointer.is_empty() {
            return Some(self.whole);
        }
        let mut segments = pointer.strip_prefix('/')?.split('/').map(unescape);
        let first = segments.next()?;
        // As in a `Value`, the last of several members of one name counts.
        let member = self.members.iter().rev().find(|(name, _)| *name == first);
        let start = match member {
            Some((_, Some(value))) => value.get(),
            Some((_, None)) => step(self.whole, &first)?,
            None => element(self.whole, &first)?,
        };
        segments.try_fold(start, |text, segment| step(text, &segment))
    }
}

pub(super) enum Problem {
    Json(serde_json::Error),
    NoList(String),
    Item(serde_json::Error),
}

impl Problem {
    pub(super) fn is_duplicate(&self) -> bool {
        matches!(self, Self::Item(error) if error.to_string().starts_with("duplicate field"))
    }

    pub(super) fn into_error(self, response: &UpstreamResponse) -> ActionError {
        match self {
            Self::Json(error) => http::unreadable(response, &error),
            Self::NoList(pointer) => {
                let place = if pointer.is_empty() {
                    "as its body".to_owned()
                } else {
                    format!("at `{pointer}`")
                };
                invalid(format!("the provider's response has no list {place}"))
            }
            Self::Item(error) => {
                let message = "an item of the provider's list has an unexpected shape";
                invalid(message.to_owned()).with_detail(error.to_string())
            }
        }
    }
}

fn step<'a>(text: &'a str, segment: &str) -> Option<&'a str> {
    match serde_json::from_str::<Members<'_>>(text) {
        Ok(members) => {
            let mut members = members.0.into_iter().rev();
            Some(members.find(|(name, _)| *name == segment)?.1.get())
        }
        Err(_) => element(text, segment),
    }
}

fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') {
        Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(segment)
    }
}

fn element<'a>(list: &'a str, index: &str) -> Option<&'a str> {
    struct Element(usize);

    impl<'de> Visitor<'de> for Element {
        type Value = Option<&'de RawValue>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            for _ in 0..self.0 {
                if list.next_element::<IgnoredAny>()?.is_none() {
                    return Ok(None);
                }
            }
            let found = list.next_element()?;
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok(found)
        }
    }

    // RFC 6901, section 4: an index has no leading zeros and no sign.
    let is_index = index == "0" || index.starts_with(|digit: char| matches!(digit, '1'..='9'));
    let index = index.parse().ok().filter(|_| is_index)?;
    let mut reader = serde_json::Deserializer::from_str(list);
    let found = reader.deserialize_seq(Element(index)).ok()?;
    found.map(RawValue::get)
}

struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(name) = map.next_key::<Name<'de>>()? {
                    members.push((name.0, map.next_value()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(All)
    }
}

/// Reads the members of an object: the one that is the list of items as such, the others unread.
struct WithItems<'n, T> {
    name: &'n str,
    items: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for WithItems<'_, T> {
    type Value = (Vec<(Cow<'de, str>, Option<&'de RawValue>)>, Option<Vec<T>>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        let mut items = None;
        while let Some(Name(name)) = map.next_key()? {
            if name == self.name {
                items = Some(map.next_value()?);
                members.push((name, None));
            } else {
                members.push((name, Some(map.next_value()?)));
            }
        }
        Ok((members, items))
    }
}

/// A name, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn at(body: &str, pointer: &str) -> Option<Value> {
        PageBody::read(body).unwrap().at(pointer)
    }

    #[test]
    fn the_last_of_two_members_counts_and_names_may_be_escaped() {
        assert_eq!(at(r#"{"a":1,"a":2}"#, "/a"), Some(json!(2)));
        assert_eq!(
            at(r#"{"a":[{"b/c":{"~":3}}]}"#, "/a/0/b~1c/~0"),
            Some(json!(3))
        );
        assert_eq!(at(r#"{"\u0061":1}"#, "/a"), Some(json!(1)));
        assert_eq!(at("[1,[2]]", "/1/0"), Some(json!(2)));
        assert_eq!(at("[1]", "/1"), None);
        assert_eq!(at("{}", "a"), None);
    }

    fn document() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-c/~\"]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec(("[a-c/~]{0,2}", inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn finds_what_a_value_finds(document in document(), pointer in "(/([a-c]|~0|~1|[0-2]){0,2}){0,4}|[a-c]{0,2}") {
            let found = at(&document.to_string(), &pointer);
            prop_assert_eq!(found.as_ref(), document.pointer(&pointer));
        }

        #[test]
        fn reads_items_at_once_as_it_does_in_steps(document in document(), pointer in "(/[a-c]){0,2}", asked in "(/([a-c]|[0-1])){0,2}") {
            let text = document.to_string();
            let found = document.pointer(&pointer);
            let none = Vec::new();
            let list = found.and_then(|found| found.as_array().or(found.is_null().then_some(&none)));
            match PageBody::with_items::<Value>(&text, &pointer, false) {
                Ok((body, items)) => {
                    prop_assert_eq!(Some(&items), list);
                    let found = body.at(&asked);
                    prop_assert_eq!(found.as_ref(), document.pointer(&asked));
                }
                Err(_) => prop_assert!(list.is_none()),
            }
        }
    }
}
