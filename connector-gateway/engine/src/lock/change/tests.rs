use plugwright_sdk::host::{Registry, Returns};
use serde_json::json;

use super::*;

const ID: &str = "github.issues.create";

fn github() -> Lock {
    Lock::of(&Registry::new([&plugwright_github::CONNECTOR]).unwrap())
}

/// Returns the changes of one action, and whether each makes it more powerful.
fn after(edit: impl FnOnce(&mut LockedAction)) -> Vec<(String, bool)> {
    let old = github();
    let mut new = old.clone();
    edit(new.actions.get_mut(ID).unwrap());
    let changes = old.changes_to(&new).into_iter();
    changes
        .map(|change| {
            let text = format!("{} {change}", change.kind);
            (
                text.replace(&format!("{ID}: "), ""),
                change.widens_authority(),
            )
        })
        .collect()
}

fn one(edit: impl FnOnce(&mut LockedAction)) -> (String, bool) {
    let changes = after(edit);
    assert_eq!(changes.len(), 1, "{changes:?}");
    changes.into_iter().next().unwrap()
}

#[test]
fn nothing_differs_from_itself() {
    assert_eq!(github().changes_to(&github()), []);
}

#[test]
fn a_stronger_effect_a_further_scope_and_a_further_host_widen_authority() {
    type Edit = fn(&mut LockedAction);
    let cases: [(Edit, &str); 4] = [
        (
            |action| action.effect = Effect::Destructive,
            "wider effect: is destructive, was write",
        ),
        (
            |action| action.idempotent = true,
            "wider effect: calls may now be repeated",
        ),
        (
            |action| action.scopes.extend(["delete_repo".to_owned()]),
            "wider scopes: `delete_repo` is new",
        ),
        (
            |action| action.hosts.extend(["https://example.com".to_owned()]),
            "wider hosts: `https://example.com` is new",
        ),
    ];
    for (edit, text) in cases {
        assert_eq!(one(edit), (text.to_owned(), true));
    }
}

#[test]
fn less_authority_is_narrower() {
    assert_eq!(
        one(|action| {
            action.effect = Effect::Read;
            action.idempotent = true;
        }),
        ("narrower effect: is read, was write".to_owned(), false)
    );
    let (text, widens) = one(|action| action.scopes.clear());
    assert!(text.starts_with("narrower scopes: `") && text.ends_with("` is gone") && !widens);
    let (text, widens) = after(|action| action.hosts.clear()).remove(0);
    assert!(text.starts_with("narrower hosts: `") && !widens);
}

#[test]
fn a_further_auth_scheme_widens_authority_and_one_less_breaks_calls() {
    let scheme = |name: &str| Some(std::collections::BTreeSet::from([name.to_owned()]));
    let change = |old: Option<_>, new: Option<_>| {
        let mut before = github();
        before.actions.get_mut(ID).unwrap().auth = old;
        let mut after = before.clone();
        after.actions.get_mut(ID).unwrap().auth = new;
        let changes = before.changes_to(&after).into_iter();
        let texts = changes.map(|change| {
            let text = format!("{} {}: {}", change.kind, change.aspect, change.text);
            (text, change.widens_authority())
        });
        texts.collect::<Vec<_>>()
    };
    let one = |text: &str, widens| vec![(text.to_owned(), widens)];
    assert_eq!(
        change(None, scheme("a")),
        one(
            "breaking auth: now accepts only some of its connector's schemes",
            false
        )
    );
    assert_eq!(
        change(scheme("a"), None),
        one(
            "wider auth: now accepts all of its connector's schemes",
            true
        )
    );
    assert_eq!(
        change(Some(std::collections::BTreeSet::new()), scheme("a")),
        one("wider auth: `a` is new", true)
    );
    let changes = change(scheme("a"), scheme("b"));
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert_eq!(changes[1], ("breaking auth: `a` is gone".to_owned(), false));
}

#[test]
fn schemas_are_compared_in_their_directions() {
    assert_eq!(
        one(|action| action.input["properties"]["title"]["maxLength"] = json!(7)),
        (
            "breaking input: `title` may refuse values that it took".to_owned(),
            false
        )
    );
    assert_eq!(
        one(|action| action.input["properties"]["extra"] = json!({ "type": "string" })),
        ("wider input: `extra` is new".to_owned(), false)
    );
    assert_eq!(
        one(|action| action.output["properties"]["title"]["maxLength"] = json!(7)),
        (
            "narrower output: `title` returns fewer values".to_owned(),
            false
        )
    );
    let (text, widens) = one(|action| action.returns = Returns::List);
    assert!(text.starts_with("breaking output: changed from a single value") && !widens);
}

#[test]
fn texts_are_wording() {
    assert_eq!(
        one(|action| {
            action.title.push('!');
            action.description.push('!');
            action.deprecated = Some("use another".to_owned());
            action.input["properties"]["title"]["description"] = json!("New");
            action.output["properties"]["title"]["description"] = json!("New");
        }),
        (
            "wording wording: changed in title, description, deprecation, input schema, output schema"
                .to_owned(),
            false
        )
    );
    let (text, _) = one(|action| {
        let required = action.input["required"].as_array_mut().unwrap();
        assert!(required.len() > 1);
        required.reverse();
    });
    assert_eq!(
        text,
        "wording wording: the order or form of a schema, with the same values"
    );
}

#[test]
fn a_new_action_widens_authority_and_a_gone_one_breaks_its_callers() {
    let all = github();
    let mut fewer = all.clone();
    fewer.actions.remove(ID);
    let [change] = &fewer.changes_to(&all)[..] else {
        panic!("one action is new");
    };
    assert!(change.widens_authority());
    assert_eq!(
        change.to_string(),
        format!("{ID}: action: is new, with effect write")
    );
    let [change] = &all.changes_to(&fewer)[..] else {
        panic!("one action is gone");
    };
    assert!(!change.widens_authority());
    assert_eq!(
        (change.kind, change.text.as_str()),
        (ChangeKind::Breaking, "is gone")
    );
}
