//! Lists in envelopes, and what leads to their next pages.

use plugwright_sdk::{Value, json};

use super::{document, imported};
use crate::form::{PageStyle, PagingTemplate};

fn getting(path: &str, parameter: &str, schema: Value) -> Value {
    document(json!({ (path): { "get": {
        "operationId": "listThings",
        "parameters": [{ "name": parameter, "in": "query", "schema": { "type": "string" } }],
        "responses": { "200": { "content": { "application/json": { "schema": schema } } } },
    } } }))
}

fn paging(path: &str, parameter: &str, members: Value) -> Option<PagingTemplate> {
    let schema = json!({ "type": "object", "properties": members });
    let mut connector = imported(&getting(path, parameter, schema)).connector;
    connector.actions.remove(0).paging
}

#[test]
fn the_list_that_the_path_names_is_that_of_the_items() {
    let list = json!({ "type": "array", "items": { "type": "object" } });
    for (path, lists, expected) in [
        ("/v2/customers", ["errors", "customers"], Some("/customers")),
        (
            "/lists/{id}/members",
            ["segments", "members"],
            Some("/members"),
        ),
        ("/a/Messages.json", ["messages", "media"], Some("/messages")),
        ("/catalog/list", ["errors", "objects"], Some("/objects")),
        ("/lists/7", ["_links", "stores"], Some("/stores")),
        ("/a", ["messages", "_embedded"], Some("/_embedded")),
        ("/links", ["links", "tags"], Some("/links")),
        ("/inbox", ["messages", "people"], None),
        ("/", ["left", "right"], None),
    ] {
        let mut members = json!({ "cursor": { "type": "string" } });
        for name in lists {
            members[name] = list.clone();
        }
        let items = paging(path, "cursor", members).map(|paging| paging.items);
        assert_eq!(items.as_deref(), expected, "{path}");
    }
}

#[test]
fn next_pages_are_where_well_known_providers_have_them() {
    let text = json!({ "type": "string" });
    let within = |member: &str| json!({ "type": "object", "properties": { member: text } });
    let cursor = |parameter: &str, pointer: &str| PageStyle::Cursor {
        parameter: parameter.to_owned(),
        pointer: pointer.to_owned(),
    };
    let url = PageStyle::Url {
        pointer: "/next_page_uri".to_owned(),
    };
    for (parameter, member, fact, expected) in [
        ("To", "next_page_uri", text.clone(), Some(url)),
        (
            "continue",
            "metadata",
            within("continue"),
            Some(cursor("continue", "/metadata/continue")),
        ),
        (
            "until",
            "pagination",
            within("next"),
            Some(cursor("until", "/pagination/next")),
        ),
        ("until", "next", text.clone(), None),
    ] {
        let members = json!({ member: fact, "items": { "type": "array", "items": {} } });
        let style = paging("/things", parameter, members).map(|paging| paging.style);
        assert_eq!(style, expected, "{parameter} {member}");
    }
}
