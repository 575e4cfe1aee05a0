//! Lists that go on after the last item of a page.

use serde_json::Value;
use url::Url;

use super::{Next, PageBody, Pagination};
use crate::http::UpstreamResponse;
use crate::reading::json;

/// The next page starts after the last item of this one, whose id goes into a query parameter, as long
/// as the body says that there is more.
///
/// ```
/// use plugwright_sdk::pagination::AfterLast;
/// use plugwright_sdk::testing::{MockContext, block_on};
/// use plugwright_sdk::{ConnectorDefinition, Page, Value, actions, json};
///
/// static SHOP: ConnectorDefinition = ConnectorDefinition::new("shop", "Shop", "1.0.0")
///     .base_url("https://api.example.com")
///     .actions(actions![]);
///
/// let strategy = AfterLast::new("starting_after", "/data", "/id", "/has_more");
/// let pages = [
///     (200, json!({ "data": [{ "id": "a" }, { "id": "b" }], "has_more": true })),
///     (200, json!({ "data": [{ "id": "c" }], "has_more": false })),
/// ];
/// let cx = MockContext::new(&SHOP, pages);
/// let things: Page<Value> = block_on(cx.get("/things").pages(strategy, 10))?;
/// assert_eq!(things.items.len(), 3);
/// assert_eq!(cx.sent()[1].url.as_str(), "https://api.example.com/things?starting_after=b");
/// # Ok::<(), plugwright_sdk::ActionError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AfterLast<'a> {
    parameter: &'a str,
    items: &'a str,
    id: &'a str,
    more: &'a str,
}

impl<'a> AfterLast<'a> {
    /// `parameter` takes the text or number that the last item has at the JSON pointer `id`. `items`
    /// points to the list in the body, and `more` to the `true` that says that it goes on.
    pub const fn new(parameter: &'a str, items: &'a str, id: &'a str, more: &'a str) -> Self {
        Self {
            parameter,
            items,
            id,
            more,
        }
    }
}

impl Pagination for AfterLast<'_> {
    fn next(&self, _: &Url, _: &UpstreamResponse, body: &PageBody<'_>, count: usize) -> Next {
        let Some(last) = count.checked_sub(1) else {
            return Next::End;
        };
        if body.at(self.more) != Some(Value::Bool(true)) {
            return Next::End;
        }
        match body.at(&format!("{}/{last}{}", self.items, self.id)) {
            Some(Value::String(id)) if !id.is_empty() => {
                Next::Parameter(self.parameter.to_owned(), id)
            }
            Some(Value::Number(id)) => {
                Next::Parameter(self.parameter.to_owned(), json::number_text(&id))
            }
            _ => Next::Unreadable(format!(
                "the list goes on, but its last item has no id at `{}`",
                self.id
            )),
        }
    }

    fn items_pointer(&self) -> &str {
        self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use crate::pagination::read_page;
    use crate::result::Page;
    use crate::transport::Request;

    fn page(body: &'static str) -> crate::error::Result<Page<Value>> {
        let response = UpstreamResponse {
            status: 200,
            headers: http::HeaderMap::new(),
            body: body.into(),
        };
        let strategy = AfterLast::new("after", "/data", "/id", "/has_more");
        let url = "https://api.example.com/things".parse().unwrap();
        let request = Request::new(http::Method::GET, url);
        read_page(&strategy, &request, &response)
    }

    #[test]
    fn a_list_goes_on_only_if_it_says_so() {
        for body in [
            r#"{"data":[{"id":"a"}],"has_more":false}"#,
            r#"{"data":[{"id":"a"}]}"#,
            r#"{"data":[{"id":"a"}],"has_more":null}"#,
            r#"{"data":[],"has_more":true}"#,
        ] {
            assert_eq!(page(body).unwrap().cursor, None, "{body}");
        }
        for body in [
            r#"{"data":[{"id":"a"}],"has_more":true}"#,
            r#"{"has_more":true,"data":[{"id":7}]}"#,
        ] {
            assert!(page(body).unwrap().cursor.is_some(), "{body}");
        }
    }

    #[test]
    fn a_list_that_goes_on_nowhere_fails() {
        let error = page(r#"{"data":[{"id":"a"},{"name":"b"}],"has_more":true}"#).unwrap_err();
        assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
    }
}
