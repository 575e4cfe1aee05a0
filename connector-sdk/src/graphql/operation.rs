//! The text of an operation, and what it says of itself.

use std::fmt;
use std::panic::Location;

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
#[derive(Clone, Copy)]
pub struct Operation {
    text: &'static str,
    name: &'static str,
    kind: OperationKind,
    place: &'static Location<'static>,
}

impl Operation {
    /// Takes the text of an operation.
    ///
    /// # Panics
    ///
    /// At compile time, if the text does not begin with `query Name` or `mutation Name`.
    #[track_caller]
    pub const fn new(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        let start = skip_ignored(bytes, 0);
        let end = skip_name(bytes, start);
        let kind = match slice(text, start, end).as_bytes() {
            b"query" => OperationKind::Query,
            b"mutation" => OperationKind::Mutation,
            b"subscription" => panic!("a subscription has no single answer; write a query"),
            b"fragment" => panic!("the operation comes first, and its fragments after it"),
            b"" => panic!("an operation has a name: begin with `query Name` or `mutation Name`"),
            _ => panic!("an operation begins with `query Name` or `mutation Name`"),
        };
        let start = skip_ignored(bytes, end);
        let end = skip_name(bytes, start);
        assert!(
            start < end,
            "an operation has a name: begin with `query Name` or `mutation Name`"
        );
        Self {
            text,
            name: slice(text, start, end),
            kind,
            place: Location::caller(),
        }
    }

    /// Returns the text.
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// Returns the name, which is sent as `operationName`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Tells whether it reads or writes.
    pub const fn kind(&self) -> OperationKind {
        self.kind
    }

    /// Returns where in the connector's sources the constant is.
    pub const fn place(&self) -> &'static Location<'static> {
        self.place
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.name)
    }
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

const fn slice(text: &'static str, start: usize, end: usize) -> &'static str {
    text.split_at(end).0.split_at(start).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_text_begins_with() {
        let of = |text| {
            let operation = Operation::new(text);
            (operation.kind(), operation.name())
        };
        assert_eq!(of("query A { a }"), (OperationKind::Query, "A"));
        assert_eq!(of("query A($x: Int) { a }"), (OperationKind::Query, "A"));
        assert_eq!(of("mutation B_2{ b }"), (OperationKind::Mutation, "B_2"));
        assert_eq!(
            of("\u{feff}\n # query No {\n ,mutation # of\n C @x { c }"),
            (OperationKind::Mutation, "C")
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
