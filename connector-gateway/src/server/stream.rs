//! A client's stream that detects the protocol and reports progress.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::progress::Progress;

/// The HTTP/2 connection preface (RFC 9113, section 3.4).
const HTTP2: [u8; 24] = *b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How hyper's own response to a head that is too large starts.
const BARE_REFUSAL: &[u8] = b"HTTP/1.1 431 Request Header Fields Too Large\r\n\
    connection: close\r\ncontent-length: 0\r\n";

pub(super) struct ClientStream {
    stream: TcpStream,
    progress: Arc<Progress>,
    /// Bytes read in advance, of which `at..end` are left.
    first: [u8; HTTP2.len()],
    at: usize,
    end: usize,
    blocked: bool,
    refusal: Bytes,
    refuses: bool,
}

impl ClientStream {
    pub(super) fn new(stream: TcpStream, progress: Arc<Progress>, refusal: Bytes) -> Self {
        Self {
            stream,
            progress,
            first: [0; HTTP2.len()],
            at: 0,
            end: 0,
            blocked: false,
            refusal,
            refuses: false,
        }
    }

    /// Reads enough bytes to tell whether the client speaks HTTP/2, and keeps them for later reads.
    /// Returns `None` if the client has disconnected.
    pub(super) fn poll_protocol(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<bool>>> {
        loop {
            let read = &self.first[..self.end];
            if !HTTP2.starts_with(read) {
                return Poll::Ready(Ok(Some(false)));
            }
            if self.end == HTTP2.len() {
                self.progress.speaks_http2();
                return Poll::Ready(Ok(Some(true)));
            }
            let mut buffer = ReadBuf::new(&mut self.first[self.end..]);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
            let count = buffer.filled().len();
            if count == 0 {
                // An incomplete preface is not a request.
                return Poll::Ready(Ok(None));
            }
            self.end += count;
            self.progress.received(count);
        }
    }

    /// Sends a final response to a client that has started a request, without blocking.
    pub(super) fn send_if_started(&self, text: &[u8]) {
        if !self.progress.heard() {
            return;
        }
        // Best effort: the connection closes either way.
        let _ = self.stream.try_write(text);
    }

    /// Writes the refusal in place of hyper's, which has no body; returns the length of hyper's then.
    fn poll_refuse(
        &mut self,
        cx: &mut Context<'_>,
        text: &[u8],
    ) -> Poll<io::Result<Option<usize>>> {
        self.refuses |= text.starts_with(BARE_REFUSAL);
        if !self.refuses {
            return Poll::Ready(Ok(None));
        }
        while !self.refusal.is_empty() {
            let done = Pin::new(&mut self.stream).poll_write(cx, &self.refusal);
            self.note(&done, |count| *count);
            self.refusal.advance(ready!(done)?);
        }
        Poll::Ready(Ok(Some(text.len())))
    }

    fn note<T>(&mut self, done: &Poll<io::Result<T>>, bytes: impl FnOnce(&T) -> usize) {
        match done {
            Poll::Pending => {
                self.blocked = true;
                self.progress.blocked();
            }
            Poll::Ready(Ok(done)) if self.blocked => self.progress.unblocked(bytes(done)),
            Poll::Ready(_) => {}
        }
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.at < this.end {
            let count = buffer.remaining().min(this.end - this.at);
            buffer.put_slice(&this.first[this.at..this.at + count]);
            this.at += count;
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        let count = buffer.filled().len() - before;
        if count > 0 {
            this.progress.received(count);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Some(refused) = ready!(self.poll_refuse(cx, buffer))? {
            return Poll::Ready(Ok(refused));
        }
        let done = Pin::new(&mut self.stream).poll_write(cx, buffer);
        self.note(&done, |count| *count);
        done
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = buffers.first().map_or(&[][..], |buffer| &**buffer);
        if let Some(refused) = ready!(self.poll_refuse(cx, first))? {
            return Poll::Ready(Ok(refused));
        }
        let done = Pin::new(&mut self.stream).poll_write_vectored(cx, buffers);
        self.note(&done, |count| *count);
        done
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(cx);
        if self.blocked && matches!(done, Poll::Ready(Ok(()))) {
            // A flush means that everything was written.
            self.blocked = false;
            self.progress.all_sent();
        }
        done
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
