use super::*;

fn url() -> Url {
    Url::parse("https://api.example.com/items?size=2").unwrap()
}

fn request() -> Request {
    Request::new(http::Method::GET, url())
}

fn response(link: &str, body: &'static str) -> UpstreamResponse {
    let mut headers = http::HeaderMap::new();
    headers.insert("link", link.parse().unwrap());
    UpstreamResponse {
        status: 200,
        headers,
        body: body.into(),
    }
}

#[test]
fn a_cursor_leads_back_to_the_same_host() {
    let page: Page<u32> = read_page(
        &LinkHeader,
        &request(),
        &response(r#"</items?page=2>; rel="next""#, "[1,2]"),
    )
    .unwrap();
    let mut next = url();
    resume(&mut next, page.cursor.as_deref().unwrap()).unwrap();
    assert_eq!(next.as_str(), "https://api.example.com/items?page=2");
}

#[test]
fn a_link_to_a_foreign_host_is_the_providers_error() {
    let error = read_page::<u32>(
        &LinkHeader,
        &request(),
        &response(r#"<https://evil.test/>; rel="next""#, "[]"),
    )
    .unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
}

#[test]
fn a_forged_cursor_is_refused() {
    for text in [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test/",
        "/a/../b",
        "items",
        "/a#b",
        "",
    ] {
        let error = resume(&mut url(), &URL_SAFE_NO_PAD.encode(text)).unwrap_err();
        assert_eq!(error.param(), Some("cursor"), "{text}");
    }
    assert!(resume(&mut url(), "not base64!").is_err());
}

fn next_of(pagination: &impl Pagination, count: usize) -> Next {
    let response = response("", "[]");
    let body = PageBody::read("[]").unwrap();
    pagination.next(&url(), &response, &body, count)
}

#[test]
fn numbered_pages_and_offsets_end_with_a_short_page() {
    let pages = PageNumber::new("page", 2);
    assert_eq!(
        next_of(&pages, 2),
        Next::Parameter("page".into(), "2".into())
    );
    assert_eq!(next_of(&pages, 1), Next::End);
    assert_eq!(
        next_of(&pages.first(0), 2),
        Next::Parameter("page".into(), "1".into())
    );
    let offsets = Offset::new("offset", 2);
    assert_eq!(
        next_of(&offsets, 2),
        Next::Parameter("offset".into(), "2".into())
    );
    assert_eq!(next_of(&offsets, 0), Next::End);
}

#[test]
fn a_cursor_field_ends_with_null_or_an_empty_text() {
    let strategy = CursorField::new("cursor", "/next")
        .items("/items")
        .total("/total");
    let body = r#"{"items":[1],"next":"abc","total":9}"#;
    let page: Page<u32> = read_page(&strategy, &request(), &response("", body)).unwrap();
    assert_eq!(
        (page.items.as_slice(), page.total_count),
        ([1].as_slice(), Some(9))
    );
    assert!(page.cursor.is_some());
    for end in [
        r#"{"items":[],"next":null}"#,
        r#"{"items":[],"next":""}"#,
        r#"{"items":[]}"#,
        r#"{"items":[1],"next":0}"#,
        r#"{"items":[1],"next":0.0}"#,
        r#"{"items":[1],"next":"0"}"#,
        r#"{"items":[1],"next":"null"}"#,
    ] {
        assert!(
            read_page::<u32>(&strategy, &request(), &response("", end))
                .unwrap()
                .cursor
                .is_none()
        );
    }
}
#[test]
fn a_list_may_be_left_out_where_the_strategy_says_so() {
    let strategy = CursorField::new("cursor", "/next").items("/items");
    let read = |body| {
        read_page::<u32>(
            &strategy.omitted_if_empty(),
            &request(),
            &response("", body),
        )
    };
    for empty in ["{}", r#"{"next":"a","error":null,"errors":[]}"#] {
        assert!(read(empty).unwrap().items.is_empty(), "{empty}");
        assert!(read_page::<u32>(&strategy, &request(), &response("", empty)).is_err());
    }
    assert!(
        read(r#"{"items":null,"next":"a"}"#)
            .unwrap()
            .cursor
            .is_some()
    );
    for other in [
        r#"{"items":{}}"#,
        "[]",
        "null",
        "7",
        r#"{"error":{"code":7}}"#,
        r#"{"items":null,"errors":["no"]}"#,
    ] {
        assert!(read(other).is_err(), "{other}");
    }
}

#[test]
fn null_is_an_empty_list() {
    for body in [r#"{"items":null}"#, r#" {"items" : null} "#] {
        let page = read_page::<u32>(&Whole.items("/items"), &request(), &response("", body));
        assert!(page.unwrap().items.is_empty(), "{body}");
    }
    let page = read_page::<u32>(&Whole, &request(), &response("", "null"));
    assert!(page.unwrap().items.is_empty());
}

#[cfg(feature = "testing")]
mod keyless {
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
