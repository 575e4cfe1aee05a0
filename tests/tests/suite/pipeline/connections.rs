use plugwright_gateway::{
    Call, ConnectionSelector, ConnectionStatus, Grant, OwnerSelector, Policy,
};
use plugwright_sdk::{ErrorCode, json};
use uuid::Uuid;

use crate::pipeline::bench::{Bench, SECRET, answer, list, ok, principal};

fn things(_: &plugwright_tests::Received) -> Vec<u8> {
    ok(&json!({ "things": [{ "id": 1 }], "next": null }))
}

fn sent_tokens(bench: &Bench) -> Vec<String> {
    let received = bench.upstream.received();
    let tokens = received.iter().flat_map(|request| &request.headers);
    tokens
        .filter(|(name, _)| name == "authorization")
        .map(|(_, value)| value.clone())
        .collect()
}

#[tokio::test]
async fn the_default_connection_is_used_where_none_is_named() {
    let bench = Bench::new(things).await;
    bench.connect("home").await;
    let outcome = bench.run(list()).await;
    assert_eq!(outcome.result.unwrap().data, json!([{ "id": 1 }]));
    assert_eq!(outcome.target.as_deref(), Some("local.things.list"));
    assert_eq!(sent_tokens(&bench), [format!("Bearer {SECRET}-work")]);
}

#[tokio::test]
async fn a_connection_is_chosen_by_name_and_by_id() {
    let bench = Bench::new(things).await;
    let home = bench.connect("home").await;
    for selector in [
        ConnectionSelector::Named("home".to_owned()),
        ConnectionSelector::Id(home.id),
    ] {
        let mut call = list();
        call.connection = selector;
        bench.run(call).await.result.unwrap();
    }
    let token = format!("Bearer {SECRET}-home");
    assert_eq!(sent_tokens(&bench), [token.clone(), token]);
}

#[tokio::test]
async fn the_name_of_a_connection_stands_in_place_of_its_connector_s() {
    let bench = Bench::new(things).await;
    bench.connect("local-prod").await;
    let call = |action: &str| Call::action(principal(Grant::default()), action, json!({}));
    let outcome = bench.run(call("local-prod.things.list")).await;
    outcome.result.unwrap();
    assert_eq!(outcome.target.as_deref(), Some("local.things.list"));
    assert_eq!(sent_tokens(&bench), [format!("Bearer {SECRET}-local-prod")]);
    // Policy is about the action, whatever it is called.
    let none = Grant {
        actions: std::iter::empty().collect(),
        ..Grant::default()
    };
    let mut denied = call("local-prod.things.list");
    denied.principal = principal(none);
    let error = bench.run(denied).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::PolicyDenied);
    // Neither a name that is none nor an action that the connector does not have.
    for name in ["local-test.things.list", "local-prod.things.burn"] {
        let error = bench.run(call(name)).await.result.unwrap_err();
        assert_eq!(error.code(), ErrorCode::ConnectorNotFound, "{name}");
    }
    // Nor what another organization calls its own.
    let mut other = call("local-prod.things.list");
    other.principal = principal(Grant::everything());
    other.owner = OwnerSelector::Organization(Some("acme".to_owned()));
    let error = bench.run(other).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectorNotFound);
    // The connector's own name is a connector, whatever connections are called.
    bench.connect("local").await;
    bench.run(call("local.things.list")).await.result.unwrap();
    let last = sent_tokens(&bench).pop();
    assert_eq!(last, Some(format!("Bearer {SECRET}-work")));
}

#[tokio::test]
async fn a_named_connection_that_does_not_exist_is_never_another_account() {
    let bench = Bench::new(things).await;
    for selector in [
        ConnectionSelector::Named("nope".to_owned()),
        ConnectionSelector::Id(Uuid::nil()),
    ] {
        let mut call = list();
        call.connection = selector;
        let error = bench.run(call).await.result.unwrap_err();
        assert_eq!(error.code(), ErrorCode::ConnectionNotFound);
    }
    assert!(bench.upstream.received().is_empty());
}

#[tokio::test]
async fn policy_speaks_before_any_connection_is_looked_at() {
    let none = Policy {
        actions: std::iter::empty().collect(),
        ..Policy::default()
    };
    let bench = Bench::with(things, |settings| settings.policy = none).await;
    let mut call = list();
    call.connection = ConnectionSelector::Named("nope".to_owned());
    let error = bench.run(call).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::PolicyDenied);
}

#[tokio::test]
async fn a_grant_can_be_for_some_connections_alone() {
    let bench = Bench::new(things).await;
    let home = bench.connect("home").await;
    let grant = Grant {
        connections: Some(vec![home.id]),
        ..Grant::default()
    };
    let mut call = list();
    call.principal = principal(grant.clone());
    let error = bench.run(call.clone()).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectionNotAllowed);
    call.connection = ConnectionSelector::Id(home.id);
    bench.run(call).await.result.unwrap();
    let usable = bench
        .gateway
        .usable_connections(&principal(grant), None, None)
        .await
        .unwrap();
    assert_eq!(usable.len(), 1);
}

#[tokio::test]
async fn another_organization_sees_nothing_of_it() {
    let bench = Bench::new(things).await;
    let mut call = list();
    call.owner = OwnerSelector::Organization(Some("acme".to_owned()));
    let error = bench.run(call.clone()).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectionNotAllowed);
    call.principal = principal(Grant::everything());
    let error = bench.run(call).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::AuthRequired);
    assert!(error.message().contains("`acme`"), "{error}");
}

#[tokio::test]
async fn a_refused_credential_is_noted_until_it_works_again() {
    let refuse = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let flag = std::sync::Arc::clone(&refuse);
    let bench = Bench::new(move |request| {
        if flag.load(std::sync::atomic::Ordering::SeqCst) {
            answer(
                401,
                "",
                &json!({ "message": format!("bad token {SECRET}-work") }),
            )
        } else {
            things(request)
        }
    })
    .await;
    let error = bench.run(list()).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::AuthInvalid);
    assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    becomes(&bench, ConnectionStatus::ReauthRequired).await;
    refuse.store(false, std::sync::atomic::Ordering::SeqCst);
    bench.run(list()).await.result.unwrap();
    becomes(&bench, ConnectionStatus::Active).await;
}

/// The status is stored behind the caller's back.
async fn becomes(bench: &Bench, status: ConnectionStatus) {
    for _ in 0..100 {
        let all = bench
            .store
            .connections(&plugwright_gateway::ConnectionFilter::default())
            .await;
        if all.unwrap()[0].status == status {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the status did not become {status:?}");
}
