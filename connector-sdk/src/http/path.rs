//! Paths made of a template and values that can't break out of their place.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::value::WireValue;
use crate::error::ActionError;
use crate::param::Param;

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
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a path",
    label = "a part of a path is one value that is always there",
    note = "a last part that may be left out is written `{{/name}}`, and takes an `Option`"
)]
pub trait PathValue {
    /// Returns the text, before encoding.
    fn path_text(&self) -> Option<String>;
}

// The compiler should say what a path takes, not what a parameter is.
#[diagnostic::do_not_recommend]
impl<T: Param + WireValue> PathValue for T {
    fn path_text(&self) -> Option<String> {
        match self.encode() {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

macro_rules! texts {
    ($($type:ty)*) => {$(
        impl PathValue for $type {
            fn path_text(&self) -> Option<String> {
                Some((*self).to_owned())
            }
        }
    )*};
}

texts!(str & str & String);

/// A value for the last part of a path, which is left out where there is none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a part of a path that may be left out",
    label = "`{{/name}}` takes an `Option`",
    note = "a part that is always there is written `/{{name}}`"
)]
pub trait OptionalPathValue {
    /// Returns the part, if there is one.
    fn part(&self) -> Option<&dyn PathValue>;
}

impl<T: PathValue> OptionalPathValue for Option<T> {
    fn part(&self) -> Option<&dyn PathValue> {
        self.as_ref().map(|value| value as &dyn PathValue)
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
    /// A slash and a segment, or nothing: `{/name}` in the template.
    OptionalSegment(&'static str, &'a dyn OptionalPathValue),
    /// A slash and several segments, or nothing: `{/+name}` in the template.
    OptionalSegments(&'static str, &'a dyn OptionalPathValue),
}

impl Path {
    #[doc(hidden)]
    pub fn from_pieces(pieces: &[Piece<'_>]) -> Self {
        let mut path = String::new();
        for piece in pieces {
            let added = match piece {
                Piece::Literal(text) => {
                    path.push_str(text);
                    continue;
                }
                Piece::Segment(name, value) => segment(name, *value),
                Piece::Segments(name, value) => segments(name, *value),
                Piece::OptionalSegment(name, value) => optional(name, *value, segment),
                Piece::OptionalSegments(name, value) => optional(name, *value, segments),
            };
            match added {
                Ok(text) => path.push_str(&text),
                Err(error) => return Self(Err(error)),
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
    check_segment(name, &text)?;
    Ok(text)
}

/// Refuses what would not stay in its place of a path: `.` and `..` would name another resource, and
/// an empty segment would name the collection.
///
/// # Errors
///
/// `VALIDATION_ERROR` at the parameter `name`.
pub fn check_segment(name: &str, text: &str) -> Result<(), ActionError> {
    match text {
        "" => Err(ActionError::invalid_param(name, "must not be empty")),
        "." | ".." => Err(ActionError::invalid_param(
            name,
            format!("must not be `{text}`"),
        )),
        // Some servers decode `%2F` and `%5C` before they take the path apart.
        _ if text.split(['/', '\\']).any(|part| part == "..") => Err(ActionError::invalid_param(
            name,
            "must not have `..` between slashes",
        )),
        _ => Ok(()),
    }
}

fn segment(name: &str, value: &dyn PathValue) -> Result<String, ActionError> {
    text_of(name, value).map(|text| encode_segment(&text))
}

fn segments(name: &str, value: &dyn PathValue) -> Result<String, ActionError> {
    let text = text_of(name, value)?;
    let refused = |message: &str| Err(ActionError::invalid_param(name, message));
    if text.starts_with('/') {
        return refused("must not start with `/`");
    }
    if text.ends_with('/') {
        return refused("must not end with `/`");
    }
    let parts = text.split('/').map(|part| match part {
        "" => refused("must not have `//` in it"),
        "." | ".." => refused(&format!("must not have `{part}` between slashes")),
        part => Ok(encode_segment(part)),
    });
    Ok(parts.collect::<Result<Vec<_>, _>>()?.join("/"))
}

fn optional(
    name: &str,
    value: &dyn OptionalPathValue,
    text: fn(&str, &dyn PathValue) -> Result<String, ActionError>,
) -> Result<String, ActionError> {
    value.part().map_or_else(
        || Ok(String::new()),
        |part| Ok(format!("/{}", text(name, part)?)),
    )
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
        for bad in ["", ".", "..", "../admin", "a/../b", "..\\admin"] {
            assert_eq!(path(bad).unwrap_err().param(), Some("name"));
        }
        assert_eq!(path("...").unwrap(), "/labels/...");
        assert_eq!(path("v1..v2/x").unwrap(), "/labels/v1..v2%2Fx");
    }

    #[test]
    fn keeps_slashes_only_where_the_template_allows_them() {
        let made = |value: &str| Path::from_pieces(&[Piece::Segments("path", &value)]).0;
        assert_eq!(made("src/a b.rs").unwrap(), "src/a%20b.rs");
        for (bad, message) in [
            ("src/../secret", "`path` must not have `..` between slashes"),
            ("/etc", "`path` must not start with `/`"),
            ("etc/", "`path` must not end with `/`"),
            ("/", "`path` must not start with `/`"),
            ("etc//passwd", "`path` must not have `//` in it"),
        ] {
            assert_eq!(made(bad).unwrap_err().message(), message);
        }
    }

    #[test]
    fn an_optional_part_is_left_out_with_its_slash() {
        let made = |value: Option<&str>| {
            let pieces = [
                Piece::Literal("/contents"),
                Piece::OptionalSegments("path", &value),
            ];
            Path::from_pieces(&pieces).0
        };
        assert_eq!(made(None).unwrap(), "/contents");
        assert_eq!(made(Some("a/b c")).unwrap(), "/contents/a/b%20c");
        assert!(made(Some("..")).is_err());
        assert_eq!(made(Some("")).unwrap_err().param(), Some("path"));
        let one = Piece::OptionalSegment("id", &Some(7_u32));
        assert_eq!(Path::from_pieces(&[one]).0.unwrap(), "/7");
    }
}
