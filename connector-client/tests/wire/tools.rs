//! Actions as tools of models.

use plugwright_client::{Dialect, Effect, ErrorCode};
use serde_json::{Value, json};

use crate::server::{Server, envelope, failure, json as reply, success};

fn action(id: &str, effect: &str, more: &str) -> String {
    let service = id.split('.').next().unwrap();
    format!(
        r#"{{"id":"{id}","service":"{service}","name":"n","title":"T of {id}","description":"Does {id}.",
        "inputSchema":{{"type":"object","properties":{{"name":{{"type":"string"}}}},"required":["name"],
        "additionalProperties":false}},"outputSchema":{{}},"effect":"{effect}"{more}}}"#
    )
}

fn list() -> String {
    let list = action("shop.items.list", "read", r#","returns":"list""#);
    let create = action("shop.items.create", "write", "");
    let delete = action("shop.items.delete", "destructive", "");
    format!("[{list},{create},{delete}]")
}

#[tokio::test]
async fn actions_are_loaded_once_and_listed_in_order() {
    let server = Server::start(vec![
        success(&action("todo.tasks.create", "write", "")),
        success(&list()),
    ])
    .await;
    let tools = server.client().tools(["todo.tasks.create", "shop.items.*"]);
    assert!(server.received().is_empty());
    let (first, second) = (tools.clone(), tools.clone());
    let (request, listed) = tokio::join!(first.request(), second.list());
    let names: Vec<_> = listed
        .unwrap()
        .iter()
        .map(plugwright_client::ActionTool::name)
        .collect();
    let expected = [
        "todo_tasks_create",
        "shop_items_list",
        "shop_items_create",
        "shop_items_delete",
    ];
    assert_eq!(names, expected);
    let request = request.unwrap();
    let request = request.as_array().unwrap();
    assert_eq!(request[1]["function"]["name"], "shop_items_list");
    // Lists can go on, and nothing else has a cursor.
    let properties = |index: usize| &request[index]["function"]["parameters"]["properties"];
    assert!(properties(1)["cursor"].is_object() && properties(2).get("cursor").is_none());
    assert!(tools.omitted().await.unwrap().is_empty());
    let lines: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.line)
        .collect();
    assert_eq!(
        lines,
        [
            "GET /v1/actions/todo.tasks.create HTTP/1.1",
            "GET /v1/actions?service=shop HTTP/1.1",
        ]
    );
}

#[tokio::test]
async fn effects_and_patterns_select() {
    let server = Server::start(vec![success(&list())]).await;
    let client = server.client();
    let tools = client.tools(["shop.*"]).effects([Effect::Read]);
    assert_eq!(tools.list().await.unwrap().len(), 1);
    let refused = tools.run("shop_items_delete", json!({ "name": "x" })).await;
    assert_eq!(
        refused.unwrap().text(),
        "unknown_action: there is no tool `shop_items_delete`\nWhat to do: use one of the tools there are."
    );
    let error = client
        .tools(["shop.nothing.*"])
        .request()
        .await
        .unwrap_err();
    assert_eq!(*error.code(), ErrorCode::UnknownAction);
    assert!(error.message().contains("`shop.nothing.*`"), "{error}");
    assert_eq!(server.received().len(), 2);
}

/// The same call, as each API sends it.
fn calls() -> [Value; 4] {
    [
        json!({ "id": "c1", "type": "function",
            "function": { "name": "shop_items_list", "arguments": "{\"name\":\"lamp\",\"cursor\":\"p2\"}" } }),
        json!({ "type": "function_call", "id": "fc", "call_id": "c1", "name": "shop_items_list",
            "arguments": "{\"name\":\"lamp\",\"cursor\":\"p2\"}" }),
        json!({ "type": "tool_use", "id": "c1", "name": "shop_items_list",
            "input": { "name": "lamp", "cursor": "p2" } }),
        json!({ "functionCall": { "name": "shop_items_list", "args": { "name": "lamp", "cursor": "p2" } } }),
    ]
}

#[tokio::test]
async fn a_call_of_each_api_is_made_and_answered_in_its_form() {
    let dialects = [
        Dialect::OpenAi,
        Dialect::OpenAiResponses,
        Dialect::Anthropic,
        Dialect::Gemini,
    ];
    for (dialect, call) in dialects.into_iter().zip(calls()) {
        let meta = r#"{"executionId":"run-1","cursor":"p3","totalCount":9}"#;
        let server = Server::start(vec![
            success(&list()),
            reply(200, "", &envelope(r#"[{"id":1}]"#, meta)),
        ])
        .await;
        let tools = server.client().tools(["shop.*"]).dialect(dialect);
        let reply = tools.call(&call).await.unwrap();
        assert_eq!(
            reply.text(),
            r#"{"items":[{"id":1}],"cursor":"p3","totalCount":9}"#
        );
        assert_eq!(
            (reply.is_error(), reply.execution_id()),
            (false, Some("run-1"))
        );
        assert!(
            reply.message().to_string().contains("shop_items_list")
                || reply.message().to_string().contains("c1")
        );
        let sent = server.received().pop().unwrap();
        assert_eq!(sent.line, "POST /v1/actions/shop.items.list HTTP/1.1");
        assert_eq!(
            sent.body,
            r#"{"input":{"name":"lamp"},"options":{"cursor":"p2"}}"#
        );
    }
    let server = Server::start(vec![success(&list())]).await;
    let tools = server.client().tools(["shop.*"]);
    for odd in [
        json!(null),
        json!({ "type": "text", "text": "hi" }),
        json!({ "function": {} }),
    ] {
        let error = tools.call(&odd).await.unwrap_err();
        assert_eq!(*error.code(), ErrorCode::ClientInvalidRequest);
    }
}

#[tokio::test]
async fn a_model_is_told_what_was_wrong() {
    let invalid = r#"{"success":false,"message":"no","errorCode":"invalid_input",
        "data":[{"param":"name","message":"is missing"}],"meta":{"hint":"abort","executionId":"run-1"}}"#;
    let server = Server::start(vec![
        success(&list()),
        reply(400, "", invalid),
        failure(409, "outcome_unknown", ""),
    ])
    .await;
    let tools = server
        .client()
        .tools(["shop.*"])
        .dialect(Dialect::Anthropic);
    let call = json!({ "type": "tool_use", "id": "t1", "name": "shop_items_create", "input": {} });
    let reply = tools.call(&call).await.unwrap();
    assert_eq!(
        reply.message(),
        json!({
            "type": "tool_result",
            "tool_use_id": "t1",
            "content": "invalid_input:\n- `name` is missing\nWhat to do: correct the input and call again.",
            "is_error": true,
        })
    );
    assert_eq!(reply.execution_id(), Some("run-1"));
    let reply = tools.call(&call).await.unwrap();
    assert!(
        reply.text().ends_with("do not simply repeat it."),
        "{}",
        reply.text()
    );
}

/// What a self-hosted gateway in TypeScript answers: no effects, no hints, and the faults of an input as
/// `@cfworker/json-schema` says them.
#[tokio::test]
async fn tools_run_against_a_gateway_of_another_make() {
    let action = r#"{"id":"shop.create_item","service":"shop","name":"create_item","description":"Creates an item.",
        "requiredScopes":[],"providerPermissions":[],"inputSchema":{"type":"object","properties":{"name":{"type":"string"}},
        "required":["name"],"additionalProperties":false},"outputSchema":{"type":"object"},"followUpActions":[{"actionId":"shop.get_item"}],
        "asyncLifecycle":null,"execution":{"locallyExecutable":true,"catalogOnly":false,"requiredAuthTypes":["api_key"],
        "noAuthRunnable":false,"needsCredential":true}}"#;
    let meta = r#"{"executionId":"run-1","actionId":"shop.create_item","auditPersisted":true}"#;
    let done = format!(r#"{{"success":true,"message":"OK","data":{{"id":7}},"meta":{meta}}}"#);
    let invalid = format!(
        r##"{{"success":false,"message":"Invalid.","errorCode":"invalid_input","data":[
            {{"instanceLocation":"#","keyword":"required","keywordLocation":"#/required","error":"Instance does not have required property \"name\"."}},
            {{"instanceLocation":"#","keyword":"properties","keywordLocation":"#/properties","error":"Property \"items\" does not match schema."}},
            {{"instanceLocation":"#/items/0/count","keyword":"type","keywordLocation":"#/x","error":"Instance type \"string\" is invalid."}}
        ],"meta":{meta}}}"##
    );
    let failed = format!(
        r#"{{"success":false,"message":"The shop is closed.","errorCode":"provider_error","data":null,"meta":{meta}}}"#
    );
    let refused = r#"{"error":{"code":"unauthorized","message":"A token is required."}}"#;
    let server = Server::start(vec![
        success(&format!("[{action}]")),
        reply(200, "", &done),
        reply(400, "", &invalid),
        reply(500, "", &failed),
        reply(401, "", refused),
    ])
    .await;
    let client = server.builder().retries(0).build().unwrap();
    let tools = client.tools(["shop.*"]);
    let request = tools.request().await.unwrap();
    assert_eq!(request[0]["function"]["name"], "shop_create_item");
    let run = || async {
        let reply = tools.run("shop_create_item", json!({ "name": "lamp" }));
        reply.await.unwrap().into_text()
    };
    assert_eq!(run().await, r#"{"id":7}"#);
    assert_eq!(
        run().await,
        "invalid_input:\n- Instance does not have required property \"name\".\n\
         - `/items/0/count`: Instance type \"string\" is invalid.\n\
         What to do: correct the input and call again."
    );
    // It does not say whether the shop has the item now.
    let failed = run().await;
    assert!(
        failed.starts_with("provider_error: The shop is closed."),
        "{failed}"
    );
    assert!(failed.ends_with("do not simply repeat it."), "{failed}");
    let refused = run().await;
    assert!(
        refused.starts_with("unauthorized: A token is required."),
        "{refused}"
    );
    let sent = server.received().pop().unwrap();
    assert_eq!(sent.line, "POST /v1/actions/shop.create_item HTTP/1.1");
    assert_eq!(sent.body, r#"{"input":{"name":"lamp"}}"#);
}

#[tokio::test]
async fn a_tool_can_ask_for_a_mock_if_it_may() {
    let server = Server::start(vec![
        success(&list()),
        success(r#"{"ok":true,"runtime":"plugwright"}"#),
        success(r#"{"id":1}"#),
    ])
    .await;
    let tools = server.client().tools(["shop.*"]).mocks();
    let arguments = json!({ "name": "lamp", "useMock": true });
    let reply = tools
        .run("shop_items_create", arguments.clone())
        .await
        .unwrap();
    assert_eq!(reply.text(), r#"{"id":1}"#);
    let sent = server.received().pop().unwrap();
    assert_eq!(
        sent.body,
        r#"{"input":{"name":"lamp"},"options":{"mode":"mock"}}"#
    );
    // Otherwise it is a parameter that the action has not.
    let server = Server::start(vec![success(&list()), success("1")]).await;
    let tools = server.client().tools(["shop.*"]);
    tools.run("shop_items_create", arguments).await.unwrap();
    let sent = server.received().pop().unwrap();
    assert_eq!(sent.body, r#"{"input":{"name":"lamp","useMock":true}}"#);
}

#[tokio::test]
async fn many_actions_are_found_described_and_run_by_three_tools() {
    let server = Server::start(vec![
        success(&list()),
        success(&action("shop.items.create", "write", "")),
        success(r#"{"id":1}"#),
        success(&action("bank.money.send", "write", "")),
    ])
    .await;
    let tools = server.client().tools(["shop.*"]).by_search();
    let definitions = tools.definitions().await.unwrap();
    let names: Vec<_> = definitions
        .iter()
        .map(|tool| &tool["function"]["name"])
        .collect();
    assert_eq!(names, ["search_actions", "describe_action", "run_action"]);
    assert!(server.received().is_empty());

    let found = tools
        .run("search_actions", json!({ "query": "create" }))
        .await
        .unwrap();
    let found: Value = serde_json::from_str(found.text()).unwrap();
    assert_eq!(found["actions"][1]["action"], "shop.items.create");
    assert_eq!(found["actions"][1]["title"], "T of shop.items.create");
    let described = tools
        .run("describe_action", json!({ "action": "shop.items.create" }))
        .await;
    let described: Value = serde_json::from_str(described.unwrap().text()).unwrap();
    assert_eq!(described["input"]["required"], json!(["name"]));
    let run =
        json!({ "action": "shop.items.create", "input": { "name": "lamp" }, "fields": ["id"] });
    assert_eq!(
        tools.run("run_action", run).await.unwrap().text(),
        r#"{"id":1}"#
    );

    // What is not selected can't be run.
    let run = json!({ "action": "bank.money.send", "input": {} });
    let refused = tools.run("run_action", run).await.unwrap();
    assert!(
        refused.text().starts_with("action_not_allowed: "),
        "{}",
        refused.text()
    );
    let odd = tools
        .run("run_action", json!({ "input": {} }))
        .await
        .unwrap();
    assert!(
        odd.text()
            .starts_with("invalid_input: missing field `action`"),
        "{}",
        odd.text()
    );
    let lines: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.line)
        .collect();
    assert_eq!(
        lines,
        [
            "GET /v1/actions/search?q=create&service=shop&limit=50 HTTP/1.1",
            "GET /v1/actions/shop.items.create HTTP/1.1",
            "POST /v1/actions/shop.items.create HTTP/1.1",
            "GET /v1/actions/bank.money.send HTTP/1.1",
        ]
    );
}
