//! What an operator states of a schema: its endpoint, corrections, and names that stay.

use super::*;

#[test]
fn the_endpoint_has_to_be_stated() {
    let error = import(&Settings::named("todo")).unwrap_err();
    assert!(matches!(error, ImportError::Endpoint), "{error}");
    let settings = Settings {
        base_url: Some("ftp://todo.test".to_owned()),
        ..Settings::named("todo")
    };
    assert!(matches!(import(&settings), Err(ImportError::BaseUrl(_))));
}

#[test]
fn what_is_no_usable_schema_says_so() {
    for (text, part) in [
        (
            "type Person { name: String }",
            "neither queries nor mutations",
        ),
        ("type Query {", "neither queries nor mutations"),
    ] {
        let document = read(text.as_bytes()).unwrap();
        let error = openapi::import(&document, &settings()).unwrap_err();
        assert!(error.to_string().contains(part), "{text}: {error}");
    }
    // What is whole is imported.
    let broken = "type Query { a: Int b: Int! } type B { c: } directive @x on";
    let imported = openapi::import(&read(broken.as_bytes()).unwrap(), &settings()).unwrap();
    assert_eq!(imported.report.imported(), 2);
    assert!(!imported.report.notes.is_empty());
}

#[test]
fn an_overlay_corrects_an_import() {
    let overlay = "
base_url: https://tasks.test/graphql
auth: header:X-Key
hide: ['odd.*']
actions:
  task.get: { rename: task.show, effect: write, fields: [title] }
  tasks.list: { paging: false, defaults: { first: 5 } }
  tasks.search: { paging: false, defaults: { query: milk } }
";
    let overlay = Overlay::from_value(read(overlay.as_bytes()).unwrap()).unwrap();
    let mut imported = imported();
    overlay.apply(&mut imported).unwrap();
    let connector = imported.connector;
    assert_eq!(connector.parts.base_url, "https://tasks.test");
    assert_eq!(connector.actions[0].request.path, "/graphql");
    let [key] = connector.parts.auth.as_slice() else {
        panic!("{:?}", connector.parts.auth);
    };
    assert!(matches!(key.scheme, SchemeParts::ApiKeyHeader { .. }));
    assert!(
        !connector
            .actions
            .iter()
            .any(|action| action.name == "odd.get")
    );
    let page = |name: &str, items: Value| {
        let info = json!({ "hasNextPage": true, "endCursor": "c1" });
        let mut list = json!({ "pageInfo": info });
        for (name, items) in items.as_object().unwrap() {
            list[name] = items.clone();
        }
        json!({ "data": { name: list } })
    };
    let answer = page("tasks", json!({ "nodes": [{ "id": "T1" }] }));
    let result = run(connector.clone(), "tasks.list", json!({}), &answer).unwrap();
    assert_eq!(*result.data.value(), json!([{ "id": "T1" }]));
    assert!(result.meta.cursor.is_none());
    let answer = page(
        "searchTasks",
        json!({ "edges": [{ "node": { "id": "T1" } }] }),
    );
    let result = run(connector.clone(), "tasks.search", json!({}), &answer).unwrap();
    let data = result.data.value().into_owned();
    assert_eq!(data, json!([{ "node": { "id": "T1" } }]));
    let list = connector
        .actions
        .iter()
        .find(|action| action.name == "tasks.list");
    assert!(list.unwrap().input.get("required").is_none());
    let search = connector
        .actions
        .iter()
        .find(|action| action.name == "tasks.search");
    let schema = &search.unwrap().output;
    assert!(
        schema["items"]["properties"]["node"].is_object(),
        "{schema}"
    );

    let paging = json!({ "items": "/a", "style": "link" });
    let overlay = json!({ "actions": { "tasks.list": { "paging": paging } } });
    let overlay = Overlay::from_value(overlay).unwrap();
    let error = overlay.apply(&mut self::imported()).unwrap_err();
    assert!(
        error.to_string().contains("as the schema has them"),
        "{error}"
    );
}

#[test]
fn names_stay_from_one_import_to_the_next() {
    let first = imported().connector;
    let earlier = first.actions.iter().rev();
    let earlier = earlier.cloned().map(Into::into);
    let again = Settings {
        earlier: earlier.collect(),
        ..settings()
    };
    let again = import(&again).unwrap().connector;
    assert_eq!(again, first);
    let stored = serde_json::to_vec(&first).unwrap();
    assert_eq!(ImportedConnector::read(&stored).unwrap(), first);
}
