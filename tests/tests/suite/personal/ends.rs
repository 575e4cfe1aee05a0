//! How a request can end without an account: each is told, and nothing is stored by half.

use plugwright_sdk::{Value, json};
use plugwright_tests_oauth::Answer;

use crate::personal::world::{Person, SECRET, World, text};

/// A request at a gateway, made by a token of its own.
struct Begun {
    token: String,
    page: String,
    path: String,
}

async fn begin(world: &World) -> Begun {
    let token = world.token(&["signed"], &["default"]).await;
    let made = world
        .post(&token, "/v1/connections/signed/connect", json!({}))
        .await
        .ok();
    Begun {
        page: text(&made["data"]["authorizationUrl"]),
        path: format!(
            "/v1/connection-requests/{}",
            text(&made["data"]["connectionRequestId"])
        ),
        token,
    }
}

impl Begun {
    async fn stands(&self, world: &World) -> (Value, Value) {
        let mut request = world.get(&self.token, &self.path).await.ok();
        let data = &mut request["data"];
        (data["status"].take(), data["errorCode"].take())
    }

    async fn stored(&self, world: &World) -> usize {
        let listed = world.get(&self.token, "/v1/connections").await.ok();
        listed["data"].as_array().unwrap().len()
    }

    /// Nothing came of it, for this reason.
    async fn ended(&self, world: &World, status: &str, code: Option<&str>) {
        assert_eq!(self.stands(world).await, (json!(status), json!(code)));
        assert_eq!(self.stored(world).await, 0);
    }
}

#[tokio::test]
async fn a_person_who_does_not_agree_at_the_provider_connects_nothing() {
    let world = World::new().await;
    let begun = begin(&world).await;
    world.walk(&begun.page, "ada", Answer::Deny).await;
    begun.ended(&world, "failed", Some("access_denied")).await;
}

#[tokio::test]
async fn a_person_who_says_no_on_the_page_connects_nothing() {
    let world = World::new().await;
    let begun = begin(&world).await;
    Person::new().cancels(&begun.page).await;
    begun
        .ended(&world, "failed", Some("request_cancelled"))
        .await;
    let (_, again) = Person::new().get(&begun.page).await;
    assert!(!again.contains("name=\"csrf\""), "{again}");
}

#[tokio::test]
async fn a_wrong_secret_of_the_client_is_the_operators_to_mend() {
    let world = World::with("another-secret", |setup| setup).await;
    let begun = begin(&world).await;
    let last = world.walk(&begun.page, "ada", Answer::Allow).await;
    assert!(!last.contains("another-secret"), "{last}");
    begun
        .ended(&world, "failed", Some("provider_not_configured"))
        .await;
    let log = world.gateway.log();
    let line = log
        .lines()
        .find(|line| line.contains("an account was not connected"))
        .unwrap_or_else(|| panic!("{log}"));
    let (_, request) = begun.path.rsplit_once('/').unwrap();
    for part in ["WARN", "signed", request, "invalid_client"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!log.contains("another-secret"), "{log}");
}

#[tokio::test]
async fn a_code_that_comes_twice_changes_nothing_the_second_time() {
    let world = World::new().await;
    let begun = begin(&world).await;
    let person = Person::new();
    let authorize = person.continues(&begun.page).await;
    let back = world
        .server
        .authorize(&authorize, "ada", Answer::Allow)
        .await;
    person.get(back.as_str()).await;
    assert_eq!(begun.stands(&world).await.0, "connected");
    let before = world.get(&begun.token, "/v1/connections").await.ok();
    let (_, page) = person.get(back.as_str()).await;
    assert!(!page.contains("ada of the tests"), "{page}");
    let after = world.get(&begun.token, "/v1/connections").await.ok();
    assert_eq!(before["data"], after["data"]);
    let events = world.server.events().await;
    assert_eq!(events.token_requests("authorization_code", "success"), 1);
    assert_eq!(events.revoked_grants(), 0);
}

#[tokio::test]
async fn another_browser_and_a_made_up_state_finish_nothing() {
    let world = World::new().await;
    let begun = begin(&world).await;
    let person = Person::new();
    let authorize = person.continues(&begun.page).await;
    let back = world
        .server
        .authorize(&authorize, "ada", Answer::Allow)
        .await;
    // Whoever was sent the link of the provider has no cookie of this gateway, or one of its own.
    Person::new().get(back.as_str()).await;
    let other = Person::new();
    other.get(&begun.page).await;
    other.get(back.as_str()).await;
    begun.ended(&world, "initiated", None).await;

    let mut tampered = back.clone();
    let pairs: Vec<_> = back
        .query_pairs()
        .map(|(name, value)| match &*name {
            "state" => (name.into_owned(), format!("{value}x")),
            _ => (name.into_owned(), value.into_owned()),
        })
        .collect();
    tampered.query_pairs_mut().clear().extend_pairs(pairs);
    person.get(tampered.as_str()).await;
    begun.ended(&world, "initiated", None).await;

    person.get(back.as_str()).await;
    assert_eq!(begun.stands(&world).await.0, "connected");
}

#[tokio::test]
async fn a_new_attempt_ends_the_one_before() {
    let world = World::new().await;
    let begun = begin(&world).await;
    let next = world
        .post(&begun.token, "/v1/connections/signed/connect", json!({}))
        .await
        .ok();
    begun
        .ended(&world, "failed", Some("request_superseded"))
        .await;
    let page = text(&next["data"]["authorizationUrl"]);
    world.walk(&page, "ada", Answer::Allow).await;
    assert_eq!(begun.stored(&world).await, 1);
}

#[tokio::test]
async fn a_request_that_was_taken_back_can_not_be_finished() {
    let world = World::new().await;
    let token = world.token(&["signed"], &["default"]).await;
    let body = json!({ "connectorSlug": "signed" });
    let begun = world.post(&token, "/api/v1/connections", body).await.ok();
    let path = format!("/api/v1/connections/{}", text(&begun["connection"]["id"]));
    let person = Person::new();
    let authorize = person.continues(&text(&begun["oauthUrl"])).await;
    let deleted = world
        .ask(&token, reqwest::Method::DELETE, &path, None)
        .await;
    assert_eq!(deleted.ok(), json!({ "deleted": true }));
    assert_eq!(world.get(&token, &path).await.ok()["status"], "revoked");
    let back = world
        .server
        .authorize(&authorize, "ada", Answer::Allow)
        .await;
    person.get(back.as_str()).await;
    assert_eq!(world.get(&token, &path).await.ok()["status"], "revoked");
    let listed = world.get(&token, "/api/v1/connections").await.ok();
    assert_eq!(listed, json!([]));
}

#[tokio::test]
async fn no_answer_page_or_log_has_a_secret() {
    let world = World::new().await;
    let begun = begin(&world).await;
    let person = Person::new();
    let authorize = person.continues(&begun.page).await;
    let back = world
        .server
        .authorize(&authorize, "ada", Answer::Allow)
        .await;
    let (_, last) = person.get(back.as_str()).await;
    let code = back
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1;
    let listed = world.get(&begun.token, "/v1/connections").await.ok();
    for place in [last, listed.to_string(), world.gateway.log()] {
        assert!(!place.contains(SECRET), "{place}");
        assert!(!place.contains(&*code), "{place}");
    }
}
