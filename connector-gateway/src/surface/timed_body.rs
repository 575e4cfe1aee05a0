//! Bodies of clients that must not pause for too long.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::HttpBody;
use http_body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// A body that breaks off where its sender pauses for longer than a limit.
///
/// Most bodies have come as a whole when they are read, so a timer is only made for those that have
/// not.
pub(super) struct TimedBody<B> {
    body: B,
    limit: Duration,
    pause: Option<Pin<Box<Sleep>>>,
}

impl<B> TimedBody<B> {
    pub(super) fn new(body: B, limit: Duration) -> Self {
        Self {
            body,
            limit,
            pause: None,
        }
    }
}

impl<B> HttpBody for TimedBody<B>
where
    B: HttpBody<Error: Into<BoxError>> + Unpin,
{
    type Data = B::Data;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.pause = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let limit = self.limit;
        let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(limit)));
        pause
            .as_mut()
            .poll(cx)
            .map(|()| Some(Err("the body pauses for too long".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use bytes::Bytes;
    use futures_util::stream::{self, Stream, StreamExt as _};
    use http_body_util::{BodyExt as _, Full, StreamBody};
    use tokio::time::Instant;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    /// Sends one piece after each of these pauses.
    fn after(pauses: &'static [u64]) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> {
        stream::iter(pauses).then(|seconds| async move {
            sleep(Duration::from_secs(*seconds)).await;
            Ok(Frame::data(Bytes::from_static(b"piece")))
        })
    }

    fn timed(pauses: &'static [u64]) -> TimedBody<impl HttpBody<Data = Bytes, Error = Infallible>> {
        TimedBody::new(StreamBody::new(Box::pin(after(pauses))), LIMIT)
    }

    #[tokio::test(start_paused = true)]
    async fn each_pause_is_measured_anew() {
        let body = timed(&[9, 9, 0, 9]).collect().await.unwrap();
        assert_eq!(body.to_bytes(), "piece".repeat(4));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_pauses_for_too_long_breaks_off() {
        let started = Instant::now();
        let mut body = timed(&[1, 11]);
        assert!(body.frame().await.unwrap().is_ok());
        let error = body.frame().await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), "the body pauses for too long");
        assert_eq!(started.elapsed().as_secs(), 11);
    }

    #[test]
    fn it_tells_its_size() {
        let mut body = TimedBody::new(Full::<Bytes>::from("piece"), LIMIT);
        assert_eq!(body.size_hint().exact(), Some(5));
        assert!(!body.is_end_stream());
        let mut cx = Context::from_waker(std::task::Waker::noop());
        assert!(Pin::new(&mut body).poll_frame(&mut cx).is_ready());
        assert!(body.is_end_stream());
    }
}
