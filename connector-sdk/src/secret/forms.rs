//! The forms in which a secret is written down.

use std::iter;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::escape::unescape;

/// How often something may be escaped over and over.
pub(super) const LAYERS: usize = 4;

/// Returns the forms of a secret that text has in it once its escapes are read: as it is, as forms
/// write spaces, in base64 and in hexadecimal, and in base64 what was escaped or in base64 before.
pub(super) fn of(secret: &str) -> Vec<Vec<u8>> {
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
    dedup(&mut texts);
    let mut forms = Vec::new();
    // As it is, and as forms write spaces.
    for written in [secret.to_owned(), secret.replace(' ', "+")] {
        // Escapes in the secret itself are unescaped as well.
        let read = iter::successors(Some(written.into_bytes()), |read| unescape(read));
        forms.extend(read.take(LAYERS + 1));
    }
    for text in &texts {
        let lower = hex(text);
        forms.push(lower.to_uppercase().into());
        forms.push(lower.into());
        for offset in 0..3 {
            forms.extend(base64_core(text, offset).map(String::into_bytes));
        }
    }
    dedup(&mut forms);
    forms
}

fn dedup(texts: &mut Vec<Vec<u8>>) {
    texts.sort_unstable();
    texts.dedup();
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// Returns the characters of the base64 text that depend on `bytes` alone when `offset` unknown
/// bytes stand before them and any bytes follow, in both alphabets.
fn base64_core(bytes: &[u8], offset: usize) -> [String; 2] {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(bytes);
    let first = (offset * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD]
        .map(|engine| engine.encode(&padded)[first..last].to_owned())
}
