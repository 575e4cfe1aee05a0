//! Files that actions return.

use std::sync::Mutex;

use futures_util::StreamExt;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::FileContent;
use super::input::data_url;
use crate::error::{ActionError, ErrorCode};
use crate::model;
use crate::transport::{Response, TransportError};

/// A file that an action returns.
///
/// Where the caller gave a place to save it, the bytes went there as they came; otherwise they are
/// in `content`, up to the longest answer that the context allows.
#[model]
pub struct FileOutput {
    /// Name that the provider gives it.
    pub name: Option<String>,
    /// Media type.
    pub content_type: Option<String>,
    /// Length in bytes.
    pub size: u64,
    /// The bytes as a `data:` URL; absent if the caller saved them as they came.
    pub content: Option<String>,
}

impl FileOutput {
    pub(crate) fn inline(file: FileContent) -> Self {
        let media_type = file.media_type.as_deref();
        let media_type = media_type.unwrap_or("application/octet-stream");
        Self {
            name: file.name,
            size: file.bytes.len() as u64,
            content: Some(data_url(media_type, &file.bytes)),
            content_type: file.media_type,
        }
    }

    pub(crate) fn saved(name: Option<String>, content_type: Option<String>, size: u64) -> Self {
        Self {
            name,
            content_type,
            size,
            content: None,
        }
    }
}

/// Where the caller has a file saved, if anywhere.
#[derive(Default)]
pub(crate) struct Sink(Mutex<SinkState>);

#[derive(Default)]
enum SinkState {
    #[default]
    None,
    Ready(Box<dyn AsyncWrite + Send + Unpin>),
    Used,
}

pub(crate) enum SaveError {
    Transport(TransportError),
    Write(ActionError),
}

impl Sink {
    pub(crate) fn new(writer: impl AsyncWrite + Send + Unpin + 'static) -> Self {
        Self(Mutex::new(SinkState::Ready(Box::new(writer))))
    }

    pub(crate) fn is_set(&self) -> bool {
        !matches!(*self.lock(), SinkState::None)
    }

    /// Writes an answer's body as it comes; returns its length.
    pub(crate) async fn save(&self, mut response: Response) -> Result<u64, SaveError> {
        let taken = std::mem::replace(&mut *self.lock(), SinkState::Used);
        let SinkState::Ready(mut writer) = taken else {
            return Err(SaveError::Write(ActionError::new(
                ErrorCode::InternalError,
                "an action can't return two files",
            )));
        };
        let refused = |error: std::io::Error| {
            let message = format!("the file can't be written: {error}");
            SaveError::Write(ActionError::new(ErrorCode::InternalError, message).with_source(error))
        };
        let mut size = 0;
        while let Some(piece) = response.body.next().await {
            let piece = piece.map_err(SaveError::Transport)?;
            size += piece.len() as u64;
            writer.write_all(&piece).await.map_err(refused)?;
        }
        writer.shutdown().await.map_err(refused)?;
        Ok(size)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, SinkState> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
