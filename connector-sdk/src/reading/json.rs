//! JSON as providers write it.
//!
//! Valid JSON is read by the standard, at no extra cost. Only where that fails, the
//! text is mended and read again:
//!
//! | What comes | What it is read as |
//! | --- | --- |
//! | a byte order mark; UTF-16, UTF-32 or the charset of the `Content-Type` | the text |
//! | bytes that are not UTF-8, and lone surrogates (`\ud800`) | U+FFFD |
//! | control characters in strings, such as a line's end; `\'` and `\x41` | the characters |
//! | `)]}'`, `while(1);`, `for(;;);` before, zero bytes after | nothing |
//! | `NaN`, `Infinity`, `-Infinity` | `null`, as JavaScript writes them |
//! | `1.0`, `1e3`, `-0` where an integer is wanted | the integer, if it is exactly one |
//! | two members of one name | the last |
//!
//! A number with a fraction is no integer, and a text is no number.

pub(crate) mod crowd;
mod mend;

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Error as _};
use serde_json::value::RawValue;
use serde_json::{Error, Value};

use super::charset;
use crate::data::Data;

/// Reads a body that has this `content_type`.
///
/// ```
/// use plugwright_sdk::reading::json;
/// use plugwright_sdk::serde_json::Error;
///
/// let counts: Vec<u8> = json::read(b"\xef\xbb\xbf[1.0, 2e1]", None)?;
/// assert_eq!(counts, [1, 20]);
/// assert!(json::read::<Vec<u8>>(b"[1.5]", None).is_err());
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
///
/// Why the repaired text can't be read. More than 1,000,000 values are refused.
pub fn read<T: DeserializeOwned>(bytes: &[u8], content_type: Option<&[u8]>) -> Result<T, Error> {
    if crowd::is_crowded(bytes) {
        let most = crowd::MOST_VALUES;
        return Err(Error::custom(format_args!("more than {most} values")));
    }
    // Always from text, not from bytes: code that reads a type is large, and there is one copy of it.
    in_turn(
        bytes,
        content_type,
        |text| serde_json::from_str(text),
        |error: &Error| error.is_data() && error.to_string().starts_with("duplicate field"),
    )
}

/// Reads a body as [`read`] does, but numbers that a [`Value`] has no room for stay as they are written.
///
/// # Errors
///
/// As [`read`]; `UPSTREAM_INVALID` if such a body is nested too deep.
pub(crate) fn read_data(
    bytes: &[u8],
    content_type: Option<&[u8]>,
) -> Result<crate::error::Result<Data>, Error> {
    let value: Value = read(bytes, content_type)?;
    if !has_long_number(bytes, std::slice::from_ref(&value)) {
        return Ok(Ok(value.into()));
    }
    let written = |text: &str| {
        serde_json::from_str::<Value>(text)?;
        serde_json::from_str::<&RawValue>(text).map(|raw| Data::of(&raw))
    };
    in_turn(bytes, content_type, written, |_| false)
}

pub(crate) fn has_long_number(json: &[u8], values: &[Value]) -> bool {
    /// Fewer digits fit into a float, with its point.
    const LONG: usize = 17;

    fn has_float(value: &Value) -> bool {
        match value {
            Value::Number(number) => number.is_f64(),
            Value::Array(items) => items.iter().any(has_float),
            Value::Object(members) => members.values().any(has_float),
            _ => false,
        }
    }

    // Only bytes where so many digits may end are looked at.
    let mut end = LONG;
    while let Some(window) = json.get(end.wrapping_sub(LONG)..end) {
        let digits = window.iter().rev();
        let digits = digits.take_while(|byte| byte.is_ascii_digit() || **byte == b'.');
        let digits = digits.count();
        if digits == LONG {
            return values.iter().any(has_float);
        }
        end += LONG - digits;
    }
    false
}

pub(crate) fn read_part<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    read(text.as_bytes(), None)
}

/// Makes an attempt with a body as it is, and, until one is good, with what it is once it is mended
/// more and more. The error is that of the last attempt.
pub(crate) fn in_turn<T, E>(
    bytes: &[u8],
    content_type: Option<&[u8]>,
    mut attempt: impl FnMut(&str) -> Result<T, E>,
    is_duplicate: impl Fn(&E) -> bool,
) -> Result<T, E> {
    let mut body = Body::new(bytes, content_type);
    let mut result = attempt(&body.text);
    while let Err(error) = &result
        && body.mend(is_duplicate(error))
    {
        result = attempt(&body.text);
    }
    result
}

struct Body<'a> {
    bytes: &'a [u8],
    content_type: Option<&'a [u8]>,
    text: Cow<'a, str>,
    /// What has not been mended yet, in the order of mending.
    next: Option<Mending>,
}

enum Mending {
    Strings,
    Numbers,
    /// Of several members of one name a value keeps the last.
    Members,
}

impl<'a> Body<'a> {
    fn new(bytes: &'a [u8], content_type: Option<&'a [u8]>) -> Self {
        let mut body = Self {
            bytes,
            content_type,
            text: Cow::Borrowed(""),
            next: Some(Mending::Strings),
        };
        match std::str::from_utf8(bytes) {
            Ok(text) if !charset::is_foreign(content_type) => body.text = Cow::Borrowed(text),
            _ => body.mend_strings(),
        }
        body
    }

    fn mend_strings(&mut self) {
        let text = charset::text(self.bytes, self.content_type);
        self.text = Cow::Owned(mend::strings(&text));
        self.next = Some(Mending::Numbers);
    }

    /// Mends what there is to mend next; returns whether the text is another one now.
    fn mend(&mut self, is_duplicate: bool) -> bool {
        while let Some(mending) = self.next.take() {
            let mended = match mending {
                Mending::Strings => {
                    self.mend_strings();
                    if self.text.as_bytes() != self.bytes {
                        return true;
                    }
                    continue;
                }
                Mending::Numbers => {
                    self.next = Some(Mending::Members);
                    mend::numbers(&self.text)
                }
                Mending::Members if is_duplicate => {
                    let value = serde_json::from_str::<Value>(&self.text);
                    value.ok().map(|value| value.to_string())
                }
                Mending::Members => None,
            };
            if let Some(mended) = mended {
                self.text = Cow::Owned(mended);
                return true;
            }
        }
        false
    }
}

/// Returns a number as text, an integer without point and exponent.
pub(crate) fn number_text(number: &serde_json::Number) -> String {
    let text = number.to_string();
    mend::whole(&text).unwrap_or(text)
}

#[cfg(test)]
#[path = "tests/json.rs"]
mod tests;
