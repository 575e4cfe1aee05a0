//! An agent of the crate `rig` whose tools are actions of a gateway in the same process.
//!
//! ```sh
//! cargo run -p plugwright-examples --bin agent
//! ```
//!
//! A script stands in for the model, and the responses of GitHub are recorded ones, so this needs neither
//! a key nor an account. With a model of `rig` in place of the script, the rest stays as it is.

use std::error::Error;

use futures_util::future::BoxFuture;
use plugwright_client::{ActionTool, Connector, Tools};
use plugwright_gateway::{EngineSettings, Gateway, Principal};
use plugwright_sdk::host::Registry;
use rig_agent::AgentBuilder;
use rig_core::message::ToolName;
use rig_core::test_utils::{MockCompletionModel, MockTurn};
use rig_core::tool::{DynamicTool, ToolExecutionError, ToolOutput};
use serde_json::{Value, json};

/// Makes a tool of `rig` that calls an action.
fn rig_tool(tools: &Tools, tool: &ActionTool) -> Result<DynamicTool, Box<dyn Error>> {
    let function = &tool.definition()["function"];
    let description = function["description"].as_str().unwrap_or_default();
    let (tools, name) = (tools.clone(), tool.name().to_owned());
    let rig_name = ToolName::new(tool.name())?;
    let parameters = function["parameters"].clone();
    let call = move |arguments: Value| -> BoxFuture<'static, _> {
        let (tools, name) = (tools.clone(), name.clone());
        Box::pin(async move {
            let reply = tools.run(&name, arguments).await;
            // What went wrong with the call is for the model: it says what to correct.
            let reply = reply.map_err(ToolExecutionError::from_error)?;
            Ok(ToolOutput::text(reply.into_text()))
        })
    };
    Ok(DynamicTool::new(rig_name, description, parameters, call))
}

/// Makes a client of a gateway in this process, whose calls are answered with recorded traffic.
fn client() -> Result<Connector, Box<dyn Error>> {
    let registry = Registry::new([&plugwright_github::CONNECTOR])?;
    let settings = EngineSettings {
        recorded: true,
        ..EngineSettings::offline()
    };
    let gateway = Gateway::builder(registry).engine(settings).build()?;
    let service = gateway.in_process(Principal::local());
    // Without a store, a gateway takes no keys.
    let client = Connector::builder()
        .service(service)
        .idempotency_keys(false);
    Ok(client.build()?)
}

/// Makes a double of a model: it asks for what is missing, corrects itself, and answers.
fn model() -> MockCompletionModel {
    MockCompletionModel::from_turns([
        MockTurn::tool_call("1", "github_issues_list", json!({ "state": "open" })),
        MockTurn::tool_call(
            "2",
            "github_issues_list",
            json!({ "repo": "octocat/Hello-World" }),
        ),
        MockTurn::text("There are open issues."),
    ])
}

/// Lets an agent with the model answer a question.
async fn ask(model: MockCompletionModel, question: &str) -> Result<String, Box<dyn Error>> {
    let tools = client()?.tools(["github.issues.list", "github.issues.get"]);
    let tools = tools.token_budget(2_000);
    let list = tools.list().await?.iter();
    let list = list
        .map(|tool| rig_tool(&tools, tool))
        .collect::<Result<_, _>>()?;
    let agent = AgentBuilder::new(model)
        .preamble("You answer questions about repositories.")
        .dynamic_tools(list)
        .build();
    let response = agent.prompt(question).max_turns(5).await?;
    Ok(response.output().clone())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let answer = ask(model(), "Has octocat/Hello-World open issues?").await?;
    println!("{answer}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_model_is_told_what_was_wrong_and_then_the_issues() {
        let model = model();
        let answer = ask(model.clone(), "Has octocat/Hello-World open issues?").await;
        assert_eq!(answer.unwrap(), "There are open issues.");
        let requests = model.requests();
        assert_eq!(requests.len(), 3);
        let seen = |index: usize| serde_json::to_string(&requests[index]).unwrap();
        assert!(seen(0).contains("github_issues_get"), "{}", seen(0));
        assert!(
            seen(1).contains("`repo` is missing") || seen(1).contains("`repo`"),
            "{}",
            seen(1)
        );
        assert!(
            seen(1).contains("correct the input and call again"),
            "{}",
            seen(1)
        );
        assert!(
            seen(2).contains("\\\"items\\\":[{") && seen(2).contains("number"),
            "{}",
            seen(2)
        );
    }
}
