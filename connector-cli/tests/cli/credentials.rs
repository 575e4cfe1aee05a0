//! Sources of credentials, which no output shows.

use std::path::PathBuf;

use crate::binary::{command, finish, plugwright};

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_missing_credential_names_the_variable_and_the_flag() {
    let ran = plugwright("run github.issues.list repo=o/r");
    assert_eq!((ran.exit, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.contains("PLUGWRIGHT_GITHUB_TOKEN") && ran.err.contains("--credential-file"),
        "{}",
        ran.err
    );
    let ran = plugwright("run github.issues.list repo=o/r --output json");
    assert!(ran.err.contains(r#""code":"AUTH_REQUIRED""#), "{}", ran.err);
}

#[test]
fn an_empty_variable_is_no_credential() {
    let ran = finish(
        command(&["run", "github.issues.list", "repo=o/r"]).env("PLUGWRIGHT_GITHUB_TOKEN", " "),
    );
    assert_eq!(ran.exit, 2, "{}", ran.err);
}

#[test]
fn a_malformed_file_is_refused_without_showing_it() {
    for (name, text) in [
        ("broken.json", r#"{"token":"hunter2-hunter2""#),
        ("unknown.json", r#"{"hunter2-hunter2":1}"#),
        ("number.json", r#"{"token":72}"#),
        ("list.json", r#"{"token":["hunter2-hunter2"]}"#),
        ("lines.txt", "hunter2-hunter2\nhunter2-hunter2"),
        ("empty.txt", "\n"),
    ] {
        let path = file(name, text);
        let path = path.to_str().unwrap();
        for form in ["table", "json"] {
            let ran = finish(&mut command(&[
                "run",
                "github.issues.list",
                "repo=o/r",
                "--output",
                form,
                "--credential-file",
                path,
            ]));
            assert_eq!((ran.exit, ran.out.as_str()), (4, ""), "{name}: {}", ran.err);
            assert!(
                ran.err.contains(name) && !ran.err.contains("hunter2") && !ran.err.contains("72"),
                "{}",
                ran.err
            );
        }
    }
}

#[test]
fn a_credential_of_another_kind_is_refused_before_anything_is_sent() {
    let path = file(
        "basic.json",
        r#"{"username":"me","password":"hunter2-hunter2"}"#,
    );
    let ran = finish(&mut command(&[
        "run",
        "github.issues.list",
        "repo=o/r",
        "--credential-file",
        path.to_str().unwrap(),
    ]));
    assert_eq!(ran.exit, 2, "{}", ran.err);
    assert!(
        ran.err.contains("another kind") && !ran.err.contains("hunter2"),
        "{}",
        ran.err
    );
}
