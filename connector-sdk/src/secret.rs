//! Secret text, and the search for it in what leaves the process.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// A text that cannot be printed or serialized by accident; wiped from memory when dropped.
///
/// ```
/// use plugwright_sdk::Secret;
///
/// let secret = Secret::new("hunter2");
/// assert_eq!(format!("{secret:?}"), "[redacted]");
/// assert_eq!(secret.expose(), "hunter2");
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a text into safe keeping.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// Returns the text. Whoever calls this answers for where it goes.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// Finds known secrets in text, in every form in which they usually travel: plain,
/// percent-encoded, hexadecimal, JSON-escaped, and inside base64 at each of the three offsets.
/// ```
/// use plugwright_sdk::{Redactor, Secret};
///
/// let redactor = Redactor::new([&Secret::new("hunter2")]);
/// assert_eq!(redactor.redact("the password is hunter2"), "the password is [redacted]");
/// assert!(redactor.finds_in("68756e74657232"));
/// ```
#[derive(Clone, Default)]
pub struct Redactor {
    forms: Vec<Secret>,
}

/// Shorter secrets are not searched for: they would match ordinary words.
const SHORTEST: usize = 6;

impl Redactor {
    /// Makes a redactor for these secrets; those shorter than six bytes are left out.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut forms: Vec<String> = secrets
            .into_iter()
            .map(Secret::expose)
            .filter(|secret| secret.len() >= SHORTEST)
            .flat_map(forms_of)
            .collect();
        // The longest first, so that no form is cut in half by a shorter one.
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self {
            forms: forms.into_iter().map(Secret::from).collect(),
        }
    }

    /// Tells whether `text` has any of the secrets in it, in any form.
    pub fn finds_in(&self, text: &str) -> bool {
        self.forms.iter().any(|form| text.contains(form.expose()))
    }

    /// Returns `text` with each secret replaced by [`REDACTED`].
    pub fn redact(&self, text: &str) -> String {
        self.forms.iter().fold(text.to_owned(), |text, form| {
            if text.contains(form.expose()) {
                text.replace(form.expose(), REDACTED)
            } else {
                text
            }
        })
    }

    /// Redacts every string and every member name of a JSON value.
    pub fn redact_json(&self, value: &mut serde_json::Value) {
        use serde_json::Value;
        match value {
            Value::String(text) if self.finds_in(text) => *text = self.redact(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_json(item)),
            Value::Object(members) => {
                if members.keys().any(|name| self.finds_in(name)) {
                    *members = std::mem::take(members)
                        .into_iter()
                        .map(|(name, member)| (self.redact(&name), member))
                        .collect();
                }
                members
                    .values_mut()
                    .for_each(|member| self.redact_json(member));
            }
            _ => {}
        }
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} forms)", self.forms.len())
    }
}

fn forms_of(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let mut forms = vec![secret.to_owned()];
    forms.push(
        percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC)
            .to_string(),
    );
    forms.push(url::form_urlencoded::byte_serialize(bytes).collect());
    forms.push(crate::http::path::encode_segment(secret));
    let lower: String = bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect();
    forms.push(lower.to_uppercase());
    forms.push(lower);
    let json = serde_json::Value::from(secret).to_string();
    forms.push(json[1..json.len() - 1].to_owned());
    let ascii: String = secret
        .encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(byte @ (0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)) => char::from(byte).to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect();
    forms.push(ascii);
    for offset in 0..3 {
        forms.extend(base64_core(bytes, offset));
    }
    forms
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

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "ghp_s3cr3t/\"tok+en";

    fn redactor() -> Redactor {
        Redactor::new([&Secret::new(TOKEN)])
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new(TOKEN)), REDACTED);
        assert!(!format!("{:?}", redactor()).contains("s3cr3t"));
    }

    #[test]
    fn finds_every_form() {
        use base64::engine::general_purpose::{STANDARD, URL_SAFE};
        let mut texts = vec![
            format!("a {TOKEN} b"),
            format!(
                "?q={}",
                url::form_urlencoded::byte_serialize(TOKEN.as_bytes()).collect::<String>()
            ),
            serde_json::json!({ "said": TOKEN }).to_string(),
        ];
        for offset in 0..3 {
            let text = format!("{}{TOKEN}:tail", "x".repeat(offset));
            texts.push(STANDARD.encode(&text));
            texts.push(URL_SAFE.encode(&text));
        }
        for text in texts {
            assert!(redactor().finds_in(&text), "{text}");
            assert!(!redactor().finds_in(&redactor().redact(&text)), "{text}");
        }
    }

    #[test]
    fn leaves_other_text_alone_and_ignores_short_secrets() {
        assert_eq!(redactor().redact("nothing here"), "nothing here");
        assert!(!Redactor::new([&Secret::new("abc")]).finds_in("abc"));
    }
}
