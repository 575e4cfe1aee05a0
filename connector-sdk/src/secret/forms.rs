//! The forms in which a secret is written down.

use std::cmp::Reverse;
use std::iter;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::code::Code;
use super::escape::unescape;

/// How often something may be escaped over and over.
pub(super) const LAYERS: usize = 4;

/// So much of a secret is looked for in codes.
const PIECE: usize = 12;
/// Less of one has too short forms.
const SHORTEST_PIECE: usize = 6;

/// Returns the forms of a secret that text has in it once its escapes are read, in lower case: as it
/// is, and as forms write spaces.
pub(super) fn of(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for written in [secret.to_owned(), secret.replace(' ', "+")] {
        // Escapes in the secret itself are unescaped as well.
        let read = iter::successors(Some(written.into_bytes()), |read| unescape(read));
        forms.extend(read.take(LAYERS + 1));
    }
    for form in &mut forms {
        form.make_ascii_lowercase();
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
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
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
