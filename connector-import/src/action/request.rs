//! From an input to the request, and to the data that comes back.

pub(super) mod answer;
mod multipart;
pub(super) mod pages;
mod related;

use plugwright_sdk::host::headers::acts_for_another;
use plugwright_sdk::http::{LONGEST_URL, Method, Multipart, Path, RequestBuilder};
use plugwright_sdk::{
    ActionContext, ActionError, ActionResult, ErrorCode, FileInput, Result, Value,
};
use serde_json::{Map, json};
use url::form_urlencoded;

use super::{Operation, graphql, style, tool};
use crate::form::{
    BodyEncoding, BodySource, BodyTemplate, FieldTemplate, ImportedAction, ParameterPlace,
    ParameterTemplate, RequestTemplate, ResponseKind, Style,
};
use pages::Paging;

pub(super) async fn run(
    operation: &Operation,
    cx: &ActionContext,
    input: Map<String, Value>,
) -> Result<ActionResult> {
    let action = &operation.action;
    let request = request(operation, cx, &input)?;
    if action.response == ResponseKind::ToolResult {
        return tool::call(action, request, cx, input).await;
    }
    if let Some(graphql) = &action.request.graphql {
        return graphql::call(action, graphql, request, input).await;
    }
    let request = match &action.request.body {
        Some(body) => with_body(request, &action.request, body, cx, &input).await?,
        None => request,
    };
    if action.response == ResponseKind::File {
        let file = request.download().await?;
        return Ok(ActionResult::new(answer::described(file)?));
    }
    if let Some(paging) = &action.paging {
        let paging = Paging::new(paging, &input, action);
        return request.page_data(paging).await;
    }
    let response = request.send().await?;
    Ok(ActionResult {
        data: answer::data(operation, cx, &response).await?,
        ..ActionResult::default()
    })
}

/// Returns what the body is made of, under the names that the provider has for it.
pub(super) fn members(action: &ImportedAction, mut input: Map<String, Value>) -> Value {
    let body = action.request.body.as_ref().map(|body| &body.source);
    match body {
        Some(BodySource::Member(name)) => input.remove(name).unwrap_or_else(|| json!({})),
        Some(BodySource::Members(fields)) => fields
            .iter()
            .filter_map(|field| Some((field.name.clone(), input.remove(&field.input)?)))
            .collect::<Map<_, _>>()
            .into(),
        None => json!({}),
    }
}

/// Refuses a text that is too long for a URL before it is percent-encoded, and what only callers who may do
/// everything may send, unless the operation has it by default.
fn check_sendable(
    operation: &Operation,
    parameter: &ParameterTemplate,
    value: &Value,
    cx: &ActionContext,
) -> Result<()> {
    let is_default = || operation.action.defaults.get(&parameter.input) == Some(value);
    let message = match parameter.place {
        ParameterPlace::Path | ParameterPlace::Query
            if value.as_str().is_some_and(|text| text.len() > LONGEST_URL) =>
        {
            format!("makes the URL of the request longer than {LONGEST_URL} bytes")
        }
        ParameterPlace::Header | ParameterPlace::Cookie
            if !cx.may_act_for_others() && acts_for_another(&parameter.name) && !is_default() =>
        {
            "can't be set with this token: it may choose another account than the connection's, which is \
             for callers who may do everything"
                .to_owned()
        }
        _ => return Ok(()),
    };
    Err(ActionError::invalid_param(
        parameter.input.as_str(),
        message,
    ))
}

fn request<'a>(
    operation: &'a Operation,
    cx: &'a ActionContext,
    input: &Map<String, Value>,
) -> Result<RequestBuilder<'a>> {
    let template = &operation.action.request;
    let mut path = template.path.clone();
    let mut query = template.query.clone();
    let mut encoded: Vec<(String, String)> = Vec::new();
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut cookies: Vec<String> = Vec::new();
    for parameter in &template.parameters {
        let given = input.get(&parameter.input).filter(|value| !value.is_null());
        let (style, explode) = (parameter.style, parameter.explode);
        if let Some(given) = given {
            check_sendable(operation, parameter, given, cx)?;
        }
        match (parameter.place, given) {
            (ParameterPlace::Path, given) => {
                let given = given.ok_or_else(|| {
                    ActionError::invalid_param(parameter.input.as_str(), "is required")
                })?;
                let text =
                    style::segment(&parameter.input, &parameter.name, given, style, explode)?;
                path = path.replace(&format!("{{{}}}", parameter.name), &text);
            }
            (_, None) => {}
            (ParameterPlace::Query, Some(given)) => {
                match style::encoded(&parameter.name, given, style, explode) {
                    Some(pairs) => encoded.extend(pairs),
                    None => query.extend(style::pairs(&parameter.name, given, style, explode)),
                }
            }
            (ParameterPlace::Header, Some(given)) => {
                headers.push((parameter.name.clone(), style::header(given, style, explode)));
            }
            (ParameterPlace::Cookie, Some(given)) => {
                let pairs = style::pairs(&parameter.name, given, style, explode);
                cookies.extend(
                    pairs
                        .iter()
                        .map(|(name, text)| format!("{}={}", cookie_name(name), cookie(text))),
                );
            }
        }
    }
    for place in operation.credential.iter() {
        let Some(secret) = cx.credential().field(&place.field) else {
            continue;
        };
        if !operation.sends(&place.field) {
            continue;
        }
        let given = secret.expose();
        let start = given.get(..place.prefix.len());
        let has_prefix = start.is_some_and(|start| start.eq_ignore_ascii_case(&place.prefix));
        let prefix = if has_prefix {
            ""
        } else {
            place.prefix.as_str()
        };
        let text = format!("{prefix}{given}");
        match place.place {
            ParameterPlace::Query => query.push((place.name.clone(), text)),
            ParameterPlace::Cookie => cookies.push(format!("{}={text}", place.name)),
            ParameterPlace::Header | ParameterPlace::Path => {
                headers.push((place.name.clone(), text));
            }
        }
    }
    if !cookies.is_empty() {
        headers.push(("cookie".to_owned(), cookies.join("; ")));
    }
    let method = Method::from_bytes(template.method.as_bytes()).map_err(|error| {
        ActionError::new(ErrorCode::InternalError, "the HTTP method is invalid").with_source(error)
    })?;
    let mut request = cx.request(method, Path::from(path.as_str()));
    if let Some(schemes) = &operation.schemes {
        request = request.schemes(schemes);
    }
    if let Some(host) = &template.host {
        request = request.host(host);
    }
    for (name, text) in &query {
        request = request.query(name, text);
    }
    for (name, text) in encoded {
        request = request.query_encoded(name, text);
    }
    if let Some(accept) = &template.accept {
        request = request.header("accept", accept);
    }
    for (name, text) in headers {
        request = request.header(&name, text);
    }
    Ok(request)
}

/// What would end the value of a cookie.
const ENDS_COOKIE: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b',')
    .add(b';')
    .add(b'\\');

fn cookie(text: &str) -> String {
    const VALUE: &percent_encoding::AsciiSet = &ENDS_COOKIE.add(b'%');
    percent_encoding::utf8_percent_encode(text, VALUE).to_string()
}

/// Encodes the name of a cookie, which callers choose where it is a key of an object.
fn cookie_name(text: &str) -> String {
    const NAME: &percent_encoding::AsciiSet = &ENDS_COOKIE.add(b'=');
    percent_encoding::utf8_percent_encode(text, NAME).to_string()
}

async fn with_body<'a>(
    request: RequestBuilder<'a>,
    template: &RequestTemplate,
    body: &BodyTemplate,
    cx: &'a ActionContext,
    input: &Map<String, Value>,
) -> Result<RequestBuilder<'a>> {
    match &body.source {
        BodySource::Member(name) => match input.get(name) {
            Some(value) if body.encoding == BodyEncoding::Binary => {
                let file = value.as_str().and_then(FileInput::from_text);
                let file =
                    file.ok_or_else(|| ActionError::invalid_param(name, "must be a file"))?;
                let kind = file_type(&file, template, body, cx)?;
                Ok(request.file(&file, Some(&kind)))
            }
            Some(value) => whole(request, body, name, value),
            None => Ok(request),
        },
        BodySource::Members(fields) => {
            let given: Vec<(&FieldTemplate, &Value)> = fields
                .iter()
                .filter_map(|field| Some((field, input.get(&field.input)?)))
                .collect();
            if given.is_empty() && !body.required {
                return Ok(request);
            }
            match body.encoding {
                BodyEncoding::Form => Ok(form(request, body, &given)),
                BodyEncoding::Multipart => multipart::body(request, &given, cx).await,
                BodyEncoding::Related => related::body(request, &given, cx).await,
                BodyEncoding::Json | BodyEncoding::Text | BodyEncoding::Binary => {
                    let members: Map<String, Value> = given
                        .iter()
                        .map(|(field, value)| (field.name.clone(), (*value).clone()))
                        .collect();
                    Ok(json_body(request, body, &members.into()))
                }
            }
        }
    }
}

fn json_body<'a>(
    request: RequestBuilder<'a>,
    body: &BodyTemplate,
    value: &Value,
) -> RequestBuilder<'a> {
    request.body(&body.media_type, value.to_string())
}

fn whole<'a>(
    request: RequestBuilder<'a>,
    body: &BodyTemplate,
    name: &str,
    value: &Value,
) -> Result<RequestBuilder<'a>> {
    Ok(match (body.encoding, value) {
        (BodyEncoding::Json, value) => json_body(request, body, value),
        (BodyEncoding::Text, value) => request.body(&body.media_type, style::text(value)),
        (BodyEncoding::Form, Value::Object(members)) => {
            members.iter().fold(request, |request, (name, value)| {
                let pairs = style::field(name, value, Style::Form, true);
                pairs
                    .iter()
                    .fold(request, |request, (name, text)| request.form(name, text))
            })
        }
        (BodyEncoding::Multipart, Value::Object(members)) => {
            let form = members
                .iter()
                .fold(Multipart::new(), |form, (name, value)| {
                    form.text(name, style::text(value))
                });
            request.multipart(form)
        }
        (BodyEncoding::Binary | BodyEncoding::Related, _) => {
            return Err(ActionError::invalid_param(
                name,
                "can't be written in parts",
            ));
        }
        (BodyEncoding::Form | BodyEncoding::Multipart, _) => {
            return Err(ActionError::invalid_param(name, "must be an object"));
        }
    })
}

/// Kinds of bodies in which the check of methods looks for members.
const READ: [&str; 6] = ["http", "json", "multipart", "urlencoded", "xml", "yaml"];

/// Returns the media type of a file that is the body: its own if the document allows it, else the usual.
fn file_type(
    file: &FileInput,
    template: &RequestTemplate,
    body: &BodyTemplate,
    cx: &ActionContext,
) -> Result<String> {
    let stated = file
        .media_type()
        .filter(|kind| *kind != multipart::ANY_FILE);
    let own = match stated {
        Some(kind) => Some(kind.to_owned()),
        None => {
            let name = cx.file_name(file)?;
            let kind = name.as_deref().and_then(multipart::by_end);
            kind.map(str::to_owned)
        }
    };
    let allows = |own: &String| {
        let plain = own.split(';').next().unwrap_or_default();
        let plain = plain.trim().to_ascii_lowercase();
        // What is read for members and methods is what the document says that it is.
        let is_read = READ.iter().any(|kind| plain.contains(kind));
        let mut ranges = template.file_types.iter();
        ranges.any(|range| match range.strip_suffix('*') {
            Some(kind) => !is_read && (kind == "*/" || plain.starts_with(kind)),
            None => *range == plain,
        })
    };
    let own = own.filter(allows);
    Ok(own.unwrap_or_else(|| body.media_type.clone()))
}

/// Writes a form, in which the commas of a list stand for themselves.
fn form<'a>(
    request: RequestBuilder<'a>,
    body: &BodyTemplate,
    given: &[(&FieldTemplate, &Value)],
) -> RequestBuilder<'a> {
    let plain = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let mut parts: Vec<String> = Vec::new();
    for (field, value) in given {
        let (style, explode) = field.style.unwrap_or((Style::Form, true));
        let list = value.is_array().then_some(value);
        let pairs = list
            .and_then(|list| style::encoded(&field.name, list, style, explode))
            .unwrap_or_else(|| {
                let pairs = style::field(&field.name, value, style, explode);
                let pairs = pairs.iter();
                pairs
                    .map(|(name, text)| (plain(name), plain(text)))
                    .collect()
            });
        parts.extend(pairs.iter().map(|(name, text)| format!("{name}={text}")));
    }
    if parts.is_empty() {
        return request;
    }
    request.body(&body.media_type, parts.join("&"))
}

fn files(field: &FieldTemplate, value: &Value) -> Result<Vec<FileInput>> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    let read = |value: &Value| {
        let file = value.as_str().and_then(FileInput::from_text);
        file.ok_or_else(|| ActionError::invalid_param(field.input.as_str(), "must be a file"))
    };
    values.iter().map(read).collect()
}
