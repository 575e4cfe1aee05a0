//! The words of Jira's errors.

use std::sync::Arc;

use plugwright_jira::{CONNECTOR, ProjectKey, projects};
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::Response;
use plugwright_sdk::{ActionContext, ActionError, ErrorCode, Hint, Value, json};

fn answered(status: u16, headers: &'static [(&str, &str)], body: Value) -> ActionError {
    let transport = Canned::new(move |_| {
        let headers = headers.iter();
        let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        Ok(Response::new(status, headers.collect(), body.to_string()))
    });
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(transport))
        .setting("base_url", "https://your-domain.atlassian.net")
        .credential(CONNECTOR.auth()[0].placeholder())
        .build();
    block_on(projects::get(&cx, ProjectKey("ED".to_owned()))).unwrap_err()
}

#[test]
fn messages_and_texts_by_field_are_told() {
    for (body, detail) in [
        (
            json!({ "errorMessages": ["Field 'priority' is required"], "errors": {} }),
            "Field 'priority' is required",
        ),
        (
            json!({ "errorMessages": [], "errors": { "summary": "You must specify a summary." } }),
            "summary: You must specify a summary.",
        ),
        (
            json!({ "errorMessages": ["one", "two"], "errors": {} }),
            "one; two",
        ),
    ] {
        let error = answered(400, &[], body.clone());
        assert_eq!(error.code(), ErrorCode::ValidationError, "{body}");
        assert_eq!(error.detail(), Some(detail), "{body}");
    }
}

#[test]
fn a_token_without_the_scope_is_no_wrong_token() {
    let scope = json!({ "code": 401, "message": "Unauthorized; scope does not match" });
    let error = answered(401, &[], scope);
    assert_eq!(
        (error.code(), error.hint()),
        (ErrorCode::Forbidden, Hint::Auth)
    );
    assert_eq!(
        error.message(),
        "the credential lacks the scope for this action"
    );
    let error = answered(401, &[], json!({ "code": 401, "message": "Unauthorized" }));
    assert_eq!(error.code(), ErrorCode::AuthInvalid);
}

#[test]
fn an_account_that_must_prove_to_be_a_person_is_told() {
    let header = &[("x-seraph-loginreason", "AUTHENTICATION_DENIED")];
    let error = answered(403, header, json!({}));
    assert_eq!(error.code(), ErrorCode::AuthInvalid);
    let error = answered(403, &[], json!({ "errorMessages": ["no"], "errors": {} }));
    assert_eq!(error.code(), ErrorCode::Forbidden);
}
