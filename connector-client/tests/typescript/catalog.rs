//! What the gateway says of itself, its actions and its connections.

use plugwright_client::{
    Connector, ErrorCode, Health, ProjectConnector, ProviderQuery, SearchQuery,
};
use serde_json::json;

use crate::gateway::{LOCAL, client, connect, origin};

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn says_what_it_is_and_which_actions_there_are() {
    let client = client();
    let health: Health = client.health().await.unwrap();
    assert_eq!(
        (health.ok, health.runtime.as_str()),
        (true, "oomol-connect")
    );

    let catalog = client.catalog();
    let services = catalog.services().await.unwrap();
    assert!(services.len() > 100, "{}", services.len());
    for service in ["github", "hackernews", "quickchart"] {
        assert!(services.iter().any(|other| other == service), "{service}");
    }
    let actions = catalog.actions("quickchart").await.unwrap();
    let ids: Vec<_> = actions.iter().map(|action| action.id.as_str()).collect();
    assert!(ids.contains(&LOCAL), "{ids:?}");
    let action = catalog.action(LOCAL).await.unwrap();
    assert!(actions.contains(&action));
    assert_eq!(
        (action.service.as_str(), action.name.as_str()),
        ("quickchart", "build_qr_url")
    );
    assert_eq!(action.input_schema["required"], json!(["text"]));
    assert_eq!(action.effect(), None);
    assert_eq!(action.more["execution"]["noAuthRunnable"], true);
    let scoped = catalog.action("github.add_issue_assignees").await.unwrap();
    assert_eq!(scoped.required_scopes, ["repo"]);

    // Every action of every connector can be read, with what it says beside.
    let (mut count, mut follow_ups) = (0, 0);
    for service in &services {
        let actions = catalog.actions(service).await.unwrap();
        count += actions.len();
        follow_ups += actions
            .iter()
            .map(|action| action.follow_up_actions.len())
            .sum::<usize>();
    }
    println!("{count} actions of {} connectors", services.len());
    assert!(count > 1_000 && follow_ups > 0, "{count} {follow_ups}");
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn finds_actions_and_connectors() {
    let client = client();
    let catalog = client.catalog();
    let query = SearchQuery::new().service("hackernews").limit(3);
    let hits = catalog.search("top stories", &query).await.unwrap();
    assert_eq!(hits.len(), 3);
    assert!(hits.iter().all(|hit| hit.service == "hackernews"));
    assert!(
        hits.iter()
            .any(|hit| hit.id == "hackernews.get_top_stories")
    );
    assert!(hits[0].more.contains_key("authenticated"));
    let anywhere = catalog.search("qr code", &SearchQuery::new()).await;
    assert!(anywhere.unwrap().iter().any(|hit| hit.id == LOCAL));
    let error = catalog.search("", &SearchQuery::new()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.status(), error.attempts()),
        (&ErrorCode::InvalidInput, Some(400), 1)
    );

    let query = ProviderQuery::new().service("hackernews").service("github");
    let mut providers = catalog.providers(&query).await.unwrap();
    providers.sort_by(|a, b| a.service.cmp(&b.service));
    let [github, hackernews] = &providers[..] else {
        panic!("{providers:?}");
    };
    assert_eq!(github.display_name, "GitHub");
    assert!(github.auth_types.iter().any(|kind| kind == "oauth2"));
    assert_eq!(hackernews.auth_types, ["no_auth"]);
    assert_eq!(hackernews.categories[0].display_name, "Social");
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn what_there_is_not_is_an_error_or_empty() {
    let client = client();
    let error = client.catalog().action("nope.nope").await.unwrap_err();
    assert_eq!(
        (error.code(), error.status(), error.action_id()),
        (&ErrorCode::UnknownAction, Some(404), Some("nope.nope"))
    );
    assert_eq!(client.catalog().actions("nope").await.unwrap(), []);
    let error = client.apps().list_by_service("nope").await.unwrap_err();
    assert_eq!(
        (error.code(), error.status()),
        (&ErrorCode::UnknownService, Some(404))
    );
    // It has no end users.
    let project = ProjectConnector::builder().api_key("oct_for_tests");
    let project = project.base_url(format!("{}/v1", origin()));
    let project = project.build().unwrap();
    let error = project.connection_request("r").await.unwrap_err();
    assert_eq!(
        (error.code(), error.status()),
        (&ErrorCode::NotFound, Some(404))
    );
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn lists_connections_by_their_names() {
    let client = client();
    let connected = connect("dune", "work").await;
    let apps = client.apps().list_by_service("dune").await.unwrap();
    let work = apps
        .iter()
        .find(|app| app.connection_name.as_deref() == Some("work"))
        .unwrap();
    assert_eq!(connected["id"], work.id.as_str());
    assert_eq!(
        (work.service.as_str(), work.status.as_deref()),
        ("dune", Some("active"))
    );
    assert_eq!(work.more["authType"], "api_key");
    assert_eq!(work.more["isDefault"], false);
    let all = client.apps().list().await.unwrap();
    assert!(all.contains(work));
    assert!(all.iter().any(|app| app.id == "hackernews:default"));
    let authenticated = client.apps().authenticated(&["github", "dune"]).await;
    assert_eq!(authenticated.unwrap(), ["dune"]);
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn a_wrong_key_is_refused_at_once() {
    let base_url = format!("{}/v1", origin());
    let wrong = Connector::builder().api_key("oct_wrong");
    let wrong = wrong.base_url(&base_url).build().unwrap();
    let none = Connector::builder().without_api_key();
    let none = none.base_url(&base_url).build().unwrap();
    for client in [wrong, none] {
        let mut errors = vec![
            client.health().await.unwrap_err(),
            client.catalog().services().await.unwrap_err(),
            client.apps().list().await.unwrap_err(),
        ];
        let input = json!({ "text": "x" });
        let executed = client.execute::<serde_json::Value>(LOCAL, &input).await;
        errors.push(executed.unwrap_err());
        for error in errors {
            assert_eq!(
                (error.code(), error.status(), error.attempts()),
                (&ErrorCode::Unauthorized, Some(401), 1)
            );
            assert!(error.message().contains("token"), "{error}");
            assert!(!error.is_retryable() && error.data().is_none());
        }
    }
}
