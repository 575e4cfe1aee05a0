//! Bodies of requests.

use bytes::Bytes;

/// The body of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Media type; none when there is no body.
    pub content_type: Option<String>,
    /// The bytes.
    pub bytes: Bytes,
}

impl Body {
    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.content_type.is_none() && self.bytes.is_empty()
    }

    /// Makes a body of bytes.
    pub fn new(content_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            content_type: Some(content_type.into()),
            bytes: bytes.into(),
        }
    }
}
