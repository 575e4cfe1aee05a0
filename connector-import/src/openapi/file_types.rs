//! What a file may be that is the body of a request.

use plugwright_sdk::Value;

use super::reference::Document;
use super::security::is_token;
use crate::form::{BodyEncoding, BodyTemplate};

const MOST: usize = 32;

/// Returns the media types that a document lists for a body that is a file, and ranges of them such as
/// `image/*`; none if there is no choice.
pub(super) fn of<'d>(
    document: Document<'d>,
    operation: &'d Value,
    body: Option<&BodyTemplate>,
) -> Vec<String> {
    let Some(body) = body.filter(|body| body.encoding == BodyEncoding::Binary) else {
        return Vec::new();
    };
    let stated = operation.get("requestBody");
    let stated = stated.and_then(|stated| document.resolve(stated).ok());
    let content = stated.and_then(|stated| stated.get("content")?.as_object());
    let names = content.into_iter().flatten().map(|(name, _)| name.as_str());
    let found: Vec<_> = names.filter_map(range).take(MOST).collect();
    if found == [body.media_type.as_str()] {
        return Vec::new();
    }
    found
}

fn range(name: &str) -> Option<String> {
    let plain = name.split(';').next()?.trim().to_ascii_lowercase();
    let (kind, sub) = plain.split_once('/')?;
    (is_token(kind) && is_token(sub)).then_some(plain)
}
