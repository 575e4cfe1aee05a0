//! Bytes into text: byte order marks, charsets of a `Content-Type`, and what to do without them.

use std::borrow::Cow;

use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

use super::parameter::Parameters;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Charset {
    Utf32Be,
    Utf32Le,
    Other(&'static Encoding),
}

/// Decodes a body.
///
/// A byte order mark says best what the charset is; then zero bytes where ASCII characters have
/// them in UTF-16 and UTF-32 (RFC 4627, section 3); then the charset parameter of `content_type`;
/// then what XML or HTML declares at its start; else it is UTF-8. `iso-8859-1`, which many servers send without asking anybody, and charsets that
/// the bytes are not of, give way to UTF-8 where the bytes are UTF-8. Bytes that are wrong become
/// U+FFFD.
///
/// ```
/// use plugwright_sdk::reading::charset;
///
/// assert_eq!(charset::text(b"caf\xe9", Some(b"text/plain; charset=ISO-8859-1")), "café");
/// assert_eq!(charset::text(b"\xff\xfea\0b\0", None), "ab");
/// ```
pub fn text<'a>(bytes: &'a [u8], content_type: Option<&[u8]>) -> Cow<'a, str> {
    decode(bytes, content_type).0
}

/// Decodes a body as [`text`] does, if it is text from its first to its last byte: of the charset
/// that it says, or UTF-8.
pub fn exact_text<'a>(bytes: &'a [u8], content_type: Option<&[u8]>) -> Option<Cow<'a, str>> {
    let (text, is_exact) = decode(bytes, content_type);
    is_exact.then_some(text)
}

/// Returns whether a body has another charset than UTF-8 and its subsets, by its `content_type`.
pub(super) fn is_foreign(content_type: Option<&[u8]>) -> bool {
    content_type.and_then(declared).is_some_and(
        |charset| !matches!(charset, Charset::Other(own) if own == UTF_8 || own == WINDOWS_1252),
    )
}

/// Reads the value of a header: UTF-8, or else Latin-1 (RFC 9110, section 5.5).
pub fn header(value: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(value) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(value).0,
    }
}

/// Decodes bytes of a charset that is known by name; nothing if it is not known or they are not of
/// it.
pub(super) fn named<'a>(bytes: &'a [u8], label: &[u8]) -> Option<Cow<'a, str>> {
    encoding(label)?.decode_without_bom_handling_and_without_replacement(bytes)
}

fn decode<'a>(bytes: &'a [u8], content_type: Option<&[u8]>) -> (Cow<'a, str>, bool) {
    if let Some((charset, mark)) = marked(bytes) {
        return charset.decode(&bytes[mark..]);
    }
    if let Some(charset) = wide(bytes) {
        return charset.decode(bytes);
    }
    let declared = content_type
        .and_then(declared)
        .or_else(|| declared_within(bytes));
    let Some(declared) = declared else {
        return Charset::Other(UTF_8).decode(bytes);
    };
    let gives_way = match declared {
        Charset::Utf32Be | Charset::Utf32Le => true,
        Charset::Other(own) => own == WINDOWS_1252 || own == UTF_16BE || own == UTF_16LE,
    };
    let utf8 = std::str::from_utf8(bytes).ok();
    match utf8 {
        // Text in UTF-16 and UTF-32 has zero bytes, or it is not JSON and has no blanks either.
        Some(text) if gives_way && !bytes.contains(&0) => (Cow::Borrowed(text), true),
        _ => match (declared.decode(bytes), utf8) {
            ((_, false), Some(text)) => (Cow::Borrowed(text), true),
            (decoded, _) => decoded,
        },
    }
}

fn declared(content_type: &[u8]) -> Option<Charset> {
    let start = content_type.iter().position(|&byte| byte == b';')?;
    let parameter = Parameters::new(&content_type[start..])
        .find(|parameter| parameter.name.eq_ignore_ascii_case(b"charset"))?;
    let label = parameter.value.unescaped();
    let label = label.trim_ascii();
    let label = label.strip_prefix(b"'").unwrap_or(label);
    let label = label.strip_suffix(b"'").unwrap_or(label);
    match label.to_ascii_lowercase().as_slice() {
        b"utf-32" | b"utf-32be" | b"utf32" | b"ucs-4" => Some(Charset::Utf32Be),
        b"utf-32le" => Some(Charset::Utf32Le),
        // What the label of the standard means: big endian without a mark (RFC 2781).
        b"utf-16be" => Some(Charset::Other(UTF_16BE)),
        other => encoding(other)
            .filter(|encoding| *encoding != REPLACEMENT)
            .map(Charset::Other),
    }
}

/// Finds the encoding in the declaration of XML (XML 1.0, section 4.3.3), or in a `meta` of HTML.
fn declared_within(bytes: &[u8]) -> Option<Charset> {
    /// HTML has it within so many bytes.
    const START: usize = 1024;

    let start = bytes[..bytes.len().min(START)].trim_ascii_start();
    if !start.starts_with(b"<") {
        return None;
    }
    let start = start.to_ascii_lowercase();
    let (place, name) = if start.starts_with(b"<?xml") {
        let end = memmem::find(&start, b"?>")?;
        (&start[..end], &b"encoding"[..])
    } else {
        let meta = memmem::find_iter(&start, b"<meta").map(|at| &start[at..]);
        let mut meta = meta.map(|meta| meta.split(|&byte| byte == b'>').next().unwrap_or(meta));
        let is_charset = |meta: &&[u8]| memmem::find(meta, b"charset").is_some();
        (meta.find(is_charset)?, &b"charset"[..])
    };
    let at = memmem::find(place, name)? + name.len();
    let label = place[at..].trim_ascii_start().strip_prefix(b"=")?;
    let label = label.trim_ascii_start();
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"';/".contains(byte);
    let label = label.split(ends).find(|part| !part.is_empty())?;
    // What was read so far is ASCII.
    encoding(label)
        .filter(|encoding| encoding.is_ascii_compatible())
        .map(Charset::Other)
}

fn encoding(label: &[u8]) -> Option<&'static Encoding> {
    let known: &[u8] = match label.trim_ascii().to_ascii_lowercase().as_slice() {
        b"utf8mb4" | b"cp65001" => b"utf-8",
        b"latin-1" => b"latin1",
        b"cp932" => b"windows-31j",
        b"cp936" => b"gbk",
        b"cp949" => b"windows-949",
        b"cp950" => b"big5",
        _ => label,
    };
    Encoding::for_label(known)
}

fn marked(bytes: &[u8]) -> Option<(Charset, usize)> {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => Some((Charset::Other(UTF_8), 3)),
        [0xff, 0xfe, 0, 0, ..] => Some((Charset::Utf32Le, 4)),
        [0, 0, 0xfe, 0xff, ..] => Some((Charset::Utf32Be, 4)),
        [0xff, 0xfe, ..] => Some((Charset::Other(UTF_16LE), 2)),
        [0xfe, 0xff, ..] => Some((Charset::Other(UTF_16BE), 2)),
        _ => None,
    }
}

/// Recognizes UTF-16 and UTF-32 by the zero bytes of a first character that is ASCII.
fn wide(bytes: &[u8]) -> Option<Charset> {
    match bytes {
        [0, 0, 0, 1..=255, ..] => Some(Charset::Utf32Be),
        [1..=255, 0, 0, 0, ..] => Some(Charset::Utf32Le),
        [0, 1..=255, ..] => Some(Charset::Other(UTF_16BE)),
        [1..=255, 0, ..] => Some(Charset::Other(UTF_16LE)),
        _ => None,
    }
}

impl Charset {
    fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, bool) {
        let read: fn([u8; 4]) -> u32 = match self {
            Self::Other(encoding) => {
                let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
                return (text, !had_errors);
            }
            Self::Utf32Be => u32::from_be_bytes,
            Self::Utf32Le => u32::from_le_bytes,
        };
        let (units, rest) = bytes.as_chunks::<4>();
        let letters = units.iter().map(|unit| char::from_u32(read(*unit)));
        let mut is_exact = rest.is_empty();
        let mut text = String::with_capacity(units.len());
        for letter in letters {
            is_exact &= letter.is_some();
            text.push(letter.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        (Cow::Owned(text), is_exact)
    }
}

#[cfg(test)]
#[path = "tests/charset.rs"]
mod tests;
