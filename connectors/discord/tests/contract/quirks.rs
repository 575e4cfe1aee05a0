//! What is particular to Discord.

use std::sync::{Arc, Mutex};

use plugwright_discord::CONNECTOR;
use plugwright_sdk::testing::{Canned, MockContext, block_on};
use plugwright_sdk::transport::{Plan, Request, TransportError};
use plugwright_sdk::{ActionContext, Credential, Value, json, run};

use crate::action;

/// The request that an action makes of an input.
fn request(name: &str, input: Value) -> Request {
    let sent = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&sent);
    let transport = Canned::new(move |request| {
        *seen.lock().unwrap() = Some(request.clone());
        Err(TransportError::Planned)
    });
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(transport))
        .credential(Credential::token("a-token"))
        .build();
    block_on(run(action(name), &cx, input)).unwrap_err();
    sent.lock().unwrap().take().unwrap()
}

#[test]
fn requests_carry_a_bot_token_and_name_the_client_as_discord_wants_it() {
    let plan = Arc::new(Plan::new());
    let cx = ActionContext::builder(&CONNECTOR, plan.clone())
        .credential(CONNECTOR.auth()[0].placeholder())
        .build();
    block_on(run(action("users.get_current"), &cx, json!({}))).unwrap_err();
    let planned = plan.requests();
    let header = |wanted: &str| {
        let mut headers = planned[0].headers.iter();
        let found = headers.find(|(name, _)| name == wanted);
        found.map_or("", |(_, value)| value.as_str())
    };
    assert!(header("authorization").starts_with("Bot "));
    let agent = header("user-agent");
    assert!(agent.starts_with("DiscordBot (https://"), "{agent}");
}

#[test]
fn reasons_in_any_script_reach_the_audit_log() {
    let input = json!({ "guild_id": "1", "user_id": "2", "reason": "spam, 広告" });
    let request = request("members.kick", input);
    assert_eq!(
        request.headers["x-audit-log-reason"],
        "spam%2C%20%E5%BA%83%E5%91%8A"
    );
}

#[test]
fn ids_with_more_digits_than_numbers_have_stay_as_they_are() {
    let id = "1234567890123456789";
    let request = request("users.get", json!({ "user_id": id }));
    assert!(request.url.path().ends_with(id));
    let answer = json!({ "id": id, "username": "mason" });
    let cx = MockContext::new(&CONNECTOR, [(200, answer)]);
    let user = block_on(run(action("users.get"), &cx, json!({ "user_id": id }))).unwrap();
    assert_eq!(user.data.into_value()["id"], id);
}

#[test]
fn the_token_of_a_webhook_does_not_reach_the_caller() {
    let hook = json!({
        "id": "1", "type": 1, "name": "Ship", "token": "t0k3n-of-the-webhook",
        "url": "https://discord.com/api/webhooks/1/t0k3n-of-the-webhook",
    });
    let cx = MockContext::new(&CONNECTOR, [(200, json!([hook])), (200, hook.clone())]);
    for (name, input) in [
        ("webhooks.list", json!({ "channel_id": "2" })),
        (
            "webhooks.create",
            json!({ "channel_id": "2", "name": "Ship" }),
        ),
    ] {
        let output = block_on(run(action(name), &cx, input)).unwrap();
        let output = output.data.into_value().to_string();
        assert!(!output.contains("t0k3n"), "{name}: {output}");
    }
}

#[test]
fn a_credential_is_known_by_the_name_of_the_bot() {
    let identity = CONNECTOR.identity().unwrap();
    assert_eq!(identity.path, "/users/@me");
    let account = identity.account(&json!({ "id": "1", "username": "plugwright", "bot": true }));
    let account = account.unwrap();
    assert_eq!(
        (account.id.as_str(), account.label.as_str()),
        ("1", "plugwright")
    );
}
