//! Whoever may not do everything doesn't say for whom else a credential acts.

use std::sync::Arc;

use plugwright_sdk::host::{Effect, Registry};
use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, Value, action, actions, json};

use crate::gateway::Gateway;
use plugwright_engine::{Call, EngineSettings, Grant, Principal};

/// Tells what the connector may do.
#[action("rights.get", read)]
async fn get(cx: &ActionContext) -> Result<Value> {
    Ok(json!({ "others": cx.may_act_for_others() }))
}

static RIGHTS: ConnectorDefinition = ConnectorDefinition::new("rights", "Rights", "1.0.0")
    .base_url("https://rights.example.com")
    .actions(actions![get]);

#[tokio::test]
async fn a_connector_is_told_who_may_do_everything() {
    let registry = Registry::new([&RIGHTS]).unwrap();
    let builder = Gateway::builder(registry).engine(EngineSettings::default());
    let gateway = builder.build().unwrap();
    let restricted = Grant {
        effects: vec![Effect::Read],
        ..Grant::everything()
    };
    for (grant, may) in [(Grant::everything(), true), (restricted, false)] {
        let principal = Principal {
            grant,
            ..Principal::local()
        };
        let call = Call::action(Arc::new(principal), "rights.get", json!({}));
        let outcome = gateway.execute(call).await;
        assert_eq!(outcome.result.unwrap().data.value()["others"], may);
    }
}
