//! Tracks each request of a connection, from its head to the end of its response.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::service::Service;
use pin_project_lite::pin_project;
use tower::Service as _;

use super::progress::{Progress, Request, RequestBody};
use plugwright_surfaces::Surfaces;

/// Responses are passed to HTTP/2 in parts of this size, since they stay in memory until the client
/// makes room.
const PART: usize = 64 << 10;

pub(super) struct Requests {
    pub(super) surfaces: Surfaces,
    pub(super) progress: Arc<Progress>,
}

impl Service<hyper::Request<Incoming>> for Requests {
    type Response = hyper::Response<AnswerBody>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: hyper::Request<Incoming>) -> Answering {
        let known = self.progress.begin();
        let request = request.map(|body| ArrivingBody {
            progress: (!body.is_end_stream()).then(|| known.body()),
            body,
        });
        Answering {
            // The router is always ready.
            answer: Surfaces::refusal(&request)
                .unwrap_or_else(|| self.surfaces.clone().call(request)),
            request: Some(known),
        }
    }
}

pin_project! {
    /// Resolves to the response to a request.
    pub(super) struct Answering {
        #[pin]
        answer: <Surfaces as tower::Service<hyper::Request<ArrivingBody>>>::Future,
        request: Option<Request>,
    }
}

impl Future for Answering {
    type Output = Result<hyper::Response<AnswerBody>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer: Response = match ready!(this.answer.poll(cx)) {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        let request = this.request.take();
        let in_parts = request.as_ref().is_some_and(Request::is_http2);
        if let Some(request) = &request {
            request.answers();
        }
        Poll::Ready(Ok(answer.map(|body| AnswerBody {
            body,
            rest: Bytes::new(),
            request,
            in_parts,
        })))
    }
}

pub(super) struct ArrivingBody {
    body: Incoming,
    progress: Option<RequestBody>,
}

impl HttpBody for ArrivingBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = &mut *self;
        let frame = Pin::new(&mut this.body).poll_frame(cx);
        if let Some(progress) = &mut this.progress {
            match &frame {
                Poll::Pending => progress.awaited(),
                Poll::Ready(Some(Ok(frame))) => {
                    let bytes = frame.data_ref().map_or(0, Bytes::len);
                    progress.arrived(bytes, this.body.is_end_stream());
                }
                Poll::Ready(None | Some(Err(_))) => progress.arrived(0, true),
            }
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

pub(super) struct AnswerBody {
    body: Body,
    /// The rest of a part.
    rest: Bytes,
    /// Ended when this is dropped.
    request: Option<Request>,
    in_parts: bool,
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if !this.in_parts {
            return Pin::new(&mut this.body).poll_frame(cx);
        }
        if this.rest.is_empty() {
            let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
                // The delay is not the client's.
                if let Some(request) = &this.request {
                    request.works();
                }
                return Poll::Pending;
            };
            match frame {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => this.rest = data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                end => return Poll::Ready(end),
            }
        }
        let part = this.rest.split_to(this.rest.len().min(PART));
        if let Some(request) = &this.request {
            request.sent(part.len());
        }
        Poll::Ready(Some(Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let rest = self.rest.len() as u64;
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint.set_lower(hint.lower().saturating_add(rest));
        hint
    }
}
