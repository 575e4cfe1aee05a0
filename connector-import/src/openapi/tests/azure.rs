//! What documents of Azure say in words of their own.

use plugwright_sdk::host::Effect;
use plugwright_sdk::json;

use super::{imported, plan};

#[test]
fn paths_with_a_query_and_scopes_are_read() {
    let text = |name: &str, place: &str| json!({ "name": name, "in": place, "required": true, "type": "string" });
    let mut scope = text("scope", "path");
    scope["x-ms-skip-url-encoding"] = true.into();
    let document = json!({
        "swagger": "2.0", "info": { "title": "Store", "version": "1" }, "host": "store.test",
        "paths": {
            "/{scope}/locks": { "get": { "operationId": "locks.list", "parameters": [scope] } },
        },
        "x-ms-paths": {
            "/{box}?restype=container&comp=acl": { "get": {
                "operationId": "acl.get",
                "parameters": [text("box", "path"), text("comp", "query"), text("api", "query")],
            } },
            "/{box}?restype=container": { "delete": {
                "operationId": "box.delete", "parameters": [text("box", "path")],
            } },
            "/{box}?comp=block&blockid": { "put": {
                "operationId": "block.upload", "parameters": [text("box", "path"), text("blockid", "query")],
            } },
        },
    });
    let imported = imported(&document);
    assert_eq!(imported.report.imported(), 4, "{:?}", imported.report);
    let mut actions = imported.connector.actions.iter();
    let removes = actions.find(|action| action.name == "box.delete").unwrap();
    assert_eq!(removes.effect, Effect::Destructive);
    for (action, input, url) in [
        (
            "locks.list",
            json!({ "scope": "subscriptions/a b" }),
            "https://store.test/subscriptions/a%20b/locks",
        ),
        (
            "acl.get",
            json!({ "box": "b", "api": "1" }),
            "https://store.test/b?restype=container&comp=acl&api=1",
        ),
        (
            "box.delete",
            json!({ "box": "b" }),
            "https://store.test/b?restype=container",
        ),
        (
            "block.upload",
            json!({ "box": "b", "blockid": "x" }),
            "https://store.test/b?comp=block&blockid=x",
        ),
    ] {
        assert_eq!(plan(&document, action, input).unwrap().url, url);
    }
    let up = plan(&document, "locks.list", json!({ "scope": "a/../b" }));
    assert_eq!(up.unwrap_err().param(), Some("scope"));
}
