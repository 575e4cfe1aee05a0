//! Values that no log and no error may show.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// A key or another secret. It is not shown by `Debug`, and its memory is cleared when it is dropped.
///
/// ```
/// let secret = plugwright_client::Secret::from("sk-123");
/// assert_eq!(format!("{secret:?}"), "[redacted]");
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
