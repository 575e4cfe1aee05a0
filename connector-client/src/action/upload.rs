//! Files that are sent while they are read.

use std::error::Error as StdError;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, io};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use crate::error::Error;

/// How much of a file is read at once.
const PIECE: usize = 64 << 10;

/// A file for a parameter that takes one: sent while it is read, however large it is.
///
/// A repetition of the call reads it again from the start.
#[derive(Clone)]
pub struct FileUpload {
    source: Source,
    media_type: String,
}

#[derive(Clone)]
enum Source {
    Path(PathBuf),
    Bytes(Bytes),
    Stream(Arc<dyn Fn() -> Pieces + Send + Sync>),
}

type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// A file that can't be read: the reason why a request could not be sent.
#[derive(Debug)]
pub(crate) struct FileError(io::Error);

impl FileUpload {
    /// Makes one of a file on this machine.
    pub fn from_path(path: impl AsRef<Path>) -> Self {
        Self::new(Source::Path(path.as_ref().to_owned()))
    }

    /// Makes one of bytes in memory.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(Source::Bytes(bytes.into()))
    }

    /// Makes one of any stream; `open` begins it anew for each attempt.
    pub fn from_stream<S>(open: impl Fn() -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        Self::new(Source::Stream(Arc::new(move || open().boxed())))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            media_type: "application/octet-stream".to_owned(),
        }
    }

    /// Sets the media type, by default `application/octet-stream`.
    #[must_use]
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = media_type.into();
        self
    }

    /// Returns the JSON text of the file, a `data:` URL, as it is read.
    pub(crate) fn json(&self) -> BoxStream<'static, Result<Bytes, FileError>> {
        let head = format!("\"data:{};base64,", self.media_type);
        let pieces = match &self.source {
            Source::Path(path) => read(path.clone()),
            Source::Bytes(bytes) => stream::iter([Ok(bytes.clone())]).boxed(),
            Source::Stream(open) => open(),
        };
        let ends = |text: Bytes| stream::iter([Ok(text)]);
        let pieces = encoded(pieces).map_err(FileError);
        ends(head.into())
            .chain(pieces)
            .chain(ends(Bytes::from_static(b"\"")))
            .boxed()
    }

    /// Checks that the media type can be part of a `data:` URL.
    pub(super) fn check(&self, param: &str) -> Result<(), Error> {
        let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && !b"\"\\,".contains(&byte);
        if self.media_type.bytes().all(is_plain) {
            return Ok(());
        }
        let message = format!("the media type of `{param}` is invalid");
        Err(Error::invalid_request(message))
    }
}

fn read(path: PathBuf) -> Pieces {
    let pieces = stream::try_unfold(None, move |file| {
        let path = path.clone();
        async move {
            let mut file = match file {
                Some(file) => file,
                None => File::open(path).await?,
            };
            let mut piece = BytesMut::with_capacity(PIECE);
            let length = file.read_buf(&mut piece).await?;
            Ok::<_, io::Error>((length > 0).then(|| (piece.freeze(), Some(file))))
        }
    });
    pieces.boxed()
}

/// Encodes pieces of any length as one base64 text.
fn encoded(pieces: Pieces) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold(
        (Some(pieces), Vec::new()),
        |(pieces, mut rest)| async move {
            let Some(mut pieces) = pieces else {
                return Ok(None);
            };
            loop {
                let Some(piece) = pieces.try_next().await? else {
                    let last = BASE64.encode(&rest);
                    return Ok(Some((Bytes::from(last), (None, Vec::new()))));
                };
                rest.extend_from_slice(&piece);
                let whole = rest.len() - rest.len() % 3;
                if whole > 0 {
                    let text = BASE64.encode(&rest[..whole]);
                    rest.drain(..whole);
                    return Ok(Some((Bytes::from(text), (Some(pieces), rest))));
                }
            }
        },
    )
}

impl fmt::Debug for FileUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileUpload")
            .field("media_type", &self.media_type)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the file can't be read: {}", self.0)
    }
}

impl StdError for FileError {}

impl FileError {
    /// Finds this error among the reasons of another.
    pub(crate) fn of<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Self> {
        let mut reason = Some(error);
        while let Some(error) = reason {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            reason = error.source();
        }
        None
    }
}
