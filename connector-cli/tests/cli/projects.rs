//! Projects and OAuth clients, against a fake server.

use serde_json::{Value, json};

use crate::binary::finish;
use crate::fake::{ACME, CONFIG, Fake, KEY};

#[test]
fn each_command_asks_for_one_thing() {
    let fake = Fake::start();
    let project = |rest: &str| format!("/admin/projects/{ACME}{rest}");
    let config = |rest: &str| format!("/admin/provider-configs/{CONFIG}{rest}");
    for (line, method, path, body) in [
        (
            "project add acme --display-name Acme --return-uri https://a.example/,acme:",
            "POST",
            "/admin/projects".to_owned(),
            json!({ "name": "acme", "displayName": "Acme", "returnUris": ["https://a.example/", "acme:"] }),
        ),
        (
            "project update acme --name b --return-uri none",
            "PATCH",
            project(""),
            json!({ "name": "b", "returnUris": [] }),
        ),
        ("project remove acme", "DELETE", project(""), Value::Null),
        (
            "project key revoke acme backend",
            "DELETE",
            format!("/admin/tokens/{KEY}"),
            Value::Null,
        ),
        (
            "project config add acme github --name Code --scopes repo,workflow --inactive",
            "POST",
            project("/provider-configs"),
            json!({ "connector": "github", "name": "Code", "scopes": ["repo", "workflow"], "active": false }),
        ),
        (
            "project config update acme github --active true --scopes none",
            "PATCH",
            config(""),
            json!({ "scopes": null, "active": true }),
        ),
        (
            "project config remove acme github",
            "DELETE",
            config(""),
            Value::Null,
        ),
        (
            "oauth set github --client-id Iv1.7 --public",
            "PUT",
            "/admin/oauth-clients/github".to_owned(),
            json!({ "clientId": "Iv1.7", "clientSecret": null }),
        ),
        (
            "oauth set github --project acme --client-id Iv1.7 --public",
            "PUT",
            config("/oauth-client"),
            json!({ "clientId": "Iv1.7", "clientSecret": null }),
        ),
        (
            "oauth remove github",
            "DELETE",
            "/admin/oauth-clients/github".to_owned(),
            Value::Null,
        ),
        (
            "connection list --project acme --user u-1",
            "GET",
            format!("/admin/connections?project={ACME}&externalUserId=u-1"),
            Value::Null,
        ),
    ] {
        let ran = fake.run(line);
        assert_eq!(ran.exit, 0, "{line}: {}", ran.err);
        assert_eq!(fake.last(), (method.to_owned(), path, body), "{line}");
    }
}

#[test]
fn a_new_key_is_alone_on_standard_output() {
    let fake = Fake::start();
    let made = fake.run(
        "project key add acme --name backend --allow github.* --block *.delete --effects read \
         --connect github --rate 100/1m",
    );
    assert_eq!(
        (made.exit, made.out.as_str()),
        (0, "pw_proj_secret\n"),
        "{}",
        made.err
    );
    assert!(made.err.contains("created key backend") && !made.err.contains("secret"));
    let (method, path, body) = fake.last();
    assert_eq!(
        (method.as_str(), path),
        ("POST", format!("/admin/projects/{ACME}/keys"))
    );
    assert_eq!(body["grant"]["actions"], json!(["github.*"]));
    assert_eq!(body["grant"]["blockedActions"], json!(["*.delete"]));
    assert_eq!(body["grant"]["effects"], json!(["read"]));
    assert_eq!(body["grant"]["connect"], json!(["github"]));
    assert_eq!(
        body["grant"]["rateLimit"],
        json!({ "calls": 100, "perSeconds": 60 })
    );
}

#[test]
fn lists_show_nothing_that_moves_the_cursor() {
    let fake = Fake::start();
    for (line, expected) in [
        ("project list", "acme  Acme\\u{1b}[2J  acme:"),
        ("project key list acme", "backend  pw_proj_abcde  github.*"),
        (
            "project config list acme",
            "github     GitHub  yes     -       Iv1.7",
        ),
        (
            "oauth list",
            "github     Iv1.7      yes     store   yes     -",
        ),
    ] {
        let ran = fake.run(line);
        assert_eq!(ran.exit, 0, "{line}: {}", ran.err);
        assert!(ran.out.contains(expected), "{line}: {}", ran.out);
        let json = fake.run(&format!("{line} --output json"));
        let items: Vec<Value> = serde_json::from_str(&json.out).unwrap();
        assert!(!items.is_empty(), "{line}");
    }
}

#[test]
fn what_is_not_there_or_ambiguous_changes_nothing() {
    let fake = Fake::start();
    for (line, exit, message) in [
        ("project remove beta", 3, "no project is named `beta`"),
        (
            "project key revoke acme ci",
            3,
            "no active key is named `ci`",
        ),
        (
            "project config remove acme slack",
            3,
            "has no provider config `slack`",
        ),
        (
            "project config remove acme GitHub",
            4,
            "names 2 provider configs",
        ),
        ("oauth set github --client-id a", 4, "or --public"),
        (
            "oauth set github --client-id a --public --secret-file x",
            4,
            "cannot be used with",
        ),
        ("connection list --user u-1", 4, "--project"),
    ] {
        let ran = fake.run(line);
        assert_eq!(ran.exit, exit, "{line}: {}", ran.err);
        assert!(ran.err.contains(message), "{line}: {}", ran.err);
        if fake.count() > 0 {
            assert_eq!(fake.last().0, "GET", "{line}");
        }
    }
}

#[test]
fn the_secret_comes_from_a_variable_or_a_file_and_is_not_shown() {
    let fake = Fake::start();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("secret");
    std::fs::write(&file, "hunter2\n").unwrap();
    let line = ["oauth", "set", "github", "--client-id", "Iv1.7"];
    let by_variable = finish(
        fake.command(&line)
            .env("PLUGWRIGHT_OAUTH_CLIENT_SECRET", "hunter2"),
    );
    let by_file = finish(
        fake.command(&line)
            .args(["--secret-file", file.to_str().unwrap()]),
    );
    for ran in [by_variable, by_file] {
        assert_eq!(ran.exit, 0, "{}", ran.err);
        assert_eq!(fake.last().2["clientSecret"], "hunter2");
        assert!(!ran.out.contains("hunter2") && !ran.err.contains("hunter2"));
    }
}
