//! What imported methods of Discovery documents send is what Google's own client sends for the same
//! parameters.
//!
//! A sample of documents by default; with `PLUGWRIGHT_IMPORT_ALL` all of them, which takes minutes.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::time::Instant;

use plugwright_import::{ImportedAction, Outcome};
use plugwright_sdk::Value;
use plugwright_sdk::host::Registry;
use plugwright_tests_imported::{self as imported, google, planned};

/// Of each document so many methods are called, and all that upload or download.
const METHODS: usize = 5;

/// Of each hundred so many become actions, and are called as the client calls them.
const LEAST: usize = 97;

/// Of the documents one of so many is in the sample.
const ONE_OF: usize = 40;

/// Documents with media, large ones, and the one whose bodies are in `data`.
const NAMED: [&str; 6] = [
    "compute.v1.json",
    "drive.v3.json",
    "gmail.v1.json",
    "storage.v1.json",
    "translate.v2.json",
    "youtube.v3.json",
];

#[derive(Default)]
struct Tally {
    documents: usize,
    operations: usize,
    refused: usize,
    degraded: usize,
    sampled: usize,
    same: usize,
    problems: BTreeMap<String, (usize, String)>,
}

impl Tally {
    fn problem(&mut self, problem: &str, about: String) {
        let kind = problem.chars().take(160).collect();
        self.problems.entry(kind).or_insert((0, about)).0 += 1;
    }

    fn text(&self) -> String {
        let problems = self.problems.iter().take(80);
        let problems: Vec<String> = problems
            .map(|(kind, (count, about))| format!("{count} x {kind}\n      {about}\n"))
            .collect();
        format!(
            "{} documents, {} operations, {} degraded, {} refused; {} sampled: {} the same\n",
            self.documents, self.operations, self.degraded, self.refused, self.sampled, self.same
        ) + &problems.concat()
    }
}

fn has_media(action: &ImportedAction) -> bool {
    let mut query = action.request.query.iter();
    query.any(|(name, value)| name == "uploadType" || value == "media")
}

/// Plans requests of some methods, spread evenly; panics if the schema of any can't be made.
fn requests(path: &Path, tally: &mut Tally) -> Vec<Value> {
    let imported = imported::import(path);
    tally.documents += 1;
    tally.operations += imported.report.operations.len();
    tally.refused += imported.report.count(Outcome::Refused);
    tally.degraded += imported.report.count(Outcome::Degraded);
    for operation in &imported.report.operations {
        for reason in &operation.reasons {
            let about = format!("{} {}", path.display(), operation.path);
            tally.problem(&format!("{:?}: {reason}", operation.outcome), about);
        }
    }
    let actions: BTreeMap<String, ImportedAction> = imported
        .connector
        .actions
        .iter()
        .map(|action| (action.name.clone(), action.clone()))
        .collect();
    let registry = Registry::new([imported.connector.connector().unwrap()]).unwrap();
    let entries = registry.own_actions();
    let settings = BTreeMap::new();
    let step = entries.len().div_ceil(METHODS).max(1);
    let mut requests = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let action = &actions[entry.action.name()];
        if index % step != 0 && !has_media(action) {
            continue;
        }
        tally.sampled += 1;
        match planned(entry, &settings) {
            Ok((input, planned)) => requests.push(google::request(action, &input, &planned)),
            Err(problem) => {
                let about = format!("{} {}", path.display(), action.name);
                tally.problem(&problem, about);
            }
        }
    }
    requests
}

fn sample(documents: Vec<PathBuf>) -> Vec<PathBuf> {
    let is_named = |path: &Path| NAMED.iter().any(|name| path.ends_with(name));
    let documents = documents.into_iter().enumerate();
    documents
        .filter(|(index, path)| index % ONE_OF == 0 || is_named(path))
        .map(|(_, path)| path)
        .collect()
}

#[test]
fn requests_of_discovery_methods_are_those_of_googles_client() {
    let mut documents = google::documents();
    assert!(documents.len() > 500, "{} documents", documents.len());
    if env::var_os("PLUGWRIGHT_IMPORT_ALL").is_none() {
        documents = sample(documents);
    }
    let mut client = google::client();
    let mut tally = Tally::default();
    let begun = Instant::now();
    for document in &documents {
        let requests = requests(document, &mut tally);
        let problems = client.judge(document, &requests);
        for (request, problem) in requests.iter().zip(problems) {
            let Some(problem) = problem else {
                tally.same += 1;
                continue;
            };
            let request = request.to_string();
            let request: String = request.chars().take(800).collect();
            tally.problem(&problem, format!("{} {request}", document.display()));
        }
    }
    println!("{}in {:.1} s", tally.text(), begun.elapsed().as_secs_f64());
    let (sampled, operations) = (tally.sampled, tally.operations);
    assert!(sampled > documents.len(), "{}", tally.text());
    assert!(tally.same * 100 >= sampled * LEAST, "{}", tally.text());
    assert!(
        tally.refused * 100 <= operations * (100 - LEAST),
        "{}",
        tally.text()
    );
}
