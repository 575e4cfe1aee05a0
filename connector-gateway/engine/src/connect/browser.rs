//! Binds a request to the browser that opened it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plugwright_sdk::{ActionError, Secret};

use crate::random::{self, sha256};

/// A browser's secret. A browser keeps the one that it has, so that several tabs work.
#[derive(Debug)]
pub struct Browser(Secret);

impl Browser {
    /// Creates a secret for a new browser.
    ///
    /// # Errors
    ///
    /// If the system has no random numbers.
    pub fn new() -> Result<Self, ActionError> {
        random::text().map(Self)
    }

    /// Parses what a browser sent.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != random::LENGTH {
            return None;
        }
        URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(Secret::new(text)))
    }

    /// Returns the hash to store.
    pub fn hash(&self) -> [u8; 32] {
        sha256(&[b"browser", self.as_bytes()])
    }

    /// Returns the cookie's value.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Returns the bytes of the cookie's value.
    pub fn as_bytes(&self) -> &[u8] {
        self.expose().as_bytes()
    }
}
