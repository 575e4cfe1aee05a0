//! Each kind of write, and each mistake that the check is for.

use plugwright_sdk::testing::Finding;
use plugwright_sdk::transport::{Request, Response};
use plugwright_sdk::{
    ActionContext, ActionError, Auth, ErrorCode, Result, action, actions, model, path,
};
use plugwright_store::SqliteStore;
use uuid::Uuid;

use super::*;

/// A parcel.
#[model]
struct Parcel {
    /// Its id.
    id: u64,
    /// Where it goes.
    to: String,
}

/// Sends a parcel, once per key.
#[action("parcels.send", write, idempotent)]
async fn send(
    cx: &ActionContext,
    /// Where it goes.
    to: String,
) -> Result<Parcel> {
    let key = cx.idempotency_key().to_owned();
    let request = cx.post(path!("/parcels")).header("idempotency-key", key);
    request.field("to", to).fetch().await
}

/// Names a parcel.
#[action("parcels.name", write, idempotent, put = "/parcels/{id}", json)]
async fn name(
    cx: &ActionContext,
    /// Its id.
    id: u64,
    /// Where it goes.
    to: String,
) -> Result<Parcel>;

/// Hands a parcel in, without a key.
#[action("parcels.hand_in", write, post = "/parcels", json)]
async fn hand_in(
    cx: &ActionContext,
    /// Where it goes.
    to: String,
) -> Result<Parcel>;

/// Sends two parcels, one after the other.
#[action("parcels.pair", write)]
async fn pair(
    cx: &ActionContext,
    /// Where they go.
    to: String,
) -> Result<Parcel> {
    let first = cx.post(path!("/parcels")).field("to", &to);
    first.fetch::<Parcel>().await?;
    cx.post(path!("/parcels/second"))
        .field("to", to)
        .fetch()
        .await
}

/// Sends a parcel, and is wrong about what a repeated call does.
#[action("parcels.careless", write, idempotent, post = "/parcels", json)]
async fn careless(
    cx: &ActionContext,
    /// Where it goes.
    to: String,
) -> Result<Parcel>;

/// Sends a parcel with another key each time.
#[action("parcels.forgetful", write, idempotent)]
async fn forgetful(
    cx: &ActionContext,
    /// Where it goes.
    to: String,
) -> Result<Parcel> {
    let key = Uuid::new_v4().to_string();
    let request = cx.post(path!("/parcels")).header("idempotency-key", key);
    request.field("to", to).fetch().await
}

/// A cassette of one request.
macro_rules! cassette {
    ($action:literal, $input:literal, $method:literal, $path:literal, $status:literal) => {
        concat!(
            r#"{ "action": ""#,
            $action,
            r#"", "provenance": { "kind": "constructed", "source": "this test" },
                "call": { "input": "#,
            $input,
            r#" },
                "exchanges": [{
                    "request": { "method": ""#,
            $method,
            r#"", "url": "https://post.example.com"#,
            $path,
            r#"" },
                    "response": { "status": "#,
            $status,
            r#", "body": { "json": { "id": 7, "to": "Ada" } } }
                }] }"#
        )
    };
}

const CASSETTES: &[(&str, &str)] = &[
    (
        "send",
        cassette!(
            "parcels.send",
            r#"{ "to": "Ada" }"#,
            "POST",
            "/parcels",
            201
        ),
    ),
    (
        "name",
        cassette!(
            "parcels.name",
            r#"{ "id": 7, "to": "Ada" }"#,
            "PUT",
            "/parcels/7",
            200
        ),
    ),
    (
        "hand_in",
        cassette!(
            "parcels.hand_in",
            r#"{ "to": "Ada" }"#,
            "POST",
            "/parcels",
            201
        ),
    ),
    (
        "careless",
        cassette!(
            "parcels.careless",
            r#"{ "to": "Ada" }"#,
            "POST",
            "/parcels",
            201
        ),
    ),
    (
        "forgetful",
        cassette!(
            "parcels.forgetful",
            r#"{ "to": "Ada" }"#,
            "POST",
            "/parcels",
            201
        ),
    ),
    (
        "pair",
        r#"{
            "action": "parcels.pair",
            "provenance": { "kind": "constructed", "source": "this test" },
            "call": { "input": { "to": "Ada" } },
            "exchanges": [
                {
                    "request": { "method": "POST", "url": "https://post.example.com/parcels" },
                    "response": { "status": 201, "body": { "json": { "id": 7, "to": "Ada" } } }
                },
                {
                    "request": { "method": "POST", "url": "https://post.example.com/parcels/second" },
                    "response": { "status": 201, "body": { "json": { "id": 8, "to": "Ada" } } }
                }
            ]
        }"#,
    ),
];

static POST: ConnectorDefinition = ConnectorDefinition::new("post", "Post", "1.0.0")
    .base_url("https://post.example.com")
    .auth(&[Auth::bearer_token("API token")])
    .cassettes(CASSETTES)
    .actions(actions![send, name, hand_in, pair, careless, forgetful]);

/// A connector that takes a proxy's 502 for a refusal of the provider.
static HASTY: ConnectorDefinition = ConnectorDefinition::new("hasty", "Hasty", "1.0.0")
    .base_url("https://post.example.com")
    .on_error(|response| {
        let refused = ActionError::new(ErrorCode::Forbidden, "refused");
        (response.status == 502).then_some(refused)
    })
    .cassettes(CASSETTES)
    .actions(actions![hand_in]);

async fn check(connector: &'static ConnectorDefinition) -> FaultCheck {
    let store = Arc::new(SqliteStore::in_memory().await.unwrap());
    FaultCheck::new(connector, store, Vault::ephemeral()).unwrap()
}

fn of<'a>(report: &'a FaultReport, action: &str) -> (Option<Resolution>, Vec<&'a Finding>) {
    let write = report.writes.iter().find(|write| write.action == action);
    let findings = report.findings.iter();
    let own = findings.filter(|finding| finding.action.as_deref() == Some(action));
    (write.unwrap().resolution, own.collect())
}

#[tokio::test]
async fn tells_what_makes_sure_that_a_write_happens_once() {
    let report = check(&POST).await.run().await;
    for (action, resolution) in [
        ("parcels.send", Resolution::Key),
        ("parcels.name", Resolution::NaturalKey),
        ("parcels.hand_in", Resolution::Unknown),
        ("parcels.pair", Resolution::Unknown),
    ] {
        assert_eq!(of(&report, action), (Some(resolution), vec![]), "{action}");
    }
    let pair = &report.writes[3];
    assert_eq!((pair.requests, pair.cuts), (2, 2 * Cut::ALL.len()));
    let said = report.to_string();
    let first = "post: 6 writes: 2 key, 2 natural key, 0 reconciled, 2 unknown";
    assert_eq!(said.lines().next(), Some(first));
}

#[tokio::test]
async fn finds_repeated_calls_that_make_something_new() {
    let report = check(&POST).await.run().await;
    for action in ["parcels.careless", "parcels.forgetful"] {
        let (_, findings) = of(&report, action);
        // All cuts after the provider applied it.
        assert_eq!(findings.len(), Cut::ALL.len() - 1, "{action}: {findings:?}");
        let Finding { rule, message, .. } = findings[0];
        assert_eq!(
            (*rule, message.as_str()),
            (
                "duplicate",
                "is declared idempotent, but a repeated call makes something new: POST \
                 https://post.example.com/parcels; the response is lost, request 1"
            )
        );
    }
}

#[tokio::test]
async fn finds_writes_that_are_said_to_have_failed() {
    let report = check(&HASTY).await.run().await;
    let (_, findings) = of(&report, "parcels.hand_in");
    let [Finding { rule, message, .. }] = findings[..] else {
        panic!("{findings:?}");
    };
    assert_eq!(
        (*rule, message.as_str()),
        (
            "denied",
            "ends as FORBIDDEN, but the provider did it; a proxy answers 502, request 1"
        )
    );
}

#[tokio::test]
async fn a_double_by_hand_takes_the_place_of_the_cassettes() {
    let made = || {
        let mut parcels = 0;
        Double::new(move |request: &Request| {
            assert_eq!(request.url.path(), "/parcels");
            parcels += 1;
            let parcel = plugwright_sdk::json!({ "id": parcels, "to": "Bob" });
            Ok(Response::new(
                201,
                http::HeaderMap::default(),
                parcel.to_string(),
            ))
        })
    };
    let check = check(&HASTY).await.double("parcels.hand_in", made);
    let report = check.run().await;
    assert_eq!(of(&report, "parcels.hand_in").0, Some(Resolution::Unknown));
}
