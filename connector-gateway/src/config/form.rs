//! Types of values: how each is parsed from text and from the file, and displayed.

mod list;

use std::fmt::Write as _;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use plugwright_sdk::Secret;
use plugwright_store::DatabaseUrl;
use plugwright_store::vault::{KEY_VARIABLE, KeySource};
use serde_json::{Value, json};
use toml::de::DeValue;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use url::Url;

use super::{LogFormat, OutputCheck, size};
pub(super) use list::{HostName, List, PatternList, ReturnUri};

/// A type of values. Errors continue the setting's name.
pub(super) trait Form {
    type Value;
    /// What is accepted, for tables and help.
    const TAKES: &'static str;
    const IS_SECRET: bool = false;
    const IS_SWITCH: bool = false;

    /// Parses a flag or variable.
    fn from_text(text: &str) -> Result<Self::Value, String>;

    /// Parses a value in the file, a string unless there is a TOML type for it.
    fn from_file(value: &DeValue<'_>) -> Result<Self::Value, String> {
        match value.as_str() {
            Some(text) => Self::from_text(text),
            None => Err(wrong_type(&format!("{} in quotes", Self::TAKES), value)),
        }
    }

    fn show(value: &Self::Value) -> Value;
}

fn wrong_type(expected: &str, value: &DeValue<'_>) -> String {
    format!("must be {expected}, not {}", type_of(value))
}

pub(super) fn type_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

fn integer(value: &DeValue<'_>) -> Option<u64> {
    let integer = value.as_integer()?;
    u64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// `true` or `false`.
pub(super) struct Switch;

impl Form for Switch {
    type Value = bool;
    const TAKES: &'static str = "`true` or `false`";
    const IS_SWITCH: bool = true;

    fn from_text(text: &str) -> Result<bool, String> {
        text.parse()
            .map_err(|_| format!("must be {}, not `{text}`", Self::TAKES))
    }

    fn from_file(value: &DeValue<'_>) -> Result<bool, String> {
        value
            .as_bool()
            .ok_or_else(|| wrong_type(Self::TAKES, value))
    }

    fn show(value: &bool) -> Value {
        json!(value)
    }
}

/// A whole number from `LEAST` to `MOST`.
pub(super) struct Count<const LEAST: u64, const MOST: u64, T = usize>(PhantomData<T>);

impl<const LEAST: u64, const MOST: u64, T: TryFrom<u64>> Count<LEAST, MOST, T> {
    fn check(number: Option<u64>, said: &str) -> Result<T, String> {
        number
            .filter(|number| (LEAST..=MOST).contains(number))
            .and_then(|number| number.try_into().ok())
            .ok_or_else(|| format!("must be a number from {LEAST} to {MOST}, not {said}"))
    }
}

impl<const LEAST: u64, const MOST: u64, T> Form for Count<LEAST, MOST, T>
where
    T: TryFrom<u64> + Into<Value> + Copy,
{
    type Value = T;
    const TAKES: &'static str = "a number";

    fn from_text(text: &str) -> Result<T, String> {
        Self::check(text.parse().ok(), &format!("`{text}`"))
    }

    fn from_file(value: &DeValue<'_>) -> Result<T, String> {
        match value.as_integer() {
            Some(number) => Self::check(integer(value), number.as_str()),
            None => Self::check(None, type_of(value)),
        }
    }

    fn show(value: &T) -> Value {
        (*value).into()
    }
}

/// A size such as `10MiB`.
pub(super) struct Size;

/// Larger buffers are certainly a mistake.
const LARGEST: usize = 1024 * size::MIB;

impl Size {
    fn check(size: Option<usize>, said: &str) -> Result<usize, String> {
        size.filter(|size| (1..=LARGEST).contains(size))
            .ok_or_else(|| format!("must be a size such as `10MiB`, from 1B to 1GiB, not {said}"))
    }
}

impl Form for Size {
    type Value = usize;
    const TAKES: &'static str = "a size such as `10MiB`";

    fn from_text(text: &str) -> Result<usize, String> {
        Self::check(size::parse(text), &format!("`{text}`"))
    }

    fn from_file(value: &DeValue<'_>) -> Result<usize, String> {
        match value {
            DeValue::String(text) => Self::from_text(text),
            DeValue::Integer(number) => Self::check(
                integer(value).and_then(|number| usize::try_from(number).ok()),
                number.as_str(),
            ),
            other => Self::check(None, type_of(other)),
        }
    }

    fn show(value: &usize) -> Value {
        json!(size::format(*value))
    }
}

/// A duration such as `30s`; `LEAST` is the shortest in milliseconds.
pub(super) struct Span<const LEAST: u64>;

/// Longer durations overflow deadlines.
const LONGEST: Duration = Duration::from_hours(10 * 365 * 24);

impl<const LEAST: u64> Form for Span<LEAST> {
    type Value = Duration;
    const TAKES: &'static str = "a duration such as `30s`, `5m` or `24h`";

    fn from_text(text: &str) -> Result<Duration, String> {
        let least = Duration::from_millis(LEAST);
        // Only `0` needs no unit.
        humantime::parse_duration(text)
            .ok()
            .filter(|span| (least..=LONGEST).contains(span))
            .ok_or_else(|| {
                let from = duration(least);
                format!(
                    "must be {}, from {from} to 10 years, not `{text}`",
                    Self::TAKES
                )
            })
    }

    fn show(value: &Duration) -> Value {
        json!(duration(*value))
    }
}

pub(super) fn duration(value: Duration) -> String {
    const UNITS: [(&str, u128); 5] = [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
        ("ms", 1),
    ];
    let mut rest = value.as_millis();
    if rest == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, millis) in UNITS {
        if rest >= millis {
            // Writing to a string can't fail.
            let _ = write!(text, "{}{unit}", rest / millis);
            rest %= millis;
        }
    }
    text
}

pub(super) struct Address;

impl Form for Address {
    type Value = SocketAddr;
    const TAKES: &'static str = "an IP address and port such as `127.0.0.1:3000`";

    fn from_text(text: &str) -> Result<SocketAddr, String> {
        text.parse()
            .map_err(|_| format!("must be {}, not `{text}`", Self::TAKES))
    }

    fn show(value: &SocketAddr) -> Value {
        json!(value.to_string())
    }
}

/// The URL of a PostgreSQL database, displayed without its password.
impl Form for DatabaseUrl {
    type Value = Self;
    const TAKES: &'static str = "a URL such as `postgres://gateway@db.example.com/plugwright`";

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse()
    }

    fn show(value: &Self) -> Value {
        json!(value.to_string())
    }
}

pub(super) struct Path;

impl Form for Path {
    type Value = PathBuf;
    const TAKES: &'static str = "a path";

    fn from_text(text: &str) -> Result<PathBuf, String> {
        if text.is_empty() || text.contains('\0') {
            return Err("must not be empty".to_owned());
        }
        Ok(text.into())
    }

    fn show(value: &PathBuf) -> Value {
        json!(value.display().to_string())
    }
}

/// An optional value.
pub(super) struct Maybe<F>(F);

impl<F: Form> Form for Maybe<F> {
    type Value = Option<F::Value>;
    const TAKES: &'static str = F::TAKES;

    fn from_text(text: &str) -> Result<Self::Value, String> {
        F::from_text(text).map(Some)
    }

    fn from_file(value: &DeValue<'_>) -> Result<Self::Value, String> {
        F::from_file(value).map(Some)
    }

    fn show(value: &Self::Value) -> Value {
        value.as_ref().map_or(Value::Null, F::show)
    }
}

pub(super) struct HttpUrl;

impl Form for HttpUrl {
    type Value = Url;
    const TAKES: &'static str = "a URL such as `https://example.com`";

    fn from_text(text: &str) -> Result<Url, String> {
        let plain = |url: &Url| {
            matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none()
        };
        // The text may contain a password, so the message doesn't repeat it.
        Url::parse(text).ok().filter(plain).ok_or_else(|| {
            format!(
                "must be {}, with `http` or `https` and without a user name",
                Self::TAKES
            )
        })
    }

    fn show(value: &Url) -> Value {
        json!(value.as_str())
    }
}

/// The URL that others are made of, by appending to its path.
pub(super) struct PublicUrl;

impl Form for PublicUrl {
    type Value = Url;
    const TAKES: &'static str = HttpUrl::TAKES;

    fn from_text(text: &str) -> Result<Url, String> {
        let url = HttpUrl::from_text(text)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(format!(
                "must be {}, without a query and a fragment",
                Self::TAKES
            ));
        }
        Ok(url)
    }

    fn show(value: &Url) -> Value {
        HttpUrl::show(value)
    }
}

pub(super) const UNSET_SECRET: &str = "[not set]";

/// A secret, never displayed, even if it is invalid.
pub(super) struct Hidden<const LEAST: usize>;

impl<const LEAST: usize> Form for Hidden<LEAST> {
    type Value = Option<Secret>;
    const TAKES: &'static str = "a secret";
    const IS_SECRET: bool = true;

    fn from_text(text: &str) -> Result<Option<Secret>, String> {
        if text.len() < LEAST || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!(
                "must have at least {LEAST} printable ASCII characters and no spaces"
            ));
        }
        Ok(Some(Secret::new(text)))
    }

    fn show(value: &Option<Secret>) -> Value {
        json!(if value.is_some() {
            "[set]"
        } else {
            UNSET_SECRET
        })
    }
}

pub(super) struct VaultKeys;

impl Form for VaultKeys {
    type Value = Option<Secret>;
    const TAKES: &'static str = Hidden::<1>::TAKES;
    const IS_SECRET: bool = true;

    fn from_text(text: &str) -> Result<Option<Secret>, String> {
        let secret = Hidden::<1>::from_text(text)?;
        KeySource::check(text).map_err(|error| {
            let message = error.to_string();
            let problem = message.strip_prefix(KEY_VARIABLE);
            problem.unwrap_or(&message).trim_start().to_owned()
        })?;
        Ok(secret)
    }

    fn show(value: &Option<Secret>) -> Value {
        Hidden::<1>::show(value)
    }
}

pub(super) struct Filter;

impl Form for Filter {
    type Value = String;
    const TAKES: &'static str = "a filter such as `info,plugwright=debug`";

    fn from_text(text: &str) -> Result<String, String> {
        // The parser slices by bytes and panics within a character after leading white space.
        if !text.is_ascii() {
            return Err(format!("must be {}, in ASCII", Self::TAKES));
        }
        if let Some(word) = not_a_level(text) {
            return Err(format!(
                "must be {}: `{word}` is not a level; allowed: off, error, warn, info, debug, trace, and a level for a target such as `sqlx=debug`",
                Self::TAKES
            ));
        }
        EnvFilter::builder()
            .parse(text)
            .map(|_| text.to_owned())
            .map_err(|error| format!("must be {}: {error}", Self::TAKES))
    }

    fn show(value: &String) -> Value {
        json!(value)
    }
}

/// Returns a misspelt level: the parser takes any word for a target, which silences all others.
fn not_a_level(filter: &str) -> Option<&str> {
    // Within brackets, commas separate the fields of a span.
    let words = filter.split(',').filter(|_| !filter.contains('['));
    let is_target = |word: &str| word.contains("::") || word.starts_with("plugwright");
    words.map(str::trim).find(|&word| {
        let alone = !word.is_empty() && !word.contains('=');
        alone && !is_target(word) && word.parse::<LevelFilter>().is_err()
    })
}

macro_rules! spelled {
    ($($type:ty, $takes:literal;)*) => {$(
        impl Form for $type {
            type Value = Self;
            const TAKES: &'static str = $takes;

            fn from_text(text: &str) -> Result<Self, String> {
                text.parse()
                    .map_err(|_| format!("must be {}, not `{text}`", Self::TAKES))
            }

            fn show(value: &Self) -> Value {
                json!(value.as_str())
            }
        }
    )*};
}

spelled! {
    OutputCheck, "`off`, `warn` or `enforce`";
    LogFormat, "`text` or `json`";
}
