use plugwright_sdk::auth::TokenAnswer;
use plugwright_sdk::host::Redactor;
use proptest::prelude::*;
use serde_json::json;

use super::super::response::TokenResponse;
use super::*;

fn judged(status: u16, body: &[u8]) -> (Result<Grant, OAuthError>, Result<(), OAuthError>) {
    let secrets = [SECRET, CODE, VERIFIER, REFRESH].map(secret);
    let response = TokenResponse {
        status,
        headers: HeaderMap::new(),
        body: body.to_vec().into(),
        sent: Redactor::new(&secrets),
    };
    let names = TokenAnswer::STANDARD;
    (
        response.grant(&scheme(&standard()), &names),
        response.done(&names),
    )
}

/// JSON with members of token responses and secrets in them.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "\\PC{0,12}",
        proptest::sample::select(vec![SECRET, CODE, VERIFIER, REFRESH, "invalid_grant"])
            .prop_map(str::to_owned),
        "[ -~]{0,8}".prop_map(|text| format!("{text}{SECRET}\u{7}{text}{REFRESH}")),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    let name = proptest::sample::select(vec![
        "access_token",
        "refresh_token",
        "expires_in",
        "scope",
        "error",
        "error_description",
        "type",
        "0",
    ]);
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name.clone(), inner, 0..8)
                .prop_map(|members| json!(members)),
        ]
    })
}

fn check(status: u16, body: &[u8]) -> Result<(), TestCaseError> {
    let (grant, done) = judged(status, body);
    let shown = format!("{grant:?} {done:?}");
    for secret in [SECRET, CODE, VERIFIER, REFRESH] {
        prop_assert!(!shown.contains(secret), "{}", shown);
    }
    if let Ok(grant) = grant {
        prop_assert!((200..300).contains(&status));
        prop_assert!(!grant.access_token.expose().is_empty());
        prop_assert!(http::HeaderValue::try_from(grant.access_token.expose()).is_ok());
    }
    for error in [done.err()].into_iter().flatten() {
        let text = error.to_string();
        prop_assert!(
            text.chars().count() < 500 && !text.chars().any(char::is_control),
            "{}",
            text
        );
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic_or_talk(status in 100_u16..600, body in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(status, &body)?;
    }

    #[test]
    fn no_json_makes_the_reader_panic_or_talk(status in 100_u16..600, body in any_json()) {
        check(status, body.to_string().as_bytes())?;
    }

    #[test]
    fn no_form_makes_the_reader_panic_or_talk(
        status in 100_u16..600,
        body in "((access_token|refresh_token|expires_in|scope|error|error_description)=[a-z0-9%+&.-]{0,8}&?){0,6}",
    ) {
        check(status, body.as_bytes())?;
    }
}

#[test]
fn nothing_that_holds_secrets_shows_them() {
    let client = Client {
        id: "id".to_owned(),
        secret: Some(SECRET.into()),
    };
    let body = json!({ "access_token": ACCESS, "refresh_token": REFRESH });
    let (grant, _) = judged(200, body.to_string().as_bytes());
    let shown = format!("{client:?} {:?}", grant.unwrap());
    for secret in [SECRET, ACCESS, REFRESH] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
