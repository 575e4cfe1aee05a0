//! Whoever asked for an account must still be allowed to when it is connected.

use axum::http::StatusCode;
use plugwright_sdk::host::Faults;
use plugwright_tests_oauth::Answer;
use uuid::Uuid;

use super::bench::{Bench, between, settings};
use plugwright_engine::accounts::{Accounts, Link, ProviderSelector};
use plugwright_engine::connect::code;
use plugwright_engine::{Grant, Principal};
use plugwright_store::{
    Organization, Owner, Patterns, Project, ProviderConfig, RequestDetails, RequestStatus,
    Timestamp, Token,
};

async fn token(bench: &Bench) -> Token {
    let id = Uuid::new_v4();
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(id.as_bytes());
    let token = Token {
        id,
        name: "agent".to_owned(),
        hash,
        preview: "pw_abcde".to_owned(),
        grant: Grant {
            connect: Patterns::all(),
            ..Grant::default()
        },
        created_at: Timestamp::now(),
        expires_at: None,
        revoked_at: None,
        project: None,
    };
    bench.store().create_token(&token).await.unwrap();
    token
}

fn asked_by(token: &Token) -> RequestDetails {
    RequestDetails {
        principal: Some(Principal::of(token).id),
        ..RequestDetails::default()
    }
}

type Change = fn(&mut Token);

/// What takes the right away.
const CHANGES: [(&str, Change); 5] = [
    ("revoked", |token| token.revoked_at = Some(Timestamp::now())),
    ("expired", |token| token.expires_at = Some(Timestamp::now())),
    ("other connectors", |token| {
        token.grant.connect = Patterns::default();
    }),
    ("other organizations", |token| {
        token.grant.organizations = vec!["other".to_owned()];
    }),
    ("certain connections", |token| {
        token.grant.connections = Some(vec![Uuid::new_v4()]);
    }),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_request_ends_with_the_right_of_whoever_made_it() {
    let mut bench = Bench::new(settings()).await;
    for (name, change) in CHANGES {
        let before = token(&bench).await;
        let (first, second) = (asked_by(&before), asked_by(&before));
        // One that waits for the person, and one whose person is at the provider.
        let waiting = bench.ask(first).await;
        let begun = bench.ask(second).await;
        let path = format!("/connect/{}", waiting.id);
        let (_, _, page) = bench.browse(&path, None).await;
        let csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
        let back = bench.answer(&begun, "alice", Answer::Allow).await;

        let mut after = before.clone();
        change(&mut after);
        bench.store().update_token(&before, &after).await.unwrap();

        let (status, _, page) = bench.browse(&path, None).await;
        assert_eq!(status, StatusCode::GONE, "{name}: {page}");
        let form = [
            ("csrf", csrf.as_str()),
            ("scheme", "bearer_token"),
            ("credential.token", "t0ken"),
        ];
        for (path, form) in [(&path, Some(&form[..])), (&back, None)] {
            let (status, _, page) = bench.browse(path, form).await;
            assert_eq!(status, StatusCode::GONE, "{name}: {page}");
            assert!(page.contains("does not work any more"), "{name}: {page}");
            assert!(page.contains("no longer allowed to"), "{name}: {page}");
        }
        let ended = bench.store().request(begun.id).await.unwrap().unwrap();
        assert_eq!(ended.status, RequestStatus::Failed, "{name}");
        assert_eq!(ended.error.unwrap().code, code::WITHDRAWN, "{name}");
        let waiting = bench.store().request(waiting.id).await.unwrap().unwrap();
        assert_eq!(waiting.status, RequestStatus::Initiated, "{name}");
    }
    let events = bench.server.events().await;
    assert_eq!(events.token_requests("authorization_code", "success"), 0);
    let stored = bench
        .store()
        .connections(&plugwright_store::ConnectionFilter::default())
        .await
        .unwrap();
    assert!(stored.is_empty(), "{stored:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_user_keeps_the_others_of_a_project_from_connecting() {
    let bench = Bench::new(settings()).await;
    let (project, config) = project(&bench, Vec::new()).await;
    let key = Principal {
        project: Some(project.id),
        ..Principal::local()
    };
    let accounts = Accounts::new(bench.gateway.connect().ok(), &key).unwrap();
    let link = async |user: &str| {
        let link = Link {
            user: user.to_owned(),
            provider: Some(ProviderSelector::Config(config.id.to_string())),
            alias: None,
            return_uri: None,
        };
        accounts.link(link, Faults::new()).await.unwrap()
    };
    // More than another principal may have.
    let mut last = None;
    for _ in 0..110 {
        last = Some(link("mallory").await);
    }
    for number in 0..110 {
        link(&number.to_string()).await;
    }
    let owner = last.unwrap().owner;
    let made = bench.store().requests(&owner).await.unwrap();
    let open = made
        .iter()
        .filter(|it| it.status == RequestStatus::Initiated);
    assert_eq!(open.count(), 5);
}

/// Makes a project with a provider config.
async fn project(bench: &Bench, return_uris: Vec<String>) -> (Project, ProviderConfig) {
    let project = Project {
        id: Uuid::new_v4(),
        name: "app".to_owned(),
        display_name: "App".to_owned(),
        return_uris,
        version: 1,
        created_at: Timestamp::now(),
    };
    bench.store().create_project(&project).await.unwrap();
    let config = ProviderConfig {
        id: Uuid::new_v4(),
        project: project.id,
        connector: "bank".to_owned(),
        name: "Bank".to_owned(),
        active: true,
        scopes: None,
        version: 1,
        created_at: Timestamp::now(),
    };
    bench.store().create_provider_config(&config).await.unwrap();
    (project, config)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_where_a_project_no_longer_returns_to() {
    const DONE: &str = "https://shop.example/done";

    let mut bench = Bench::new(settings()).await;
    let (mut project, config) = project(&bench, vec![DONE.to_owned()]).await;
    for is_listed in [true, false] {
        let user = Owner::User {
            project: project.id,
            user: "u1".to_owned(),
        };
        let details = RequestDetails {
            provider_config: Some(config.id),
            return_uri: Some(DONE.to_owned()),
            ..RequestDetails::default()
        };
        let request = bench.ask_for(user, details).await;
        let path = format!("/connect/{}", request.id);
        let (_, _, page) = bench.browse(&path, None).await;
        let csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
        if !is_listed {
            project.return_uris.clear();
            bench.store().update_project(&project).await.unwrap();
        }
        let form = [("csrf", csrf.as_str())];
        let (status, _, page) = bench.browse(&format!("{path}/cancel"), Some(&form)).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert_eq!(page.contains(DONE), is_listed, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_ends_with_what_it_is_for() {
    let mut bench = Bench::new(settings()).await;
    let store = bench.gateway.engine().storage().unwrap().store.clone();
    let (project, mut config) = project(&bench, Vec::new()).await;
    let shop = Organization {
        name: "shop".to_owned(),
        created_at: Timestamp::now(),
    };
    store.create_organization(&shop).await.unwrap();
    let user = Owner::User {
        project: project.id,
        user: "u1".to_owned(),
    };
    let of_config = RequestDetails {
        provider_config: Some(config.id),
        ..RequestDetails::default()
    };
    let of_user = bench.ask_for(user, of_config).await;
    let organization = Owner::Organization(shop.name.clone());
    let of_shop = bench.ask_for(organization, RequestDetails::default()).await;

    let mut forms = Vec::new();
    for request in [&of_user, &of_shop] {
        let path = format!("/connect/{}", request.id);
        let (status, _, page) = bench.browse(&path, None).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
        forms.push((path, csrf));
    }
    let gone = async |bench: &mut Bench, (path, csrf): &(String, String)| {
        let form = [
            ("csrf", csrf.as_str()),
            ("scheme", "bearer_token"),
            ("credential.token", "t0ken"),
        ];
        for form in [None, Some(&form[..])] {
            let (status, _, page) = bench.browse(path, form).await;
            assert_eq!(status, StatusCode::GONE, "{page}");
        }
    };
    config.active = false;
    store.update_provider_config(&config).await.unwrap();
    gone(&mut bench, &forms[0]).await;
    store.delete_provider_config(config.id).await.unwrap();
    gone(&mut bench, &forms[0]).await;
    store.delete_organization(&shop.name).await.unwrap();
    gone(&mut bench, &forms[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_certain_connections_connects_them_again() {
    let mut bench = Bench::new(settings()).await;
    let connection = bench.connect("alice", RequestDetails::default()).await;
    let before = token(&bench).await;
    let mut after = before.clone();
    after.grant.connections = Some(vec![connection.id]);
    bench.store().update_token(&before, &after).await.unwrap();
    let details = asked_by(&after);
    let request = bench.ask_again(details, Some(connection.clone())).await;
    let back = bench.answer(&request, "alice", Answer::Allow).await;
    let (status, _, page) = bench.browse(&back, None).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let stored = bench.store().connection(connection.id).await.unwrap();
    assert_eq!(stored.unwrap().credential_version, 2);
}
