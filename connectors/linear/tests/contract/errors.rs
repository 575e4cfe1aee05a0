//! How credentials are sent, what errors say, and inputs that are refused unsent.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use plugwright_linear::CONNECTOR;
use plugwright_sdk::host::ActionDefinition;
use plugwright_sdk::testing::{Canned, MockContext, block_on};
use plugwright_sdk::transport::{Plan, Response};
use plugwright_sdk::{Action as _, ActionContext, Credential, ErrorCode, Hint, json, run};

pub(crate) fn definition(name: &str) -> &'static ActionDefinition {
    let mut actions = CONNECTOR.actions().iter();
    actions.find(|action| action.name() == name).unwrap()
}

#[test]
fn a_key_is_sent_as_it_is_and_an_access_token_as_a_bearer_token() {
    for (token, shown) in [
        ("lin_api_4f2e8c", "{{api_key}}"),
        ("lin_oauth_4f2e8c", "Bearer {{token}}"),
        ("4f2e8c", "Bearer {{token}}"),
    ] {
        let plan = Arc::new(Plan::new());
        let cx = ActionContext::builder(&CONNECTOR, plan.clone())
            .credential(Credential::token(token))
            .build();
        drop(block_on(run(definition("teams.list"), &cx, json!({}))));
        let header = ("authorization".to_owned(), shown.to_owned());
        assert!(plan.requests()[0].headers.contains(&header), "{token}");
    }
}

#[test]
fn a_credential_is_known_by_the_mail_address_of_its_owner() {
    let identity = CONNECTOR.identity().unwrap();
    let known = json!({ "data": { "viewer": { "id": "u7", "email": "ada@example.com" } } });
    let refused = json!({ "errors": [{
        "message": "Authentication required, not authenticated",
        "extensions": { "code": "AUTHENTICATION_ERROR" },
    }] });
    let cx = MockContext::new(&CONNECTOR, [(200, known), (401, refused)]);

    let account = block_on(identity.ask(&cx)).unwrap().unwrap();
    let error = block_on(identity.ask(&cx)).unwrap_err();

    assert_eq!(
        (account.id.as_str(), account.label.as_str()),
        ("u7", "ada@example.com")
    );
    let asked = cx.sent();
    assert_eq!(asked[0].url.as_str(), "https://api.linear.app/graphql");
    assert_eq!(error.code(), ErrorCode::AuthInvalid);
}

#[test]
fn the_detail_is_what_linear_would_show_to_people() {
    let errors = |message: &str, code: &str, shown: &str| {
        let extensions = json!({ "code": code, "userPresentableMessage": shown });
        json!({ "data": null, "errors": [{ "message": message, "extensions": extensions }] })
    };
    for (answer, code, hint, detail) in [
        (
            errors(
                "Argument Validation Error",
                "INVALID_INPUT",
                "title should not be empty.",
            ),
            ErrorCode::ValidationError,
            Hint::Abort,
            "Argument Validation Error: title should not be empty.",
        ),
        (
            errors(
                "Entity not found: Issue",
                "INPUT_ERROR",
                "Could not find referenced Issue.",
            ),
            ErrorCode::NotFound,
            Hint::Abort,
            "Entity not found: Issue",
        ),
        (
            errors("Forbidden", "FORBIDDEN", "Forbidden"),
            ErrorCode::Forbidden,
            Hint::Auth,
            "Forbidden",
        ),
    ] {
        let cx = MockContext::new(&CONNECTOR, [(200, answer)]);
        let error = block_on(run(
            definition("issues.get"),
            &cx,
            json!({ "issue_id": "ENG-1" }),
        ));
        let error = error.unwrap_err();
        assert_eq!(
            (error.code(), error.hint(), error.detail()),
            (code, hint, Some(detail))
        );
    }
}

#[test]
fn a_limit_of_complexity_says_when_there_is_more() {
    let reset = SystemTime::now() + Duration::from_mins(30);
    let reset = reset
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_millis();
    let answer = Canned::new(move |_| {
        let headers = [
            ("x-ratelimit-complexity-remaining", "0".to_owned()),
            ("x-ratelimit-reset", reset.to_string()),
        ];
        let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let body =
            json!({ "errors": [{ "message": "no", "extensions": { "code": "RATELIMITED" } }] });
        Ok(Response::new(
            400,
            headers.into_iter().collect(),
            body.to_string(),
        ))
    });
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(answer))
        .credential(Credential::token("lin_api_4f2e8c"))
        .build();
    let error = block_on(run(definition("teams.list"), &cx, json!({}))).unwrap_err();
    assert_eq!(error.code(), ErrorCode::RateLimited);
    let wait = error.retry_after().unwrap();
    assert!((1_700..=1_800).contains(&wait.as_secs()), "{wait:?}");
}

#[test]
fn a_write_that_linear_did_not_do_is_an_error() {
    let answer = json!({ "data": { "issueArchive": { "success": false } } });
    let cx = MockContext::new(&CONNECTOR, [(200, answer)]);
    let error = block_on(run(
        definition("issues.archive"),
        &cx,
        json!({ "issue_id": "ENG-1" }),
    ));
    assert_eq!(error.unwrap_err().code(), ErrorCode::UpstreamError);
}

#[test]
fn inputs_that_linear_would_refuse_are_refused_unsent() {
    for (name, input, param) in [
        (
            "issues.create",
            json!({ "title": "a", "team_id": "ENG" }),
            "team_id",
        ),
        (
            "issues.create",
            json!({ "team_id": "9cfb482a-81e3-4154-b5b9-2c805e70a02d" }),
            "title",
        ),
        (
            "issues.list",
            json!({ "updated_since": "yesterday" }),
            "updated_since",
        ),
        ("attachments.list", json!({}), "issue_id"),
        (
            "labels.create",
            json!({ "name": "a", "color": "red" }),
            "color",
        ),
    ] {
        let cx = MockContext::new(&CONNECTOR, [(200, json!({}))]);
        let error = block_on(run(definition(name), &cx, input.clone())).unwrap_err();
        assert_eq!(
            (error.code(), error.param(), cx.sent().len()),
            (ErrorCode::ValidationError, Some(param), 0),
            "{name} {input}: {error}"
        );
    }
}
