//! Errors name the cause, and what to do about it where the reader is.

use std::io::{Read as _, Write as _};
use std::path::Path;

use serde_json::Value;

use crate::binary::{Ran, command, finish, plugwright};
use crate::fake::Fake;

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    finish(command(arguments).current_dir(folder))
}

#[cfg(all(feature = "serve", unix))]
#[test]
fn a_program_that_does_not_start_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let import = |program: &str, more: &[&str]| {
        let head = ["import", "--mcp", "--name", "files"];
        run(folder.path(), &[&head[..], more, &["--", program]].concat())
    };
    let lacking = import("./nosuch", &[]);
    assert_eq!(lacking.exit, 1, "{}", lacking.err);
    assert!(
        lacking
            .err
            .contains("\ncause: `./nosuch` can't be started: No such file"),
        "{}",
        lacking.err
    );
    assert!(!lacking.err.contains("try again"), "{}", lacking.err);
    let failing = import("/bin/false", &["--output", "json"]);
    let error: Value = serde_json::from_str(&failing.err).unwrap();
    assert_eq!(
        error["detail"], "it ended before it was ready (exit status: 1)",
        "{error}"
    );
}

#[cfg(feature = "serve")]
#[test]
fn a_refused_mcp_server_names_the_option_that_allows_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = "http://127.0.0.1:1/mcp";
    let refused = run(folder.path(), &["import", "--mcp", "--name", "away", url]);
    assert_eq!(refused.exit, 4, "{}", refused.err);
    assert!(
        refused.err.contains("--egress-allow") && !refused.err.contains("egress.allow"),
        "{}",
        refused.err
    );
}

#[test]
fn an_unreachable_provider_says_why_and_that_a_proxy_is_between() {
    let line = ["run", "github.issues.get", "repo=o/r", "issue_number=1"];
    let ran = finish(
        command(&line)
            .env("PLUGWRIGHT_GITHUB_TOKEN", "hunter2")
            .env("HTTPS_PROXY", "http://user:hunter3@127.0.0.1:1"),
    );
    assert_eq!(ran.exit, 1, "{}", ran.err);
    assert!(
        ran.err.contains("\ncause: Connection refused")
            && ran.err.contains("hint: is the proxy in HTTPS_PROXY right?"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("hunter"), "{}", ran.err);
}

#[test]
fn a_damaged_catalog_and_a_connector_without_recordings_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let document = r#"{ "openapi": "3.0.3", "info": { "title": "Pets", "version": "1" },
        "servers": [{ "url": "https://pets.example.com" }],
        "paths": { "/pets": { "get": { "operationId": "listPets" } } } }"#;
    std::fs::write(folder.path().join("pets.json"), document).unwrap();
    assert_eq!(run(&["import", "pets.json"]).exit, 0);
    let action = run(&["list", "pets"]).out;
    let action = action.lines().nth(1).unwrap().split(' ').next().unwrap();
    let replayed = run(&["run", action, "--replay"]);
    assert_eq!(replayed.exit, 3, "{}", replayed.err);
    assert!(
        replayed.err.contains("imported connectors have none") && !replayed.err.contains("rebuild"),
        "{}",
        replayed.err
    );

    std::fs::write(folder.path().join("data/catalog/index/meta.json"), "").unwrap();
    let remedy = "it is damaged (EOF while parsing a value at line 1 column 0); remove the catalog and \
                  import the documents again";
    for arguments in [&["list"][..], &["catalog"], &["import", "pets.json"]] {
        let ran = run(arguments);
        assert!(ran.err.contains(remedy), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn a_profile_without_a_token_names_no_variable_that_is_not_sent_to_it() {
    let home = tempfile::tempdir().unwrap();
    let run = |line: &str| {
        let words: Vec<_> = line.split(' ').collect();
        finish(
            command(&words)
                .env("PLUGWRIGHT_CONFIG_DIR", home.path())
                .env("PLUGWRIGHT_ADMIN_TOKEN", "operator"),
        )
    };
    let added = run("profile add work --gateway http://127.0.0.1:1");
    assert!(
        added
            .err
            .starts_with("added profile work without a token; switch"),
        "{}",
        added.err
    );
    let refused = run("token list --profile work");
    assert_eq!(refused.exit, 2, "{}", refused.err);
    assert!(
        refused.err.contains("`plugwright profile remove work`")
            && !refused.err.contains("PLUGWRIGHT_ADMIN_TOKEN"),
        "{}",
        refused.err
    );
    std::fs::write(
        home.path().join("profiles.toml"),
        "\n[profiles.work]\ngate = 1\n",
    )
    .unwrap();
    let broken = run("profile list");
    assert!(
        broken.err.contains("is invalid (line 3): unknown field"),
        "{}",
        broken.err
    );
}

#[test]
fn the_operators_errors_name_options() {
    let fake = Fake::start();
    let refused = fake.run("token add --name faulty --expires 0d --organizations nope");
    assert_eq!(refused.exit, 4, "{}", refused.err);
    assert!(
        refused.err.contains("`--expires` must be in the future")
            && refused.err.contains("`--organizations` is unknown"),
        "{}",
        refused.err
    );
    let denied = fake.run("organization add denied");
    assert_eq!(denied.exit, 2, "{}", denied.err);
    let unknown = fake.run("runs --connector githb");
    assert_eq!((unknown.exit, unknown.out.as_str()), (3, ""));
    assert!(
        unknown
            .err
            .contains("no connector is named `githb`; did you mean `github`?"),
        "{}",
        unknown.err
    );
}

#[test]
fn a_gateway_is_named_as_clients_of_its_api_name_it() {
    let fake = Fake::start();
    for end in ["v1", "v1/"] {
        let mut command = fake.command(&["organization", "list"]);
        let base = command
            .get_envs()
            .find(|(name, _)| *name == "PLUGWRIGHT_GATEWAY")
            .and_then(|(_, value)| value?.to_str())
            .unwrap()
            .to_owned();
        let ran = finish(command.env("PLUGWRIGHT_GATEWAY", format!("{base}{end}")));
        assert_eq!(ran.exit, 0, "{}", ran.err);
        assert_eq!(fake.last().1, "/admin/organizations");
    }
}

#[test]
fn wrong_usage_is_an_object_for_programs() {
    for form in ["-o json", "--format=jsonl"] {
        let ran = plugwright(&format!("run a.b.c --timeout abc {form}"));
        assert_eq!((ran.exit, ran.out.as_str()), (4, ""));
        let error: Value = serde_json::from_str(&ran.err).unwrap();
        assert_eq!(error["code"], "VALIDATION_ERROR");
        assert_eq!(
            error["message"],
            "invalid value 'abc' for '--timeout <SECONDS>': expected a whole number between 1 and 86400"
        );
    }
    let near = plugwright("list --outptu json --output json");
    let error: Value = serde_json::from_str(&near.err).unwrap();
    assert!(
        error["detail"].as_str().unwrap().contains("--output"),
        "{error}"
    );
}

#[test]
fn a_name_that_is_near_to_a_connector_offers_it() {
    let ran = plugwright("show githb");
    assert_eq!(ran.exit, 3, "{}", ran.err);
    assert!(
        ran.err
            .contains("no connector is named `githb`; did you mean `github`?"),
        "{}",
        ran.err
    );
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_printed_is_a_failure() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let status = command(&["--help"]).stdout(full).status().unwrap();
    assert_eq!(status.code(), Some(1));
}

#[test]
fn a_person_without_a_token_is_told_where_it_comes_from() {
    let fake = Fake::start();
    for line in [
        "connections",
        "disconnect github/work --yes",
        "connect github --no-browser",
    ] {
        let ran = fake.run(line);
        assert_eq!(ran.exit, 2, "{line}: {}", ran.err);
        assert_eq!(
            ran.err,
            "error: this command requires a token\nhint: set PLUGWRIGHT_TOKEN or pass --token-file\n",
            "{line}"
        );
    }
}

#[test]
fn the_help_of_commands_without_a_gateway_does_not_offer_one() {
    let options = ["--gateway", "--token", "--token-file", "--profile"];
    for line in [
        "check",
        "catalog",
        "config",
        "import",
        "new",
        "profile list",
        "serve",
    ] {
        let help = plugwright(&format!("{line} --help")).out;
        assert!(!help.contains("Gateway:"), "{line}: {help}");
        for option in options {
            let ran = plugwright(&format!("{line} {option} http://x"));
            let refused = ran.err.contains("can't be used with this command")
                // Others lack an argument of their own.
                || ran.err.contains("required arguments");
            assert!(ran.exit == 4 && refused, "{line} {option}: {}", ran.err);
        }
    }
    for line in ["list", "run", "connect", "token add", "profile add"] {
        let help = plugwright(&format!("{line} --help")).out;
        assert!(help.contains("Gateway:"), "{line}: {help}");
    }
}

#[test]
fn a_parameter_that_is_written_as_an_option_is_told_how_to_write_it() {
    let ran = plugwright("run github.issues.create --repo a/b");
    assert_eq!(ran.exit, 4);
    assert!(
        ran.err.contains("tip: write parameters as `repo=VALUE`") && !ran.err.contains("--replay"),
        "{}",
        ran.err
    );
    let ran = plugwright("run github.issues.create --replya");
    assert!(ran.err.contains("'--replay'"), "{}", ran.err);
}

#[test]
fn a_credential_that_cannot_be_tested_can_be_stored() {
    let fake = Fake::start();
    let add = |more: &[&str]| {
        let line = ["connection", "add", "github", "--credential-file", "-"];
        let mut child = fake
            .command(&[&line[..], more].concat())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, br#"{"token":"away"}"#).unwrap();
        drop(input);
        crate::binary::ran(child.wait_with_output().unwrap())
    };
    let tested = add(&[]);
    assert_eq!(tested.exit, 1, "{}", tested.err);
    assert!(
        tested
            .err
            .contains("hint: `--no-test` stores the credential"),
        "{}",
        tested.err
    );
    assert!(!add(&["--no-test"]).err.contains("--no-test"));
}

#[cfg(feature = "serve")]
#[test]
fn a_start_that_cannot_listen_creates_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let failed = run(folder.path(), &["serve", "--listen", &address]);
    assert_eq!(failed.exit, 1, "{}", failed.err);
    assert!(failed.err.contains("can't listen on"), "{}", failed.err);
    assert_eq!(failed.out, "");
}

#[test]
fn a_gateway_without_tls_is_not_taken_for_one_that_is_down() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gateway = format!("https://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut peer, _) = listener.accept().unwrap();
        peer.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        // What is left unread would reset the connection.
        let _ = peer.read_to_end(&mut Vec::new());
    });
    let ran = finish(&mut command(&["list", "--gateway", &gateway]));
    server.join().unwrap();
    assert_eq!(ran.exit, 1, "{}", ran.err);
    assert!(
        ran.err.ends_with(
            "\ndetail: the server does not speak TLS\n\
             hint: if the gateway serves plain HTTP, write `http://` in its URL\n"
        ),
        "{}",
        ran.err
    );
}

#[cfg(all(feature = "serve", unix))]
#[test]
fn a_data_directory_that_can_be_none_is_one_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("afile"), "").unwrap();
    for path in ["afile", "afile/x"] {
        let failed = run(folder.path(), &["serve", "--data-dir", path]);
        assert_eq!(failed.exit, 1, "{}", failed.err);
        assert_eq!(
            failed.err,
            format!("error: the data directory `{path}` is not a directory\n")
        );
    }
}

#[test]
fn names_that_do_not_exist_are_not_found() {
    let fake = Fake::start();
    let connector = "no connector is named `githb`; did you mean `github`?";
    for (line, message) in [
        ("connection list --connector githb", connector),
        ("oauth remove githb", connector),
        ("oauth set githb --client-id a --public", connector),
        ("project config add acme githb", connector),
        (
            "connect githb --no-browser --token operator-operator",
            connector,
        ),
        (
            "connection list --connector none --organization acme",
            "no organization is named `acme`; available: default",
        ),
    ] {
        let ran = fake.run(line);
        assert_eq!(ran.exit, 3, "{line}: {}", ran.err);
        assert!(ran.err.contains(message), "{line}: {}", ran.err);
    }
    let denied = fake.run("connections --organization acme --token operator-operator");
    assert_eq!(denied.exit, 2, "{}", denied.err);
}

#[test]
fn a_pattern_that_matches_nothing_is_warned_of() {
    let ran = Fake::start().run("token add --name ci --allow githb.*");
    assert_eq!(ran.out, "pw_secret\n");
    assert!(
        ran.err
            .starts_with("warning: no action matches `githb.*`\n"),
        "{}",
        ran.err
    );
}

#[test]
fn a_document_that_is_refused_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.json"), "{}").unwrap();
    let refused = run(folder.path(), &["import", "bad.json"]);
    assert_eq!(
        (refused.exit, refused.out.as_str()),
        (4, ""),
        "{}",
        refused.err
    );
    let missing = run(folder.path(), &["import", "nofile.json"]);
    assert!(missing.err.contains("`FILE` "), "{}", missing.err);
}
