//! Files that callers give as parameters.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::param::{At, JsonObject, Kind, Param, Pattern};

/// A file that the caller gives: attached to the call, or inside of the input.
///
/// In JSON it is a text: `attachment:NAME` for a file that is attached to the call under this name,
/// or a `data:` URL (RFC 2397) with the bytes in it. Send it with
/// [`RequestBuilder::file`](crate::http::RequestBuilder::file).
///
/// ```
/// use plugwright_sdk::{ActionContext, FileInput, Result, path};
///
/// async fn upload(cx: &ActionContext, picture: FileInput) -> Result<()> {
///     cx.put(path!("/picture")).file(&picture, None).fetch().await
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInput(Source);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Attachment(String),
    Inline { media_type: String, bytes: Bytes },
}

static PATTERN: Pattern = Pattern::new(
    "^(attachment:[A-Za-z0-9._-]+|\
     data:([a-z0-9.+-]+/[a-z0-9.+-]+)?(;charset=[A-Za-z0-9-]+)?\
     (;base64,([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\
     |,([^%]|%[0-9A-Fa-f]{2})*))$",
);

/// Without attachments, which only programs that make the context can add.
const MEANING: &str = "a `data:` URL such as `data:text/plain;base64,aGVsbG8=`";

/// What a `data:` URL without a media type holds (RFC 2397, section 2).
const DEFAULT_MEDIA_TYPE: &str = "text/plain;charset=US-ASCII";

/// Longest media type with a charset: names of types have 127 bytes at most (RFC 6838, section 4.2),
/// those of charsets 40 (RFC 2978, section 2.3).
const LONGEST_MEDIA_TYPE: usize = "/;charset=".len() + 127 + 127 + 40;

impl FileInput {
    /// Names a file that is attached to the call.
    pub fn attached(name: impl Into<String>) -> Self {
        Self(Source::Attachment(name.into()))
    }

    /// Makes a file of bytes.
    pub fn from_bytes(media_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self(Source::Inline {
            media_type: media_type.into(),
            bytes: bytes.into(),
        })
    }

    /// Returns the name of the attachment, if it is one.
    pub fn attachment(&self) -> Option<&str> {
        match &self.0 {
            Source::Attachment(name) => Some(name),
            Source::Inline { .. } => None,
        }
    }

    /// Returns its media type, if it says it: a `data:` URL does.
    pub fn media_type(&self) -> Option<&str> {
        let (media_type, _) = self.inline()?;
        (media_type != DEFAULT_MEDIA_TYPE).then_some(media_type)
    }

    pub(crate) fn inline(&self) -> Option<(&str, &Bytes)> {
        match &self.0 {
            Source::Attachment(_) => None,
            Source::Inline { media_type, bytes } => Some((media_type, bytes)),
        }
    }

    /// Reads the text that stands for a file in JSON; `None` if it is another text.
    ///
    /// ```
    /// use plugwright_sdk::FileInput;
    ///
    /// let notes = FileInput::from_text("attachment:notes.txt").unwrap();
    /// assert_eq!(notes.attachment(), Some("notes.txt"));
    /// assert!(FileInput::from_text("notes.txt").is_none());
    /// ```
    pub fn from_text(text: &str) -> Option<Self> {
        PATTERN.matches(text).then(|| Self::parse(text)).flatten()
    }

    /// Says what is wrong with a text that stands for no file; continues the parameter's name.
    #[doc(hidden)]
    pub fn problem(text: &str) -> String {
        let head = text.split_once(',').map_or("", |(head, _)| head);
        let plain = head.strip_suffix(";base64");
        if plain.is_some_and(|head| Self::from_text(&format!("{head},")).is_some()) {
            "has invalid base64: it must be of the standard alphabet, with padding and without spaces"
                .to_owned()
        } else {
            format!("must be {MEANING}")
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if let Some(name) = text.strip_prefix("attachment:") {
            return Some(Self::attached(name));
        }
        let (head, data) = text.strip_prefix("data:")?.split_once(',')?;
        let (media_type, bytes) = match head.strip_suffix(";base64") {
            Some(media_type) => (media_type, base64(data)?),
            None => (head, Cow::from(percent_decode_str(data)).into_owned()),
        };
        if media_type.len() > LONGEST_MEDIA_TYPE {
            return None;
        }
        let media_type = match media_type {
            "" => DEFAULT_MEDIA_TYPE.to_owned(),
            parameters if parameters.starts_with(';') => format!("text/plain{parameters}"),
            media_type => media_type.to_owned(),
        };
        Some(Self::from_bytes(media_type, bytes))
    }
}

/// The published pattern does not see bits that are left over at the end.
fn base64(text: &str) -> Option<Vec<u8>> {
    use base64::alphabet;
    use base64::engine::general_purpose::{GeneralPurpose, PAD};

    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        PAD.with_decode_allow_trailing_bits(true),
    );
    LENIENT.decode(text).ok()
}

/// A file that was read into memory.
#[derive(Clone, Debug)]
pub struct FileContent {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its media type, if it is known.
    pub media_type: Option<String>,
    /// The bytes.
    pub bytes: Bytes,
}

impl FileContent {
    /// Returns its name, or else `file` with the ending that its media type stands for: some providers
    /// tell the format of a file by that.
    ///
    /// ```
    /// use plugwright_sdk::FileInput;
    /// use plugwright_sdk::testing::{MockContext, block_on};
    /// use plugwright_sdk::{ConnectorDefinition, actions};
    ///
    /// static NOTES: ConnectorDefinition =
    ///     ConnectorDefinition::new("notes", "Notes", "1.0.0").actions(actions![]);
    ///
    /// let cx = MockContext::new(&NOTES, []);
    /// let song = FileInput::from_bytes("audio/mpeg", vec![0xff]);
    /// assert_eq!(block_on(cx.read_file(&song))?.file_name(), "file.mp3");
    /// # Ok::<(), plugwright_sdk::ActionError>(())
    /// ```
    pub fn file_name(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let kind = self.media_type.as_deref().unwrap_or_default();
        let kind = kind.split([';', '+']).next().unwrap_or_default();
        let ending = match kind.trim() {
            "audio/mpeg" => "mp3",
            "text/plain" => "txt",
            "application/octet-stream" | "" => return "file".to_owned(),
            kind => {
                let kind = kind.rsplit('/').next().unwrap_or_default();
                kind.strip_prefix("x-").unwrap_or(kind)
            }
        };
        format!("file.{ending}")
    }
}

impl Param for FileInput {
    const KIND: Kind = Kind::String;

    fn schema() -> JsonObject {
        JsonObject::from_iter([
            ("type".to_owned(), Self::KIND.as_str().into()),
            (
                "description".to_owned(),
                format!("A file: {MEANING}.").into(),
            ),
            ("pattern".to_owned(), PATTERN.as_str().into()),
            (
                "contentMediaType".to_owned(),
                "application/octet-stream".into(),
            ),
        ])
    }

    fn decode(value: Value, at: &mut At<'_>) -> Option<Self> {
        let Value::String(text) = &value else {
            return at.wrong_type(Self::KIND, &value);
        };
        Self::from_text(text).or_else(|| at.fault(Self::problem(text)))
    }

    fn encode(&self) -> Value {
        match &self.0 {
            Source::Attachment(name) => format!("attachment:{name}").into(),
            Source::Inline { media_type, bytes } => data_url(media_type, bytes).into(),
        }
    }
}

pub(super) fn data_url(media_type: &str, bytes: &[u8]) -> String {
    let media_type: String = media_type.chars().filter(|c| !c.is_whitespace()).collect();
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<FileInput> {
        let mut faults = crate::error::Faults::new();
        FileInput::decode(text.into(), &mut At::root(&mut faults))
    }

    #[test]
    fn reads_attachments_and_data_urls() {
        for (text, media_type, bytes) in [
            ("data:,a%20b", "text/plain;charset=US-ASCII", "a b"),
            (
                "data:;charset=utf-8,%C3%BC",
                "text/plain;charset=utf-8",
                "ü",
            ),
            ("data:text/plain;base64,aGVsbG8=", "text/plain", "hello"),
            ("data:text/plain;base64,aGVsbG9=", "text/plain", "hello"),
            (
                "data:image/svg+xml;charset=utf-8,<svg/>",
                "image/svg+xml;charset=utf-8",
                "<svg/>",
            ),
            ("data:a/b;base64,", "a/b", ""),
        ] {
            let file = decoded(text).unwrap_or_else(|| panic!("{text} is refused"));
            assert_eq!(
                file.inline(),
                Some((media_type, &Bytes::from(bytes))),
                "{text}"
            );
            let again = file.encode();
            assert_eq!(decoded(again.as_str().unwrap()), Some(file), "{text}");
        }
        let attached = decoded("attachment:notes.txt").unwrap();
        assert_eq!(attached.attachment(), Some("notes.txt"));
        let name = "x".repeat(127);
        assert!(decoded(&format!("data:{name}/{name};charset=utf-8,x")).is_some());
        assert!(decoded(&format!("data:{name}/{}{name},x", "x".repeat(100))).is_none());
    }

    #[test]
    fn refuses_other_texts_and_says_what_is_allowed() {
        for text in [
            "",
            "hello",
            "attachment:",
            "attachment:a/b",
            "data:",
            "data:text,x",
            "data:,%4",
            "data:;base64,aGVsbG8",
            "data:;base64,a===",
            "file:///etc/passwd",
            "@notes.txt",
        ] {
            assert_eq!(decoded(text), None, "{text}");
        }
        for text in ["x", "@notes.txt", "data:Text/Plain;base64,aGVsbG8="] {
            let problem = FileInput::problem(text);
            assert!(
                problem.starts_with("must be a `data:` URL such as"),
                "{text}: {problem}"
            );
        }
        for text in [
            "data:;base64,aGVsbG8",
            "data:text/plain;charset=utf-8;base64,aGVs bG8=",
        ] {
            let problem = FileInput::problem(text);
            assert!(
                problem.starts_with("has invalid base64"),
                "{text}: {problem}"
            );
        }
        let mut faults = crate::error::Faults::new();
        FileInput::decode("x".into(), &mut At::root(&mut faults));
        assert_eq!(faults[0].message, FileInput::problem("x"));
    }
}
