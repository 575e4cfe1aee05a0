//! Building one request and reading its answer.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use serde::Serialize;
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::pairs::{Nesting, add_pairs, pairs};
use super::params::RequestParams;
use super::value::{Field, FieldValue, RequestValue};
use super::{Body, Multipart, Path, length};
use crate::context::ActionContext;
use crate::error::{ActionError, ErrorCode, Result};
use crate::file::{EncodedFile, FileInput};
use crate::param::JsonObject;
use crate::transport::Request;

/// One request to the provider. Nothing is sent before [`send`](Self::send),
/// [`fetch`](Self::fetch) or [`page`](Self::page).
///
/// Values that are absent (`None`, `Patch::Keep`) add nothing. A mistake in the request, such as a
/// second body or a header that can't be sent, is reported when it is sent.
///
/// ```
/// use plugwright_sdk::http::Multipart;
/// use plugwright_sdk::{ActionContext, Result, Value, path};
///
/// async fn change(cx: &ActionContext, id: u64, name: Option<String>) -> Result<Value> {
///     let request = cx.patch(path!("/things/{id}")).query("notify", false);
///     request.field("name", name).header("if-match", "*").fetch().await
/// }
///
/// async fn upload(cx: &ActionContext, picture: Vec<u8>) -> Result<()> {
///     let form = Multipart::new().file("picture", "lamp.png", "image/png", picture);
///     cx.post("/pictures").host("files").multipart(form).fetch().await
/// }
/// ```
#[must_use = "a request does nothing until it is sent with `send`, `fetch` or `page`"]
#[derive(Debug)]
pub struct RequestBuilder<'a> {
    pub(crate) cx: &'a ActionContext,
    /// Boxed, as each method moves it.
    draft: Box<Draft<'a>>,
}

#[derive(Debug)]
struct Draft<'a> {
    method: Method,
    target: Result<Target<'a>>,
    query: Vec<(String, String)>,
    /// Parameters that are percent-encoded, as they are sent.
    encoded: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Content,
    is_optional: bool,
    is_unseen: bool,
    schemes: Option<&'a [usize]>,
    fault: Option<ActionError>,
}

#[derive(Debug)]
enum Target<'a> {
    /// To a path below the base URL, or below that of a further host.
    Path {
        path: String,
        host: Option<&'a str>,
    },
    Url(Url),
}

#[derive(Debug)]
enum Content {
    None,
    /// With the files that are members of it, by name.
    Json(Value, Files),
    Form(Vec<(String, String)>),
    Multipart(Multipart),
    Raw(Body),
}

/// Files that are members of a JSON body, by name.
type Files = Vec<(String, EncodedFile)>;

fn defect(message: impl Into<String>) -> ActionError {
    ActionError::new(ErrorCode::InternalError, message)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "values are given away, as the caller has no more use for them"
)]
impl<'a> RequestBuilder<'a> {
    pub(crate) fn new(cx: &'a ActionContext, method: Method, path: Path) -> Self {
        let target = path.0.map(|path| Target::Path { path, host: None });
        Self::to(cx, method, target)
    }

    pub(crate) fn to_url(cx: &'a ActionContext, method: Method, url: Result<Url>) -> Self {
        Self::to(cx, method, url.map(Target::Url))
    }

    fn to(cx: &'a ActionContext, method: Method, target: Result<Target<'a>>) -> Self {
        let draft = Box::new(Draft {
            method,
            target,
            query: Vec::new(),
            encoded: Vec::new(),
            headers: Vec::new(),
            body: Content::None,
            is_optional: false,
            is_unseen: false,
            schemes: None,
            fault: None,
        });
        Self { cx, draft }
    }

    /// Sends it to a further host that the connector declares under this name.
    pub fn host(mut self, name: &'a str) -> Self {
        match &mut self.draft.target {
            Ok(Target::Path { host, .. }) => *host = Some(name),
            Ok(Target::Url(_)) => self.fail(defect("a request to a URL has its host already")),
            Err(_) => {}
        }
        self
    }

    /// Authenticates by the first auth scheme at one of these places in
    /// [`Connector::auth`](crate::host::Connector::auth) that takes the credential, in place of the
    /// first of all.
    pub fn schemes(mut self, places: &'a [usize]) -> Self {
        self.draft.schemes = Some(places);
        self
    }

    /// Says that nobody sees what the request makes before a later request of the same call refers to it,
    /// such as the content of a file. If the call is repeated, it may be made twice:
    /// `plugwright check --faults` doesn't mind.
    pub fn unseen(mut self) -> Self {
        self.draft.is_unseen = true;
        self
    }

    /// Adds a query parameter; an absent value adds none, a list adds one per item, named by the
    /// connector's [`Nesting`].
    pub fn query(mut self, name: &str, value: impl RequestValue) -> Self {
        self.add_query(name, value.request_value());
        self
    }

    fn add_query(&mut self, name: &str, value: Option<Value>) {
        let nesting = self.cx.provider().nesting();
        if let Err(error) = add_pairs(name, value, nesting, &mut self.draft.query) {
            self.fail(error);
        }
    }

    /// Adds a query parameter that holds all items of a list, with `separator` between; an absent
    /// or empty list adds none.
    pub fn query_joined(mut self, name: &str, separator: &str, value: impl RequestValue) -> Self {
        match pairs(name, value.request_value(), Nesting::Repeated) {
            Ok(pairs) if pairs.is_empty() => {}
            Ok(pairs) => {
                let texts: Vec<_> = pairs.into_iter().map(|(_, text)| text).collect();
                self.draft
                    .query
                    .push((name.to_owned(), texts.join(separator)));
            }
            Err(error) => self.fail(error),
        }
        self
    }

    /// Adds a query parameter whose name and value are percent-encoded, for values in which some delimiters
    /// stand for themselves, such as the commas of a list.
    pub fn query_encoded(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.draft.encoded.push((name.into(), value.into()));
        self
    }

    /// Adds several query parameters: `params![..]`, or a reference to a `#[derive(Params)]` struct.
    pub fn query_params(mut self, params: impl RequestParams) -> Self {
        params.each(|name, value| self.add_query(name, Some(value)));
        self
    }

    /// Adds or replaces a header.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.draft
            .headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.draft.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a member to a JSON body; an absent value adds none, so an update sends only what
    /// was given. A file is added as [`base64`](FileInput::base64) or [`text`](FileInput::text).
    pub fn field(mut self, name: &str, value: impl FieldValue) -> Self {
        self.add_field(name, value.field_value());
        self
    }

    /// Adds several members to a JSON body: `params![..]`, or a reference to a `#[derive(Params)]`
    /// struct.
    pub fn fields(mut self, params: impl RequestParams) -> Self {
        if self.members().is_some() {
            params.each(|name, value| self.add_field(name, Field::Value(value)));
        }
        self
    }

    fn add_field(&mut self, name: &str, field: Field) {
        let Some((members, files)) = self.members() else {
            return;
        };
        let value = match field {
            Field::Absent => return,
            Field::Value(value) => {
                files.retain(|(other, _)| other != name);
                value
            }
            Field::File(content) => {
                files.retain(|(other, _)| other != name);
                files.push((name.to_owned(), content));
                Value::Null
            }
        };
        members.insert(name.to_owned(), value);
    }

    /// Returns the members of the JSON body, which it makes if there is no body yet, and those that
    /// are files.
    fn members(&mut self) -> Option<(&mut JsonObject, &mut Files)> {
        if matches!(self.draft.body, Content::None) {
            self.draft.body = Content::Json(JsonObject::new().into(), Vec::new());
        }
        if !matches!(self.draft.body, Content::Json(Value::Object(_), _)) {
            self.fail(defect("a request has one body: fields of JSON or another"));
        }
        match &mut self.draft.body {
            Content::Json(Value::Object(members), files) => Some((members, files)),
            _ => None,
        }
    }

    /// Sends no body if it would be an object or a form without members: to some providers an empty
    /// body is something else than none.
    pub fn optional_body(mut self) -> Self {
        self.draft.is_optional = true;
        self
    }

    /// Makes `value` the JSON body; `None` makes none, as does anything else that is `null` in JSON.
    pub fn json(mut self, value: &impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(Value::Null) => {}
            Ok(value) => self.set_body(Content::Json(value, Vec::new())),
            Err(error) => self.fail(defect("the body can't be written as JSON").with_source(error)),
        }
        self
    }

    /// Adds a field to a form body (`application/x-www-form-urlencoded`); an absent value adds
    /// none, a list adds one per item.
    pub fn form(mut self, name: &str, value: impl RequestValue) -> Self {
        self.add_form_field(name, value.request_value());
        self
    }

    /// Adds several fields to a form body: `params![..]`, or a reference to a `#[derive(Params)]`
    /// struct.
    pub fn form_fields(mut self, params: impl RequestParams) -> Self {
        if matches!(self.draft.body, Content::None) {
            self.draft.body = Content::Form(Vec::new());
        }
        params.each(|name, value| self.add_form_field(name, Some(value)));
        self
    }

    fn add_form_field(&mut self, name: &str, value: Option<Value>) {
        if matches!(self.draft.body, Content::None) {
            self.draft.body = Content::Form(Vec::new());
        }
        let pairs = pairs(name, value, self.cx.provider().nesting());
        match (&mut self.draft.body, pairs) {
            (Content::Form(fields), Ok(pairs)) => fields.extend(pairs),
            (_, Err(error)) => self.fail(error),
            _ => self.fail(defect("a request has one body: a form or another")),
        }
    }

    /// Makes a `multipart/form-data` body.
    pub fn multipart(mut self, form: Multipart) -> Self {
        self.set_body(Content::Multipart(form));
        self
    }

    /// Makes a body of bytes of this media type.
    pub fn body(mut self, content_type: &str, bytes: impl Into<Bytes>) -> Self {
        self.set_body(Content::Raw(Body::new(content_type, bytes)));
        self
    }

    /// Makes a body of a file that the caller gives, sent as it is read. Without `content_type` it
    /// is that of the file, or `application/octet-stream`.
    pub fn file(mut self, file: &FileInput, content_type: Option<&str>) -> Self {
        let body = match file.inline() {
            Some((media_type, bytes)) => {
                Ok(Body::new(content_type.unwrap_or(media_type), bytes.clone()))
            }
            None => self.cx.attachment(file).map(|source| {
                Body::file(content_type.unwrap_or("application/octet-stream"), source)
            }),
        };
        match body {
            Ok(body) => self.set_body(Content::Raw(body)),
            Err(error) => self.fail(error),
        }
        self
    }

    fn set_body(&mut self, body: Content) {
        if matches!(self.draft.body, Content::None) {
            self.draft.body = body;
        } else {
            self.fail(defect("a request has one body, but two were given"));
        }
    }

    /// Keeps the first mistake, which sending reports.
    fn fail(&mut self, error: ActionError) {
        self.draft.fault.get_or_insert(error);
    }

    /// Reads the files that go into the body before it is sent, and builds the request.
    pub(super) async fn ready(mut self) -> Result<Request> {
        if self.draft.fault.is_none()
            && let Content::Json(Value::Object(members), files) = &mut self.draft.body
            && !files.is_empty()
        {
            let (members, files) = (std::mem::take(members), std::mem::take(files));
            // Boxed, as every request has room for what it awaits.
            self.draft.body = Content::Raw(Box::pin(self.cx.json_body(members, files)).await?);
        }
        self.build()
    }

    pub(crate) fn build(self) -> Result<Request> {
        let draft = *self.draft;
        if let Some(fault) = draft.fault {
            return Err(fault);
        }
        let mut url = match draft.target? {
            Target::Path { path, host } => self.cx.url(host, &path)?,
            Target::Url(url) => url,
        };
        if !draft.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&draft.query);
        }
        for (name, value) in &draft.encoded {
            let before = url.query().map(|query| format!("{query}&"));
            let query = format!("{}{name}={value}", before.unwrap_or_default());
            url.set_query(Some(&query));
        }
        length::check(&url, self.cx, &[draft.query, draft.encoded].concat())?;
        let body = match draft.body {
            Content::None => Body::default(),
            Content::Json(Value::Object(members), _) if draft.is_optional && members.is_empty() => {
                Body::default()
            }
            Content::Form(fields) if draft.is_optional && fields.is_empty() => Body::default(),
            Content::Json(value, _) => Body::new("application/json", value.to_string()),
            Content::Form(fields) => Body::new(
                "application/x-www-form-urlencoded",
                form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(fields)
                    .finish(),
            ),
            Content::Multipart(form) => form.encode(),
            Content::Raw(body) => body,
        };
        let mut request = Request::new(draft.method, url);
        request.headers.insert(
            http::header::ACCEPT,
            HeaderValue::from_static("application/json"),
        );
        request.headers.insert(
            http::header::USER_AGENT,
            HeaderValue::from_static(USER_AGENT),
        );
        if let Some(content_type) = &body.content_type {
            self.cx
                .set_header(&mut request, "content-type", content_type)?;
        }
        for (name, value) in self.cx.provider().headers() {
            let refused = || {
                defect(format!(
                    "header `{name}` has characters that are not allowed in headers"
                ))
            };
            let header = HeaderName::try_from(*name).map_err(|_| refused())?;
            let value = HeaderValue::try_from(*value).map_err(|_| refused())?;
            request.headers.insert(header, value);
        }
        if let Some(name) = self.cx.provider().idempotency_header()
            && !request.method.is_safe()
        {
            let key = self.cx.idempotency_key();
            self.cx.set_header(&mut request, name, key)?;
        }
        let secrets = match draft.headers.as_slice() {
            [] => None,
            _ => Some(self.cx.credential()),
        };
        for (name, value) in &draft.headers {
            self.cx.set_header(&mut request, name, value)?;
            if secrets.is_some_and(|credential| credential.is_in(value))
                && let Ok(name) = HeaderName::try_from(name.as_str())
                && let Some(value) = request.headers.get_mut(name)
            {
                value.set_sensitive(true);
            }
        }
        request.body = body;
        request.unseen = draft.is_unseen;
        request.auth = self.cx.applied_credential(draft.schemes)?;
        Ok(request)
    }
}

pub(crate) const USER_AGENT: &str = concat!("plugwright/", env!("CARGO_PKG_VERSION"));
