//! Lists that go on beside the id of an item.

use plugwright_sdk::pagination::{Next, PageBody, Pagination};
use plugwright_sdk::{UpstreamResponse, Value};
use url::Url;

/// The next page is beside an item of this one, whose id goes into a query parameter; a page with fewer
/// items than asked for is the last.
pub(crate) struct Beside {
    parameter: &'static str,
    /// JSON pointer to the id in an item.
    id: &'static str,
    /// Whether it is the first item rather than the last one.
    is_first: bool,
    size: usize,
}

impl Beside {
    /// Goes on after the last item.
    pub(crate) const fn after_last(id: &'static str, size: usize) -> Self {
        Self {
            parameter: "after",
            id,
            is_first: false,
            size,
        }
    }

    /// Goes on to older messages: they come newest first.
    pub(crate) const fn older(size: usize) -> Self {
        Self {
            parameter: "before",
            id: "/id",
            is_first: false,
            size,
        }
    }

    /// Goes on to newer messages: the newest of a page is its first.
    pub(crate) const fn newer(size: usize) -> Self {
        Self {
            parameter: "after",
            id: "/id",
            is_first: true,
            size,
        }
    }
}

impl Pagination for Beside {
    fn next(&self, _: &Url, _: &UpstreamResponse, body: &PageBody<'_>, count: usize) -> Next {
        if count == 0 || count < self.size {
            return Next::End;
        }
        let item = if self.is_first { 0 } else { count - 1 };
        match body.at(&format!("/{item}{}", self.id)) {
            Some(Value::String(id)) => Next::Parameter(self.parameter.to_owned(), id),
            _ => Next::Unreadable(format!("an item has no id at `{}`", self.id)),
        }
    }
}
