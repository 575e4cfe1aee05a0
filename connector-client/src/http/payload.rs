//! Bodies of requests: in memory, or with files that are read while they are sent.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use reqwest::Body;

use crate::action::FileUpload;

#[derive(Clone)]
pub(crate) enum Payload {
    Bytes(Bytes),
    /// JSON text, with the file that follows each part of it.
    Parts(Arc<[(Bytes, Option<FileUpload>)]>),
}

impl Payload {
    pub(super) fn send(&self) -> Body {
        match self {
            Self::Bytes(bytes) => bytes.clone().into(),
            Self::Parts(parts) => {
                let parts = Arc::clone(parts);
                let count = parts.len();
                let pieces = stream::iter(0..count).flat_map(move |index| {
                    let (text, file) = &parts[index];
                    let file = stream::iter(file.as_ref().map(FileUpload::json)).flatten();
                    stream::iter([Ok(text.clone())]).chain(file)
                });
                Body::wrap_stream(pieces)
            }
        }
    }
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}
