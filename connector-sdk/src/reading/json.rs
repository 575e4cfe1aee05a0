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

mod mend;

use serde::de::DeserializeOwned;
use serde_json::{Error, Value};

use super::charset;

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
/// Why the repaired text can't be read.
pub fn read<T: DeserializeOwned>(bytes: &[u8], content_type: Option<&[u8]>) -> Result<T, Error> {
    let mut first = None;
    if !charset::is_foreign(content_type) {
        match serde_json::from_slice(bytes) {
            Ok(value) => return Ok(value),
            Err(error) => first = Some(error),
        }
    }
    read_mended(bytes, content_type, first)
}

/// Reads a part of a text that was read.
pub(crate) fn read_part<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).or_else(|error| read_mended(text.as_bytes(), None, Some(error)))
}

fn read_mended<T: DeserializeOwned>(
    bytes: &[u8],
    content_type: Option<&[u8]>,
    first: Option<Error>,
) -> Result<T, Error> {
    let attempt = |text: &str| serde_json::from_str(text);
    mended(bytes, content_type, first, attempt, |error| {
        error.is_data() && error.to_string().starts_with("duplicate field")
    })
}

/// Makes an attempt with a body as it is, and, until one is good, with what it is once mended.
pub(crate) fn in_turn<T, E>(
    bytes: &[u8],
    content_type: Option<&[u8]>,
    mut attempt: impl FnMut(&str) -> Result<T, E>,
    is_duplicate: impl Fn(&E) -> bool,
) -> Result<T, E> {
    let mut first = None;
    if !charset::is_foreign(content_type)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        match attempt(text) {
            Ok(value) => return Ok(value),
            Err(error) => first = Some(error),
        }
    }
    mended(bytes, content_type, first, attempt, is_duplicate)
}

/// Makes attempts with a body that is mended more and more; `first` is how it failed as it is. The
/// error is that of the last attempt.
fn mended<T, E>(
    bytes: &[u8],
    content_type: Option<&[u8]>,
    first: Option<E>,
    mut attempt: impl FnMut(&str) -> Result<T, E>,
    is_duplicate: impl Fn(&E) -> bool,
) -> Result<T, E> {
    let text = charset::text(bytes, content_type);
    let mut text = mend::strings(&text);
    let mut error = match first {
        Some(error) if text.as_bytes() == bytes => error,
        _ => match attempt(&text) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        },
    };
    if let Some(whole) = mend::numbers(&text) {
        text = whole;
        match attempt(&text) {
            Ok(value) => return Ok(value),
            Err(other) => error = other,
        }
    }
    // Of several members of one name a value keeps the last.
    if is_duplicate(&error)
        && let Ok(value) = serde_json::from_str::<Value>(&text)
    {
        return attempt(&value.to_string());
    }
    Err(error)
}

/// Returns a number as text, an integer without point and exponent.
pub(crate) fn number_text(number: &serde_json::Number) -> String {
    let text = number.to_string();
    mend::whole(&text).unwrap_or(text)
}

#[cfg(test)]
#[path = "tests/json.rs"]
mod tests;
