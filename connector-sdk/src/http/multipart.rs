//! `multipart/form-data` (RFC 7578), and what stands between parts.

use std::collections::HashSet;
use std::fmt::Write as _;

use bytes::Bytes;
use memchr::memmem;

use super::Body;
use crate::context::ActionContext;
use crate::error::Result;
use crate::file::FileInput;

/// A form of text fields and files.
///
/// ```
/// use plugwright_sdk::http::Multipart;
///
/// let form = Multipart::new()
///     .text("title", "Lamp")
///     .file("picture", "lamp.png", "image/png", vec![137, 80, 78, 71]);
/// # drop(form);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Multipart {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    content: Bytes,
}

impl Multipart {
    /// Makes an empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text field.
    #[must_use]
    pub fn text(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parts.push(Part {
            name: name.into(),
            file_name: None,
            content_type: None,
            content: Bytes::from(value.into()),
        });
        self
    }

    /// Adds a text field that is of a media type, such as JSON.
    #[must_use]
    pub fn typed(
        mut self,
        name: impl Into<String>,
        content_type: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.parts.push(Part {
            name: name.into(),
            file_name: None,
            content_type: Some(content_type.into()),
            content: Bytes::from(value.into()),
        });
        self
    }

    /// Adds a file.
    #[must_use]
    pub fn file(
        mut self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        self.parts.push(Part {
            name: name.into(),
            file_name: Some(file_name.into()),
            content_type: Some(content_type.into()),
            content: content.into(),
        });
        self
    }

    /// Adds a file that the caller gives, of at most [32 MiB](ActionContext::read_file). Without
    /// `file_name`, it has [its own](crate::FileContent::file_name).
    ///
    /// # Errors
    ///
    /// Those of [`ActionContext::read_file`].
    pub async fn input(
        self,
        cx: &ActionContext,
        name: &str,
        file: &FileInput,
        file_name: Option<&str>,
    ) -> Result<Self> {
        let content = cx.read_file(file).await?;
        let file_name = file_name.map_or_else(|| content.file_name(), str::to_owned);
        let kind = content.media_type.as_deref();
        let kind = kind.unwrap_or("application/octet-stream");
        Ok(self.file(name, file_name, kind, content.bytes))
    }

    /// Writes the form with a boundary that is in no part, and the same whenever the parts are the
    /// same.
    pub(crate) fn encode(&self) -> Body {
        let contents = self.parts.iter().map(|part| &*part.content);
        let boundary = boundary("plugwright-form", contents);
        let mut bytes = Vec::new();
        for part in &self.parts {
            bytes.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            let name = quoted(&part.name);
            let mut head = format!("Content-Disposition: form-data; name=\"{name}\"");
            // Writing to a string cannot fail.
            if let Some(file_name) = &part.file_name {
                let _ = write!(head, "; filename=\"{}\"", quoted(file_name));
            }
            if let Some(content_type) = &part.content_type {
                let _ = write!(head, "\r\nContent-Type: {}", one_line(content_type));
            }
            head.push_str("\r\n\r\n");
            bytes.extend_from_slice(head.as_bytes());
            bytes.extend_from_slice(&part.content);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Body::new(format!("multipart/form-data; boundary={boundary}"), bytes)
    }
}

/// Escapes as browsers do (HTML, "multipart/form-data encoding algorithm").
fn quoted(text: &str) -> String {
    text.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

/// Returns a boundary that is in no part of a `multipart` body: `start`, with a number behind it if a
/// part has `start` in it. It is the same whenever the parts are the same, as dry runs and recordings
/// need it.
///
/// `start` has at most 61 characters, so that the boundary has at most 70 (RFC 2046, section 5.1.1).
///
/// ```
/// use plugwright_sdk::http::boundary;
///
/// assert_eq!(boundary("part", [&b"a text"[..]]), "part");
/// assert_eq!(boundary("part", [&b"--part--"[..]]), "part-00000000");
/// ```
pub fn boundary<'a>(start: &str, parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    const DIGITS: usize = 8;

    let starts = memmem::Finder::new(start);
    let mut is_free = true;
    let mut taken = HashSet::new();
    for part in parts {
        let mut rest = part;
        while let Some(at) = starts.find(rest) {
            is_free = false;
            let behind = rest[at + start.len()..].strip_prefix(b"-");
            let digits = behind.and_then(|behind| behind.get(..DIGITS));
            let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
            taken.extend(digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()));
            rest = rest.get(at + 1..).unwrap_or_default();
        }
    }
    if is_free {
        return start.to_owned();
    }
    let number = (0..u32::MAX).find(|number| !taken.contains(number));
    format!("{start}-{:08x}", number.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_fields_and_files_with_a_boundary_that_is_in_no_part() {
        let body = Multipart::new()
            .text("note", "plugwright-form plugwright-form-00000000")
            .file("up", "a\"b.txt", "text/plain", "hello")
            .encode();
        assert_eq!(
            body.content_type.as_deref(),
            Some("multipart/form-data; boundary=plugwright-form-00000001")
        );
        let text = std::str::from_utf8(body.bytes().unwrap()).unwrap();
        assert!(text.contains(
            "filename=\"a%22b.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--plugwright-form-00000001--"
        ));
    }

    #[test]
    fn no_content_makes_a_boundary_long() {
        let numbers = (0..1000)
            .map(|it| format!("plugwright-form-{it:08X}"))
            .collect::<Vec<_>>()
            .concat();
        for (content, expected) in [
            (
                format!("plugwright-form{}", "x".repeat(1 << 20)),
                "plugwright-form-00000000",
            ),
            (numbers, "plugwright-form-000003e8"),
            ("plugwright-for".to_owned(), "plugwright-form"),
        ] {
            let boundary = boundary("plugwright-form", [content.as_bytes()]);
            assert_eq!(boundary, expected);
            assert!(!content.contains(&boundary));
        }
    }
}
