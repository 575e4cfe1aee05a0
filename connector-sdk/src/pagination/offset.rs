//! Pages that start at an offset.

use serde_json::Value;
use url::Url;

use super::{Next, PageBody, Pagination, query_number};
use crate::http::UpstreamResponse;

/// Pages start at an offset; a page with fewer items than asked for is the last, unless the body says
/// more about that.
#[derive(Clone, Copy, Debug)]
pub struct Offset {
    parameter: &'static str,
    size: usize,
    last: Option<&'static str>,
    total: Option<&'static str>,
}

impl Offset {
    /// `parameter` takes the offset; `size` is how many items a full page has, as the request asks
    /// for them.
    pub const fn new(parameter: &'static str, size: usize) -> Self {
        Self {
            parameter,
            size,
            last: None,
            total: None,
        }
    }

    /// Reads at a JSON pointer whether the page is the last, for providers whose pages may be shorter
    /// than asked for.
    #[must_use]
    pub const fn last_at(mut self, pointer: &'static str) -> Self {
        self.last = Some(pointer);
        self
    }

    /// Reads the number of items over all pages at a JSON pointer, where the list ends, for providers
    /// whose pages may be shorter than asked for.
    #[must_use]
    pub const fn total_at(mut self, pointer: &'static str) -> Self {
        self.total = Some(pointer);
        self
    }

    /// Returns whether the list ends before this offset, as far as the body says it.
    fn ends(&self, body: &PageBody<'_>, offset: usize) -> Option<bool> {
        if let Some(Value::Bool(is_last)) = self.last.and_then(|pointer| body.at(pointer)) {
            return Some(is_last);
        }
        let total = body.count_at(self.total?)?;
        Some(offset as u64 >= total)
    }
}

impl Pagination for Offset {
    fn next(&self, url: &Url, _: &UpstreamResponse, body: &PageBody<'_>, count: usize) -> Next {
        let offset = query_number(url, self.parameter)
            .unwrap_or(0)
            .saturating_add(count);
        let ends = || self.ends(body, offset).unwrap_or(count < self.size);
        if count == 0 || ends() {
            return Next::End;
        }
        Next::Parameter(self.parameter.to_owned(), offset.to_string())
    }

    fn total_pointer(&self) -> Option<&str> {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pagination::{read_page, resume};
    use crate::result::Page;
    use crate::transport::Request;

    fn url() -> Url {
        "https://api.example.com/items?size=50".parse().unwrap()
    }

    /// Returns the offset of the next page, and the number of all items.
    fn next(strategy: Offset, body: &'static str) -> (Option<usize>, Option<u64>) {
        let response = UpstreamResponse {
            status: 200,
            headers: http::HeaderMap::new(),
            body: body.into(),
        };
        let request = Request::new(http::Method::GET, url());
        let page: Page<u32> = read_page(&strategy.items("/items"), &request, &response).unwrap();
        let offset = page.cursor.map(|cursor| {
            let mut next = url();
            resume(&mut next, &cursor).unwrap();
            query_number(&next, "offset").unwrap()
        });
        (offset, page.total_count)
    }

    #[test]
    fn a_short_page_is_not_the_last_where_the_body_says_so() {
        let offsets = Offset::new("offset", 50);
        let flag = offsets.last_at("/isLast");
        let more = r#"{"items":[1,2],"isLast":false}"#;
        assert_eq!(next(flag, more), (Some(2), None));
        for end in [
            r#"{"items":[1,2],"isLast":true}"#,
            r#"{"items":[],"isLast":false}"#,
            r#"{"items":[1,2]}"#,
        ] {
            assert_eq!(next(flag, end), (None, None), "{end}");
        }
    }

    #[test]
    fn a_list_ends_with_its_total() {
        let total = Offset::new("offset", 50).total_at("/total");
        let more = r#"{"items":[1,2],"total":3}"#;
        assert_eq!(next(total, more), (Some(2), Some(3)));
        let end = r#"{"items":[1,2],"total":2}"#;
        assert_eq!(next(total, end), (None, Some(2)));
        assert_eq!(next(total, r#"{"items":[1,2]}"#), (None, None));
        let both = total.last_at("/isLast");
        let end = r#"{"items":[1],"isLast":true,"total":9}"#;
        assert_eq!(next(both, end), (None, Some(9)));
    }
}
