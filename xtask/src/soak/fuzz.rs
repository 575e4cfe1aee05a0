//! Fuzzing of each function that reads bytes from the network.

use std::iter;
use std::num::NonZero;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use xshell::{Shell, cmd};

use super::report::Fuzzed;
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

/// What became of the readers.
pub(super) struct Run {
    /// Those that hold.
    pub(super) fuzzed: Vec<Fuzzed>,
    /// What was found in the others.
    pub(super) broken: Vec<String>,
    /// All that there are.
    pub(super) names: Vec<String>,
}

/// Fuzzes the wanted readers, or all, for so long, some of them side by side.
pub(super) fn run(
    sh: &Shell,
    minutes: u32,
    jobs: NonZero<usize>,
    wanted: &[String],
) -> Result<Run> {
    FUZZ.provide(sh)?;
    let folder = sh.current_dir().join("fuzz");
    let mut names = Vec::new();
    for target in sh.read_dir(folder.join("fuzz_targets"))? {
        names.extend(target.file_stem().map(|name| name.display().to_string()));
    }
    if let Some(unknown) = wanted.iter().find(|name| !names.contains(name)) {
        bail!(
            "no reader is named `{unknown}`; there are: {}",
            names.join(", ")
        );
    }
    let chosen = if wanted.is_empty() { &names } else { wanted };
    for name in chosen {
        sh.create_dir(folder.join("corpus").join(name))?;
    }
    // Built here, so that the minutes of none of them pass while it waits for another build.
    // Without a sanitizer it needs no nightly compiler: the code has no unsafe part.
    cmd!(sh, "cargo fuzz build --sanitizer none --fuzz-dir {folder}").run()?;

    let waiting = Mutex::new(chosen.iter());
    let next = || {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next()
    };
    let work = || -> Vec<_> {
        let fuzzed = iter::from_fn(next).map(|name| {
            let start = Instant::now();
            let executions = fuzz(&folder, name, minutes);
            (name, executions, start.elapsed())
        });
        fuzzed.collect()
    };
    let results = thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.get()).map(|_| scope.spawn(work)).collect();
        let results = workers.into_iter().map(ScopedJoinHandle::join);
        results.collect::<thread::Result<Vec<_>>>()
    });
    let results = results.map_err(|_| anyhow!("a fuzzing thread panicked"))?;
    let (mut fuzzed, mut broken) = (Vec::new(), Vec::new());
    for (name, executions, duration) in results.into_iter().flatten() {
        match executions {
            Ok(executions) => fuzzed.push(Fuzzed {
                name: name.clone(),
                executions,
                duration,
                jobs,
            }),
            Err(error) => broken.push(format!("{name}: {error:#}")),
        }
    }
    Ok(Run {
        fuzzed,
        broken,
        names,
    })
}

/// Runs one reader; returns how often it was called.
fn fuzz(folder: &Path, name: &str, minutes: u32) -> Result<u64> {
    let sh = Shell::new()?;
    let (corpus, seeds) = (
        folder.join("corpus").join(name),
        folder.join("seeds").join(name),
    );
    let dictionary = if PLAIN.contains(&name) {
        "http"
    } else {
        "json"
    };
    let dictionary = folder.join(format!("dictionaries/{dictionary}.dict"));
    let seconds = (minutes * 60).to_string();
    let [longest, memory, timeout] = [LONGEST, MEMORY, TIMEOUT].map(|limit| limit.to_string());
    eprintln!("fuzzing {name} for {minutes} min");
    let output = cmd!(
        sh,
        "cargo fuzz run --sanitizer none --fuzz-dir {folder} {name} {corpus} {seeds} --
            -max_total_time={seconds} -max_len={longest} -rss_limit_mb={memory} -timeout={timeout}
            -dict={dictionary} -print_final_stats=1"
    )
    .ignore_status()
    .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let lines: Vec<_> = said.lines().collect();
        let last = &lines[lines.len().saturating_sub(40)..];
        bail!("it ended with {}\n{}", output.status, last.join("\n"));
    }
    let count = said.lines().find_map(executions);
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
