//! Discovery documents, and Google's own client that judges requests by them.

use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_import::{BodyEncoding, BodySource, ImportedAction, ParameterPlace};
use plugwright_sdk::transport::PlannedRequest;
use plugwright_sdk::{Value, json};
use plugwright_tests_packages::{python, scratch};
use serde_json::Map;

use crate::judge::Judge;

/// The media type and the content of the files that inputs have, in base64.
const FILE: (&str, &str) = ("text/plain", "aGVsbG8=");

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("google")
}

/// Returns the Discovery documents of the client's package.
pub fn documents() -> Vec<PathBuf> {
    let python = python::install(&source(), &scratch());
    let code = "import googleapiclient.discovery_cache as it; print(it.DISCOVERY_DOC_DIR)";
    let folder = plugwright_tests_packages::run(Command::new(python).args(["-c", code]));
    let entries = std::fs::read_dir(folder.trim()).expect("the folder of documents");
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| !path.ends_with("index.json"))
        .collect();
    found.sort_unstable();
    found
}

/// Starts Google's client for Python.
pub fn client() -> Judge {
    let python = python::install(&source(), &scratch());
    Judge::start(Command::new(python).arg(source().join("judge.py")))
}

/// Says what the client is to be called with for the same request.
pub fn request(action: &ImportedAction, input: &Value, planned: &PlannedRequest) -> Value {
    let parameters = action.request.parameters.iter();
    let parameters: Map<String, Value> = parameters
        .filter(|parameter| parameter.place != ParameterPlace::Header)
        .filter_map(|parameter| {
            let value = input.get(&parameter.input)?;
            Some((parameter.name.clone(), value.clone()))
        })
        .collect();
    let mut request = json!({
        "method": action.operation.method, "path": action.operation.path,
        "parameters": parameters, "planned": planned,
    });
    let Some(body) = &action.request.body else {
        return request;
    };
    match (&body.source, body.encoding) {
        (BodySource::Member(_), BodyEncoding::Binary) => request["media"] = json!(FILE),
        (BodySource::Member(name), _) => request["body"] = input[name].clone(),
        (BodySource::Members(_), BodyEncoding::Related) => {
            request["body"] = input["metadata"].clone();
            request["media"] = json!(FILE);
        }
        (BodySource::Members(fields), _) => {
            let given = fields
                .iter()
                .filter_map(|field| Some((field.name.clone(), input.get(&field.input)?.clone())));
            request["body"] = given.collect::<Map<_, _>>().into();
        }
    }
    request
}
