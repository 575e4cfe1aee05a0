//! What imported operations send is what their documents describe, as `openapi-request-validator`
//! of npm judges it: inputs that our schemas accept make requests that it accepts.
//!
//! A sample of documents by default; with `PLUGWRIGHT_IMPORT_ALL` all of them, which takes minutes.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use plugwright_import::{ImportedConnector, Outcome};
use plugwright_sdk::host::Registry;
use plugwright_sdk::{Value, json};
use plugwright_tests_imported::{self as imported, planned, sources};
use plugwright_tests_packages::openapi::{Validator, Verdict};

/// Of each document so many operations are called.
const OPERATIONS: usize = 5;

/// Of each hundred operations so many make a request that the document describes.
const LEAST: usize = 97;

#[derive(Default)]
struct Tally {
    documents: usize,
    operations: usize,
    refused: usize,
    sampled: usize,
    valid: usize,
    /// Requests that the package can't judge.
    unjudged: usize,
    slowest: (Duration, String),
    import: Duration,
    /// How often there was a problem of a kind, with the first of them.
    problems: BTreeMap<String, (usize, String)>,
}

impl Tally {
    fn problem(&mut self, kind: &str, about: String) {
        let kind: String = kind.chars().take(90).collect();
        self.problems.entry(kind).or_insert((0, about)).0 += 1;
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{} documents, {} operations, {} refused; {} sampled: {} valid, {} unjudged; imported in \
             {:.1} s, the slowest {} in {:.1} s\n",
            self.documents,
            self.operations,
            self.refused,
            self.sampled,
            self.valid,
            self.unjudged,
            self.import.as_secs_f64(),
            self.slowest.1,
            self.slowest.0.as_secs_f64(),
        );
        let mut problems: Vec<_> = self.problems.iter().collect();
        problems.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for (kind, (count, example)) in problems.into_iter().take(60) {
            writeln!(text, "{count} x {kind}\n      {example}").expect("a text");
        }
        text
    }
}

/// Plans requests of some operations of a connector, spread evenly.
fn requests(imported: ImportedConnector, document: &Path, tally: &mut Tally) -> Vec<Value> {
    let origins: BTreeMap<_, _> = imported
        .actions
        .iter()
        .map(|action| (action.name.clone(), action.operation.clone()))
        .collect();
    let connector = imported.connector().unwrap();
    let settings = imported::settings(&connector);
    let registry = Registry::new([connector]).unwrap();
    let entries = registry.own_actions();
    let count = entries.len().min(OPERATIONS);
    let mut requests = Vec::new();
    for index in 0..count {
        let entry = &entries[index * entries.len() / count];
        let origin = &origins[entry.action.name()];
        tally.sampled += 1;
        match planned(entry, &settings) {
            Ok((_, planned)) => requests.push(json!({
                "method": origin.method, "path": origin.path, "planned": planned,
            })),
            Err(problem) => {
                let about = format!("{} {} {}", document.display(), origin.method, origin.path);
                tally.problem(&problem, about);
            }
        }
    }
    requests
}

fn import(path: &Path, tally: &mut Tally) -> Vec<Value> {
    let begun = Instant::now();
    let imported = imported::import(path);
    let took = begun.elapsed();
    tally.import += took;
    if took > tally.slowest.0 {
        tally.slowest = (took, path.display().to_string());
    }
    tally.documents += 1;
    tally.operations += imported.report.operations.len();
    tally.refused += imported.report.count(Outcome::Refused);
    let longest = imported
        .connector
        .actions
        .iter()
        .map(|action| action.name.len());
    assert!(
        longest.max().unwrap_or_default() + "sample.".len() <= 64,
        "{}",
        path.display()
    );
    requests(imported.connector, path, tally)
}

/// Imports documents, and has the package judge what would be sent.
fn prove(documents: &[PathBuf]) -> Tally {
    let mut validator = Validator::start(&plugwright_tests_packages::scratch());
    let mut tally = Tally::default();
    for document in documents {
        let requests = import(document, &mut tally);
        if requests.is_empty() {
            continue;
        }
        let verdicts = validator.judge(document, &requests);
        for (request, verdict) in requests.iter().zip(verdicts) {
            let about = || {
                format!(
                    "{} {} {}\n      {verdict:?}\n      {}",
                    document.display(),
                    request["method"],
                    request["path"],
                    request["planned"]
                        .to_string()
                        .chars()
                        .take(600)
                        .collect::<String>()
                )
            };
            match &verdict {
                Verdict::Valid => tally.valid += 1,
                Verdict::Unjudged(reason) => {
                    tally.unjudged += 1;
                    tally.problem(&format!("unjudged: {reason}"), about());
                }
                Verdict::Invalid(found) => {
                    let first = found.first().map_or("", String::as_str);
                    // Where it is differs from one document to the next.
                    let kind = first.split_once(": ").map_or(first, |(_, message)| message);
                    tally.problem(&format!("invalid: {kind}"), about());
                }
                Verdict::Unknown => tally.problem("no such operation", about()),
            }
        }
    }
    tally
}

#[test]
fn requests_of_imported_operations_are_what_the_documents_describe() {
    let mut documents = sources::directory();
    if env::var_os("PLUGWRIGHT_IMPORT_ALL").is_none() {
        documents = sources::sample(documents);
    }
    let tally = prove(&documents);
    println!("{}", tally.text());
    assert!(
        tally.valid * 100 >= tally.sampled * LEAST,
        "{}",
        tally.text()
    );
    assert!(
        tally.refused * 100 <= tally.operations * (100 - LEAST),
        "{}",
        tally.text()
    );
}

#[test]
fn requests_of_swagger_2_operations_are_what_the_documents_describe() {
    let documents = sources::swagger();
    assert!(documents.len() >= 20, "{documents:?}");
    let tally = prove(&documents);
    println!("{}", tally.text());
    assert!(
        tally.valid * 100 >= tally.sampled * LEAST,
        "{}",
        tally.text()
    );
}
