use plugwright_sdk::auth::Revocation;
use serde_json::json;

use super::*;

fn done() -> Reply {
    Reply(200, Vec::new(), Vec::new())
}

async fn revoked(bench: &Bench, refresh: Option<&str>) -> Result<bool, OAuthError> {
    let refresh = refresh.map(secret);
    let provider = bench.provider();
    provider.revoke(&ACCESS.into(), refresh.as_ref()).await
}

#[tokio::test]
async fn the_refresh_token_is_given_back_or_else_the_access_token() {
    let auth = standard().revocation(Revocation::standard("https://a.test/revoke"));
    let bench = Bench::new(&auth, done()).await;
    assert!(revoked(&bench, Some(REFRESH)).await.unwrap());
    let seen = bench.server.one();
    assert_eq!(seen.path, "/revoke");
    assert_eq!(seen.form()["token"], REFRESH);
    assert_eq!(seen.form()["token_type_hint"], "refresh_token");
    assert!(seen.header("authorization").unwrap().starts_with("Basic "));
    assert!(revoked(&bench, None).await.unwrap());
    let seen = bench.server.one();
    assert_eq!(seen.form()["token"], ACCESS);
    assert_eq!(seen.form()["token_type_hint"], "access_token");
}

#[tokio::test]
async fn the_access_token_follows_where_refresh_tokens_can_not_be_given_back() {
    let bench = Bench::new(&standard(), done()).await;
    *bench.server.replies.lock().unwrap() = vec![
        Reply::json(400, &json!({ "error": "unsupported_token_type" })),
        done(),
    ];
    assert!(revoked(&bench, Some(REFRESH)).await.unwrap());
    let tokens: Vec<_> = bench.server.take();
    let tokens: Vec<_> = tokens
        .iter()
        .map(|seen| seen.form()["token"].clone())
        .collect();
    assert_eq!(tokens, [REFRESH, ACCESS]);
}

#[tokio::test]
async fn a_provider_that_takes_json_gets_json() {
    let auth = standard().revocation(Revocation::json("https://a.test/revoke"));
    let bench = Bench::new(&auth, done()).await;
    assert!(revoked(&bench, None).await.unwrap());
    let seen = bench.server.one();
    assert_eq!(
        seen.json(),
        json!({ "token": ACCESS, "token_type_hint": "access_token" })
    );
    assert!(seen.header("authorization").unwrap().starts_with("Basic "));
}

#[tokio::test]
async fn a_provider_that_deletes_access_tokens_is_asked_to_and_may_have_none_any_more() {
    let auth = standard().revocation(Revocation::delete("https://a.test/{client_id}/token"));
    for status in [204, 404] {
        let bench = Bench::new(&auth, Reply(status, Vec::new(), Vec::new())).await;
        assert!(revoked(&bench, Some(REFRESH)).await.unwrap());
        let seen = bench.server.one();
        assert_eq!(seen.method, Method::DELETE);
        assert_eq!(seen.json(), json!({ "access_token": ACCESS }));
        assert!(seen.header("authorization").unwrap().starts_with("Basic "));
    }
}

#[tokio::test]
async fn the_tokens_of_another_server_are_not_told_to_the_provider() {
    let auth = standard().revocation(Revocation::standard("https://a.test/revoke"));
    let mut bench = Bench::new(&auth, done()).await;
    bench.endpoints.revocation = None;
    assert!(!revoked(&bench, Some(REFRESH)).await.unwrap());
    let mut bench = Bench::new(&standard(), done()).await;
    bench.endpoints = Endpoints::default();
    assert!(
        !revoked(&bench, Some(REFRESH)).await.unwrap(),
        "it has none"
    );
    assert!(bench.server.take().is_empty());
}

#[tokio::test]
async fn what_the_provider_refuses_is_told() {
    let refusal = Reply::json(401, &json!({ "error": "invalid_client" }));
    let bench = Bench::new(&standard(), refusal).await;
    let error = revoked(&bench, Some(REFRESH)).await.unwrap_err();
    assert!(error.is_invalid_client(), "{error:?}");
    bench.server.reply(Reply(500, Vec::new(), Vec::new()));
    let error = revoked(&bench, Some(REFRESH)).await.unwrap_err();
    assert!(matches!(error, OAuthError::Transient { .. }), "{error:?}");
}
