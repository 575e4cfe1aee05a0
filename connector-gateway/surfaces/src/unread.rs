//! Counts large answers until clients have read them.

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, HttpBody};
use axum::http::Version;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use plugwright_engine::{Principal, SharedMemory, UnreadAnswer};

/// Answers up to this length are not counted: a connection itself may take as much.
const FREE: usize = 16 << 10;
/// The same over HTTP/2, where a connection has many answers at a time.
const FREE_OF_STREAM: usize = 1 << 10;

thread_local! {
    /// Whom the request is answered to that this thread works on.
    static CALLER: Cell<Option<Arc<Principal>>> = const { Cell::new(None) };
}

/// Notes who has made the request that is being worked on.
pub(crate) fn answers_to(principal: &Arc<Principal>) {
    CALLER.set(Some(Arc::clone(principal)));
}

pin_project! {
    /// Resolves to an answer, which counts for its caller until it is written or dropped.
    pub struct Counted<A> {
        #[pin]
        answer: A,
        // `None` if the answer is brief.
        memory: Option<Arc<SharedMemory>>,
        free: usize,
        caller: Option<Arc<Principal>>,
    }
}

impl<A> Counted<A> {
    pub(crate) fn new(answer: A, version: Version, memory: &Arc<SharedMemory>) -> Self {
        Self {
            memory: Some(Arc::clone(memory)),
            free: if version == Version::HTTP_2 {
                FREE_OF_STREAM
            } else {
                FREE
            },
            ..Self::brief(answer)
        }
    }

    pub(crate) fn brief(answer: A) -> Self {
        Self {
            answer,
            memory: None,
            free: FREE,
            caller: None,
        }
    }
}

impl<A: Future<Output = Result<Response, Infallible>>> Future for Counted<A> {
    type Output = A::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<A::Output> {
        let this = self.project();
        // A service in the process may be asked while another request is worked on.
        let outer = CALLER.take();
        let polled = this.answer.poll(cx);
        if let Some(caller) = CALLER.replace(outer) {
            *this.caller = Some(caller);
        }
        let answer = ready!(polled)?;
        // Without a caller there is no large answer that is not shared by all.
        Poll::Ready(Ok(match (this.memory.take(), this.caller.take()) {
            (Some(memory), Some(caller)) => count(answer, *this.free, memory, caller),
            _ => answer,
        }))
    }
}

fn count(
    answer: Response,
    free: usize,
    memory: Arc<SharedMemory>,
    caller: Arc<Principal>,
) -> Response {
    let counting = match answer.body().size_hint().exact() {
        Some(length) => {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            if length <= free {
                return answer;
            }
            Counting::Whole(Arc::new(memory.of_answer(&caller, length)))
        }
        None => Counting::Pieces {
            memory,
            free,
            caller,
        },
    };
    answer.map(|body| Body::new(CountedBody { body, counting }))
}

enum Counting {
    /// An answer of a known length.
    Whole(Arc<UnreadAnswer>),
    /// One that is made while it is read.
    Pieces {
        memory: Arc<SharedMemory>,
        /// Pieces up to so many bytes are not counted.
        free: usize,
        caller: Arc<Principal>,
    },
}

struct CountedBody {
    body: Body,
    counting: Counting,
}

/// Bytes that are counted as long as a connection has a part of them.
struct CountedBytes {
    bytes: Bytes,
    _counted: Arc<UnreadAnswer>,
}

impl AsRef<[u8]> for CountedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl CountedBody {
    fn counted(&self, bytes: Bytes) -> Bytes {
        let counted = match &self.counting {
            Counting::Whole(counted) => Arc::clone(counted),
            Counting::Pieces { free, .. } if bytes.len() <= *free => return bytes,
            Counting::Pieces { memory, caller, .. } => {
                Arc::new(memory.of_answer(caller, bytes.len()))
            }
        };
        Bytes::from_owner(CountedBytes {
            bytes,
            _counted: counted,
        })
    }
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let counted = |frame: Frame<Bytes>| frame.map_data(|bytes| self.counted(bytes));
        Poll::Ready(frame.map(|frame| frame.map(counted)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
