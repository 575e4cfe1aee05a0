//! Forms of several parts (`multipart/form-data`, RFC 7578).

use plugwright_sdk::http::{Multipart, RequestBuilder};
use plugwright_sdk::{ActionContext, Result, Value};

use super::{files, style};
use crate::form::{FieldTemplate, Style};

/// What a file is if nothing says it.
pub(super) const ANY_FILE: &str = "application/octet-stream";

/// What files are by the ends of their names.
const BY_END: &str = include_str!("../../../words/media_types.txt");

/// Writes each part with its media type: that of the file or of the document, else that of the value.
pub(super) async fn body<'a>(
    request: RequestBuilder<'a>,
    given: &[(&FieldTemplate, &Value)],
    cx: &ActionContext,
) -> Result<RequestBuilder<'a>> {
    let mut form = Multipart::new();
    for (field, value) in given {
        if !field.file {
            for (name, text, own) in texts(field, value) {
                form = match field.media_type.as_deref().or(own) {
                    Some(kind) => form.typed(name, kind, text),
                    None => form.text(name, text),
                };
            }
            continue;
        }
        for file in files(field, value)? {
            let content = cx.read_file(&file).await?;
            let name = content.name.unwrap_or_else(|| "file".to_owned());
            let kind = content.media_type.filter(|kind| kind != ANY_FILE);
            let kind = kind.or_else(|| field.media_type.clone());
            let kind = kind.unwrap_or_else(|| by_end(&name).unwrap_or(ANY_FILE).to_owned());
            form = form.file(field.name.as_str(), name, kind, content.bytes);
        }
    }
    Ok(request.multipart(form))
}

/// Returns the parts of a member that is no file: name, text, and what the text is if it isn't plain.
fn texts(field: &FieldTemplate, value: &Value) -> Vec<(String, String, Option<&'static str>)> {
    let kind = |is_json: bool| is_json.then_some("application/json");
    let is_nested = |value: &Value| value.is_object() || value.is_array();
    let (style, explode) = field.style.unwrap_or((Style::Form, true));
    if let (Style::Form, true, Value::Array(items)) = (style, explode, value) {
        let items = items.iter();
        let part = |item| (field.name.clone(), style::text(item), kind(is_nested(item)));
        return items.map(part).collect();
    }
    let is_json = style == Style::Json || (style == Style::Form && value.is_object());
    let pairs = style::field(&field.name, value, style, explode).into_iter();
    pairs
        .map(|(name, text)| (name, text, kind(is_json)))
        .collect()
}

/// Returns what a file is by the end of its name, if that is known.
pub(super) fn by_end(name: &str) -> Option<&'static str> {
    let (_, end) = name.rsplit_once('.')?;
    let mut known = BY_END.lines().filter_map(|line| line.split_once(' '));
    known.find_map(|(known, kind)| known.eq_ignore_ascii_case(end).then_some(kind))
}
