//! Files sent with `NAME=@FILE` and stored with `--save`.

use std::fs;
use std::path::PathBuf;

use crate::binary::{command, finish, plugwright};

/// An empty directory for a test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

const ARCHIVE: &str =
    "run github.repos.download_archive repo=octokit-fixture-org/get-archive ref=main --replay";

#[test]
fn a_saved_file_is_whole_and_alone_in_its_folder() {
    let folder = folder("saved");
    let path = folder.join("archive.tar.gz");
    let ran = plugwright(&format!(
        "{ARCHIVE} --output json --save {}",
        path.display()
    ));
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert_eq!(ran.err, format!("saved to {}\n", path.display()));
    let output: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(output["content"], serde_json::Value::Null);
    let bytes = fs::read(&path).unwrap();
    assert_eq!(output["size"], bytes.len());
    assert_eq!(bytes[..2], [0x1f, 0x8b], "it is not gzip");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn nothing_is_left_of_a_file_that_did_not_come() {
    let folder = folder("not-saved");
    let path = folder.join("archive.tar.gz");
    let ran = plugwright(&format!(
        "run github.repos.download_archive repo=o/r ref=none --replay --save {}",
        path.display()
    ));
    assert_ne!(ran.exit, 0);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "{}", ran.err);
}

#[test]
fn a_place_that_can_t_be_written_is_named() {
    let ran = plugwright(&format!("{ARCHIVE} --save /no/such/folder/file"));
    assert_eq!(ran.exit, 4);
    assert!(
        ran.err
            .contains("`--save` can't be written to `/no/such/folder/file`: "),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("try again"), "{}", ran.err);
}

#[test]
fn only_actions_that_return_a_file_can_save_one() {
    let ran = plugwright("run github.issues.get repo=o/r issue_number=1 --replay --save x");
    assert_eq!(ran.exit, 4);
    assert!(
        ran.err.contains("is only for actions that return a file"),
        "{}",
        ran.err
    );
}

#[test]
fn a_dry_run_has_no_file_to_save() {
    let ran = plugwright("run github.repos.download_archive repo=o/r ref=main --dry-run --save x");
    assert_eq!(ran.exit, 4);
    assert!(ran.err.contains("cannot be used with"), "{}", ran.err);
}

#[test]
fn an_attached_file_is_the_body() {
    let folder = folder("attached");
    let path = folder.join("hello.txt");
    let upload = |content_type: &str| {
        finish(&mut command(&[
            "run",
            "github.releases.upload_asset",
            "repo=octokit-fixture-org/release-assets",
            "release_id=1000",
            "name=test-upload.txt",
            "label=test",
            content_type,
            &format!("content=@{}", path.display()),
            "--replay",
            "--fields=name,size",
            "--output=minimal",
        ]))
    };
    fs::write(&path, "Hello, world!\n").unwrap();
    let ran = upload("content_type=text/plain");
    assert_eq!(
        (ran.exit, ran.out.trim()),
        (0, "name=test-upload.txt size=14"),
        "{}",
        ran.err
    );

    // The only content in the recorded traffic.
    fs::write(&path, "Hello, moon!\n").unwrap();
    let ran = upload("content_type=text/plain");
    assert!(
        ran.err
            .contains("recorded with another body than Hello, moon!"),
        "{}",
        ran.err
    );
}

#[test]
fn a_string_is_read_from_a_file_and_two_signs_are_one() {
    let folder = folder("text");
    let path = folder.join("body.md");
    fs::write(&path, "line\n@end").unwrap();
    let ran = finish(&mut command(&[
        "run",
        "github.issues.create",
        "repo=octocat/Hello-World",
        "title=@@octocat",
        &format!("body=@{}", path.display()),
        "--dry-run",
        "--output=json",
    ]));
    let planned: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        planned[0]["body"]["json"],
        serde_json::json!({ "title": "@octocat", "body": "line\n@end" }),
        "{}",
        ran.err
    );
    let ran = plugwright("run github.issues.create repo=o/r title=@octocat --dry-run");
    assert_eq!(ran.exit, 4);
    assert!(
        ran.err.contains("`title` can't be read from `octocat`: ")
            && ran.err.contains("is written `@@octocat`"),
        "{}",
        ran.err
    );
}
