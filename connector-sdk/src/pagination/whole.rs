//! Lists without pages.

use url::Url;

use super::{Next, PageBody, Pagination};
use crate::http::UpstreamResponse;

/// The answer is the whole list, for lists that a provider does not cut into pages.
///
/// ```
/// use plugwright_sdk::pagination::{Pagination, Whole};
/// use plugwright_sdk::{ActionContext, Page, Result, action, model};
///
/// /// A kernel.
/// #[model]
/// pub struct Kernel {
///     /// Id.
///     pub id: String,
/// }
///
/// /// Lists the running kernels.
/// #[action("kernels.list", read, get = "/api/kernels", page = Whole)]
/// pub async fn list(cx: &ActionContext) -> Result<Page<Kernel>>;
///
/// async fn inside_of_an_object(cx: &ActionContext) -> Result<Page<Kernel>> {
///     cx.get("/api/kernels").page(Whole.items("/kernels")).await
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Whole;

impl Pagination for Whole {
    fn next(&self, _: &Url, _: &UpstreamResponse, _: &PageBody<'_>, _: usize) -> Next {
        Next::End
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pagination::read_page;
    use crate::result::Page;
    use crate::transport::Request;

    #[test]
    fn a_whole_list_has_no_next_page() {
        let link = r#"</x?page=2>; rel="next""#;
        let response = UpstreamResponse {
            status: 200,
            headers: [(http::header::LINK, link.parse().unwrap())]
                .into_iter()
                .collect(),
            body: r#"{"kernels":[1,2],"count":2}"#.into(),
        };
        let strategy = Whole.items("/kernels").total("/count");
        let url = "https://api.example.com/kernels".parse().unwrap();
        let request = Request::new(http::Method::GET, url);
        let page: Page<u32> = read_page(&strategy, &request, &response).unwrap();
        assert_eq!(page.items, [1, 2]);
        assert_eq!((page.cursor, page.total_count), (None, Some(2)));
    }
}
