//! Keys by which a repeated call is known.

use std::fmt;
use std::str::FromStr;

/// A key that a caller gives a call, so that it happens once however often it is made.
///
/// ```
/// use plugwright_sdk::host::IdempotencyKey;
///
/// let key: IdempotencyKey = "order-7".parse()?;
/// assert_eq!(key.as_str(), "order-7");
/// assert!(IdempotencyKey::try_from("k".repeat(256)).is_err());
/// # Ok::<(), plugwright_sdk::host::InvalidIdempotencyKey>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// A text that is no [`IdempotencyKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {} bytes", IdempotencyKey::LONGEST)]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// The most bytes that a key has.
    pub const LONGEST: usize = 255;

    /// Returns the key as the caller wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = InvalidIdempotencyKey;

    fn try_from(key: String) -> Result<Self, InvalidIdempotencyKey> {
        if (1..=Self::LONGEST).contains(&key.len()) {
            Ok(Self(key))
        } else {
            Err(InvalidIdempotencyKey)
        }
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(key: &str) -> Result<Self, InvalidIdempotencyKey> {
        key.to_owned().try_into()
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_1_to_255_bytes() {
        for (key, is_one) in [
            (String::new(), false),
            ("k".to_owned(), true),
            ("k".repeat(255), true),
            ("k".repeat(256), false),
            ("é".repeat(128), false),
        ] {
            assert_eq!(key.parse::<IdempotencyKey>().is_ok(), is_one, "{key}");
        }
        assert_eq!(
            InvalidIdempotencyKey.to_string(),
            "must have 1 to 255 bytes"
        );
    }
}
