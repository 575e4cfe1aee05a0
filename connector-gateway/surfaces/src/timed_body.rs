//! Bodies that must arrive in time, and in pieces that are not too small.

use std::error::Error;
use std::iter;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::HttpBody;
use bytes::Buf;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::pace::Pace;
use plugwright_egress::pieces::Pieces;
use plugwright_engine::{Limit, LimitHits, Limits};

pub(super) struct BodyTimes {
    /// Longest pause.
    pause: Duration,
    /// Time for a whole body, extended for fast senders.
    whole: Duration,
    hits: LimitHits,
}

impl BodyTimes {
    pub(super) fn new(limits: &Limits, hits: LimitHits) -> Self {
        Self {
            pause: limits.body_timeout,
            whole: limits.request_timeout,
            hits,
        }
    }
}

/// Why a body is not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyFault {
    #[error("the body pauses for too long")]
    Pause,
    #[error("the body takes too long")]
    Whole,
    #[error("the body has too many small pieces")]
    Pieces,
}

impl BodyFault {
    /// Returns the one that an error is, or comes from.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        iter::successors(Some(error), |&error| error.source())
            .find_map(|cause| cause.downcast_ref::<Self>().copied())
    }
}

/// A body that ends with an error when its sender pauses for too long, is too slow, or cuts it too
/// finely.
///
/// Most bodies have arrived as a whole when they are read, so only others get a timer.
pub(super) struct TimedBody<B> {
    body: B,
    times: Arc<BodyTimes>,
    wait: Option<(Pace, Pin<Box<Sleep>>)>,
    pieces: Pieces,
}

impl<B> TimedBody<B> {
    pub(super) fn new(body: B, times: Arc<BodyTimes>) -> Self {
        Self {
            body,
            times,
            wait: None,
            pieces: Pieces::default(),
        }
    }

    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<BodyFault> {
        let BodyTimes { pause, whole, hits } = &*self.times;
        let (pace, timer) = self.wait.get_or_insert_with(|| {
            let pace = Pace::new(Instant::now());
            (pace, Box::pin(sleep_until(pace.due(*pause, *whole))))
        });
        loop {
            std::task::ready!(timer.as_mut().poll(cx));
            // What arrived meanwhile moved the deadline; the timer follows only now.
            let due = pace.due(*pause, *whole);
            if due <= Instant::now() {
                let (limit, error) = if pace.pauses(*pause, *whole) {
                    (Limit::BodyTimeout, BodyFault::Pause)
                } else {
                    (Limit::RequestTimeout, BodyFault::Whole)
                };
                hits.add(limit);
                return Poll::Ready(error);
            }
            timer.as_mut().reset(due);
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
            if let Some(Ok(frame)) = &frame {
                let bytes = frame.data_ref().map_or(0, Buf::remaining);
                if !self.pieces.allow(bytes) {
                    return Poll::Ready(Some(Err(BodyFault::Pieces.into())));
                }
                if let Some((pace, _)) = &mut self.wait {
                    pace.advance(Instant::now(), bytes);
                    if let Poll::Ready(error) = self.poll_late(cx) {
                        return Poll::Ready(Some(Err(error.into())));
                    }
                }
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        self.poll_late(cx).map(|error| Some(Err(error.into())))
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
    use tokio::time::sleep;

    use super::*;

    fn times() -> Arc<BodyTimes> {
        let limits = Limits {
            body_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_mins(1),
            ..Limits::default()
        };
        Arc::new(BodyTimes::new(&limits, LimitHits::default()))
    }

    /// Sends a piece after each of these pauses.
    fn after(
        pauses: Vec<u64>,
        piece: &'static [u8],
    ) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> {
        stream::iter(pauses).then(move |seconds| async move {
            sleep(Duration::from_secs(seconds)).await;
            Ok(Frame::data(Bytes::from_static(piece)))
        })
    }

    fn timed(
        pauses: Vec<u64>,
        piece: &'static [u8],
    ) -> TimedBody<impl HttpBody<Data = Bytes, Error = Infallible>> {
        TimedBody::new(StreamBody::new(Box::pin(after(pauses, piece))), times())
    }

    #[tokio::test(start_paused = true)]
    async fn each_pause_is_measured_anew() {
        let body = timed(vec![9, 9, 0, 9], b"piece").collect().await.unwrap();
        assert_eq!(body.to_bytes(), "piece".repeat(4));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_pauses_for_too_long_breaks_off() {
        let started = Instant::now();
        let mut body = timed(vec![1, 11], b"piece");
        assert!(body.frame().await.unwrap().is_ok());
        let error = body.frame().await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), "the body pauses for too long");
        assert_eq!(BodyFault::of(&*error), Some(BodyFault::Pause));
        assert_eq!(started.elapsed().as_secs(), 11);
    }

    #[tokio::test(start_paused = true)]
    async fn empty_pieces_are_no_progress() {
        let started = Instant::now();
        let error = timed(vec![1; 100], b"").collect().await.unwrap_err();
        assert_eq!(error.to_string(), "the body pauses for too long");
        assert_eq!(started.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_trickles_breaks_off() {
        let started = Instant::now();
        let error = timed(vec![5; 1000], b"x").collect().await.unwrap_err();
        assert_eq!(error.to_string(), "the body takes too long");
        assert_eq!(started.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_body_that_comes_steadily_has_its_time() {
        const PIECE: &[u8] = &[0; 32 << 10];
        let started = Instant::now();
        let body = timed(vec![1; 320], PIECE).collect().await.unwrap();
        assert_eq!(body.to_bytes().len(), 10 << 20);
        assert_eq!(started.elapsed().as_secs(), 320);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_in_crumbs_breaks_off() {
        const LINE: &[u8] = &[b'x'; 256];
        let error = timed(vec![0; 9000], b"x").collect().await.unwrap_err();
        assert_eq!(BodyFault::of(&*error), Some(BodyFault::Pieces));
        let body = timed(vec![0; 40_000], LINE).collect().await.unwrap();
        assert_eq!(body.to_bytes().len(), 40_000 * LINE.len());
    }

    #[test]
    fn it_tells_its_size() {
        let mut body = TimedBody::new(Full::<Bytes>::from("piece"), times());
        assert_eq!(body.size_hint().exact(), Some(5));
        assert!(!body.is_end_stream());
        let mut cx = Context::from_waker(std::task::Waker::noop());
        assert!(Pin::new(&mut body).poll_frame(&mut cx).is_ready());
        assert!(body.is_end_stream());
    }
}
