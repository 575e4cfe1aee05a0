use plugwright_sdk::host::{Effect, Registry, Returns};
use serde_json::json;

use super::*;

fn lock(id: &str) -> Lock {
    let action = LockedAction {
        effect: Effect::Write,
        idempotent: false,
        scopes: ["repo".to_owned()].into(),
        auth: Some(["api_key: Key in x-key".to_owned()].into()),
        hosts: ["https://api.example.com".to_owned()].into(),
        returns: Returns::Single,
        title: "Create \"it\"".to_owned(),
        description: "First line.\n\n=======\n<<<<<<< \u{7f} \\ ''' \u{1F600}".to_owned(),
        deprecated: None,
        input: json!({ "properties": { "name": { "default": "'''\n=======\n''''\u{7f}" } } }),
        output: json!({}),
    };
    Lock {
        actions: [(id.to_owned(), action)].into(),
    }
}

#[test]
fn what_is_written_reads_back() {
    for id in ["shop.items.create", "a\"b\\c.d\ne"] {
        let lock = lock(id);
        let text = lock.to_text();
        assert_eq!(Lock::parse(&text).unwrap(), lock, "{text}");
        // Git may have turned the ends of lines.
        assert_eq!(Lock::parse(&text.replace('\n', "\r\n")).unwrap(), lock);
    }
    assert_eq!(
        Lock::parse(&Lock::default().to_text()).unwrap(),
        Lock::default()
    );
}

#[test]
fn the_lock_of_real_connectors_reads_back_and_is_stable() {
    let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
    let lock = Lock::of(&registry);
    let text = lock.to_text();
    assert_eq!(Lock::parse(&text).unwrap(), lock);
    assert_eq!(Lock::of(&registry).to_text(), text);
    let ids: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("[actions."))
        .collect();
    assert_eq!(ids.len(), plugwright_github::CONNECTOR.actions().len());
    assert!(ids.is_sorted());
}

#[test]
fn a_block_is_laid_out_for_review() {
    let text = lock("shop.items.create").to_text();
    let (_, block) = text.split_once("\n\n").unwrap();
    let (head, rest) = block.split_at(block.find("effect").unwrap());
    assert!(head.starts_with("[actions.\"shop.items.create\"]\ndigest = \"sha256:"));
    let expected = "\
effect = \"write\"
idempotent = false
scopes = [\"repo\"]
auth = [\"api_key: Key in x-key\"]
hosts = [\"https://api.example.com\"]
returns = \"single\"
title = \"Create \\\"it\\\"\"
";
    assert!(rest.starts_with(expected), "{rest}");
    assert!(rest.ends_with("\noutput = '''\n{}\n'''\n"), "{rest}");
}

#[test]
fn a_merge_that_was_not_finished_is_named_by_its_line() {
    let text = lock("shop.items.create").to_text();
    for mark in ["<<<<<<< HEAD", "||||||| base", "=======", ">>>>>>> theirs"] {
        let conflict = text.replacen("\neffect", &format!("\n{mark}\neffect"), 1);
        let line = conflict.lines().position(|line| line == mark).unwrap() + 1;
        assert_eq!(Lock::parse(&conflict), Err(LockError::Conflict(line)));
        let in_schema = text.replacen("'''\n{", &format!("'''\n{mark}\n{{"), 1);
        assert!(matches!(
            Lock::parse(&in_schema),
            Err(LockError::Conflict(_))
        ));
    }
}

#[test]
fn another_version_is_named() {
    let text = lock("a.b.c")
        .to_text()
        .replace("version = 1", "version = 2\nmore = 3");
    assert_eq!(Lock::parse(&text), Err(LockError::Version { found: 2 }));
}

#[test]
fn what_is_no_lock_is_refused_with_its_line() {
    let text = lock("a.b.c").to_text();
    let broken = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        Lock::parse(&text.replacen(from, to, 1))
            .unwrap_err()
            .to_string()
    };
    for (from, to, expected) in [
        ("version = 1", "", "line 1: missing field `version`"),
        ("version = 1", "version =", "line 3: "),
        ("returns = ", "gives = ", "unknown field `gives`"),
        (
            "idempotent = false",
            "idempotent = 7",
            "line 8: invalid type: integer `7`",
        ),
        (
            "effect = \"write\"",
            "effect = \"wreck\"",
            "`a.b.c`: `effect` can't be `wreck`",
        ),
        (
            "returns = \"single\"",
            "returns = \"two\"",
            "`a.b.c`: `returns` can't be `two`",
        ),
        ("'''\n{", "'''\n", "`a.b.c`: `input` is not JSON"),
        (
            "scopes = [\"repo\"]",
            "scopes = []",
            "`a.b.c`: the digest doesn't match the content",
        ),
    ] {
        let error = broken(from, to);
        assert!(error.contains(expected), "{from} -> {to}: {error}");
    }
    assert!(Lock::parse("").unwrap_err().to_string().contains("version"));
    assert!(Lock::parse("\u{0}").is_err());
}
