use plugwright_sdk::host::Registry;
use plugwright_sdk::json;

use super::*;
use crate::catalog::{Catalog, HeldFacts};
use crate::pipeline::resolve::resolve;

const ID: &str = "github.issues.list";

/// Runs `work` with the facts of an action that lists.
fn with_action(work: impl FnOnce(&ActionFacts)) {
    with_facts(ID, work);
}

fn with_facts(id: &str, work: impl FnOnce(&ActionFacts)) {
    let catalog = Catalog::new(Registry::new([&plugwright_github::CONNECTOR]).unwrap());
    let target = crate::call::Target::Action {
        name: id.to_owned(),
        input: std::sync::Arc::new(json!({})),
    };
    let held = HeldFacts::new();
    let resolved = resolve(&catalog, &target, &held, |_| true).unwrap();
    work(resolved.action.unwrap());
}

const NOWHERE: Place<'_> = Place {
    owner: None,
    account: None,
};

#[test]
fn a_cursor_goes_on_with_the_list_that_gave_it() {
    with_action(|action| {
        let input = json!({ "repo": "a/b", "per_page": 30 });
        let text = seal(None, action, &input, NOWHERE, "next").unwrap();
        for same in [
            json!({ "per_page": 30, "repo": "a/b" }),
            json!({ "per_page": 30.0, "repo": "a/b" }),
            json!({ "repo": "a/b" }),
            json!({ "repo": "a/b", "labels": null }),
        ] {
            let bound = open(None, action, &text).unwrap();
            assert!(bound.check_input(action, &same).is_ok(), "{same}");
            assert_eq!(bound.at(NOWHERE).unwrap(), "next");
        }
        for other in [
            json!({ "repo": "a/c" }),
            json!({}),
            json!({ "repo": "a/b", "per_page": 31 }),
            json!({ "repo": "a/b", "per_page": "30" }),
            json!({ "repo": "a/b", "labels": [] }),
        ] {
            let bound = open(None, action, &text).unwrap();
            let error = bound.check_input(action, &other).unwrap_err();
            assert_eq!(error.param(), Some("cursor"), "{other}");
            assert!(error.message().contains("another input"), "{error}");
        }
    });
}

#[test]
fn a_cursor_stays_with_its_owner_and_connection() {
    with_action(|action| {
        let [mine, other] =
            ["mine", "other"].map(|name: &str| Owner::Organization(name.to_owned()));
        let at = |owner, account| Place {
            owner: Some(owner),
            account: Some(Uuid::from_u128(account)),
        };
        let text = seal(None, action, &json!({}), at(&mine, 1), "next").unwrap();
        let bound = || open(None, action, &text).unwrap();
        assert!(bound().at(at(&mine, 1)).is_ok());
        for place in [at(&mine, 2), at(&other, 1), NOWHERE] {
            let error = bound().at(place).unwrap_err();
            assert!(error.message().contains("another connection"), "{error}");
        }
    });
}

#[test]
fn what_no_page_gave_is_no_cursor() {
    with_action(|action| {
        for text in ["", "2", "x.y", "L3Byb2plY3Rz", "\u{0}"] {
            let error = open(None, action, text).unwrap_err();
            assert!(
                error.message().contains("is not a cursor of this action"),
                "{error}"
            );
        }
    });
}

#[test]
fn an_action_without_pages_takes_no_cursor() {
    with_facts("github.issues.get", |action| {
        let error = open(None, action, "abc").unwrap_err();
        assert_eq!(
            error.message(),
            "`cursor` is only for lists; this action doesn't return one"
        );
    });
}
