//! Programs that compare requests with those that others make, or answer them.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use plugwright_sdk::{Value, json};

/// A program that reads a document and requests from each line, and writes a line about them.
pub struct Judge {
    program: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Judge {
    pub fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut program = command.spawn().expect("the program");
        let questions = program.stdin.take().expect("it is a pipe");
        let answers = program.stdout.take().expect("it is a pipe");
        Self {
            program,
            questions,
            answers: BufReader::new(answers).lines(),
        }
    }

    /// Returns what the program writes about requests.
    /// The process ends if it can't read the document.
    pub fn ask(&mut self, document: &Path, requests: &[Value]) -> Value {
        let line = json!({ "document": document, "requests": requests });
        writeln!(self.questions, "{line}").expect("the program reads");
        let answer = self.answers.next().expect("an answer").expect("a line");
        answer.parse().expect("JSON")
    }

    /// Compares requests; returns what is different in each.
    pub fn judge(&mut self, document: &Path, requests: &[Value]) -> Vec<Option<String>> {
        let answer = self.ask(document, requests);
        let problems = answer["problems"].as_array().expect("a list");
        assert_eq!(problems.len(), requests.len(), "{answer}");
        let problems = problems.iter();
        problems
            .map(|problem| problem.as_str().map(str::to_owned))
            .collect()
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        // It has nothing to lose, and may have ended already.
        drop(self.program.kill());
        drop(self.program.wait());
    }
}
