//! Sections of docs/benchmarks.md.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

/// Puts `text` between the marks `<!-- name:begin -->` and `<!-- name:end -->` of a document.
pub(crate) fn replace(path: &Path, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let document =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (begin, end) = (
        format!("<!-- {name}:begin -->"),
        format!("<!-- {name}:end -->"),
    );
    let (before, rest) = document
        .split_once(&begin)
        .ok_or_else(|| format!("{} has no {begin}", path.display()))?;
    let (_, after) = rest
        .split_once(&end)
        .ok_or_else(|| format!("{} has no {end}", path.display()))?;
    std::fs::write(path, format!("{before}{begin}\n{text}{end}{after}"))?;
    Ok(())
}

/// The middle of the samples, and the least and greatest of them.
pub(crate) struct Spread {
    pub(crate) median: Duration,
    pub(crate) least: Duration,
    pub(crate) greatest: Duration,
}

impl Spread {
    /// Sorts the samples; nothing if there are none.
    pub(crate) fn of(mut samples: Vec<Duration>) -> Option<Self> {
        samples.sort();
        Some(Self {
            median: *samples.get(samples.len() / 2)?,
            least: *samples.first()?,
            greatest: *samples.last()?,
        })
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = |duration: Duration| duration.as_secs_f64();
        write!(
            f,
            "{:.2} s ({:.2} to {:.2})",
            seconds(self.median),
            seconds(self.least),
            seconds(self.greatest)
        )
    }
}
