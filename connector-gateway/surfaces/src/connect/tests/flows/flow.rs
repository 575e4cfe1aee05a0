//! A person connects an account, or does not.

use std::time::Duration;

use axum::http::StatusCode;
use plugwright_sdk::ErrorCode;
use plugwright_sdk::auth::SchemeKind;
use plugwright_tests_oauth::{Answer, Fault};

use super::bench::{Bench, between, call, settings};
use crate::connect::paths::CALLBACK;
use plugwright_engine::connect::{Standing, code};
use plugwright_store::{ConnectionRequest, RequestDetails, RequestStatus, SqliteStore};

async fn failure(bench: &Bench, request: &ConnectionRequest) -> String {
    let request = bench.store().request(request.id).await.unwrap().unwrap();
    assert_eq!(request.status, RequestStatus::Failed, "{request:?}");
    let none = bench.store().connection(request.connection).await.unwrap();
    assert_eq!(none, None, "nothing is half stored");
    request.error.unwrap().code
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_connected_used_and_given_back() {
    let mut bench = Bench::new(settings()).await;
    let connection = bench.connect("alice", RequestDetails::default()).await;
    assert_eq!(connection.account.as_ref().unwrap().id, "alice");
    assert_eq!(connection.scheme, SchemeKind::OAuth2);
    assert_eq!(
        connection.scopes.as_deref(),
        Some(&["read".to_owned(), "write".to_owned()][..])
    );
    assert!(connection.expires_at.is_some());
    assert_eq!(connection.name, "default");
    let outcome = call(&bench.gateway, "bank.accounts.get").await;
    assert_eq!(outcome.result.unwrap().data.value()["account"], "alice");

    // Asked for again, it is the same connection with another credential.
    let again = bench.connect("alice", RequestDetails::default()).await;
    assert_eq!(again.id, connection.id);
    assert_eq!(again.credential_version, 2);
    let other = bench.connect("bob", RequestDetails::default()).await;
    assert_eq!(other.name, "default-2");

    let error = call(&bench.gateway, "bank.accounts.close")
        .await
        .result
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::ScopeMissing);
    assert!(error.message().contains("`admin`"), "{error}");

    let connect = bench.gateway.connect().unwrap();
    connect.disconnect(&again).await.unwrap();
    assert_eq!(bench.server.events().await.revocations(), 1);
    assert_eq!(bench.store().connection(again.id).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_another_site_is_another_one() {
    let mut bench = Bench::new(settings()).await;
    let mut elsewhere = bench.connect("alice", RequestDetails::default()).await;
    elsewhere.settings = [("site".to_owned(), "elsewhere".to_owned())].into();
    let elsewhere = bench.store().update_connection(&elsewhere).await.unwrap();
    let here = bench.connect("alice", RequestDetails::default()).await;
    assert_ne!(here.id, elsewhere.id);
    let kept = bench.store().connection(elsewhere.id).await.unwrap();
    assert_eq!(kept, Some(elsewhere));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_know_the_redirect_uri_is_answered_with_it() {
    let mut bench = Bench::new(settings()).await;
    let request = bench.ask(RequestDetails::default()).await;
    let there = bench.go_on(&request).await;
    let mut query = there.query_pairs();
    let (_, state) = query.find(|(name, _)| name == "state").unwrap();
    let back = format!("{CALLBACK}?state={state}&error=redirect_uri_mismatch");
    bench.browse(&back, None).await;
    let stored = bench.store().request(request.id).await.unwrap().unwrap();
    assert_eq!(
        stored.error.unwrap().message,
        format!(
            "Bank returned `redirect_uri_mismatch`; the redirect URI to register is \
             http://127.0.0.1:3000{CALLBACK}"
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_agree_connects_nothing() {
    let mut bench = Bench::new(settings()).await;
    let details = RequestDetails {
        return_uri: Some("http://127.0.0.1:9/done".to_owned()),
        ..RequestDetails::default()
    };
    let request = bench.ask(details).await;
    let back = bench.answer(&request, "alice", Answer::Deny).await;
    let (status, location, _) = bench.browse(&back, None).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let location = location.unwrap();
    assert!(
        location.starts_with("http://127.0.0.1:9/done?status=error&code=access_denied&message="),
        "{location}"
    );
    assert_eq!(failure(&bench, &request).await, code::DENIED);

    let request = bench.ask(RequestDetails::default()).await;
    let path = format!("/connect/{}", request.id);
    let (_, _, page) = bench.browse(&path, None).await;
    let csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
    let form = [("csrf", csrf.as_str())];
    let (status, _, page) = bench.browse(&format!("{path}/cancel"), Some(&form)).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("You cancelled"), "{page}");
    assert_eq!(failure(&bench, &request).await, code::CANCELLED);
    let (status, ..) = bench.browse(&path, None).await;
    assert_eq!(status, StatusCode::GONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_another_server_is_sent_to_nobody() {
    let mut bench = Bench::new(settings()).await;
    let issuer = bench.server.url("/").to_string();
    let issuer = issuer.trim_end_matches('/');
    let without = |back: &str| {
        let pairs = back.split('&').filter(|pair| !pair.starts_with("iss="));
        pairs.collect::<Vec<_>>().join("&")
    };
    let bad: [&dyn Fn(&str) -> String; 5] = [
        &|back| format!("{back}&iss=https%3A%2F%2Fhonest.example"),
        &|back| format!("{back}&iss=https%3A%2F%2Fhonest.example%2F127.0.0.1"),
        &|back| format!("{back}&iss="),
        &|back| format!("{back}&iss=127.0.0.1"),
        // That path is of a connector with a callback of its own.
        &|back| back.replace('?', "/bank?"),
    ];
    for change in bad {
        let request = bench.ask(RequestDetails::default()).await;
        let back = bench.answer(&request, "alice", Answer::Allow).await;
        bench.browse(&change(&without(&back)), None).await;
        assert_eq!(failure(&bench, &request).await, code::PROVIDER, "{back}");
    }
    let request = bench.ask(RequestDetails::default()).await;
    let back = bench.answer(&request, "alice", Answer::Allow).await;
    let events = bench.server.events().await;
    assert_eq!(events.token_requests("authorization_code", "success"), 0);
    let good = format!("{}&iss={issuer}", without(&back));
    let (status, _, page) = bench.browse(&good, None).await;
    assert_eq!(status, StatusCode::OK, "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_is_good_once_and_in_the_browser_that_began() {
    let mut bench = Bench::new(settings()).await;
    let request = bench.ask(RequestDetails::default()).await;
    let back = bench.answer(&request, "alice", Answer::Allow).await;

    let cookie = bench.cookie.take();
    let (status, _, page) = bench.browse(&back, None).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{page}");
    let other = bench.ask(RequestDetails::default()).await;
    bench.browse(&format!("/connect/{}", other.id), None).await;
    assert_ne!(bench.cookie, cookie);
    let (status, ..) = bench.browse(&back, None).await;
    assert_eq!(
        status,
        StatusCode::GONE,
        "another browser has another cookie"
    );

    bench.cookie = cookie;
    let state = between(&back, "state=", "&").to_owned();
    let forged = back.replace(&state, &"A".repeat(43));
    let (status, ..) = bench.browse(&forged, None).await;
    assert_eq!(status, StatusCode::GONE);
    assert_eq!(
        bench
            .server
            .events()
            .await
            .token_requests("authorization_code", "success"),
        0
    );

    let (status, _, page) = bench.browse(&back, None).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let (status, ..) = bench.browse(&back, None).await;
    assert_eq!(status, StatusCode::GONE, "it comes a second time");
    let events = bench.server.events().await;
    assert_eq!(events.token_requests("authorization_code", "success"), 1);
    assert_eq!(events.revoked_grants(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_page_is_not_taken() {
    let mut bench = Bench::new(settings()).await;
    let request = bench.ask(RequestDetails::default()).await;
    let path = format!("/connect/{}", request.id);
    let (status, ..) = bench.browse(&path, Some(&[("scheme", "oauth2")])).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "without a cookie");
    let other = bench.ask(RequestDetails::default()).await;
    let (_, _, page) = bench.browse(&format!("/connect/{}", other.id), None).await;
    let csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
    let form = [("csrf", csrf.as_str()), ("scheme", "oauth2")];
    let (status, ..) = bench.browse(&path, Some(&form)).await;
    assert_eq!(
        status,
        StatusCode::FORBIDDEN,
        "with the token of another request"
    );
    let open = bench.store().request(request.id).await.unwrap().unwrap();
    assert_eq!(open.status, RequestStatus::Initiated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_fails_leaves_nothing_behind() {
    let mut bench = Bench::new(settings()).await;
    for fault in [Fault::Status(503), Fault::DropBefore, Fault::DropAfter] {
        let request = bench.ask(RequestDetails::default()).await;
        let back = bench.answer(&request, "alice", Answer::Allow).await;
        bench.server.fault(fault, 1).await;
        let (status, _, page) = bench.browse(&back, None).await;
        assert_eq!(status, StatusCode::BAD_GATEWAY, "{page}");
        assert_eq!(failure(&bench, &request).await, code::PROVIDER, "{fault:?}");
    }
    let wrong = super::bench::gateway(
        &bench.server,
        std::sync::Arc::new(SqliteStore::in_memory().await.unwrap()),
        "another-secret",
    );
    bench.gateway = wrong.await;
    let request = bench.ask(RequestDetails::default()).await;
    let back = bench.answer(&request, "alice", Answer::Allow).await;
    let (status, _, page) = bench.browse(&back, None).await;
    assert_eq!(status, StatusCode::CONFLICT, "{page}");
    assert!(
        page.contains("registration") && page.contains("invalid_client"),
        "{page}"
    );
    assert!(!page.contains("is not registered"), "{page}");
    assert_eq!(failure(&bench, &request).await, code::NOT_CONFIGURED);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_tells_the_code_of_the_provider() {
    let mut bench = Bench::new(settings()).await;
    for (error, status, said) in [
        (
            "invalid_scope",
            StatusCode::BAD_GATEWAY,
            "does not offer the requested access",
        ),
        (
            "server_error",
            StatusCode::BAD_GATEWAY,
            "is not available right now",
        ),
        (
            "redirect_uri_mismatch",
            StatusCode::CONFLICT,
            "Ask the operator",
        ),
        (
            "another_code",
            StatusCode::BAD_GATEWAY,
            "refused the connection",
        ),
    ] {
        let request = bench.ask(RequestDetails::default()).await;
        let url = bench.go_on(&request).await;
        let state = url.query_pairs().find(|(name, _)| name == "state");
        let (_, state) = state.unwrap();
        let back = format!("{CALLBACK}?error={error}&error_description=Why&state={state}");
        let (answered, _, page) = bench.browse(&back, None).await;
        assert_eq!(answered, status, "{page}");
        assert!(page.contains(said) && page.contains(error), "{page}");
        assert_eq!(failure(&bench, &request).await, code::PROVIDER);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_gateway_is_not_the_providers() {
    let mut bench = Bench::new(settings()).await;
    let details = RequestDetails {
        name: Some("work".to_owned()),
        ..RequestDetails::default()
    };
    let late = bench.ask(details.clone()).await;
    let connection = bench.connect("alice", details).await;
    let details = RequestDetails::default();
    let again = bench.ask_again(details, Some(connection)).await;
    for (request, code, said) in [
        (late, code::ALIAS, "name for this connection is in use"),
        (again, code::ACCOUNT, "another Bank account"),
    ] {
        let back = bench.answer(&request, "bob", Answer::Allow).await;
        let (status, _, page) = bench.browse(&back, None).await;
        assert_eq!(status, StatusCode::CONFLICT, "{page}");
        assert!(page.contains(said) && !page.contains("refused"), "{page}");
        let ended = bench.store().request(request.id).await.unwrap().unwrap();
        assert_eq!(ended.error.unwrap().code, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_too_old_is_not_finished() {
    let mut bench = Bench::new(settings()).await;
    let store = bench.store();
    let now = store.now();
    let old = ConnectionRequest {
        id: uuid::Uuid::new_v4(),
        expires_at: now.before(Duration::from_secs(1)),
        ..bench.ask(RequestDetails::default()).await
    };
    store
        .create_request(&old, None, plugwright_store::testing::quota())
        .await
        .unwrap();
    let connect = bench.gateway.connect().unwrap();
    assert_eq!(connect.standing(&old), Standing::Expired);
    let (status, _, page) = bench.browse(&format!("/connect/{}", old.id), None).await;
    assert_eq!(status, StatusCode::GONE);
    assert!(page.contains("expired"), "{page}");
    let (status, ..) = bench.browse("/connect/nonsense", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_entered_in_a_form_and_corrected() {
    let mut bench = Bench::new(settings()).await;
    let donor = bench.connect("carol", RequestDetails::default()).await;
    let state = bench.gateway.engine().storage().unwrap();
    let tokens = state.vault.open_tokens(&donor).unwrap();
    bench.store().delete_connection(donor.id).await.unwrap();

    let request = bench.ask(RequestDetails::default()).await;
    let path = format!("/connect/{}", request.id);
    let (_, _, page) = bench
        .browse(&format!("{path}?scheme=bearer_token"), None)
        .await;
    let csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
    for (token, said) in [("", "is missing"), ("wr0ng-t0ken-wr0ng", "credential")] {
        let form = [
            ("csrf", csrf.as_str()),
            ("scheme", "bearer_token"),
            ("credential.token", token),
        ];
        let (status, _, page) = bench.browse(&path, Some(&form)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        assert!(page.contains(said), "{page}");
        assert!(
            token.is_empty() || !page.contains(token),
            "no secret goes back"
        );
    }
    let token = tokens.access_token.expose();
    let form = [
        ("csrf", csrf.as_str()),
        ("scheme", "bearer_token"),
        ("credential.token", token),
    ];
    let (status, _, page) = bench.browse(&path, Some(&form)).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(
        page.contains("Bank is connected") && page.contains("carol"),
        "{page}"
    );
    let stored = bench
        .store()
        .connection(request.connection)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.scheme, SchemeKind::BearerToken);
}
