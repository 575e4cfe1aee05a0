//! Files of a call: `NAME=@FILE` attaches one, or reads the text of a string; `--save` stores the
//! returned one.

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

pub(super) type Attachment = (String, FileSource);

/// Attaches files: `NAME=@FILE` becomes the name of an attachment if the parameter is a file or a list of
/// files, and the text of the file if it is a string.
pub(crate) fn attach(
    input_schema: &Value,
    assignments: &[Assignment],
) -> Result<(Vec<Assignment>, Vec<Attachment>), ActionError> {
    let mut files: Vec<Attachment> = Vec::new();
    let left = replace(input_schema, assignments, |name, path| {
        let mut attachment = name.to_owned();
        let mut number = 1;
        while files.iter().any(|(known, _)| *known == attachment) {
            number += 1;
            attachment = format!("{name}.{number}");
        }
        let text = format!("attachment:{attachment}");
        files.push((attachment, FileSource::from_path(path)?));
        Ok(text)
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

/// Replaces assignments that name a file; others stay. `@@` begins a string that starts with `@`.
fn replace(
    input_schema: &Value,
    assignments: &[Assignment],
    mut text_of: impl FnMut(&str, &str) -> io::Result<String>,
) -> Result<Vec<Assignment>, ActionError> {
    let replaced = assignments.iter().map(|assignment| {
        let Assignment::Text { name, text } = assignment else {
            return Ok(assignment.clone());
        };
        let found = schema::find(input_schema, name).map(|member| member.schema);
        let Some(found) = found else {
            return Ok(assignment.clone());
        };
        let Some(path) = text.strip_prefix('@') else {
            if schema::takes_files(input_schema, found) && !may_be_file(text) {
                let message = format!("must be a file, as in `{name}=@FILE`, or a `data:` URL");
                return Err(ActionError::invalid_param(name, message));
            }
            return Ok(assignment.clone());
        };
        let refused = |problem: String| {
            let message = format!("can't be read from `{path}`: {problem}");
            ActionError::invalid_param(name, message)
        };
        let text = if schema::takes_files(input_schema, found) {
            text_of(name, path).map_err(|error| refused(error.to_string()))?
        } else if schema::kind(input_schema, found) != "string" {
            text.clone()
        } else if path.starts_with('@') {
            path.to_owned()
        } else {
            std::fs::read_to_string(path).map_err(|error| {
                refused(format!(
                    "{error}; a string that starts with `@` is written `@@{path}`"
                ))
            })?
        };
        let name = name.clone();
        Ok(Assignment::Text { name, text })
    });
    replaced.collect()
}

/// Returns whether a text may be the JSON form of a file, a list of files, or null.
fn may_be_file(text: &str) -> bool {
    text == "null"
        || ["attachment:", "data:", "["]
            .iter()
            .any(|start| text.starts_with(start))
}

/// Takes the bytes out of a file in a result, if there are any.
pub(super) fn take_content(file: &mut Value) -> Option<Vec<u8>> {
    let content = file.as_object_mut()?.shift_remove("content")?;
    let (_, bytes) = content.as_str()?.split_once(";base64,")?;
    STANDARD.decode(bytes).ok()
}

pub(crate) fn returns_file(output_schema: &Value) -> bool {
    *output_schema == plugwright_sdk::schema::of::<FileOutput>()
}

/// A file that is being saved; it only gets its name once it is complete.
pub(super) struct Saving {
    path: PathBuf,
    part: PathBuf,
}

impl Saving {
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

    pub(super) fn fill(&self, bytes: &[u8]) -> io::Result<()> {
        std::fs::write(&self.part, bytes)
    }

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
            "files": { "type": "array", "items": { "type": "string", "contentMediaType": "a/b" } },
            "text": { "type": "string" },
            "texts": { "type": "array", "items": { "type": "string" } },
            "cell": { "type": "object", "properties": { "source": { "type": "string" } } }
        } });
        let assignments: Vec<_> = argument
            .split('\n')
            .map(|argument| argument.parse().expect("it is an assignment"))
            .collect();
        let (left, files) = attach(&schema, &assignments).map_err(|error| error.to_string())?;
        let texts = left.into_iter().map(|assignment| match assignment {
            Assignment::Text { text, .. } => text,
            Assignment::Json { value, .. } => value.to_string(),
        });
        Ok((texts.collect(), files.len()))
    }

    #[test]
    fn files_are_attached_or_read_as_the_parameter_takes_them() {
        let manifest = concat!("=@", env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        assert_eq!(
            attached(&format!("content{manifest}")),
            Ok((vec!["attachment:content".to_owned()], 1))
        );
        assert_eq!(
            attached(&format!("files{manifest}\nfiles{manifest}")),
            Ok((
                vec![
                    "attachment:files".to_owned(),
                    "attachment:files.2".to_owned()
                ],
                2
            ))
        );
        let text = include_str!("../../Cargo.toml").to_owned();
        for name in ["text", "cell.source"] {
            assert_eq!(
                attached(&format!("{name}{manifest}")),
                Ok((vec![text.clone()], 0))
            );
        }
        for (given, taken) in [
            ("text=@@me", "@me"),
            ("text=@@@me", "@@me"),
            ("texts=@me", "@me"),
        ] {
            assert_eq!(attached(given), Ok((vec![taken.to_owned()], 0)), "{given}");
        }
        for given in ["content=data:,x", "files=[\"data:,x\"]", "content=null"] {
            let (_, text) = given.split_once('=').unwrap();
            assert_eq!(attached(given), Ok((vec![text.to_owned()], 0)));
        }
    }

    #[test]
    fn a_path_without_its_sign_is_told_how_files_are_sent() {
        for given in ["content=notes.txt", "content=", "files=notes.txt"] {
            let (name, _) = given.split_once('=').unwrap();
            let error = attached(given).unwrap_err();
            let message = format!("`{name}` must be a file, as in `{name}=@FILE`, or a");
            assert!(error.contains(&message), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named_with_its_parameter() {
        let error = attached("content=@no/such/file").unwrap_err();
        assert!(
            error.contains("`content` can't be read from `no/such/file`"),
            "{error}"
        );
        let error = attached("text=@me").unwrap_err();
        assert!(
            error.ends_with("; a string that starts with `@` is written `@@me`"),
            "{error}"
        );
        let error = attached("content=@.").unwrap_err();
        assert!(error.contains("it is not a file"), "{error}");
    }
}
