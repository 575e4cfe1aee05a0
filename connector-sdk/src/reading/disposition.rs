//! Names of files from `Content-Disposition` (RFC 6266, RFC 8187, and what is sent besides).

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use percent_encoding::percent_decode;

use super::charset;
use super::is_unseen;
use super::parameter::{Parameter, Parameters, Written};
use crate::secret::Redactor;

/// The longest name of a file that file systems take, in bytes.
const LONGEST: usize = 255;
/// What follows the last dot is an extension up to this length.
const LONGEST_EXTENSION: usize = 32;
/// Names of devices on Windows, which no file can have.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// Reads the name of a file out of the value of a `Content-Disposition`.
///
/// `filename*` comes before its parts as in RFC 2231, and these before `filename`, which may be
/// UTF-8, Latin-1, percent-encoded or encoded words of RFC 2047. The name has no folder, no control
/// character and no more than 255 bytes.
///
/// ```
/// use plugwright_sdk::reading::disposition;
///
/// let name = disposition::file_name(b"attachment; filename=\"EUR.txt\"; filename*=UTF-8''%e2%82%ac.txt");
/// assert_eq!(name.as_deref(), Some("€.txt"));
/// assert_eq!(disposition::file_name(b"inline"), None);
/// ```
pub fn file_name(value: &[u8]) -> Option<String> {
    clean_file_name(value, &Redactor::default())
}

/// Reads the name of a file as [`file_name`] does, without secrets.
pub(crate) fn clean_file_name(value: &[u8], redactor: &Redactor) -> Option<String> {
    names(value).find_map(|name| tidy(&name, redactor))
}

/// Returns a value of `Content-Disposition` without secrets. One with a secret in any name has no other
/// parameters then.
///
/// ```
/// use plugwright_sdk::host::Redactor;
/// use plugwright_sdk::reading::disposition;
/// use plugwright_sdk::Secret;
///
/// let redactor = Redactor::new([&Secret::new("hunter2")]);
/// let clean = |value: &[u8]| disposition::without_secrets(value, &redactor);
/// assert_eq!(clean(b"inline; filename==?utf-8?q?hunter=32?="), "attachment; filename=\"[redacted]\"");
/// assert_eq!(clean(b"inline; filename=a.txt"), "inline; filename=a.txt");
/// ```
pub fn without_secrets(value: &[u8], redactor: &Redactor) -> String {
    let has_secret = |name: String| redactor.finds_in(&seen(&name));
    if !names(value).any(has_secret) {
        return redactor.redact(&charset::header(value));
    }
    match clean_file_name(value, redactor) {
        Some(name) => format!("attachment; filename={}", serde_json::Value::from(name)),
        None => "attachment".to_owned(),
    }
}

/// Returns all names that a value has, the best first.
fn names(value: &[u8]) -> impl Iterator<Item = String> {
    let (mut extended, mut plain) = (Vec::new(), Vec::new());
    let mut parts = Vec::new();
    for parameter in Parameters::new(value) {
        let name = parameter.name.to_ascii_lowercase();
        if name == b"filename*" {
            extended.push(parameter.value);
        } else if name == b"filename" {
            plain.push(parameter.value);
        } else if let Some(part) = Part::read(&name, parameter) {
            parts.push(part);
        }
    }
    parts.sort_by_key(|part| part.index);
    parts.dedup_by_key(|part| part.index);
    let is_whole = parts.iter().enumerate().all(|(at, part)| part.index == at);
    let joined = joined(&parts);
    let (whole, cut) = if is_whole {
        (joined, None)
    } else {
        (None, joined)
    };
    let extended = extended.into_iter();
    extended
        .filter_map(|value| encoded(&value.unescaped()))
        .chain(whole)
        .chain(plain.into_iter().map(self::plain))
        .chain(cut)
}

/// Reads `charset'language'percent-encoded`.
fn encoded(value: &[u8]) -> Option<String> {
    let mut pieces = value.splitn(3, |&byte| byte == b'\'');
    let (label, rest) = (pieces.next()?, pieces.nth(1));
    let Some(rest) = rest else {
        // Without its charset it is percent-encoded UTF-8, if anything.
        let bytes: Cow<'_, [u8]> = percent_decode(value).into();
        return Some(charset::header(&bytes).into_owned());
    };
    let bytes: Cow<'_, [u8]> = percent_decode(rest).into();
    let label = if label.is_empty() {
        &b"utf-8"[..]
    } else {
        label
    };
    match charset::named(&bytes, label) {
        Some(name) => Some(name.into_owned()),
        None => String::from_utf8(bytes.into_owned()).ok(),
    }
}

/// A part of a name, as in RFC 2231: `filename*0=`, `filename*1*=`.
struct Part<'a> {
    index: usize,
    is_encoded: bool,
    value: Cow<'a, [u8]>,
}

impl<'a> Part<'a> {
    fn read(name: &[u8], parameter: Parameter<'a>) -> Option<Self> {
        let index = name.strip_prefix(b"filename*")?;
        let digits = index.strip_suffix(b"*").unwrap_or(index);
        Some(Self {
            index: std::str::from_utf8(digits).ok()?.parse().ok()?,
            is_encoded: digits.len() < index.len(),
            value: parameter.value.unescaped(),
        })
    }
}

/// Joins the parts of a name up to the first that is missing. The first says the charset of all.
fn joined(parts: &[Part<'_>]) -> Option<String> {
    let mut label = None;
    let mut whole: Vec<u8> = Vec::new();
    for (expected, part) in parts.iter().enumerate() {
        if part.index != expected {
            break;
        }
        let mut value = &*part.value;
        if expected == 0 && part.is_encoded {
            let mut pieces = value.splitn(3, |&byte| byte == b'\'');
            if let (Some(own), Some(_), Some(rest)) = (pieces.next(), pieces.next(), pieces.next())
            {
                (label, value) = (Some(own), rest);
            }
        }
        if part.is_encoded {
            whole.extend(percent_decode(value));
        } else {
            whole.extend_from_slice(value);
        }
    }
    if whole.is_empty() {
        return None;
    }
    let named = label.and_then(|label| charset::named(&whole, label));
    Some(
        named
            .unwrap_or_else(|| charset::header(&whole))
            .into_owned(),
    )
}

/// Reads a plain `filename`, which may be written in ways that it should not.
fn plain(value: Written<'_>) -> String {
    // Paths of Windows come with backslashes that escape nothing.
    let raw = value.raw();
    let is_path = raw.get(1..3) == Some(&b":\\"[..])
        || raw.starts_with(b"\\\\")
        || raw.starts_with(b".\\")
        || raw.starts_with(b"..\\");
    let bytes = if is_path {
        Cow::Borrowed(raw)
    } else {
        value.unescaped()
    };
    let text = charset::header(&bytes);
    if text.contains("=?") {
        return words(&text);
    }
    if is_percent_encoded(&bytes) {
        let decoded: Cow<'_, [u8]> = percent_decode(&bytes).into();
        if let Ok(decoded) = std::str::from_utf8(&decoded) {
            return decoded.to_owned();
        }
    }
    text.into_owned()
}

fn is_percent_encoded(bytes: &[u8]) -> bool {
    let mut pieces = bytes.split(|&byte| byte == b'%').skip(1).peekable();
    pieces.peek().is_some()
        && pieces.all(|piece| {
            let digits = piece.get(..2);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        })
}

/// Reads encoded words (RFC 2047); blanks between two of them are no part of the text.
fn words(text: &str) -> String {
    let mut decoded = String::new();
    let mut rest = text;
    let mut after_word = false;
    while let Some(start) = rest.find("=?") {
        let (before, word) = rest.split_at(start);
        match encoded_word(word) {
            Some((own, length)) => {
                if !(after_word && before.trim().is_empty()) {
                    decoded.push_str(before);
                }
                decoded.push_str(&own);
                rest = &word[length..];
                after_word = true;
            }
            None => {
                decoded.push_str(before);
                decoded.push_str("=?");
                rest = &word[2..];
                after_word = false;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

/// Reads `=?charset?B or Q?text?=`; returns its length too.
fn encoded_word(word: &str) -> Option<(String, usize)> {
    /// RFC 2047 allows 75; some writers don't count.
    const LONGEST_WORD: usize = 1000;

    let mut end = word.len().min(LONGEST_WORD);
    while !word.is_char_boundary(end) {
        end -= 1;
    }
    let inside = word[..end].strip_prefix("=?")?;
    let (label, inside) = inside.split_once('?')?;
    let (encoding, inside) = inside.split_once('?')?;
    let (text, _) = inside.split_once("?=")?;
    let length = 2 + label.len() + 1 + encoding.len() + 1 + text.len() + 2;
    let bytes = match encoding {
        "B" | "b" => STANDARD
            .decode(text)
            .or_else(|_| STANDARD_NO_PAD.decode(text))
            .ok()?,
        "Q" | "q" => {
            let text = text.replace('%', "%25").replace('=', "%").replace('_', " ");
            percent_decode(text.as_bytes()).collect()
        }
        _ => return None,
    };
    // RFC 2231 lets a language follow the charset.
    let label = label.split('*').next()?;
    let text = charset::named(&bytes, label.as_bytes()).map_or_else(
        || String::from_utf8_lossy(&bytes).into_owned(),
        Cow::into_owned,
    );
    Some((text, length))
}

fn seen(name: &str) -> String {
    name.chars().filter(|letter| !is_unseen(*letter)).collect()
}

/// Makes a name without secrets that is safe to save a file by; nothing if none is left.
pub(crate) fn tidy(name: &str, redactor: &Redactor) -> Option<String> {
    // Before a part of a secret counts as a folder or as too long.
    let name = redactor.redact(&seen(name));
    let name = name.rsplit(['/', '\\']).next()?;
    // Windows drops dots and blanks at the end.
    let name = name.trim().trim_end_matches(['.', ' ']);
    if name.is_empty() {
        return None;
    }
    let stem = name
        .split('.')
        .next()
        .unwrap_or(name)
        .trim_end()
        .to_ascii_lowercase();
    let is_device = DEVICES.contains(&stem.trim_end_matches(|it: char| it.is_ascii_digit()))
        && (stem.len() == 3
            || (stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt"))))
        && !matches!(&*stem, "com" | "lpt");
    let name = if is_device {
        format!("_{name}")
    } else {
        name.to_owned()
    };
    Some(cut(&name))
}

/// Cuts a name that is too long before its extension.
fn cut(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let extension = name
        .rfind('.')
        .map(|dot| &name[dot..])
        .filter(|extension| extension.len() <= LONGEST_EXTENSION)
        .unwrap_or_default();
    let mut end = LONGEST - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    [name[..end].trim_end_matches(['.', ' ']), extension].concat()
}

#[cfg(test)]
#[path = "tests/disposition.rs"]
mod tests;
