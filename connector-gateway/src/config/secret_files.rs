//! Secrets from files: `PLUGWRIGHT_VAULT_KEY_FILE` names a file with the value of
//! `PLUGWRIGHT_VAULT_KEY`, and likewise for every other secret setting.
//!
//! Only its owner can read a file, and no child process inherits it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::error::Fault;
use super::setting::{CONNECTOR_SETTINGS, SETTINGS, variable};
use super::source::Source;
use plugwright_store::data_directory::read_trusted;

pub(super) type Environment = BTreeMap<String, OsString>;

/// The URL of a database may contain a password.
const DATABASE: &str = "database_url";

/// Returns the environment with secrets from files added.
pub(super) fn read(
    environment: &Environment,
    connectors: &[&str],
    faults: &mut Vec<Fault>,
) -> Environment {
    let settings = SETTINGS
        .iter()
        .filter(|setting| setting.secret || setting.key == DATABASE)
        .map(|setting| setting.key.to_owned());
    let clients = connectors.iter().flat_map(|connector| {
        let secret = CONNECTOR_SETTINGS.iter().filter(|setting| setting.secret);
        secret.map(move |setting| format!("connectors.{connector}.{}", setting.key))
    });
    let mut read = environment.clone();
    for key in settings.chain(clients) {
        let variable = variable(&key);
        let name = format!("{variable}_FILE");
        // Scripts unset a variable by making it empty.
        let Some(path) = environment.get(&name).filter(|it| !it.is_empty()) else {
            continue;
        };
        let text = if environment.get(&variable).is_some_and(|it| !it.is_empty()) {
            Err(format!("can't be set together with {variable}"))
        } else {
            secret(Path::new(path))
        };
        match text {
            Ok(text) => drop(read.insert(variable, text)),
            Err(problem) => faults.push(Fault {
                key,
                source: Source::Environment(name),
                problem,
            }),
        }
    }
    read
}

fn secret(path: &Path) -> Result<OsString, String> {
    let named = |problem: String| format!("(`{}`) {problem}", path.display());
    let text = read_trusted(path).map_err(|error| named(format!("can't be read: {error}")))?;
    // Editors and `echo` end a file with a line break that is not part of the secret.
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(named("is empty".to_owned())),
        text => Ok(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Inputs;

    const KEYS: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,\
                        AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn inputs(pairs: &[(&str, &str)]) -> Inputs {
        Inputs {
            environment: pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), OsString::from(value)))
                .collect(),
            connectors: vec!["acme".to_owned()],
            ..Inputs::default()
        }
    }

    #[test]
    fn every_secret_may_come_from_a_file() {
        let place = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = place.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let loaded = inputs(&[
            (
                "PLUGWRIGHT_ADMIN_TOKEN_FILE",
                &file("admin", "hunter2-hunter2-hunter2\n"),
            ),
            (
                "PLUGWRIGHT_VAULT_KEY_FILE",
                &file("key", &format!("{KEYS}\r\n")),
            ),
            ("PLUGWRIGHT_CONNECTORS_ACME_OAUTH_CLIENT_ID", "id"),
            (
                "PLUGWRIGHT_CONNECTORS_ACME_OAUTH_CLIENT_SECRET_FILE",
                &file("oauth", "s3cr3t"),
            ),
        ])
        .load()
        .unwrap();
        let config = &loaded.config;
        let shown = |secret: &Option<plugwright_sdk::Secret>| {
            secret.as_ref().map(|secret| secret.expose().to_owned())
        };
        assert_eq!(
            shown(&config.admin_token).as_deref(),
            Some("hunter2-hunter2-hunter2")
        );
        assert_eq!(shown(&config.vault_key).as_deref(), Some(KEYS));
        let oauth = &config.connectors["acme"].oauth;
        assert_eq!(shown(&oauth.client_secret).as_deref(), Some("s3cr3t"));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_without_what_is_in_it() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("key");
        std::fs::write(&path, "\n").unwrap();
        let path = path.display().to_string();
        for (pairs, problem) in [
            (
                vec![("PLUGWRIGHT_VAULT_KEY_FILE", path.as_str())],
                "is empty",
            ),
            (
                vec![("PLUGWRIGHT_VAULT_KEY_FILE", "/nowhere/key")],
                "can't be read",
            ),
            (
                vec![
                    ("PLUGWRIGHT_VAULT_KEY_FILE", path.as_str()),
                    ("PLUGWRIGHT_VAULT_KEY", "hunter2"),
                ],
                "can't be set together with PLUGWRIGHT_VAULT_KEY",
            ),
        ] {
            let error = inputs(&pairs).load().unwrap_err().to_string();
            assert!(error.contains(problem), "{error}");
            assert!(error.contains("PLUGWRIGHT_VAULT_KEY_FILE"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
