//! Sending a request and reading its answer.

use http::HeaderValue;
use serde::de::DeserializeOwned;

use super::{RequestBuilder, ServerEvent, UpstreamResponse, events, reading};
use crate::error::Result;
use crate::file::FileOutput;
use crate::pagination::{self, Pagination};
use crate::result::{ActionResult, Page};
use crate::transport::Request;

impl RequestBuilder<'_> {
    /// Sends the request and returns the answer, if the connector's error mapping finds no error
    /// in it.
    ///
    /// # Errors
    ///
    /// A value that can't stand in the path; a missing or refused credential; what the transport
    /// or the provider reports.
    pub fn send(self) -> impl Future<Output = Result<UpstreamResponse>> + Send {
        async move {
            let cx = self.cx;
            let request = self.ready().await?;
            cx.exchange(&request).await
        }
    }

    /// Sends the request and returns the answer, whatever its status is.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), but for what the provider reports.
    pub fn answer(self) -> impl Future<Output = Result<UpstreamResponse>> + Send {
        async move {
            let cx = self.cx;
            let request = self.ready().await?;
            cx.answer(&request).await
        }
    }

    /// Sends the request and reads the answer as JSON. With `()`, the body is ignored.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); `UPSTREAM_INVALID` if the body is empty, is not JSON or is not of
    /// the expected shape.
    pub fn fetch<T: DeserializeOwned + 'static>(self) -> impl Future<Output = Result<T>> + Send {
        async move {
            let cx = self.cx;
            let response = self.send().await?;
            cx.understand(&response, reading::read)
        }
    }

    /// Sends the request and reads what the answer, JSON, has at a JSON pointer (RFC 6901), for
    /// providers that put everything into an envelope.
    ///
    /// ```
    /// use plugwright_sdk::testing::{MockContext, block_on};
    /// use plugwright_sdk::{ConnectorDefinition, actions, json};
    ///
    /// static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("chat", "Chat", "1.0.0")
    ///     .base_url("https://chat.example.com/api")
    ///     .actions(actions![]);
    ///
    /// let cx = MockContext::new(&CONNECTOR, [(200, json!({ "ok": true, "room": { "name": "lobby" } }))]);
    /// let name: String = block_on(cx.get("/room").fetch_at("/room/name"))?;
    /// assert_eq!(name, "lobby");
    /// # Ok::<(), plugwright_sdk::ActionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch); `UPSTREAM_INVALID` if there is nothing at the pointer.
    pub fn fetch_at<T: DeserializeOwned + 'static>(
        self,
        pointer: &str,
    ) -> impl Future<Output = Result<T>> + Send {
        async move {
            let cx = self.cx;
            let response = self.send().await?;
            cx.understand(&response, |response| reading::read_at(response, pointer))
        }
    }

    /// Sends the request and returns the answer's body as a file: to where the caller wants it
    /// saved, piece by piece, or in the output.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); `RESPONSE_TOO_LARGE` if the file is in the output and longer than
    /// answers may be.
    pub fn download(self) -> impl Future<Output = Result<FileOutput>> + Send {
        async move {
            let cx = self.cx;
            let request = self.ready().await?;
            cx.download(&request).await
        }
    }

    /// Sends the request, asks for a stream of events, and hands each to `take` until that returns
    /// what they come to.
    ///
    /// ```
    /// use plugwright_sdk::{ActionContext, ErrorCode, ActionError, Result, serde_json::{self, Value}};
    ///
    /// async fn write(cx: &ActionContext, prompt: &str) -> Result<String> {
    ///     let mut text = String::new();
    ///     let mut done = 0;
    ///     let request = cx.post("/texts").field("prompt", prompt);
    ///     let stream = request.stream(|event| {
    ///         if event.data == "[DONE]" {
    ///             return Ok(Some(std::mem::take(&mut text)));
    ///         }
    ///         text.push_str(event.json::<Value>()?["text"].as_str().unwrap_or_default());
    ///         done += 1;
    ///         cx.progress(done, None, text.as_str());
    ///         Ok(None)
    ///     });
    ///     stream.await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and those of `take`; `UPSTREAM_INVALID` if the answer is no stream of
    /// events, or ends before its result; `RESPONSE_TOO_LARGE` if it is longer than answers may be.
    pub async fn stream<T>(self, take: impl FnMut(&ServerEvent) -> Result<Option<T>>) -> Result<T> {
        let cx = self.cx;
        let mut request = self.ready().await?;
        let accept = HeaderValue::from_static(events::MEDIA_TYPE);
        request.headers.insert(http::header::ACCEPT, accept);
        cx.stream(&request, take).await
    }

    /// Sends the request for a page of a list: the first one, or the one that the context's
    /// cursor names.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch); `VALIDATION_ERROR` if the cursor is not one that a page gave.
    pub fn page<T: DeserializeOwned + 'static>(
        self,
        pagination: impl Pagination,
    ) -> impl Future<Output = Result<Page<T>>> + Send {
        self.page_as(pagination, |strategy, request, response| {
            pagination::read_page(strategy, request, response)
        })
    }

    /// Sends the request for a page as [`page`](Self::page) does, and returns its items as the provider wrote
    /// them, for actions without types.
    ///
    /// # Errors
    ///
    /// As [`page`](Self::page).
    pub fn page_data(
        self,
        pagination: impl Pagination,
    ) -> impl Future<Output = Result<ActionResult>> + Send {
        self.page_as(pagination, |strategy, request, response| {
            pagination::read_data(strategy, request, response)
        })
    }

    async fn page_as<P: Pagination, R>(
        self,
        pagination: P,
        read: fn(&P, &Request, &UpstreamResponse) -> Result<R>,
    ) -> Result<R> {
        let cx = self.cx;
        let mut request = self.ready().await?;
        match cx.cursor() {
            Some(cursor) => pagination::resume(&mut request.url, cursor)?,
            None => pagination.start(&mut request.url),
        }
        let response = cx.exchange(&request).await?;
        cx.understand(&response, |response| read(&pagination, &request, response))
    }

    /// Sends the request for a list from its start, page by page, until the list ends or this many pages
    /// are read. Returns the items of all of them, with a cursor only if the list goes on.
    ///
    /// # Errors
    ///
    /// As [`page`](Self::page).
    pub fn pages<T: DeserializeOwned + Send + 'static>(
        self,
        pagination: impl Pagination,
        most: usize,
    ) -> impl Future<Output = Result<Page<T>>> + Send {
        async move {
            let cx = self.cx;
            let mut request = self.ready().await?;
            pagination.start(&mut request.url);
            let mut items = Vec::new();
            for read in 1.. {
                let response = cx.exchange(&request).await?;
                let page: Page<T> = cx.understand(&response, |response| {
                    pagination::read_page(&pagination, &request, response)
                })?;
                items.extend(page.items);
                match page.cursor {
                    Some(cursor) if read < most => pagination::resume(&mut request.url, &cursor)?,
                    cursor => {
                        let page = Page::new(items);
                        return Ok(Page { cursor, ..page });
                    }
                }
            }
            Ok(Page::new(items))
        }
    }
}
