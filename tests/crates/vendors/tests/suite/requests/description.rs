//! What a vendor says of its API.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use plugwright_sdk::host::Connector;
use plugwright_sdk::testing::check_graphql;
use plugwright_sdk::{Action as _, ConnectorDefinition, json};
use plugwright_tests_packages::npm;
use plugwright_tests_packages::openapi::{Validator, Verdict};
use plugwright_tests_vendors::CONNECTORS;

use super::plan::{Planned, planned};

/// A file of an npm package: name, version, path.
pub(crate) struct Document(
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) &'static str,
);

/// The descriptions of a connector's API.
pub(crate) struct Description {
    /// OpenAPI documents; a request has to fit one of them.
    pub(crate) openapi: &'static [Document],
    /// A GraphQL schema.
    pub(crate) graphql: Option<Document>,
    /// Actions whose requests do not fit, each with the reason. One that does is not allowed here.
    pub(crate) except: &'static [(&'static str, &'static str)],
}

impl Document {
    fn path(&self) -> PathBuf {
        let Self(package, version, file) = self;
        let path = npm::unpack(package, version, Path::new(env!("CARGO_TARGET_TMPDIR"))).join(file);
        assert!(path.exists(), "{package} {version} has no {file}");
        path
    }
}

impl Description {
    /// Checks all actions of a connector.
    pub(crate) fn check(&self, name: &str) {
        let name = name.replace('_', "-");
        let found = CONNECTORS.iter().find(|other| other.name() == name);
        let connector = *found.unwrap_or_else(|| panic!("{name} is no connector"));
        self.check_versions(connector);
        let (graphql, rest): (Vec<_>, Vec<_>) = planned(connector)
            .into_iter()
            .partition(|it| self.graphql.is_some() && it.is_to(&graphql_url(connector)));
        if let Some(schema) = &self.graphql {
            check_graphql(connector, &fs::read_to_string(schema.path()).unwrap());
        }
        let problems = self.problems(&rest);
        println!(
            "{name}: {} requests of {} actions fit a document, those of {} a GraphQL schema, those of {} do not fit",
            rest.len() - problems.values().map(Vec::len).sum::<usize>(),
            actions(&rest).len() - problems.len(),
            actions(&graphql).len(),
            problems.len(),
        );
        self.judge(connector, &problems);
        let mut checked = actions(&rest);
        checked.extend(actions(&graphql));
        for action in connector.actions() {
            assert!(
                checked.contains(action.name()),
                "{} has no request",
                action.name()
            );
        }
    }

    /// Returns what does not fit, by action.
    fn problems<'a>(&self, requests: &'a [Planned]) -> BTreeMap<&'a str, Vec<String>> {
        if requests.is_empty() {
            return BTreeMap::new();
        }
        let mut validator = Validator::start(Path::new(env!("CARGO_TARGET_TMPDIR")));
        let questions: Vec<_> = requests
            .iter()
            .map(|it| json!({ "method": it.request.method, "planned": it.request, "strict": true }))
            .collect();
        let mut verdicts = vec![Verdict::Unknown; requests.len()];
        for document in self.openapi {
            let judged = validator.judge(&document.path(), &questions);
            for (verdict, new) in verdicts.iter_mut().zip(judged) {
                if *verdict == Verdict::Unknown || new == Verdict::Valid {
                    *verdict = new;
                }
            }
        }
        let mut problems: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (planned, verdict) in requests.iter().zip(verdicts) {
            let problem = match verdict {
                Verdict::Valid => continue,
                Verdict::Unknown => "no document has such an operation".to_owned(),
                Verdict::Unjudged(reason) => format!("can't be judged: {reason}"),
                Verdict::Invalid(found) => found.join("; "),
            };
            let Planned {
                action,
                cassette,
                request,
            } = planned;
            let (method, url) = (&request.method, &request.url);
            let text = format!("{cassette}: {method} {url}\n    {problem}");
            problems.entry(action).or_default().push(text);
        }
        problems
    }

    /// Compares what does not fit with what is known not to.
    fn judge(&self, connector: &ConnectorDefinition, problems: &BTreeMap<&str, Vec<String>>) {
        let excepted: BTreeMap<_, _> = self.except.iter().copied().collect();
        let mut wrong = Vec::new();
        for (action, found) in problems {
            match excepted.get(action) {
                Some(reason) => println!("  {action} does not fit: {reason}"),
                None => wrong.extend(found.iter().cloned()),
            }
        }
        let needless = excepted
            .keys()
            .filter(|action| !problems.contains_key(**action));
        wrong.extend(needless.map(|action| format!("{action} is excepted, and fits")));
        assert!(
            wrong.is_empty(),
            "{}:\n{}",
            connector.name(),
            wrong.join("\n")
        );
    }

    /// The plan of the cassettes names the versions that they are checked with.
    fn check_versions(&self, connector: &ConnectorDefinition) {
        let plan = format!(
            "../../../connectors/{}/tests/cassettes.toml",
            connector.name()
        );
        let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join(plan);
        let Ok(text) = fs::read_to_string(plan) else {
            return;
        };
        let plan: toml::Table = text.parse().unwrap();
        for Document(package, version, _) in self.openapi.iter().chain(&self.graphql) {
            for planned in versions(&plan, package) {
                assert_eq!(planned, *version, "the version of {package}");
            }
        }
    }
}

/// Returns the versions that a package is named with, in tables at any depth.
fn versions<'a>(table: &'a toml::Table, package: &str) -> Vec<&'a str> {
    let text = |key: &str| table.get(key).and_then(toml::Value::as_str);
    let own = text("version").filter(|_| text("name") == Some(package));
    let tables = table.values().filter_map(toml::Value::as_table);
    own.into_iter()
        .chain(tables.flat_map(|inner| versions(inner, package)))
        .collect()
}

fn graphql_url(connector: &'static ConnectorDefinition) -> String {
    let path = Connector::from(connector).graphql_path().to_owned();
    format!("{}{path}", connector.base_url())
}

fn actions(requests: &[Planned]) -> BTreeSet<&str> {
    requests.iter().map(|it| it.action.as_str()).collect()
}
