//! Lists: arrays in the file, separated by commas elsewhere.

use std::fmt::Display;
use std::marker::PhantomData;

use plugwright_egress::AllowedDestination;
use plugwright_sdk::host::Effect;
use plugwright_store::{Pattern, Patterns};
use plugwright_surfaces::Origin;
use serde_json::Value;
use toml::de::DeValue;

use super::{Form, type_of, wrong_type};

/// An item of a list.
pub(in crate::config) trait Item: Display + Sized {
    /// What a list of these accepts.
    const TAKES: &'static str;

    /// Parses an item. Errors continue the setting's name.
    fn parse(text: &str) -> Result<Self, String>;
}

/// A list.
pub(in crate::config) struct List<T, C = Vec<T>>(PhantomData<(T, C)>);

/// A list of patterns.
pub(in crate::config) type PatternList = List<Pattern, Patterns>;

impl<T, C> Form for List<T, C>
where
    T: Item,
    C: FromIterator<T>,
    for<'c> &'c C: IntoIterator<Item: Display>,
{
    type Value = C;
    const TAKES: &'static str = T::TAKES;

    fn from_text(text: &str) -> Result<C, String> {
        text.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(T::parse)
            .collect()
    }

    fn from_file(value: &DeValue<'_>) -> Result<C, String> {
        let DeValue::Array(items) = value else {
            return Err(wrong_type(Self::TAKES, value));
        };
        items
            .iter()
            .map(|item| match item.get_ref() {
                DeValue::String(text) => T::parse(text),
                other => Err(format!(
                    "must be {}, but contains {}",
                    Self::TAKES,
                    type_of(other)
                )),
            })
            .collect()
    }

    fn show(value: &C) -> Value {
        value.into_iter().map(|item| item.to_string()).collect()
    }
}

impl Item for String {
    const TAKES: &'static str = "a list of strings";

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.contains(|letter: char| letter.is_whitespace() || letter == ',')
        {
            return Err(format!(
                "has an invalid item `{text}`: items can't be empty or contain spaces or commas"
            ));
        }
        Ok(text.to_owned())
    }
}

macro_rules! parsed {
    ($($type:ty, $takes:literal, $noun:literal;)*) => {$(
        impl Item for $type {
            const TAKES: &'static str = $takes;

            fn parse(text: &str) -> Result<Self, String> {
                let item = text.parse::<Self>();
                item.map_err(|error| format!(concat!("has an invalid ", $noun, ": {}"), error))
            }
        }
    )*};
}

parsed! {
    Pattern, "a list of patterns such as `github.*`", "pattern";
    Origin, "a list of origins such as `https://app.example.com`", "origin";
    AllowedDestination, "a list of hosts and networks such as `10.0.0.0/8`", "destination";
}

impl Item for Effect {
    const TAKES: &'static str = "a list of `read`, `write` and `destructive`";

    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| {
            format!("has an unknown effect `{text}`; expected `read`, `write` or `destructive`")
        })
    }
}
