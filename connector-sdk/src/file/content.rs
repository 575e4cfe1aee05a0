//! Files inside of JSON.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::{FileInput, FileSource, Pieces};
use crate::data::JsonObject;
use crate::http::Body;

/// A file as a member of a JSON body; [`FileInput::base64`] and [`FileInput::text`] make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedFile {
    pub(crate) file: FileInput,
    pub(crate) encoding: Encoding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Base64,
    Text,
}

impl FileInput {
    /// Puts the bytes into a JSON body as base64 (RFC 4648, section 4), encoded while they are sent.
    ///
    /// ```
    /// use plugwright_sdk::{ActionContext, FileInput, Result, path};
    ///
    /// async fn upload(cx: &ActionContext, picture: FileInput) -> Result<()> {
    ///     cx.put(path!("/picture")).field("content", picture.base64()).fetch().await
    /// }
    /// ```
    pub fn base64(&self) -> EncodedFile {
        self.content(Encoding::Base64)
    }

    /// Puts the file into a JSON body as a string. It must be UTF-8 and have at most
    /// [32 MiB](crate::ActionContext::read_file), else the call fails with `VALIDATION_ERROR`.
    pub fn text(&self) -> EncodedFile {
        self.content(Encoding::Text)
    }

    fn content(&self, encoding: Encoding) -> EncodedFile {
        EncodedFile {
            file: self.clone(),
            encoding,
        }
    }
}

enum Part {
    Json(Bytes),
    Base64(FileSource),
}

impl Part {
    fn length(&self) -> u64 {
        match self {
            Self::Json(bytes) => bytes.len() as u64,
            Self::Base64(file) => file.length().div_ceil(3).saturating_mul(4),
        }
    }

    fn open(&self) -> Pieces {
        match self {
            Self::Json(bytes) => {
                let bytes = bytes.clone();
                stream::once(async move { Ok(bytes) }).boxed()
            }
            Self::Base64(file) => encoded(file.open()),
        }
    }
}

/// Writes an object as JSON; members that are files in base64 are read while the body is sent.
pub(crate) fn json_body(members: JsonObject, streamed: &[(String, FileSource)]) -> Body {
    let content_type = "application/json";
    if streamed.is_empty() {
        return Body::new(content_type, serde_json::Value::from(members).to_string());
    }
    let mut parts = Vec::new();
    let mut json = String::from("{");
    for (index, (name, member)) in members.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        json.push_str(&serde_json::Value::from(name.as_str()).to_string());
        json.push(':');
        match streamed.iter().find(|(streamed, _)| streamed == name) {
            None => json.push_str(&member.to_string()),
            Some((_, source)) => {
                json.push('"');
                parts.push(Part::Json(std::mem::take(&mut json).into()));
                parts.push(Part::Base64(source.clone()));
                json.push('"');
            }
        }
    }
    json.push('}');
    parts.push(Part::Json(json.into()));
    let length = parts.iter().map(Part::length).sum();
    let parts: Arc<[Part]> = parts.into();
    let source = FileSource::new(length, move || {
        let parts = Arc::clone(&parts);
        let pieces = stream::iter(0..parts.len()).flat_map(move |part| parts[part].open());
        pieces.boxed()
    });
    Body::file(content_type, source.shown_as(members))
}

fn encoded(pieces: Pieces) -> Pieces {
    let texts = stream::unfold(Some((pieces, Vec::new())), |state| async move {
        let (mut pieces, mut rest): (Pieces, Vec<u8>) = state?;
        match pieces.next().await {
            Some(Ok(piece)) => {
                rest.extend_from_slice(&piece);
                let after = rest.split_off(rest.len() - rest.len() % 3);
                let text = STANDARD.encode(&rest);
                Some((Ok(Bytes::from(text)), Some((pieces, after))))
            }
            Some(Err(error)) => Some((Err(error), None)),
            None if rest.is_empty() => None,
            None => Some((Ok(STANDARD.encode(&rest).into()), None)),
        }
    });
    texts
        .try_filter(|text| std::future::ready(!text.is_empty()))
        .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_length_are_one_text() {
        for pieces in [
            &[][..],
            &["a"],
            &["ab", "c", "", "defg"],
            &["hello", " ", "world"],
        ] {
            let given = stream::iter(pieces).map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
            let texts: Vec<Bytes> =
                futures_util::FutureExt::now_or_never(encoded(given.boxed()).try_collect())
                    .expect("nothing in memory waits")
                    .unwrap();
            assert_eq!(
                texts.concat(),
                STANDARD.encode(pieces.concat()).into_bytes()
            );
            assert!(texts.iter().all(|text| !text.is_empty()));
        }
    }
}
