//! A user's accounts of one provider config are not those of another, and are not used while theirs
//! is inactive.

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Reply, Setup, send, with_json};
use reqwest::Method;

use crate::fixture;
use crate::project_client::furnish::Place;

const USER: &str = "user_1";

struct Bench {
    place: Place,
    gateway: GatewayProcess,
}

impl Bench {
    async fn new() -> Self {
        let place = Place::new().await;
        let gateway = place.setup().start().await;
        Self { place, gateway }
    }

    fn config(&self, name: &str) -> &str {
        let config = &self.place.acme["configs"][name];
        config.as_str().expect("an id")
    }

    async fn ask(&self, path: &str, body: Value, key: Option<&str>) -> Reply {
        let token = self.place.acme["key"].as_str().expect("a key");
        let path = format!("/v1/saas{path}");
        let mut request = with_json(self.gateway.request(Method::POST, &path, token), &body);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        send(request).await.expect("an answer")
    }

    /// Connects an account of CRM; returns its id.
    async fn connect(&self, config: &str, name: &str) -> String {
        let body = json!({
            "userId": USER, "providerConfigId": self.config(config), "alias": name,
            "values": {
                "email": format!("{name}@example.com"), "token": format!("token-of-{name}"),
                "base_url": self.place.mail_url(),
            },
        });
        let path = "/connected-accounts/custom-credential";
        let made = self.ask(path, body, None).await.ok();
        made["data"]["id"].as_str().expect("an id").to_owned()
    }

    async fn call(&self, more: Value, key: Option<&str>) -> Reply {
        let mut body = json!({ "userId": USER, "input": {} });
        for (name, value) in more.as_object().expect("members") {
            body[name] = value.clone();
        }
        self.ask("/actions/crm.deals.list", body, key).await
    }

    async fn activate(&self, config: &str, active: bool) {
        let path = format!("/provider-configs/{}", self.config(config));
        let body = Some(json!({ "active": active }));
        let changed = self.gateway.admin(Method::PATCH, &path, body).await;
        assert_eq!(changed.expect("an answer").ok()["active"], active);
    }
}

/// Returns whose account a call was made with.
#[track_caller]
fn account(reply: Reply) -> Value {
    reply.ok()["data"]["output"]["account"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_of_an_inactive_config_is_not_ready_however_it_is_named() {
    let bench = Bench::new().await;
    let first = bench.connect("crm", "first").await;
    let second = bench.connect("crm_other", "second").await;
    let named = [
        json!({ "connectedAccountId": second }),
        json!({ "alias": "second" }),
        json!({ "connectedAccountId": second, "providerConfigId": bench.config("crm_other") }),
    ];
    for named in &named {
        assert_eq!(account(bench.call(named.clone(), None).await), "second");
    }

    bench.activate("crm_other", false).await;
    for named in &named {
        let refused = bench.call(named.clone(), None).await;
        assert_eq!(
            (refused.status, refused.code()),
            (409, Some("app_not_ready")),
            "{named} {refused:?}"
        );
        let message = refused.body["message"].as_str().unwrap_or_default();
        assert!(message.contains("inactive"), "{message}");
    }
    let mut proxied = json!({ "userId": USER, "endpoint": "/deals", "method": "GET" });
    proxied["connectedAccountId"] = json!(second);
    let refused = bench.ask("/proxy/crm", proxied, None).await;
    assert_eq!(
        (refused.status, refused.code()),
        (409, Some("app_not_ready"))
    );
    // The other config's account works, and is the one that is used when none is named.
    let by_id = json!({ "connectedAccountId": first });
    for named in [by_id, json!({ "alias": "first" }), json!({})] {
        assert_eq!(account(bench.call(named, None).await), "first");
    }
    // What is not the user's is not there, whatever its config.
    for named in [
        json!({ "connectedAccountId": "0b8c1f8e-6b1e-4c53-8b4e-0a1d5d1f4b11" }),
        json!({ "alias": "third" }),
        json!({ "connectedAccountId": second, "userId": "user_2" }),
        json!({ "alias": "second", "userId": "user_2" }),
    ] {
        let refused = bench.call(named.clone(), None).await;
        assert_eq!(
            (refused.status, refused.code()),
            (404, Some("connected_account_not_found")),
            "{named}"
        );
    }

    bench.activate("crm_other", true).await;
    for named in named {
        assert_eq!(account(bench.call(named, None).await), "second");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idempotency_key_brings_back_no_outcome_of_another_config() {
    let bench = Bench::new().await;
    bench.connect("crm", "first").await;
    bench.connect("crm_other", "second").await;
    let of = |config: &str| json!({ "providerConfigId": bench.config(config) });
    let called = bench.call(of("crm"), Some("k1")).await;
    assert_eq!(account(called.clone()), "first");
    let again = bench.call(of("crm"), Some("k1")).await;
    assert_eq!(again.body["data"], called.body["data"]);
    let other = bench.call(of("crm_other"), Some("k1")).await;
    assert_eq!(other.status, 409, "{other:?}");
    assert!(!other.body.to_string().contains("first"), "{other:?}");
    let other = bench.call(of("crm_other"), Some("k2")).await;
    assert_eq!(account(other), "second");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_oauth_client_no_link_is_made() {
    let place = Place::new().await;
    let setup = Setup::new(fixture::PEOPLE);
    let gateway = setup.data(place.scratch().join("data")).start().await;
    let key = place.acme["key"].as_str().expect("a key");
    for provider in [
        json!({ "service": "desk" }),
        json!({ "providerConfigId": place.acme["configs"]["desk"] }),
    ] {
        let mut body = json!({ "userId": USER });
        for (name, value) in provider.as_object().expect("members") {
            body[name] = value.clone();
        }
        let path = "/v1/saas/connected-accounts/link";
        let request = with_json(gateway.request(Method::POST, path, key), &body);
        let refused = send(request).await.expect("an answer");
        assert_eq!(
            (refused.status, refused.code()),
            (409, Some("provider_not_configured")),
            "{refused:?}"
        );
    }
}
