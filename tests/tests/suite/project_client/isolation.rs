//! What no user and no project may see of another.

use std::collections::BTreeSet;

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Reply, send, with_json};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use url::form_urlencoded;

use crate::project_client::furnish::Place;

/// Ids of users that a careless comparison takes for each other.
const ALIKE: [&str; 12] = [
    "a", "A", "a ", " a", "a:b", "user:a", "%61", "*", "a/../b", "\u{e4}", "a\u{308}", "'--",
];

/// An account, with what its provider knows of it.
struct Account {
    project: usize,
    user: String,
    alias: String,
    id: String,
    /// Whose key it has.
    owner: String,
}

/// Asks for something under `/v1/saas`.
async fn ask(
    gateway: &GatewayProcess,
    project: &Value,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Reply {
    let key = project["key"].as_str().expect("a key");
    let request = gateway.request(method, &format!("/v1/saas{path}"), key);
    let request = match body {
        Some(body) => with_json(request, &body),
        None => request,
    };
    send(request).await.expect("an answer")
}

fn query(user: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("userId", user)
        .finish()
}

/// Returns ids of users: those that look alike, and random ones.
fn users() -> Vec<String> {
    let mut runner = TestRunner::default();
    let random = proptest::collection::vec("[^\\p{Cc}]{1,24}", 4);
    let random = random.new_tree(&mut runner).expect("texts").current();
    let alike = ALIKE.map(str::to_owned);
    let all: BTreeSet<String> = alike.into_iter().chain(random).collect();
    all.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_header_of_another_surface_chooses_an_account() {
    let place = Place::new().await;
    let gateway = place.setup().start().await;
    let key = place.acme["key"].as_str().expect("a key");
    for (path, header) in [
        ("/v1/saas/actions/mail.me.get", "x-plugwright-connection-id"),
        ("/v1/saas/actions/mail.me.get", "x-oo-connector-alias"),
        ("/v1/saas/proxy/mail", "x-oo-team-name"),
        (
            "/v1/saas/connected-accounts/link",
            "x-plugwright-organization",
        ),
    ] {
        let body = json!({ "userId": "a" });
        let request = gateway.request(Method::POST, path, key);
        let request = with_json(request, &body).header(header, "acme");
        let reply = send(request).await.expect("an answer");
        assert_eq!(reply.status, 400, "{path}: {header}: {reply:?}");
        assert_eq!(reply.body["data"][0]["param"], header, "{reply:?}");
    }
    let body = json!({
        "userId": "a", "connectedAccountId": "00000000-0000-0000-0000-000000000001",
        "options": { "connectionId": "00000000-0000-0000-0000-000000000002" },
    });
    let path = "/actions/mail.me.get";
    let reply = ask(&gateway, &place.acme, Method::POST, path, Some(body)).await;
    assert_eq!(reply.body["data"][0]["param"], "connectedAccountId");
    let account = "/connected-accounts/00000000-0000-0000-0000-000000000001";
    for (path, param) in [
        (format!("{account}?userId="), "userId"),
        (format!("{account}?externalUserId=a"), "externalUserId"),
        (format!("{account}/profile?user_id=a"), "user_id"),
        ("/connection-requests/1?userId=a".to_owned(), "userId"),
    ] {
        let reply = ask(&gateway, &place.acme, Method::GET, &path, None).await;
        assert_eq!(reply.status, 400, "{path}: {reply:?}");
        assert_eq!(reply.body["data"][0]["param"], param, "{reply:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_user_and_no_project_reaches_anothers_account() {
    let place = Place::new().await;
    let gateway = place.setup().start().await;
    let projects = [&place.acme, &place.globex];
    let users = users();
    println!("{users:?}");
    let mut accounts = Vec::new();
    for (index, project) in projects.iter().enumerate() {
        for (number, user) in users.iter().enumerate() {
            for alias in ["work", "home"] {
                let owner = format!("{index}-{number}-{alias}");
                let body = json!({
                    "userId": user, "service": "mail", "alias": alias,
                    "apiKey": format!("key-of-{owner}"), "extra": { "base_url": place.mail_url() },
                });
                let path = "/connected-accounts/api-key";
                let made = ask(&gateway, project, Method::POST, path, Some(body)).await;
                accounts.push(Account {
                    project: index,
                    user: user.clone(),
                    alias: alias.to_owned(),
                    id: made.ok()["data"]["id"].as_str().expect("an id").to_owned(),
                    owner,
                });
            }
        }
    }
    for (index, project) in projects.iter().enumerate() {
        for user in &users {
            let is_own = |account: &&Account| account.project == index && account.user == *user;
            let own: Vec<_> = accounts.iter().filter(is_own).collect();
            let path = format!("/connected-accounts?{}", query(user));
            let listed = ask(&gateway, project, Method::GET, &path, None).await.ok();
            let listed: BTreeSet<_> = ids(&listed["data"]);
            let expected = own.iter().map(|account| account.id.clone()).collect();
            assert_eq!(listed, expected, "{user:?} of {index}");
            for account in &own {
                let by_name =
                    called(&gateway, project, user, &json!({ "alias": account.alias })).await;
                assert_eq!(by_name.as_deref(), Ok(account.owner.as_str()), "{user:?}");
            }
            let latest = called(&gateway, project, user, &json!({})).await;
            assert_eq!(latest.as_deref(), Ok(own[1].owner.as_str()), "{user:?}");
        }
    }
    others(&gateway, &projects, &users, &accounts).await;
}

/// Tries every account for every user of every project, by its id.
async fn others(
    gateway: &GatewayProcess,
    projects: &[&Value],
    users: &[String],
    accounts: &[Account],
) {
    for (index, project) in projects.iter().enumerate() {
        for user in users {
            for account in accounts {
                let is_own = account.project == index && account.user == *user;
                let id = &account.id;
                let path = format!("/connected-accounts/{id}?{}", query(user));
                let read = ask(gateway, project, Method::GET, &path, None).await;
                let ran =
                    called(gateway, project, user, &json!({ "connectedAccountId": id })).await;
                if is_own {
                    assert_eq!(read.status, 200, "{read:?}");
                    assert_eq!(ran.as_deref(), Ok(account.owner.as_str()));
                    continue;
                }
                let read = (read.status, read.code());
                assert_eq!(read, (404, Some("connected_account_not_found")), "{user:?}");
                assert_eq!(
                    ran,
                    Err("connected_account_not_found".to_owned()),
                    "{user:?}"
                );
                let gone = ask(gateway, project, Method::DELETE, &path, None).await;
                assert_eq!(gone.status, 404, "{gone:?}");
            }
        }
    }
}

/// Calls an action; returns whose credential the provider was shown, or the error's code.
async fn called(
    gateway: &GatewayProcess,
    project: &Value,
    user: &str,
    more: &Value,
) -> Result<String, String> {
    let mut body = json!({ "userId": user, "input": {} });
    for (name, value) in more.as_object().expect("members") {
        body[name] = value.clone();
    }
    let path = "/actions/mail.messages.list";
    let reply = ask(gateway, project, Method::POST, path, Some(body)).await;
    match reply.code() {
        Some(code) => Err(code.to_owned()),
        None => {
            let account = &reply.ok()["data"]["output"]["account"];
            Ok(account.as_str().expect("an account").to_owned())
        }
    }
}

fn ids(accounts: &Value) -> BTreeSet<String> {
    let accounts = accounts.as_array().expect("a list");
    let ids = accounts.iter().map(|account| account["id"].as_str());
    ids.map(|id| id.expect("an id").to_owned()).collect()
}
