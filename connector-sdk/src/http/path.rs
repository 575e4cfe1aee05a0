//! Paths made of a template and values that can't break out of their place.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::value::RequestValue;
use crate::error::ActionError;

/// Everything but the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(crate) fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// A request path; [`path!`](crate::path) makes it.
///
/// A plain text is taken as it is, so only a constant should be one.
///
/// ```
/// use plugwright_sdk::http::Path;
/// use plugwright_sdk::path;
///
/// fn comments(owner: &str, number: u64) -> Path {
///     path!("/repos/{owner}/issues/{number}/comments")
/// }
/// ```
#[derive(Debug)]
pub struct Path(pub(crate) Result<String, ActionError>);

/// A value that may stand in a path: text, a number, or a parameter that is sent as one.
pub trait PathValue {
    /// Returns the text, before encoding.
    fn path_text(&self) -> Option<String>;
}

impl<T: RequestValue + ?Sized> PathValue for T {
    fn path_text(&self) -> Option<String> {
        match self.request_value()? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

/// A piece of a path template.
#[doc(hidden)]
pub enum Piece<'a> {
    Literal(&'static str),
    /// One segment, or a part of one.
    Segment(&'static str, &'a dyn PathValue),
    /// Several segments with slashes between, `{+name}` in the template.
    Segments(&'static str, &'a dyn PathValue),
}

impl Path {
    #[doc(hidden)]
    pub fn from_pieces(pieces: &[Piece<'_>]) -> Self {
        let mut path = String::new();
        for piece in pieces {
            match piece {
                Piece::Literal(text) => path.push_str(text),
                Piece::Segment(name, value) => match segment(name, *value) {
                    Ok(text) => path.push_str(&text),
                    Err(error) => return Self(Err(error)),
                },
                Piece::Segments(name, value) => match segments(name, *value) {
                    Ok(text) => path.push_str(&text),
                    Err(error) => return Self(Err(error)),
                },
            }
        }
        Self(Ok(path))
    }
}

impl From<&str> for Path {
    /// Takes a path as it is, without a query.
    fn from(path: &str) -> Self {
        Self(Ok(path.to_owned()))
    }
}

fn text_of(name: &str, value: &dyn PathValue) -> Result<String, ActionError> {
    let text = value.path_text().ok_or_else(|| {
        ActionError::invalid_param(
            name,
            "must be a string, number or boolean to be part of a path",
        )
    })?;
    refuse_dots(name, &text)?;
    Ok(text)
}

/// `.` and `..` would name another resource, and an empty segment would name the collection.
fn refuse_dots(name: &str, text: &str) -> Result<(), ActionError> {
    match text {
        "" => Err(ActionError::invalid_param(name, "must not be empty")),
        "." | ".." => Err(ActionError::invalid_param(
            name,
            format!("must not be `{text}`"),
        )),
        _ => Ok(()),
    }
}

fn segment(name: &str, value: &dyn PathValue) -> Result<String, ActionError> {
    text_of(name, value).map(|text| encode_segment(&text))
}

fn segments(name: &str, value: &dyn PathValue) -> Result<String, ActionError> {
    let text = text_of(name, value)?;
    let parts = text.split('/').map(|part| {
        if matches!(part, "" | "." | "..") {
            return Err(ActionError::invalid_param(
                name,
                format!("must not have `{part}` between slashes"),
            ));
        }
        Ok(encode_segment(part))
    });
    Ok(parts.collect::<Result<Vec<_>, _>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(value: &str) -> Result<String, ActionError> {
        Path::from_pieces(&[Piece::Literal("/labels/"), Piece::Segment("name", &value)]).0
    }

    #[test]
    fn encodes_what_would_break_out_of_a_segment() {
        assert_eq!(
            path("a/b?c#d%20é").unwrap(),
            "/labels/a%2Fb%3Fc%23d%2520%C3%A9"
        );
    }

    #[test]
    fn refuses_empty_and_dot_segments() {
        for bad in ["", ".", ".."] {
            assert_eq!(path(bad).unwrap_err().param(), Some("name"));
        }
        assert_eq!(path("...").unwrap(), "/labels/...");
    }

    #[test]
    fn keeps_slashes_only_where_the_template_allows_them() {
        let made = |value: &str| Path::from_pieces(&[Piece::Segments("path", &value)]).0;
        assert_eq!(made("src/a b.rs").unwrap(), "src/a%20b.rs");
        assert!(made("src/../secret").is_err());
        assert!(made("/etc").is_err());
    }
}
