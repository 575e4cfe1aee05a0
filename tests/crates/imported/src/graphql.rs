//! GraphQL schemas of packages of npm and crates.io, and `graphql`, the reference implementation, which
//! answers requests by them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use plugwright_sdk::host::Entry;
use plugwright_sdk::http::{Content, HeaderMap};
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::{Request, Response};
use plugwright_sdk::{ActionContext, ActionResult, Auth, Value, json};
use plugwright_tests_packages::{crates, npm, scratch};

use crate::judge::Judge;

/// Packages of npm with schemas: name, version, file. Their licences are MIT and BSD-3-Clause (the last
/// one).
const PACKAGES: [(&str, &str, &str); 5] = [
    ("@octokit/graphql-schema", "15.26.1", "schema.graphql"),
    ("@octokit/graphql-schema", "15.26.1", "schema.json"),
    (
        "@shopify/hydrogen-react",
        "2026.4.4",
        "storefront.schema.json",
    ),
    (
        "@shopify/hydrogen-react",
        "2026.4.4",
        "customer-account.schema.json",
    ),
    (
        "@nautical-commerce/graphql-schema",
        "4.15.0",
        "nautical/schema.graphql",
    ),
];

/// Returns the schemas: in the definition language, and as answers to introspection queries.
pub fn schemas() -> Vec<PathBuf> {
    let packages = PACKAGES
        .iter()
        .map(|(name, version, file)| npm::unpack(name, version, &scratch()).join(file));
    let mut found: Vec<PathBuf> = packages.collect();
    // No package of Linear's has its schema; a crate of its users does (MIT).
    let linear = crates::fetch("linear-api", "0.1.0", &scratch());
    found.push(linear.join("schema/linear.graphql"));
    found
}

/// The program that answers requests.
pub struct Server(Arc<Mutex<Judge>>);

impl Server {
    pub fn start() -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("graphql");
        let folder = npm::install(&source, &scratch());
        let program = Judge::start(Command::new("node").arg("judge.mjs").current_dir(folder));
        Self(Arc::new(Mutex::new(program)))
    }

    /// Runs an action, whose requests are answered by a schema, for the page that a cursor names.
    ///
    /// # Errors
    ///
    /// Why the action refuses the input, or what its answer says.
    pub fn run(
        &self,
        schema: &Path,
        entry: &Entry,
        input: Value,
        cursor: Option<String>,
    ) -> Result<ActionResult, String> {
        let invocation = entry.action.decode(input);
        let invocation = invocation.map_err(|error| format!("the input is refused: {error:?}"))?;
        let (program, schema) = (Arc::clone(&self.0), schema.to_owned());
        let transport = Canned::new(move |request: &Request| {
            let Content::Bytes(body) = &request.body.content else {
                panic!("the body is a file");
            };
            let body = serde_json::from_slice(body).expect("a body of JSON");
            let mut program = program.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = program.ask(&schema, &[body])["answers"][0].take();
            let mut headers = HeaderMap::new();
            headers.insert(
                "content-type",
                "application/json".parse().expect("a header"),
            );
            Ok(Response::new(200, headers, json!(answer).to_string()))
        });
        let placeholder = entry.schemes().next().map(Auth::placeholder);
        let cx = ActionContext::builder(&entry.connector, Arc::new(transport))
            .credential(placeholder.unwrap_or_default())
            .cursor(cursor)
            .build();
        block_on(invocation.run(&cx)).map_err(|error| {
            let detail = error.detail().unwrap_or_default();
            format!("{error}: {detail}")
        })
    }
}
