//! The text of an operation, and what it says of itself.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// What an operation does, as its text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// Reads.
    Query,
    /// Changes something.
    Mutation,
}

impl OperationKind {
    /// Returns the keyword.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
        }
    }
}

/// A GraphQL operation: one query or mutation with a name, and the fragments that it uses.
///
/// It is a constant, whose beginning is checked while it compiles. The whole text is checked against
/// the provider's schema by `testing::check_graphql` (feature `testing-graphql`).
///
/// ```
/// use plugwright_sdk::graphql::{Operation, OperationKind};
///
/// const CLOSE: Operation = Operation::new("mutation Close($id: ID!) { close(id: $id) { id } }");
/// assert_eq!((CLOSE.kind(), CLOSE.name()), (OperationKind::Mutation, "Close"));
/// ```
///
/// An operation without a name does not compile:
///
/// ```compile_fail
/// # use plugwright_sdk::graphql::Operation;
/// const VIEWER: Operation = Operation::new("{ viewer { login } }");
/// ```
#[derive(Clone)]
pub struct Operation {
    text: Text,
    head: Head,
    place: &'static Location<'static>,
}

#[derive(Clone)]
enum Text {
    Constant(&'static str),
    Stored(Arc<str>),
}

#[derive(Clone, Copy)]
struct Head {
    kind: OperationKind,
    /// Where the name begins and ends, in bytes.
    name: (usize, usize),
}

/// The text of an operation does not begin with `query Name` or `mutation Name`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidOperation(&'static str);

impl Operation {
    /// Takes the text of an operation.
    ///
    /// # Panics
    ///
    /// At compile time, if the text does not begin with `query Name` or `mutation Name`.
    #[track_caller]
    pub const fn new(text: &'static str) -> Self {
        match head(text) {
            Ok(head) => Self {
                text: Text::Constant(text),
                head,
                place: Location::caller(),
            },
            Err(InvalidOperation(message)) => panic!("{}", message),
        }
    }

    /// Reads the text of an operation that was made or stored at run time.
    ///
    /// # Errors
    ///
    /// If the text does not begin with `query Name` or `mutation Name`.
    ///
    /// ```
    /// use plugwright_sdk::graphql::Operation;
    ///
    /// let close = Operation::parse("mutation Close { close { id } }".to_owned())?;
    /// assert_eq!(close.name(), "Close");
    /// assert!(Operation::parse("{ viewer { login } }".to_owned()).is_err());
    /// # Ok::<(), plugwright_sdk::graphql::InvalidOperation>(())
    /// ```
    #[track_caller]
    pub fn parse(text: impl Into<Arc<str>>) -> Result<Self, InvalidOperation> {
        let text = text.into();
        Ok(Self {
            head: head(&text)?,
            text: Text::Stored(text),
            place: Location::caller(),
        })
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        match &self.text {
            Text::Constant(text) => text,
            Text::Stored(text) => text,
        }
    }

    /// Returns the name, which is sent as `operationName`.
    pub fn name(&self) -> &str {
        let (start, end) = self.head.name;
        slice(self.text(), start, end)
    }

    /// Returns whether it reads or writes.
    pub const fn kind(&self) -> OperationKind {
        self.head.kind
    }

    /// Returns where in the connector's sources it is made.
    pub const fn place(&self) -> &'static Location<'static> {
        self.place
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind().as_str(), self.name())
    }
}

const fn head(text: &str) -> Result<Head, InvalidOperation> {
    let bytes = text.as_bytes();
    let start = skip_ignored(bytes, 0);
    let end = skip_name(bytes, start);
    let kind = match slice(text, start, end).as_bytes() {
        b"query" => OperationKind::Query,
        b"mutation" => OperationKind::Mutation,
        b"subscription" => {
            return Err(InvalidOperation(
                "a subscription has no single response; write a query",
            ));
        }
        b"fragment" => {
            return Err(InvalidOperation(
                "the operation comes first, and its fragments after it",
            ));
        }
        b"" => {
            return Err(InvalidOperation(
                "an operation has a name: begin with `query Name` or `mutation Name`",
            ));
        }
        _ => {
            return Err(InvalidOperation(
                "an operation begins with `query Name` or `mutation Name`",
            ));
        }
    };
    let start = skip_ignored(bytes, end);
    let end = skip_name(bytes, start);
    if start == end {
        return Err(InvalidOperation(
            "an operation has a name: begin with `query Name` or `mutation Name`",
        ));
    }
    Ok(Head {
        kind,
        name: (start, end),
    })
}

/// Passes blanks, commas, comments and a byte order mark.
const fn skip_ignored(bytes: &[u8], mut at: usize) -> usize {
    let mut in_comment = false;
    while at < bytes.len() {
        match bytes[at] {
            b'\n' | b'\r' => in_comment = false,
            b'#' => in_comment = true,
            b' ' | b'\t' | b',' | 0xef | 0xbb | 0xbf => {}
            _ if in_comment => {}
            _ => break,
        }
        at += 1;
    }
    at
}

const fn skip_name(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
        at += 1;
    }
    at
}

const fn slice(text: &str, start: usize, end: usize) -> &str {
    text.split_at(end).0.split_at(start).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_text_begins_with() {
        let of = |text| {
            let operation = Operation::new(text);
            (operation.kind(), operation.name().to_owned())
        };
        assert_eq!(of("query A { a }"), (OperationKind::Query, "A".to_owned()));
        assert_eq!(
            of("query A($x: Int) { a }"),
            (OperationKind::Query, "A".to_owned())
        );
        assert_eq!(
            of("mutation B_2{ b }"),
            (OperationKind::Mutation, "B_2".to_owned())
        );
        assert_eq!(
            of("\u{feff}\n # query No {\n ,mutation # of\n C @x { c }"),
            (OperationKind::Mutation, "C".to_owned())
        );
        assert_eq!(Operation::new("query A { a }").place().file(), file!());
    }

    #[test]
    fn refuses_what_is_no_named_operation() {
        for text in [
            "",
            "{ a }",
            "query { a }",
            "query($x: Int) { a }",
            "subscription S { a }",
            "fragment F on T { a }",
            "queryA { a }",
            "type T { a: Int }",
        ] {
            let made = std::panic::catch_unwind(|| Operation::new(text));
            assert!(made.is_err(), "{text}");
        }
    }
}
