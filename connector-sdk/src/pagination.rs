//! How providers cut lists into pages.
//!
//! A strategy says where the items are and where the list goes on. The cursor that callers get is
//! opaque: it holds the path and query of the next request, never a host, so it can only lead
//! back to the host that the action talks to.
//!
//! ```
//! use plugwright_sdk::pagination::{CursorField, LinkHeader, Offset, Pagination};
//! use plugwright_sdk::{ActionContext, Page, Result, Value};
//!
//! async fn pages(cx: &ActionContext, size: u16) -> Result<()> {
//!     let _: Page<Value> = cx.get("/a").page(LinkHeader).await?;
//!     let in_object = CursorField::new("cursor", "/meta/next").items("/data").total("/meta/total");
//!     let _: Page<Value> = cx.get("/b").page(in_object).await?;
//!     let by_offset = Offset::new("offset", size.into());
//!     let _: Page<Value> = cx.get("/c").query("limit", size).page(by_offset).await?;
//!     Ok(())
//! }
//! ```

mod after_last;
mod body;
mod offset;
mod whole;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;

use crate::auth::Applied;
use crate::data::Data;
use crate::echo::Echo;
use crate::error::{ActionError, ErrorCode, Result};
use crate::http::{UpstreamResponse, unreadable};
use crate::reading::{json, link};
use crate::result::{ActionResult, Output as _, Page};
use crate::transport::Request;
pub use after_last::AfterLast;
pub use body::PageBody;
use body::Problem;
pub use offset::Offset;
pub use whole::Whole;

/// Where the next page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// There is none.
    End,
    /// At this URL, absolute or relative to the one just read.
    Url(String),
    /// At the same URL with this query parameter set.
    Parameter(String, String),
    /// Somewhere, as the answer says in a way that can't be read: the list fails, rather than to end
    /// as if it were complete.
    Unreadable(String),
}

/// A way of cutting a list into pages.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pagination",
    label = "use `LinkHeader`, `CursorField`, `AfterLast`, `PageNumber`, `Offset` or `Whole` of `plugwright_sdk::pagination`"
)]
pub trait Pagination: Send + Sync {
    /// Returns where the next page is.
    ///
    /// `url` is that of the page just read, `body` its JSON and `count` its number of items.
    fn next(
        &self,
        url: &Url,
        response: &UpstreamResponse,
        body: &PageBody<'_>,
        count: usize,
    ) -> Next;

    /// Prepares the URL of the first page.
    fn start(&self, _url: &mut Url) {}

    /// Returns the JSON pointer to the list of items; empty if the body is the list.
    #[allow(
        clippy::unnecessary_literal_bound,
        reason = "strategies made at run time own their pointer"
    )]
    fn items_pointer(&self) -> &str {
        ""
    }

    /// Returns the JSON pointer to the number of items over all pages.
    fn total_pointer(&self) -> Option<&str> {
        None
    }

    /// Returns whether an object without the list of items is an empty page.
    fn may_omit_items(&self) -> bool {
        false
    }

    /// Finds the items at a JSON pointer, for lists that come inside an object.
    fn items(self, pointer: &'static str) -> Within<Self>
    where
        Self: Sized,
    {
        Within {
            strategy: self,
            items: pointer,
            total: None,
            may_be_omitted: false,
        }
    }
}

/// A strategy for a list that comes inside an object; [`Pagination::items`] makes it.
#[derive(Clone, Copy, Debug)]
pub struct Within<S> {
    strategy: S,
    items: &'static str,
    total: Option<&'static str>,
    may_be_omitted: bool,
}

impl<S> Within<S> {
    /// Takes an object without the list for an empty page: some providers, such as Google, leave out
    /// lists that are empty. One that states an `error` is none.
    #[must_use]
    pub fn omitted_if_empty(mut self) -> Self {
        self.may_be_omitted = true;
        self
    }

    /// Reads the number of items over all pages at a JSON pointer.
    #[must_use]
    pub fn total(mut self, pointer: &'static str) -> Self {
        self.total = Some(pointer);
        self
    }
}

impl<S: Pagination> Pagination for Within<S> {
    fn next(
        &self,
        url: &Url,
        response: &UpstreamResponse,
        body: &PageBody<'_>,
        count: usize,
    ) -> Next {
        self.strategy.next(url, response, body, count)
    }

    fn start(&self, url: &mut Url) {
        self.strategy.start(url);
    }

    fn items_pointer(&self) -> &str {
        self.items
    }

    fn total_pointer(&self) -> Option<&str> {
        self.total.or_else(|| self.strategy.total_pointer())
    }

    fn may_omit_items(&self) -> bool {
        self.may_be_omitted
    }
}

/// The next page is the `rel="next"` of the `Link` header (RFC 8288); see
/// [`link`].
#[derive(Clone, Copy, Debug)]
pub struct LinkHeader;

impl Pagination for LinkHeader {
    fn next(&self, url: &Url, response: &UpstreamResponse, _: &PageBody<'_>, _: usize) -> Next {
        match link::next(&response.headers, url) {
            Ok(next) => next.map_or(Next::End, Next::Url),
            Err(error) => Next::Unreadable(error.to_string()),
        }
    }
}

/// The body names a cursor for the next page, which goes into a query parameter.
#[derive(Clone, Copy, Debug)]
pub struct CursorField<'a> {
    parameter: &'a str,
    pointer: &'a str,
}

impl<'a> CursorField<'a> {
    /// `parameter` takes the text or number that the body has at the JSON pointer `pointer`; a
    /// missing, null or empty one, `false` or 0, each also as a text, ends the list.
    pub const fn new(parameter: &'a str, pointer: &'a str) -> Self {
        Self { parameter, pointer }
    }
}

impl Pagination for CursorField<'_> {
    fn next(&self, _: &Url, _: &UpstreamResponse, body: &PageBody<'_>, _: usize) -> Next {
        match body.at(self.pointer) {
            None | Some(Value::Null | Value::Bool(false)) => Next::End,
            Some(Value::String(cursor)) if is_end(&cursor) => Next::End,
            Some(Value::Number(cursor)) if cursor.as_f64() == Some(0.0) => Next::End,
            Some(Value::Array(items)) if items.is_empty() => Next::End,
            Some(Value::Object(members)) if members.is_empty() => Next::End,
            Some(Value::String(cursor)) => Next::Parameter(self.parameter.to_owned(), cursor),
            Some(Value::Number(cursor)) => {
                Next::Parameter(self.parameter.to_owned(), json::number_text(&cursor))
            }
            Some(_) => Next::Unreadable(format!(
                "the provider's cursor at `{}` is neither a string nor a number",
                self.pointer
            )),
        }
    }
}

/// Returns whether a cursor says that there is no next page: none leads to where a list starts.
fn is_end(cursor: &str) -> bool {
    matches!(
        cursor.trim(),
        "" | "0" | "null" | "None" | "undefined" | "false"
    )
}

/// Pages are numbered, from 1 unless stated; a page with fewer items than asked for is the last.
#[derive(Clone, Copy, Debug)]
pub struct PageNumber {
    parameter: &'static str,
    size: usize,
    first: usize,
}

impl PageNumber {
    /// `parameter` takes the number; `size` is how many items a full page has, as the request asks
    /// for them.
    pub const fn new(parameter: &'static str, size: usize) -> Self {
        Self {
            parameter,
            size,
            first: 1,
        }
    }

    /// Sets the number of the page that comes without the parameter.
    #[must_use]
    pub const fn first(self, first: usize) -> Self {
        Self { first, ..self }
    }
}

impl Pagination for PageNumber {
    fn next(&self, url: &Url, _: &UpstreamResponse, _: &PageBody<'_>, count: usize) -> Next {
        if count == 0 || count < self.size {
            return Next::End;
        }
        let page = query_number(url, self.parameter)
            .unwrap_or(self.first)
            .saturating_add(1);
        Next::Parameter(self.parameter.to_owned(), page.to_string())
    }
}

fn query_number(url: &Url, parameter: &str) -> Option<usize> {
    url.query_pairs()
        .find(|(name, _)| name == parameter)
        .and_then(|(_, value)| value.parse().ok())
}

pub(crate) fn read_page<T: DeserializeOwned + 'static>(
    pagination: &impl Pagination,
    request: &Request,
    response: &UpstreamResponse,
) -> Result<Page<T>> {
    read_as(pagination, request, response, |page, _| Ok(page))
}

/// Reads a page as [`read_page`] does, but numbers that a [`Value`] has no room for stay as they are
/// written.
pub(crate) fn read_data(
    pagination: &impl Pagination,
    request: &Request,
    response: &UpstreamResponse,
) -> Result<ActionResult> {
    read_as(pagination, request, response, |page: Page<Value>, body| {
        let is_long = json::has_long_number(&response.body, &page.items);
        let mut result = page.into_result()?;
        if is_long && let Some(items) = body.text_at(pagination.items_pointer()) {
            let items = serde_json::from_str::<&RawValue>(items);
            result.data = Data::of(&items.map_err(|error| unreadable(response, &error))?)?;
        }
        Ok(result)
    })
}

fn read_as<T: DeserializeOwned + 'static, R>(
    pagination: &impl Pagination,
    request: &Request,
    response: &UpstreamResponse,
    make: impl Fn(Page<T>, &PageBody<'_>) -> Result<R>,
) -> Result<R> {
    if response.has_no_content() {
        return make(Page::new(Vec::new()), &PageBody::empty());
    }
    let attempt = |text: &str| {
        let (body, items) = PageBody::with_items(
            text,
            pagination.items_pointer(),
            pagination.may_omit_items(),
        )?;
        Ok(finish(pagination, request, response, &body, items).and_then(|page| make(page, &body)))
    };
    let is_duplicate = |problem: &Problem| problem.is_duplicate();
    json::in_turn(
        &response.body,
        response.content_type(),
        attempt,
        is_duplicate,
    )
    .unwrap_or_else(|problem: Problem| Err(problem.into_error(response)))
}

fn finish<T>(
    pagination: &impl Pagination,
    request: &Request,
    response: &UpstreamResponse,
    body: &PageBody<'_>,
    items: Vec<T>,
) -> Result<Page<T>> {
    let next = pagination.next(&request.url, response, body, items.len());
    let mut page = Page::new(items);
    page.cursor = cursor_for(request, next)?;
    page.total_count = pagination
        .total_pointer()
        .and_then(|pointer| body.count_at(pointer));
    Ok(page)
}

fn cursor_for(request: &Request, next: Next) -> Result<Option<String>> {
    let url = &request.url;
    let mut target = match next {
        Next::End => return Ok(None),
        Next::Unreadable(reason) => return Err(invalid(reason)),
        Next::Url(target) => link::resolve(url, &target).ok_or_else(|| {
            invalid("the provider's link to the next page is not a URL".to_owned())
                .with_detail(Echo(&target).to_string())
        })?,
        Next::Parameter(name, value) => {
            let mut target = without(url.clone(), &name);
            target.query_pairs_mut().append_pair(&name, &value);
            target
        }
    };
    if target.origin() != url.origin() {
        return Err(invalid(
            "the provider's link to the next page points to another host".to_owned(),
        )
        .with_detail(target.host_str().unwrap_or("no host").to_owned()));
    }
    // Every request adds the credential, which some links repeat: a cursor has no secret in it.
    if let Some((parameter, _)) = request.auth.as_ref().and_then(Applied::query) {
        target = without(target, parameter);
    }
    let next = path_and_query(&target);
    if next == path_and_query(url) {
        return Err(invalid(
            "the provider's link to the next page points to the same page".to_owned(),
        ));
    }
    Ok(Some(URL_SAFE_NO_PAD.encode(next)))
}

/// Returns a URL without a query parameter; what is kept stays as it was written.
fn without(mut url: Url, name: &str) -> Url {
    let is_other = |pair: &&str| {
        let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
        pairs.next().is_some_and(|(other, _)| other != name)
    };
    let pairs = url.query().unwrap_or_default().split('&');
    let kept = pairs.filter(is_other).collect::<Vec<_>>().join("&");
    url.set_query((!kept.is_empty()).then_some(&kept));
    url
}

fn path_and_query(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// Points `url` at the page that a cursor names, on the same host.
pub(crate) fn resume(url: &mut Url, cursor: &str) -> Result<()> {
    let refused = || {
        ActionError::invalid_param(
            "cursor",
            "is not a cursor of this action; pass the cursor of a page unchanged",
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
    let text = String::from_utf8(bytes).map_err(|_| refused())?;
    let plain = text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains(['\\', '#'])
        && !text.chars().any(char::is_control);
    if !plain {
        return Err(refused());
    }
    let target = url.join(&text).map_err(|_| refused())?;
    if target.origin() != url.origin() || path_and_query(&target) != text {
        return Err(refused());
    }
    *url = target;
    Ok(())
}

fn invalid(message: String) -> ActionError {
    ActionError::new(ErrorCode::UpstreamInvalid, message)
}

#[cfg(test)]
mod tests;
