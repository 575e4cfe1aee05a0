//! Where sites are, and what is refused unsent.

use std::sync::Arc;

use plugwright_jira::CONNECTOR;
use plugwright_sdk::host::Registry;
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::Plan;
use plugwright_sdk::{ActionContext, ErrorCode, Value, json, run};

/// The URL of the request that an action would make, or the error without one.
fn planned(
    name: &str,
    input: Value,
    base_url: &str,
) -> Result<String, plugwright_sdk::ActionError> {
    let registry = Registry::new([&CONNECTOR]).unwrap();
    let action = registry.find(&format!("jira.{name}")).unwrap().action;
    let plan = Arc::new(Plan::new());
    let cx = ActionContext::builder(&CONNECTOR, plan.clone())
        .credential(CONNECTOR.auth()[0].placeholder())
        .setting("base_url", base_url)
        .build();
    let error = block_on(run(&*action, &cx, input)).unwrap_err();
    let requests = plan.requests();
    requests
        .first()
        .map(|request| request.url.clone())
        .ok_or(error)
}

#[test]
fn a_site_is_named_by_its_address_or_its_cloud_id() {
    for (base_url, url) in [
        (
            "https://your-domain.atlassian.net",
            "https://your-domain.atlassian.net/rest/api/3/myself",
        ),
        (
            "https://api.atlassian.com/ex/jira/1324a887-45db-1bf4-1e99-ef0ff456d421",
            "https://api.atlassian.com/ex/jira/1324a887-45db-1bf4-1e99-ef0ff456d421/rest/api/3/myself",
        ),
    ] {
        assert_eq!(planned("users.me", json!({}), base_url).unwrap(), url);
        assert_eq!(
            planned("sites.list", json!({}), base_url).unwrap(),
            "https://api.atlassian.com/oauth/token/accessible-resources"
        );
    }
    let missing = CONNECTOR.check_settings(&[].into());
    assert_eq!(missing[0].param, "base_url");
}

#[test]
fn what_jira_would_not_understand_is_refused_unsent() {
    for (name, input, param) in [
        ("issues.get", json!({ "issue": "ED" }), "issue"),
        ("issues.get", json!({ "issue": "ED-1/comment" }), "issue"),
        ("projects.get", json!({ "project": "a b" }), "project"),
        (
            "issues.update",
            json!({ "issue": "ED-1", "labels": ["a"], "add_labels": ["b"] }),
            "add_labels",
        ),
        (
            "users.search_assignable",
            json!({ "query": "mia" }),
            "issue",
        ),
        (
            "worklogs.create",
            json!({ "issue": "ED-1", "time_spent_seconds": 10 }),
            "time_spent_seconds",
        ),
        (
            "worklogs.create",
            json!({ "issue": "ED-1", "time_spent_seconds": 60, "started": "yesterday" }),
            "started",
        ),
    ] {
        let error = planned(name, input, "https://your-domain.atlassian.net").unwrap_err();
        assert_eq!(error.code(), ErrorCode::ValidationError, "{name}: {error}");
        assert_eq!(error.param(), Some(param), "{name}: {error}");
    }
}

#[test]
fn a_credential_is_known_by_its_mail_address_if_that_is_shown() {
    let identity = CONNECTOR.identity().unwrap();
    for (me, label) in [
        (
            json!({ "accountId": "5b10", "emailAddress": "mia@example.com", "displayName": "Mia" }),
            "mia@example.com",
        ),
        (json!({ "accountId": "5b10", "displayName": "Mia" }), "Mia"),
    ] {
        let account = identity.account(&me).unwrap();
        assert_eq!(
            (account.id.as_str(), account.label.as_str()),
            ("5b10", label)
        );
    }
    assert!(identity.account(&json!({ "message": "no" })).is_none());
}
