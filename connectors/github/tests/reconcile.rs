//! Writes are found again in what GitHub answers, and nothing else is taken for them.

use std::time::{Duration, SystemTime};

use plugwright_github::CONNECTOR;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{Action as _, Cassette, Lost, Outcome, Result, Value, json, run, serde_json};

/// A create action's main cassette.
struct Created {
    action: &'static str,
    cassette: Cassette,
}

impl Created {
    fn new(action: &'static str) -> Self {
        let cassettes = Cassette::shipped(CONNECTOR.cassettes()).unwrap();
        let mut own = cassettes.into_iter().filter(|one| one.action == action);
        let cassette = own.find(|one| one.expect.error.is_none()).unwrap();
        Self { action, cassette }
    }

    fn input(&self) -> Value {
        self.cassette.call.input.clone().into()
    }

    /// What GitHub answered.
    fn answer(&self) -> Value {
        let exchange = self.cassette.exchanges.last().unwrap();
        serde_json::from_slice(&exchange.response.bytes()).unwrap()
    }

    /// What the action makes of the answer.
    fn output(&self) -> Value {
        let cx = MockContext::new(&CONNECTOR, [(201, self.answer())]);
        let action = definition(self.action);
        let result = block_on(run(action, &cx, self.input())).unwrap();
        result.data.into_value()
    }

    /// Looks for the write at a time, with these answers of GitHub's.
    fn find_at(
        &self,
        started_at: SystemTime,
        answers: impl IntoIterator<Item = (u16, Value)>,
    ) -> Result<Outcome<Value>> {
        let cx = MockContext::new(&CONNECTOR, answers);
        let lost = Lost::new(started_at, "key");
        let found = definition(self.action).reconcile(self.input(), lost)?;
        let outcome = block_on(found.unwrap().find(&cx))?;
        for request in cx.sent() {
            let reads = request.method == "GET" || request.url.path() == "/graphql";
            assert!(reads, "{} {}", request.method, request.url);
        }
        outcome.try_map(|result| Ok(result.data.into_value()))
    }

    fn find(&self, answers: impl IntoIterator<Item = (u16, Value)>) -> Outcome<Value> {
        self.find_at(self.time(), answers).unwrap()
    }

    /// When GitHub made it.
    fn time(&self) -> SystemTime {
        let answer = self.answer();
        let comment = &answer["data"]["addDiscussionComment"]["comment"];
        let time = answer["created_at"]
            .as_str()
            .or(comment["createdAt"].as_str());
        time.map_or_else(SystemTime::now, |time| {
            humantime::parse_rfc3339(time).unwrap()
        })
    }
}

fn definition(name: &str) -> &'static plugwright_sdk::host::ActionDefinition {
    let mut actions = CONNECTOR.actions().iter();
    actions.find(|action| action.name() == name).unwrap()
}

const SEVERAL: &str = "several things match what was written";

#[test]
fn a_write_is_the_only_match_of_a_list() {
    for action in [
        "issues.create",
        "pulls.create",
        "statuses.create",
        "releases.upload_asset",
    ] {
        let created = Created::new(action);
        let one = created.answer();
        let done = Outcome::Done(created.output());
        assert_eq!(created.find([(200, json!([one]))]), done, "{action}");
        assert_eq!(
            created.find([(200, json!([]))]),
            Outcome::NotDone,
            "{action}"
        );
        let twice = created.find([(200, json!([one, one]))]);
        assert_eq!(twice, Outcome::unknown(SEVERAL), "{action}");
        // One that was there before the call.
        let later = created.time() + Duration::from_mins(5);
        let found = created.find_at(later, [(200, json!([one]))]).unwrap();
        assert_eq!(found, Outcome::NotDone, "{action}");
        // A token that may not list.
        let refused = (403, json!({ "message": "Resource not accessible" }));
        assert!(created.find_at(later, [refused]).is_err(), "{action}");
    }
}

#[test]
fn a_write_differs_from_others_by_what_was_written() {
    for (action, member, other) in [
        ("issues.create", "title", json!("Another")),
        ("issues.create", "body", json!("Another")),
        ("issues.create", "pull_request", json!({})),
        ("pulls.create", "title", json!("Another")),
        ("statuses.create", "state", json!("success")),
        ("statuses.create", "context", json!("example/2")),
        ("releases.upload_asset", "name", json!("other.txt")),
    ] {
        let created = Created::new(action);
        let mut another = created.answer();
        another[member] = other;
        let found = created.find([(200, json!([another]))]);
        assert_eq!(found, Outcome::NotDone, "{action} {member}");
    }
    let unfinished = Created::new("releases.upload_asset");
    let mut asset = unfinished.answer();
    asset["state"] = "open".into();
    let found = unfinished.find([(200, json!([asset]))]);
    assert_eq!(found, Outcome::unknown("the upload is not finished"));
}

#[test]
fn what_has_a_name_of_its_own_is_found_by_it() {
    for (action, member, other) in [
        ("labels.create", "color", json!("000000")),
        (
            "refs.create",
            "object",
            json!({ "sha": "1".repeat(40), "type": "commit" }),
        ),
    ] {
        let created = Created::new(action);
        let mut one = created.answer();
        let done = Outcome::Done(created.output());
        assert_eq!(created.find([(200, one.clone())]), done, "{action}");
        let missing = (404, json!({ "message": "Not Found" }));
        assert_eq!(created.find([missing]), Outcome::NotDone, "{action}");
        one[member] = other;
        let found = created.find([(200, one)]);
        assert!(matches!(found, Outcome::Unknown(_)), "{action}: {found:?}");
    }
}

#[test]
fn a_file_is_found_by_its_commit() {
    let created = Created::new("contents.put");
    let answer = created.answer();
    let commit = json!({ "sha": answer["commit"]["sha"], "commit": answer["commit"] });
    let commits = (200, json!([commit]));
    let file = (200, answer["content"].clone());
    let done = Outcome::Done(created.output());
    assert_eq!(created.find([commits, file]), done);
    let mut other = commit;
    other["commit"]["message"] = "another".into();
    assert_eq!(created.find([(200, json!([other]))]), Outcome::NotDone);
}

#[test]
fn a_comment_on_a_discussion_is_one_of_the_own_ones() {
    let created = Created::new("discussions.create_comment");
    let mut comment = created.answer()["data"]["addDiscussionComment"]["comment"].take();
    comment["viewerDidAuthor"] = true.into();
    let list = |comments: &[Value]| {
        let comments = json!({ "nodes": comments });
        (200, json!({ "data": { "node": { "comments": comments } } }))
    };
    let done = Outcome::Done(created.output());
    assert_eq!(created.find([list(&[comment.clone()])]), done);
    let mut newer = vec![comment.clone(); 100];
    for other in &mut newer {
        other["body"] = "Another".into();
    }
    let found = created.find([list(&newer)]);
    assert_eq!(found, Outcome::unknown("there are too many newer comments"));
    comment["viewerDidAuthor"] = false.into();
    assert_eq!(created.find([list(&[comment])]), Outcome::NotDone);
}

#[test]
fn every_create_action_that_can_be_found_again_is() {
    let without: Vec<_> = CONNECTOR
        .actions()
        .iter()
        .filter(|action| action.name().contains("create") && !action.idempotent())
        .filter(|action| action.reconciles_by().is_none())
        .map(|action| action.name())
        .collect();
    // GitHub closed classic projects.
    assert_eq!(without, ["project_cards.create"]);
}
