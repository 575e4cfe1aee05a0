//! What a browser is known again by: what one browser began, no other one ends.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plugwright_sdk::{ActionError, ErrorCode};
use zeroize::Zeroizing;

/// The length of 32 bytes in base64url.
const LENGTH: usize = 43;

/// What a browser proves itself with. A browser that has one keeps it, so that pages in several
/// tabs work.
pub struct Browser(Zeroizing<String>);

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Browser([redacted])")
    }
}

impl Browser {
    /// Makes the secret of a new browser.
    ///
    /// # Errors
    ///
    /// If the system has no random numbers.
    pub fn new() -> Result<Self, ActionError> {
        let mut bytes = Zeroizing::new([0; 32]);
        aws_lc_rs::rand::fill(bytes.as_mut_slice()).map_err(|_| {
            ActionError::new(ErrorCode::InternalError, "the system has no random numbers")
        })?;
        Ok(Self(Zeroizing::new(
            URL_SAFE_NO_PAD.encode(bytes.as_slice()),
        )))
    }

    /// Takes what a browser sent, if it has the right form.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != LENGTH {
            return None;
        }
        URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(Zeroizing::new(text.to_owned())))
    }

    /// Returns what is stored of it.
    pub fn hash(&self) -> [u8; 32] {
        sha256(&[b"browser", self.0.as_bytes()])
    }

    /// Returns what the browser keeps.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the bytes of what the browser keeps.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Hashes parts one after the other. All but the last have a length of their own.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &parts.concat()).as_ref());
    hash
}
