//! Lists in envelopes, and what leads to their next pages.

use plugwright_sdk::{Value, json};

use super::lists::run;
use super::{document, imported};
use crate::form::{PageSize, PageStyle, PagingTemplate};

fn getting(path: &str, parameters: Value, members: Value) -> Value {
    let schema = json!({ "type": "object", "properties": members });
    document(json!({ (path): { "get": {
        "operationId": "listThings",
        "parameters": parameters,
        "responses": { "200": { "content": { "application/json": { "schema": schema } } } },
    } } }))
}

fn query(name: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "schema": schema })
}

fn integer(name: &str) -> Value {
    query(name, json!({ "type": "integer" }))
}

fn of(document: &Value) -> Option<PagingTemplate> {
    imported(document).connector.actions.remove(0).paging
}

fn paging(path: &str, parameter: &str, members: Value) -> Option<PagingTemplate> {
    let parameters = json!([query(parameter, json!({ "type": "string" }))]);
    of(&getting(path, parameters, members))
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

#[test]
fn parameters_of_pages_are_known_however_they_are_spelled() {
    let items = json!({ "items": { "type": "array", "items": { "type": "object" } } });
    let style = |parameters: Value| {
        let paging = of(&getting("/things", parameters, items.clone()));
        paging.map(|paging| paging.style)
    };
    let size = |name: &str| PageSize {
        parameter: Some(name.to_owned()),
        usual: None,
    };
    for (position, length) in [
        ("PageNumber", "PageSize"),
        ("page-no", "per-page"),
        ("pagenumber", "pagesize"),
        ("currentPage", "Limit"),
    ] {
        let expected = PageStyle::Number {
            parameter: position.to_owned(),
            first: 1,
            size: size(length),
        };
        let found = style(json!([integer(length), integer(position)]));
        assert_eq!(found, Some(expected), "{position}");
    }
    let with_count = |name: &str| query(name, json!({ "type": "boolean" }));
    for (position, length, count) in [
        ("SkipCount", "MaxResultCount", "a"),
        ("skip", "take", "a"),
        ("Skip", "Limit", "a"),
        ("skip", "top", "count"),
        ("$skip", "$top", "$count"),
    ] {
        let expected = PageStyle::Offset {
            parameter: position.to_owned(),
            size: size(length),
        };
        let parameters = json!([with_count(count), integer(position), integer(length)]);
        assert_eq!(style(parameters), Some(expected), "{position}");
    }
    for name in ["take", "SkipCount", "page_offset", "PageSize"] {
        assert_eq!(style(json!([integer(name)])), None, "{name}");
    }
}

#[test]
fn a_page_index_counts_pages_where_its_start_is_stated() {
    for (schema, expected) in [
        (json!({}), None),
        (json!({ "default": 0 }), Some(0)),
        (json!({ "minimum": 1 }), Some(1)),
        (json!({ "description": "Zero-based index" }), Some(0)),
        (json!({ "description": "Starts at 1." }), Some(1)),
        (json!({ "description": "The first page is 0." }), Some(0)),
    ] {
        let mut index = schema.clone();
        index["type"] = "integer".into();
        for name in ["pageIndex", "page_num"] {
            let parameters = json!([query(name, index.clone()), integer("pageSize")]);
            let items = json!({ "items": { "type": "array", "items": { "type": "object" } } });
            let document = getting("/things", parameters, items);
            let reasons = imported(&document).report.operations.remove(0).reasons;
            let is_noted = reasons.iter().any(|reason| reason.contains(name));
            assert_eq!(is_noted, expected.is_none(), "{reasons:?}");
            let first = match of(&document) {
                Some(PagingTemplate {
                    style: PageStyle::Number { first, .. },
                    ..
                }) => Some(first),
                _ => None,
            };
            assert_eq!(first, expected, "{name} {schema}");
        }
    }
}

#[test]
fn pages_as_spring_makes_them_begin_with_0_unless_stated() {
    let list = json!({ "type": "array", "items": { "type": "object" } });
    let number = json!({ "type": "integer" });
    let flag = json!({ "type": "boolean" });
    let page = json!({ "content": list, "totalElements": number, "last": flag, "number": number });
    let facts = json!({ "type": "object", "properties": {
        "number": number, "size": number, "totalElements": number, "totalPages": number,
    } });
    let books = json!({ "type": "object", "properties": { "books": list } });
    let with_links = json!({ "_embedded": books, "page": facts });
    let other = json!({ "content": list, "totalElements": number });
    for (schema, members, expected) in [
        (json!({}), &page, 0),
        (json!({ "default": 1 }), &page, 1),
        (json!({ "minimum": 1 }), &page, 1),
        (
            json!({ "description": "Page number starting with page 1." }),
            &page,
            1,
        ),
        (json!({}), &with_links, 0),
        (json!({}), &other, 1),
    ] {
        let mut page = schema.clone();
        page["type"] = "integer".into();
        let parameters = json!([query("page", page), integer("size")]);
        let paging = of(&getting("/books", parameters, members.clone())).unwrap();
        let PageStyle::Number { first, .. } = paging.style else {
            panic!("{paging:?}");
        };
        assert_eq!(first, expected, "{schema} {members}");
        assert!(paging.total.unwrap().ends_with("/totalElements"));
    }
}

#[test]
fn items_in_a_member_of_the_answer_are_found() {
    let list =
        json!({ "type": "array", "items": { "type": "object", "properties": { "id": {} } } });
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": text });
    let within = |members: Value| json!({ "type": "object", "properties": members });
    let page = json!([integer("page"), integer("size")]);
    let next = within(json!({ "href": text }));
    let url = json!({ "type": "string", "description": "The URL of the next page" });
    for (parameters, members, expected) in [
        (
            page.clone(),
            json!({ "success": {}, "data": within(json!({ "items": list, "total": { "type": "integer" } })) }),
            Some(("/data/items", Some("/data/total"))),
        ),
        (
            page.clone(),
            json!({ "messages": texts, "Data": within(json!({ "rows": list, "tags": texts })) }),
            Some(("/Data/rows", None)),
        ),
        (
            json!([]),
            json!({ "_embedded": within(json!({ "orders": list })), "_links": within(json!({ "next": next })) }),
            Some(("/_embedded/orders", None)),
        ),
        // Without a position, these may be things that have lists.
        (
            json!([]),
            json!({ "data": within(json!({ "items": list })) }),
            None,
        ),
        (
            json!([]),
            json!({ "data": within(json!({ "resources": list })), "links": within(json!({ "next": text })) }),
            None,
        ),
        (
            json!([]),
            json!({ "urls": texts, "meta": within(json!({ "next": url })) }),
            None,
        ),
        (
            page,
            json!({ "_embedded": within(json!({ "orders": list, "people": list })) }),
            None,
        ),
    ] {
        let found = of(&getting("/things", parameters, members.clone()));
        let found = found.map(|paging| (paging.items, paging.total));
        let expected = expected.map(|(items, total): (&str, Option<&str>)| {
            (items.to_owned(), total.map(str::to_owned))
        });
        assert_eq!(found, expected, "{members}");
    }
}

#[test]
fn items_in_a_member_of_the_answer_are_what_the_action_returns() {
    let list =
        json!({ "type": "array", "items": { "type": "object", "properties": { "id": {} } } });
    let members = json!({ "data": { "type": "object", "properties": { "items": list, "total": { "type": "integer" } } } });
    let document = getting(
        "/things",
        json!([integer("page"), integer("size")]),
        members,
    );
    let action = imported(&document).connector.actions.remove(0);
    assert_eq!(action.output["type"], "array");
    assert!(action.output["items"]["properties"].get("id").is_some());
    let body = r#"{"data":{"items":[{"id":1},{"id":2}],"total":3}}"#;
    let page = run(&document, "things.list", json!({}), body);
    assert_eq!(page.data, json!([{ "id": 1 }, { "id": 2 }]));
    assert_eq!(page.meta.total_count, Some(3));
    assert!(page.meta.cursor.is_some());
}
