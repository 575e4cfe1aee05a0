//! Fuzzing of each function that reads bytes from the network.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::num::NonZero;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use super::report::{self, Fuzzed};
use crate::command::cargo;
use crate::tool::FUZZ;

/// Longest input that is made, in bytes.
const LONGEST: u32 = 64 << 10;
/// Memory above which a reader has failed, in megabytes.
const MEMORY: u32 = 1024;
/// One input that takes longer has failed, in seconds.
const TIMEOUT: u32 = 10;

/// The readers whose inputs are header values or names; the others read JSON.
const PLAIN: [&str; 9] = [
    "cursors",
    "dispositions",
    "endpoints",
    "forms",
    "links",
    "origins",
    "queries",
    "settings",
    "waits",
];

/// Fuzzes each reader for so long, some of them side by side; returns the record.
pub(super) fn run(
    root: &Path,
    minutes: u32,
    jobs: NonZero<usize>,
    cores: NonZero<usize>,
) -> Result<String> {
    FUZZ.provide()?;
    let folder = root.join("fuzz");
    let names = names(&folder.join("fuzz_targets"))?;
    // Built here, so that the minutes of none of them pass while it waits for another build.
    let mut build = fuzzer("build", &folder);
    crate::command::run(&mut build)?;

    let waiting = Mutex::new(names.into_iter());
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.get() {
            let (waiting, folder, done) = (&waiting, &folder, done.clone());
            scope.spawn(move || {
                let next = || {
                    waiting
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .next()
                };
                while let Some(name) = next() {
                    let start = Instant::now();
                    let executions = fuzz(folder, &name, minutes);
                    // The receiver lives as long as this scope.
                    let _ = done.send((name, executions, start.elapsed()));
                }
            });
        }
    });
    drop(done);
    let mut fuzzed = Vec::new();
    let mut broken = Vec::new();
    for (name, executions, duration) in results {
        match executions {
            Ok(executions) => fuzzed.push(Fuzzed {
                name,
                executions,
                duration,
            }),
            Err(error) => broken.push(format!("{name}: {error:#}")),
        }
    }
    if !broken.is_empty() {
        bail!(
            "the record is left as it was, since not every reader holds\n  {}",
            broken.join("\n  ")
        );
    }
    fuzzed.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(report::fuzzing(&fuzzed, jobs, cores))
}

/// Returns a command of `cargo fuzz`.
fn fuzzer(task: &str, folder: &Path) -> Command {
    // Without a sanitizer it needs no nightly compiler: the code has no unsafe part.
    let mut command = cargo(["fuzz", task, "--sanitizer", "none", "--fuzz-dir"]);
    command.arg(folder);
    command
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if let Some(name) = path.file_stem() {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Runs one reader; returns how often it was called.
fn fuzz(folder: &Path, name: &str, minutes: u32) -> Result<u64> {
    let corpus = folder.join("corpus").join(name);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot make {}", corpus.display()))?;
    let dictionary = if PLAIN.contains(&name) {
        "http"
    } else {
        "json"
    };
    let dictionary = folder.join("dictionaries").join(dictionary);
    let mut command = fuzzer("run", folder);
    command
        .arg(name)
        .arg(corpus)
        .arg(folder.join("seeds").join(name))
        .arg("--")
        .arg(format!("-max_total_time={}", minutes * 60))
        .arg(format!("-max_len={LONGEST}"))
        .arg(format!("-rss_limit_mb={MEMORY}"))
        .arg(format!("-timeout={TIMEOUT}"))
        .arg(format!("-dict={}.dict", dictionary.display()))
        .arg("-print_final_stats=1")
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    eprintln!("fuzzing {name} for {minutes} min");
    let mut child = command.spawn().context("cannot start `cargo fuzz`")?;
    let errors = child.stderr.take().context("`cargo fuzz` has no output")?;
    let mut last = Vec::new();
    let mut count = None;
    for line in BufReader::new(errors).lines() {
        let line = line?;
        count = executions(&line).or(count);
        if last.len() == 40 {
            last.remove(0);
        }
        last.push(line);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("it ended with {status}\n{}", last.join("\n"));
    }
    count.context("the fuzzer does not tell how often it called the reader")
}

/// Reads the count from the fuzzer's last words.
fn executions(line: &str) -> Option<u64> {
    let count = line.strip_prefix("stat::number_of_executed_units:")?;
    count.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_how_often_a_reader_was_called() {
        let line = "stat::number_of_executed_units: 1048576";
        assert_eq!(executions(line), Some(1_048_576));
        assert_eq!(executions("stat::average_exec_per_sec:     1"), None);
    }
}
