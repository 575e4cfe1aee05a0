//! Files to send.

use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream, StreamExt};

use crate::data::JsonObject;
use crate::transport::error::TransportError;

/// The bytes of a file, in order.
pub type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// A file to send: read piece by piece while it is sent, and once more where a redirect asks for it.
///
/// ```
/// use plugwright_sdk::host::FileSource;
///
/// let notes = FileSource::from_bytes("Buy milk").named("notes.txt");
/// assert_eq!(notes.length(), 8);
/// ```
#[derive(Clone)]
pub struct FileSource {
    name: Option<String>,
    length: u64,
    open: Arc<dyn Fn() -> Pieces + Send + Sync>,
    shown: Option<Arc<JsonObject>>,
}

impl FileSource {
    /// Makes a file of `length` bytes, which `open` gives from the start each time.
    pub fn new(length: u64, open: impl Fn() -> Pieces + Send + Sync + 'static) -> Self {
        Self {
            name: None,
            length,
            open: Arc::new(open),
            shown: None,
        }
    }

    pub(crate) fn shown_as(mut self, members: JsonObject) -> Self {
        self.shown = Some(Arc::new(members));
        self
    }

    pub(crate) fn shown(&self) -> Option<&JsonObject> {
        self.shown.as_deref()
    }

    /// Makes a file of bytes that are in memory.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self::new(bytes.len() as u64, move || {
            let bytes = bytes.clone();
            stream::once(async move { Ok(bytes) }).boxed()
        })
    }

    /// Makes a file of the one at a path, which is opened when it is sent.
    ///
    /// # Errors
    ///
    /// If there is no such file, or it is something else, such as a folder.
    #[cfg(feature = "live")]
    pub fn from_path(path: impl Into<std::path::PathBuf>) -> io::Result<Self> {
        use futures_util::TryStreamExt as _;
        use tokio_util::io::ReaderStream;

        const PIECE: usize = 64 << 10;

        let path = path.into();
        let about = std::fs::metadata(&path)?;
        if !about.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is not a file",
            ));
        }
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let mut file = Self::new(about.len(), move || {
            let path = path.clone();
            stream::once(async move { tokio::fs::File::open(path).await })
                .map_ok(|file| ReaderStream::with_capacity(file, PIECE))
                .try_flatten()
                .boxed()
        });
        file.name = name;
        Ok(file)
    }

    /// Gives it a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Returns its name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns its length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Starts to read it.
    pub fn open(&self) -> Pieces {
        (self.open)()
    }

    pub(crate) async fn read(&self, cap: usize) -> Result<Bytes, TransportError> {
        let mut bytes = BytesMut::new();
        let mut pieces = self.open();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| {
                TransportError::Refused(format!("the file {self:?} can't be read: {error}"))
            })?;
            if bytes.len() + piece.len() > cap {
                return Err(TransportError::Refused(format!(
                    "the file {self:?} is longer than {cap} bytes, which is too long for this"
                )));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes.freeze())
    }
}

impl fmt::Debug for FileSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_deref().unwrap_or("without a name");
        write!(f, "{name} ({} bytes)", self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        futures_util::FutureExt::now_or_never(work).expect("nothing in memory waits")
    }

    #[test]
    fn a_file_can_be_read_twice_and_keeps_to_a_cap() {
        let file = FileSource::from_bytes("hello");
        for _ in 0..2 {
            assert_eq!(block_on(file.read(5)).unwrap(), "hello");
        }
        let error = block_on(file.read(4)).unwrap_err();
        assert!(matches!(error, TransportError::Refused(text) if text.contains("4 bytes")));
    }
}
