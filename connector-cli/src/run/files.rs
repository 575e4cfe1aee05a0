//! Files of a call: `NAME=@FILE` attaches one, `--save` stores the returned one.

use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plugwright_sdk::host::FileSource;
use plugwright_sdk::{ActionError, FileOutput};
use serde_json::Value;
use tokio::fs::File;

use crate::args::Assignment;
use crate::schema;

/// A file with the name of its attachment.
pub(super) type Attachment = (String, FileSource);

/// Attaches files: `NAME=@FILE` becomes the name of an attachment if the parameter is a file.
pub(crate) fn attach(
    input_schema: &Value,
    assignments: &[Assignment],
) -> Result<(Vec<Assignment>, Vec<Attachment>), ActionError> {
    let mut files = Vec::new();
    let left = replace(input_schema, assignments, |name, path| {
        files.push((name.to_owned(), FileSource::from_path(path)?));
        Ok(format!("attachment:{name}"))
    })?;
    Ok((left, files))
}

/// Embeds files in the assignments as `data:` URLs, for a gateway that can't read them.
pub(crate) fn embed(
    input_schema: &Value,
    assignments: &[Assignment],
) -> Result<Vec<Assignment>, ActionError> {
    replace(input_schema, assignments, |_, path| {
        let bytes = STANDARD.encode(std::fs::read(path)?);
        Ok(format!("data:application/octet-stream;base64,{bytes}"))
    })
}

/// Replaces assignments that name a file; others stay.
fn replace(
    input_schema: &Value,
    assignments: &[Assignment],
    mut text_of: impl FnMut(&str, &str) -> io::Result<String>,
) -> Result<Vec<Assignment>, ActionError> {
    let replaced = assignments.iter().map(|assignment| match assignment {
        Assignment::Text { name, text }
            if text.starts_with('@') && schema::is_file(&input_schema["properties"][name]) =>
        {
            let path = &text[1..];
            let text = text_of(name, path).map_err(|error| {
                ActionError::invalid_param(name, format!("can't be read from `{path}`: {error}"))
            })?;
            let name = name.clone();
            Ok(Assignment::Text { name, text })
        }
        other => Ok(other.clone()),
    });
    replaced.collect()
}

/// Takes the bytes out of a file in a result, if there are any.
pub(super) fn take_content(file: &mut Value) -> Option<Vec<u8>> {
    let content = file.as_object_mut()?.shift_remove("content")?;
    let (_, bytes) = content.as_str()?.split_once(";base64,")?;
    STANDARD.decode(bytes).ok()
}

/// Returns whether an action with this output returns a file.
pub(crate) fn returns_file(output_schema: &Value) -> bool {
    *output_schema == plugwright_sdk::schema::of::<FileOutput>()
}

/// A file that is being saved; it only gets its name once it is complete.
pub(super) struct Saving {
    path: PathBuf,
    part: PathBuf,
}

impl Saving {
    /// Creates the file.
    pub(super) fn start(path: &Path) -> io::Result<(Self, File)> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let saving = Self {
            path: path.to_owned(),
            part: part.into(),
        };
        let file = std::fs::File::create(&saving.part)?;
        Ok((saving, File::from_std(file)))
    }

    /// Writes the whole file.
    pub(super) fn fill(&self, bytes: &[u8]) -> io::Result<()> {
        std::fs::write(&self.part, bytes)
    }

    /// Gives the file its name.
    pub(super) fn finish(self) -> io::Result<()> {
        std::fs::rename(&self.part, &self.path)
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        // After a failure. A complete file has been renamed, so there is nothing to remove.
        let _ = std::fs::remove_file(&self.part);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn attached(argument: &str) -> Result<(Vec<String>, usize), String> {
        let schema = json!({ "properties": {
            "content": { "type": "string", "contentMediaType": "application/octet-stream" },
            "text": { "type": "string" }
        } });
        let assignment = argument.parse().expect("it is an assignment");
        let (left, files) = attach(&schema, &[assignment]).map_err(|error| error.to_string())?;
        let texts = left.into_iter().map(|assignment| match assignment {
            Assignment::Text { text, .. } => text,
            Assignment::Json { value, .. } => value.to_string(),
        });
        Ok((texts.collect(), files.len()))
    }

    #[test]
    fn only_parameters_that_are_files_take_files() {
        let manifest = concat!("=@", env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        assert_eq!(
            attached(&format!("content{manifest}")),
            Ok((vec!["attachment:content".to_owned()], 1))
        );
        assert_eq!(
            attached("text=@me"),
            Ok((vec!["@me".to_owned()], 0)),
            "a text may start with `@`"
        );
        assert_eq!(
            attached("content=data:,x"),
            Ok((vec!["data:,x".to_owned()], 0))
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_named_with_its_parameter() {
        let error = attached("content=@no/such/file").unwrap_err();
        assert!(
            error.contains("`content` can't be read from `no/such/file`"),
            "{error}"
        );
        let error = attached("content=@.").unwrap_err();
        assert!(error.contains("it is not a file"), "{error}");
    }
}
