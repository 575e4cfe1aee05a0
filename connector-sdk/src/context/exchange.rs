//! One exchange with the provider: credential, redirects, deadline, cap, error mapping.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;
use tokio::time::Instant;

use super::{ActionContext, base_url};
use crate::data::Data;
use crate::error::{ActionError, ErrorCode, Hint, Result};
use crate::file::{FileContent, FileOutput, SaveError};
use crate::http::{
    Body, EventReader, ServerEvent, UpstreamResponse, default_error, events, read_data,
};
use crate::reading::{disposition, link};
use crate::transport::{Meaning, Request, Response, TransportError};

const MOST_REDIRECTS: usize = 5;

impl ActionContext {
    /// Sends a request, follows redirects, and returns the answer unless it is an error.
    pub(crate) async fn exchange(&self, request: &Request) -> Result<UpstreamResponse> {
        let response = self.answer_kept(request).await?;
        self.judge(response)
    }

    /// Sends a request, follows redirects, and returns the answer as it is; the result has it too if
    /// that is wanted.
    pub(crate) async fn answer_kept(&self, request: &Request) -> Result<UpstreamResponse> {
        let response = self.answer(request).await?;
        if self.shared.capture_raw {
            self.keep_raw(&response);
        }
        Ok(response)
    }

    /// Tells the transport what the body of an answer says; see [`Transport::learn`].
    ///
    /// [`Transport::learn`]: crate::transport::Transport::learn
    pub(crate) fn learn(&self, request: &Request, meaning: &Meaning) -> Option<Duration> {
        self.shared.transport.learn(request, meaning)
    }

    /// Sends a request, follows redirects, and returns the answer as it is.
    pub(crate) async fn answer(&self, request: &Request) -> Result<UpstreamResponse> {
        let started = Instant::now();
        let response = self.open(request, started).await?;
        self.read(response, started).await
    }

    /// Sends a request and takes the answer's body as a file. Of a saved file the connector's error
    /// mapping sees nothing but an answer that is an error by its status.
    pub(crate) async fn download(&self, request: &Request) -> Result<FileOutput> {
        let started = Instant::now();
        let response = self.open(request, started).await?;
        let name = response
            .headers
            .get(CONTENT_DISPOSITION)
            .and_then(|value| disposition::clean_file_name(value.as_bytes(), self.redactor()));
        let kind = response.headers.get(CONTENT_TYPE);
        let media_type = kind.and_then(|kind| Some(kind.to_str().ok()?.to_owned()));
        if !self.shared.sink.is_set() || !(200..300).contains(&response.status) {
            let response = self.read(response, started).await?;
            let bytes = self.judge(response)?.body;
            return self.file_output(FileContent {
                name,
                media_type,
                bytes,
            });
        }
        let size = self.save(response, started).await?;
        Ok(FileOutput::saved(name, media_type, size))
    }

    /// Returns a file whose bytes are in memory: to where the caller wants it saved, or in the output.
    /// It is for providers that send a file within JSON; what is a body of its own is
    /// [downloaded](crate::http::RequestBuilder::download). Directories and the like are taken out of
    /// its name.
    ///
    /// # Errors
    ///
    /// If it can't be written, or the call is over; as of [`file_output`](Self::file_output).
    pub async fn return_file(&self, file: FileContent) -> Result<FileOutput> {
        if !self.shared.sink.is_set() {
            return self.file_output(file);
        }
        let response = Response::new(200, HeaderMap::new(), file.bytes);
        let size = self.save(response, Instant::now()).await?;
        let name = self.tidy(file.name);
        Ok(FileOutput::saved(name, file.media_type, size))
    }

    /// Returns a file whose bytes are in memory in the output, even if the caller wants one saved: for
    /// each but the first. Directories and the like are taken out of its name.
    ///
    /// # Errors
    ///
    /// If its bytes have a secret of the credential in them that can't be removed, as they are not text.
    pub fn file_output(&self, mut file: FileContent) -> Result<FileOutput> {
        file.name = self.tidy(file.name);
        let kind = file.media_type.as_deref();
        let clean = self
            .redactor()
            .redact_bytes(&file.bytes, kind.map(str::as_bytes))?;
        if let Some(clean) = clean {
            file.bytes = clean.into();
            // It is UTF-8 now.
            file.media_type = kind.and_then(|kind| Some(kind.split(';').next()?.trim().to_owned()));
        }
        Ok(FileOutput::inline(file))
    }

    fn tidy(&self, name: Option<String>) -> Option<String> {
        disposition::tidy(&name?, self.redactor())
    }

    /// Writes an answer's body to where the caller wants it; returns its length.
    async fn save(&self, response: Response, started: Instant) -> Result<u64> {
        let saving = async {
            match self.shared.sink.save(response).await {
                Ok(saved) => Ok(Ok(saved)),
                Err(SaveError::Write(error)) => Ok(Err(error)),
                Err(SaveError::Transport(error)) => Err(error),
            }
        };
        self.within_limits(started, saving).await?
    }

    /// Sends a request and hands the events of the answer to `take` until it returns a result.
    pub(crate) async fn stream<T>(
        &self,
        request: &Request,
        mut take: impl FnMut(&ServerEvent) -> Result<Option<T>>,
    ) -> Result<T> {
        let started = Instant::now();
        let mut response = self.open(request, started).await?;
        let is_stream = response.headers.get(CONTENT_TYPE).is_some_and(|kind| {
            let kind = kind.as_bytes();
            let length = kind.len().min(events::MEDIA_TYPE.len());
            kind[..length].eq_ignore_ascii_case(events::MEDIA_TYPE.as_bytes())
        });
        if !is_stream || !(200..300).contains(&response.status) {
            let response = self.judge(self.read(response, started).await?)?;
            return Err(no_stream(&response));
        }
        let cap = self.shared.response_cap;
        let mut reader = EventReader::default();
        let mut length = 0;
        while let Some(piece) = self
            .within_limits(started, response.body.try_next())
            .await?
        {
            length += piece.len();
            if length > cap {
                return Err(from_transport(TransportError::TooLarge { cap }));
            }
            for event in reader.read(&piece) {
                if let Some(result) = take(&event)? {
                    return Ok(result);
                }
            }
        }
        if let Some(event) = reader.end()
            && let Some(result) = take(&event)?
        {
            return Ok(result);
        }
        let message = "the provider's stream of events ended before its result was complete";
        Err(ActionError::new(ErrorCode::UpstreamInvalid, message).ambiguous())
    }

    /// Sends a request and follows redirects; the answer's body is still to be read.
    async fn open(&self, request: &Request, started: Instant) -> Result<Response> {
        let mut redirected: Option<Box<Request>> = None;
        let mut redirects = 0;
        loop {
            let request = redirected.as_deref().unwrap_or(request);
            let sending = self.shared.transport.send(request);
            let response = self.within_limits(started, sending).await?;
            match redirect(request, &response) {
                Some(next) if redirects < MOST_REDIRECTS => {
                    redirects += 1;
                    redirected = Some(Box::new(self.strip_for_strangers(next)));
                }
                Some(_) => {
                    return Err(ActionError::new(
                        ErrorCode::UpstreamInvalid,
                        format!("the provider redirects more than {MOST_REDIRECTS} times"),
                    ));
                }
                None => return Ok(response),
            }
        }
    }

    /// An origin that the connector does not declare gets nothing that is meant for the provider:
    /// neither the credential, nor what the connector or the caller put into headers or body. What
    /// is secret of these can't be told by its name.
    fn strip_for_strangers(&self, mut request: Request) -> Request {
        let known = base_url::origins(
            self.shared.base_url(),
            &self.shared.provider,
            &self.shared.settings,
        );
        // Once a redirect has left the declared hosts, later ones count as foreign too.
        request.for_stranger |= !known.contains(&request.url.origin());
        if request.for_stranger {
            request.auth = None;
            let agent = request.headers.remove(USER_AGENT);
            request.headers.clear();
            request
                .headers
                .insert(ACCEPT, HeaderValue::from_static("*/*"));
            if let Some(agent) = agent.filter(|agent| agent == crate::http::USER_AGENT) {
                request.headers.insert(USER_AGENT, agent);
            }
            request.body = Body::default();
        }
        request
    }

    /// Waits until the deadline or until the caller gives up, whichever comes first.
    async fn within_limits<T>(
        &self,
        started: Instant,
        work: impl Future<Output = Result<T, TransportError>>,
    ) -> Result<T> {
        let mut work = pin!(work);
        if self.shared.is_supervised {
            return work.await.map_err(from_transport);
        }
        let answer = until(self.shared.deadline, started, work.as_mut());
        let answered = match &self.shared.cancellation {
            Some(token) => token.run_until_cancelled(answer).await,
            None => Some(answer.await),
        };
        match answered {
            Some(answer) => answer.map_err(from_transport),
            None => Err(ActionError::new(
                ErrorCode::Cancelled,
                "the caller cancelled before the response arrived",
            )
            .ambiguous()),
        }
    }

    async fn read(&self, mut response: Response, started: Instant) -> Result<UpstreamResponse> {
        let (status, headers) = (response.status, std::mem::take(&mut response.headers));
        let memory = self.shared.response_memory.as_deref();
        let reading = response.read_within(self.shared.response_cap, memory);
        let reading = async {
            match reading.await {
                Err(error) if status >= 400 && error.leaves_status() => Ok(Bytes::new()),
                read => read,
            }
        };
        let body = self.within_limits(started, reading).await?;
        Ok(UpstreamResponse {
            status,
            headers,
            body,
        })
    }

    fn keep_raw(&self, response: &UpstreamResponse) {
        let text = || (!response.body.is_empty()).then(|| Value::from(response.text()).into());
        let raw = read_data(response).ok().or_else(text);
        self.notes().raw = raw;
    }

    /// Returns what the connector's own mapping makes of an answer.
    pub(crate) fn mapped_error(&self, response: &UpstreamResponse) -> Option<ActionError> {
        let map = self.shared.provider.error_mapper()?;
        map(response)
    }

    pub(crate) fn judge(&self, response: UpstreamResponse) -> Result<UpstreamResponse> {
        let error = |response: &UpstreamResponse| {
            let mapped = self.mapped_error(response);
            mapped
                .or_else(|| default_error(response))
                .map_or(Ok(()), Err)
        };
        self.understand(&response, error)?;
        Ok(response)
    }

    /// Reads an answer. An error repeats what the answer says without the credential's secrets: of what
    /// it cuts, the redactor would not know a piece of one.
    pub(crate) fn understand<T>(
        &self,
        response: &UpstreamResponse,
        read: impl Fn(&UpstreamResponse) -> Result<T>,
    ) -> Result<T> {
        read(response).map_err(|error| {
            let clean = response.without_secrets(self.redactor());
            self.clean(clean.and_then(|clean| read(&clean).err()).unwrap_or(error))
        })
    }

    /// Reads an answer as JSON of any shape. Numbers that a [`Value`](serde_json::Value) has no room for
    /// stay as they are written.
    ///
    /// # Errors
    ///
    /// `UPSTREAM_INVALID` if it is not JSON.
    pub fn data(&self, response: &UpstreamResponse) -> Result<Data> {
        self.understand(response, read_data)
    }
}

async fn until<T>(
    deadline: Option<Instant>,
    started: Instant,
    work: impl Future<Output = Result<T, TransportError>>,
) -> Result<T, TransportError> {
    match deadline {
        None => work.await,
        Some(deadline) => tokio::time::timeout_at(deadline, work)
            .await
            .unwrap_or_else(|_| {
                Err(TransportError::Timeout(
                    deadline.saturating_duration_since(started),
                ))
            }),
    }
}

/// Returns the request that an answer sends us on to. A write follows only the codes that keep
/// method and body, and 303, which asks for a GET (RFC 9110, section 15.4).
fn redirect(request: &Request, response: &Response) -> Option<Request> {
    let safe = request.method == Method::GET || request.method == Method::HEAD;
    let keeps_method = match response.status {
        301 | 302 => safe,
        307 | 308 => true,
        303 => false,
        _ => return None,
    };
    if !keeps_method && response.status != 303 {
        return None;
    }
    let location = link::reference(response.headers.get(LOCATION)?.as_bytes());
    let url = request.url.join(&location).ok().filter(|url| {
        let downgraded = request.url.scheme() == "https" && url.scheme() != "https";
        matches!(url.scheme(), "https" | "http") && !downgraded
    })?;
    // A body goes to the same origin only.
    if !safe && keeps_method && url.origin() != request.url.origin() {
        return None;
    }
    let mut next = request.clone();
    next.url = url;
    if !keeps_method {
        next.method = Method::GET;
        next.body = Body::default();
        next.headers.remove(CONTENT_TYPE);
    }
    Some(next)
}

fn no_stream(response: &UpstreamResponse) -> ActionError {
    let (status, kind) = (response.status, response.media_type());
    let kind = kind.as_deref().unwrap_or("no content type");
    let message =
        format!("the provider's response (HTTP {status}, {kind}) is not a stream of events");
    ActionError::new(ErrorCode::UpstreamInvalid, message)
}

fn from_transport(error: TransportError) -> ActionError {
    let message = error.to_string();
    match error {
        TransportError::Unreachable { .. } => {
            ActionError::new(ErrorCode::UpstreamUnreachable, message).with_source(error)
        }
        TransportError::Interrupted(_) => ActionError::new(ErrorCode::UpstreamError, message)
            .ambiguous()
            .with_source(error),
        TransportError::Undecodable(_) => ActionError::new(ErrorCode::UpstreamInvalid, message)
            .ambiguous()
            .with_source(error),
        TransportError::Unreadable(_) => {
            ActionError::new(ErrorCode::UpstreamInvalid, message).ambiguous()
        }
        TransportError::Timeout(_) => {
            ActionError::new(ErrorCode::UpstreamTimeout, message).ambiguous()
        }
        TransportError::TooLarge { .. } => {
            ActionError::new(ErrorCode::ResponseTooLarge, message).ambiguous()
        }
        TransportError::Refused(_) => ActionError::new(ErrorCode::PolicyDenied, message),
        TransportError::DestinationRefused(_) => {
            ActionError::new(ErrorCode::DestinationRefused, message)
        }
        TransportError::RateLimited { retry_after } => {
            ActionError::new(ErrorCode::RateLimited, message).with_retry_after(retry_after)
        }
        TransportError::Suspended { retry_after, .. } => {
            ActionError::new(ErrorCode::UpstreamSuspended, message).with_retry_after(retry_after)
        }
        TransportError::NotRecorded(_) => {
            ActionError::new(ErrorCode::NotFound, message).with_source(error)
        }
        TransportError::Planned => {
            ActionError::new(ErrorCode::Cancelled, message).with_hint(Hint::Abort)
        }
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
