//! Bodies of several parts that belong together (`multipart/related`, RFC 2387).

use plugwright_sdk::http::{RequestBuilder, boundary};
use plugwright_sdk::{ActionContext, Result, Value};

use super::files;
use crate::form::FieldTemplate;

/// Writes JSON, which is the root, before files. The boundary is in no part, and the same whenever
/// the parts are the same.
pub(super) async fn body<'a>(
    request: RequestBuilder<'a>,
    given: &[(&FieldTemplate, &Value)],
    cx: &ActionContext,
) -> Result<RequestBuilder<'a>> {
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for (_, value) in given.iter().filter(|(field, _)| !field.file) {
        let text = value.to_string();
        parts.push(("application/json".to_owned(), text.into_bytes()));
    }
    for (field, value) in given.iter().filter(|(field, _)| field.file) {
        for file in files(field, value)? {
            let content = cx.read_file(&file).await?;
            let media_type = content.media_type.as_deref();
            let media_type = media_type.or(field.media_type.as_deref());
            let media_type = media_type.unwrap_or("application/octet-stream");
            let one_line = media_type.replace(['\r', '\n'], " ");
            parts.push((one_line, content.bytes.to_vec()));
        }
    }
    let contents = parts.iter().map(|(_, content)| &**content);
    let boundary = boundary("plugwright-parts", contents);
    let mut bytes = Vec::new();
    for (media_type, content) in &parts {
        let head = format!("--{boundary}\r\nContent-Type: {media_type}\r\n\r\n");
        bytes.extend_from_slice(head.as_bytes());
        bytes.extend_from_slice(content);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok(request.body(&format!("multipart/related; boundary={boundary}"), bytes))
}
