//! The configuration file: TOML without unknown keys.

use std::path::Path;

use plugwright_sdk::host::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Fault};
use super::form::{Form, HttpUrl, Switch, type_of};
use super::setting::SETTINGS;
use super::source::{Source, Sources};
use super::{Config, ConnectorConfig, oauth};

/// Applies a file to a configuration. Faults are added to the list.
pub(super) fn apply(
    path: &Path,
    text: &str,
    connectors: &[&str],
    config: &mut Config,
    sources: &mut Sources,
    faults: &mut Vec<Fault>,
) -> Result<(), ConfigError> {
    let table = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        path: path.to_owned(),
        line: error.span().map_or(1, |span| line_of(text, span.start)),
        problem: error.message().to_owned(),
    })?;
    let mut reader = Reader {
        path,
        text,
        connectors,
        config,
        sources,
        faults,
    };
    reader.table("", table.get_ref());
    Ok(())
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.split(|byte| *byte == b'\n').count()
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    connectors: &'a [&'a str],
    config: &'a mut Config,
    sources: &'a mut Sources,
    faults: &'a mut Vec<Fault>,
}

impl Reader<'_> {
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let key = match prefix {
                "" => name.get_ref().to_string(),
                prefix => format!("{prefix}.{}", name.get_ref()),
            };
            let source = Source::File {
                path: self.path.to_owned(),
                line: line_of(self.text, name.span().start),
            };
            // A quoted name with a dot is not a path to a setting.
            let ours = !name.get_ref().contains('.');
            if let Err(problem) = self.member(&key, ours, value, &source) {
                self.faults.push(Fault {
                    key,
                    source,
                    problem,
                });
            }
        }
    }

    fn member(
        &mut self,
        key: &str,
        ours: bool,
        value: &Spanned<DeValue<'_>>,
        source: &Source,
    ) -> Result<(), String> {
        let value = value.get_ref();
        if let Some(setting) = SETTINGS.iter().find(|setting| ours && setting.key == key) {
            if setting.secret {
                return Err(format!(
                    "is a secret and can't be set in the file; set {} in the environment",
                    setting.variable()
                ));
            }
            (setting.read_file)(self.config, value)?;
            self.sources.set(key, source.clone());
            return Ok(());
        }
        let inner = format!("{key}.");
        let is_table = key == "connectors" || SETTINGS.iter().any(|it| it.key.starts_with(&inner));
        match value {
            DeValue::Table(table) if ours && key == "connectors" => {
                self.all_connectors(table);
                Ok(())
            }
            DeValue::Table(table) if ours && is_table => {
                self.table(key, table);
                Ok(())
            }
            other if ours && is_table => Err(format!(
                "must be a table such as `[{key}]`, not {}",
                type_of(other)
            )),
            _ => Err(unknown(key)),
        }
    }

    fn all_connectors(&mut self, connectors: &DeTable<'_>) {
        for (name, value) in connectors {
            let line = |offset| Source::File {
                path: self.path.to_owned(),
                line: line_of(self.text, offset),
            };
            let source = line(name.span().start);
            let name = name.get_ref().as_ref();
            let key = format!("connectors.{name}");
            let mut fault = |key: &str, source: Source, problem: String| {
                self.faults.push(Fault {
                    key: key.to_owned(),
                    source,
                    problem,
                });
            };
            if !self.connectors.contains(&name) {
                let known = self.connectors.iter().copied();
                let near = nearest::did_you_mean(name, known).unwrap_or_default();
                let problem = format!("is not a connector of this binary{near}");
                fault(&key, source, problem);
                continue;
            }
            let DeValue::Table(table) = value.get_ref() else {
                let problem = format!(
                    "must be a table such as `[{key}]`, not {}",
                    type_of(value.get_ref())
                );
                fault(&key, source, problem);
                continue;
            };
            let mut connector = ConnectorConfig::default();
            for (member, value) in table {
                let source = line(member.span().start);
                let member = member.get_ref().as_ref();
                let key = format!("{key}.{member}");
                if let ("oauth", DeValue::Table(table)) = (member, value.get_ref()) {
                    for (member, value) in table {
                        let source = line(member.span().start);
                        let member = member.get_ref().as_ref();
                        let key = format!("{key}.{member}");
                        let (oauth, value) = (&mut connector.oauth, value.get_ref());
                        match oauth::read_member(oauth, name, member, value) {
                            Ok(()) => self.sources.set(&key, source),
                            Err(problem) => fault(&key, source, problem),
                        }
                    }
                    continue;
                }
                match read_member(&mut connector, member, value.get_ref()) {
                    Ok(()) => self.sources.set(&key, source),
                    Err(problem) => fault(&key, source, problem),
                }
            }
            self.config.connectors.insert(name.to_owned(), connector);
        }
    }
}

fn read_member(
    connector: &mut ConnectorConfig,
    member: &str,
    value: &DeValue<'_>,
) -> Result<(), String> {
    match member {
        "enabled" => connector.enabled = Switch::from_file(value)?,
        "base_url" => connector.base_url = Some(HttpUrl::from_file(value)?),
        "oauth" => {
            return Err(format!(
                "must be a table such as `[connectors.github.oauth]`, not {}",
                type_of(value)
            ));
        }
        _ => {
            return Err(
                "is not a connector setting; expected `enabled`, `base_url` or `oauth`".to_owned(),
            );
        }
    }
    Ok(())
}

fn unknown(key: &str) -> String {
    let keys = SETTINGS
        .iter()
        .filter(|setting| !setting.secret)
        .map(|setting| setting.key)
        .chain(["connectors"]);
    let near = nearest::names(key, keys.clone(), 1).first().copied();
    // A key in the wrong table matches by its last segment.
    let misplaced = keys
        .clone()
        .find(|known| known.rsplit('.').next() == key.rsplit('.').next());
    let meant: Vec<_> = misplaced.or(near).into_iter().collect();
    let hint = nearest::question(&meant);
    let hint = hint
        .as_deref()
        .unwrap_or("; `plugwright config` lists them");
    format!("is not a setting{hint}")
}
