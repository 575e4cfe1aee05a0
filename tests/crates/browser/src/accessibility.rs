//! What keeps people from using a page, as axe-core finds it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Browser;

/// A rule that a page breaks.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The rule's name.
    pub rule: String,
    /// What it asks for.
    pub help: String,
    /// The elements that break it, as HTML.
    pub elements: Vec<String>,
}

const RUN: &str = r"
const done = arguments[0];
axe.run().then(
  (found) => done(found.violations.map((rule) => [
    rule.id, rule.help, rule.nodes.map((node) => node.html + ' ' + node.failureSummary),
  ])),
  (error) => done(String(error)),
);
";

impl Browser {
    /// Returns the rules of accessibility that the page breaks, contrast among them.
    pub async fn violations(&self) -> Vec<Violation> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("axe");
        let scratch = plugwright_tests_packages::scratch().join("browser");
        let folder = plugwright_tests_packages::npm::install(&source, &scratch);
        let axe = folder.join("node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(axe).expect("axe-core's script");
        // The driver evaluates it, whatever the page's policy says of scripts.
        let loaded = self.execute(axe, Vec::new()).await;
        loaded.expect("axe-core loads");
        let answer = self.execute_async(RUN, Vec::new()).await;
        let answer = answer.expect("axe-core runs");
        let Value::Array(found) = answer.json() else {
            panic!("axe-core answers {}", answer.json());
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let violation = |rule: &Value| Violation {
            rule: text(&rule[0]),
            help: text(&rule[1]),
            elements: rule[2].as_array().into_iter().flatten().map(text).collect(),
        };
        found.iter().map(violation).collect()
    }
}
