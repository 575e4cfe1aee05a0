//! Outputs that are read while they arrive.

mod scanner;

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _};
use reqwest::Response;

use super::{Action, OwnConnections};
use crate::error::Error;
use crate::http::{network, timed_out};
use scanner::Scanner;

/// The JSON text of an output, in the pieces in which it arrives; a [`Stream`].
///
/// It ends after the output, and after an error. Until it has ended without an error, the output is
/// not complete.
pub struct OutputStream(BoxStream<'static, Result<Bytes, Error>>);

impl Action<OwnConnections> {
    /// Calls the action and returns the JSON text of its output while it arrives, however large it is.
    ///
    /// The call is repeated until its response begins, and not after that. The timeout is that of each
    /// piece then.
    ///
    /// ```
    /// # use plugwright_client::{Connector, Error};
    /// # use std::io::Write;
    /// # async fn example(client: Connector, file: &mut std::fs::File) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut output = client.action("github.repos.list").execute_stream().await?;
    /// while let Some(piece) = output.next().await {
    ///     file.write_all(&piece?)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the call fails before the output begins.
    pub async fn execute_stream(self) -> Result<OutputStream, Error> {
        self.check_gateway().await?;
        let call = self.call()?;
        let timeout = call.limits.timeout;
        let state = Some(Arriving {
            response: self.http.open(call).await?,
            scanner: Scanner::default(),
            timeout,
        });
        let action = self.id.clone();
        let pieces = stream::try_unfold(state, move |state| {
            let action = action.clone();
            async move {
                let Some(arriving) = state else {
                    return Ok(None);
                };
                arriving
                    .piece()
                    .await
                    .map_err(|error| error.with_action(Some(&action)))
            }
        });
        Ok(OutputStream(pieces.boxed()))
    }
}

/// A response whose body arrives.
struct Arriving {
    response: Response,
    scanner: Scanner,
    timeout: Duration,
}

impl Arriving {
    /// Returns the next piece of the output that is not empty, with what is to be read after it.
    async fn piece(mut self) -> Result<Option<(Bytes, Option<Self>)>, Error> {
        loop {
            let chunk = tokio::time::timeout(self.timeout, self.response.chunk()).await;
            let chunk = chunk
                .map_err(|_| timed_out(self.timeout))?
                .map_err(|error| network(error, self.timeout))?;
            let Some(chunk) = chunk else {
                self.scanner.end()?;
                return Ok(None);
            };
            let piece = self.scanner.read(&chunk)?;
            if !piece.is_empty() {
                return Ok(Some((chunk.slice(piece), Some(self))));
            }
        }
    }
}

impl OutputStream {
    /// Returns the next piece.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        poll_fn(|cx| self.0.poll_next_unpin(cx)).await
    }
}

impl Stream for OutputStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}
