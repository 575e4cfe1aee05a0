//! The settings; this is the only place that describes them.

use serde_json::Value;
use toml::de::DeValue;

use plugwright_egress::AllowedDestination;
use plugwright_sdk::host::Effect;
use plugwright_store::DatabaseUrl;
use plugwright_surfaces::Origin;

use super::ca_file::CaFile;
use super::form::{
    Address, Count, Filter, Form, Hidden, HostName, HttpUrl, List, Maybe, Path, PatternList,
    PublicUrl, ReturnUri, Size, Span, Switch, VaultKeys,
};
use super::oauth::ClientId;
use super::{Config, ConnectorConfig, LogFormat, OutputCheck};

/// A setting of a configuration `C`, with its names, accepted values and meaning.
#[derive(Clone, Debug)]
pub struct Setting<C = Config> {
    /// The key in the file; dots separate tables.
    pub key: &'static str,
    /// The accepted values.
    pub takes: &'static str,
    /// Its meaning, without a full stop.
    pub meaning: &'static str,
    /// Whether the value is secret, so that it only comes from the environment and is never shown.
    pub secret: bool,
    /// Whether it is `true` or `false`, so that the flag needs no value.
    pub switch: bool,
    pub(super) read_text: fn(&mut C, &str) -> Result<(), String>,
    pub(super) read_file: fn(&mut C, &DeValue<'_>) -> Result<(), String>,
    show: fn(&C) -> Value,
}

pub(super) fn variable(key: &str) -> String {
    let name = key.replace(['.', '-'], "_").to_ascii_uppercase();
    format!("PLUGWRIGHT_{name}")
}

impl<C> Setting<C> {
    /// Returns the value in a configuration; for a secret, only whether it is set.
    pub fn value(&self, config: &C) -> Value {
        (self.show)(config)
    }
}

impl Setting {
    /// Returns the flag without its dashes, unless the value is secret.
    pub fn flag(&self) -> Option<String> {
        (!self.secret).then(|| self.key.replace(['.', '_'], "-"))
    }

    /// Returns the environment variable.
    pub fn variable(&self) -> String {
        variable(self.key)
    }

    /// Returns the default value as text, if there is one.
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

macro_rules! settings {
    ($(#[doc = $doc:literal])+ $visibility:vis $name:ident: $config:ty;
     $( $key:literal, $form:ty => $($field:ident).+; $meaning:literal; )*) => {
        $(#[doc = $doc])+
        $visibility const $name: &[Setting<$config>] = &[$(
            Setting {
                key: $key,
                takes: <$form as Form>::TAKES,
                meaning: $meaning,
                secret: <$form as Form>::IS_SECRET,
                switch: <$form as Form>::IS_SWITCH,
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
    /// All settings, in display order.
    pub SETTINGS: Config;
    "listen", Address => listen;
        "Address and port to listen on";
    "data_dir", Path => data_dir;
        "Directory for all stored data; with `database_url`, only for the key file";
    "database_url", Maybe<DatabaseUrl> => database_url;
        "PostgreSQL database to store data in instead, shared by any number of gateways";
    "database_connections", Count<1, 1000, u32> => database_connections;
        "Database connections for calls; the gateway opens up to six more for itself";
    "dev", Switch => dev;
        "Allow calls without a token; requires a loopback address";
    "recorded", Switch => recorded;
        "Answer calls from the traffic that connectors have recorded, or with mocks, instead of calling providers";
    "admin_token", Hidden<16> => admin_token;
        "Operator's token, instead of the one that the first start prints";
    "vault_key", VaultKeys => vault_key;
        "Key that seals credentials, instead of the key file in the data directory";
    "output_check", OutputCheck => output_check;
        "What to do if an output violates the action's schema: nothing, log a warning (checks a sample), or fail the call (checks every output, and refuses those that would take too many steps)";
    "lock_file", Maybe<Path> => lock_file;
        "Lock that the linked actions are compared with at start; if one of them may do more, the gateway does not start";
    "limits.request_body", Size => limits.request_body;
        "Largest request body of calls that may contain a file";
    "limits.input", Size => limits.input;
        "Largest body of other requests";
    "limits.json_values", Count<1, 100_000_000> => limits.json_values;
        "Maximum number of values in a JSON body, nested ones included";
    "limits.json_depth", Count<1, 120> => limits.json_depth;
        "Maximum nesting depth of a JSON body";
    "limits.decoding_memory", Size => limits.decoding_memory;
        "Total memory for large request bodies of calls that are in progress";
    "limits.header_size", Size => limits.header_size;
        "Largest head of a request";
    "limits.headers", Count<1, 10_000> => limits.headers;
        "Maximum number of header fields in a request, and in `options.headers`";
    "limits.parameters", Count<10, 100_000> => limits.parameters;
        "Maximum number of parameters in a query or form";
    "limits.name", Count<64, 65_536> => limits.name;
        "Longest name of an action, connector, connection or parameter, in bytes";
    "limits.search", Count<16, 65_536> => limits.search;
        "Longest search query, in bytes";
    "limits.connections", Count<1, 1_000_000> => limits.connections;
        "Maximum number of client connections; beyond it, the longest idle one is closed";
    "limits.connections_per_peer", Count<1, 1_000_000> => limits.connections_per_peer;
        "Maximum number of client connections from one address; beyond it, its longest idle one is closed";
    "limits.header_timeout", Span<1> => limits.header_timeout;
        "Timeout for receiving the head of a request";
    "limits.body_timeout", Span<1> => limits.body_timeout;
        "Longest pause while receiving a body";
    "limits.request_timeout", Span<1> => limits.request_timeout;
        "Timeout for receiving a whole request";
    "limits.write_timeout", Span<1> => limits.write_timeout;
        "Longest pause while sending a response";
    "limits.idle_timeout", Span<1> => limits.idle_timeout;
        "How long an idle connection is kept open";
    "limits.concurrent_calls", Count<1, 1_000_000> => limits.concurrent_calls;
        "Maximum number of concurrent calls; more get 503";
    "limits.concurrent_calls_per_principal", Count<1, 1_000_000> => limits.concurrent_calls_per_principal;
        "Maximum number of concurrent calls of one principal; more get 429";
    "limits.call_timeout", Span<1> => limits.call_timeout;
        "Default timeout of a call";
    "limits.call_timeout_most", Span<1> => limits.call_timeout_most;
        "Longest timeout that a call may request";
    "limits.reconcile_timeout", Span<1> => limits.reconcile_timeout;
        "Timeout for finding out what became of a write whose response was lost";
    "limits.reconcile_grace", Span<0> => limits.reconcile_grace;
        "How long after a lost response a write that can't be found may still take effect";
    "limits.response_body", Size => limits.response_body;
        "Largest response of a provider";
    "limits.response_memory", Size => limits.response_memory;
        "Memory for the large responses of all calls, and for large answers until they are read";
    "limits.mcp_sessions_per_principal", Count<1, 1_000_000> => limits.mcp_sessions_per_principal;
        "Maximum number of open MCP sessions of one principal";
    "limits.connect_requests_per_principal", Count<1, 1_000_000> => limits.connect_requests_per_principal;
        "Maximum number of open connect requests of one principal";
    "limits.connections_per_owner", Count<1, 1_000_000> => limits.connections_per_owner;
        "Maximum number of connections of one organization or end user, apart from those that operators create";
    "limits.connections_per_project", Count<1, 100_000_000> => limits.connections_per_project;
        "Maximum number of connections of all end users of one project";
    "limits.idempotency_keys_per_principal", Count<1, 100_000_000> => limits.idempotency_keys_per_principal;
        "Maximum number of stored `Idempotency-Key`s of one principal";
    "limits.idempotency_bytes_per_principal", Size => limits.idempotency_bytes_per_principal;
        "Maximum size of the stored outcomes of one principal's `Idempotency-Key`s";
    "limits.idempotency_retention", Span<1000> => limits.idempotency_retention;
        "How long the outcome of an `Idempotency-Key` is kept";
    "limits.shutdown_grace", Span<0> => limits.shutdown_grace;
        "How long running calls may take to finish after a stop signal";
    "egress.allow", List<AllowedDestination> => egress.allow;
        "Allowed destinations outside the public internet";
    "egress.retries", Count<0, 10, u32> => egress.retries;
        "How often a call that is safe to repeat is retried";
    "egress.connect_timeout", Span<1> => egress.connect_timeout;
        "Timeout for connecting to a provider";
    "egress.ca_file", Maybe<CaFile> => ca_file;
        "PEM file with additional CA certificates";
    "policy.actions", PatternList => policy.actions;
        "Allowed actions; a token's grant can only narrow this";
    "policy.blocked_actions", PatternList => policy.blocked_actions;
        "Blocked actions, even if `policy.actions` allows them";
    "policy.effects", List<Effect> => policy.effects;
        "Allowed effects";
    "policy.proxies", PatternList => policy.proxies;
        "Connectors whose API may be called through the proxy, if the token allows it";
    "policy.caller_credentials", Switch => policy.caller_credentials;
        "Let callers send a credential of their own in `options.headers`, in place of the connection's";
    "public_url", Maybe<PublicUrl> => public_url;
        "URL under which browsers reach the gateway to connect accounts; defaults to the listen address if that is loopback";
    "connect.return_uris", List<ReturnUri> => return_uris;
        "URL prefixes that browsers may return to after connecting an organization's account, besides loopback URLs";
    "dialects.oomol", Switch => dialects.oomol;
        "Serve `/v1/actions` and related paths, the dialect of OOMOL's clients";
    "dialects.feelr", Switch => dialects.feelr;
        "Serve `/v1/{connector}/{action}`, `/v1/tools` and `/status`, the dialect of Feelr";
    "dialects.alumia", Switch => dialects.alumia;
        "Serve `/api/v1/connectors` and `/api/v1/connections`, the dialect of Alumia";
    "run_log.enabled", Switch => run_log_enabled;
        "Record each call";
    "run_log.payloads", Switch => run_log.payloads;
        "Also record inputs and outputs, without secrets";
    "run_log.payload_limit", Size => run_log.payload_cap;
        "Largest input or output that is recorded";
    "run_log.retention", Span<1000> => run_log.retention;
        "How long records are kept";
    "log.format", LogFormat => log.format;
        "Format of the log on standard error";
    "log.filter", Filter => log.filter;
        "Log level, or levels by target";
    "otlp.endpoint", Maybe<HttpUrl> => otlp_endpoint;
        "OpenTelemetry collector to send traces to (OTLP over HTTP)";
    "mcp.enabled", Switch => mcp;
        "Serve MCP at `/mcp`";
    "web.hosts", List<HostName> => web.hosts;
        "Accepted `Host` names for `/mcp`, and for all requests with `dev`, besides those of loopback; if the gateway doesn't listen on loopback, an empty list accepts any";
    "web.origins", List<Origin> => web.origins;
        "Allowed origins of web pages, besides those of loopback; `*` for all";
}

settings! {
    /// The settings of a connector.
    pub(super) CONNECTOR_SETTINGS: ConnectorConfig;
    "enabled", Switch => enabled;
        "Whether the connector is available";
    "base_url", Maybe<HttpUrl> => base_url;
        "URL of the API, for a proxy or a self-hosted service";
    "oauth.client_id", Maybe<ClientId> => oauth.client_id;
        "Id of the gateway's client, as registered with the provider";
    "oauth.client_secret", Hidden<1> => oauth.client_secret;
        "Secret of the gateway's client";
    "oauth.authorization_url", Maybe<HttpUrl> => oauth.endpoints.authorization;
        "Authorization endpoint of a self-hosted service; requires `oauth.token_url`";
    "oauth.token_url", Maybe<HttpUrl> => oauth.endpoints.token;
        "Token endpoint of a self-hosted service";
    "oauth.revocation_url", Maybe<HttpUrl> => oauth.endpoints.revocation;
        "Revocation endpoint; requires `oauth.token_url`";
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// Returns the settings as a Markdown table.
    fn table() -> String {
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
