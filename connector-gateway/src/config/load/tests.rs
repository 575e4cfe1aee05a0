mod files;
mod oauth;

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::config::{LogFormat, OutputCheck};

/// A directory with a configuration file in it.
struct Place {
    directory: tempfile::TempDir,
    inputs: Inputs,
}

fn place(file: &str) -> Place {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(USUAL_FILE), file).unwrap();
    let inputs = Inputs {
        directory: Some(directory.path().to_owned()),
        connectors: vec!["github".to_owned(), "todoist".to_owned()],
        ..Inputs::default()
    };
    Place { directory, inputs }
}

impl Place {
    fn flag(mut self, flag: &str, value: &str) -> Self {
        self.inputs.flags.push((flag.into(), value.into()));
        self
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.inputs.environment.insert(name.into(), value.into());
        self
    }

    fn load(&self) -> Result<LoadedConfig, String> {
        let directory = format!("{}/", self.directory.path().display());
        self.inputs
            .load()
            .map_err(|error| error.to_string().replace(&directory, ""))
    }

    fn source(&self, key: &str) -> String {
        let directory = format!("{}/", self.directory.path().display());
        let loaded = self.load().unwrap();
        loaded.sources.of(key).to_string().replace(&directory, "")
    }
}

#[test]
fn a_flag_wins_over_the_environment_over_the_file_over_the_default() {
    let file = "# a comment\n\nlisten = \"127.0.0.1:1\"\n";
    let port = |place: &Place| place.load().unwrap().config.listen.port();

    let place = place("");
    assert_eq!(
        (port(&place), place.source("listen").as_str()),
        (3000, "default")
    );

    let place = super::tests::place(file);
    assert_eq!(
        (port(&place), place.source("listen").as_str()),
        (1, "plugwright.toml:3")
    );

    let place = place.variable("PLUGWRIGHT_LISTEN", "127.0.0.1:2");
    assert_eq!(
        (port(&place), place.source("listen").as_str()),
        (2, "PLUGWRIGHT_LISTEN")
    );

    let place = place.flag("listen", "127.0.0.1:3");
    assert_eq!(
        (port(&place), place.source("listen").as_str()),
        (3, "--listen")
    );
}

#[test]
fn a_variable_of_a_section_that_no_setting_has_is_refused() {
    let misspelt = |name: &str, value: &str| place("").variable(name, value).load().err();
    assert_eq!(
        misspelt("PLUGWRIGHT_POLICY_EFECTS", "read").as_deref(),
        Some(
            "`PLUGWRIGHT_POLICY_EFECTS` is not the variable of a setting; \
             did you mean `PLUGWRIGHT_POLICY_EFFECTS`?"
        )
    );
    // A connector that is not linked, and a setting that can only stand in the file.
    for name in ["GITHB_OAUTH_CLIENT_ID", "GITHUB_BASE_URL"] {
        let name = format!("PLUGWRIGHT_CONNECTORS_{name}");
        let refused = misspelt(&name, "x").unwrap();
        assert!(
            refused.starts_with(&format!("`{name}` is not")),
            "{refused}"
        );
    }
    assert_eq!(misspelt("PLUGWRIGHT_POLICY_EFECTS", ""), None);
    assert_eq!(misspelt("PLUGWRIGHT_GITHUB_TOKEN", "x"), None);
    assert_eq!(
        misspelt("PLUGWRIGHT_CONNECTORS_GITHUB_OAUTH_CLIENT_ID", "x"),
        None
    );

    let mut place = place("").variable("PLUGWRIGHT_WEB_TOKEN", "x");
    assert!(place.load().is_err());
    place.inputs.connectors.push("web".to_owned());
    assert!(place.load().is_ok());
}

#[test]
fn every_setting_can_stand_in_the_file() {
    let place = place(
        r#"
listen = "[::1]:80"
data_dir = "/var/lib/plugwright"
dev = true
output_check = "enforce"

[limits]
request_body = "1MiB"
response_body = 2048
call_timeout = "5s"
call_timeout_most = "1m"
reconcile_timeout = "8s"
reconcile_grace = "2s"
concurrent_calls = 0x10
header_timeout = "1s"
body_timeout = "2s"
shutdown_grace = "0s"
idempotency_retention = "1h 30m"

[egress]
allow = ["10.0.0.0/8", "db.internal:8080"]
retries = 0
connect_timeout = "500ms"

[policy]
actions = ["github.*"]
blocked_actions = ["*.delete"]
effects = ["read"]
proxies = []

[run_log]
enabled = false
payloads = true
payload_limit = "1KiB"
retention = "7d"

[log]
format = "json"
filter = "warn,plugwright=debug"

[connectors.github]
enabled = false
base_url = "https://ghe.example.com/api/v3"
"#,
    );
    let config = place.load().unwrap().config;
    assert_eq!(config.listen.to_string(), "[::1]:80");
    assert!(config.dev);
    assert_eq!(config.output_check, OutputCheck::Enforce);
    assert_eq!(config.limits.request_body, 1_048_576);
    assert_eq!(config.limits.response_body, 2048);
    assert_eq!(config.limits.concurrent_calls, 16);
    assert_eq!(config.limits.shutdown_grace, Duration::ZERO);
    assert_eq!(config.limits.idempotency_retention, Duration::from_mins(90));
    assert_eq!(
        config
            .egress
            .allow
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["10.0.0.0/8", "db.internal:8080"]
    );
    assert_eq!(config.egress.retries, 0);
    assert!(config.policy.actions.matches("github.a"));
    assert!(!config.policy.actions.matches("todoist.a"));
    assert!(config.policy.blocked_actions.matches("github.delete"));
    assert!(config.policy.proxies.is_empty());
    assert!(!config.run_log_enabled && config.run_log.payloads);
    assert_eq!(config.log.format, LogFormat::Json);
    let github = &config.connectors["github"];
    assert!(!github.enabled);
    assert_eq!(
        github.base_url.as_ref().unwrap().as_str(),
        "https://ghe.example.com/api/v3"
    );
    assert_eq!(
        place.source("connectors.github.enabled"),
        "plugwright.toml:42"
    );
}

#[test]
fn lists_have_commas_in_the_environment_and_times_units() {
    let place = place("")
        .variable("PLUGWRIGHT_POLICY_ACTIONS", "github.*, todoist.tasks.list")
        .variable("PLUGWRIGHT_POLICY_EFFECTS", "read,write")
        .variable("PLUGWRIGHT_RUN_LOG_RETENTION", "90d")
        .variable("PLUGWRIGHT_DATA_DIR", "")
        .flag("run-log-enabled", "false");
    let config = place.load().unwrap().config;
    assert!(config.policy.actions.matches("todoist.tasks.list"));
    assert!(!config.policy.actions.matches("todoist.tasks.close"));
    assert_eq!(config.policy.effects.len(), 2);
    assert_eq!(config.run_log.retention, Duration::from_hours(90 * 24));
    assert!(!config.run_log_enabled);
    assert_eq!(
        place.source("data_dir"),
        "default",
        "an empty variable is none"
    );
}

#[test]
fn each_mistake_in_the_file_is_told_with_key_and_line() {
    for (file, message) in [
        (
            "lisen = 1",
            "`lisen` (plugwright.toml:1) is not a setting; did you mean `listen`?",
        ),
        (
            "\n[limits]\nrequest_bdy = 1",
            "`limits.request_bdy` (plugwright.toml:3) is not a setting; did you mean `limits.request_body`?",
        ),
        (
            "[limits]\nfoo = 1",
            "`limits.foo` (plugwright.toml:2) is not a setting; `plugwright config` lists them",
        ),
        (
            "[limit]\nname = 100",
            "`limit` (plugwright.toml:1) is not a setting; did you mean `limits`?",
        ),
        (
            "retries = 3",
            "`retries` (plugwright.toml:1) is not a setting; did you mean `egress.retries`?",
        ),
        (
            "\"egress.retries\" = 3",
            "`egress.retries` (plugwright.toml:1) is not a setting; did you mean `egress.retries`?",
        ),
        (
            "limits = 3",
            "`limits` (plugwright.toml:1) must be a table such as `[limits]`, not a number",
        ),
        (
            "listen = 3000",
            "`listen` (plugwright.toml:1) must be an IP address and port such as `127.0.0.1:3000` in quotes, not a number",
        ),
        (
            "dev = \"yes\"",
            "`dev` (plugwright.toml:1) must be `true` or `false`, not a string",
        ),
        (
            "limits.call_timeout = 30",
            "`limits.call_timeout` (plugwright.toml:1) must be a duration such as `30s`, `5m` or `24h` in quotes, not a number",
        ),
        (
            "limits.call_timeout = \"30\"",
            "`limits.call_timeout` (plugwright.toml:1) must be a duration such as `30s`, `5m` or `24h`, from 1ms to 10 years, not `30`",
        ),
        (
            "limits.request_body = -1",
            "`limits.request_body` (plugwright.toml:1) must be a size such as `10MiB`, from 1B to 1GiB, not -1",
        ),
        (
            "limits.concurrent_calls = 0",
            "`limits.concurrent_calls` (plugwright.toml:1) must be a number from 1 to 1000000, not 0",
        ),
        (
            "egress.retries = 1.5",
            "`egress.retries` (plugwright.toml:1) must be a number from 0 to 10, not a number",
        ),
        (
            "policy.actions = \"github.*\"",
            "`policy.actions` (plugwright.toml:1) must be a list of patterns such as `github.*`, not a string",
        ),
        (
            "policy.actions = [1]",
            "`policy.actions` (plugwright.toml:1) must be a list of patterns such as `github.*`, but contains a number",
        ),
        (
            "policy.effects = [\"reed\"]",
            "`policy.effects` (plugwright.toml:1) has an unknown effect `reed`; expected `read`, `write` or `destructive`",
        ),
        (
            "log.format = \"xml\"",
            "`log.format` (plugwright.toml:1) must be `text` or `json`, not `xml`",
        ),
        (
            "log.filter = \"info,debgu\"",
            "`log.filter` (plugwright.toml:1) must be a filter such as `info,plugwright=debug`: `debgu` is not a level; allowed: off, error, warn, info, debug, trace, and a level for a target such as `sqlx=debug`",
        ),
        (
            "public_url = \"https://example.com/x?y=1\"",
            "`public_url` (plugwright.toml:1) must be a URL such as `https://example.com`, without a query and a fragment",
        ),
        (
            "public_url = \"https://example.com/x#f\"",
            "`public_url` (plugwright.toml:1) must be a URL such as `https://example.com`, without a query and a fragment",
        ),
        (
            "admin_token = \"hunter2-hunter2-hunter2\"",
            "`admin_token` (plugwright.toml:1) is a secret and can't be set in the file; set PLUGWRIGHT_ADMIN_TOKEN in the environment",
        ),
    ] {
        assert_eq!(place(file).load().unwrap_err(), message, "{file}");
    }
}

#[test]
fn mistakes_about_connectors_and_between_settings_are_told_too() {
    for (file, message) in [
        (
            "[connectors.githb]",
            "`connectors.githb` (plugwright.toml:1) is not a connector of this binary; did you mean `github`?",
        ),
        (
            "[connectors.github]\nurl = 1",
            "`connectors.github.url` (plugwright.toml:2) is not a connector setting; expected one of `enabled`, `base_url`, `oauth.client_id`, `oauth.authorization_url`, `oauth.token_url`, `oauth.revocation_url`",
        ),
        (
            "[connectors.github]\nbase_url = \"https://me:hunter2@example.com\"",
            "`connectors.github.base_url` (plugwright.toml:2) must be a URL such as `https://example.com`, with `http` or `https` and without a user name",
        ),
        (
            "limits.reconcile_grace = \"10s\"",
            "`limits.reconcile_grace` (plugwright.toml:1) must be shorter than `limits.reconcile_timeout`, which is 10s",
        ),
        (
            "limits.call_timeout = \"6m\"",
            "`limits.call_timeout` (plugwright.toml:1) must not exceed `limits.call_timeout_most`, which is 5m",
        ),
    ] {
        assert_eq!(place(file).load().unwrap_err(), message, "{file}");
    }
}

#[test]
fn a_filter_has_levels_and_targets() {
    for filter in [
        "debug",
        "WARN",
        "3",
        "info,plugwright=debug",
        "info,plugwright_engine",
        "off,hyper_util::client",
    ] {
        let config = place("").flag("log-filter", filter).load().unwrap().config;
        assert_eq!(config.log.filter, filter);
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let error = place("lisen = 1\ndev = 2\n")
        .variable("PLUGWRIGHT_EGRESS_RETRIES", "many")
        .flag("limits-request-body", "big")
        .load()
        .unwrap_err();
    assert_eq!(
        error.lines().collect::<Vec<_>>(),
        [
            "`lisen` (plugwright.toml:1) is not a setting; did you mean `listen`?",
            "`dev` (plugwright.toml:2) must be `true` or `false`, not a number",
            "`PLUGWRIGHT_EGRESS_RETRIES` must be a number from 0 to 10, not `many`",
            "`--limits-request-body` must be a size such as `10MiB`, from 1B to 1GiB, not `big`",
        ]
    );
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let error = place("dev = true\nlisten = \n").load().unwrap_err();
    assert!(error.starts_with("plugwright.toml:2: "), "{error}");
}

#[test]
fn calls_without_a_token_are_let_in_from_this_machine_alone() {
    let place = place("dev = true").variable("PLUGWRIGHT_LISTEN", "0.0.0.0:3000");
    assert_eq!(
        place.load().unwrap_err(),
        "`dev` (plugwright.toml:1) allows calls without a token, so `listen` must be a loopback \
         address such as `127.0.0.1:3000`, not `0.0.0.0:3000`"
    );
    assert!(place.flag("dev", "false").load().is_ok());
}

#[test]
fn secrets_come_from_the_environment_and_are_not_shown() {
    let secret = "hunter2-hunter2-hunter2";
    let place = place("").variable("PLUGWRIGHT_ADMIN_TOKEN", secret);
    let loaded = place.load().unwrap();
    assert_eq!(loaded.config.admin_token.as_ref().unwrap().expose(), secret);
    let shown = serde_json::to_string(&loaded.effective()).unwrap();
    assert!(
        shown
            .contains(r#"{"key":"admin_token","value":"[set]","source":"PLUGWRIGHT_ADMIN_TOKEN"}"#)
    );
    assert!(!shown.contains("hunter2") && !format!("{loaded:?}").contains("hunter2"));
    let refused = place.variable("PLUGWRIGHT_ADMIN_TOKEN", "hunter2").load();
    assert_eq!(
        refused.unwrap_err(),
        "`PLUGWRIGHT_ADMIN_TOKEN` must have at least 16 printable ASCII characters and no spaces"
    );
}

#[test]
fn a_key_of_the_vault_is_checked_and_not_shown() {
    let error = place("").variable("PLUGWRIGHT_VAULT_KEY", "aHVudGVyMg==");
    let error = error.load().unwrap_err();
    assert!(
        error.starts_with("`PLUGWRIGHT_VAULT_KEY` has 7 bytes in key number 1; a key is 32 bytes"),
        "{error}"
    );
    assert!(!error.contains("aHVud"), "{error}");
}

fn any_file() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        proptest::sample::select(SETTINGS).prop_map(|setting| setting.key.to_owned()),
        "[a-z_.\"]{0,8}",
        Just("connectors.github.base_url".to_owned()),
        Just("connectors.github.oauth.token_url".to_owned()),
        Just("connectors.github.oauth".to_owned()),
    ];
    let value = prop_oneof![
        ".{0,12}",
        "\"[^\"\\\\]{0,12}\"",
        "-?[0-9_]{1,25}",
        "\\[(\"[a-z.*]{0,4}\",?){0,3}\\]",
        "\"[0-9]{1,22}(ms|s|y|MiB|GiB)\"",
    ];
    let line = prop_oneof![
        (key, value).prop_map(|(key, value)| format!("{key} = {value}")),
        "\\[[a-z._]{0,12}\\]",
        ".{0,20}",
    ];
    proptest::collection::vec(line, 0..6).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_panic(text in any_file()) {
        let (mut config, mut sources, mut faults) = Default::default();
        let _ = file::apply(
            Path::new("p.toml"), &text, &["github"], &mut config, &mut sources, &mut faults,
        );
        for fault in &faults {
            prop_assert!(fault.to_string().starts_with('`'));
        }
    }

    #[test]
    fn no_text_makes_a_setting_panic(text in ".{0,40}|[0-9]{1,30}[a-zA-Z]{0,5}") {
        for setting in SETTINGS {
            let mut config = Config::default();
            if (setting.read_text)(&mut config, &text).is_ok() {
                setting.value(&config);
            }
        }
    }
}
