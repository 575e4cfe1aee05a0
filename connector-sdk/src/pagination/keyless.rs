//! Links to next pages that repeat the credential.

use url::Url;

use super::{Next, PageBody, Pagination, link, without};
use crate::http::UpstreamResponse;

/// A strategy whose links lose the query parameter of the credential, which every request adds anyway:
/// a cursor has no secret in it.
pub(crate) struct Keyless<'a, P> {
    pub(crate) strategy: P,
    pub(crate) parameter: Option<&'a str>,
}

impl<P: Pagination> Pagination for Keyless<'_, P> {
    fn next(
        &self,
        url: &Url,
        response: &UpstreamResponse,
        body: &PageBody<'_>,
        count: usize,
    ) -> Next {
        let next = self.strategy.next(url, response, body, count);
        match (next, self.parameter) {
            (Next::Url(target), Some(parameter)) => Next::Url(match link::resolve(url, &target) {
                Some(target) => without(target, parameter).into(),
                None => target,
            }),
            (next, _) => next,
        }
    }

    fn start(&self, url: &mut Url) {
        self.strategy.start(url);
    }

    fn items_pointer(&self) -> &str {
        self.strategy.items_pointer()
    }

    fn total_pointer(&self) -> Option<&str> {
        self.strategy.total_pointer()
    }

    fn may_omit_items(&self) -> bool {
        self.strategy.may_omit_items()
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use serde_json::{Value, json};

    use crate::auth::Auth;
    use crate::pagination::{CursorField, Next, PageBody, Pagination};
    use crate::result::Page;
    use crate::testing::{MockContext, block_on};
    use crate::{ConnectorDefinition, UpstreamResponse, actions};

    static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("shop", "Shop", "1.0.0")
        .base_url("https://api.example.com")
        .auth(&[Auth::api_key_query("API key", "api_key")])
        .actions(actions![]);

    struct Linked;

    impl Pagination for Linked {
        fn next(
            &self,
            url: &url::Url,
            response: &UpstreamResponse,
            body: &PageBody<'_>,
            count: usize,
        ) -> Next {
            match CursorField::new("", "/next").next(url, response, body, count) {
                Next::Parameter(_, url) => Next::Url(url),
                other => other,
            }
        }

        fn items_pointer(&self) -> &'static str {
            "/items"
        }
    }

    #[test]
    fn a_cursor_has_no_key_in_it_and_the_next_request_has_it_once() {
        for next in [
            "https://api.example.com/things?api_key=K3y&page=2",
            "/things?page=2&api%5Fkey=K3y",
        ] {
            let answers = [
                (200, json!({ "items": [1], "next": next })),
                (200, json!({ "items": [2] })),
            ];
            let cx = MockContext::new(&CONNECTOR, answers);
            let page: Page<Value> = block_on(cx.get("/things").pages(Linked, 5)).unwrap();
            assert_eq!(page.items, [1, 2]);
            let second = cx.sent()[1].url.clone();
            assert_eq!(second.as_str(), "https://api.example.com/things?page=2");
        }
    }
}
