//! Writes are found again in what the server answers, and nothing else is taken for them.

use plugwright_jupyter::CONNECTOR;
use plugwright_sdk::testing::{LostWrite, MockContext, block_on};
use plugwright_sdk::{Action as _, Lost, Outcome, Value, json};

fn find<const N: usize>(lost: &LostWrite, answers: [(u16, Value); N]) -> Outcome<Value> {
    lost.find(answers).unwrap()
}

fn missing() -> (u16, Value) {
    (
        404,
        json!({ "message": "file or directory does not exist", "reason": null }),
    )
}

#[test]
fn a_renaming_is_over_if_the_old_path_is_free() {
    let lost = LostWrite::new(&CONNECTOR, "files.rename");
    let there = (200, lost.answer.clone());
    assert_eq!(
        find(&lost, [there.clone(), missing()]),
        Outcome::Done(lost.output())
    );
    assert_eq!(
        find(&lost, [there.clone(), there.clone()]),
        Outcome::NotDone
    );
    assert_eq!(find(&lost, [missing(), there]), Outcome::NotDone);
}

#[test]
fn a_copy_is_the_only_new_file_of_such_a_name() {
    let lost = LostWrite::new(&CONNECTOR, "files.copy").made_at("/created");
    let folder = |entries: &[&Value]| (200, json!({ "content": entries }));
    let copy = &lost.answer;
    let mut source = copy.clone();
    source["path"] = lost.input["path"].clone();
    source["name"] = "notes.txt".into();
    let mut old = copy.clone();
    old["created"] = "2019-01-01T00:00:00Z".into();
    let mut other = copy.clone();
    other["name"] = "lamp.png".into();
    let entries = [copy, &source, &old, &other];
    assert_eq!(
        find(&lost, [folder(&entries)]),
        Outcome::Done(lost.output())
    );
    assert_eq!(find(&lost, [folder(&entries[1..])]), Outcome::NotDone);
    let twice = find(&lost, [folder(&[copy, copy])]);
    assert!(matches!(twice, Outcome::Unknown(_)), "{twice:?}");
}

#[test]
fn a_session_is_the_one_of_its_path() {
    let lost = LostWrite::new(&CONNECTOR, "sessions.start");
    let one = &lost.answer;
    let mut other = one.clone();
    other["path"] = "other.ipynb".into();
    let sessions = (200, json!([other, one]));
    assert_eq!(find(&lost, [sessions]), Outcome::Done(lost.output()));
    assert_eq!(find(&lost, [(200, json!([other]))]), Outcome::NotDone);
}

#[test]
fn what_was_deleted_or_stopped_is_not_there_any_more() {
    for (action, input) in [
        ("files.delete", json!({ "path": "a.txt" })),
        ("kernels.stop", json!({ "kernel_id": "k" })),
        ("sessions.stop", json!({ "session_id": "s" })),
    ] {
        let action = CONNECTOR
            .actions()
            .iter()
            .find(|it| it.name() == action)
            .unwrap();
        let kernel = json!({ "id": "k", "name": "python3" });
        let entry = json!({ "name": "a.txt", "path": "a.txt", "type": "file", "id": "s", "kernel": kernel });
        for (answer, done) in [(missing(), true), ((200, entry), false)] {
            let cx = MockContext::new(&CONNECTOR, [answer]);
            let lost = Lost::new(std::time::SystemTime::now(), "key");
            let search = action.reconcile(input.clone(), lost).unwrap().unwrap();
            let found = block_on(search.find(&cx)).unwrap();
            assert_eq!(matches!(found, Outcome::Done(_)), done, "{}", action.name());
        }
    }
}
