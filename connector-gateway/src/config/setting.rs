//! The settings: each is described here and nowhere else.

use std::fmt::Write as _;

use serde_json::Value;
use toml::de::DeValue;

use super::form::{
    Address, Count, Database, Effects, Few, Filter, Form, Hidden, HttpUrl, Maybe, Origins, Path,
    PatternList, Size, Span, Switch, Texts,
};
use super::{Config, LogFormat, OutputCheck};

/// A setting: what it is called in each place, what it takes and what it means.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The key in the file; a dot goes into a table.
    pub key: &'static str,
    /// What is taken.
    pub takes: &'static str,
    /// What it means, without a full stop.
    pub meaning: &'static str,
    /// Whether the value is secret: then it comes from the environment alone and is never shown.
    pub secret: bool,
    /// Whether it is `true` or `false`, so that the flag alone says `true`.
    pub switch: bool,
    pub(super) read_text: fn(&mut Config, &str) -> Result<(), String>,
    pub(super) read_file: fn(&mut Config, &DeValue<'_>) -> Result<(), String>,
    show: fn(&Config) -> Value,
}

impl Setting {
    /// Returns the flag without its dashes, unless the value is secret.
    pub fn flag(&self) -> Option<String> {
        (!self.secret).then(|| self.key.replace(['.', '_'], "-"))
    }

    /// Returns the variable of the environment.
    pub fn variable(&self) -> String {
        let name = self.key.replace('.', "_").to_ascii_uppercase();
        format!("PLUGWRIGHT_{name}")
    }

    /// Returns the value in a configuration; of a secret only whether there is one.
    pub fn value(&self, config: &Config) -> Value {
        (self.show)(config)
    }

    /// Returns the value where nobody says otherwise, as the environment would say it; `None` if
    /// there is none.
    pub fn default_text(&self) -> Option<String> {
        if self.secret {
            return None;
        }
        match self.value(&Config::default()) {
            Value::Null => None,
            Value::String(text) => Some(text),
            Value::Array(items) if items.is_empty() => None,
            Value::Array(items) => {
                let texts: Vec<_> = items.iter().filter_map(Value::as_str).collect();
                Some(texts.join(","))
            }
            other => Some(other.to_string()),
        }
    }
}

const fn is_true(text: &[u8]) -> bool {
    matches!(text, b"true")
}

macro_rules! settings {
    ($( $key:literal, $form:ty => $($field:ident).+ $(, secret = $secret:ident)? $(, switch = $switch:ident)?; $meaning:literal; )*) => {
        /// All settings, in the order in which they are shown.
        pub const SETTINGS: &[Setting] = &[$(
            Setting {
                key: $key,
                takes: <$form as Form>::TAKES,
                meaning: $meaning,
                secret: is_true(concat!($(stringify!($secret))?).as_bytes()),
                switch: is_true(concat!($(stringify!($switch))?).as_bytes()),
                read_text: |config, text| {
                    config.$($field).+ = <$form as Form>::from_text(text)?;
                    Ok(())
                },
                read_file: |config, value| {
                    config.$($field).+ = <$form as Form>::from_file(value)?;
                    Ok(())
                },
                show: |config| <$form as Form>::show(&config.$($field).+),
            },
        )*];
    };
}

settings! {
    "listen", Address => listen;
        "Address and port to listen on";
    "data_dir", Path => data_dir;
        "Directory of everything that is stored; with `database_url`, of the key file alone";
    "database_url", Maybe<Database> => database_url;
        "PostgreSQL database that keeps everything instead, for one gateway or many";
    "database_connections", Few<1, 1000> => database_connections;
        "Connections to the database for calls; a gateway has up to six more for itself";
    "dev", Switch => dev, switch = true;
        "Lets calls in without a token; only with a loopback address";
    "admin_token", Hidden<16> => admin_token, secret = true;
        "The operator's token, instead of the one that the first start prints";
    "vault_key", Hidden<1> => vault_key, secret = true;
        "The key that seals credentials, instead of the key file in the data directory";
    "output_check", OutputCheck => output_check;
        "What becomes of an output that breaks the action's schema: nothing, a warning in the log (a sample of the outputs is looked at), or an error (every output is)";
    "limits.request_body", Size => limits.request_body;
        "Longest body of a request that may bring a file";
    "limits.input", Size => limits.input;
        "Longest body of any other request";
    "limits.json_values", Count<1, 100_000_000> => limits.json_values;
        "Most values in a JSON body: texts, numbers, lists and objects, in one another too";
    "limits.json_depth", Count<1, 120> => limits.json_depth;
        "Deepest nesting of lists and objects in a JSON body";
    "limits.decoding_memory", Size => limits.decoding_memory;
        "Memory for the large bodies of all requests together, until the calls have ended that they ask for";
    "limits.header_size", Size => limits.header_size;
        "Longest head of a request";
    "limits.headers", Count<1, 10_000> => limits.headers;
        "Most header fields of a request, and of `options.headers`";
    "limits.parameters", Count<10, 100_000> => limits.parameters;
        "Most parameters of a query or a form";
    "limits.name", Count<64, 65_536> => limits.name;
        "Longest name of an action, connector, connection or parameter, in bytes";
    "limits.search", Count<16, 65_536> => limits.search;
        "Longest text of a search, in bytes";
    "limits.connections", Count<1, 1_000_000> => limits.connections;
        "Connections of clients at the same time; for one more, the one that has been idle longest is closed";
    "limits.connections_per_peer", Count<1, 1_000_000> => limits.connections_per_peer;
        "Connections of one peer address at the same time; for one more, the one that has been idle longest is closed";
    "limits.header_timeout", Span<1> => limits.header_timeout;
        "Time in which a client must have sent the head of a request";
    "limits.body_timeout", Span<1> => limits.body_timeout;
        "Longest pause of a client while it sends a body";
    "limits.request_timeout", Span<1> => limits.request_timeout;
        "Time in which a client must have sent a whole request";
    "limits.write_timeout", Span<1> => limits.write_timeout;
        "Longest pause of a client while it is sent an answer";
    "limits.idle_timeout", Span<1> => limits.idle_timeout;
        "Time for which a connection without a request is kept";
    "limits.concurrent_calls", Count<1, 1_000_000> => limits.concurrent_calls;
        "Calls that run at the same time; more are answered with 503";
    "limits.concurrent_calls_per_principal", Count<1, 1_000_000> => limits.concurrent_calls_per_principal;
        "Calls of one principal that run at the same time; more are answered with 429";
    "limits.call_timeout", Span<1> => limits.call_timeout;
        "Time that a call has if it does not ask for another";
    "limits.call_timeout_most", Span<1> => limits.call_timeout_most;
        "Longest time that a call may ask for";
    "limits.response_body", Size => limits.response_body;
        "Longest answer of a provider";
    "limits.mcp_sessions_per_principal", Count<1, 1_000_000> => limits.mcp_sessions_per_principal;
        "MCP sessions that one principal may have open";
    "limits.connect_requests_per_principal", Count<1, 1_000_000> => limits.connect_requests_per_principal;
        "Connect requests that one principal may have open";
    "limits.idempotency_retention", Span<1000> => limits.idempotency_retention;
        "Time for which the outcome of an `Idempotency-Key` is kept";
    "limits.shutdown_grace", Span<0> => limits.shutdown_grace;
        "Time that running calls have to end after the process was told to stop";
    "egress.allow", Texts => egress.allow;
        "Destinations that may be called though they are not on the public internet";
    "egress.retries", Few<0, 10> => egress.retries;
        "Further attempts of a call that may be repeated without harm";
    "egress.connect_timeout", Span<1> => egress.connect_timeout;
        "Time in which a connection to a provider must be made";
    "egress.ca_file", Maybe<Path> => egress.ca_file;
        "Certificates of further authorities, as PEM";
    "policy.actions", PatternList => policy.actions;
        "Actions that may run, whatever a token allows";
    "policy.blocked_actions", PatternList => policy.blocked_actions;
        "Actions that may not run, though `policy.actions` has them";
    "policy.effects", Effects => policy.effects;
        "Effects that may be had";
    "policy.proxies", PatternList => policy.proxies;
        "Connectors whose API may be called through the proxy, by tokens that allow it";
    "public_url", Maybe<HttpUrl> => public_url;
        "Address under which browsers reach the gateway, for connecting accounts; where it listens on loopback, that address if none is given";
    "connect.return_uris", Texts => connect.return_uris;
        "Addresses below which browsers may be sent back to after an organization's account was connected, beside those of the browser's own machine";
    "dialects.oomol", Switch => dialects.oomol, switch = true;
        "Serves `/v1/actions` and its neighbours, the dialect of OOMOL's clients";
    "dialects.feelr", Switch => dialects.feelr, switch = true;
        "Serves `/v1/{connector}/{action}`, `/v1/tools` and `/status`, the dialect of Feelr";
    "dialects.alumia", Switch => dialects.alumia, switch = true;
        "Serves `/api/v1/connectors` and `/api/v1/connections`, the dialect of Alumia";
    "run_log.enabled", Switch => run_log.enabled, switch = true;
        "Keeps a record of each call";
    "run_log.payloads", Switch => run_log.payloads, switch = true;
        "Keeps inputs and outputs too, without secrets";
    "run_log.payload_limit", Size => run_log.payload_limit;
        "Longest input or output that is kept";
    "run_log.retention", Span<1000> => run_log.retention;
        "Time for which records are kept";
    "log.format", LogFormat => log.format;
        "Form of the log on standard error";
    "log.filter", Filter => log.filter;
        "What is logged: a level, or levels by target";
    "otlp.endpoint", Maybe<HttpUrl> => otlp.endpoint;
        "Collector of OpenTelemetry traces (OTLP over HTTP)";
    "mcp.enabled", Switch => mcp.enabled, switch = true;
        "Serves MCP at `/mcp`";
    "web.hosts", Texts => web.hosts;
        "Host names that requests for `/mcp`, and with `dev` all requests, may be sent to, beside those of loopback; where the gateway listens on other addresses, none given means any";
    "web.origins", Origins => web.origins;
        "Origins of web pages that may call, beside those of loopback; `*` for all";
}

/// Returns the settings as a table in Markdown.
pub fn table() -> String {
    let mut text = String::from(
        "| Key | Flag | Variable | Default | Meaning |\n| --- | --- | --- | --- | --- |\n",
    );
    for setting in SETTINGS {
        let flag = setting
            .flag()
            .map_or_else(|| "-".to_owned(), |flag| format!("`--{flag}`"));
        let default = setting
            .default_text()
            .map_or_else(|| "-".to_owned(), |text| format!("`{text}`"));
        let key = if setting.secret {
            "-".to_owned()
        } else {
            format!("`{}`", setting.key)
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {key} | {flag} | `{}` | {default} | {}: {} |",
            setting.variable(),
            setting.meaning,
            setting.takes,
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_reads_back_as_itself() {
        for setting in SETTINGS {
            let Some(text) = setting.default_text() else {
                continue;
            };
            let mut config = Config::default();
            (setting.read_text)(&mut config, &text).unwrap();
            assert_eq!(
                setting.value(&config),
                setting.value(&Config::default()),
                "{}",
                setting.key
            );
        }
    }

    #[test]
    fn no_name_stands_for_two_settings() {
        for (index, setting) in SETTINGS.iter().enumerate() {
            for other in &SETTINGS[..index] {
                assert_ne!(setting.variable(), other.variable());
                assert_ne!(setting.key, other.key);
            }
        }
    }

    #[test]
    fn a_secret_has_no_flag_and_shows_only_whether_it_is_set() {
        let setting = SETTINGS
            .iter()
            .find(|setting| setting.key == "admin_token")
            .unwrap();
        assert_eq!(setting.flag(), None);
        let mut config = Config::default();
        assert_eq!(setting.value(&config), "[not set]");
        (setting.read_text)(&mut config, "hunter2-hunter2-hunter2").unwrap();
        assert_eq!(setting.value(&config), "[set]");
        assert!(!format!("{config:?}").contains("hunter2"));
        let problem = (setting.read_text)(&mut config, "hunter2").unwrap_err();
        assert!(!problem.contains("hunter2"), "{problem}");
    }

    #[test]
    fn the_book_has_the_table_as_it_is() {
        let chapter = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/configuration.md");
        let chapter = std::fs::read_to_string(chapter).unwrap();
        assert!(
            chapter.contains(&table()),
            "docs/src/configuration.md must have this table:\n\n{}",
            table()
        );
    }
}
