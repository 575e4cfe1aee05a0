//! Actions as tools of models.

use plugwright_client::{Dialect, Effect};
use serde_json::{Value, json};

use crate::gateway::{LOCAL, REMOTE, client};

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn actions_are_tools_of_each_dialect() {
    let client = client();
    for dialect in Dialect::ALL {
        let tools = client.tools(["*"]).dialect(dialect);
        let list = tools.list().await.unwrap();
        println!("{}: {} tools", dialect.as_str(), list.len());
        assert!(list.len() > 1_000, "{}", list.len());
        assert_eq!(tools.omitted().await.unwrap(), [], "{dialect:?}");
        let tool = list.iter().find(|tool| tool.action_id() == LOCAL).unwrap();
        assert_eq!(
            (tool.name(), tool.effect()),
            ("quickchart_build_qr_url", None)
        );
        let definition = tool.definition().to_string();
        assert!(definition.contains("\"text\""), "{definition}");
    }
    let error = client.tools(["nope.*"]).list().await.unwrap_err();
    assert_eq!(error.code().as_str(), "unknown_action");
    let reads = client.tools(["hackernews.*"]).effects([Effect::Read]);
    // It says no effects, so none is known to read only.
    assert!(reads.list().await.unwrap().is_empty());
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn a_model_is_told_results_and_what_to_correct() {
    let tools = client().tools(["hackernews.*", LOCAL, "github.add_issue_assignees"]);
    let call = |name: &str, input: Value| {
        let call = json!({ "type": "tool_use", "id": "t1", "name": name, "input": input });
        let tools = tools.clone();
        async move { tools.call(&call).await.unwrap() }
    };
    let done = call("quickchart_build_qr_url", json!({ "text": "x" })).await;
    assert_eq!(
        done.message(),
        json!({
            "type": "tool_result",
            "tool_use_id": "t1",
            "content": r#"{"url":"https://quickchart.io/qr?text=x"}"#,
        })
    );
    assert!(done.execution_id().is_some() && !done.is_error());

    let wrong = call(
        "quickchart_build_qr_url",
        json!({ "size": "large", "tint": 1 }),
    )
    .await;
    assert!(wrong.is_error());
    let told = wrong.text();
    for part in [
        "invalid_input:\n",
        "\n- Instance does not have required property \"text\".",
        "\n- `/size`: Instance type \"string\" is invalid.",
        "\n- `/tint` is not known",
        "\nWhat to do: correct the input and call again.",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("chema"), "{told}");

    let failed = call("hackernews_get_top_stories", json!({})).await;
    let told = failed.text();
    assert!(told.starts_with("provider_error: "), "{told}");
    // It does not say that the action only reads.
    assert!(told.ends_with("do not simply repeat it."), "{told}");

    let input = json!({ "owner": "a", "repo": "b", "issueNumber": 1, "assignees": ["c"] });
    let refused = call("github_add_issue_assignees", input).await;
    let told = refused.text();
    assert!(told.starts_with("authorization_failed: "), "{told}");
    assert!(told.contains("the account must be connected"), "{told}");
    let unknown = call("nope", json!({})).await;
    assert!(unknown.text().starts_with("unknown_action: "));
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn actions_are_found_described_and_run() {
    let tools = client().tools(["quickchart.*", "hackernews.*"]).by_search();
    let run = async |name: &str, arguments: Value| {
        let reply = tools.run(name, arguments).await.unwrap();
        assert!(!reply.is_error(), "{}", reply.text());
        serde_json::from_str::<Value>(reply.text()).unwrap()
    };
    let query = json!({ "query": "qr code", "connector": "quickchart" });
    let found = run("search_actions", query).await;
    assert_eq!(found["actions"][0]["action"], LOCAL);
    assert!(found["actions"][0]["description"].is_string());
    let described = run("describe_action", json!({ "action": LOCAL })).await;
    assert_eq!(described["input"]["required"], json!(["text"]));
    let input = json!({ "action": LOCAL, "input": { "text": "x" } });
    let done = run("run_action", input).await;
    assert_eq!(done["url"], "https://quickchart.io/qr?text=x");
    let failed = json!({ "action": REMOTE, "input": {} });
    let failed = tools.run("run_action", failed).await.unwrap();
    assert!(failed.text().starts_with("provider_error: "));
}
