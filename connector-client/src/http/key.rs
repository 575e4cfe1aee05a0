//! Idempotency keys, with which a call happens once however often it is repeated.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use super::header;
use crate::error::Error;
use crate::options::Limits;

const NAME: HeaderName = HeaderName::from_static("idempotency-key");

pub(crate) enum Key {
    /// It has none.
    None,
    /// The caller's.
    Given(HeaderValue),
    /// One that was made for the call, which another can take the place of.
    Own(HeaderValue),
}

impl Key {
    /// Returns the caller's key, or one of the call's own if the call may be repeated.
    pub(crate) fn new(given: Option<&str>, limits: Limits) -> Result<Self, Error> {
        match given {
            Some(key) => header("idempotency_key", key).map(Self::Given),
            None if limits.idempotency_keys && limits.retries > 0 => Self::random(),
            None => Ok(Self::None),
        }
    }

    pub(super) fn random() -> Result<Self, Error> {
        let mut text = Uuid::encode_buffer();
        let text = Uuid::new_v4().hyphenated().encode_lower(&mut text);
        header("idempotency_key", text).map(Self::Own)
    }

    pub(super) fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    pub(super) fn add_to(&self, headers: &mut HeaderMap) {
        if let Self::Given(key) | Self::Own(key) = self {
            headers.insert(NAME, key.clone());
        }
    }
}
