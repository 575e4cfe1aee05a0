//! Bodies of requests.

use bytes::Bytes;

use crate::cassette::RecordedBody;
use crate::file::FileSource;
use crate::transport::error::TransportError;

/// The body of a request.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Media type; none when there is no body.
    pub content_type: Option<String>,
    /// What is sent.
    pub content: Content,
}

/// What a body consists of.
#[derive(Clone, Debug)]
pub enum Content {
    /// Bytes in memory.
    Bytes(Bytes),
    /// A file, which is read while it is sent.
    File(FileSource),
}

impl Default for Content {
    fn default() -> Self {
        Self::Bytes(Bytes::new())
    }
}

impl Body {
    /// Makes a body of bytes.
    pub fn new(content_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            content_type: Some(content_type.into()),
            content: Content::Bytes(bytes.into()),
        }
    }

    /// Makes a body of a file.
    pub fn file(content_type: impl Into<String>, file: FileSource) -> Self {
        Self {
            content_type: Some(content_type.into()),
            content: Content::File(file),
        }
    }

    /// Returns the bytes, unless it is a file.
    pub fn bytes(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes),
            Content::File(_) => None,
        }
    }

    /// Reads it into memory.
    ///
    /// # Errors
    ///
    /// If it is a file that can't be read or is longer than `cap` bytes.
    pub async fn read(&self, cap: usize) -> Result<Bytes, TransportError> {
        match &self.content {
            Content::Bytes(bytes) => Ok(bytes.clone()),
            Content::File(file) => file.read(cap).await,
        }
    }

    /// Returns it in the form that is easiest to read; for a file, what is known of it.
    pub(crate) fn shown(&self) -> Option<RecordedBody> {
        match &self.content {
            Content::Bytes(bytes) => RecordedBody::new(self.content_type.as_deref(), bytes),
            Content::File(file) => Some(match file.shown() {
                Some(members) => RecordedBody::Json(members.clone().into()),
                None => RecordedBody::Text(format!("[the file {file:?}]")),
            }),
        }
    }
}
