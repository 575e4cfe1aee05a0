//! Sections of docs/benchmarks.md, and the limits in them.

use std::fmt::{self, Display};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A folder for the time of a measurement, on the disk that builds are on: /tmp may be memory.
pub(crate) fn scratch() -> Result<TempDir> {
    let builds = root().join("target");
    // Builds may have another place.
    std::fs::create_dir_all(&builds)?;
    Ok(tempfile::tempdir_in(builds)?)
}

/// Puts `text` between the marks `<!-- name:begin -->` and `<!-- name:end -->` of docs/benchmarks.md.
pub(crate) fn write(name: &str, text: &str) -> Result<()> {
    let path = root().join("docs/benchmarks.md");
    let document = std::fs::read_to_string(&path).context("docs/benchmarks.md")?;
    let [begin, end] = ["begin", "end"].map(|side| format!("<!-- {name}:{side} -->"));
    let missing = |mark: &str| format!("docs/benchmarks.md has no {mark}");
    let (before, rest) = document
        .split_once(&begin)
        .with_context(|| missing(&begin))?;
    let (_, after) = rest.split_once(&end).with_context(|| missing(&end))?;
    std::fs::write(path, format!("{before}{begin}\n{text}{end}{after}"))?;
    Ok(())
}

/// What is to become of a measurement.
#[derive(clap::Args)]
pub(crate) struct Flags {
    /// Measures for a short time only.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Writes the result into docs/benchmarks.md.
    #[arg(long, conflicts_with = "quick")]
    pub(crate) write: bool,
    /// Fails if a limit is not kept.
    #[arg(long)]
    check: bool,
}

impl Flags {
    /// Prints what was found, writes it and checks the limits, as far as that is asked for.
    pub(crate) fn finish(&self, name: &str, text: &str, limits: Limits) -> Result<()> {
        println!("{text}");
        if self.write {
            write(name, text)?;
        }
        let missed = limits.0.into_iter().filter(|limit| !limit.kept);
        let missed: Vec<_> = missed
            .map(|limit| {
                format!(
                    "{}: {} (limit: {})",
                    limit.what, limit.measured, limit.bound
                )
            })
            .collect();
        if self.check && !missed.is_empty() {
            bail!("limits missed: {}", missed.join("; "));
        }
        Ok(())
    }
}

struct Limit {
    what: String,
    bound: String,
    measured: String,
    kept: bool,
}

/// Limits with what was measured; shown as a table.
#[derive(Default)]
pub(crate) struct Limits(Vec<Limit>);

impl Limits {
    pub(crate) fn push(
        &mut self,
        what: impl Into<String>,
        bound: impl Into<String>,
        measured: impl Into<String>,
        kept: bool,
    ) {
        self.0.push(Limit {
            what: what.into(),
            bound: bound.into(),
            measured: measured.into(),
            kept,
        });
    }
}

impl Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| What | Limit | Measured | Kept |\n| --- | --- | ---: | --- |"
        )?;
        for Limit {
            what,
            bound,
            measured,
            kept,
        } in &self.0
        {
            let kept = if *kept { "yes" } else { "no" };
            writeln!(f, "| {what} | {bound} | {measured} | {kept} |")?;
        }
        Ok(())
    }
}

/// The middle of the samples, and the least and greatest of them.
pub(crate) struct Spread {
    pub(crate) median: Duration,
    least: Duration,
    greatest: Duration,
}

impl Spread {
    pub(crate) fn of(mut samples: Vec<Duration>) -> Result<Self> {
        samples.sort();
        let [least, .., greatest] = samples[..] else {
            bail!("fewer than two samples");
        };
        Ok(Self {
            median: samples[samples.len() / 2],
            least,
            greatest,
        })
    }
}

impl Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, least, greatest] =
            [self.median, self.least, self.greatest].map(|duration| duration.as_secs_f64());
        write!(f, "{median:.2} s ({least:.2} to {greatest:.2})")
    }
}
