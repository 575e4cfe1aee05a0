//! The configuration file: TOML without unknown keys.

use std::path::Path;

use plugwright_sdk::host::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Fault};
use super::form::type_of;
use super::setting::{CONNECTOR_SETTINGS, SETTINGS, Setting, variable};
use super::source::{Source, Sources};
use super::{Config, ConnectorConfig};

const CONNECTORS: &str = "connectors";

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
        sources,
        faults,
    };
    let scope = Scope {
        root: String::new(),
        settings: SETTINGS,
        unknown,
    };
    for (name, value) in table.get_ref() {
        match (name.get_ref().as_ref(), value.get_ref()) {
            (CONNECTORS, DeValue::Table(table)) => {
                reader.connectors(table, connectors, config);
            }
            (CONNECTORS, other) => {
                let problem = not_a_table(CONNECTORS, other);
                reader.fault(CONNECTORS.to_owned(), name.span().start, problem);
            }
            _ => reader.member(&scope, "", name, value, config),
        }
    }
    Ok(())
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.split(|byte| *byte == b'\n').count()
}

/// What the members of a table may be.
struct Scope<C: 'static> {
    /// The table's key; empty for the whole file.
    root: String,
    settings: &'static [Setting<C>],
    /// Describes the problem with an unknown key.
    unknown: fn(&str) -> String,
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    sources: &'a mut Sources,
    faults: &'a mut Vec<Fault>,
}

impl Reader<'_> {
    fn source(&self, offset: usize) -> Source {
        Source::File {
            path: self.path.to_owned(),
            line: line_of(self.text, offset),
        }
    }

    fn fault(&mut self, key: String, offset: usize, problem: String) {
        let source = self.source(offset);
        self.faults.push(Fault {
            key,
            source,
            problem,
        });
    }

    fn member<C>(
        &mut self,
        scope: &Scope<C>,
        prefix: &str,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        target: &mut C,
    ) {
        let offset = name.span().start;
        let local = join(prefix, name.get_ref());
        let key = join(&scope.root, &local);
        let inner = format!("{local}.");
        // A quoted name with a dot is not a path to a setting.
        let is_plain = !name.get_ref().contains('.');
        let mut settings = scope.settings.iter().filter(|_| is_plain);
        let is_table = settings.clone().any(|it| it.key.starts_with(&inner));
        let read = match (settings.find(|it| it.key == local), value.get_ref()) {
            (Some(setting), _) if setting.secret => Err(format!(
                "is a secret and can't be set in the file; set {} in the environment",
                variable(&key)
            )),
            (Some(setting), value) => (setting.read_file)(target, value),
            (None, DeValue::Table(table)) if is_table => {
                for (name, value) in table {
                    self.member(scope, &local, name, value, target);
                }
                return;
            }
            (None, other) if is_table => Err(not_a_table(&key, other)),
            (None, _) => Err((scope.unknown)(&key)),
        };
        match read {
            Ok(()) => self.sources.set(&key, self.source(offset)),
            Err(problem) => self.fault(key, offset, problem),
        }
    }

    fn connectors(&mut self, tables: &DeTable<'_>, connectors: &[&str], config: &mut Config) {
        for (name, value) in tables {
            let offset = name.span().start;
            let name = name.get_ref().as_ref();
            let key = join(CONNECTORS, name);
            if !connectors.contains(&name) {
                let near = nearest::did_you_mean(name, connectors.iter().copied());
                let near = near.unwrap_or_default();
                let problem = format!("is not a connector of this binary{near}");
                self.fault(key, offset, problem);
                continue;
            }
            let DeValue::Table(table) = value.get_ref() else {
                let problem = not_a_table(&key, value.get_ref());
                self.fault(key, offset, problem);
                continue;
            };
            let scope = Scope {
                root: key,
                settings: CONNECTOR_SETTINGS,
                unknown: unknown_of_connector,
            };
            let mut connector = ConnectorConfig::default();
            for (name, value) in table {
                self.member(&scope, "", name, value, &mut connector);
            }
            config.connectors.insert(name.to_owned(), connector);
        }
    }
}

fn join(prefix: &str, name: &str) -> String {
    match prefix {
        "" => name.to_owned(),
        prefix => format!("{prefix}.{name}"),
    }
}

fn not_a_table(key: &str, value: &DeValue<'_>) -> String {
    let found = type_of(value);
    format!("must be a table such as `[{key}]`, not {found}")
}

fn unknown(key: &str) -> String {
    let keys = SETTINGS
        .iter()
        .filter(|setting| !setting.secret)
        .map(|setting| setting.key)
        .chain([CONNECTORS]);
    // The name of a table is alike in all of its keys.
    let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
    let in_table = keys.clone().filter_map(|known| match table {
        "" => Some(known),
        table => known.strip_prefix(table)?.strip_prefix('.'),
    });
    let tables = keys
        .clone()
        .filter_map(|known| Some(known.split_once('.')?.0));
    let near = nearest::names(name, in_table.chain(tables.filter(|_| table.is_empty())), 1)
        .first()
        .map(|near| join(table, near));
    // A key in the wrong table matches by its last segment.
    let misplaced = keys
        .clone()
        .find(|known| known.rsplit('.').next() == key.rsplit('.').next());
    let meant: Vec<_> = misplaced.map(str::to_owned).or(near).into_iter().collect();
    let hint = nearest::question(&meant);
    let hint = hint
        .as_deref()
        .unwrap_or("; `plugwright config` lists them");
    format!("is not a setting{hint}")
}

fn unknown_of_connector(_: &str) -> String {
    let known = CONNECTOR_SETTINGS.iter().filter(|setting| !setting.secret);
    let known: Vec<_> = known.map(|setting| format!("`{}`", setting.key)).collect();
    format!(
        "is not a connector setting; expected one of {}",
        known.join(", ")
    )
}
