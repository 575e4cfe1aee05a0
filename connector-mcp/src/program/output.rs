//! What a program writes to standard output, up to the longest message.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

use crate::message::LONGEST_MESSAGE;

/// A stream of lines that fails at one that is too long.
pub(super) struct Lines<R> {
    inner: R,
    /// Length of the line so far.
    length: usize,
    overlong: Arc<AtomicBool>,
}

impl<R> Lines<R> {
    /// Reads a stream; sets `overlong` if a line is too long.
    pub(super) fn new(inner: R, overlong: Arc<AtomicBool>) -> Self {
        Self {
            inner,
            length: 0,
            overlong,
        }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Lines<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        let new = &buffer.filled()[before..];
        self.length = match new.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => new.len() - end - 1,
            None => self.length + new.len(),
        };
        if self.length > LONGEST_MESSAGE {
            self.overlong.store(true, Ordering::Release);
            let message = format!("a message has more than {LONGEST_MESSAGE} bytes");
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, message)));
        }
        Poll::Ready(Ok(()))
    }
}
