//! The files that a caller gives.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::ActionContext;
use crate::data::JsonObject;
use crate::echo::Echo;
use crate::error::{ActionError, Result};
use crate::file::{EncodedFile, Encoding, FileContent, FileInput, FileSource, json_body};
use crate::http::Body;
use crate::nearest;

/// Files for the part of a form may be this long, in bytes.
const LONGEST_IN_MEMORY: usize = 32 << 20;

impl ActionContext {
    pub(crate) fn attachment(&self, file: &FileInput) -> Result<FileSource> {
        let name = file.attachment().unwrap_or_default();
        let attached = &self.shared.attachments;
        attached.get(name).cloned().ok_or_else(|| {
            let problem = if attached.is_empty() {
                "no file is attached to this call; give the file itself as a `data:` URL".to_owned()
            } else {
                let names = attached.keys().map(String::as_str);
                format!("attached are: {}", nearest::list(names))
            };
            let message = format!("names the attachment `{}`, but {problem}", Echo(name));
            ActionError::invalid_param(self.param_of(name), message)
        })
    }

    /// Returns the parameter that names an attachment; without the input, how it names it.
    fn param_of(&self, attachment: &str) -> String {
        let text = format!("attachment:{attachment}");
        let mut given = self.params().iter();
        let found = given.find(|(_, value)| has_text(value, &text));
        found.map_or(text, |(name, _)| name.clone())
    }

    /// Returns the length of a file that the caller gives, in bytes, for providers that want to know
    /// it before the file comes.
    ///
    /// # Errors
    ///
    /// `VALIDATION_ERROR` for an attachment that is not there.
    pub fn file_length(&self, file: &FileInput) -> Result<u64> {
        match file.inline() {
            Some((_, bytes)) => Ok(bytes.len() as u64),
            None => Ok(self.attachment(file)?.length()),
        }
    }

    /// Returns the name of a file that the caller gives, if it has one.
    ///
    /// # Errors
    ///
    /// `VALIDATION_ERROR` for an attachment that is not there.
    pub fn file_name(&self, file: &FileInput) -> Result<Option<String>> {
        if file.inline().is_some() {
            return Ok(None);
        }
        Ok(self.attachment(file)?.name().map(str::to_owned))
    }

    /// Reads a file that the caller gives into memory, for bodies that have more in them than a file,
    /// such as a [`Multipart`](crate::http::Multipart).
    ///
    /// # Errors
    ///
    /// `VALIDATION_ERROR` for an attachment that is not there, can't be read, or has more than 32 MiB.
    pub async fn read_file(&self, file: &FileInput) -> Result<FileContent> {
        if let Some((media_type, bytes)) = file.inline() {
            return Ok(FileContent {
                name: None,
                media_type: Some(media_type.to_owned()),
                bytes: bytes.clone(),
            });
        }
        let source = self.attachment(file)?;
        let bytes = source.read(LONGEST_IN_MEMORY).await.map_err(|error| {
            let name = file.attachment().unwrap_or_default();
            ActionError::invalid_param(self.param_of(name), error.to_string())
        })?;
        Ok(FileContent {
            name: source.name().map(str::to_owned),
            media_type: None,
            bytes,
        })
    }

    /// Writes an object whose `files` are members of it as JSON. Attached files in base64 are read while
    /// the body is sent, others before.
    pub(crate) async fn json_body(
        &self,
        mut members: JsonObject,
        files: Vec<(String, EncodedFile)>,
    ) -> Result<Body> {
        let mut streamed = Vec::new();
        for (name, content) in files {
            let member = match content.encoding {
                Encoding::Base64 => match content.file.inline() {
                    Some((_, bytes)) => STANDARD.encode(bytes),
                    None => {
                        let source = self.attachment(&content.file)?;
                        let shown = format!("[base64 of the file {source:?}]");
                        streamed.push((name.clone(), source));
                        shown
                    }
                },
                Encoding::Text => {
                    let bytes = self.read_file(&content.file).await?.bytes;
                    String::from_utf8(bytes.into()).map_err(|_| {
                        ActionError::invalid_param(&*name, "must be UTF-8 to be sent as text")
                    })?
                }
            };
            members.insert(name, member.into());
        }
        Ok(json_body(members, &streamed))
    }
}

fn has_text(value: &Value, text: &str) -> bool {
    match value {
        Value::String(given) => given == text,
        Value::Array(items) => items.iter().any(|item| has_text(item, text)),
        Value::Object(members) => members.values().any(|member| has_text(member, text)),
        _ => false,
    }
}
