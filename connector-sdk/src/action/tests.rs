use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::auth::{Auth, Credential};
use crate::connector::ConnectorDefinition;
use crate::context::ActionContext;
use crate::error::{ErrorCode, Result};
use crate::host::{Entry, Registry};
use crate::reconcile::{Lost, Outcome};
use crate::testing::block_on;
use crate::transport::{Plan, PlannedRequest};
use crate::{action, actions};

/// Lists what anybody may see.
#[action("things.list", read, auth = none)]
async fn list(cx: &ActionContext) -> Result<Value> {
    cx.get("/things").fetch().await
}

/// Deletes all things.
#[action("things.delete", destructive, auth = [1], delete = "/things")]
async fn delete(cx: &ActionContext) -> Result<()>;

/// Adds a thing.
#[action("things.add", write, auth = [1], reconcile(natural = find_added()), post = "/things")]
async fn add(cx: &ActionContext) -> Result<Value>;

async fn find_added(cx: &ActionContext, _: &Lost) -> Result<Outcome<Value>> {
    Ok(Outcome::Done(cx.get("/things").fetch().await?))
}

/// Gets a thing.
#[action("things.get", read, get = "/thing")]
async fn get(cx: &ActionContext) -> Result<Value>;

static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
    .base_url("https://api.example.com")
    .auth(&[
        Auth::api_key_header("Key", "x-key"),
        Auth::api_key_header("Key of an administrator", "x-admin-key"),
    ])
    .actions(actions![list, delete, add, get]);

fn planning(credential: Credential) -> (Arc<Plan>, ActionContext) {
    let plan = Arc::new(Plan::new());
    let cx = ActionContext::builder(&CONNECTOR, plan.clone()).credential(credential);
    (plan, cx.build())
}

fn entry(name: &str) -> Entry {
    let registry = Registry::new([&CONNECTOR]).unwrap();
    registry.find(&format!("things.{name}")).unwrap()
}

fn keys(requests: &[PlannedRequest]) -> Vec<&str> {
    let headers = requests.iter().flat_map(|request| &request.headers);
    let names = headers.map(|(name, _)| name.as_str());
    names.filter(|name| name.ends_with("key")).collect()
}

#[test]
fn requests_go_by_the_schemes_of_their_action() {
    for (name, expected) in [
        ("things.list", &[][..]),
        ("things.delete", &["x-admin-key"]),
        ("things.add", &["x-admin-key"]),
        ("things.get", &["x-key"]),
    ] {
        let (plan, cx) = planning(Credential::token("right-token"));
        let action = entry(name).action;
        // A plan ends the call once it is sent.
        drop(block_on(action.decode(json!({})).unwrap().run(&cx)));
        assert_eq!(keys(&plan.requests()), expected, "{name}");
    }
    let (plan, cx) = planning(Credential::token("right-token"));
    drop(block_on(delete(&cx)));
    assert_eq!(keys(&plan.requests()), ["x-admin-key"], "called directly");
}

#[test]
fn a_lost_write_is_looked_for_by_the_schemes_of_its_action() {
    let (plan, cx) = planning(Credential::token("right-token"));
    let lost = Lost::new(SystemTime::now(), "key");
    let action = entry("things.add").action;
    let reconciliation = action.reconcile(json!({}), lost).unwrap().unwrap();
    drop(block_on(reconciliation.find(&cx)));
    assert_eq!(keys(&plan.requests()), ["x-admin-key"]);
}

#[test]
fn a_caller_learns_which_schemes_an_action_takes() {
    let labels = |name: &str| -> Vec<String> {
        let entry = entry(name);
        entry.schemes().map(|auth| auth.label.to_owned()).collect()
    };
    assert!(labels("things.list").is_empty());
    assert_eq!(labels("things.delete"), ["Key of an administrator"]);
    assert_eq!(labels("things.get"), ["Key", "Key of an administrator"]);
}

#[test]
fn without_a_credential_only_what_takes_none_is_sent() {
    for (name, is_sent) in [("things.list", true), ("things.delete", false)] {
        let (plan, cx) = planning(Credential::None);
        let action = entry(name).action;
        let outcome = block_on(action.decode(json!({})).unwrap().run(&cx));
        assert_eq!(plan.requests().len() == 1, is_sent, "{name}");
        if !is_sent {
            assert_eq!(outcome.unwrap_err().code(), ErrorCode::AuthRequired);
        }
    }
}

#[test]
fn what_requests_leave_for_the_result_is_not_lost() {
    let (_, cx) = planning(Credential::None);
    let inner = cx.by_schemes(&[]);
    inner.notes().raw = Some(json!(1).into());
    assert_eq!(cx.take_notes().raw, Some(json!(1).into()));
}
