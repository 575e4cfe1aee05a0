//! Requests, judged by OpenAPI documents with `openapi-request-validator`.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A process that judges requests.
pub struct Validator {
    node: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

/// What is thought of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The document describes it.
    Valid,
    /// It is not as the document says.
    Invalid(Vec<String>),
    /// The document has no operation for it.
    Unknown,
    /// The package can't tell.
    Unjudged(String),
}

impl Validator {
    /// Installs the package below `scratch`, and starts it.
    pub fn start(scratch: &Path) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("validator");
        let mut node = Command::new("node")
            .args(["--max-old-space-size=3000", "validate.mjs"])
            .current_dir(crate::npm::install(&source, scratch))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js");
        let questions = node.stdin.take().expect("it is a pipe");
        let answers = node.stdout.take().expect("it is a pipe");
        Self {
            node,
            questions,
            answers: BufReader::new(answers).lines(),
        }
    }

    /// Judges requests by a document. Each has `method` and `planned`, a `PlannedRequest`; and `path`, the
    /// document's template, if it is known which operation it is for.
    /// The process ends if it can't read the document.
    pub fn judge(&mut self, document: &Path, requests: &[Value]) -> Vec<Verdict> {
        let line = json!({ "document": document, "requests": requests });
        writeln!(self.questions, "{line}").expect("Node.js reads");
        let answer = self.answers.next().expect("an answer").expect("a line");
        let answer: Value = answer.parse().expect("JSON");
        let problems = answer["problems"].as_array().expect("a list");
        assert_eq!(problems.len(), requests.len(), "{answer}");
        problems.iter().map(Verdict::of).collect()
    }
}

impl Verdict {
    fn of(problem: &Value) -> Self {
        if problem.is_null() {
            return Self::Valid;
        }
        if let Some(reason) = problem["unjudged"].as_str() {
            return Self::Unjudged(reason.to_owned());
        }
        match problem["invalid"].as_array() {
            Some(found) => {
                let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
                Self::Invalid(found.iter().map(text).collect())
            }
            None => Self::Unknown,
        }
    }
}

impl Drop for Validator {
    fn drop(&mut self) {
        // It has nothing to lose, and may have ended already.
        drop(self.node.kill());
        drop(self.node.wait());
    }
}
