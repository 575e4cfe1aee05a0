//! Files that actions return, as content blocks instead of text in JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plugwright_sdk::Value;
use rmcp::model::{ContentBlock, ResourceContents};

/// Moves the bytes of files from an output into content blocks. `run` makes their URIs unique.
pub(super) fn take(data: &mut Value, run: &str) -> Vec<ContentBlock> {
    let mut blocks = Vec::new();
    visit(data, run, &mut blocks);
    blocks
}

fn visit(value: &mut Value, run: &str, blocks: &mut Vec<ContentBlock>) {
    match value {
        Value::Object(members) => {
            let is_file = members.get("size").is_some_and(Value::is_u64)
                && members
                    .get("content")
                    .and_then(Value::as_str)
                    .is_some_and(|content| content.starts_with("data:"));
            if !is_file {
                members
                    .values_mut()
                    .for_each(|member| visit(member, run, blocks));
                return;
            }
            let name = members.get("name").and_then(Value::as_str);
            let uri = uri(run, blocks.len(), name);
            let content = members.get("content").and_then(Value::as_str);
            if let Some(block) = content.and_then(|content| block(content, uri)) {
                blocks.push(block);
                members.remove("content");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, run, blocks)),
        _ => {}
    }
}

/// Returns a URI that only identifies the file: the bytes come with it.
fn uri(run: &str, number: usize, name: Option<&str>) -> String {
    let name = name.map_or_else(|| format!("file-{}", number + 1), str::to_owned);
    let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!(
        "plugwright://runs/{run}/{}/{}",
        number + 1,
        name.replace('+', "%20")
    )
}

fn block(data_url: &str, uri: String) -> Option<ContentBlock> {
    let (head, base64) = data_url.strip_prefix("data:")?.split_once(',')?;
    let media_type = head.strip_suffix(";base64")?;
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if essence.starts_with("image/") {
        return Some(ContentBlock::image(base64, essence));
    }
    if essence.starts_with("audio/") {
        return Some(ContentBlock::audio(base64, essence));
    }
    let is_text = essence.starts_with("text/")
        || essence == "application/json"
        || essence.ends_with("+json")
        || essence.ends_with("xml");
    let text = is_text
        .then(|| STANDARD.decode(base64).ok())
        .flatten()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let contents = match text {
        Some(text) => ResourceContents::text(text, uri),
        None => ResourceContents::blob(base64, uri),
    };
    Some(ContentBlock::resource(contents.with_mime_type(media_type)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_file_becomes_the_kind_of_content_that_it_is() {
        let file =
            |name: &str, content: &str| json!({ "name": name, "size": 2, "content": content });
        let mut data = json!({
            "picture": file("a b.png", "data:image/png;base64,aGk="),
            "others": [
                file("s.wav", "data:audio/wav;base64,aGk="),
                file("t.txt", "data:text/plain; charset=utf-8;base64,aGk="),
                file("b.bin", "data:application/octet-stream;base64,aGk="),
            ],
            "note": { "content": "data: none", "size": "small" },
        });
        let blocks = serde_json::to_value(take(&mut data, "r1")).unwrap();
        assert_eq!(blocks[0]["type"], "image");
        assert_eq!(
            (&blocks[0]["data"], &blocks[0]["mimeType"]),
            (&json!("aGk="), &json!("image/png"))
        );
        assert_eq!(blocks[1]["type"], "audio");
        assert_eq!(blocks[2]["resource"]["text"], "hi");
        assert_eq!(blocks[2]["resource"]["uri"], "plugwright://runs/r1/3/t.txt");
        assert_eq!(blocks[3]["resource"]["blob"], "aGk=");
        assert_eq!(blocks.as_array().unwrap().len(), 4);
        assert_eq!(data["picture"], json!({ "name": "a b.png", "size": 2 }));
        assert_eq!(data["note"]["content"], "data: none");
    }

    #[test]
    fn bytes_that_are_no_data_url_stay_where_they_are() {
        let mut data = json!({ "size": 2, "content": "data:text/plain,hi" });
        assert!(take(&mut data, "r1").is_empty());
        assert_eq!(data["content"], "data:text/plain,hi");
    }
}
