//! Uploads in pieces that go on where they stopped.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::Method;
use serde::de::DeserializeOwned;

use super::{RequestBuilder, UpstreamResponse, reading};
use crate::context::ActionContext;
use crate::error::{ActionError, ErrorCode, Hint, Result};
use crate::file::{FileInput, FileSource, Pieces};

/// How much is sent at a time. All pieces but the last must be multiples of 256 KiB.
const PIECE: usize = 8 << 20;

/// How often in a row the upload may fail without getting further.
const MOST_FAILURES: u32 = 5;

/// The wait after the first failure; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);

impl RequestBuilder<'_> {
    /// Uploads a file of any length in pieces, by the protocol of Google's APIs for resumable uploads:
    /// this request opens a session, whose URL is in the `Location` of its answer, and each piece is a
    /// `PUT` to that URL. Returns the answer to the last one as JSON.
    ///
    /// After a failure that may pass, it asks how much has arrived and goes on from there, so that
    /// neither a lost piece nor a lost answer makes the upload fail or happen twice. Without
    /// `content_type` it is that of the file, or `application/octet-stream`.
    ///
    /// ```
    /// use plugwright_sdk::{ActionContext, FileInput, Result, Value, json, path};
    ///
    /// async fn upload(cx: &ActionContext, name: String, film: FileInput) -> Result<Value> {
    ///     cx.post(path!("/upload/films"))
    ///         .query("uploadType", "resumable")
    ///         .json(&json!({ "name": name }))
    ///         .upload_resumable(&film, None)
    ///         .await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch); `UPSTREAM_INVALID` if the provider opens no session, or counts what it
    /// has otherwise than the protocol says.
    pub async fn upload_resumable<T: DeserializeOwned + 'static>(
        self,
        file: &FileInput,
        content_type: Option<&str>,
    ) -> Result<T> {
        let cx = self.cx;
        let (content_type, source) = match file.inline() {
            Some((media_type, bytes)) => (
                content_type.unwrap_or(media_type),
                FileSource::from_bytes(bytes.clone()),
            ),
            None => (
                content_type.unwrap_or("application/octet-stream"),
                cx.attachment(file)?,
            ),
        };
        let opened = self
            .header("x-upload-content-type", content_type)
            .header("x-upload-content-length", source.length().to_string())
            .send()
            .await?;
        let session = opened
            .header("location")
            .ok_or_else(|| invalid("the provider opened no session for the upload"))?;
        let upload = Upload {
            cx,
            session,
            content_type,
            total: source.length(),
        };
        let answer = upload.run(Reader::new(source)).await?;
        reading::read(&answer)
    }
}

struct Upload<'a> {
    cx: &'a ActionContext,
    session: &'a str,
    content_type: &'a str,
    total: u64,
}

enum Step {
    /// So many bytes have arrived; the upload goes on from there.
    Arrived(u64),
    Done(UpstreamResponse),
    /// It may work later.
    Failed(ActionError),
}

impl Upload<'_> {
    async fn run(&self, mut reader: Reader) -> Result<UpstreamResponse> {
        let mut arrived = 0;
        let mut failures = 0;
        let mut sent_to = 0;
        let mut step = self.send(&mut reader, arrived, &mut sent_to).await?;
        loop {
            step = match step {
                Step::Done(answer) => return Ok(answer),
                Step::Arrived(now) if now > sent_to => {
                    return Err(invalid("the provider has more of the upload than was sent"));
                }
                Step::Arrived(now) => {
                    failures = if now > arrived { 0 } else { failures + 1 };
                    if failures > MOST_FAILURES {
                        return Err(invalid("the provider accepts no more of the upload"));
                    }
                    arrived = now;
                    self.cx.progress(arrived, Some(self.total), "uploading");
                    self.send(&mut reader, arrived, &mut sent_to).await?
                }
                Step::Failed(error) => {
                    failures += 1;
                    if failures > MOST_FAILURES {
                        // With the last piece, the upload may be complete.
                        let is_sent = sent_to == self.total;
                        return Err(if is_sent { error.ambiguous() } else { error });
                    }
                    let wait = FIRST_WAIT * 2_u32.pow(failures - 1);
                    tokio::time::sleep(error.retry_after().unwrap_or(wait)).await;
                    self.ask().await?
                }
            };
        }
    }

    /// Sends the piece that starts at `from`, or an empty file.
    async fn send(&self, reader: &mut Reader, from: u64, sent_to: &mut u64) -> Result<Step> {
        let piece = reader.read(from).await?;
        let end = from + piece.len() as u64;
        if piece.is_empty() && self.total > 0 {
            return Err(invalid(
                "the provider has all of the upload and does not say that it is complete",
            ));
        }
        *sent_to = end.max(*sent_to);
        let range = match piece.len() {
            0 => self.whole(),
            _ => format!("bytes {from}-{}/{}", end - 1, self.total),
        };
        self.put(range, piece).await
    }

    async fn ask(&self) -> Result<Step> {
        self.put(self.whole(), Bytes::new()).await
    }

    fn whole(&self) -> String {
        format!("bytes */{}", self.total)
    }

    async fn put(&self, range: String, piece: Bytes) -> Result<Step> {
        let request = self.cx.request_to(Method::PUT, self.session);
        let answer = request
            .header("content-range", range)
            .body(self.content_type, piece)
            .answer()
            .await;
        let error = match answer {
            Ok(answer) if answer.status == 308 => return self.arrived(&answer).map(Step::Arrived),
            Ok(answer) => match self.cx.judge(answer) {
                Ok(answer) => return Ok(Step::Done(answer)),
                Err(error) => error,
            },
            Err(error) => error,
        };
        let may_pass = error.hint() == Hint::Retry || error.is_ambiguous();
        if may_pass && error.code() != ErrorCode::Cancelled {
            Ok(Step::Failed(error))
        } else {
            Err(error)
        }
    }

    /// Reads how many bytes have arrived: `Range: bytes=0-99` are 100, and no `Range` is none.
    fn arrived(&self, answer: &UpstreamResponse) -> Result<u64> {
        let Some(range) = answer.header("range") else {
            return Ok(0);
        };
        let last = range.trim().strip_prefix("bytes=0-");
        let last: Option<u64> = last.and_then(|last| last.parse().ok());
        last.filter(|last| *last < self.total)
            .map(|last| last + 1)
            .ok_or_else(|| invalid("the provider's count of what has arrived can't be read"))
    }
}

struct Reader {
    source: FileSource,
    pieces: Pieces,
    /// What was read of the file and not sent.
    rest: Bytes,
    /// Where `rest` starts in the file.
    at: u64,
}

impl Reader {
    fn new(source: FileSource) -> Self {
        let pieces = source.open();
        Self {
            source,
            pieces,
            rest: Bytes::new(),
            at: 0,
        }
    }

    /// Reads the piece that starts at `from`; an earlier place than before is read again.
    async fn read(&mut self, from: u64) -> Result<Bytes> {
        if from < self.at {
            self.pieces = self.source.open();
            self.rest = Bytes::new();
            self.at = 0;
        }
        let mut piece = BytesMut::new();
        while piece.len() < PIECE {
            if self.rest.is_empty() {
                match self.pieces.next().await {
                    Some(Ok(next)) => self.rest = next,
                    Some(Err(error)) => {
                        let message = format!("the file {:?} can't be read: {error}", self.source);
                        let error = ActionError::new(ErrorCode::InternalError, message);
                        return Err(error.with_hint(Hint::Abort));
                    }
                    None => break,
                }
            }
            let skipped = usize::try_from(from.saturating_sub(self.at)).unwrap_or(usize::MAX);
            let skipped = skipped.min(self.rest.len());
            drop(self.rest.split_to(skipped));
            let taken = self.rest.len().min(PIECE - piece.len());
            piece.extend_from_slice(&self.rest.split_to(taken));
            // Skipping stops where the piece starts, so that what is taken starts there too.
            self.at += (skipped + taken) as u64;
        }
        Ok(piece.freeze())
    }
}

fn invalid(message: &str) -> ActionError {
    ActionError::new(ErrorCode::UpstreamInvalid, message)
}

#[cfg(all(test, feature = "testing"))]
mod tests;
