//! What is particular to Slack.

use plugwright_sdk::auth::{Scheme, TokenAnswer};
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{Value, json, run};
use plugwright_slack::CONNECTOR;

use crate::action;

#[test]
fn a_repeated_call_that_changes_nothing_more_succeeds() {
    for (name, input, word) in [
        (
            "channels.archive",
            json!({ "channel": "C1" }),
            "already_archived",
        ),
        (
            "channels.unarchive",
            json!({ "channel": "C1" }),
            "not_archived",
        ),
        (
            "channels.remove_member",
            json!({ "channel": "C1", "user": "U1" }),
            "not_in_channel",
        ),
        (
            "reactions.add",
            json!({ "channel": "C1", "ts": "1.2", "name": "eyes" }),
            "already_reacted",
        ),
        (
            "reactions.remove",
            json!({ "channel": "C1", "ts": "1.2", "name": "eyes" }),
            "no_reaction",
        ),
        (
            "pins.add",
            json!({ "channel": "C1", "ts": "1.2" }),
            "already_pinned",
        ),
        (
            "pins.remove",
            json!({ "channel": "C1", "ts": "1.2" }),
            "no_pin",
        ),
    ] {
        let call = |word: &str| {
            let refused = json!({ "ok": false, "error": word });
            let cx = MockContext::new(&CONNECTOR, [(200, refused)]);
            block_on(run(action(name), &cx, input.clone()))
        };
        assert_eq!(call(word).unwrap().data.into_value(), json!({}), "{name}");
        assert!(call("channel_not_found").is_err(), "{name}");
    }
}

#[test]
fn the_token_of_a_connection_is_that_of_the_person() {
    let oauth2 = CONNECTOR.auth().iter().find_map(|auth| match auth.scheme {
        Scheme::OAuth2(oauth2) => Some(oauth2),
        _ => None,
    });
    let oauth2 = oauth2.unwrap();
    // As Slack's documentation of OAuth v2 shows it.
    let answer = json!({
        "ok": true,
        "access_token": "xoxb-of-the-app",
        "token_type": "bot",
        "scope": "commands",
        "authed_user": {
            "id": "U1234",
            "scope": "chat:write,users:read",
            "access_token": "xoxp-of-the-person",
            "token_type": "user",
        },
    });
    assert_eq!(oauth2.scope_parameter, "user_scope");
    let at = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str);
    assert_eq!(
        at(oauth2.token_answer.access_token),
        Some("xoxp-of-the-person")
    );
    assert_eq!(at(oauth2.token_answer.scope), Some("chat:write,users:read"));
    let refreshed = oauth2.refresh_answer;
    assert_eq!(refreshed.access_token, TokenAnswer::STANDARD.access_token);
}

#[test]
fn a_credential_is_known_by_person_and_workspace() {
    let identity = CONNECTOR.identity().unwrap();
    let account = identity.account(&json!({
        "ok": true,
        "url": "https://subarachnoid.slack.com/",
        "team": "Subarachnoid Workspace",
        "user": "grace",
        "team_id": "T12345678",
        "user_id": "W12345678",
    }));
    let account = account.unwrap();
    assert_eq!(
        (account.id.as_str(), account.label.as_str()),
        ("T12345678/W12345678", "grace (Subarachnoid Workspace)")
    );
    assert!(identity.account(&json!({ "ok": false })).is_none());
}

#[test]
fn a_file_that_looks_like_a_refusal_is_a_file() {
    use plugwright_sdk::testing::Canned;
    use plugwright_sdk::transport::Response;

    let transport = Canned::new(|request| {
        let (header, body) = if request.url.host_str() == Some("files.slack.com") {
            let body = json!({ "ok": false, "error": "invalid_auth" });
            (Some("attachment; filename=a.json"), body)
        } else {
            let url = "https://files.slack.com/files-pri/T1-F1/a.json";
            let file = json!({ "id": "F1", "url_private": url, "mimetype": "application/json" });
            (None, json!({ "ok": true, "file": file }))
        };
        let headers = header.map(|value| {
            let name = "content-disposition".parse().unwrap();
            (name, value.parse().unwrap())
        });
        Ok(Response::new(
            200,
            headers.into_iter().collect(),
            body.to_string(),
        ))
    });
    let cx = plugwright_sdk::ActionContext::builder(&CONNECTOR, std::sync::Arc::new(transport))
        .credential(CONNECTOR.auth()[0].placeholder())
        .build();
    let file = block_on(run(action("files.download"), &cx, json!({ "file": "F1" }))).unwrap();
    assert_eq!(file.data.into_value()["name"], "a.json");
}

#[test]
fn the_length_of_a_file_is_told_before_it_comes() {
    use plugwright_sdk::ActionContext;
    use plugwright_sdk::host::FileSource;
    use plugwright_sdk::testing::Canned;

    let sent = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&sent);
    let transport = Canned::new(move |request| {
        let body = request.body.bytes().cloned().unwrap_or_default();
        seen.lock()
            .unwrap()
            .push(String::from_utf8_lossy(&body).into_owned());
        Err(plugwright_sdk::transport::TransportError::Planned)
    });
    let cx = ActionContext::builder(&CONNECTOR, std::sync::Arc::new(transport))
        .credential(CONNECTOR.auth()[0].placeholder())
        .attachment("film.mp4", FileSource::from_bytes(vec![0_u8; 1 << 20]))
        .build();
    let input = json!({ "filename": "film.mp4", "content": "attachment:film.mp4" });
    block_on(run(action("files.upload"), &cx, input)).unwrap_err();
    assert_eq!(*sent.lock().unwrap(), ["filename=film.mp4&length=1048576"]);
}
