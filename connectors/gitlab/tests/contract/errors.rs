//! The words of GitLab's errors.

use plugwright_gitlab::{CONNECTOR, ProjectRef, projects};
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{ActionError, ErrorCode, Hint, Value, json};

fn answered(status: u16, body: Value) -> ActionError {
    let cx = MockContext::new(&CONNECTOR, [(status, body)]);
    block_on(projects::get(&cx, ProjectRef("1".to_owned()))).unwrap_err()
}

#[test]
fn a_message_is_a_text_a_list_or_texts_by_field() {
    for (body, detail) in [
        (
            json!({ "message": "404 Project Not Found" }),
            "404 Project Not Found",
        ),
        (
            json!({ "message": ["Source branch is missing", "Title is missing"] }),
            "Source branch is missing; Title is missing",
        ),
        (
            json!({ "message": { "title": ["can't be blank", "is too short"], "base": ["no"] } }),
            "title: can't be blank; title: is too short; no",
        ),
        (
            json!({ "message": { "namespace": { "limit": ["is reached"] } } }),
            "limit: is reached",
        ),
        (
            json!({ "error": "title is missing, name is empty" }),
            "title is missing, name is empty",
        ),
        (
            json!({ "error": "invalid_token", "error_description": "Token was revoked." }),
            "Token was revoked.",
        ),
    ] {
        let error = answered(422, body.clone());
        assert_eq!(error.detail(), Some(detail), "{body}");
    }
}

#[test]
fn what_is_taken_or_in_another_state_is_a_conflict() {
    for (status, message) in [
        (400, json!("Branch already exists")),
        (400, json!({ "name": ["has already been taken"] })),
        (405, json!("405 Method Not Allowed")),
        (406, json!("Branch cannot be merged")),
        (409, json!("Member already exists")),
    ] {
        let error = answered(status, json!({ "message": message }));
        assert_eq!(
            (error.code(), error.hint()),
            (ErrorCode::Conflict, Hint::Abort),
            "{status} {message}"
        );
    }
    let error = answered(400, json!({ "error": "per_page is invalid" }));
    assert_eq!(error.code(), ErrorCode::ValidationError);
}

#[test]
fn a_token_without_the_scope_is_told_from_a_missing_role() {
    let scope = answered(
        403,
        json!({ "error": "insufficient_scope", "scope": "api" }),
    );
    assert_eq!(
        scope.message(),
        "the credential lacks the scope for this action"
    );
    let role = answered(403, json!({ "message": "403 Forbidden" }));
    for error in [&scope, &role] {
        assert_eq!(
            (error.code(), error.hint()),
            (ErrorCode::Forbidden, Hint::Auth)
        );
    }
    assert_ne!(scope.message(), role.message());
}
