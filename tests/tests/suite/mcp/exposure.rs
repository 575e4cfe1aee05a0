//! Which tools a client is offered.

use plugwright_sdk::json;
use plugwright_tests::gateway::{OPERATOR, Setup};

use crate::fixture;
use crate::mcp::speaker::{NEWEST, Speaker, error};

#[tokio::test]
async fn actions_are_tools_where_the_url_names_them_and_the_token_may_run_them() {
    let gateway = Setup::new(fixture::LOCAL).start().await;
    let mut speaker = Speaker::new(&gateway, OPERATOR, NEWEST).await;
    speaker.path = "/mcp?tools=local.things.*,search_actions".to_owned();
    assert_eq!(
        speaker.tools().await,
        [
            "search_actions",
            "local_things_list",
            "local_things_get",
            "local_things_create",
            "local_things_put"
        ]
    );
    // What is not offered is not there.
    for tool in ["run_action", "free_things_list", "free.things.list"] {
        let params = json!({ "name": tool, "arguments": {} });
        let answer = speaker.ask("tools/call", params).await.body;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
        assert_eq!(
            answer["error"]["message"],
            format!("Unknown tool: {tool}"),
            "{answer}"
        );
    }

    let grant = json!({ "effects": ["read"], "blockedActions": ["local.things.get"] });
    let (_, reader) = gateway.token("reader", grant).await;
    speaker.token = reader;
    assert_eq!(
        speaker.tools().await,
        ["search_actions", "local_things_list"]
    );
}

#[tokio::test]
async fn a_token_narrows_what_is_offered() {
    let gateway = Setup::new(fixture::LOCAL).start().await;
    let grant = json!({ "mcpTools": ["local.things.get", "local.things.list"] });
    let (_, token) = gateway.token("narrow", grant).await;
    let mut speaker = Speaker::new(&gateway, &token, NEWEST).await;
    assert_eq!(
        speaker.tools().await,
        ["local_things_list", "local_things_get"]
    );
    speaker.path = "/mcp?tools=*.things.list,*.create,run_action".to_owned();
    assert_eq!(speaker.tools().await, ["local_things_list"]);
}

#[tokio::test]
async fn a_tool_says_what_it_does_to_the_world_and_how_its_output_looks() {
    let gateway = Setup::new(fixture::LOCAL).start().await;
    let mut speaker = Speaker::new(&gateway, OPERATOR, NEWEST).await;
    speaker.path = "/mcp?tools=local.*".to_owned();
    let answer = speaker.ask("tools/list", json!({})).await.ok();
    let tool = |name: &str| {
        let mut tools = answer["result"]["tools"].as_array().expect("tools").iter();
        tools.find(|tool| tool["name"] == name).expect("a tool")
    };
    let list = tool("local_things_list");
    assert_eq!(list["annotations"]["readOnlyHint"], true);
    assert_eq!(
        list["inputSchema"]["properties"]["cursor"]["type"],
        "string"
    );
    assert_eq!(
        list["inputSchema"]["properties"]["connection"]["type"],
        "string"
    );
    assert_eq!(list["outputSchema"]["required"], json!(["items"]));
    let create = tool("local_things_create");
    assert_eq!(create["annotations"]["readOnlyHint"], false);
    assert_eq!(create["annotations"]["destructiveHint"], false);
    assert_eq!(create["annotations"]["idempotentHint"], false);
    assert_eq!(
        tool("local_things_put")["annotations"]["idempotentHint"],
        true
    );
}

#[tokio::test]
async fn describing_what_a_token_may_not_run_tells_nothing_of_it() {
    let gateway = Setup::new(fixture::LOCAL).start().await;
    let (_, token) = gateway
        .token("free", json!({ "actions": ["free.*"] }))
        .await;
    let speaker = Speaker::new(&gateway, &token, NEWEST).await;
    for action in ["local.things.get", "local.things.gett"] {
        let result = speaker
            .call("describe_action", json!({ "action": action }))
            .await;
        let said = error(&result);
        assert!(said.starts_with("unknown_action: "), "{said}");
        assert!(!said.contains("things.list"), "{said}");
        assert!(
            said.ends_with("find the action with `search_actions`."),
            "{said}"
        );
    }
}
