//! The search for secrets in bytes that may be text.

use std::borrow::Cow;

use memchr::memchr_iter;

use super::Redactor;
use crate::error::{ActionError, ErrorCode, Result};
use crate::reading::charset;

impl Redactor {
    /// Returns text without secrets, in UTF-8, if bytes of this `content_type` are text with any; nothing
    /// if they have none.
    ///
    /// # Errors
    ///
    /// If they have a secret and are not text: without it they would be something else.
    ///
    /// ```
    /// use plugwright_sdk::host::Redactor;
    /// use plugwright_sdk::Secret;
    ///
    /// let redactor = Redactor::new([&Secret::new("hunter2")]);
    /// assert_eq!(redactor.redact_bytes(b"\xff\xfea\0", None).unwrap(), None);
    /// let clean = redactor.redact_bytes(b"\xfe\xff\0h\0u\0n\0t\0e\0r\x002", None).unwrap();
    /// assert_eq!(clean.as_deref(), Some("[redacted]"));
    /// assert!(redactor.redact_bytes(b"\xff\xd8 hunter2 \x9c", None).is_err());
    /// ```
    pub fn redact_bytes(
        &self,
        bytes: &[u8],
        content_type: Option<&[u8]>,
    ) -> Result<Option<String>> {
        if self.is_empty() {
            return Ok(None);
        }
        let text = charset::exact_text(bytes, content_type);
        // Most bytes are text in UTF-16, whatever they are meant to be.
        let is_text = matches!(text, Some(Cow::Borrowed(_)));
        if let Some(text) = text.filter(|text| self.finds_in(text)) {
            return Ok(Some(self.redact(&text)));
        }
        // ASCII in UTF-16 and UTF-32, wherever it is and whatever stands around it.
        let is_within_wide = || {
            let dense: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
            self.finds_within(&dense)
        };
        if (!is_text && self.finds_within(bytes)) || (may_have_wide(bytes) && is_within_wide()) {
            let message = "the provider's response has a secret of the credential in it, and is not text \
                that it could be removed from";
            return Err(ActionError::new(ErrorCode::UpstreamInvalid, message).ambiguous());
        }
        Ok(None)
    }

    fn finds_within(&self, bytes: &[u8]) -> bool {
        /// No secret is found in shorter ones, and most of what is not text is shorter.
        const SHORTEST: usize = 6;

        let texts = bytes.utf8_chunks().map(|chunk| chunk.valid());
        let mut texts = texts.filter(|text| text.len() >= SHORTEST);
        texts.any(|text| self.finds_in(text))
    }
}

/// Returns whether there may be some ASCII in UTF-16 or UTF-32 among the bytes.
fn may_have_wide(bytes: &[u8]) -> bool {
    let is_zero = |at: usize| bytes.get(at) == Some(&0);
    memchr_iter(0, bytes).any(|at| is_zero(at + 2) && is_zero(at + 4) && is_zero(at + 6))
}

#[cfg(test)]
mod tests {
    use crate::secret::{Redactor, Secret};

    const TOKEN: &str = "S3cr3t-T0ken/with+chars=9x&\"q";

    fn redactor() -> Redactor {
        Redactor::new([&Secret::new(TOKEN)])
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn a_secret_is_taken_out_of_text_of_every_charset() {
        let latin = b"text/plain; charset=iso-8859-1";
        for (text, kind) in [
            (format!("é {TOKEN}.").into_bytes(), None),
            (
                [b"\xe9 ", TOKEN.as_bytes(), b"."].concat(),
                Some(&latin[..]),
            ),
            (wide(&format!("\u{feff}é {TOKEN}.")), None),
            (
                wide(&format!("é {TOKEN}.")),
                Some(b"text/plain; charset=utf-16le"),
            ),
            (
                format!("é {}.", TOKEN.replace('/', r"\/").replace('&', r"\u0026")).into_bytes(),
                None,
            ),
            (
                format!("é {}.", TOKEN.replace('&', "&amp;")).into_bytes(),
                None,
            ),
        ] {
            let clean = redactor().redact_bytes(&text, kind).unwrap();
            assert_eq!(clean.as_deref(), Some("é [redacted]."), "{text:?}");
        }
        let clean = redactor().redact_bytes("é".as_bytes(), None);
        assert_eq!(clean.unwrap(), None);
    }

    #[test]
    fn what_is_not_text_is_refused_with_a_secret_in_it_and_kept_without_one() {
        let binary = |inside: &[u8]| [b"\x89PNG\0\xff", inside, b"\xfe\0\0"].concat();
        let big: Vec<u8> = wide(TOKEN)
            .chunks(2)
            .flat_map(|unit| [unit[1], unit[0]])
            .collect();
        for inside in [
            TOKEN.as_bytes(),
            TOKEN.replace('/', "%2f").as_bytes(),
            &wide(TOKEN),
            &big,
        ] {
            let error = redactor().redact_bytes(&binary(inside), None).unwrap_err();
            assert!(!format!("{error:?}").contains("S3cr"), "{error:?}");
        }
        // Text of another charset than it says, and a letter that is cut in half.
        let cut = [&b"\xff\xfe"[..], &wide(TOKEN), b"a"].concat();
        redactor().redact_bytes(&cut, None).unwrap_err();
        redactor()
            .redact_bytes(&wide(&format!("日 {TOKEN}")), None)
            .unwrap_err();
        let clean = redactor().redact_bytes(&binary(b"S3cr3t-T0ken"), None);
        assert_eq!(clean.unwrap(), None);
    }
}
