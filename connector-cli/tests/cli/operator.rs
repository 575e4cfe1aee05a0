//! The operator's commands, against a fake server.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::binary::{command, finish, plugwright, ran};
use crate::fake::{CI, Fake, TOKEN, WORK};

#[test]
fn a_new_token_is_alone_on_standard_output() {
    let fake = Fake::start();
    let made = fake.run(
        "token add --name ci --allow github.*,todoist.* --block *.delete --effects read \
         --connections github/work --proxies github --organizations default,acme --rate 100/1m \
         --mcp-tools github.*,search_actions",
    );
    assert_eq!(
        (made.exit, made.out.as_str()),
        (0, "pw_secret\n"),
        "{}",
        made.err
    );
    assert!(made.err.contains("it won't be shown again") && !made.err.contains("pw_secret"));
    let (method, path, body) = fake.last();
    assert_eq!((method.as_str(), path.as_str()), ("POST", "/admin/tokens"));
    assert_eq!(
        body,
        json!({ "name": "ci", "grant": {
            "actions": ["github.*", "todoist.*"], "blockedActions": ["*.delete"],
            "effects": ["read"], "connections": [WORK], "proxies": ["github"], "connect": [],
            "organizations": ["default", "acme"],
            "rateLimit": { "calls": 100, "perSeconds": 60 },
            "mcpTools": ["github.*", "search_actions"],
        } })
    );
}

#[test]
fn a_token_is_changed_by_name_and_only_where_an_option_says_so() {
    let fake = Fake::start();
    let changed =
        fake.run("token update ci --effects write --rate none --mcp-tools none --expires never");
    assert_eq!(changed.exit, 0, "{}", changed.err);
    let (method, path, body) = fake.last();
    assert_eq!(
        (method, path),
        ("PATCH".to_owned(), format!("/admin/tokens/{CI}"))
    );
    assert_eq!(body["expiresAt"], Value::Null);
    assert!(body.as_object().unwrap().contains_key("expiresAt"));
    let grant = json!({ "effects": ["write"], "rateLimit": null, "mcpTools": null });
    assert_eq!(body["grant"], grant);

    let before = fake.count();
    assert_eq!(fake.run("token update ci").exit, 0);
    assert_eq!(fake.last().0, "GET", "there was nothing to change");
    assert_eq!(fake.count(), before + 1);
}

#[test]
fn a_token_is_revoked_and_an_unknown_one_is_not_found() {
    let fake = Fake::start();
    let revoked = fake.run("token revoke ci");
    assert_eq!(
        (revoked.exit, revoked.out.as_str()),
        (0, ""),
        "{}",
        revoked.err
    );
    assert_eq!(fake.last().1, format!("/admin/tokens/{CI}"));
    let unknown = fake.run("token revoke nobody");
    assert_eq!(unknown.exit, 3);
    assert!(
        unknown.err.contains("no active token is named `nobody`"),
        "{}",
        unknown.err
    );
}

#[test]
fn lists_are_tables_or_json_with_nothing_that_moves_the_cursor() {
    let fake = Fake::start();
    let table = fake.run("connection list");
    assert_eq!(table.exit, 0, "{}", table.err);
    assert!(
        table
            .out
            .starts_with("CONNECTOR  NAME  DEFAULT  OWNER    STATUS  ACCOUNT")
    );
    assert!(table.out.contains("octo\\u{1b}[2Jcat") && !table.out.contains('\u{1b}'));
    let json = fake.run("connection list --connector todoist --output json");
    let items: Vec<Value> = serde_json::from_str(&json.out).unwrap();
    assert_eq!(items.len(), 1);
    let tokens = fake.run("token list");
    assert!(
        tokens.out.contains("ci    pw_abcd  github.*"),
        "{}",
        tokens.out
    );
    let organizations = fake.run("organization list");
    assert!(
        organizations.out.contains("default  2027-01-15"),
        "{}",
        organizations.out
    );
}

#[test]
fn a_connection_takes_its_credential_from_a_file_a_pipe_or_a_variable() {
    let fake = Fake::start();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("credential.json");
    std::fs::write(&file, r#"{"token":"hunter2"}"#).unwrap();
    let by_file = finish(&mut fake.command(&[
        "connection",
        "add",
        "github",
        "--name",
        "work",
        "--default",
        "--no-test",
        "--credential-file",
        file.to_str().unwrap(),
    ]));
    assert_eq!(by_file.exit, 0, "{}", by_file.err);
    assert_eq!(
        fake.last().2,
        json!({
            "connector": "github", "credential": { "token": "hunter2" }, "name": "work",
            "default": true, "test": false,
        })
    );
    assert!(by_file.out.starts_with("Id:           "), "{}", by_file.out);

    let mut child = fake
        .command(&[
            "connection",
            "replace",
            "github/work",
            "--credential-file",
            "-",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"hunter3\n").unwrap();
    let by_pipe = ran(child.wait_with_output().unwrap());
    assert_eq!(by_pipe.exit, 0, "{}", by_pipe.err);
    let (method, path, body) = fake.last();
    assert_eq!(method, "PUT");
    assert_eq!(path, format!("/admin/connections/{WORK}/credential"));
    assert_eq!(body, json!({ "credential": { "token": "hunter3" } }));

    let by_variable = finish(
        fake.command(&["connection", "add", "github"])
            .env("PLUGWRIGHT_GITHUB_TOKEN", "wrong"),
    );
    assert_eq!(by_variable.exit, 2);
    assert_eq!(fake.last().2["credential"], json!({ "token": "wrong" }));
    assert!(by_variable.err.contains("GitHub refuses the credential"));
    assert!(
        !by_variable.err.contains("PLUGWRIGHT_ADMIN_TOKEN"),
        "the operator's token was good: {}",
        by_variable.err
    );
}

#[test]
fn without_a_terminal_a_missing_credential_is_an_error_and_nothing_is_sent() {
    let fake = Fake::start();
    let ran = fake.run("connection add todoist");
    assert_eq!(ran.exit, 2, "{}", ran.err);
    assert!(ran.err.contains("PLUGWRIGHT_TODOIST_TOKEN"), "{}", ran.err);
    assert_eq!(fake.count(), 0);
}

#[test]
fn only_what_a_connection_takes_is_asked_for() {
    let fake = Fake::start();
    let add = |connector: &str, token: &str| {
        let variable = format!("PLUGWRIGHT_{}_TOKEN", connector.to_ascii_uppercase());
        finish(
            fake.command(&["connection", "add", connector])
                .env(variable, token),
        )
    };
    // Its tokens are those of OAuth.
    for token in ["", "hunter2"] {
        let ran = add("jira", token);
        assert_eq!(ran.exit, 2, "{}", ran.err);
        assert!(
            ran.err
                .contains(r#"pass --credential-file with {"username": "..", "password": ".."}"#)
                && !ran.err.contains("PLUGWRIGHT_JIRA_TOKEN"),
            "{}",
            ran.err
        );
        assert_eq!(fake.count(), 0);
    }
    add("gmail", "hunter2");
    assert_eq!(fake.last().2["credential"], Value::Null);

    let ran = add("github", "spoilt");
    assert_eq!(ran.exit, 4, "{}", ran.err);
    assert!(
        ran.err
            .contains("`PLUGWRIGHT_GITHUB_TOKEN` must not be spoilt"),
        "{}",
        ran.err
    );
    let ran = add("hackernews", "");
    assert!(
        ran.err
            .starts_with("error: `CONNECTOR` can't be `hackernews`"),
        "{}",
        ran.err
    );
}

#[test]
fn a_connection_is_named_by_id_by_name_or_with_its_connector() {
    let fake = Fake::start();
    for name in [WORK, "github/work"] {
        let shown = fake.run(&format!("connection show {name} --output json"));
        let shown: Value = serde_json::from_str(&shown.out).unwrap();
        assert_eq!(shown["id"], WORK, "{name}");
    }
    assert_eq!(fake.run("connection show home").exit, 0);
    let two = fake.run("connection remove work");
    assert_eq!(two.exit, 4);
    assert!(
        two.err.contains("`work` names 2 connections: github/work"),
        "{}",
        two.err
    );
    assert_eq!(fake.last().0, "GET", "nothing was removed");
    assert_eq!(fake.run("connection show nobody").exit, 3);
}

#[test]
fn a_connection_is_renamed_tested_made_default_and_removed() {
    let fake = Fake::start();
    let at = |rest: &str| format!("/admin/connections/{WORK}{rest}");
    for (line, method, path, body) in [
        (
            "connection rename github/work office",
            "PATCH",
            at(""),
            json!({ "name": "office" }),
        ),
        (
            "connection default github/work",
            "PATCH",
            at(""),
            json!({ "default": true }),
        ),
        (
            "connection test github/work",
            "POST",
            at("/test"),
            Value::Null,
        ),
        (
            "connection remove github/work",
            "DELETE",
            at(""),
            Value::Null,
        ),
    ] {
        let ran = fake.run(line);
        assert_eq!(ran.exit, 0, "{line}: {}", ran.err);
        assert_eq!(fake.last(), (method.to_owned(), path, body), "{line}");
    }
}

#[test]
fn runs_are_filtered_and_read_to_the_end() {
    let fake = Fake::start();
    let page = fake.run(
        "runs --action github.issues.list --connection github/work --outcome error \
         --since 2027-01-15T08:00:00Z --limit 2",
    );
    assert_eq!(page.exit, 0, "{}", page.err);
    assert!(
        page.out
            .contains("github.issues.list  ok       200     12.3"),
        "{}",
        page.out
    );
    assert!(page.err.contains("--cursor next"), "{}", page.err);
    assert_eq!(
        fake.last().1,
        format!(
            "/admin/runs?action=github.issues.list&connection={WORK}&outcome=error\
             &since=2027-01-15T08%3A00%3A00.000Z&limit=2"
        )
    );
    let all = fake.run("runs --all --output jsonl");
    assert_eq!((all.out.lines().count(), all.err.as_str()), (3, ""));
    let one = fake.run("runs 01946b1e-7a3c-7000-8000-000000000101");
    assert!(one.out.contains(r#"{"repo":"o/r"}"#), "{}", one.out);
    let none = fake.run("runs 7");
    assert_eq!(none.exit, 3, "{}", none.err);
}

#[test]
fn organizations_and_the_vault_answer() {
    let fake = Fake::start();
    assert!(
        fake.run("organization add beta")
            .out
            .starts_with("Name:    beta")
    );
    assert_eq!(fake.last().2, json!({ "name": "beta" }));
    assert_eq!(fake.run("organization remove beta").exit, 0);
    let full = fake.run("organization remove acme");
    assert_eq!(full.exit, 1);
    assert!(full.err.contains("still has connections"), "{}", full.err);
    let rotated = fake.run("vault rotate");
    assert_eq!(
        (&*rotated.out, rotated.exit),
        ("Key:      k2\nResealed: 7\nSkipped:  1\n", 0)
    );
    assert!(
        rotated.err.contains("skipped connection"),
        "{}",
        rotated.err
    );
}

#[test]
fn a_wrong_or_missing_token_names_the_variable() {
    let fake = Fake::start();
    let wrong = finish(
        fake.command(&["token", "list"])
            .env("PLUGWRIGHT_ADMIN_TOKEN", "hunter2"),
    );
    assert_eq!(wrong.exit, 2);
    assert!(
        wrong.err.contains("set PLUGWRIGHT_ADMIN_TOKEN"),
        "{}",
        wrong.err
    );
    assert!(!wrong.err.contains("hunter2"));
    let asked = fake.count();
    let missing = finish(
        fake.command(&["token", "list", "--output", "json"])
            .env_remove("PLUGWRIGHT_ADMIN_TOKEN"),
    );
    assert_eq!(missing.exit, 2);
    assert!(
        missing.err.contains(r#""code":"ADMIN_AUTH_REQUIRED""#),
        "{}",
        missing.err
    );
    assert_eq!(fake.count(), asked, "nothing was sent");

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    let by_file = finish(
        fake.command(&["token", "list", "--token-file", file.to_str().unwrap()])
            .env("PLUGWRIGHT_ADMIN_TOKEN", "hunter2"),
    );
    assert_eq!(by_file.exit, 0, "{}", by_file.err);
}

#[test]
fn where_nothing_listens_the_hint_is_to_serve() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let ran = finish(
        command(&["runs", "--gateway", &format!("http://{address}")])
            .env("PLUGWRIGHT_ADMIN_TOKEN", TOKEN),
    );
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("can't be reached"), "{}", ran.err);
    assert!(
        ran.err.contains("is `plugwright serve` running there?"),
        "{}",
        ran.err
    );
}

#[test]
fn settings_are_shown_with_their_sources() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("plugwright.toml"),
        "data_dir = \"/srv\"\n[connectors.github]\nenabled = false\n",
    )
    .unwrap();
    let shown = finish(
        command(&["config", "--dev", "--listen", "127.0.0.1:8080"])
            .current_dir(directory.path())
            .env("PLUGWRIGHT_EGRESS_RETRIES", "1")
            .env("PLUGWRIGHT_ADMIN_TOKEN", "hunter2-hunter2-hunter2"),
    );
    assert_eq!(shown.exit, 0, "{}", shown.err);
    let row = |key: &str| {
        let line = shown
            .out
            .lines()
            .find(|line| line.starts_with(key))
            .unwrap();
        line.split_whitespace()
            .skip(1)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(row("listen "), "127.0.0.1:8080 --listen");
    assert_eq!(row("dev "), "true --dev");
    assert_eq!(row("data_dir "), "/srv plugwright.toml:1");
    assert_eq!(row("egress.retries "), "1 PLUGWRIGHT_EGRESS_RETRIES");
    assert_eq!(row("admin_token "), "[set] PLUGWRIGHT_ADMIN_TOKEN");
    assert_eq!(row("vault_key "), "[not set] default");
    assert_eq!(row("log.format "), "text default");
    assert_eq!(row("connectors.github.enabled "), "false plugwright.toml:3");
    assert!(!shown.out.contains("hunter2"));
    let json = plugwright("config --output json");
    let rows: Vec<Value> = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        rows[0],
        json!({ "key": "listen", "value": "127.0.0.1:3000", "source": "default" })
    );
}

#[test]
fn a_switch_takes_a_value_with_or_without_an_equals_sign() {
    for (flags, value) in [
        ("--mcp-enabled false", "false"),
        ("--mcp-enabled=false", "false"),
        ("--mcp-enabled --log-format json", "true"),
    ] {
        let shown = plugwright(&format!("config {flags} --output json"));
        assert_eq!(shown.exit, 0, "{flags}: {}", shown.err);
        let rows: Vec<Value> = serde_json::from_str(&shown.out).unwrap();
        let row = rows.iter().find(|row| row["key"] == "mcp.enabled").unwrap();
        assert_eq!(row["source"], "--mcp-enabled", "{flags}");
        assert_eq!(row["value"].to_string().trim_matches('"'), value, "{flags}");
    }
}

#[test]
fn a_wrong_setting_is_wrong_usage_for_config_and_serve_alike() {
    for line in ["config", "serve"] {
        let ran = plugwright(&format!("{line} --listen 0.0.0.0:3000 --dev"));
        assert_eq!(ran.exit, 4, "{line}");
        assert!(
            ran.err
                .starts_with("error: `--dev` allows calls without a token"),
            "{}",
            ran.err
        );
        let several = plugwright(&format!("{line} --egress-retries many --log-format xml"));
        assert_eq!(several.exit, 4, "{line}");
        assert!(
            several.err.contains("the configuration has 2 problems"),
            "{}",
            several.err
        );
    }
}

#[test]
fn every_setting_is_in_the_help_with_variable_and_default() {
    let help = plugwright("serve --help").out;
    let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for setting in plugwright_gateway::SETTINGS {
        if let Some(flag) = setting.flag() {
            assert!(words.contains(&format!("--{flag}")), "{flag}");
            assert!(
                words.contains(&format!("[env: {}]", setting.variable())),
                "{flag}"
            );
        } else {
            assert!(!words.contains(&format!("[env: {}]", setting.variable())));
        }
    }
    assert!(words.contains("[default: 127.0.0.1:3000]"));
}
