//! Lists: arrays in the file, separated by commas elsewhere.

use std::fmt::Display;
use std::marker::PhantomData;

use plugwright_egress::AllowedDestination;
use plugwright_engine::projects::check_return_uri;
use plugwright_sdk::host::{Echo, Effect};
use plugwright_store::{Pattern, Patterns};
use plugwright_surfaces::{Origin, WebSettings};
use serde_json::Value;
use toml::de::DeValue;

use super::{Form, type_of, wrong_type};

pub(in crate::config) trait Item {
    /// The parsed item.
    type Value: Display;
    /// What a list of these accepts.
    const TAKES: &'static str;

    /// Parses an item. Errors continue the setting's name.
    fn parse(text: &str) -> Result<Self::Value, String>;
}

pub(in crate::config) struct List<T: Item, C = Vec<<T as Item>::Value>>(PhantomData<(T, C)>);

pub(in crate::config) type PatternList = List<Pattern, Patterns>;

impl<T, C> Form for List<T, C>
where
    T: Item,
    C: FromIterator<T::Value>,
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

/// The name of a host, with or without a port.
pub(in crate::config) struct HostName;

impl Item for HostName {
    type Value = String;
    const TAKES: &'static str = "a list of host names such as `gateway.example.com`";

    fn parse(text: &str) -> Result<String, String> {
        if !WebSettings::is_host(text) {
            return Err(format!(
                "has an invalid host `{}`: write a name or an address, with or without a port",
                Echo(text)
            ));
        }
        Ok(text.to_owned())
    }
}

/// A URL that browsers may return to.
pub(in crate::config) struct ReturnUri;

impl Item for ReturnUri {
    type Value = String;
    const TAKES: &'static str = "a list of URLs such as `https://app.example.com/done`";

    fn parse(text: &str) -> Result<String, String> {
        let checked = check_return_uri(text);
        checked.map_err(|problem| format!("has an invalid URL `{}`: it {problem}", Echo(text)))?;
        Ok(text.to_owned())
    }
}

macro_rules! parsed {
    ($($type:ty, $takes:literal, $noun:literal;)*) => {$(
        impl Item for $type {
            type Value = Self;
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
    type Value = Self;
    const TAKES: &'static str = "a list of `read`, `write` and `destructive`";

    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| {
            format!("has an unknown effect `{text}`; expected `read`, `write` or `destructive`")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_return_uris_are_what_requests_can_have() {
        for good in ["gateway.example.com", "10.0.0.1:8080", "[::1]"] {
            assert_eq!(HostName::parse(good).as_deref(), Ok(good));
        }
        for bad in ["", "http://x", "a/b", "*", "a b", "me@a"] {
            let problem = HostName::parse(bad).unwrap_err();
            assert!(problem.contains("invalid host"), "{problem}");
        }
        for good in ["https://app.example.com/done", "myapp:"] {
            assert_eq!(ReturnUri::parse(good).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "javascript:alert(1)",
            "https:",
            "app.example.com",
            "/done",
        ] {
            let problem = ReturnUri::parse(bad).unwrap_err();
            assert!(problem.contains("invalid URL"), "{problem}");
        }
    }
}
