//! The forms in which a secret is written down.

use std::cmp::Reverse;
use std::iter;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use icu_normalizer::{
    ComposingNormalizerBorrowed as ComposingNormalizer,
    DecomposingNormalizerBorrowed as DecomposingNormalizer,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::code::Code;
use super::escape::unescape;

/// How often something may be escaped over and over.
pub(super) const LAYERS: usize = 4;

/// So much of a secret is looked for in codes.
const PIECE: usize = 12;
/// Less of one has too short forms.
const SHORTEST_PIECE: usize = 6;

/// Returns the forms of a secret that text has in it once its escapes are read, in lower case: as it
/// is, as forms write spaces and read `+`, with its quotes doubled, without the dashes of a UUID, and without
/// a backslash at its end, which escapes what follows the secret.
pub(super) fn of(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    let is_uuid = secret.len() == Hyphenated::LENGTH && Uuid::try_parse(secret).is_ok();
    let with = |sign: &str, other| secret.contains(sign).then(|| secret.replace(sign, other));
    let ways = [
        Some(secret.to_owned()),
        with(" ", "+"),
        with("+", " "),
        // As SQL and CSV escape them.
        with("'", "''"),
        with("\"", "\"\""),
        with("-", "").filter(|_| is_uuid),
        secret.strip_suffix('\\').map(str::to_owned),
    ];
    for written in ways.into_iter().flatten() {
        // Escapes in the secret itself are unescaped as well.
        let read = iter::successors(Some(written.into_bytes()), |read| unescape(read));
        forms.extend(read.take(LAYERS + 1));
    }
    if !secret.is_ascii() {
        forms.extend(beyond_ascii(secret));
    }
    for form in &mut forms {
        form.make_ascii_lowercase();
    }
    forms
}

/// Returns what becomes of a secret that is not ASCII: in upper and lower case, composed and decomposed,
/// its letters as bytes (as JavaScript escapes them, and in Latin-1), and its bytes as letters.
fn beyond_ascii(secret: &str) -> Vec<Vec<u8>> {
    let cases = [
        secret.to_owned(),
        secret.to_lowercase(),
        secret.to_uppercase(),
    ];
    let texts = cases.into_iter().flat_map(|text| {
        let composed = ComposingNormalizer::new_nfc().normalize(&text).into_owned();
        let decomposed = DecomposingNormalizer::new_nfd().normalize(&text);
        let decomposed = decomposed.into_owned();
        [text, composed, decomposed]
    });
    let mut forms: Vec<Vec<u8>> = Vec::new();
    for text in texts {
        let mut narrow = Vec::new();
        for letter in text.chars() {
            match u8::try_from(letter) {
                Ok(byte) => narrow.push(byte),
                Err(_) => narrow.extend(letter.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        let bytes = text.as_bytes();
        let latin: String = bytes.iter().copied().map(char::from).collect();
        let (windows, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
        forms.extend([narrow, latin.into(), windows.into_owned().into()]);
        forms.push(text.into());
    }
    forms
}

/// Returns what a code that holds a secret has in it, however the secret is escaped there: pieces
/// of it in base64 and in hexadecimal, also in base64 again and of UTF-16.
pub(super) fn coded(secret: &str) -> Vec<(Vec<u8>, Code)> {
    let pieces = pieces(secret);
    let Some((first, others)) = pieces.split_first() else {
        return escaped(secret)
            .iter()
            .flat_map(|text| in_codes(&text[..text.len().min(PIECE)]))
            .collect();
    };
    let mut found = in_codes(first);
    for cased in [first.to_ascii_lowercase(), first.to_ascii_uppercase()] {
        found.extend(in_codes(&cased));
    }
    for text in wholly_escaped(first) {
        found.extend(in_base64(text.as_bytes()));
    }
    for (inner, _) in in_codes(first) {
        found.extend(in_codes(&inner[..inner.len().min(PIECE)]));
    }
    found.extend(in_base64(hex(first).to_uppercase().as_bytes()));
    let half = &first[..first.len().min(PIECE / 2)];
    let wide: Vec<u8> = half.iter().flat_map(|byte| [0, *byte]).skip(1).collect();
    found.extend(in_base64(&wide));
    // Where a line of base64 ends in one of them, it does not in the other.
    found.extend(others.iter().flat_map(|piece| in_base64(piece)));
    found
}

/// Returns the two longest pieces of a secret that hardly any escape changes.
fn pieces(secret: &str) -> Vec<&[u8]> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._".contains(byte);
    let runs = secret.as_bytes().split(|byte| !is_plain(byte));
    let mut pieces: Vec<&[u8]> = runs.flat_map(|run| run.chunks(PIECE)).collect();
    pieces.retain(|piece| piece.len() >= SHORTEST_PIECE);
    pieces.sort_by_key(|piece| Reverse(piece.len()));
    pieces.truncate(2);
    pieces
}

/// Returns ways to escape each letter, of the first few.
fn wholly_escaped(piece: &[u8]) -> [String; 6] {
    let each = |write: fn(&u8) -> String, few| piece.iter().take(few).map(write).collect();
    [
        each(|byte| format!("%{byte:02x}"), 4),
        each(|byte| format!("%{byte:02X}"), 4),
        each(|byte| format!("\\u{byte:04x}"), 3),
        each(|byte| format!("\\u{byte:04X}"), 3),
        each(|byte| format!("\\x{byte:02x}"), 4),
        each(|byte| format!("&#{byte};"), 3),
    ]
}

/// Returns the usual ways to escape a secret that has no such piece.
fn escaped(secret: &str) -> Vec<Vec<u8>> {
    let json = serde_json::Value::from(secret).to_string();
    let mut texts: Vec<Vec<u8>> = vec![
        secret.into(),
        json[1..json.len() - 1].into(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC)
            .to_string()
            .into(),
        url::form_urlencoded::byte_serialize(secret.as_bytes())
            .collect::<String>()
            .into(),
        crate::http::path::encode_segment(secret).into(),
        STANDARD.encode(secret).into(),
        URL_SAFE.encode(secret).into(),
    ];
    texts.sort_unstable();
    texts.dedup();
    texts
}

fn in_codes(text: &[u8]) -> Vec<(Vec<u8>, Code)> {
    let mut found = in_base64(text);
    found.push((hex(text).into(), Code::Hex));
    found
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        for digit in [byte >> 4, byte & 0xf] {
            text.push(DIGITS[usize::from(digit)].into());
        }
    }
    text
}

/// Returns the characters of base64 that depend on `bytes` alone when none, one or two unknown bytes
/// stand before them and any follow, in both alphabets.
fn in_base64(bytes: &[u8]) -> Vec<(Vec<u8>, Code)> {
    let mut found = Vec::new();
    for offset in 0..3 {
        let mut padded = vec![0; offset];
        padded.extend_from_slice(bytes);
        let first = (offset * 8).div_ceil(6);
        let last = padded.len() * 8 / 6;
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let core = engine.encode(&padded)[first..last].into();
            found.push((core, Code::Base64 { place: first }));
        }
    }
    found.dedup();
    found
}
