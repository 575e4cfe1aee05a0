//! `lock`: the file, what is named as changed, and the exit codes.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::binary::{Ran, plugwright};

struct Place {
    _folder: tempfile::TempDir,
    file: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plugwright.lock");
        Self {
            _folder: folder,
            file,
        }
    }

    fn lock(&self, flags: &str) -> Ran {
        plugwright(&format!("lock --file {} {flags}", self.file.display()))
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.file).unwrap()
    }

    /// Replaces all blocks by what `edit` makes of those with other contents.
    fn rewrite(&self, edit: impl Fn(&mut plugwright_engine::lock::Lock)) {
        let mut lock = plugwright_engine::lock::Lock::parse(&self.text()).unwrap();
        edit(&mut lock);
        fs::write(&self.file, lock.to_text()).unwrap();
    }
}

#[test]
fn what_was_locked_passes_and_is_written_the_same_again() {
    let place = Place::new();
    let ran = place.lock("");
    assert_eq!((ran.exit, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.contains(" actions\n"), "{}", ran.err);
    let text = place.text();
    assert!(text.contains("\n[actions.\"github.issues.create\"]\n"));
    let ran = place.lock("--check");
    assert_eq!((ran.exit, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert_eq!(place.lock("").exit, 0);
    assert_eq!(place.text(), text);
    let folder = fs::read_dir(place.file.parent().unwrap()).unwrap();
    assert_eq!(folder.count(), 1);
}

#[test]
fn more_authority_fails_and_names_the_action_and_the_file() {
    let place = Place::new();
    place.lock("");
    place.rewrite(|lock| {
        let action = lock.actions.get_mut("github.labels.delete").unwrap();
        action.effect = plugwright_sdk::host::Effect::Write;
        action.scopes.clear();
        lock.actions.remove("github.issues.list");
    });
    let before = place.text();
    let ran = place.lock("--check");
    assert_eq!(ran.exit, 1, "{}", ran.err);
    for line in [
        "wider     github.issues.list: action: is new, with effect read\n",
        "wider     github.labels.delete: effect: is destructive, was write\n",
        "wider     github.labels.delete: scopes: `repo or public_repo` is new\n",
    ] {
        assert!(ran.out.contains(line), "{}", ran.out);
    }
    let file = place.file.display();
    assert!(
        ran.err
            .contains(&format!("3 changes are not allowed by `{file}`")),
        "{}",
        ran.err
    );
    assert_eq!(place.text(), before);
    let ran = place.lock("--check --output json");
    let rows: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(rows[1]["action"], "github.labels.delete");
    assert_eq!(rows[1]["kind"], "wider");
    assert_eq!(rows[1]["aspect"], "effect");
    assert_eq!(rows[1]["fails"], true);
    // It is named once more when it is accepted.
    let ran = place.lock("");
    assert_eq!(ran.exit, 0);
    assert_eq!(ran.out.lines().count(), 3);
    assert_eq!(place.lock("--check").out, "");
}

#[test]
fn other_changes_are_named_and_fail_if_they_are_denied() {
    let place = Place::new();
    place.lock("");
    place.rewrite(|lock| {
        let action = lock.actions.get_mut("github.issues.create").unwrap();
        action.title.push('!');
        action.input["properties"]["more"] = serde_json::json!({ "type": "string" });
        action.scopes.insert("more".to_owned());
    });
    let ran = place.lock("--check");
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let expected = "\
narrower  github.issues.create: scopes: `more` is gone
breaking  github.issues.create: input: `more` is gone
wording   github.issues.create: wording: changed in title
";
    assert_eq!(ran.out, expected);
    assert_eq!(place.lock("--check --deny breaking").exit, 1);
    assert_eq!(place.lock("--check --deny wording,narrower").exit, 1);
    assert_eq!(place.lock("--check --deny wider").exit, 0);
    assert_eq!(place.lock("--deny wider").exit, 4);
}

#[test]
fn a_lock_that_is_missing_or_damaged_has_its_own_exit_code() {
    let place = Place::new();
    let ran = place.lock("--check");
    assert_eq!((ran.exit, ran.out.as_str()), (3, ""));
    assert!(
        ran.err.contains("there is no `") && ran.err.contains("lock` writes it"),
        "{}",
        ran.err
    );
    place.lock("");
    let good = place.text();
    for (damaged, reason) in [
        (
            good.replacen("\neffect", "\n<<<<<<< HEAD\neffect", 1),
            "has a merge conflict",
        ),
        (
            good.replacen("version = 1", "version = 7", 1),
            "has version 7",
        ),
        (
            good.replacen("effect = \"", "effect = \"un", 1),
            "`effect` can't be `un",
        ),
        (good.replacen("idempotent = ", "idempotent = !", 1), "line "),
        (
            good.replacen("title = \"", "title = \"X", 1),
            "the digest doesn't match the content",
        ),
    ] {
        assert_ne!(damaged, good);
        fs::write(&place.file, &damaged).unwrap();
        let ran = place.lock("--check");
        assert_eq!((ran.exit, ran.out.as_str()), (4, ""), "{}", ran.err);
        assert!(
            ran.err.contains(reason) && ran.err.contains("plugwright.lock"),
            "{}",
            ran.err
        );
    }
    // Writing it anew is how a conflict is resolved.
    let ran = place.lock("");
    assert_eq!(ran.exit, 0);
    assert!(ran.err.contains("replaced: "), "{}", ran.err);
    assert_eq!(place.text(), good);
    assert_eq!(
        plugwright("lock --file no/such/folder/plugwright.lock").exit,
        1
    );
}
