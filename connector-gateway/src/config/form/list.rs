//! Lists: arrays in the file, separated by commas elsewhere.

use plugwright_sdk::host::Effect;
use serde_json::{Value, json};
use toml::de::DeValue;

use super::{Form, type_of, wrong_type};
use plugwright_store::{Pattern, Patterns};
use plugwright_surfaces::Origin;

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

fn list<T>(
    takes: &str,
    value: &DeValue<'_>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let DeValue::Array(items) = value else {
        return Err(wrong_type(takes, value));
    };
    items
        .iter()
        .map(|item| match item.get_ref() {
            DeValue::String(text) => read(text),
            other => Err(format!("must be {takes}, but contains {}", type_of(other))),
        })
        .collect()
}

/// A list of strings.
pub(in crate::config) struct Texts;

impl Texts {
    fn item(text: &str) -> Result<String, String> {
        if text.is_empty() || text.contains(|letter: char| letter.is_whitespace() || letter == ',')
        {
            return Err(format!(
                "has an invalid item `{text}`: items can't be empty or contain spaces or commas"
            ));
        }
        Ok(text.to_owned())
    }
}

impl Form for Texts {
    type Value = Vec<String>;
    const TAKES: &'static str = "a list of strings";

    fn from_text(text: &str) -> Result<Vec<String>, String> {
        items(text).map(Self::item).collect()
    }

    fn from_file(value: &DeValue<'_>) -> Result<Vec<String>, String> {
        list(Self::TAKES, value, Self::item)
    }

    fn show(value: &Vec<String>) -> Value {
        json!(value)
    }
}

/// A list of patterns.
pub(in crate::config) struct PatternList;

fn pattern(text: &str) -> Result<Pattern, String> {
    text.parse::<Pattern>()
        .map_err(|error| format!("has an invalid pattern: {error}"))
}

impl Form for PatternList {
    type Value = Patterns;
    const TAKES: &'static str = "a list of patterns such as `github.*`";

    fn from_text(text: &str) -> Result<Patterns, String> {
        items(text).map(pattern).collect()
    }

    fn from_file(value: &DeValue<'_>) -> Result<Patterns, String> {
        list(Self::TAKES, value, pattern).map(Patterns::from_iter)
    }

    fn show(value: &Patterns) -> Value {
        json!(value)
    }
}

/// A list of origins.
pub(in crate::config) struct Origins;

fn origin(text: &str) -> Result<Origin, String> {
    text.parse::<Origin>()
        .map_err(|error| format!("has an invalid origin: {error}"))
}

impl Form for Origins {
    type Value = Vec<Origin>;
    const TAKES: &'static str = "a list of origins such as `https://app.example.com`";

    fn from_text(text: &str) -> Result<Vec<Origin>, String> {
        items(text).map(origin).collect()
    }

    fn from_file(value: &DeValue<'_>) -> Result<Vec<Origin>, String> {
        list(Self::TAKES, value, origin)
    }

    fn show(value: &Vec<Origin>) -> Value {
        json!(value)
    }
}

/// A list of effects.
pub(in crate::config) struct Effects;

impl Effects {
    fn item(text: &str) -> Result<Effect, String> {
        [Effect::Read, Effect::Write, Effect::Destructive]
            .into_iter()
            .find(|effect| effect.as_str() == text)
            .ok_or_else(|| {
                format!("has an unknown effect `{text}`; expected `read`, `write` or `destructive`")
            })
    }
}

impl Form for Effects {
    type Value = Vec<Effect>;
    const TAKES: &'static str = "a list of `read`, `write` and `destructive`";

    fn from_text(text: &str) -> Result<Vec<Effect>, String> {
        items(text).map(Self::item).collect()
    }

    fn from_file(value: &DeValue<'_>) -> Result<Vec<Effect>, String> {
        list(Self::TAKES, value, Self::item)
    }

    fn show(value: &Vec<Effect>) -> Value {
        json!(value)
    }
}
